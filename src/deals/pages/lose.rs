//! A deal is lost: the form that asks why.

use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::super::actions::{self, Move};
use super::super::model::{Deal, LostReason};
use super::super::pipelines::model::StageKind;
use super::super::pipelines::store as pipelines;
use super::super::refusal::Refusal;
use super::super::store;
use super::{back, moves};
use crate::accounts::rights::EditDeals;
use crate::accounts::{Can, Viewer};
use crate::base::ids::DealId;
use crate::contacts::pages::by;
use crate::db::Db;
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result};

/// The form as it is posted, and what the address says of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LoseForm {
    to: String,
    from: String,
    back: String,
    reason: String,
    note: String,
}

#[derive(Template)]
#[template(path = "deals/lose.html")]
pub struct LosePage {
    deal: Deal,
    form: LoseForm,
    page: String,
    reasons: Vec<(&'static str, &'static str)>,
    errors: Errors,
}

/// `GET /deals/{id}/lose`. Needs: change deals.
pub async fn form(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    path: web::Path<String>,
    form: web::Query<LoseForm>,
) -> Result<Page<LosePage>> {
    let id = kit::path_id(&path)?;
    page(&viewer, &db, id, form.into_inner(), Errors::new()).await
}

/// `POST /deals/{id}/lose`. Needs: change deals.
pub async fn save(
    viewer: Can<EditDeals>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<LoseForm>,
) -> Result<Either<Page<LosePage>, Redirect>> {
    let (id, by): (DealId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let form = form.0;
    let ask = Move {
        to: form.to.parse().unwrap_or_default(),
        from: form.from.parse().ok(),
        reason: LostReason::from_word(&form.reason),
        note: form.note.clone(),
    };
    let done = db.write(move |conn| actions::go(conn, id, &ask, &by)).await;
    let errors = match done {
        Err(Refusal::NeedsReason) => Errors::one("reason", "Choose why it was lost."),
        Err(Refusal::Invalid(errors)) if errors.of("stage").is_empty() => errors,
        done => {
            let page = back(&form.back, format!("/deals/{id}"));
            return moves::answer(id, done, &page).map(Either::Right);
        }
    };
    page(&viewer, &db, id, form, errors).await.map(Either::Left)
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    id: DealId,
    mut form: LoseForm,
    errors: Errors,
) -> Result<Page<LosePage>> {
    let found = db
        .read(move |conn| {
            let deal = store::live(conn, id)?.ok_or(Error::NotFound)?;
            let stages = pipelines::stages_of(conn, deal.pipeline_id)?;
            Ok::<_, Error>((deal, stages))
        })
        .await?;
    let (deal, stages) = found;
    if form.to.is_empty() {
        let lost = stages.iter().find(|stage| stage.kind == StageKind::Lost);
        form.to = lost.map_or_else(String::new, |stage| stage.id.to_string());
    }
    if form.from.is_empty() {
        form.from = deal.stage_id.to_string();
    }
    let page = LosePage {
        page: back(&form.back, deal.path()),
        deal,
        form,
        reasons: LostReason::options(),
        errors,
    };
    Ok(Page::new(viewer.shell(), page))
}
