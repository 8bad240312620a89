//! A mail as somebody gets it: in a sandboxed frame, or sent to an address to try.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{campaign as campaign_of, link_base, sample_links};
use crate::accounts::Can;
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::{ReadCampaigns, SendCampaigns};
use crate::base::ids::{ContactId, RecipientId};
use crate::base::{EmailAddress, Timestamp};
use crate::campaigns::model::{Campaign, Content};
use crate::campaigns::people;
use crate::campaigns::render::{self, Fault, Rendered};
use crate::campaigns::store::audience;
use crate::config::Config;
use crate::contacts::views;
use crate::db::{Conn, Db};
use crate::mail::{self, Letter};
use crate::web::{Error, Form, Redirect, Result, redirect};

/// People a mail can be looked at as.
const OFFERED: i64 = 12;

/// Whom it is shown as, and who else there is.
#[derive(Debug, Clone, Default)]
pub struct As {
    /// Shown as.
    pub at: Option<ContactId>,
    /// Choices: id and name.
    pub choices: Vec<(String, String)>,
    /// The one after it.
    pub next: Option<ContactId>,
}

impl As {
    /// The chosen one, as a form writes it.
    pub fn word(&self) -> String {
        self.at.map_or_else(String::new, |id| id.to_string())
    }
}

/// Some of the audience; where there is none yet, some of everybody.
pub(super) fn candidates(
    conn: &mut Conn,
    campaign: &Campaign,
    wanted: Option<ContactId>,
    now: Timestamp,
) -> Result<As> {
    let view = match campaign.view_id {
        Some(id) => views::find(conn, id)?,
        None => None,
    };
    let mut some = |above: i64| match &view {
        Some(view) => audience::sample(conn, view, None, ContactId(above), OFFERED, now),
        None => audience::anybody(conn, ContactId(above), OFFERED, now),
    };
    let mut ids = some(wanted.map_or(0, |id| id.0 - 1))?;
    if ids.is_empty() {
        ids = some(0)?;
    }
    ids.extend(wanted.filter(|id| !ids.contains(id)));
    let at = wanted.or_else(|| ids.first().copied());
    let named = audience::named(conn, &ids)?;
    Ok(As {
        at,
        next: ids.iter().copied().find(|id| at.is_some_and(|at| *id > at)),
        choices: named
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
    })
}

/// Which contact.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    #[serde(rename = "as")]
    shown_as: String,
    part: String,
}

/// Content as a frame shows it.
pub(super) async fn framed(
    db: &Db,
    keys: &Keyring,
    config: web::Data<Config>,
    content: Content,
    params: Params,
) -> Result<HttpResponse> {
    let (keys, wanted) = (keys.clone(), params.shown_as.parse().ok());
    let rendered = db
        .read(move |conn| render_as(conn, &keys, &config, &content, wanted))
        .await?;
    Ok(frame(rendered, params.part == "text"))
}

/// `GET /campaigns/{id}/preview?as=…`. Needs: see campaigns.
pub async fn campaign(
    _viewer: Can<ReadCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    config: web::Data<Config>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<HttpResponse> {
    let content = campaign_of(&db, &path).await?.content();
    framed(&db, &keys, config, content, params.into_inner()).await
}

/// Fills content in for a contact, or for somebody nobody knows anything of.
fn render_as(
    conn: &mut Conn,
    keys: &Keyring,
    config: &Config,
    content: &Content,
    wanted: Option<ContactId>,
) -> Result<std::result::Result<Rendered, Fault>> {
    let links = sample_links(keys, &link_base(conn, config)?);
    let person = match wanted {
        Some(id) => people::load(conn, &[id])?.remove(&id),
        None => None,
    };
    let person = person.unwrap_or_else(people::nobody);
    Ok(render::compile(content, &links)
        .and_then(|compiled| compiled.render(&person, RecipientId(0))))
}

/// The mail alone, which may do nothing but show itself.
fn frame(rendered: std::result::Result<Rendered, Fault>, is_text: bool) -> HttpResponse {
    let (body, kind) = match rendered {
        Ok(rendered) if is_text => (rendered.text, "text/plain; charset=utf-8"),
        Ok(rendered) => (rendered.html, "text/html; charset=utf-8"),
        Err(fault) => (
            format!("There is nothing to show.\n\n{fault}"),
            "text/plain; charset=utf-8",
        ),
    };
    HttpResponse::Ok()
        .insert_header((
            "content-security-policy",
            "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline' https:; font-src https:; \
             frame-ancestors 'self'; sandbox allow-popups",
        ))
        .insert_header(("cache-control", "no-store"))
        .content_type(kind)
        .body(body)
}

/// A try.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TestForm {
    to: String,
    #[serde(rename = "as")]
    shown_as: String,
}

/// `POST /campaigns/{id}/test`. Needs: send campaigns.
pub async fn test(
    viewer: Can<SendCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    config: web::Data<Config>,
    path: web::Path<String>,
    Form(form): Form<TestForm>,
) -> Result<Redirect> {
    let campaign = campaign_of(&db, &path).await?;
    let back = redirect(format!(
        "/campaigns/{}/content?as={}",
        campaign.id, form.shown_as
    ));
    let Some(to) = EmailAddress::parse(&form.to) else {
        return Ok(back.failing(format!("“{}” is no address", form.to)));
    };
    let content = campaign.content();
    let (from_name, from_email) = (content.from_name.clone(), content.from_email.clone());
    let (keys, wanted) = (keys.get_ref().clone(), form.shown_as.parse().ok());
    let rendered = db
        .read(move |conn| render_as(conn, &keys, &config, &content, wanted))
        .await?;
    let rendered = match rendered {
        Ok(rendered) => rendered,
        Err(fault) => return Ok(back.failing(format!("Not sent: {fault}"))),
    };
    let letter = Letter {
        from_name,
        from_email,
        to: to.as_str().to_owned(),
        to_name: String::new(),
        subject: format!("[Test] {}", rendered.subject),
        text: rendered.text,
        html: rendered.html,
        id: format!("test.{}.{}", campaign.id, crate::base::token::readable(12)),
        headers: Vec::new(),
    };
    let now = viewer.now;
    db.write(move |conn| mail::enqueue_letter(conn, &letter, now))
        .await
        .map_err(|error: diesel::result::Error| Error::from(error))?;
    Ok(back.saying(format!("A test is on its way to {to}")))
}
