//! The first step: what it says. Faults stand beside the editor with their line; a preview shows it as somebody gets it.

use actix_web::http::StatusCode;
use actix_web::{Either, Responder, web};
use askama::Template;
use serde::Deserialize;

use super::preview::{As, candidates};
use super::{campaign, link_base, sample_links};
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::{EditCampaigns, Right, SendCampaigns};
use crate::accounts::{Can, Viewer};
use crate::base::ids::{CampaignId, ContactId, RecipientId};
use crate::base::{EmailAddress, text};
use crate::campaigns::actions::{self, Refusal};
use crate::campaigns::model::{Campaign, Content, Format, State};
use crate::campaigns::people;
use crate::campaigns::render::{self, Fault};
use crate::config::Config;
use crate::db::{Conn, Db};
use crate::web::{Errors, Form, Page, Redirect, Result, path_id, redirect};

/// The editor.
#[derive(Template)]
#[template(path = "campaigns/content.html")]
pub struct ContentPage {
    campaign: Campaign,
    form: ContentForm,
    errors: Errors,
    is_newer: bool,
    shown_as: As,
    subject: String,
    fault: String,
    formats: Vec<(&'static str, &'static str)>,
    me: String,
    may_send: bool,
}

/// The fields, of campaigns and of templates.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContentForm {
    /// For us.
    pub name: String,
    /// Subject.
    pub subject: String,
    /// Behind the subject.
    pub preheader: String,
    /// Sender's name.
    pub from_name: String,
    /// Sender's address.
    pub from_email: String,
    /// How the body is written.
    pub format: String,
    /// The body.
    pub body: String,
    /// Revision the writer began from.
    pub seen: i64,
}

impl ContentForm {
    /// As it is now.
    pub fn of(name: &str, content: &Content, seen: i64) -> Self {
        Self {
            name: name.to_owned(),
            subject: content.subject.clone(),
            preheader: content.preheader.clone(),
            from_name: content.from_name.clone(),
            from_email: content.from_email.clone(),
            format: content.format.to_string(),
            body: content.body.clone(),
            seen,
        }
    }

    /// The name and content meant, or what is wrong with the fields.
    pub fn check(&self, keys: &Keyring) -> std::result::Result<(String, Content), Errors> {
        let mut errors = Errors::new();
        let name = text::line(&self.name, 120);
        if name.is_empty() {
            errors.add("name", "Give it a name; only your team sees it.");
        }
        let subject = text::line(&self.subject, 300);
        if subject.is_empty() {
            errors.add("subject", "Write a subject.");
        }
        let from_email = EmailAddress::parse(&self.from_email);
        if from_email.is_none() {
            errors.add("from_email", "Write an address such as news@example.com.");
        }
        if self.body.trim().is_empty() {
            errors.add("body", "Write the mail.");
        }
        let content = Content {
            subject,
            preheader: text::line(&self.preheader, 300),
            from_name: text::line(&self.from_name, 120),
            from_email: from_email.map_or_else(String::new, EmailAddress::into_string),
            format: Format::from_word(&self.format).unwrap_or(Format::Html),
            body: self.body.replace("\r\n", "\n"),
        };
        if errors.is_empty()
            && let Err(fault) = render::compile(&content, &sample_links(keys, ""))
        {
            errors.add(fault.field, in_words(&fault));
        }
        if errors.is_empty() {
            Ok((name, content))
        } else {
            Err(errors)
        }
    }
}

fn in_words(fault: &Fault) -> String {
    match fault.line {
        Some(line) if fault.field == "body" => format!("Line {line}: {}", fault.message),
        _ => fault.message.clone(),
    }
}

/// Whom to show it as.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    #[serde(rename = "as")]
    shown_as: String,
}

/// `GET /campaigns/{id}/content?as=…`. Needs: change campaigns.
pub async fn edit(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    config: web::Data<Config>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<impl Responder> {
    let campaign = campaign(&db, &path).await?;
    if campaign.state != State::Draft {
        return Ok(Either::Left(redirect(format!(
            "/campaigns/{}",
            campaign.id
        ))));
    }
    let form = ContentForm::of(&campaign.name, &campaign.content(), campaign.revision);
    let wanted = params.shown_as.parse().ok();
    let scene = Scene {
        campaign,
        wanted,
        form,
        errors: Errors::new(),
        is_newer: false,
    };
    Ok(Either::Right(
        scene.page(&viewer, &db, &keys, &config).await?,
    ))
}

/// `POST /campaigns/{id}/content`. Needs: change campaigns.
pub async fn save(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    config: web::Data<Config>,
    path: web::Path<String>,
    Form(form): Form<ContentForm>,
) -> Result<Either<Redirect, Page<ContentPage>>> {
    let id: CampaignId = path_id(&path)?;
    let (mut errors, mut is_newer) = (Errors::new(), false);
    match form.check(&keys) {
        Ok((name, content)) => {
            let (seen, now) = (form.seen, viewer.now);
            let saved = db
                .write(move |conn| actions::save_content(conn, id, &name, &content, seen, now))
                .await;
            match saved {
                Ok(()) => {
                    let to = redirect(format!("/campaigns/{id}/content"));
                    return Ok(Either::Left(to.saying("Saved")));
                }
                Err(Refusal::Newer) => is_newer = true,
                Err(refusal) => return Err(refusal.into()),
            }
        }
        Err(found) => errors = found,
    }
    let campaign = campaign(&db, &path).await?;
    let form = ContentForm {
        seen: if is_newer {
            campaign.revision
        } else {
            form.seen
        },
        ..form
    };
    let scene = Scene {
        campaign,
        wanted: None,
        form,
        errors,
        is_newer,
    };
    let page = scene.page(&viewer, &db, &keys, &config).await?;
    Ok(Either::Right(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
}

struct Scene {
    campaign: Campaign,
    wanted: Option<ContactId>,
    form: ContentForm,
    errors: Errors,
    is_newer: bool,
}

impl Scene {
    async fn page(
        self,
        viewer: &Viewer,
        db: &Db,
        keys: &Keyring,
        config: &web::Data<Config>,
    ) -> Result<Page<ContentPage>> {
        let (reader, keys, config) = (viewer.clone(), keys.clone(), config.clone());
        let page = db
            .read(move |conn| self.read(conn, &reader, &keys, &config))
            .await?;
        Ok(Page::new(viewer.shell(), page))
    }

    fn read(
        self,
        conn: &mut Conn,
        viewer: &Viewer,
        keys: &Keyring,
        config: &Config,
    ) -> Result<ContentPage> {
        let shown_as = candidates(conn, &self.campaign, self.wanted, viewer.now)?;
        let links = sample_links(keys, &link_base(conn, config)?);
        let person = match shown_as.at {
            Some(id) => people::load(conn, &[id])?.remove(&id),
            None => None,
        };
        let person = person.unwrap_or_else(people::nobody);
        let (mut subject, mut fault) = (String::new(), String::new());
        let rendered = render::compile(&self.campaign.content(), &links)
            .and_then(|compiled| compiled.render(&person, RecipientId(0)));
        match rendered {
            Ok(rendered) => subject = rendered.subject,
            Err(found) => fault = found.to_string(),
        }
        Ok(ContentPage {
            campaign: self.campaign,
            form: self.form,
            errors: self.errors,
            is_newer: self.is_newer,
            shown_as,
            subject,
            fault,
            formats: vec![("mjml", "MJML"), ("html", "HTML")],
            me: viewer.user.email.clone(),
            may_send: SendCampaigns::allows(&viewer.access),
        })
    }
}
