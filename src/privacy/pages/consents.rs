//! The consents of one contact: what holds, who changed it when and by which words, and changing it for them.

use std::collections::HashMap;

use actix_web::{Either, HttpRequest, Responder, web};
use askama::Template;
use serde::Deserialize;

use super::agent;
use crate::accounts::rights::{EditContacts, ReadContacts, Right};
use crate::accounts::{Can, Viewer};
use crate::base::ids::{ContactId, TopicId};
use crate::base::text;
use crate::contacts;
use crate::db::{Conn, Db};
use crate::privacy::model::{ConsentSource, ConsentState, Proof, Standing};
use crate::privacy::{actions, store};
use crate::web::{Error, Errors, Form, Page, Result, When, path_id, redirect};

/// What holds, and the ledger.
#[derive(Template)]
#[template(path = "privacy/consents.html")]
pub struct ConsentsPage {
    id: ContactId,
    name: String,
    rows: Vec<Row>,
    ledger: Vec<Line>,
    form: ConsentForm,
    errors: Errors,
    can_edit: bool,
}

struct Row {
    standing: Standing,
    since: Option<When>,
}

struct Line {
    topic: String,
    is_given: bool,
    how: &'static str,
    wording: String,
    actor: String,
    ip: String,
    at: When,
}

/// A change, as it is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConsentForm {
    topic: String,
    state: String,
    wording: String,
}

/// `GET /contacts/{id}/consents`. Needs: see contacts.
pub async fn show(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<ConsentsPage>> {
    let id = path_id(&path)?;
    page(&viewer, &db, id, ConsentForm::default(), Errors::new()).await
}

/// `POST /contacts/{id}/consents`. Needs: change contacts.
pub async fn change(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
    request: HttpRequest,
    Form(form): Form<ConsentForm>,
) -> Result<impl Responder> {
    let id: ContactId = path_id(&path)?;
    let topic: TopicId = path_id(&form.topic)?;
    let state = ConsentState::from_word(&form.state).ok_or(Error::NotFound)?;
    let wording = text::clean(&form.wording, 1_000);
    if wording.is_empty() {
        let errors = Errors::one(
            "wording",
            "Write how you know: “on the phone, 19 May”, or the sentence they agreed to.",
        );
        return Ok(Either::Right(page(&viewer, &db, id, form, errors).await?));
    }
    let proof = Proof {
        source: ConsentSource::Person,
        wording,
        actor: Some(viewer.id()),
        ip: viewer.ip.clone(),
        agent: agent(&request),
    };
    let now = viewer.now;
    let changed = db.write(move |conn| {
        if contacts::store::live(conn, id)?.is_none() || store::topic(conn, topic)?.is_none() {
            return Err(diesel::result::Error::NotFound);
        }
        actions::say(conn, id, topic, state, &proof, now)
    });
    let said = match (changed.await?, state) {
        (true, ConsentState::Given) => "Consent written down",
        (true, ConsentState::Withdrawn) => "Withdrawal written down",
        (false, _) => "It was so already",
    };
    let to = redirect(format!("/contacts/{id}/consents")).saying(said);
    Ok(Either::Left(to))
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    id: ContactId,
    form: ConsentForm,
    errors: Errors,
) -> Result<Page<ConsentsPage>> {
    let (reader, can_edit) = (viewer.clone(), EditContacts::allows(&viewer.access));
    let page = db
        .read(move |conn| ConsentsPage::read(conn, &reader, id, can_edit))
        .await?;
    let page = ConsentsPage {
        form,
        errors,
        ..page
    };
    let is_wrong = !page.errors.is_empty();
    let page = Page::new(viewer.shell(), page);
    Ok(if is_wrong {
        page.status(actix_web::http::StatusCode::UNPROCESSABLE_ENTITY)
    } else {
        page
    })
}

impl ConsentsPage {
    fn read(conn: &mut Conn, viewer: &Viewer, id: ContactId, can_edit: bool) -> Result<Self> {
        let contact = contacts::store::live(conn, id)?.ok_or(Error::NotFound)?;
        let when = |at| When::new(at, viewer.now, viewer.zone());
        let standings = store::standings(conn, id)?;
        let names: HashMap<TopicId, String> = store::topics(conn)?
            .into_iter()
            .map(|topic| (topic.id, topic.name))
            .collect();
        let ledger = store::ledger(conn, id)?;
        let actors = ledger.iter().filter_map(|entry| entry.actor_id);
        let actors = contacts::store::user_names(conn, actors)?;
        let line = |entry: crate::privacy::model::ConsentEntry| Line {
            topic: names.get(&entry.topic_id).cloned().unwrap_or_default(),
            is_given: entry.state == ConsentState::Given,
            how: entry.source.label(),
            wording: entry.wording,
            actor: entry
                .actor_id
                .and_then(|id| actors.get(&id).cloned())
                .unwrap_or_default(),
            ip: entry.ip,
            at: when(entry.at),
        };
        Ok(Self {
            id,
            name: contact.shown(),
            ledger: ledger.into_iter().map(line).collect(),
            rows: standings
                .into_iter()
                .map(|standing| Row {
                    since: standing.said.map(|(_, at)| when(at)),
                    standing,
                })
                .collect(),
            form: ConsentForm::default(),
            errors: Errors::new(),
            can_edit,
        })
    }
}
