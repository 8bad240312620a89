//! The row of a record itself: what the winner lacks, the loser fills, unless somebody chose. The journal says for each column
//! what it was and what it became, so that an undoing takes back what the merge brought and leaves what people did since.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fields::Supply;
use super::store::{self, Kind, Merge};
use crate::base::text;
use crate::contacts::model;
use crate::db::Conn;
use crate::db::schema::{companies, contacts};

/// Columns by name.
pub(super) type Row = Map<String, Value>;

/// The columns a merge may fill.
#[derive(Debug, Clone, Serialize, Deserialize, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = contacts)]
#[diesel(treat_none_as_null = true)]
struct OfContact {
    is_known: bool,
    is_person_owned: bool,
    name: String,
    sort_name: String,
    given_name: String,
    family_name: String,
    job_title: String,
    email: Option<String>,
    phone: Option<String>,
    stage: String,
    owner_id: Option<i64>,
    company_id: Option<i64>,
    street: String,
    city: String,
    region: String,
    postal_code: String,
    country: String,
    time_zone: String,
    language: String,
    last_seen_at: i64,
}

/// The columns a merge may fill.
#[derive(Debug, Clone, Serialize, Deserialize, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = companies)]
#[diesel(treat_none_as_null = true)]
struct OfCompany {
    name: String,
    sort_name: String,
    owner_id: Option<i64>,
    stage: String,
    industry: String,
    employees: Option<i64>,
    phone: Option<String>,
    website: String,
    street: String,
    city: String,
    region: String,
    postal_code: String,
    country: String,
    last_seen_at: i64,
}

/// The columns of a record.
pub(super) fn load(conn: &mut Conn, kind: Kind, id: i64) -> QueryResult<Row> {
    let row = match kind {
        Kind::Contact => serde_json::to_value(
            contacts::table
                .filter(contacts::id.eq(id))
                .select(OfContact::as_select())
                .first(conn)?,
        ),
        Kind::Company => serde_json::to_value(
            companies::table
                .filter(companies::id.eq(id))
                .select(OfCompany::as_select())
                .first(conn)?,
        ),
    };
    match row {
        Ok(Value::Object(row)) => Ok(row),
        _ => Err(diesel::result::Error::NotFound),
    }
}

/// Writes the columns of a record.
pub(super) fn save(
    conn: &mut Conn,
    kind: Kind,
    id: i64,
    row: &Row,
    now: crate::base::Timestamp,
) -> QueryResult<()> {
    let unread = |error: serde_json::Error| diesel::result::Error::SerializationError(error.into());
    let row = Value::Object(row.clone());
    match kind {
        Kind::Contact => {
            let row: OfContact = serde_json::from_value(row).map_err(unread)?;
            diesel::update(contacts::table.filter(contacts::id.eq(id)))
                .set((row, contacts::updated_at.eq(now)))
                .execute(conn)?;
        }
        Kind::Company => {
            let row: OfCompany = serde_json::from_value(row).map_err(unread)?;
            diesel::update(companies::table.filter(companies::id.eq(id)))
                .set((row, companies::updated_at.eq(now)))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Nothing is known in it.
pub(super) fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::String(text)) => text.is_empty() || text == "visitor",
        Some(_) => false,
    }
}

/// The winner's row with what it lacks, and what was chosen, from the loser's.
pub(super) fn filled(
    kind: Kind,
    (winner, own): (i64, &Row),
    (loser, lost): (i64, &Row),
    supply: &Supply,
) -> Row {
    let mut row = own.clone();
    for group in kind.groups() {
        let is_free = group.columns.iter().all(|c| is_empty(own.get(*c)));
        let same_name = group.word == "name" && folded(own) == folded(lost);
        let take = match supply.of(*group) {
            Some(from) if from == loser => group
                .columns
                .first()
                .is_some_and(|_| group.columns.iter().any(|c| !is_empty(lost.get(*c)))),
            // Nothing can be kept where there is nothing.
            Some(from) if from == winner => is_free,
            Some(_) => false,
            None => is_free,
        };
        for column in group.columns {
            let Some(value) = lost.get(*column) else {
                continue;
            };
            let fills = same_name && supply.of(*group).is_none() && is_empty(own.get(*column));
            if take || (fills && !is_empty(Some(value))) {
                row.insert((*column).to_owned(), value.clone());
            }
        }
    }
    for flag in ["is_known", "is_person_owned"] {
        if lost.get(flag) == Some(&Value::Bool(true)) {
            row.insert(flag.to_owned(), Value::Bool(true));
        }
    }
    let seen = |row: &Row| row.get("last_seen_at").and_then(Value::as_i64);
    if seen(lost) > seen(own) {
        row.insert("last_seen_at".to_owned(), json!(seen(lost)));
    }
    sorted(kind, own, row)
}

fn folded(row: &Row) -> String {
    let name = row.get("name").and_then(Value::as_str);
    text::fold(name.unwrap_or_default())
}

/// A row that is called otherwise is sorted otherwise.
fn sorted(kind: Kind, before: &Row, mut row: Row) -> Row {
    let is_same = ["name", "email", "phone"]
        .iter()
        .all(|column| before.get(*column) == row.get(*column));
    let is_unknown = kind == Kind::Contact && is_empty(row.get("is_known"));
    if is_same || is_unknown {
        return row;
    }
    let word = |column: &str| row.get(column).and_then(Value::as_str);
    let sort_name = match kind {
        Kind::Contact => model::sort_name(
            word("name").unwrap_or_default(),
            word("email"),
            word("phone"),
        ),
        Kind::Company => text::fold(word("name").unwrap_or_default()),
    };
    row.insert("sort_name".to_owned(), json!(sort_name));
    row
}

/// What differs between two rows: before and after.
pub(super) fn difference(before: &Row, after: &Row) -> (Row, Row) {
    let differs = |(column, value): &(&String, &Value)| before.get(*column) != Some(*value);
    let is: Row = after
        .iter()
        .filter(differs)
        .map(|(column, value)| (column.clone(), value.clone()))
        .collect();
    let was = is
        .keys()
        .map(|column| {
            (
                column.clone(),
                before.get(column).cloned().unwrap_or_default(),
            )
        })
        .collect();
    (was, is)
}

/// What one merge did to the row of its winner, as the journal has it.
struct Line {
    id: Option<i64>,
    merge: i64,
    was: Row,
    is: Row,
    revision: i64,
}

impl Line {
    /// Lines of the first version say only what was; what it became follows from the loser's row, which has not changed.
    fn read(conn: &mut Conn, merge: &Merge) -> QueryResult<Self> {
        let table = merge.kind.table();
        let lines = store::lines(conn, merge.id.0, table, "changed")?;
        let mut line = Self {
            id: None,
            merge: merge.id.0,
            was: Row::new(),
            is: Row::new(),
            revision: i64::MAX,
        };
        let own = lines
            .into_iter()
            .find(|(_, row, _)| *row == merge.winner_id);
        let Some((id, _, Value::Object(mut said))) = own else {
            return Ok(line);
        };
        line.id = Some(id);
        line.revision = said
            .get("revision")
            .and_then(Value::as_i64)
            .unwrap_or(i64::MAX);
        if let (Some(Value::Object(was)), Some(Value::Object(is))) =
            (said.remove("was"), said.remove("is"))
        {
            (line.was, line.is) = (was, is);
        } else {
            {
                said.remove("last_seen_at");
                let now = load(conn, merge.kind, merge.winner_id)?;
                let mut before = now.clone();
                before.extend(said);
                let lost = load(conn, merge.kind, merge.loser_id)?;
                let after = filled(
                    merge.kind,
                    (merge.winner_id, &before),
                    (merge.loser_id, &lost),
                    &Supply::default(),
                );
                (line.was, line.is) = difference(&before, &after);
                line.was.remove("last_seen_at");
                line.is.remove("last_seen_at");
            }
        }
        Ok(line)
    }

    fn write(&self, conn: &mut Conn, kind: Kind, winner: i64) -> QueryResult<()> {
        let said = json!({ "was": self.was, "is": self.is, "revision": self.revision });
        match self.id {
            Some(id) => store::rewrite(conn, id, &said),
            None => store::note(conn, self.merge, kind.table(), winner, "changed", &said),
        }
    }

    fn set(&mut self, column: &str, was: &Value, is: &Value) {
        if was == is {
            self.was.remove(column);
            self.is.remove(column);
        } else {
            self.was.insert(column.to_owned(), was.clone());
            self.is.insert(column.to_owned(), is.clone());
        }
    }
}

/// A column that is to be something else: which, what it is, what it is to be.
type Turn = (String, Value, Value);

/// Takes back what a merge did to rows: its winner's, and those the winner went on into.
pub(super) fn take_back(
    conn: &mut Conn,
    merge: &Merge,
    way: &[Merge],
    now: crate::base::Timestamp,
) -> QueryResult<()> {
    let line = Line::read(conn, merge)?;
    let edited = revision(conn, merge.kind, merge.winner_id)? > line.revision;
    let turns = line
        .is
        .iter()
        // Somebody has changed it since: it is theirs now.
        .filter(|(column, _)| {
            !(edited && matches!(column.as_str(), "is_person_owned" | "is_known"))
        })
        .map(|(column, is)| {
            let was = line.was.get(column).cloned().unwrap_or_default();
            (column.clone(), is.clone(), was)
        })
        .collect();
    let mut turns = turn(conn, merge, turns, now)?;
    for step in way {
        let mut line = Line::read(conn, step)?;
        let mut next = Vec::new();
        for (column, x, z) in turns {
            if line.is.get(&column) != Some(&x) {
                continue;
            }
            let was = line.was.get(&column).cloned().unwrap_or_default();
            let new =
                if is_empty(Some(&z)) || (column == "last_seen_at" && z.as_i64() < was.as_i64()) {
                    was.clone()
                } else {
                    z
                };
            line.set(&column, &was, &new);
            next.push((column, x, new));
        }
        line.write(conn, step.kind, step.winner_id)?;
        turns = turn(conn, step, next, now)?;
    }
    Ok(())
}

/// Turns columns of a merge's winner: where a later merge changed the same, that one's line learns it; else the row does, if
/// nobody has changed it since; and what is empty then is filled by those who came later.
fn turn(
    conn: &mut Conn,
    merge: &Merge,
    turns: Vec<Turn>,
    now: crate::base::Timestamp,
) -> QueryResult<Vec<Turn>> {
    let (kind, winner) = (merge.kind, merge.winner_id);
    let others = store::later(conn, kind, winner, merge.id)?;
    let mut later = Vec::with_capacity(others.len());
    for other in &others {
        later.push(Line::read(conn, other)?);
    }
    let before = load(conn, kind, winner)?;
    let mut row = before.clone();
    let mut done = Vec::new();
    for (column, x, z) in turns {
        if let Some(line) = later.iter_mut().find(|line| line.is.contains_key(&column)) {
            if line.was.get(&column) == Some(&x) {
                let is = line.is.get(&column).cloned().unwrap_or_default();
                line.set(&column, &z, &is);
            }
        } else if row.get(&column) == Some(&x) {
            row.insert(column.clone(), z);
            done.push((column, x));
        }
    }
    for (other, line) in others.iter().zip(&mut later) {
        let lost = load(conn, kind, other.loser_id)?;
        let full = filled(
            kind,
            (winner, &row),
            (other.loser_id, &lost),
            &Supply::default(),
        );
        for (column, _) in &done {
            let (own, new) = (row.get(column).cloned(), full.get(column).cloned());
            if own != new
                && let (Some(own), Some(new)) = (own, new)
            {
                line.set(column, &own, &new);
                row.insert(column.clone(), new);
            }
        }
        line.write(conn, kind, winner)?;
    }
    if row != before {
        save(conn, kind, winner, &row, now)?;
    }
    Ok(done
        .into_iter()
        .map(|(column, x)| {
            let z = row.get(&column).cloned().unwrap_or_default();
            (column, x, z)
        })
        .collect())
}

/// How often people have changed a record.
pub(super) fn revision(conn: &mut Conn, kind: Kind, id: i64) -> QueryResult<i64> {
    match kind {
        Kind::Contact => contacts::table
            .filter(contacts::id.eq(id))
            .select(contacts::revision)
            .first(conn),
        Kind::Company => companies::table
            .filter(companies::id.eq(id))
            .select(companies::revision)
            .first(conn),
    }
}
