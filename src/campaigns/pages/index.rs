//! The list of campaigns, and a new one.

use actix_web::http::StatusCode;
use actix_web::{Either, Responder, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::rights::{EditCampaigns, ReadCampaigns, Right};
use crate::accounts::{Can, Viewer};
use crate::base::ids::{CampaignId, TemplateId};
use crate::base::{Timestamp, text};
use crate::campaigns::model::{self, Campaign, Content, Format, State, Tally};
use crate::campaigns::{actions, store};
use crate::db::{Conn, Db};
use crate::mail::Mailer;
use crate::text_enum;
use crate::web::{Cursor, Error, Errors, Form, Page, Result, When, number, redirect};

const PAGE: usize = 50;
/// What a new campaign begins with.
const FIRST_BODY: &str = include_str!("../first.mjml");

text_enum!(
    /// The tabs above the list.
    Tab {
        /// Everything.
        All => "all",
        /// Being written.
        Drafts => "draft",
        /// To go out.
        Scheduled => "scheduled",
        /// Going out, or held.
        Running => "sending",
        /// Done.
        Sent => "sent",
    }
);

impl Tab {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Drafts => "Drafts",
            Self::Scheduled => "Scheduled",
            Self::Running => "Going out",
            Self::Sent => "Sent",
        }
    }

    fn states(self) -> &'static [State] {
        match self {
            Self::All => &[],
            Self::Drafts => &[State::Draft],
            Self::Scheduled => &[State::Scheduled],
            Self::Running => &[State::Sending, State::Paused],
            Self::Sent => &[State::Sent],
        }
    }

    fn href(self) -> String {
        match self {
            Self::All => "/campaigns".to_owned(),
            tab => format!("/campaigns?state={tab}"),
        }
    }
}

/// The list.
#[derive(Template)]
#[template(path = "campaigns/index.html")]
pub struct IndexPage {
    tab: Tab,
    tabs: Vec<(Tab, String)>,
    lines: Vec<Line>,
    next: String,
    q: String,
    is_bare: bool,
    may_edit: bool,
}

struct Line {
    campaign: Campaign,
    tally: Tally,
    at: When,
    sent: String,
    opened: String,
    clicked: String,
}

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    state: String,
    q: String,
    after: String,
}

/// `GET /campaigns?state=…`. Needs: see campaigns.
pub async fn index(
    viewer: Can<ReadCampaigns>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<IndexPage>> {
    let (reader, params) = ((*viewer).clone(), params.into_inner());
    let page = db
        .read(move |conn| IndexPage::read(conn, &reader, &params))
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

impl IndexPage {
    fn read(conn: &mut Conn, viewer: &Viewer, params: &Params) -> Result<Self> {
        let tab = Tab::from_word(&params.state).unwrap_or(Tab::All);
        let below = Cursor::decode(&params.after)
            .and_then(|cursor| Some((Timestamp(cursor.number()?), CampaignId(cursor.id))));
        let q = text::line(&params.q, 200);
        let mut rows = if q.is_empty() {
            store::newest(conn, tab.states(), below, PAGE as i64 + 1)?
        } else {
            store::found(conn, &q)?
        };
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| has_more).map(|row| Cursor {
            key: row.created_at.0.to_string(),
            id: row.id.0,
        });
        let tallies = store::tallies(conn, rows.iter().map(|row| row.id).collect())?;
        let line = |campaign: Campaign| {
            let tally = tallies.get(&campaign.id).copied().unwrap_or_default();
            Line::new(campaign, tally, viewer)
        };
        Ok(Self {
            is_bare: rows.is_empty() && q.is_empty() && tab == Tab::All && below.is_none(),
            q,
            tabs: Tab::ALL.iter().map(|tab| (*tab, tab.href())).collect(),
            lines: rows.into_iter().map(line).collect(),
            next: next.map_or_else(String::new, |cursor| {
                format!("/campaigns?state={tab}&after={}", cursor.encode())
            }),
            may_edit: EditCampaigns::allows(&viewer.access),
            tab,
        })
    }
}

impl Line {
    fn new(campaign: Campaign, tally: Tally, viewer: &Viewer) -> Self {
        let at = match campaign.state {
            State::Scheduled => campaign.scheduled_at,
            _ => campaign.launched_at,
        };
        let at = at.unwrap_or(campaign.updated_at);
        let share = |n: i64| {
            if tally.sent == 0 {
                String::new()
            } else {
                super::results::percent(n, tally.sent)
            }
        };
        Self {
            at: When::new(at, viewer.now, viewer.zone()),
            sent: if campaign.launched_at.is_some() {
                number(tally.sent)
            } else {
                String::new()
            },
            opened: share(tally.opened),
            clicked: share(tally.clicked),
            campaign,
            tally,
        }
    }
}

/// A new campaign: a name, and what to begin from.
#[derive(Template)]
#[template(path = "campaigns/new.html")]
pub struct NewPage {
    form: NewForm,
    errors: Errors,
    templates: Vec<(String, String)>,
}

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewForm {
    name: String,
    template: String,
}

/// `GET /campaigns/new?template=…`. Needs: change campaigns.
pub async fn form(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    params: web::Query<NewForm>,
) -> Result<Page<NewPage>> {
    let page = NewPage::read(&db, params.into_inner(), Errors::new()).await?;
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /campaigns`. Needs: change campaigns.
pub async fn create(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    mailer: web::Data<Mailer>,
    Form(form): Form<NewForm>,
) -> Result<impl Responder> {
    let name = text::line(&form.name, 120);
    if name.is_empty() {
        let errors = Errors::one("name", "Give it a name; only your team sees it.");
        let page = NewPage::read(&db, form, errors).await?;
        let page = Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(Either::Right(page));
    }
    let template: Option<TemplateId> = form.template.parse().ok();
    let (by, now) = (viewer.by(), viewer.now);
    let blank = blank(&mailer, &name);
    let id = db
        .write(move |conn| {
            let content = match template {
                Some(id) => store::template(conn, id)?.map(|template| template.content()),
                None => None,
            };
            actions::create(conn, &name, &content.unwrap_or(blank), &by, now)
        })
        .await
        .map_err(|error: diesel::result::Error| Error::from(error))?;
    Ok(Either::Left(redirect(format!("/campaigns/{id}/content"))))
}

/// Content to begin from where there is no template.
pub(super) fn blank(mailer: &Mailer, subject: &str) -> Content {
    let (from_name, from_email) = mailer.sender();
    Content {
        subject: subject.to_owned(),
        preheader: String::new(),
        from_name,
        from_email,
        format: Format::Mjml,
        body: FIRST_BODY.to_owned(),
    }
}

impl NewPage {
    async fn read(db: &Db, form: NewForm, errors: Errors) -> Result<Self> {
        let templates = db.read(store::all_templates).await?;
        let named = |template: model::Template| (template.id.to_string(), template.name);
        Ok(Self {
            form,
            errors,
            templates: templates.into_iter().map(named).collect(),
        })
    }
}
