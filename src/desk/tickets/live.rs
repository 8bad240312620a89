//! `/tickets/live` and `/tickets/{id}/live`: tell an open page that a mail was filed or a ticket changed.

use actix_web::{HttpResponse, web};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::accounts::Can;
use crate::accounts::rights::ReadTickets;
use crate::base::ids::TicketId;
use crate::db::schema::{cursors, ticket_changes, ticket_messages, tickets};
use crate::db::{Conn, Db};
use crate::web::live::{self, Asked};
use crate::web::streams::Streams;
use crate::web::{Error, Result, path_id};

/// What changes when anything in the queue does: mail that was filed, what was said, what was changed.
type Version = (Option<i64>, Option<i64>, Option<i64>);

/// `GET /tickets/live`. Needs: see tickets.
pub async fn queue(
    viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse> {
    let memo = db.memo();
    let asked = Asked::new(&db, move |conn| memo.recall("desk.live", conn, version)).await?;
    Ok(live::stream(viewer.seat(&db, &streams), asked))
}

/// `GET /tickets/{id}/live`. Needs: see tickets.
pub async fn ticket(
    viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    streams: web::Data<Streams>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id: TicketId = path_id(&path)?;
    let memo = db.memo();
    let ask = move |conn: &mut Conn| {
        let desk = memo.recall("desk.live", conn, version)?;
        Ok((desk, revision(conn, id)?))
    };
    let asked = Asked::new(&db, ask).await?;
    if asked.version().1.is_none() {
        return Err(Error::NotFound);
    }
    Ok(live::stream(viewer.seat(&db, &streams), asked))
}

fn version(conn: &mut Conn) -> QueryResult<Version> {
    let filed: Option<i64> = cursors::table
        .filter(cursors::name.eq("desk.filing"))
        .select(cursors::position)
        .first(conn)
        .optional()?;
    let said = ticket_messages::table
        .select(max(ticket_messages::id))
        .first(conn)?;
    let changed = ticket_changes::table
        .select(max(ticket_changes::id))
        .first(conn)?;
    Ok((filed, said, changed))
}

fn revision(conn: &mut Conn, id: TicketId) -> QueryResult<Option<i64>> {
    tickets::table
        .filter(tickets::id.eq(id))
        .select(tickets::revision)
        .first(conn)
        .optional()
}
