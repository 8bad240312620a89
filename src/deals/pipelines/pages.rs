//! Settings, Pipeline: the stages, their order, what each says, and the currency of amounts without one.

use actix_web::{Either, web};
use askama::Template;
use serde::Deserialize;

use super::super::refusal::Refusal;
use super::super::store as deals;
use super::super::totals;
use super::model::{Stage, StageForm, StageKind};
use super::{actions, store};
use crate::accounts::Can;
use crate::accounts::audit;
use crate::accounts::rights::ManagePipelines;
use crate::accounts::{Reach, Viewer, store as accounts};
use crate::base::Currency;
use crate::base::ids::StageId;
use crate::db::{Conn, Db};
use crate::web::{self as kit, Error, Errors, Form, Page, Redirect, Result, get, post, redirect};

const PATH: &str = "/settings/pipeline";

/// Routes of the settings.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route(PATH, get().to(index))
        .route("/settings/pipeline", post().to(add))
        .route("/settings/pipeline/currency", post().to(currency))
        .route("/settings/pipeline/{id}", get().to(edit))
        .route("/settings/pipeline/{id}", post().to(save))
        .route("/settings/pipeline/{id}/up", post().to(up))
        .route("/settings/pipeline/{id}/down", post().to(down))
        .route("/settings/pipeline/{id}/remove", get().to(asked))
        .route("/settings/pipeline/{id}/remove", post().to(remove));
}

/// A stage and what it holds.
struct Row {
    stage: Stage,
    count: String,
    is_first: bool,
    is_last: bool,
}

/// A stage as posted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    kind: String,
    probability: String,
    rotting_days: String,
    to: String,
    currency: String,
}

impl Typed {
    fn kind(&self) -> StageKind {
        StageKind::from_word(&self.kind).unwrap_or(StageKind::Open)
    }

    fn read(&self, kind: StageKind) -> std::result::Result<StageForm, Refusal> {
        StageForm::read(&self.name, kind, &self.probability, &self.rotting_days)
            .map_err(|(field, why)| Refusal::invalid(field, why))
    }
}

#[derive(Template)]
#[template(path = "deals/stages.html")]
pub struct IndexPage {
    rows: Vec<Row>,
    typed: Typed,
    errors: Errors,
    kinds: Vec<(&'static str, &'static str)>,
    currency: String,
    currencies: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "deals/stage.html")]
pub struct StagePage {
    stage: Stage,
    typed: Typed,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "deals/remove.html")]
pub struct RemovePage {
    stage: Stage,
    others: Vec<(String, String)>,
    holds: bool,
    error: String,
}

/// `GET /settings/pipeline`. Needs: change pipelines.
pub async fn index(viewer: Can<ManagePipelines>, db: web::Data<Db>) -> Result<Page<IndexPage>> {
    list(&viewer, &db, Typed::default(), Errors::new()).await
}

async fn list(viewer: &Viewer, db: &Db, typed: Typed, errors: Errors) -> Result<Page<IndexPage>> {
    let (rows, currency) = db
        .read(|conn| Ok::<_, diesel::result::Error>((rows(conn)?, deals::currency(conn)?)))
        .await?;
    let page = IndexPage {
        rows,
        typed,
        errors,
        kinds: StageKind::options(),
        currency: currency.to_string(),
        currencies: Currency::all()
            .iter()
            .map(|c| (c.to_string(), c.to_string()))
            .collect(),
    };
    Ok(Page::new(viewer.shell(), page))
}

fn rows(conn: &mut Conn) -> diesel::QueryResult<Vec<Row>> {
    let pipeline = store::default(conn)?;
    let stages = store::stages_of(conn, pipeline.id)?;
    let ids: Vec<StageId> = stages.iter().map(|stage| stage.id).collect();
    let held = totals::of(conn, &ids, None, &Reach::All)?;
    let kinds: Vec<StageKind> = stages.iter().map(|stage| stage.kind).collect();
    let row = |(at, stage): (usize, Stage)| {
        let own = held.iter().filter(|total| total.stage_id == stage.id);
        let before = at.checked_sub(1).and_then(|at| kinds.get(at));
        Row {
            count: kit::number(own.map(|total| total.n).sum()),
            is_first: before != Some(&stage.kind),
            is_last: kinds.get(at + 1) != Some(&stage.kind),
            stage,
        }
    };
    Ok(stages.into_iter().enumerate().map(row).collect())
}

/// `POST /settings/pipeline`: a new stage. Needs: change pipelines.
pub async fn add(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    form: Form<Typed>,
) -> Result<Either<Page<IndexPage>, Redirect>> {
    let (typed, by, now) = (form.0, viewer.by(), viewer.now);
    let done = match typed.read(typed.kind()) {
        Ok(form) => {
            db.write(move |conn| actions::add(conn, &form, &by, now))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(Either::Right(redirect(PATH).saying("Stage added"))),
        Err(Refusal::Invalid(errors)) => list(&viewer, &db, typed, errors).await.map(Either::Left),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /settings/pipeline/currency`. Needs: change pipelines.
pub async fn currency(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    form: Form<Typed>,
) -> Result<Redirect> {
    let Some(currency) = Currency::parse(&form.0.currency) else {
        return Ok(redirect(PATH).failing("There is no such currency"));
    };
    let (by, now) = (viewer.by(), viewer.now);
    db.write(move |conn| {
        accounts::put_setting(conn, deals::CURRENCY, currency.code(), now)?;
        audit::record(conn, &by, "deals.currency", None, currency.code(), now)
    })
    .await?;
    Ok(redirect(PATH).saying(format!(
        "Amounts without a currency are {currency} from now on"
    )))
}

/// `GET /settings/pipeline/{id}`. Needs: change pipelines.
pub async fn edit(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<StagePage>> {
    let stage = find(&db, kit::path_id(&path)?).await?;
    let typed = Typed {
        name: stage.name.clone(),
        probability: stage.probability.to_string(),
        rotting_days: stage
            .rotting_days
            .map_or_else(String::new, |days| days.to_string()),
        ..Typed::default()
    };
    let errors = Errors::new();
    let page = StagePage {
        stage,
        typed,
        errors,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/pipeline/{id}`. Needs: change pipelines.
pub async fn save(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    path: web::Path<String>,
    form: Form<Typed>,
) -> Result<Either<Page<StagePage>, Redirect>> {
    let stage = find(&db, kit::path_id(&path)?).await?;
    let (typed, id, by, now) = (form.0, stage.id, viewer.by(), viewer.now);
    let done = match typed.read(stage.kind) {
        Ok(form) => {
            db.write(move |conn| actions::change(conn, id, &form, &by, now))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => Ok(Either::Right(redirect(PATH).saying("Stage saved"))),
        Err(Refusal::Invalid(errors)) => {
            let page = StagePage {
                stage,
                typed,
                errors,
            };
            Ok(Either::Left(Page::new(viewer.shell(), page)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /settings/pipeline/{id}/up`. Needs: change pipelines.
pub async fn up(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    shift(&viewer, &db, kit::path_id(&path)?, true).await
}

/// `POST /settings/pipeline/{id}/down`. Needs: change pipelines.
pub async fn down(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    shift(&viewer, &db, kit::path_id(&path)?, false).await
}

async fn shift(viewer: &Viewer, db: &Db, id: StageId, is_up: bool) -> Result<Redirect> {
    let (by, now) = (viewer.by(), viewer.now);
    db.write(move |conn| actions::shift(conn, id, is_up, &by, now))
        .await?;
    Ok(redirect(PATH))
}

/// `GET /settings/pipeline/{id}/remove`: asks where its deals go. Needs: change pipelines.
pub async fn asked(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<RemovePage>> {
    let page = removal(&db, kit::path_id(&path)?, String::new()).await?;
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/pipeline/{id}/remove`. Needs: change pipelines.
pub async fn remove(
    viewer: Can<ManagePipelines>,
    db: web::Data<Db>,
    path: web::Path<String>,
    form: Form<Typed>,
) -> Result<Either<Page<RemovePage>, Redirect>> {
    let id: StageId = kit::path_id(&path)?;
    let (to, by, now) = (form.0.to.parse().ok(), viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::remove(conn, id, to, &by, now))
        .await;
    match done {
        Ok(()) => Ok(Either::Right(redirect(PATH).saying("Stage removed"))),
        Err(refusal @ Refusal::Invalid(_)) => {
            let page = removal(&db, id, refusal.words()).await?;
            Ok(Either::Left(Page::new(viewer.shell(), page)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn removal(db: &Db, id: StageId, error: String) -> Result<RemovePage> {
    let stage = find(db, id).await?;
    let pipeline = stage.pipeline_id;
    let (all, holds) = db
        .read(move |conn| {
            let all = store::stages_of(conn, pipeline)?;
            Ok::<_, diesel::result::Error>((all, actions::holds_any(conn, id)?))
        })
        .await?;
    let others = all
        .into_iter()
        .filter(|other| other.kind == stage.kind && other.id != id)
        .map(|other| (other.id.to_string(), other.name))
        .collect();
    Ok(RemovePage {
        stage,
        others,
        holds,
        error,
    })
}

async fn find(db: &Db, id: StageId) -> Result<Stage> {
    let stage = db.read(move |conn| store::stage(conn, id)).await?;
    stage
        .filter(|stage| stage.removed_at.is_none())
        .ok_or(Error::NotFound)
}
