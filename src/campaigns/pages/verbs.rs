//! What is done with a campaign as a whole.

use actix_web::web;
use chrono::{NaiveDateTime, TimeZone};
use serde::Deserialize;

use super::link_base;
use super::review::ScheduleForm;
use crate::accounts::audit::By;
use crate::accounts::rights::{EditCampaigns, SendCampaigns};
use crate::accounts::{Can, Viewer};
use crate::base::Timestamp;
use crate::base::ids::CampaignId;
use crate::campaigns::actions::{self, Refusal};
use crate::campaigns::model::{Campaign, Delivery};
use crate::config::Config;
use crate::db::{Conn, Db};
use crate::web::{Error, Form, Redirect, Result, number, path_id, redirect};

fn back(id: CampaignId) -> Redirect {
    redirect(format!("/campaigns/{id}"))
}

/// Does something with a campaign and goes on to where `said` says. What is missing is said on the page the button stands
/// on; anything else is an answer of its own.
async fn done<T: Send + 'static>(
    viewer: &Viewer,
    db: &Db,
    id: CampaignId,
    change: impl FnOnce(&mut Conn, &By, Timestamp) -> std::result::Result<T, Refusal> + Send + 'static,
    said: impl FnOnce(T) -> Redirect,
) -> Result<Redirect> {
    let (by, now) = (viewer.by(), viewer.now);
    match db.write(move |conn| change(conn, &by, now)).await {
        Ok(value) => Ok(said(value)),
        Err(Refusal::Unready(why)) => {
            let to = redirect(format!("/campaigns/{id}/review"));
            Ok(to.failing(format!("Not yet: {why}")))
        }
        Err(Refusal::NotNow(state)) => {
            let why = format!("This campaign is {} by now", state.label().to_lowercase());
            Ok(back(id).failing(why))
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
    let id: CampaignId = path_id(&path)?;
    let base = db.read(move |conn| link_base(conn, &config)).await?;
    let launch = move |conn: &mut Conn, by: &By, now| actions::launch(conn, id, &base, by, now);
    let said = |_| back(id).saying("It is going out");
    done(&viewer, &db, id, launch, said).await
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
    let at = Timestamp::from(there);
    let base = db.read(move |conn| link_base(conn, &config)).await?;
    let plan = move |conn: &mut Conn, by: &By, now| actions::schedule(conn, id, at, &base, by, now);
    let said = |()| {
        let when = there.format("%-d %B at %H:%M");
        let page = back(id).saying(format!("It goes out on {when}"));
        page.undo(format!("/campaigns/{id}/unschedule"))
    };
    done(&viewer, &db, id, plan, said).await
}

/// `POST /campaigns/{id}/unschedule`. Needs: send campaigns.
pub async fn unschedule(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: CampaignId = path_id(&path)?;
    let take_back = move |conn: &mut Conn, _: &By, now| actions::unschedule(conn, id, now);
    let said = |()| redirect(format!("/campaigns/{id}/review")).saying("It is a draft again");
    done(&viewer, &db, id, take_back, said).await
}

/// `POST /campaigns/{id}/pause`. Needs: send campaigns.
pub async fn pause(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: CampaignId = path_id(&path)?;
    let pause = move |conn: &mut Conn, by: &By, now| actions::pause(conn, id, by, now);
    let said = |()| {
        let page = back(id).saying("Paused: nothing more leaves");
        page.undo(format!("/campaigns/{id}/resume"))
    };
    done(&viewer, &db, id, pause, said).await
}

/// `POST /campaigns/{id}/resume`. Needs: send campaigns.
pub async fn resume(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: CampaignId = path_id(&path)?;
    let resume = move |conn: &mut Conn, by: &By, now| actions::resume(conn, id, by, now);
    let said = |()| back(id).saying("It goes on");
    done(&viewer, &db, id, resume, said).await
}

/// `POST /campaigns/{id}/cancel`. Needs: send campaigns.
pub async fn cancel(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: CampaignId = path_id(&path)?;
    let cancel = move |conn: &mut Conn, by: &By, now| actions::cancel(conn, id, by, now);
    let said = |()| back(id).saying("Cancelled: whoever has no mail yet gets none");
    done(&viewer, &db, id, cancel, said).await
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
    let retry = move |conn: &mut Conn, by: &By, now| actions::retry(conn, id, from, by, now);
    let said = |n| match n {
        0 => back(id).failing("There is nobody to send it to again"),
        n => back(id).saying(format!("{} are tried again", number(n as i64))),
    };
    done(&viewer, &db, id, retry, said).await
}

/// `POST /campaigns/{id}/copy`. Needs: change campaigns.
pub async fn copy(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: CampaignId = path_id(&path)?;
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
    let id: CampaignId = path_id(&path)?;
    let delete = move |conn: &mut Conn, by: &By, now| actions::delete(conn, id, by, now);
    let said =
        |campaign: Campaign| redirect("/campaigns").saying(format!("“{}” deleted", campaign.name));
    done(&viewer, &db, id, delete, said).await
}
