//! The last step: what goes to whom, what is wrong with it, a dry run over the audience, and the launch.

use actix_web::{Either, Responder, web};
use askama::Template;
use serde::Deserialize;

use super::{campaign, link_base, sample_links};
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::{EditCampaigns, Right, SendCampaigns};
use crate::accounts::{Can, Viewer};
use crate::base::ids::{ContactId, RecipientId};
use crate::campaigns::model::{Campaign, State};
use crate::campaigns::people;
use crate::campaigns::render;
use crate::campaigns::store::audience::{self, Look};
use crate::config::Config;
use crate::contacts::views;
use crate::db::{Conn, Db, Memo};
use crate::mail::Mailer;
use crate::privacy;
use crate::web::{Page, Result, number, redirect};

/// Letters of a dry run at the most.
const MOST_TRIED: usize = 20_000;
/// Contacts read at once.
const CHUNK: i64 = 500;
/// Failing contacts that are named.
const NAMED: usize = 20;
/// Above this Gmail cuts a mail off.
const CLIPPED: usize = 102_000;

/// The page.
#[derive(Template)]
#[template(path = "campaigns/review.html")]
pub struct ReviewPage {
    campaign: Campaign,
    audience: String,
    topic: String,
    look: Option<Look>,
    checks: Vec<Check>,
    trial: Option<Trial>,
    is_ready: bool,
    may_send: bool,
    zone: String,
    schedule: String,
}

/// One thing looked at before the launch.
struct Check {
    is_good: bool,
    /// Whether it stops the launch.
    is_needed: bool,
    words: String,
    href: String,
}

/// What a dry run found.
struct Trial {
    tried: String,
    is_all: bool,
    failing: Vec<(ContactId, String, String)>,
    failed: usize,
}

/// `GET /campaigns/{id}/review`. Needs: change campaigns.
pub async fn show(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    config: web::Data<Config>,
    mailer: web::Data<Mailer>,
    path: web::Path<String>,
) -> Result<impl Responder> {
    let campaign = campaign(&db, &path).await?;
    if campaign.state != State::Draft {
        return Ok(Either::Left(redirect(format!(
            "/campaigns/{}",
            campaign.id
        ))));
    }
    let scene = Scene::new(&viewer, &keys, &config, (&mailer, &db), campaign);
    let page = db.read(move |conn| scene.read(conn, None)).await?;
    Ok(Either::Right(Page::new(viewer.shell(), page)))
}

/// `POST /campaigns/{id}/try`: fills the mail in for everybody, and names those for whom it fails. Needs: change campaigns.
pub async fn try_all(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    config: web::Data<Config>,
    mailer: web::Data<Mailer>,
    path: web::Path<String>,
) -> Result<Page<ReviewPage>> {
    let campaign = campaign(&db, &path).await?;
    let scene = Scene::new(&viewer, &keys, &config, (&mailer, &db), campaign);
    let page = db.read(move |conn| {
        let trial = scene.try_all(conn)?;
        scene.read(conn, trial)
    });
    Ok(Page::new(viewer.shell(), page.await?))
}

/// When it is to go out, as a browser writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ScheduleForm {
    /// `2026-05-24T09:00`, in the writer's zone.
    pub at: String,
}

struct Scene {
    viewer: Viewer,
    keys: Keyring,
    config: web::Data<Config>,
    is_smtp: bool,
    memo: Memo,
    campaign: Campaign,
}

impl Scene {
    fn new(
        viewer: &Viewer,
        keys: &Keyring,
        config: &web::Data<Config>,
        (mailer, db): (&Mailer, &Db),
        campaign: Campaign,
    ) -> Self {
        Self {
            viewer: viewer.clone(),
            keys: keys.clone(),
            config: config.clone(),
            is_smtp: mailer.is_smtp(),
            memo: db.memo(),
            campaign,
        }
    }

    fn try_all(&self, conn: &mut Conn) -> Result<Option<Trial>> {
        let view = match self.campaign.view_id {
            Some(id) => views::find(conn, id)?,
            None => None,
        };
        let links = sample_links(&self.keys, &link_base(conn, &self.config)?);
        let (Some(view), Ok(compiled)) = (view, render::compile(&self.campaign.content(), &links))
        else {
            return Ok(None);
        };
        let (topic, now) = (self.campaign.topic_id, self.viewer.now);
        let mut above = ContactId(0);
        let (mut tried, mut failed, mut failing) = (0, 0, Vec::new());
        let mut is_all = true;
        loop {
            let ids = audience::sample(conn, &view, topic, above, CHUNK, now)?;
            let Some(last) = ids.last().copied() else {
                break;
            };
            let found = people::load(conn, &ids)?;
            for person in ids.iter().filter_map(|id| found.get(id)) {
                tried += 1;
                if let Err(fault) = compiled.render(person, RecipientId(0)) {
                    failed += 1;
                    if failing.len() < NAMED {
                        failing.push((person.contact, String::new(), fault.to_string()));
                    }
                }
            }
            above = last;
            if tried >= MOST_TRIED {
                is_all = false;
                break;
            }
        }
        let ids: Vec<ContactId> = failing.iter().map(|(id, _, _)| *id).collect();
        let names = audience::named(conn, &ids)?;
        for (id, name, _) in &mut failing {
            let found = names.iter().find(|(of, _)| of == id);
            *name = found.map(|(_, name)| name.clone()).unwrap_or_default();
        }
        Ok(Some(Trial {
            tried: number(tried as i64),
            is_all,
            failing,
            failed,
        }))
    }

    fn read(&self, conn: &mut Conn, trial: Option<Trial>) -> Result<ReviewPage> {
        let campaign = &self.campaign;
        let view = match campaign.view_id {
            Some(id) => views::find(conn, id)?,
            None => None,
        };
        let topic = match campaign.topic_id {
            Some(id) => privacy::store::topic(conn, id)?,
            None => None,
        };
        let look = match (&view, &topic) {
            (Some(view), Some(topic)) => Some(audience::look(
                conn,
                &self.memo,
                view,
                topic.id,
                self.viewer.now,
            )?),
            _ => None,
        };
        let checks = self.checks(conn, look)?;
        let zone = self.viewer.zone();
        let tomorrow = self.viewer.now.plus(crate::base::clock::DAY);
        let tomorrow = tomorrow.utc().with_timezone(&zone).format("%Y-%m-%dT09:00");
        Ok(ReviewPage {
            audience: view.map(|view| view.name).unwrap_or_default(),
            topic: topic.map(|topic| topic.name).unwrap_or_default(),
            is_ready: checks.iter().all(|check| check.is_good || !check.is_needed),
            checks,
            look,
            trial,
            may_send: SendCampaigns::allows(&self.viewer.access),
            zone: zone.name().replace('_', " "),
            schedule: tomorrow.to_string(),
            campaign: campaign.clone(),
        })
    }

    fn checks(&self, conn: &mut Conn, look: Option<Look>) -> Result<Vec<Check>> {
        let id = self.campaign.id;
        let audience = format!("/campaigns/{id}/audience");
        let mut checks = vec![match look {
            None => check(false, true, "Choose an audience and a topic", audience),
            Some(look) if !look.is_cut && look.count.recipients() == 0 => {
                let words = "Nobody in the audience may be written to";
                check(false, true, words, audience)
            }
            Some(_) => check(true, true, "The audience is chosen", audience),
        }];
        let base = link_base(conn, &self.config)?;
        checks.extend(self.content_checks(&base));
        let is_public = base.starts_with("https://");
        let words = if is_public {
            format!("Links lead to {base}")
        } else {
            format!("Links lead to {base}; unsubscribe buttons of mail programs need https")
        };
        checks.push(check(
            is_public,
            false,
            &words,
            "/settings/workspace".to_owned(),
        ));
        if !self.is_smtp {
            let words = "No mail server is configured: mails are written to files";
            checks.push(check(false, false, words, String::new()));
        }
        Ok(checks)
    }

    fn content_checks(&self, base: &str) -> Vec<Check> {
        let step = format!("/campaigns/{}/content", self.campaign.id);
        let mut checks = Vec::new();
        let links = sample_links(&self.keys, base);
        match render::compile(&self.campaign.content(), &links) {
            Ok(compiled) => {
                let words = "The mail can be filled in";
                checks.push(check(true, true, words, step.clone()));
                let words = if compiled.has_own_way_out() {
                    "It has an unsubscribe link of its own"
                } else {
                    "It has no unsubscribe link; one is added at its end"
                };
                let has_way_out = compiled.has_own_way_out();
                checks.push(check(has_way_out, false, words, step.clone()));
                let sample = compiled.render(&people::nobody(), RecipientId(1));
                if sample.is_ok_and(|mail| mail.html.len() > CLIPPED) {
                    let words = "It is longer than 102 kB; Gmail cuts it off";
                    checks.push(check(false, false, words, step.clone()));
                }
            }
            Err(fault) => {
                checks.push(check(false, true, &fault.to_string(), step.clone()));
            }
        }
        checks
    }
}

fn check(is_good: bool, is_needed: bool, words: &str, href: String) -> Check {
    Check {
        is_good,
        is_needed,
        words: words.to_owned(),
        href,
    }
}
