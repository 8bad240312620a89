//! Contacts and companies: the people Rapport is about. A visitor is a contact nobody knows yet; there is no separate lead.
//! Words: a `fact` is a column people edit; a `trait` is anything claimed about somebody, by people or sources; an `identity`
//! is one identifier, and belongs to one contact. Invariants: what a person typed is never overwritten by a source; every
//! change is told on the timeline in its own transaction; a contact that was merged leads to the one it lives on in.

pub mod actions;
pub mod api;
pub mod cards;
pub mod choose;
pub mod companies;
pub mod duplicates;
pub mod export;
pub mod fields;
mod form;
pub mod found;
pub mod identities;
pub mod import;
pub mod list;
pub mod merge;
pub mod model;
pub mod pages;
pub mod purge;
pub mod refusal;
pub mod rules;
pub mod said;
pub mod store;
pub mod survivorship;
pub mod tags;
pub mod traits;
pub mod views;
pub mod words;

pub use cards::{
    Card, CardAct, CardAsk, CardProvider, CardRow, Cards, CompanyCardProvider, CompanyCards,
    Related, Spark,
};
pub use model::{By, Contact, Field, Stage};
pub use pages::routes;
