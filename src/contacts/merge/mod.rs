//! Records that turn out to be one, and records that turn out not to be. Everything of the loser is re-pointed to the winner
//! and every row is journaled, so that undoing it, at any time, gives each back. Cost: the rows moved, never the events. Used
//! by people and by the enrichment worker, for contacts and companies alike.
//! Words: the `winner` stays, the `loser` lives on in it; the `holder` is who has the winner's rows today, as it may have gone
//! on into another; a `holding` is a table of which somebody has rows; `followers` are the holdings of other slices.

pub mod actions;
mod api;
mod card;
mod claims;
mod columns;
mod fields;
mod holding;
mod join;
mod journal;
mod made;
mod pages;
mod since;
mod split;
mod store;

pub use api::routes as api_routes;
pub use card::{company_card, contact_card};
pub use fields::{Group, Supply};
pub use holding::{Follower, Followers, Holding};
pub use join::{Ask, Merged, forget_apart, keep_apart, merge, unite};
pub use journal::{Journal, Parting};
pub use made::{Since, SinceAsk};
pub use pages::routes;
pub use since::since;
pub use split::{Undo, undo};
pub use store::{Kind, Merge, find, live_of, of};
