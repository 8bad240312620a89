//! The page of the search, and the parts of it that the palette shows: hits as one types, and what it opens with.

use actix_web::web;
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::find::{self, Section};
use super::finder::{Finder, Finders, Hit, Reader};
use super::palette::{self, Place};
use super::recent::Recent;
use super::{api, jobs};
use crate::accounts::Can;
use crate::accounts::rights::Search;
use crate::base::text;
use crate::db::dialect::search::Kind;
use crate::db::{Conn, Db};
use crate::web::{Page, Result, get};

/// Hits of a kind on the page.
const ON_PAGE: usize = 10;
/// Hits of a kind in the palette.
const IN_PALETTE: usize = 5;
/// Records that the palette opens with.
const RECENT: usize = 8;
/// Characters of a question that are shown again.
const SHOWN: usize = 200;

/// Routes of the search.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/search", get().to(index))
        .route("/search/hits", get().to(hits))
        .route("/search/palette", get().to(opening))
        .route("/api/v1/search", get().to(api::index));
}

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    q: String,
}

impl Params {
    /// As much of it as is looked at.
    fn asked(&self) -> String {
        text::line(&self.q, SHOWN)
    }
}

/// A record as a line: of the page, of the palette.
pub struct Line {
    kind: &'static str,
    icon: &'static str,
    href: String,
    label: String,
    context: String,
    side: String,
    initials: String,
    tone: &'static str,
}

impl Line {
    fn new(finder: &Finder, hit: Hit) -> Self {
        Self {
            kind: finder.word,
            icon: finder.icon,
            href: format!("{}/{}", finder.path, hit.id),
            tone: text::tone(hit.id),
            label: hit.label,
            context: hit.context,
            side: hit.side,
            initials: hit.initials,
        }
    }

    fn is_company(&self) -> bool {
        self.kind == "company"
    }
}

/// Lines of one kind.
pub struct Group {
    word: &'static str,
    title: &'static str,
    lines: Vec<Line>,
    /// All that answer, where there are more.
    more: Option<String>,
}

impl Group {
    fn new(section: Section, asked: &str) -> Self {
        let finder = section.finder;
        let more = section.has_more.then(|| {
            let query = serde_urlencoded::to_string([("q", asked)]).unwrap_or_default();
            let view = if finder.kind == Kind::Deal {
                "view=list&"
            } else {
                ""
            };
            format!("{}?{view}{query}", finder.path)
        });
        let hits = section.hits.into_iter();
        Self {
            word: finder.word,
            title: finder.title,
            lines: hits.map(|one| Line::new(finder, one.hit)).collect(),
            more,
        }
    }
}

#[derive(Template)]
#[template(path = "search/index.html")]
pub struct SearchPage {
    asked: String,
    groups: Vec<Group>,
    recent: Vec<Line>,
    is_filling: bool,
}

/// `GET /search?q=…`. Needs: search; of each kind, the right to read it.
pub async fn index(
    viewer: Can<Search>,
    db: web::Data<Db>,
    finders: web::Data<Finders>,
    recent: web::Data<Recent>,
    params: web::Query<Params>,
) -> Result<Page<SearchPage>> {
    let (asked, finders) = (params.asked(), **finders);
    let reader = Reader::new(&viewer.user, &viewer.access, viewer.now);
    let recent = recent.get_ref().clone();
    let page = db
        .read(move |conn| {
            let recent = if asked.is_empty() {
                recent_lines(conn, finders, &recent, &reader)?
            } else {
                Vec::new()
            };
            Ok::<_, diesel::result::Error>(SearchPage {
                groups: groups(conn, finders, &reader, &asked, ON_PAGE)?,
                is_filling: jobs::is_filling(conn)?,
                recent,
                asked,
            })
        })
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

#[derive(Template)]
#[template(path = "search/hits.html")]
pub struct HitsPart {
    asked: String,
    groups: Vec<Group>,
}

/// `GET /search/hits?q=…`: the lines of the palette. Needs: search; of each kind, the right to read it.
pub async fn hits(
    viewer: Can<Search>,
    db: web::Data<Db>,
    finders: web::Data<Finders>,
    params: web::Query<Params>,
) -> Result<Page<HitsPart>> {
    let (asked, finders) = (params.asked(), **finders);
    let reader = Reader::new(&viewer.user, &viewer.access, viewer.now);
    let part = db
        .read(move |conn| {
            let groups = groups(conn, finders, &reader, &asked, IN_PALETTE)?;
            Ok::<_, diesel::result::Error>(HitsPart { asked, groups })
        })
        .await?;
    Ok(Page::new(viewer.shell(), part))
}

#[derive(Template)]
#[template(path = "search/opening.html")]
pub struct OpeningPart {
    recent: Vec<Line>,
    pages: Vec<Place>,
    new: Vec<Place>,
}

/// `GET /search/palette`: what the palette opens with. Needs: search; of each kind, the right to read it.
pub async fn opening(
    viewer: Can<Search>,
    db: web::Data<Db>,
    finders: web::Data<Finders>,
    recent: web::Data<Recent>,
) -> Result<Page<OpeningPart>> {
    let finders = **finders;
    let reader = Reader::new(&viewer.user, &viewer.access, viewer.now);
    let recent = recent.get_ref().clone();
    let lines: QueryResult<Vec<Line>> = db
        .read(move |conn| recent_lines(conn, finders, &recent, &reader))
        .await;
    let shell = viewer.shell();
    let part = OpeningPart {
        recent: lines?,
        pages: palette::pages(&shell),
        new: palette::new(&shell),
    };
    Ok(Page::new(shell, part))
}

fn groups(
    conn: &mut Conn,
    finders: Finders,
    reader: &Reader,
    asked: &str,
    limit: usize,
) -> QueryResult<Vec<Group>> {
    let open = finders.open_to(reader);
    let sections = find::find(conn, &open, reader, asked, limit)?;
    Ok(sections
        .into_iter()
        .map(|one| Group::new(one, asked))
        .collect())
}

/// What somebody opened lately and may still see, the last first.
fn recent_lines(
    conn: &mut Conn,
    finders: Finders,
    recent: &Recent,
    reader: &Reader,
) -> QueryResult<Vec<Line>> {
    let opened = recent.of(conn, reader.user.id)?;
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for finder in finders.open_to(reader) {
        let of_kind = opened.iter().filter(|one| one.0 == finder.kind);
        let ids: Vec<i64> = of_kind.map(|one| one.1).collect();
        if ids.is_empty() {
            continue;
        }
        for hit in (finder.show)(conn, reader, &ids)? {
            let is_it = |one: &(Kind, i64, _)| one.0 == finder.kind && one.1 == hit.id;
            let place = opened.iter().position(is_it).unwrap_or(usize::MAX);
            lines.push((place, Line::new(finder, hit)));
        }
    }
    lines.sort_by_key(|(place, _)| *place);
    Ok(lines
        .into_iter()
        .map(|(_, line)| line)
        .take(RECENT)
        .collect())
}
