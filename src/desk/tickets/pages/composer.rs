//! Answering and noting. What was typed is never lost: whatever is wrong, the page comes back with it.

use actix_web::{Either, web};

use super::show::{self, Context, ShowPage};
use super::typed::{KeptLine, Returned, Typed};
use super::{by, change, thread};
use crate::accounts::Can;
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::EditTickets;
use crate::base::ids::{MessageId, TicketId};
use crate::db::Db;
use crate::desk::tickets::actions::files::{self as attached, Kept, MOST_BYTES};
use crate::desk::tickets::actions::reply::{self, Draft};
use crate::desk::tickets::list::ask::Params;
use crate::desk::tickets::refusal::TicketError;
use crate::files::Files;
use crate::web::{Error, Page, Part, Redirect, Result, Upload, path_id, redirect};

/// `POST /tickets/{id}/messages`. Needs: answer tickets.
#[expect(
    clippy::too_many_arguments,
    reason = "each is something the request brings, or where it goes"
)]
pub async fn send(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    files: web::Data<Files>,
    context: Context,
    path: web::Path<String>,
    at: web::Query<Params>,
    form: Upload<MOST_BYTES>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let id: TicketId = path_id(&path)?;
    let (mut typed, by) = (Typed::read(&form), by(&viewer));
    let refused = with_files(&files, &keys, id, &form, &mut typed).await?;
    if let Some(words) = refused {
        let returned = Returned {
            error: Some(("file".to_owned(), words.to_owned())),
            typed,
            seen: None,
        };
        let page = show::page(&viewer, &db, &context, id, at.into_inner(), returned).await?;
        return Ok(Either::Left(page));
    }
    let (draft, is_note) = (typed.draft(), typed.is_note());
    let signer = keys.get_ref().clone();
    let done = db
        .write(move |conn| {
            if is_note {
                let then = None;
                reply::note(conn, id, &Draft { then, ..draft }, by)
            } else {
                reply::reply(conn, &signer, id, &draft, by)
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

/// Keeps what was chosen, with what came back from an earlier try. Says what is wrong with it.
async fn with_files(
    files: &Files,
    keys: &Keyring,
    ticket: TicketId,
    form: &Upload<MOST_BYTES>,
    typed: &mut Typed,
) -> Result<Option<&'static str>> {
    if form.is_too_large() {
        return Ok(Some(
            "More than 25 MB do not fit into one mail. What was typed could not be read; send a link instead.",
        ));
    }
    // A file that was kept is named by the form that comes back, signed: nobody attaches what they never had.
    let purpose = format!("desk.attached.{ticket}");
    let kept = form.texts("kept").into_iter();
    let kept = kept.filter_map(|signed| keys.signed(&purpose, &signed));
    typed.files = kept
        .filter_map(|kept| serde_json::from_str(&kept).ok())
        .collect();
    let chosen = attached::keep(files, form.files("file").map(Part::named)).await;
    typed.files.extend(chosen.map_err(Error::internal)?);
    let line = |file: &Kept| KeptLine {
        signed: keys.sign(&purpose, &serde_json::to_string(file).unwrap_or_default()),
        name: file.name.clone(),
        size: thread::size(file.size),
    };
    typed.kept = typed.files.iter().map(line).collect();
    Ok(attached::refusal(&typed.files))
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
