//! A move, from "Move to…", the stage bar, a drag, or an Undo.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::super::actions::{self, Move, Moved};
use super::super::refusal::Refusal;
use super::{back, with_query};
use crate::accounts::Can;
use crate::accounts::rights::EditDeals;
use crate::base::ids::DealId;
use crate::base::text;
use crate::contacts::pages::by;
use crate::db::Db;
use crate::web::{self as kit, Form, Redirect, Result, redirect};

/// A move as it is posted: the stage in the form, or in the query where it is taken back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// To which stage.
    pub to: String,
    /// From which.
    pub from: String,
    /// Where it leads back to.
    pub back: String,
}

/// `POST /deals/{id}/move`. Needs: change deals.
pub async fn go(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    query: web::Query<Params>,
    form: Form<Params>,
) -> Result<Redirect> {
    let (id, by): (DealId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let mut params = query.into_inner();
    if !form.0.to.is_empty() {
        params.to = form.0.to;
    }
    let page = back(&params.back, format!("/deals/{id}"));
    let Ok(to) = params.to.parse() else {
        return Ok(redirect(page).failing("Choose a stage first"));
    };
    let ask = Move {
        to,
        from: params.from.parse().ok(),
        reason: None,
        note: String::new(),
    };
    let done = db.write(move |conn| actions::go(conn, id, &ask, &by)).await;
    match done {
        Err(Refusal::NeedsReason) => {
            let pairs = [
                ("to", params.to.as_str()),
                ("from", &params.from),
                ("back", &params.back),
            ];
            Ok(redirect(with_query(&format!("/deals/{id}/lose"), &pairs)))
        }
        done => answer(id, done, &page),
    }
}

/// Back to the page, saying where the deal is now, or why it is not.
pub fn answer(
    id: DealId,
    done: std::result::Result<Moved, Refusal>,
    page: &str,
) -> Result<Redirect> {
    match done {
        Ok(moved) if !moved.is_new => Ok(redirect(page)),
        Ok(moved) => {
            let title = text::cut(&moved.deal.title, 120);
            let (to, from) = (moved.to.id.to_string(), moved.from.to_string());
            let undo = with_query(
                &format!("/deals/{id}/move"),
                &[("to", &from), ("from", &to), ("back", page)],
            );
            Ok(redirect(page)
                .saying(format!("{title} is now in {}", moved.to.name))
                .undo(undo))
        }
        Err(refusal @ (Refusal::Missing | Refusal::Query(_))) => Err(refusal.into()),
        Err(refusal) => Ok(redirect(page).failing(refusal.words())),
    }
}
