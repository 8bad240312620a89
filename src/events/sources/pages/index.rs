//! The list of sources: each with what it is, whether it is heard of, and what waits for repair.

use actix_web::web;
use askama::Template;

use super::{Status, counted};
use crate::accounts::Can;
use crate::accounts::rights::{ManageSources, ReadSources, Right};
use crate::base::Timestamp;
use crate::base::clock::MINUTE;
use crate::db::Db;
use crate::events::live::Live;
use crate::events::sources::health::{Brief, store as health};
use crate::events::sources::{Source, store};
use crate::web::{Page, Result, When, number};

/// The list.
#[derive(Template)]
#[template(path = "sources/index.html")]
pub struct SourcesPage {
    rows: Vec<Row>,
    may_change: bool,
}

struct Row {
    source: Source,
    status: Status,
    stored: String,
    last: Option<When>,
    quarantined: String,
    has_quarantined: bool,
}

/// `GET /settings/sources`
pub async fn index(
    viewer: Can<ReadSources>,
    db: web::Data<Db>,
    live: web::Data<Live>,
) -> Result<Page<SourcesPage>> {
    let now = viewer.now;
    let found = db
        .read(move |conn| {
            let sources = store::all(conn)?;
            sources
                .into_iter()
                .map(|source| {
                    let brief = health::brief(conn, source.id, now)?;
                    Ok((source, brief))
                })
                .collect::<diesel::QueryResult<Vec<(Source, Brief)>>>()
        })
        .await?;
    let rows = found.into_iter().map(|(source, brief)| {
        let heard = live.recent(source.id).first().map(|event| event.at);
        let last = heard.max(brief.last_minute.map(|minute| Timestamp(minute * MINUTE)));
        Row {
            status: Status::of(&source, last, now, viewer.zone()),
            last: last.map(|at| When::new(at, now, viewer.zone())),
            stored: number(brief.stored),
            has_quarantined: brief.quarantined > 0,
            quarantined: counted(brief.quarantined, health::COUNTED),
            source,
        }
    });
    let page = SourcesPage {
        rows: rows.collect(),
        may_change: ManageSources::allows(&viewer.access),
    };
    Ok(Page::new(viewer.shell(), page))
}
