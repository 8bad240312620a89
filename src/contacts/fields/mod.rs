//! Fields: traits that somebody declared, of contacts and of companies. A declared trait has a type, a place on the page and
//! rules; what people type and what sources send stays one thing. Invariants: claims are kept as they came, and read by the
//! type when they are shown; `field_values` holds the shown value of every field in use that reads, and nothing else.

pub mod actions;
pub mod change;
pub mod index;
pub mod input;
mod kind;
mod model;
mod moments;
mod pages;
mod read;
mod sample;
pub mod settling;
mod show;
pub mod store;
pub mod values;

pub use actions::declare;
pub use input::{FormField, Input, InputTag, ValueTag, in_form, required};
pub use kind::FieldKind;
pub use model::{Colleague, Field, FieldOption, NewField, Object, Ways};
pub use pages::routes;
pub use show::{Piece, Shown};
pub use store::{all, find, of_key, ways};
pub use values::{Denied, Given};
