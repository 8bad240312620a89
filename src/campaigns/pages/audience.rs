//! The second step: who gets it, about what, how fast. Counts say who is held back and why.

use actix_web::http::StatusCode;
use actix_web::{Either, Responder, web};
use askama::Template;
use serde::Deserialize;

use super::campaign;
use crate::accounts::rights::EditCampaigns;
use crate::accounts::{Can, Viewer};
use crate::base::ids::{TopicId, ViewId};
use crate::campaigns::actions::{self, Audience};
use crate::campaigns::model::{Campaign, State};
use crate::campaigns::store::audience::{self, Look};
use crate::contacts::views;
use crate::db::{Conn, Db};
use crate::privacy;
use crate::web::{Errors, Form, Page, Result, redirect};

/// The form.
#[derive(Template)]
#[template(path = "campaigns/audience.html")]
pub struct AudiencePage {
    campaign: Campaign,
    form: AudienceForm,
    errors: Errors,
    views: Vec<(String, String)>,
    topics: Vec<(String, String)>,
    list_href: String,
    look: Option<Look>,
}

/// What is posted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AudienceForm {
    view: String,
    topic: String,
    per_second: String,
}

impl AudienceForm {
    fn of(campaign: &Campaign) -> Self {
        let word = |id: Option<String>| id.unwrap_or_default();
        Self {
            view: word(campaign.view_id.map(|id| id.to_string())),
            topic: word(campaign.topic_id.map(|id| id.to_string())),
            per_second: match campaign.per_second {
                0 => String::new(),
                n => n.to_string(),
            },
        }
    }

    fn check(&self) -> std::result::Result<Audience, Errors> {
        let mut errors = Errors::new();
        let view = self.view.parse::<ViewId>();
        if view.is_err() {
            errors.add("view", "Choose a saved filter of contacts.");
        }
        let topic = self.topic.parse::<TopicId>();
        if topic.is_err() {
            errors.add("topic", "Choose what it is about.");
        }
        let per_second = match self.per_second.trim() {
            "" => Ok(0),
            text => text.parse::<i64>(),
        };
        let per_second = per_second.ok().filter(|n| (0..=100_000).contains(n));
        if per_second.is_none() {
            errors.add("per_second", "Write a number, or leave it empty.");
        }
        match (view, topic, per_second) {
            (Ok(view), Ok(topic), Some(per_second)) => Ok(Audience {
                view,
                topic,
                per_second,
            }),
            _ => Err(errors),
        }
    }
}

/// How far is counted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    count: String,
}

/// `GET /campaigns/{id}/audience`; with `?count=all` counted to the end, which takes a moment where there are very many.
/// Needs: change campaigns.
pub async fn edit(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<impl Responder> {
    let campaign = campaign(&db, &path).await?;
    if campaign.state != State::Draft {
        return Ok(Either::Left(redirect(format!(
            "/campaigns/{}",
            campaign.id
        ))));
    }
    let form = AudienceForm::of(&campaign);
    Ok(Either::Right(
        page(
            &viewer,
            &db,
            campaign,
            form,
            Errors::new(),
            asked.count == "all",
        )
        .await?,
    ))
}

/// `POST /campaigns/{id}/audience`. Needs: change campaigns.
pub async fn save(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
    Form(form): Form<AudienceForm>,
) -> Result<impl Responder> {
    let campaign = campaign(&db, &path).await?;
    let errors = match form.check() {
        Ok(audience) => {
            let (id, now) = (campaign.id, viewer.now);
            db.write(move |conn| {
                if views::find(conn, audience.view)?.is_none()
                    || privacy::store::topic(conn, audience.topic)?.is_none()
                {
                    return Err(actions::Refusal::Missing);
                }
                actions::save_audience(conn, id, audience, now)
            })
            .await?;
            let to = redirect(format!("/campaigns/{id}/audience")).saying("Saved");
            return Ok(Either::Left(to));
        }
        Err(errors) => errors,
    };
    let page = page(&viewer, &db, campaign, form, errors, false).await?;
    Ok(Either::Right(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    campaign: Campaign,
    form: AudienceForm,
    errors: Errors,
    is_whole: bool,
) -> Result<Page<AudiencePage>> {
    let (now, memo, reader) = (viewer.now, db.memo(), viewer.id());
    let page = db.read(move |conn: &mut Conn| {
        let mut saved = views::visible(conn, reader)?;
        // A colleague may have chosen one of their own.
        if let Some(id) = campaign
            .view_id
            .filter(|id| saved.iter().all(|view| view.id != *id))
        {
            saved.extend(views::find(conn, id)?);
        }
        let topics = privacy::store::topics(conn)?;
        let chosen = saved.iter().find(|view| Some(view.id) == campaign.view_id);
        let look = match (chosen, campaign.topic_id) {
            (Some(view), Some(topic)) if is_whole => Some(Look {
                count: audience::count(conn, view, topic, now)?,
                is_cut: false,
            }),
            (Some(view), Some(topic)) => Some(audience::look(conn, &memo, view, topic, now)?),
            _ => None,
        };
        let list_href = chosen.map_or_else(|| "/contacts".to_owned(), views::SavedView::href);
        Ok::<_, diesel::result::Error>(AudiencePage {
            list_href,
            look,
            views: saved
                .into_iter()
                .map(|view| (view.id.to_string(), view.name))
                .collect(),
            topics: topics
                .into_iter()
                .filter(|topic| !topic.is_archived)
                .map(|topic| (topic.id.to_string(), topic.name))
                .collect(),
            campaign,
            form,
            errors,
        })
    });
    Ok(Page::new(viewer.shell(), page.await?))
}
