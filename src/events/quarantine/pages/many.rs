//! Acts on the picked events, or on all that match; a small number at once, more in the background.

use actix_web::web;
use serde::Deserialize;

use super::events;
use super::index::{filter, link};
use crate::accounts::Can;
use crate::accounts::rights::ManageQuarantine;
use crate::base::Timestamp;
use crate::base::ids::QuarantineId;
use crate::db::Db;
use crate::events::inbox::Inbox;
use crate::events::quarantine::actions::{self, AT_ONCE, Act, Done, ReplayError};
use crate::events::quarantine::jobs::ActOnAll;
use crate::events::quarantine::model::State;
use crate::events::quarantine::store;
use crate::jobs;
use crate::web::{Error, Form, Redirect, Result, redirect};

/// What was picked, and what to do with it.
#[derive(Debug, Deserialize)]
pub struct Picked {
    act: String,
    #[serde(default)]
    id: Vec<QuarantineId>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    reason: String,
}

/// `POST /settings/quarantine/picked`
pub async fn picked(
    viewer: Can<ManageQuarantine>,
    Form(form): Form<Picked>,
    db: web::Data<Db>,
    inbox: web::Data<Inbox>,
) -> Result<Redirect> {
    let act = act(&form.act)?;
    let back = link(&filter(&form.source, &form.reason), State::Open, "");
    if form.id.is_empty() {
        return Ok(redirect(back).failing("Pick at least one event first"));
    }
    let (by, now) = (viewer.by(), viewer.now);
    let mut ids = form.id;
    ids.truncate(AT_ONCE as usize);
    let items = db.read(move |conn| store::open_among(conn, &ids)).await?;
    let done = match act {
        Act::Replay => actions::replay(&db, &inbox, items, by, now).await?,
        Act::Drop => {
            db.write(move |conn| {
                let ids: Vec<QuarantineId> = items.iter().map(|item| item.id).collect();
                actions::drop_all(conn, &ids, &by, now)
            })
            .await?
        }
    };
    Ok(told(redirect(back), act, done, now))
}

/// Which ones, and what to do with them.
#[derive(Debug, Deserialize)]
pub struct All {
    act: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    reason: String,
    /// The newest that was there when the person looked.
    until: i64,
}

/// `POST /settings/quarantine/all`
pub async fn all(
    viewer: Can<ManageQuarantine>,
    Form(form): Form<All>,
    db: web::Data<Db>,
    inbox: web::Data<Inbox>,
) -> Result<Redirect> {
    let act = act(&form.act)?;
    let filter = filter(&form.source, &form.reason);
    let back = redirect(link(&filter, State::Open, ""));
    let (by, now, until) = (viewer.by(), viewer.now, form.until);
    let wanted = filter.clone();
    let count = db
        .read(move |conn| store::count(conn, &wanted, State::Open, store::COUNTED))
        .await?;
    if count <= AT_ONCE {
        let done = actions::act_on_all(&db, &inbox, act, &filter, until, &by, now).await?;
        return Ok(told(back, act, done, now));
    }
    let job = ActOnAll::new(act, filter, until, by, now);
    db.write(move |conn| jobs::enqueue(conn, &job, now)).await?;
    let count = events(count, store::COUNTED);
    Ok(back.saying(match act {
        Act::Replay => format!("{count} are being replayed; what still cannot be read stays here"),
        Act::Drop => format!("{count} are being dropped; reload to see how far it is"),
    }))
}

/// The moment something was dropped.
#[derive(Debug, Deserialize)]
pub struct Dropped {
    at: i64,
}

/// `POST /settings/quarantine/reopen?at=…`: takes a drop back.
pub async fn reopen(
    viewer: Can<ManageQuarantine>,
    dropped: web::Query<Dropped>,
    db: web::Data<Db>,
) -> Result<Redirect> {
    let (by, now, at) = (viewer.by(), viewer.now, Timestamp(dropped.at));
    let n = db
        .write(move |conn| actions::reopen(conn, at, &by, now))
        .await?;
    Ok(redirect("/settings/quarantine")
        .saying(format!("{} open again", events(n as i64, i64::MAX))))
}

fn act(word: &str) -> Result<Act> {
    Act::from_word(word)
        .ok_or_else(|| Error::Invalid("Choose whether to replay or to drop.".to_owned()))
}

/// Says what came of it, honestly.
pub(super) fn told(back: Redirect, act: Act, done: Done, now: Timestamp) -> Redirect {
    let n = events(done.done as i64, i64::MAX);
    match (act, done.done, done.left) {
        (_, 0, 0) => back.failing("Nothing was open any more"),
        (Act::Drop, ..) => back
            .saying(format!("{n} dropped"))
            .undo(format!("/settings/quarantine/reopen?at={}", now.0)),
        (Act::Replay, 0, left) => back.failing(format!(
            "Nothing was replayed: {} still no JSON object",
            are(left)
        )),
        (Act::Replay, _, 0) => back.saying(format!(
            "{n} replayed; what still cannot be read comes back"
        )),
        (Act::Replay, _, left) => back.saying(format!(
            "{n} replayed; {} still no JSON object and stay here",
            are(left)
        )),
    }
}

fn are(n: usize) -> String {
    if n == 1 {
        "1 is".to_owned()
    } else {
        format!("{n} are")
    }
}

impl From<ReplayError> for Error {
    #[track_caller]
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Db(error) => error.into(),
            ReplayError::Inbox(error) => {
                tracing::warn!(%error, "replay refused by the inbox");
                Self::Unavailable(
                    "The inbox takes nothing just now. What was not replayed is still here; please try again."
                        .to_owned(),
                )
            }
        }
    }
}
