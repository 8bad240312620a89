//! Queries of imports.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::draft::Known;
use super::model::{Import, Outcome, RowDone, State, Tally};
use crate::accounts::store as accounts;
use crate::base::clock::DAY;
use crate::base::ids::{ContactId, ImportId, SourceId, UserId};
use crate::base::{Timestamp, text, token};
use crate::contacts::fields::{self, Object};
use crate::contacts::model;
use crate::db::schema::{contacts, import_fixes, import_rows, imports, sources, users};
use crate::db::{Conn, PortableExt};

/// Imports on a page.
pub const PAGE: i64 = 50;
/// The setting that names the source of imports.
const SOURCE: &str = "imports.source";

/// An import.
pub fn find(conn: &mut Conn, id: ImportId) -> QueryResult<Option<Import>> {
    Import::query()
        .filter(imports::id.eq(id))
        .first(conn)
        .optional()
}

/// Imports below one of them, newest first.
pub fn page(conn: &mut Conn, before: Option<i64>) -> QueryResult<Vec<Import>> {
    Import::query()
        .filter(imports::id.lt(before.unwrap_or(i64::MAX)))
        .order(imports::id.desc())
        .limit(PAGE + 1)
        .load(conn)
}

/// Keeps a new import.
pub fn insert(
    conn: &mut Conn,
    user: UserId,
    name: &str,
    key: &str,
    size: i64,
    settings: &str,
    now: Timestamp,
) -> QueryResult<ImportId> {
    diesel::insert_into(imports::table)
        .values((
            imports::user_id.eq(user),
            imports::name.eq(text::line(name, 200)),
            imports::file_key.eq(key),
            imports::size.eq(size),
            imports::settings.eq(settings),
            imports::state.eq(State::Draft),
            imports::position.eq(0),
            imports::bytes_read.eq(0),
            (
                imports::created.eq(0),
                imports::updated.eq(0),
                imports::unchanged.eq(0),
                imports::duplicates.eq(0),
                imports::failed.eq(0),
                imports::kept.eq(0),
                imports::trouble.eq(""),
                imports::created_at.eq(now),
            ),
        ))
        .returning(imports::id)
        .get_result(conn)
}

/// Changes what is to be done, as long as nothing was; false afterwards.
pub fn set_settings(conn: &mut Conn, id: ImportId, settings: &str) -> QueryResult<bool> {
    diesel::update(imports::table.filter(imports::id.eq(id)))
        .filter(imports::state.eq(State::Draft))
        .set(imports::settings.eq(settings))
        .execute(conn)
        .map(|n| n == 1)
}

/// From one state to another; false where it stands elsewhere.
pub fn advance(
    conn: &mut Conn,
    id: ImportId,
    from: &[State],
    to: State,
    now: Timestamp,
) -> QueryResult<bool> {
    let row = imports::table
        .filter(imports::id.eq(id))
        .filter(imports::state.eq_any(from.to_vec()));
    let moved = match to {
        State::Running => diesel::update(row)
            .set((
                imports::state.eq(to),
                imports::started_at.eq(Some(now)),
                imports::trouble.eq(""),
            ))
            .execute(conn)?,
        State::Done | State::Undone | State::Failed => diesel::update(row)
            .set((imports::state.eq(to), imports::finished_at.eq(Some(now))))
            .execute(conn)?,
        _ => diesel::update(row)
            .set(imports::state.eq(to))
            .execute(conn)?,
    };
    Ok(moved == 1)
}

/// Says why it stopped.
pub fn set_trouble(conn: &mut Conn, id: ImportId, why: &str) -> QueryResult<()> {
    diesel::update(imports::table.filter(imports::id.eq(id)))
        .set(imports::trouble.eq(why))
        .execute(conn)
        .map(|_| ())
}

/// Moves the position of a running import and adds to its figures; false where it stands elsewhere, because another
/// worker was quicker or a person stopped it.
pub fn move_on(
    conn: &mut Conn,
    id: ImportId,
    from: i64,
    to: i64,
    bytes: i64,
    tally: Tally,
) -> QueryResult<bool> {
    diesel::update(imports::table.filter(imports::id.eq(id)))
        .filter(imports::state.eq(State::Running))
        .filter(imports::position.eq(from))
        .set((
            imports::position.eq(to),
            imports::bytes_read.eq(bytes),
            imports::created.eq(imports::created + tally.created),
            imports::updated.eq(imports::updated + tally.updated),
            imports::unchanged.eq(imports::unchanged + tally.unchanged),
            imports::duplicates.eq(imports::duplicates + tally.duplicates),
            imports::failed.eq(imports::failed + tally.failed),
        ))
        .execute(conn)
        .map(|n| n == 1)
}

/// Takes an import away, with what is remembered of its rows.
pub fn delete(conn: &mut Conn, id: ImportId) -> QueryResult<()> {
    diesel::delete(imports::table.filter(imports::id.eq(id)))
        .execute(conn)
        .map(|_| ())
}

/// Imports whose files nobody needs any more: drafts that were left lying for a week, what ended a week ago, and what failed
/// a month ago, as it can be started again until then.
pub fn stale(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> QueryResult<Vec<(ImportId, State, String)>> {
    let week = now.plus(-7 * DAY);
    let month = now.plus(-30 * DAY);
    let ended = imports::state.eq_any([State::Done, State::Undone]);
    imports::table
        .filter(imports::file_key.ne(""))
        .filter(
            (imports::state
                .eq(State::Draft)
                .and(imports::created_at.lt(week)))
            .or(ended.and(imports::finished_at.lt(week)))
            .or(imports::state
                .eq(State::Failed)
                .and(imports::created_at.lt(month))),
        )
        .order(imports::id)
        .limit(limit)
        .select((imports::id, imports::state, imports::file_key))
        .load(conn)
}

/// Its file is gone.
pub fn forget_file(conn: &mut Conn, id: ImportId) -> QueryResult<()> {
    diesel::update(imports::table.filter(imports::id.eq(id)))
        .set(imports::file_key.eq(""))
        .execute(conn)
        .map(|_| ())
}

/// Rows that failed, or whose contacts stayed, in their order, from behind a line.
pub fn rows(
    conn: &mut Conn,
    id: ImportId,
    outcome: Outcome,
    after: i64,
    limit: i64,
) -> QueryResult<Vec<RowDone>> {
    // A word, not a value: only so do the databases know the index that holds no other rows.
    let which = match outcome {
        Outcome::Failed => sql::<Bool>("import_rows.outcome = 'failed'"),
        _ => sql::<Bool>("import_rows.outcome = 'kept'"),
    };
    RowDone::query()
        .filter(import_rows::import_id.eq(id))
        .filter(which)
        .filter(import_rows::line.gt(after))
        .order(import_rows::line)
        .limit(limit)
        .load(conn)
}

/// What the contacts of some rows are called.
pub fn names(conn: &mut Conn, ids: &[ContactId]) -> QueryResult<HashMap<ContactId, String>> {
    type Row = (ContactId, String, Option<String>, Option<String>, bool);
    let rows: Vec<Row> = contacts::table
        .filter(contacts::id.eq_any(ids.to_vec()))
        .select((
            contacts::id,
            contacts::name,
            contacts::email,
            contacts::phone,
            contacts::is_known,
        ))
        .load(conn)?;
    let named = |(id, name, email, phone, is_known): Row| {
        (
            id,
            model::shown(id, &name, email.as_deref(), phone.as_deref(), is_known),
        )
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Users by folded name and by address; a name that two have is nobody's.
pub fn owners(conn: &mut Conn) -> QueryResult<HashMap<String, UserId>> {
    let rows: Vec<(UserId, String, String)> = users::table
        .filter(users::deactivated_at.is_null())
        .select((users::id, users::name, users::email))
        .order(users::id)
        .limit(5_000)
        .load(conn)?;
    let mut owners = HashMap::new();
    let mut twice = Vec::new();
    for (id, name, email) in rows {
        let name = text::fold(&name);
        if owners.insert(name.clone(), id).is_some() {
            twice.push(name);
        }
        owners.insert(text::fold(&email), id);
    }
    for name in twice {
        owners.remove(&name);
    }
    Ok(owners)
}

/// Cells that a person repaired, by row.
pub fn fixes(conn: &mut Conn, id: ImportId) -> QueryResult<HashMap<i64, Vec<(usize, String)>>> {
    let rows: Vec<(i64, i64, String)> = import_fixes::table
        .filter(import_fixes::import_id.eq(id))
        .select((import_fixes::line, import_fixes::col, import_fixes::value))
        .order((import_fixes::line, import_fixes::col))
        .load(conn)?;
    let mut fixes: HashMap<i64, Vec<(usize, String)>> = HashMap::new();
    for (line, col, value) in rows {
        fixes.entry(line).or_default().push((col as usize, value));
    }
    Ok(fixes)
}

/// Keeps a repaired cell.
pub fn put_fix(conn: &mut Conn, id: ImportId, line: i64, col: i64, value: &str) -> QueryResult<()> {
    diesel::insert_into(import_fixes::table)
        .values((
            import_fixes::import_id.eq(id),
            import_fixes::line.eq(line),
            import_fixes::col.eq(col),
            import_fixes::value.eq(value),
        ))
        .on_conflict((
            import_fixes::import_id,
            import_fixes::line,
            import_fixes::col,
        ))
        .do_update()
        .set(import_fixes::value.eq(value))
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// What has to be known to understand the rows of an import.
pub fn known(
    conn: &mut Conn,
    import: ImportId,
    country: &str,
    now: Timestamp,
) -> QueryResult<Known> {
    let all = fields::all(conn, Object::Contact)?;
    let country = Some(country.to_owned()).filter(|code| !code.is_empty());
    Ok(Known {
        owners: owners(conn)?,
        fixes: fixes(conn, import)?,
        fields: all
            .into_iter()
            .map(|field| (field.key.clone(), field))
            .collect(),
        ways: fields::Ways {
            country,
            ..fields::store::ways_of_house(conn)?.of(true, chrono_tz::Tz::UTC, now)
        },
    })
}

/// The source whose claims imports are, made with the first.
pub fn source(conn: &mut Conn, now: Timestamp) -> QueryResult<SourceId> {
    let known = accounts::setting(conn, SOURCE)?.and_then(|id| id.parse().ok());
    if let Some(known) = known {
        let found: Option<SourceId> = sources::table
            .filter(sources::id.eq(SourceId(known)))
            .select(sources::id)
            .first(conn)
            .optional()?;
        if let Some(id) = found {
            return Ok(id);
        }
    }
    let id: SourceId = diesel::insert_into(sources::table)
        .values((
            sources::name.eq("Imports"),
            sources::kind.eq("import"),
            sources::write_key.eq(token::secret()),
            sources::is_enabled.eq(true),
            sources::settings.eq("{}"),
            sources::created_at.eq(now),
            sources::updated_at.eq(now),
        ))
        .returning(sources::id)
        .get_result(conn)?;
    accounts::put_setting(conn, SOURCE, &id.to_string(), now)?;
    Ok(id)
}

/// Lets one chunk after the other through, whoever imports beside: what one has made, the next must see.
pub fn queue_up(conn: &mut Conn, source: SourceId, now: Timestamp) -> QueryResult<()> {
    diesel::update(sources::table.filter(sources::id.eq(source)))
        .set(sources::updated_at.eq(now))
        .execute(conn)
        .map(|_| ())
}
