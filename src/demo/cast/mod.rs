//! Who is in the demo world. Everybody and everything here is invented; addresses end in `.example`, numbers come from
//! ranges that are kept free for stories.

mod companies;
mod letters;
mod locales;
mod named;
mod names_east;
mod names_west;
mod people;
mod team;

pub(super) use companies::{Course, FIRMS, Firm, Trade, titles};
pub(super) use locales::{City, LOCALES, Locale, of as locale};
pub(super) use named::{CAOIMHE, Fate, INGRID, LAYLA, MISAKI, NATTAWUT, ODDNY, SINDRE, ZOE, alarm};
pub(super) use people::{Person, people};
pub(super) use team::{ALMA, Colleague, DOMAIN, JONAS, KENTA, PRIYA, SADE, TEAM, seller};
