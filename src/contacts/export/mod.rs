//! Contacts written into files to take away, by a job that reads and writes some hundred at a time.
//!
//! Whoever shows contacts starts one with [`start`], in its own transaction: a name, a format, columns, and which contacts,
//! in the caller's own words. [`Tools::find`], given in `app.rs`, turns these into ids, page by page, within what the user
//! may see when the file is written. The page of all exports is `/imports`.

pub mod actions;
pub mod columns;
pub mod csv;
pub mod model;
pub mod pages;
pub mod store;
pub mod work;
pub mod xlsx;

pub use actions::start;
pub use model::{ExportAsk, Format};
pub use work::{Found, Tools, Wanted};
