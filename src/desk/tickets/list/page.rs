//! `/tickets`: the queue.

use actix_web::web;
use askama::Template;

use super::ask::{Ask, Params};
use super::queue::Queue;
use crate::accounts::rights::{ManageMailboxes, ReadTickets, Right};
use crate::accounts::{Can, Viewer};
use crate::db::Db;
use crate::web::{Page, Result};

#[derive(Template)]
#[template(path = "desk/index.html")]
pub struct IndexPage {
    queue: Queue,
    can_manage: bool,
}

impl IndexPage {
    /// Whether nothing was set up yet.
    fn is_bare(&self) -> bool {
        self.queue.mailboxes.is_empty()
    }
}

/// `GET /tickets`. Needs: see tickets.
pub async fn index(
    viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<IndexPage>> {
    let ask = Ask::read(&params);
    let reader: Viewer = (*viewer).clone();
    let queue = db
        .read(move |conn| Queue::read(conn, ask, &reader, None))
        .await?;
    let page = IndexPage {
        queue,
        can_manage: ManageMailboxes::allows(&viewer.access),
    };
    Ok(Page::new(viewer.shell(), page))
}
