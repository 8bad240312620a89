//! `/contacts/{id}/visits/{visit}`: what was done on a visit. A page of its own, and the part that takes a link's place
//! in the story.

use actix_web::{Either, web};
use askama::Template;
use chrono_tz::Tz;
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
use crate::web::{Cursor, Error, Page, Redirect, Result, When, redirect};

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

/// `GET /contacts/{id}/visits/{visit}`. Needs: see contacts. A contact that lives on in another leads to its visit there.
pub async fn show(
    viewer: Can<ReadContacts>,
    path: web::Path<(String, String)>,
    params: web::Query<Params>,
    db: web::Data<Db>,
) -> Result<Either<Page<VisitPage>, Redirect>> {
    let (contact, visit) = path.into_inner();
    let ask = Ask {
        contact: contact.parse().map_err(|_| Error::NotFound)?,
        visit: visit.parse().map_err(|_| Error::NotFound)?,
        after: Cursor::decode(&params.after)
            .and_then(|cursor| Some((Timestamp(cursor.number()?), cursor.id))),
        now: viewer.now,
        zone: viewer.zone(),
    };
    let asked = ask.contact;
    let found = db
        .read(move |conn| {
            let living = contacts::store::survivor(conn, asked)?;
            if living != asked {
                return Ok(Err(living));
            }
            ask.page(conn).map(Ok)
        })
        .await;
    Ok(match found? {
        Ok(page) => Either::Left(Page::new(viewer.shell(), page)),
        Err(living) => Either::Right(redirect(format!("/contacts/{living}/visits/{visit}"))),
    })
}

/// Which visit, from which line on, for whom.
struct Ask {
    contact: ContactId,
    visit: i64,
    after: Option<(Timestamp, i64)>,
    now: Timestamp,
    zone: Tz,
}

impl Ask {
    fn page(&self, conn: &mut Conn) -> Result<VisitPage> {
        let (contact, after) = (self.contact, self.after);
        let name = contacts::identities::name_of(conn, contact)?.ok_or(Error::NotFound)?;
        let own = identities_of(conn, contact)?;
        let visit = find(conn, own.clone(), self.visit)?.ok_or(Error::NotFound)?;
        let mut done = visit::done_on(conn, &own, &visit, after, PAGE as i64 + 1)?;
        let until = done.get(PAGE).map(|one| one.at);
        let first = if after.is_none() { done.first() } else { None };
        let (title, rest) = words(visit::headline(&visit, first));
        done.truncate(PAGE);
        let clock = |at: Timestamp| at.utc().with_timezone(&self.zone).format("%H:%M");
        let lines = visit::lines(&done, until).into_iter();
        Ok(VisitPage {
            contact,
            name,
            title,
            rest,
            began: When::new(visit.started_at, self.now, self.zone),
            lines: lines
                .map(|line| {
                    let at = clock(line.at).to_string();
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
            href: format!("/contacts/{contact}/visits/{}", self.visit),
        })
    }
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
