//! Contacts written into files to take away, by a job that reads and writes some hundred at a time.
//!
//! Whoever shows contacts starts one with [`start`], in its own transaction:
//! `export::start(conn, &ExportAsk { name: "Leads in Oslo".into(), format: Format::Csv, columns: columns::default(conn)?,
//! which: "stage=lead&city=Oslo".into(), zone, with_bom: true }, &by)` answers with the id of the export, whose page is
//! `/imports`. `which` is the caller's own text; [`Tools::find`], given in `app.rs`, turns it into ids, page by page, in
//! the order of the view and within what the user may see.

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
pub use work::{Found, Tools, everybody};
