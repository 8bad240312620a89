//! The list of contacts: its state lies in the URL, its rows come by keyset, every filter and order by an index.

pub mod ask;
mod bulk;
pub mod catalog;
mod choose;
pub mod columns;
pub mod did;
mod export;
mod filter;
mod lines;
mod page;
pub mod query;
mod rows;
pub mod runs;
mod sifted;
mod trash;
mod views;

pub use bulk::{BulkForm, apply as bulk, restore_many, undo as undo_bulk};
pub use choose::choose;
pub use export::{ask as ask_export, find as find_exported, start as start_export};
pub use filter::filter;
pub use page::index;
pub use trash::trash;
pub use views::{
    change as change_view, form as view_form, pin as pin_view, remove as remove_view,
    save as save_view, unpin as unpin_view,
};

use crate::accounts::{Access, Object, User, Viewer};
use crate::base::Timestamp;
use crate::filters::Reader;

/// Who asks, as filters know them.
pub fn reader(viewer: &Viewer) -> Reader {
    reader_of(&viewer.user, &viewer.access, viewer.now)
}

/// The same of somebody who may have gone home meanwhile.
fn reader_of(user: &User, access: &Access, now: Timestamp) -> Reader {
    Reader {
        user: user.id,
        now,
        zone: user.zone(),
        is_trusted: lines::sees_sensitive(access),
        reach: access.sees(Object::Contacts),
    }
}
