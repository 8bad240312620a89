//! Files of contacts brought in: CSV and its relatives. A file is kept as it came, read row by row, and written in chunks
//! of one short transaction each. Words: a `column` of the file goes to a `target`; a `draft` is a row understood; a `twin`
//! is a row about somebody who stands in the same file already. Invariants: who is meant is looked up in the transaction
//! that writes, and the position moves in it, so that nothing doubles whoever is killed when or imports beside it; what was
//! there before is remembered, so that an import can be taken back.

pub mod actions;
pub mod apply;
pub mod csv;
mod decode;
pub mod draft;
pub mod guess;
pub mod head;
pub mod model;
mod names;
pub mod pages;
pub mod rows;
pub mod store;
pub mod sweep;
pub mod target;
mod vcard;
pub mod work;
mod workbook;

pub use pages::routes;
