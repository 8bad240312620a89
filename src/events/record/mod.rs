//! What a contact's page shows of behaviour: visits in the story, figures beside it, and the stream that keeps both
//! up to date. Handed to the page by `app`, since contacts know nothing of events.

mod cards;
mod company;
mod hot;
mod live;
mod page;
mod story;
mod visit;

pub use cards::{activity, touches};
pub use company::activity as company_activity;
pub use hot::hot;
pub use story::visits;

use actix_web::web;

use crate::web::get;

/// Mounts the pages below a contact's own that tell of behaviour.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/contacts/{id}/live", get().to(live::live))
        .route("/contacts/{id}/visits/{visit}", get().to(page::show));
}
