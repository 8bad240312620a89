//! The queue of pairs, what people say about them, and the hint beside a form.

use actix_web::web;
use askama::Template;
use diesel::QueryResult;
use diesel::prelude::*;
use serde::Deserialize;

use super::look::{self, Match};
use super::model::{Pair, State};
use super::store;
use crate::accounts::rights::{EditContacts, MergeContacts};
use crate::accounts::{Access, Action, Can, Viewer, seen};
use crate::base::ids::{CompanyId, ContactId, UserId};
use crate::base::{Timestamp, text};
use crate::config::Config;
use crate::contacts::actions;
use crate::contacts::companies::store as companies_store;
use crate::contacts::merge::{self, Kind};
use crate::contacts::pages::country;
use crate::contacts::store as contacts_store;
use crate::db::schema::duplicates;
use crate::db::{Conn, Db};
use crate::web::{Cursor, Error, Page, Paged, Redirect, Result, get, path_id, post, redirect};

const PATH: &str = "/contacts/duplicates";
const PAGE: usize = 50;

/// Routes of the queue.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/contacts/duplicates", get().to(index))
        .route("/contacts/duplicates/{id}/apart", post().to(apart))
        .route("/contacts/duplicates/{id}/later", post().to(later))
        .route("/contacts/duplicates/{id}/open", post().to(open))
        .route("/contacts/like", get().to(like_person))
        .route("/companies/like", get().to(like_company));
}

/// One of a pair.
struct Half {
    href: String,
    name: String,
    about: String,
    initials: String,
    tone: &'static str,
}

/// A line of the queue.
struct Line {
    halves: [Half; 2],
    reason: String,
    confidence: String,
    tone: &'static str,
    merge: String,
    apart: String,
    later: String,
}

/// Where the page begins, and of what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    kind: String,
    state: String,
    after: String,
}

#[derive(Template)]
#[template(path = "contacts/duplicates.html")]
pub struct QueuePage {
    tabs: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Line>,
    after: String,
    is_later: bool,
}

/// `GET /contacts/duplicates`. Needs: merge records.
pub async fn index(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<QueuePage>> {
    let kind = Kind::from_word(&params.kind).unwrap_or(Kind::Contact);
    let is_later = params.state == "later";
    let state = if is_later { State::Later } else { State::Open };
    let cursor = Cursor::decode(&params.after);
    let from = cursor.and_then(|c| Some((c.number()?, c.id)));
    let access = viewer.access.clone();
    let (lines, next) = db
        .read(move |conn| page(conn, kind, state, from, &access))
        .await?;
    let at = |word: &str, late: bool| kind.word() == word && is_later == late;
    let page = QueuePage {
        tabs: vec![
            ("People", PATH, at("contact", false)),
            (
                "Companies",
                "/contacts/duplicates?kind=company",
                at("company", false),
            ),
            (
                "Later: people",
                "/contacts/duplicates?state=later",
                at("contact", true),
            ),
            (
                "Later: companies",
                "/contacts/duplicates?kind=company&state=later",
                at("company", true),
            ),
        ],
        after: next.map_or_else(String::new, |next| {
            format!("{PATH}?kind={kind}&state={state}&after={next}")
        }),
        lines,
        is_later,
    };
    Ok(Page::new(viewer.shell(), page))
}

fn page(
    conn: &mut Conn,
    kind: Kind,
    state: State,
    from: Option<(i64, i64)>,
    access: &Access,
) -> QueryResult<(Vec<Line>, Option<String>)> {
    let pairs = store::queue(conn, kind, state, from, PAGE as i64 + 1)?;
    let paged = Paged::from_loaded(pairs, PAGE, |pair| Cursor {
        key: pair.confidence.to_string(),
        id: pair.id,
    });
    let mut paged = paged;
    paged.rows = store::seen(conn, kind, paged.rows, access)?;
    let ids: Vec<i64> = paged
        .rows
        .iter()
        .flat_map(|pair| [pair.a, pair.b])
        .collect();
    let shown = store::shown(conn, kind, &ids)?;
    let half = |id: i64| {
        let known = shown.get(&id);
        let name = known.map_or_else(String::new, |known| known.name.clone());
        Half {
            href: kind.path(id),
            about: known.map_or_else(String::new, |known| known.about.clone()),
            initials: text::initials(&name),
            tone: text::tone(id),
            name,
        }
    };
    let base = match kind {
        Kind::Contact => "/contacts",
        Kind::Company => "/companies",
    };
    let line = |pair: &Pair| Line {
        halves: [half(pair.a), half(pair.b)],
        reason: pair.reason.clone(),
        confidence: format!("{} %", pair.confidence),
        tone: if pair.confidence >= 80 { "green" } else { "" },
        merge: format!("{base}/merge?id={}&id={}", pair.a, pair.b),
        apart: format!("{PATH}/{}/apart", pair.id),
        later: format!("{PATH}/{}/later", pair.id),
    };
    Ok((paged.rows.iter().map(line).collect(), paged.next))
}

/// `POST /contacts/duplicates/{id}/apart`: they are two. Needs: merge records.
pub async fn apart(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let said = "Kept apart: these two are not offered again";
    decide(&viewer, &db, &path, State::Apart, said).await
}

/// `POST /contacts/duplicates/{id}/later`: not now. Needs: merge records.
pub async fn later(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    decide(&viewer, &db, &path, State::Later, "Put off").await
}

/// `POST /contacts/duplicates/{id}/open`: nothing was said. Needs: merge records.
pub async fn open(
    viewer: Can<MergeContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    decide(&viewer, &db, &path, State::Open, "Back in the queue").await
}

async fn decide(
    viewer: &Viewer,
    db: &Db,
    path: &web::Path<String>,
    state: State,
    said: &str,
) -> Result<Redirect> {
    let MergePair(id) = path_id(path)?;
    let (user, now) = (viewer.id(), viewer.now);
    let pair = db
        .write(move |conn| say(conn, id, state, user, now))
        .await?
        .ok_or(Error::NotFound)?;
    let list = match pair.kind {
        Kind::Contact => PATH.to_owned(),
        Kind::Company => format!("{PATH}?kind=company"),
    };
    let page = redirect(list).saying(said);
    Ok(match state {
        State::Open => page,
        _ => page.undo(format!("{PATH}/{id}/open")),
    })
}

/// The id of a pair.
struct MergePair(i64);

impl std::str::FromStr for MergePair {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

fn say(
    conn: &mut Conn,
    id: i64,
    state: State,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Option<Pair>> {
    let Some(pair) = store::find(conn, id)? else {
        return Ok(None);
    };
    diesel::update(duplicates::table.filter(duplicates::id.eq(id)))
        .set((
            duplicates::state.eq(state),
            duplicates::decided_at.eq((state != State::Open).then_some(now)),
            duplicates::decided_by.eq((state != State::Open).then_some(user)),
        ))
        .execute(conn)?;
    let both = (pair.a, pair.b);
    match state {
        State::Apart => merge::keep_apart(conn, pair.kind, both, Some(user), now).map(|_| ())?,
        State::Open => merge::forget_apart(conn, pair.kind, both)?,
        State::Later | State::Merged => {}
    }
    Ok(Some(pair))
}

/// What is typed so far.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    email: String,
    phone: String,
    company: String,
    domain: String,
    own: String,
}

impl Typed {
    /// The record that the form is of; it is named by its path.
    fn own(&self) -> Option<i64> {
        self.own.rsplit('/').next()?.parse().ok()
    }
}

/// Who is there already that looks like that.
#[derive(Template)]
#[template(path = "contacts/likes.html")]
pub struct LikesPage {
    matches: Vec<Match>,
}

/// `GET /contacts/like?name=…`: a hint for the form. Needs: change contacts.
pub async fn like_person(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    typed: web::Query<Typed>,
) -> Result<Page<LikesPage>> {
    let (typed, config) = (typed.into_inner(), config.into_inner());
    let access = viewer.access.clone();
    let matches = db
        .read(move |conn| {
            let country = country(conn, &config)?;
            let given = |namespace: &'static str, typed: &str| {
                actions::normalised(namespace, typed, country.as_deref()).ok()
            };
            let mut known = (given("email", &typed.email), given("phone", &typed.phone));
            let (own, mut company) = (typed.own().map(ContactId), typed.company.clone());
            // A form of somebody who is there has the name only; the rest is what it was.
            if let Some(own) = own
                && seen::contact(conn, &access, Action::Read, own.0)?
                && let Some(contact) = contacts_store::find(conn, own)?
            {
                known = (contact.email, contact.phone);
                let names = contacts_store::company_names(conn, contact.company_id)?;
                company = names.into_values().next().unwrap_or_default();
            }
            look::exact_and_near(conn, &typed.name, known, &company, own, &access)
        })
        .await?;
    Ok(Page::new(viewer.shell(), LikesPage { matches }))
}

/// `GET /companies/like?name=…`: a hint for the form. Needs: change contacts.
pub async fn like_company(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    typed: web::Query<Typed>,
) -> Result<Page<LikesPage>> {
    let (typed, access) = (typed.into_inner(), viewer.access.clone());
    let matches = db
        .read(move |conn| {
            let own = typed.own().map(CompanyId);
            let domain = match own {
                Some(own) => companies_store::domains(conn, own)?.into_iter().next(),
                None => Some(typed.domain.clone()),
            };
            let domain = domain.unwrap_or_default();
            look::ask_company(conn, &typed.name, &domain, own, &access)
        })
        .await?;
    Ok(Page::new(viewer.shell(), LikesPage { matches }))
}
