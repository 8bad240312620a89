//! People's own page, by the signed link of a mail: topics on and off, or no mail at all. Works without script and without
//! signing in; nothing is changed by looking at it.

use actix_web::{HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::agent;
use crate::accounts::audit::By;
use crate::accounts::keyring::Keyring;
use crate::accounts::{Guest, store as accounts};
use crate::base::ids::{ContactId, TopicId};
use crate::base::{EmailAddress, Timestamp};
use crate::contacts::{self, Contact};
use crate::db::{Conn, Db};
use crate::privacy::model::{ConsentSource, ConsentState, Proof, Standing};
use crate::privacy::{Reason, actions, links, store};
use crate::web::{Error, Form, Page, Redirect, Result, redirect};

/// The page.
#[derive(Template)]
#[template(path = "privacy/preferences.html")]
pub struct PreferencesPage {
    token: String,
    workspace: String,
    address: String,
    standings: Vec<Standing>,
    is_suppressed: bool,
}

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PreferencesForm {
    topic: Vec<TopicId>,
    all: Option<String>,
}

/// `GET /preferences/{token}`. Open to whoever has the link.
pub async fn show(
    guest: Guest,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    path: web::Path<String>,
) -> Result<Page<PreferencesPage>> {
    let token = path.into_inner();
    let id = links::contact(&keys, &token).ok_or(Error::NotFound)?;
    let page = db
        .read(move |conn| PreferencesPage::read(conn, id, token))
        .await?;
    let shell = guest.shell(page.workspace.clone());
    Ok(Page::new(shell, page).header("x-robots-tag", "noindex".to_owned()))
}

/// `POST /preferences/{token}`. Open to whoever has the link.
pub async fn save(
    guest: Guest,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    path: web::Path<String>,
    request: HttpRequest,
    Form(form): Form<PreferencesForm>,
) -> Result<Redirect> {
    let token = path.into_inner();
    let id = links::contact(&keys, &token).ok_or(Error::NotFound)?;
    let now = guest.now;
    let (ip, agent) = (guest.place.ip.clone(), agent(&request));
    let is_all = form.all.is_some();
    db.write(move |conn| {
        let contact = living(conn, id)?;
        let proof = |wording: &str| Proof {
            source: ConsentSource::Preferences,
            wording: wording.to_owned(),
            actor: None,
            ip: ip.clone(),
            agent: agent.clone(),
        };
        if is_all {
            stop_all(conn, &contact, &proof("Unsubscribe from everything"), now)
        } else {
            choose(conn, &contact, &form.topic, proof, now)
        }
    })
    .await?;
    let said = if is_all {
        "Done: we will not write to you any more"
    } else {
        "Saved"
    };
    Ok(redirect(format!("/preferences/{token}")).saying(said))
}

fn stop_all(conn: &mut Conn, contact: &Contact, proof: &Proof, now: Timestamp) -> Result<()> {
    actions::withdraw_all(conn, contact.id, proof, now)?;
    if let Some(address) = contact.email.as_deref().and_then(EmailAddress::parse) {
        actions::suppress(conn, &address, Reason::Unsubscribed, "", None, now)?;
    }
    Ok(())
}

/// What is ticked is given; what was given and is ticked no more is withdrawn; what was never asked stays so.
fn choose(
    conn: &mut Conn,
    contact: &Contact,
    ticked: &[TopicId],
    proof: impl Fn(&str) -> Proof,
    now: Timestamp,
) -> Result<()> {
    let mut has_given = false;
    for standing in store::standings(conn, contact.id)? {
        let topic = &standing.topic;
        let (state, words) = match (ticked.contains(&topic.id), standing.is_given()) {
            (true, false) => (ConsentState::Given, "ticked"),
            (false, true) => (ConsentState::Withdrawn, "unticked"),
            _ => continue,
        };
        has_given |= state == ConsentState::Given;
        let wording = format!("{}: {} ({words})", topic.name, topic.description);
        actions::say(conn, contact.id, topic.id, state, &proof(&wording), now)?;
    }
    // Whoever had stopped everything and now ticks a topic wants mail again; what others decided about them stays.
    let hash = contact.email.as_deref().map(EmailAddress::hash_of);
    if let (true, Some(hash)) = (has_given, hash) {
        let found = store::suppression(conn, &hash)?;
        if found.is_some_and(|found| found.reason == Reason::Unsubscribed) {
            actions::lift(conn, &hash, &By::house(), now)?;
        }
    }
    Ok(())
}

/// The contact a link speaks of, as it lives on.
fn living(conn: &mut Conn, id: ContactId) -> Result<Contact> {
    let id = contacts::store::survivor(conn, id)?;
    contacts::store::live(conn, id)?.ok_or(Error::NotFound)
}

impl PreferencesPage {
    fn read(conn: &mut Conn, id: ContactId, token: String) -> Result<Self> {
        let contact = living(conn, id)?;
        let email = contact.email.unwrap_or_default();
        let suppression = store::suppression(conn, &EmailAddress::hash_of(&email))?;
        let workspace = accounts::setting(conn, "workspace.name")?;
        Ok(Self {
            token,
            workspace: workspace.unwrap_or_else(|| "Rapport".to_owned()),
            address: masked(&email),
            standings: store::standings(conn, contact.id)?
                .into_iter()
                .filter(|standing| !standing.topic.is_archived)
                .collect(),
            is_suppressed: suppression.is_some(),
        })
    }
}

/// Enough to know one's own address by; mails are passed on.
fn masked(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}…@{domain}")
        }
        None => String::new(),
    }
}
