//! Exports at work. Cut short, an export is written anew from its first row.

use std::io::Write;

use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::model::{Export, ExportAsk, Format, State};
use super::xlsx::Workbook;
use super::{columns, csv, store};
use crate::accounts::rights::{ExportContacts, Right};
use crate::accounts::{Access, store as accounts};
use crate::base::Timestamp;
use crate::base::clock::{self, DAY};
use crate::base::ids::{ContactId, ExportId, UserId};
use crate::db::Conn;
use crate::files::{Files, Incoming};
use crate::jobs::{Context, Fault, Job, Outcome};

/// Contacts read at a time.
const CHUNK: i64 = 500;
/// For how long the file can be had.
const LIFE: i64 = 7 * DAY;

/// Ids of contacts, and where the next begin; none at the end.
pub type Found = (Vec<ContactId>, Option<String>);

/// What exports need.
#[derive(Clone)]
pub struct Tools {
    /// Where files go.
    pub files: Files,
    /// The contacts that are asked for, some at a time, after what the call before gave.
    pub find: fn(&mut Conn, &Wanted<'_>, Option<&str>, i64) -> QueryResult<Found>,
}

/// What a finder is asked for.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// What is to be written.
    pub ask: &'a ExportAsk,
    /// Who asked for it: the file holds what they may see.
    pub user: UserId,
    /// What they may do now, not what they might when they asked.
    pub access: &'a Access,
    /// When it began.
    pub now: Timestamp,
}

/// Writes a file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    /// Which.
    pub export: ExportId,
}

/// A file of either kind.
enum Table {
    Csv(Incoming),
    Xlsx(Box<Workbook<Incoming>>),
}

impl Table {
    fn begin(files: &Files, ask: &ExportAsk) -> Result<Self, Fault> {
        let mut file = files
            .begin("exports")
            .map_err(|error| Fault::Later(error.to_string()))?;
        Ok(match ask.format {
            Format::Csv => {
                if ask.with_bom {
                    file.write_all("\u{feff}".as_bytes()).map_err(full)?;
                }
                Self::Csv(file)
            }
            Format::Xlsx => Self::Xlsx(Box::new(Workbook::new(file).map_err(full)?)),
        })
    }

    fn row(&mut self, cells: &[String]) -> Result<(), Fault> {
        let cells = cells.iter().map(String::as_str);
        match self {
            Self::Csv(file) => {
                let mut line = String::new();
                csv::line(&mut line, cells);
                file.write_all(line.as_bytes()).map_err(full)
            }
            Self::Xlsx(book) => book.row(cells).map_err(full),
        }
    }

    fn keep(self) -> Result<(String, u64), Fault> {
        let file = match self {
            Self::Csv(file) => file,
            Self::Xlsx(book) => book.finish().map_err(full)?,
        };
        file.keep().map_err(|error| Fault::Later(error.to_string()))
    }
}

fn full(error: std::io::Error) -> Fault {
    Fault::Never(format!("The file could not be written: {error}."))
}

impl Job for Run {
    type Tools = Tools;
    const KIND: &'static str = "contacts.export";

    fn unique_key(&self) -> Option<String> {
        Some(format!("export.{}", self.export))
    }

    async fn run(self, context: Context<Tools>) -> Outcome {
        let id = self.export;
        let export = context.db.read(move |conn| store::find(conn, id)).await?;
        let Some(export) = export.filter(|export| export.state == State::Running) else {
            return context.finish(|_| Ok(())).await;
        };
        let written = match serde_json::from_str(&export.ask) {
            Ok(ask) => written(&context, &export, ask).await,
            Err(error) => Err(Fault::Never(error.to_string())),
        };
        let now = clock::now();
        match written {
            Ok((rows, key, size)) => {
                let until = now.plus(LIFE);
                context
                    .finish(move |conn| store::ready(conn, id, rows, &key, size as i64, now, until))
                    .await
            }
            Err(Fault::Never(why)) => {
                context
                    .finish(move |conn| store::failed(conn, id, &why, now))
                    .await
            }
            Err(fault) => Err(fault),
        }
    }
}

/// Writes every row; how many there are, and where the file is.
async fn written(
    context: &Context<Tools>,
    export: &Export,
    ask: ExportAsk,
) -> Result<(i64, String, u64), Fault> {
    let (id, user, now) = (export.id, export.user_id, context.now);
    let access = context
        .db
        .read(move |conn| accounts::access_of_id(conn, user))
        .await?;
    let access = access
        .filter(ExportContacts::allows)
        .ok_or_else(|| Fault::Never("Whoever asked for it may not export any more.".to_owned()))?;
    let mut table = Table::begin(&context.tools.files, &ask)?;
    let find = context.tools.find;
    let zone = ask.zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let wanted = ask.columns.clone();
    let labels = context
        .db
        .read(move |conn| columns::labels(conn, &wanted))
        .await?;
    table.row(&labels)?;
    let (mut n, mut after) = (0, None);
    loop {
        let (ask, from) = (ask.clone(), after.clone());
        let access = access.clone();
        let (rows, next) = context
            .db
            .read(move |conn| {
                let wanted = Wanted {
                    ask: &ask,
                    user,
                    access: &access,
                    now,
                };
                let (ids, next) = find(conn, &wanted, from.as_deref(), CHUNK)?;
                Ok::<_, diesel::result::Error>((
                    columns::rows(conn, &ids, &ask.columns, zone, now, &access)?,
                    next,
                ))
            })
            .await?;
        for row in &rows {
            table.row(row)?;
        }
        n += rows.len() as i64;
        if n / (CHUNK * 8) > (n - rows.len() as i64) / (CHUNK * 8) {
            context
                .db
                .write(move |conn| store::progress(conn, id, n))
                .await?;
        }
        if next.is_none() {
            break;
        }
        after = next;
    }
    let (key, size) = table.keep()?;
    Ok((n, key, size))
}

/// Removes files that nobody fetched in time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sweep;

impl Job for Sweep {
    type Tools = Files;
    const KIND: &'static str = "contacts.export.sweep";
    const PRIORITY: i64 = crate::jobs::IDLE;

    fn unique_key(&self) -> Option<String> {
        Some("export.sweep".to_owned())
    }

    async fn run(self, context: Context<Files>) -> Outcome {
        let now = context.now;
        let old = context
            .db
            .read(move |conn| store::expired(conn, now))
            .await?;
        for (_, key) in &old {
            let gone = context.tools.discard(key).await;
            gone.map_err(|error| Fault::Later(error.to_string()))?;
        }
        let ids: Vec<ExportId> = old.into_iter().map(|(id, _)| id).collect();
        context.finish(move |conn| store::expire(conn, &ids)).await
    }
}
