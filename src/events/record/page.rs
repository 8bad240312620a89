//! `/contacts/{id}/visits/{visit}`: what was done on a visit. A page of its own, and the part that takes a link's place
//! in the story.

use actix_web::web;
use askama::Template;
use diesel::prelude::*;
use serde::Deserialize;

use super::story::identities_of;
use super::visit::{self, Visit};
use crate::accounts::Can;
use crate::accounts::rights::ReadContacts;
use crate::base::Timestamp;
use crate::base::ids::ContactId;
use crate::contacts;
use crate::db::schema::sessions;
use crate::db::{Conn, Db};
use crate::timeline::{Later, Part, SubLine};
use crate::web::{Cursor, Error, Page, Result, When};

/// Lines of one page.
const PAGE: usize = 200;

/// The query of its URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    after: String,
}

/// A visit.
#[derive(Template)]
#[template(path = "timeline/visit.html")]
pub struct VisitPage {
    contact: ContactId,
    name: String,
    title: String,
    rest: String,
    began: When,
    lines: Vec<(SubLine, String)>,
    part: String,
    next: Option<Later>,
    is_later: bool,
    href: String,
}

/// `GET /contacts/{id}/visits/{visit}`. Needs: see contacts.
pub async fn show(
    viewer: Can<ReadContacts>,
    path: web::Path<(String, String)>,
    params: web::Query<Params>,
    db: web::Data<Db>,
) -> Result<Page<VisitPage>> {
    let (contact, visit) = path.into_inner();
    let contact: ContactId = contact.parse().map_err(|_| Error::NotFound)?;
    let id: i64 = visit.parse().map_err(|_| Error::NotFound)?;
    let after = Cursor::decode(&params.after)
        .and_then(|cursor| Some((Timestamp(cursor.number()?), cursor.id)));
    let (now, zone) = (viewer.now, viewer.zone());
    let page = db
        .read(move |conn| {
            let name = contacts::identities::name_of(conn, contact)?.ok_or(Error::NotFound)?;
            let own = identities_of(conn, contact)?;
            let visit = find(conn, own.clone(), id)?.ok_or(Error::NotFound)?;
            let mut done = visit::done_on(conn, &own, &visit, after, PAGE as i64 + 1)?;
            let until = done.get(PAGE).map(|one| one.at);
            let first = if after.is_none() { done.first() } else { None };
            let (title, rest) = words(visit::headline(&visit, first));
            done.truncate(PAGE);
            let clock = |at: Timestamp| at.utc().with_timezone(&zone).format("%H:%M").to_string();
            let lines = visit::lines(&done, until);
            Ok::<_, Error>(VisitPage {
                contact,
                name,
                title,
                rest,
                began: When::new(visit.started_at, now, zone),
                lines: lines
                    .into_iter()
                    .map(|line| {
                        let at = clock(line.at);
                        (line, at)
                    })
                    .collect(),
                part: visit.part(after.map(|(_, id)| id)),
                next: until.and_then(|_| {
                    Some(Later {
                        words: "Show more".to_owned(),
                        ..visit.rest(contact, Some(done.last()?), 0)
                    })
                }),
                is_later: after.is_some(),
                href: format!("/contacts/{contact}/visits/{id}"),
            })
        })
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

fn find(conn: &mut Conn, own: Vec<i64>, id: i64) -> QueryResult<Option<Visit>> {
    visit::visits()
        .filter(sessions::id.eq(id))
        .filter(sessions::identity_id.eq_any(own))
        .first(conn)
        .optional()
}

/// The words that carry a line, and the rest of it.
fn words(headline: Vec<Part>) -> (String, String) {
    let (mut title, mut rest) = (String::new(), String::new());
    for part in headline {
        match part {
            Part::Bold(text) => title.push_str(&text),
            Part::Plain(text)
            | Part::Code(text)
            | Part::Link { text, .. }
            | Part::Chip { text, .. } => rest.push_str(&text),
        }
    }
    let rest = rest.trim_start_matches([',', ' ', '·']);
    (title, rest.to_owned())
}
