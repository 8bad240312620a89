//! What would happen: the first rows tried without writing anything, with their problems beside their cells.

use actix_web::{Either, HttpRequest, web};
use askama::Template;

use super::import;
use crate::accounts::rights::ImportContacts;
use crate::accounts::{Can, Viewer};
use crate::base::text;
use crate::contacts::import::apply::{self, Ground};
use crate::contacts::import::csv::Row;
use crate::contacts::import::draft::{Draft, Drafter};
use crate::contacts::import::model::{Import, Outcome, State, Tally};
use crate::contacts::import::rows::Rows;
use crate::contacts::import::store;
use crate::contacts::import::target::Target;
use crate::contacts::pages::by;
use crate::db::Db;
use crate::files::Files;
use crate::web::{Error, Form, Page, Redirect, Result, number, redirect};

/// Rows that are tried.
const TRIED: usize = 1_000;
/// Rows that are shown.
const SHOWN: usize = 10;
/// Rows with problems that are shown.
const PROBLEMS: usize = 50;
/// Columns that are shown of a row.
const COLUMNS: usize = 8;

#[derive(Template)]
#[template(path = "contacts/imports/preview.html")]
pub struct PreviewPage {
    import: Import,
    tried: String,
    is_all: bool,
    tally: Tally,
    heads: Vec<String>,
    first: Vec<Vec<String>>,
    problems: Vec<Trouble>,
    more_problems: bool,
}

/// A row that needs somebody.
struct Trouble {
    line: i64,
    who: String,
    why: String,
    cells: Vec<Cell>,
}

struct Cell {
    col: usize,
    column: String,
    value: String,
    words: String,
    is_soft: bool,
}

/// `GET /imports/{id}/preview`. Needs: import contacts.
pub async fn preview(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Either<Page<PreviewPage>, Redirect>> {
    let import = import(&db, &path).await?;
    if import.state != State::Draft {
        return Ok(Either::Right(redirect(format!("/imports/{}", import.id))));
    }
    if !import.settings.is_mapped {
        return Ok(Either::Right(redirect(format!(
            "/imports/{}/columns",
            import.id
        ))));
    }
    let page = tried(&viewer, &db, &files, import, by(&viewer, &request)).await?;
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

/// The rows that are tried; those of a workbook may lie behind a lot of words that have to be read first.
async fn first_rows(files: &Files, import: &Import) -> Result<Vec<Row>> {
    let file = files.open_kept(&import.file_key).map_err(Error::internal)?;
    let format = import.settings.format.clone();
    let rows = tokio::task::spawn_blocking(move || Rows::open(file, &format)?.take(TRIED));
    let rows = rows.await.map_err(Error::internal)?;
    rows.map_err(Error::internal)
}

async fn tried(
    _: &Viewer,
    db: &Db,
    files: &Files,
    import: Import,
    by: crate::contacts::By,
) -> Result<PreviewPage> {
    let rows = first_rows(files, &import).await?;
    let is_all = rows.len() < TRIED;
    let ground = Ground {
        import: import.id,
        file: import.name.clone(),
        settings: import.settings.clone(),
        source: crate::base::ids::SourceId(0),
        by,
        // Nothing is written by looking.
        make_deals: |_, _, _| Ok(Vec::new()),
    };
    let rows = db
        .read(move |conn| {
            let country = ground.settings.country.as_str();
            let known = store::known(conn, ground.import, country, ground.by.now)?;
            let drafter = Drafter::new(ground.settings.clone(), known);
            let drafts: Vec<Draft> = rows.into_iter().map(|row| drafter.read(row)).collect();
            apply::would(conn, &ground, drafts)
        })
        .await?;
    let mut tally = Tally::default();
    for (_, outcome, _) in &rows {
        tally.count(*outcome);
    }
    let used: Vec<usize> = used(&import);
    let all: Vec<Trouble> = rows
        .iter()
        .filter(|(draft, outcome, _)| *outcome == Outcome::Failed || !draft.problems.is_empty())
        .take(PROBLEMS + 1)
        .map(|(draft, _, why)| trouble(&import, draft, why))
        .collect();
    let cell = |draft: &Draft, col: usize| {
        draft
            .cells
            .get(col)
            .map(|cell| text::line(cell, 80))
            .unwrap_or_default()
    };
    Ok(PreviewPage {
        tried: number(rows.len() as i64),
        is_all,
        tally,
        heads: used
            .iter()
            .filter_map(|col| import.settings.columns.get(*col))
            .map(|c| c.to.label())
            .collect(),
        first: rows
            .iter()
            .take(SHOWN)
            .map(|(draft, ..)| used.iter().map(|col| cell(draft, *col)).collect())
            .collect(),
        more_problems: all.len() > PROBLEMS,
        problems: all.into_iter().take(PROBLEMS).collect(),
        import,
    })
}

/// The columns that go somewhere, the first few.
fn used(import: &Import) -> Vec<usize> {
    let columns = import.settings.columns.iter().enumerate();
    columns
        .filter(|(_, column)| column.to != Target::Skip)
        .map(|(at, _)| at)
        .take(COLUMNS)
        .collect()
}

fn trouble(import: &Import, draft: &Draft, why: &str) -> Trouble {
    let cells: Vec<Cell> = draft
        .problems
        .iter()
        .map(|problem| Cell {
            col: problem.col,
            column: import
                .settings
                .columns
                .get(problem.col)
                .map(|c| c.name.clone())
                .unwrap_or_default(),
            value: draft
                .cells
                .get(problem.col)
                .map(|cell| text::line(cell, 400))
                .unwrap_or_default(),
            words: problem.words.clone(),
            is_soft: problem.is_soft,
        })
        .collect();
    let who = if draft.name.is_empty() {
        draft.first("email").unwrap_or_default().to_owned()
    } else {
        draft.name.clone()
    };
    Trouble {
        line: draft.line,
        who,
        why: if cells.is_empty() {
            why.to_owned()
        } else {
            String::new()
        },
        cells,
    }
}

/// `POST /imports/{id}/cells`: cells repaired, as `cell.<row>.<column>`. Needs: import contacts.
pub async fn repair(
    _viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let import = import(&db, &path).await?;
    let back = redirect(format!("/imports/{}/preview", import.id));
    if import.state != State::Draft {
        return Ok(back.failing("This import has begun already"));
    }
    let cells: Vec<(i64, i64, String)> = form
        .0
        .into_iter()
        .filter_map(|(name, value)| {
            let (line, col) = name.strip_prefix("cell.")?.split_once('.')?;
            Some((
                line.parse().ok()?,
                col.parse().ok()?,
                text::clean(&value, 2_000),
            ))
        })
        .filter(|(_, col, _)| (0..import.settings.columns.len() as i64).contains(col))
        .take(PROBLEMS * COLUMNS)
        .collect();
    let id = import.id;
    db.write(move |conn| {
        cells
            .iter()
            .try_for_each(|(line, col, value)| store::put_fix(conn, id, *line, *col, value))
    })
    .await?;
    Ok(back.saying("Cells kept"))
}
