//! What is done with a campaign as a whole.

use actix_web::web;
use chrono::{NaiveDateTime, TimeZone};
use serde::Deserialize;

use super::link_base;
use super::review::ScheduleForm;
use crate::accounts::Can;
use crate::accounts::rights::{EditCampaigns, SendCampaigns};
use crate::base::Timestamp;
use crate::base::ids::CampaignId;
use crate::campaigns::actions::{self, Refusal};
use crate::campaigns::model::Delivery;
use crate::config::Config;
use crate::db::{Conn, Db};
use crate::web::{Error, Form, Redirect, Result, number, path_id, redirect};

fn back(id: CampaignId) -> Redirect {
    redirect(format!("/campaigns/{id}"))
}

/// What is missing is said on the page the button stands on; anything else is an answer of its own.
fn or_said<T>(
    id: CampaignId,
    done: std::result::Result<T, Refusal>,
) -> Result<std::result::Result<T, Redirect>> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Refusal::Unready(why)) => {
            let to = redirect(format!("/campaigns/{id}/review"));
            Ok(Err(to.failing(format!("Not yet: {why}"))))
        }
        Err(Refusal::NotNow(state)) => {
            let why = format!("This campaign is {} by now", state.label().to_lowercase());
            Ok(Err(back(id).failing(why)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /campaigns/{id}/launch`. Needs: send campaigns.
pub async fn launch(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = path_id(&path)?;
    let (by, now) = (viewer.by(), viewer.now);
    let base = db.read(move |conn| link_base(conn, &config)).await?;
    let launched = db
        .write(move |conn| actions::launch(conn, id, &base, &by, now))
        .await;
    Ok(match or_said(id, launched)? {
        Ok(_) => back(id).saying("It is going out"),
        Err(said) => said,
    })
}

/// `POST /campaigns/{id}/schedule`. Needs: send campaigns.
pub async fn schedule(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    path: web::Path<String>,
    Form(form): Form<ScheduleForm>,
) -> Result<Redirect> {
    let id: CampaignId = path_id(&path)?;
    let there = NaiveDateTime::parse_from_str(&form.at, "%Y-%m-%dT%H:%M")
        .ok()
        .and_then(|at| viewer.zone().from_local_datetime(&at).earliest());
    let Some(there) = there else {
        let to = redirect(format!("/campaigns/{id}/review"));
        return Ok(to.failing("Choose a day and a time"));
    };
    let (by, now, at) = (viewer.by(), viewer.now, Timestamp::from(there));
    let base = db.read(move |conn| link_base(conn, &config)).await?;
    let planned = db
        .write(move |conn| actions::schedule(conn, id, at, &base, &by, now))
        .await;
    Ok(match or_said(id, planned)? {
        Ok(()) => back(id)
            .saying(format!(
                "It goes out on {}",
                there.format("%-d %B at %H:%M")
            ))
            .undo(format!("/campaigns/{id}/unschedule")),
        Err(said) => said,
    })
}

/// `POST /campaigns/{id}/unschedule`. Needs: send campaigns.
pub async fn unschedule(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = path_id(&path)?;
    let now = viewer.now;
    let done = db
        .write(move |conn| actions::unschedule(conn, id, now))
        .await;
    Ok(match or_said(id, done)? {
        Ok(()) => redirect(format!("/campaigns/{id}/review")).saying("It is a draft again"),
        Err(said) => said,
    })
}

/// `POST /campaigns/{id}/pause`. Needs: send campaigns.
pub async fn pause(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = path_id(&path)?;
    let (by, now) = (viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::pause(conn, id, &by, now))
        .await;
    Ok(match or_said(id, done)? {
        Ok(()) => back(id)
            .saying("Paused: nothing more leaves")
            .undo(format!("/campaigns/{id}/resume")),
        Err(said) => said,
    })
}

/// `POST /campaigns/{id}/resume`. Needs: send campaigns.
pub async fn resume(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = path_id(&path)?;
    let (by, now) = (viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::resume(conn, id, &by, now))
        .await;
    Ok(match or_said(id, done)? {
        Ok(()) => back(id).saying("It goes on"),
        Err(said) => said,
    })
}

/// `POST /campaigns/{id}/cancel`. Needs: send campaigns.
pub async fn cancel(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = path_id(&path)?;
    let (by, now) = (viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::cancel(conn, id, &by, now))
        .await;
    Ok(match or_said(id, done)? {
        Ok(()) => back(id).saying("Cancelled: whoever has no mail yet gets none"),
        Err(said) => said,
    })
}

/// Who is to be tried again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RetryForm {
    state: String,
}

/// `POST /campaigns/{id}/retry`. Needs: send campaigns.
pub async fn retry(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
    Form(form): Form<RetryForm>,
) -> Result<Redirect> {
    let id: CampaignId = path_id(&path)?;
    let from = Delivery::from_word(&form.state).ok_or(Error::NotFound)?;
    let (by, now) = (viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::retry(conn, id, from, &by, now))
        .await;
    Ok(match or_said(id, done)? {
        Ok(0) => back(id).failing("There is nobody to send it to again"),
        Ok(n) => back(id).saying(format!("{} are tried again", number(n as i64))),
        Err(said) => said,
    })
}

/// `POST /campaigns/{id}/copy`. Needs: change campaigns.
pub async fn copy(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = path_id(&path)?;
    let (by, now) = (viewer.by(), viewer.now);
    let made = db
        .write(move |conn: &mut Conn| actions::copy(conn, id, &by, now))
        .await?;
    Ok(redirect(format!("/campaigns/{made}/content")).saying("A new draft with the same words"))
}

/// `POST /campaigns/{id}/delete`. Needs: change campaigns.
pub async fn delete(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id = path_id(&path)?;
    let (by, now) = (viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::delete(conn, id, &by, now))
        .await;
    Ok(match or_said(id, done)? {
        Ok(campaign) => redirect("/campaigns").saying(format!("“{}” deleted", campaign.name)),
        Err(said) => said,
    })
}
