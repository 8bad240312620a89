//! Imports at work: chunks of rows, each written in one short transaction in which the position moves. While one is
//! written, the next is read and understood.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::apply::{self, Done, Ground, MakeDeals};
use super::draft::{Draft, Drafter};
use super::model::{Import, State, Tally};
use super::rows::Rows;
use super::store;
use crate::accounts::Access;
use crate::base::ids::ImportId;
use crate::base::{Timestamp, clock};
use crate::contacts::model::By;
use crate::db::{Conn, is_passing};
use crate::files::Files;
use crate::jobs::{Context, Fault, Job, Outcome};

/// How long a chunk should hold up other writers.
const PATIENCE: Duration = Duration::from_millis(40);
/// Rows of the first chunk.
const FIRST: usize = 100;
/// Rows of any.
const FEWEST: usize = 20;
/// Rows of any.
const MOST: usize = 1_000;
/// How often a chunk is tried that meets somebody else's.
const TRIES: u32 = 8;

/// Whose import it is, from where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Who {
    user: i64,
    name: String,
    ip: String,
}

impl From<&By> for Who {
    fn from(by: &By) -> Self {
        Self {
            user: by.user.0,
            name: by.name.clone(),
            ip: by.ip.clone(),
        }
    }
}

impl Who {
    fn by(&self, now: Timestamp) -> By {
        By {
            user: crate::base::ids::UserId(self.user),
            name: self.name.clone(),
            ip: self.ip.clone(),
            now,
            access: Access::everything(crate::base::ids::UserId(self.user)),
        }
    }
}

/// What writing rows needs.
#[derive(Clone)]
pub struct Tools {
    /// Where files are.
    pub files: Files,
    /// How deals are made.
    pub make_deals: MakeDeals,
}

/// Writes the rows of a file. Cut short, it goes on where its last transaction ended.
#[derive(Debug, Serialize, Deserialize)]
#[expect(
    clippy::unsafe_derive_deserialize,
    reason = "what the lint sees is inside a macro of `run`; there is nothing to get wrong here"
)]
pub struct Run {
    /// Which.
    pub import: ImportId,
    /// For whom.
    pub who: Who,
}

impl Job for Run {
    type Tools = Tools;
    const KIND: &'static str = "contacts.import";

    fn unique_key(&self) -> Option<String> {
        Some(format!("import.{}", self.import))
    }

    async fn run(self, context: Context<Tools>) -> Outcome {
        let id = self.import;
        let Some(import) = context.db.read(move |conn| store::find(conn, id)).await? else {
            return context.finish(|_| Ok(())).await;
        };
        if import.state != State::Running {
            return context.finish(|_| Ok(())).await;
        }
        match self.write_rows(&context, import).await {
            Err(Fault::Never(why)) => {
                let now = clock::now();
                context
                    .finish(move |conn| {
                        store::set_trouble(conn, id, &why)?;
                        store::advance(conn, id, &[State::Running], State::Failed, now).map(|_| ())
                    })
                    .await
            }
            Err(fault) => Err(fault),
            Ok(()) => {
                let now = clock::now();
                context
                    .finish(move |conn| {
                        store::advance(conn, id, &[State::Running], State::Done, now).map(|_| ())
                    })
                    .await
            }
        }
    }
}

/// Rows that were read and understood, and how far the file was read for them.
struct Batch {
    drafts: Vec<Draft>,
    upto: i64,
    bytes: i64,
}

impl Run {
    async fn write_rows(&self, context: &Context<Tools>, import: Import) -> Outcome {
        let unreadable = |error: &dyn std::fmt::Display| {
            Fault::Never(format!("The file cannot be read any more: {error}."))
        };
        let file = context
            .tools
            .files
            .open_kept(&import.file_key)
            .map_err(|error| unreadable(&error))?;
        let mut rows =
            Rows::open(file, &import.settings.format).map_err(|error| unreadable(&error))?;
        rows.skip_to(import.position)
            .map_err(|error| unreadable(&error))?;
        let id = import.id;
        let now = context.now;
        let country = import.settings.country.clone();
        let (source, known) = context
            .db
            .write(move |conn| {
                let source = store::source(conn, now)?;
                let known = store::known(conn, id, &country, now)?;
                Ok::<_, diesel::result::Error>((source, known))
            })
            .await?;
        let drafter = Drafter::new(import.settings.clone(), known);
        let ground = Ground {
            import: id,
            file: import.name.clone(),
            settings: import.settings,
            source,
            by: self.who.by(now),
            make_deals: context.tools.make_deals,
        };
        let mut size = FIRST;
        let mut position = import.position;
        let mut next = read(&mut rows, &drafter, size).map_err(|error| unreadable(&error))?;
        while let Some(batch) = next {
            let (from, upto) = (position, batch.upto);
            let mut ground = ground.clone();
            ground.by.now = clock::now();
            let writing = write(context, &ground, batch, from);
            // The chunk is on its way to the writer before the next one is read.
            let reading = async { read(&mut rows, &drafter, size) };
            let (took, read) = futures_util::join!(writing, reading);
            size = fitting(size, took?);
            position = upto;
            next = read.map_err(|error| unreadable(&error))?;
        }
        Ok(())
    }
}

/// The next rows, understood; none at the end.
fn read(rows: &mut Rows, drafter: &Drafter, size: usize) -> std::io::Result<Option<Batch>> {
    let taken = rows.take(size)?;
    let Some(upto) = taken.last().map(|row| row.line) else {
        return Ok(None);
    };
    Ok(Some(Batch {
        drafts: taken.into_iter().map(|row| drafter.read(row)).collect(),
        upto,
        bytes: rows.bytes_read(),
    }))
}

/// Writes a chunk, again if it met somebody else's; how long the writer was busy with it.
async fn write(
    context: &Context<Tools>,
    ground: &Ground,
    batch: Batch,
    from: i64,
) -> Result<Duration, Fault> {
    let mut tries = 0;
    loop {
        let (ground, drafts) = (ground.clone(), batch.drafts.clone());
        let (upto, bytes) = (batch.upto, batch.bytes);
        let written = context.db.write(move |conn| {
            let began = Instant::now();
            chunk(conn, &ground, drafts, from, upto, bytes)?;
            Ok::<_, Stopped>(began.elapsed())
        });
        match written.await {
            Ok(took) => return Ok(took),
            Err(Stopped::Elsewhere) => return Err(Fault::Lost),
            Err(Stopped::Query(error)) if tries < TRIES && may_pass(&error) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(20 << tries)).await;
            }
            Err(Stopped::Query(error)) => return Err(error.into()),
        }
    }
}

/// Why a chunk was not written.
enum Stopped {
    /// Another worker has it, or a person stopped it.
    Elsewhere,
    Query(diesel::result::Error),
}

impl From<diesel::result::Error> for Stopped {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

/// Whether somebody who writes beside us was merely quicker.
fn may_pass(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind::{SerializationFailure, UniqueViolation};
    use diesel::result::Error::DatabaseError;
    matches!(
        error,
        DatabaseError(UniqueViolation | SerializationFailure, _)
    ) || is_passing(error)
}

fn chunk(
    conn: &mut Conn,
    ground: &Ground,
    drafts: Vec<Draft>,
    from: i64,
    upto: i64,
    bytes: i64,
) -> Result<(), Stopped> {
    store::queue_up(conn, ground.source, ground.by.now)?;
    let done: Vec<Done> = apply::apply(conn, ground, drafts)?;
    let mut tally = Tally::default();
    for row in &done {
        tally.count(row.outcome);
    }
    if store::move_on(conn, ground.import, from, upto, bytes, tally)? {
        Ok(())
    } else {
        Err(Stopped::Elsewhere)
    }
}

/// Rows of the next chunk, so that it holds up nobody for long.
fn fitting(size: usize, took: Duration) -> usize {
    let likely = size as u128 * PATIENCE.as_micros() / took.as_micros().max(1);
    let likely = usize::try_from(likely).unwrap_or(MOST);
    // Never much more than the last: a few cheap rows say little of the next ones.
    likely.min(size * 2).clamp(FEWEST, MOST)
}

/// Takes an import back. Cut short, it goes on with what is left.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undo {
    /// Which.
    pub import: ImportId,
    /// For whom.
    pub who: Who,
}

impl Job for Undo {
    type Tools = apply::Keepers;
    const KIND: &'static str = "contacts.import.undo";

    fn unique_key(&self) -> Option<String> {
        Some(format!("import.undo.{}", self.import))
    }

    async fn run(self, context: Context<apply::Keepers>) -> Outcome {
        let id = self.import;
        let keepers = context.tools.clone();
        loop {
            let (keepers, by) = (keepers.clone(), self.who.by(clock::now()));
            let left = context
                .db
                .write(move |conn| apply::take_back(conn, id, &keepers, &by));
            let left: Result<bool, diesel::result::Error> = left.await;
            if !left? {
                break;
            }
        }
        let now = clock::now();
        context
            .finish(move |conn| {
                store::advance(conn, id, &[State::Undoing], State::Undone, now).map(|_| ())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_grow_slowly_and_shrink_at_once() {
        let ms = Duration::from_millis;
        assert_eq!(fitting(100, ms(10)), 200);
        assert_eq!(fitting(100, ms(80)), 50);
        assert_eq!(fitting(100, ms(4_000)), FEWEST);
        assert_eq!(fitting(800, ms(1)), MOST);
    }
}
