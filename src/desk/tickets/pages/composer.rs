//! Answering and noting. What was typed is never lost: whatever is wrong, the page comes back with it.

use actix_web::{Either, web};

use super::show::{self, Context, ShowPage};
use super::typed::{Returned, Typed};
use super::{by, change};
use crate::accounts::Can;
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::EditTickets;
use crate::base::ids::{MessageId, TicketId};
use crate::db::Db;
use crate::desk::tickets::actions::reply::{self, Draft};
use crate::desk::tickets::list::ask::Params;
use crate::desk::tickets::refusal::TicketError;
use crate::web::{Form, Page, Redirect, Result, path_id, redirect};

/// `POST /tickets/{id}/messages`. Needs: answer tickets.
pub async fn send(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    context: Context,
    path: web::Path<String>,
    at: web::Query<Params>,
    form: Form<Typed>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let id: TicketId = path_id(&path)?;
    let (typed, by) = (form.0, by(&viewer));
    let (draft, is_note) = (typed.draft(), typed.is_note());
    let keys = keys.get_ref().clone();
    let done = db
        .write(move |conn| {
            if is_note {
                let then = None;
                reply::note(conn, id, &Draft { then, ..draft }, by)
            } else {
                reply::reply(conn, &keys, id, &draft, by)
            }
        })
        .await;
    let returned = match done {
        Ok(message) => {
            let words = if is_note { "Note saved" } else { "Sent" };
            let page = change::back_at(id, &at, &format!("m{message}")).saying(words);
            return Ok(Either::Right(page));
        }
        Err(TicketError::Invalid(errors)) => {
            let error = errors.iter().next();
            Returned {
                error: error.map(|(field, words)| (field.to_owned(), words.to_owned())),
                typed,
                seen: None,
            }
        }
        Err(TicketError::Behind(_)) => Returned {
            error: None,
            seen: typed.seen.parse().ok(),
            typed,
        },
        Err(error) => return Err(error.into()),
    };
    let page = show::page(&viewer, &db, &context, id, at.into_inner(), returned).await?;
    Ok(Either::Left(page))
}

/// `POST /tickets/{id}/messages/{message}/again`. Needs: answer tickets.
pub async fn again(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let (id, message): (TicketId, MessageId) = (path_id(&path.0)?, path_id(&path.1)?);
    let by = by(&viewer);
    db.write(move |conn| reply::send_again(conn, id, message, by))
        .await?;
    Ok(redirect(format!("/tickets/{id}#m{message}")).saying("It is sent again"))
}
