//! What a contact's page shows of behaviour: visits in the story, figures beside it, and the stream that keeps both
//! up to date. Handed to the page by `app`, since contacts know nothing of events.

mod cards;
mod live;
mod story;

pub use cards::{activity, touches};
pub use live::routes;
pub use story::visits;
