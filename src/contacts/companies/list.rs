//! The list of companies, suggestions while somebody types, and the trash.

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::prelude::*;
use serde::Deserialize;

use super::model::Company;
use super::store;
use crate::accounts::rights::{
    DeleteContacts, EditContacts, MergeContacts, PurgeRecords, ReadContacts, Right,
};
use crate::accounts::{Can, Object, Viewer};
use crate::base::ids::CompanyId;
use crate::base::{Timestamp, text};
use crate::contacts::model::Stage;
use crate::contacts::purge;
use crate::contacts::store as people;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::companies;
use crate::db::{Conn, Db};
use crate::keyset;
use crate::timeline::About;
use crate::web::{self as kit, Cursor, Page, Paged, Result};

const PAGE: usize = 50;
/// Whose a company is.
const OWNER: &str = "companies.owner_id";
/// Hits of the search that are looked at.
const HITS: i64 = 500;
const SUGGESTIONS: i64 = 8;

/// The query of the URL, as it comes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    q: String,
    owner: String,
    stage: String,
    sort: String,
    /// Only those directly below this one.
    under: String,
    after: String,
}

/// A line of the table.
pub struct Line {
    /// Id.
    pub id: CompanyId,
    /// Name.
    pub name: String,
    /// For the avatar.
    pub initials: String,
    /// For the avatar.
    pub tone: &'static str,
    /// Primary domain, or empty.
    pub domain: String,
    /// Stage.
    pub stage: Stage,
    /// Name of the owner, or empty.
    pub owner: String,
    /// For the owner's avatar.
    pub owner_initials: String,
    /// For the owner's avatar.
    pub owner_tone: &'static str,
    /// How many people there are.
    pub people: String,
    /// City and country.
    pub place: String,
    /// RFC 3339.
    pub seen_iso: String,
    /// "6 min", or since when it is in the trash.
    pub seen: String,
    /// In full.
    pub seen_exact: String,
}

#[derive(Template)]
#[template(path = "companies/index.html")]
pub struct ListPage {
    params: Params,
    stage: Option<Stage>,
    under: Option<String>,
    lines: Vec<Line>,
    after: String,
    is_bare: bool,
    can_edit: bool,
    can_merge: bool,
}

#[derive(Template)]
#[template(path = "companies/trash.html")]
pub struct TrashPage {
    /// Each with who deleted it, and when it goes for good.
    lines: Vec<(Line, String, String)>,
    can_restore: bool,
    can_purge: bool,
}

impl ListPage {
    fn is_filtered(&self) -> bool {
        !self.params.q.is_empty()
            || !self.params.owner.is_empty()
            || self.stage.is_some()
            || self.under.is_some()
    }

    fn href(&self, change: impl FnOnce(&mut Params)) -> String {
        let mut params = Params {
            after: String::new(),
            ..self.params.clone()
        };
        change(&mut params);
        params.href()
    }

    fn view(&self, owner: &str, stage: &str) -> String {
        self.href(|params| {
            owner.clone_into(&mut params.owner);
            stage.clone_into(&mut params.stage);
        })
    }

    fn without_under(&self) -> String {
        self.href(|params| params.under.clear())
    }

    fn without_words(&self) -> String {
        self.href(|params| params.q.clear())
    }

    fn sort_href(&self, sort: &str) -> String {
        if self.params.q.is_empty() {
            self.href(|params| sort.clone_into(&mut params.sort))
        } else {
            String::new()
        }
    }

    fn sorted(&self, sort: &str) -> &'static str {
        match (self.params.sort.as_str(), sort) {
            _ if !self.params.q.is_empty() => "",
            ("name", "name") => "ascending",
            ("", "") => "descending",
            _ => "",
        }
    }
}

impl Params {
    fn href(&self) -> String {
        let pairs: Vec<(&str, &str)> = [
            ("q", self.q.as_str()),
            ("owner", self.owner.as_str()),
            ("stage", self.stage.as_str()),
            ("sort", self.sort.as_str()),
            ("under", self.under.as_str()),
            ("after", self.after.as_str()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
        if pairs.is_empty() {
            return "/companies".to_owned();
        }
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        format!("/companies?{query}")
    }
}

/// `GET /companies`. Needs: see contacts.
pub async fn index(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<ListPage>> {
    let mut params = params.into_inner();
    params.q = text::line(&params.q, 200);
    if params.sort != "name" {
        params.sort.clear();
    }
    // Below one company there is one order, which an index serves.
    if params.under.parse::<CompanyId>().is_err() {
        params.under.clear();
    } else {
        "name".clone_into(&mut params.sort);
    }
    if params.owner != "me" {
        params.owner.clear();
    }
    let reader: Viewer = (*viewer).clone();
    let page = db.read(move |conn| read(conn, params, &reader)).await?;
    Ok(Page::new(viewer.shell(), page))
}

/// `GET /companies/suggest?q=`: `<option>` lines. Needs: see contacts.
pub async fn suggest(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<HttpResponse> {
    let typed = text::line(&params.q, 200);
    let reach = viewer.access.sees(Object::Contacts);
    let names = db
        .read(move |conn| store::beginning(conn, &typed, &reach, SUGGESTIONS))
        .await?;
    let body = Options { names }.render()?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(body))
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{% for name in names %}<option value=\"{{ name }}\"></option>{% endfor %}"
)]
struct Options {
    names: Vec<String>,
}

/// `GET /companies/trash`. Needs: see contacts.
pub async fn trash(viewer: Can<ReadContacts>, db: web::Data<Db>) -> Result<Page<TrashPage>> {
    let reader: Viewer = (*viewer).clone();
    let lines = db
        .read(move |conn| {
            let reach = reader.access.sees(Object::Contacts);
            let gone = store::trash(conn, &reach, purge::limit(reader.now), 200)?;
            let about: Vec<About> = gone.iter().map(|row| About::Company(row.id)).collect();
            let mut by = purge::deleted_by(conn, &about)?;
            let at: Vec<Timestamp> = gone.iter().filter_map(|row| row.deleted_at).collect();
            let lines = lines(conn, gone, &reader)?.into_iter().zip(at);
            let told = lines.map(|(line, at)| {
                let by = by.remove(&line.id.0).unwrap_or_default();
                (line, by, purge::left(at, reader.now))
            });
            Ok::<_, diesel::result::Error>(told.collect::<Vec<_>>())
        })
        .await?;
    let page = TrashPage {
        lines,
        can_restore: DeleteContacts::allows(&viewer.access),
        can_purge: PurgeRecords::allows(&viewer.access),
    };
    Ok(Page::new(viewer.shell(), page))
}

fn read(conn: &mut Conn, params: Params, viewer: &Viewer) -> Result<ListPage> {
    let stage = Stage::offered(&params.stage);
    let found = page(conn, &params, stage, viewer)?;
    let after = found.next.map_or_else(String::new, |after| {
        Params {
            after,
            ..params.clone()
        }
        .href()
    });
    let lines = lines(conn, found.rows, viewer)?;
    let under = match params.under.parse() {
        Ok(id) => store::live(conn, id)?.map(|company| company.name),
        Err(_) => None,
    };
    let page = ListPage {
        stage,
        under,
        is_bare: false,
        lines,
        after,
        can_edit: EditContacts::allows(&viewer.access),
        can_merge: MergeContacts::allows(&viewer.access),
        params,
    };
    Ok(ListPage {
        is_bare: page.lines.is_empty() && !page.is_filtered() && page.params.after.is_empty(),
        ..page
    })
}

fn page(
    conn: &mut Conn,
    params: &Params,
    stage: Option<Stage>,
    reader: &Viewer,
) -> QueryResult<Paged<Company>> {
    use companies::{deleted_at, id, last_seen_at, owner_id, sort_name};
    let cursor = Cursor::decode(&params.after);
    let mut query = Company::query()
        .filter(deleted_at.is_null())
        .limit(PAGE as i64 + 1)
        .into_boxed();
    if let Some(held) = reader.access.sees(Object::Contacts).on(OWNER) {
        query = query.filter(held);
    }
    if params.owner == "me" {
        query = query.filter(owner_id.eq(reader.id()));
    }
    if let Some(stage) = stage {
        query = query.filter(companies::stage.eq(stage));
    }
    if let Ok(under) = params.under.parse::<CompanyId>() {
        query = query.filter(companies::parent_id.eq(under));
    }
    if !params.q.is_empty() {
        let before = cursor.as_ref().map(|cursor| cursor.id);
        let hits = search::find(conn, Kind::Company, &params.q, before, HITS)?;
        let hits = hits.into_iter().map(CompanyId);
        let rows = query.filter(id.eq_any(hits)).order(id.desc()).load(conn)?;
        return Ok(Paged::from_loaded(rows, PAGE, |row| Cursor {
            key: String::new(),
            id: row.id.0,
        }));
    }
    if params.sort == "name" {
        let from = cursor.map(|c| (c.key, c.id));
        let rows = keyset!(query, asc, sort_name, id, from).load(conn)?;
        return Ok(Paged::from_loaded(rows, PAGE, |row| Cursor {
            key: text::fold(&row.name),
            id: row.id.0,
        }));
    }
    let from = cursor.and_then(|c| Some((Timestamp(c.number()?), c.id)));
    let rows = keyset!(query, desc, last_seen_at, id, from).load(conn)?;
    Ok(Paged::from_loaded(rows, PAGE, |row| Cursor {
        key: row.last_seen_at.0.to_string(),
        id: row.id.0,
    }))
}

fn lines(conn: &mut Conn, rows: Vec<Company>, viewer: &Viewer) -> QueryResult<Vec<Line>> {
    let ids: Vec<CompanyId> = rows.iter().map(|row| row.id).collect();
    let owners = people::user_names(conn, rows.iter().filter_map(|row| row.owner_id))?;
    let mut domains = store::primary_domains(conn, &ids)?;
    let counts = store::people_counts(conn, &ids, &viewer.access.sees(Object::Contacts))?;
    let (now, zone) = (viewer.now, viewer.zone());
    let line = |row: Company| {
        let at = row.deleted_at.unwrap_or(row.last_seen_at);
        let owner = row.owner_id.and_then(|id| owners.get(&id)).cloned();
        let place = [row.city.as_str(), row.country.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|p| !p.is_empty()).collect();
        Line {
            id: row.id,
            initials: text::initials(&row.name),
            tone: text::tone(row.id.0),
            domain: domains.remove(&row.id).unwrap_or_default(),
            stage: row.stage,
            owner_initials: owner.as_deref().map(text::initials).unwrap_or_default(),
            owner_tone: row.owner_id.map_or("", |id| text::tone(id.0)),
            owner: owner.unwrap_or_default(),
            people: counts
                .get(&row.id)
                .map_or_else(String::new, |n| kit::number(*n)),
            place: place.join(", "),
            seen_iso: at.rfc3339(),
            seen: kit::ago(at, now, zone),
            seen_exact: at
                .utc()
                .with_timezone(&zone)
                .format("%-d %B %Y, %H:%M")
                .to_string(),
            name: row.name,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}
