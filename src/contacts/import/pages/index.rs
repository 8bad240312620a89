//! What came in, newest first.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::accounts::Can;
use crate::accounts::rights::{ExportContacts, ImportContacts, Right};
use crate::contacts::export::model::{Export, State as Written};
use crate::contacts::export::store as out;
use crate::contacts::import::model::Import;
use crate::contacts::import::store;
use crate::contacts::store as people;
use crate::db::Db;
use crate::web::{Page, Result, When, number};

#[derive(Template)]
#[template(path = "contacts/imports/index.html")]
pub struct IndexPage {
    lines: Vec<Line>,
    first: String,
    next: String,
    exports: Vec<Out>,
    may_export: bool,
}

/// A file to take away.
struct Out {
    export: Export,
    when: When,
    rows: String,
    href: String,
}

struct Line {
    import: Import,
    by: String,
    when: When,
    rows: String,
}

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ask {
    before: Option<i64>,
}

/// `GET /imports`. Needs: import contacts.
pub async fn index(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    ask: web::Query<Ask>,
) -> Result<Page<IndexPage>> {
    let before = ask.before;
    let user = viewer.id();
    let (mut imports, names, exports) = db
        .read(move |conn| {
            let imports = store::page(conn, before)?;
            let names = people::user_names(conn, imports.iter().map(|import| import.user_id))?;
            let exports = out::of(conn, user)?;
            Ok::<_, diesel::result::Error>((imports, names, exports))
        })
        .await?;
    let has_more = imports.len() as i64 > store::PAGE;
    imports.truncate(store::PAGE as usize);
    let last = imports.last().filter(|_| has_more);
    let next = last.map_or_else(String::new, |last| format!("/imports?before={}", last.id));
    let line = |import: Import| Line {
        by: names.get(&import.user_id).cloned().unwrap_or_default(),
        when: When::new(import.created_at, viewer.now, viewer.zone()),
        rows: number(import.tally().rows()),
        import,
    };
    let page = IndexPage {
        lines: imports.into_iter().map(line).collect(),
        first: if before.is_some() {
            "/imports".to_owned()
        } else {
            String::new()
        },
        next,
        may_export: ExportContacts::allows(&viewer.access),
        exports: exports
            .into_iter()
            .map(|export| Out {
                when: When::new(export.created_at, viewer.now, viewer.zone()),
                rows: number(export.written),
                href: match export.state {
                    Written::Done => format!("/exports/{}/file", export.id),
                    _ => String::new(),
                },
                export,
            })
            .collect(),
    };
    let is_at_work = page
        .exports
        .iter()
        .any(|out| out.export.state == Written::Running);
    let page = Page::new(viewer.shell(), page);
    Ok(if is_at_work {
        page.header("refresh", "2".to_owned())
    } else {
        page
    })
}
