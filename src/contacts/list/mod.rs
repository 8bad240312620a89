//! The list of contacts: its state lies in the URL, its rows come by keyset, every filter and order by an index.

pub mod ask;
mod bulk;
pub mod did;
mod page;
pub mod query;
mod trash;
mod views;

pub use bulk::{BulkForm, apply as bulk, restore_many, undo as undo_bulk};
pub use page::index;
pub use trash::trash;
pub use views::{form as view_form, remove as remove_view, save as save_view};
