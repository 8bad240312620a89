//! One search over every kind of record, by page, palette and API. A slice that keeps records hands in a [`Finder`] through
//! `app`; the words themselves are written by the slices, in the transaction of each change. Words: a `hit` is a record that
//! answers a question; a `section` holds the hits of one kind; a record is `recent` for whoever opened it lately.

pub mod api;
mod find;
mod finder;
pub mod jobs;
pub mod pages;
mod palette;
mod rank;
pub mod recent;
mod store;

pub use find::{Section, find};
pub use finder::{Finder, Finders, Hit, Reader, number};
pub use pages::routes;
