//! Events that could not be understood: why, what to do, the bytes as they came, and the way back in.
//! Invariants: an event leaves the quarantine only by a person's act; a replay keeps the time it was received at,
//! and doing it twice stores it once.

pub mod actions;
pub mod jobs;
pub mod model;
pub mod pages;
pub mod store;

use diesel::QueryResult;

use crate::accounts::Access;
use crate::accounts::figures::{self, COUNTED};
use crate::accounts::rights::{ReadSources, Right};
use crate::db::Conn;
use crate::web::NavCount;

pub use model::{Diagnosis, Filter, Item, State};

/// What waits for somebody's decision, for the sidebar.
pub fn figure(conn: &mut Conn, access: &Access) -> QueryResult<Option<NavCount>> {
    if !ReadSources::allows(access) {
        return Ok(None);
    }
    let open = store::count(conn, &Filter::default(), State::Open, COUNTED)?;
    Ok(figures::due("quarantine", open))
}
