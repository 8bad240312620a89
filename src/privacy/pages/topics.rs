//! Settings, Topics: what people can subscribe to.

use actix_web::http::StatusCode;
use actix_web::{Either, Responder, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::Can;
use crate::accounts::rights::{EditCampaigns, ReadCampaigns, Right};
use crate::base::ids::TopicId;
use crate::base::text;
use crate::db::Db;
use crate::privacy::actions::{self, TopicText};
use crate::privacy::{Topic, store};
use crate::web::{Error, Errors, Form, Page, Redirect, Result, path_id, redirect};

/// The list.
#[derive(Template)]
#[template(path = "privacy/topics.html")]
pub struct TopicsPage {
    topics: Vec<Topic>,
    may_change: bool,
}

/// The form of one.
#[derive(Template)]
#[template(path = "privacy/topic.html")]
pub struct TopicPage {
    id: Option<TopicId>,
    form: TopicForm,
    errors: Errors,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TopicForm {
    name: String,
    description: String,
}

/// `GET /settings/topics`. Needs: see campaigns.
pub async fn index(viewer: Can<ReadCampaigns>, db: web::Data<Db>) -> Result<Page<TopicsPage>> {
    let topics = db.read(store::topics).await?;
    let may_change = EditCampaigns::allows(&viewer.access);
    Ok(Page::new(viewer.shell(), TopicsPage { topics, may_change }))
}

/// `GET /settings/topics/new`. Needs: change campaigns.
pub async fn form(viewer: Can<EditCampaigns>) -> Result<Page<TopicPage>> {
    let page = TopicPage {
        id: None,
        form: TopicForm::default(),
        errors: Errors::new(),
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/topics`. Needs: change campaigns.
pub async fn create(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    Form(form): Form<TopicForm>,
) -> Result<impl Responder> {
    keep(&viewer, &db, None, form).await
}

/// `GET /settings/topics/{id}`. Needs: change campaigns.
pub async fn edit(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<TopicPage>> {
    let id: TopicId = path_id(&path)?;
    let topic = db.read(move |conn| store::topic(conn, id)).await?;
    let topic = topic.ok_or(Error::NotFound)?;
    let page = TopicPage {
        id: Some(id),
        form: TopicForm {
            name: topic.name,
            description: topic.description,
        },
        errors: Errors::new(),
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/topics/{id}`. Needs: change campaigns.
pub async fn save(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
    Form(form): Form<TopicForm>,
) -> Result<impl Responder> {
    keep(&viewer, &db, Some(path_id(&path)?), form).await
}

async fn keep(
    viewer: &Can<EditCampaigns>,
    db: &Db,
    id: Option<TopicId>,
    form: TopicForm,
) -> Result<Either<Redirect, Page<TopicPage>>> {
    let typed = TopicText {
        name: text::line(&form.name, 80),
        description: text::line(&form.description, 300),
    };
    let errors = if typed.name.is_empty() {
        Errors::one("name", "Give it a name people understand: “Product news”.")
    } else {
        let (by, now, typed) = (viewer.by(), viewer.now, typed.clone());
        let kept = db.write(move |conn| {
            let twin = store::topic_named(conn, &typed.name)?;
            if twin.is_some_and(|twin| Some(twin.id) != id) {
                return Ok(false);
            }
            match id {
                Some(id) => actions::change_topic(conn, id, &typed, &by, now)?,
                None => {
                    actions::create_topic(conn, &typed, &by, now)?;
                }
            }
            Ok::<_, Error>(true)
        });
        if kept.await? {
            let said = format!("“{}” saved", text::line(&form.name, 80));
            return Ok(Either::Left(redirect("/settings/topics").saying(said)));
        }
        Errors::one("name", "There is a topic of this name already.")
    };
    let page = TopicPage { id, form, errors };
    let page = Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(Either::Right(page))
}

/// `POST /settings/topics/{id}/archive`. Needs: change campaigns.
pub async fn archive(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    put_away(&viewer, &db, path_id(&path)?, true).await
}

/// `POST /settings/topics/{id}/restore`. Needs: change campaigns.
pub async fn restore(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    put_away(&viewer, &db, path_id(&path)?, false).await
}

async fn put_away(
    viewer: &Can<EditCampaigns>,
    db: &Db,
    id: TopicId,
    is_archived: bool,
) -> Result<Redirect> {
    let (by, now) = (viewer.by(), viewer.now);
    let topic = db
        .write(move |conn| actions::archive_topic(conn, id, is_archived, &by, now))
        .await?;
    let (said, undo) = if is_archived {
        ("put away", "restore")
    } else {
        ("in use again", "archive")
    };
    let to = redirect("/settings/topics").saying(format!("“{}” {said}", topic.name));
    Ok(to.undo(format!("/settings/topics/{id}/{undo}")))
}
