//! A list whose contacts are asked one by one: the walk goes along the index as ever, in rounds, and stops after so many
//! that somebody should say whether to look further. So no question takes longer than that, however few fit.

use diesel::prelude::*;

use super::ask::{Ask, From, Key, Sort};
use super::did::Boxed;
use super::query::{COLUMNS, Narrow, PAGE, Row, Rows, cursor, walk, walkable};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, UserId};
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::web::Cursor;

/// Contacts looked at in one round: most filters fill a page in the first.
const ROUNDS: [i64; 3] = [4_000, 16_000, 80_000];

/// Reads one page.
pub(super) fn page(
    conn: &mut Conn,
    ask: &Ask,
    reader: UserId,
    narrow: &Narrow,
) -> QueryResult<Rows> {
    let is_back = matches!(ask.from, From::Before(_));
    let mut ask = ask.clone();
    let is_first = ask.from == From::Top;
    let mut rows: Vec<Row> = Vec::new();
    let mut edge = None;
    for round in ROUNDS {
        let steps = walk(walkable(&ask, ask.is_known(), reader, narrow), &ask);
        edge = last_of(conn, steps, ask.sort, round)?;
        let fits = narrow.check(walk(walkable(&ask, ask.is_known(), reader, narrow), &ask));
        let fits = match &edge {
            Some(edge) => until(fits, ask.sort, is_back, edge),
            None => fits,
        };
        let wanted = (PAGE + 1).saturating_sub(rows.len());
        rows.extend(
            fits.limit(wanted as i64)
                .select(COLUMNS)
                .load::<Row>(conn)?,
        );
        let Some(edge) = edge.as_ref().filter(|_| rows.len() <= PAGE) else {
            break;
        };
        ask.from = if is_back {
            From::Before(edge.clone())
        } else {
            From::After(edge.clone())
        };
    }
    let is_full = rows.len() > PAGE;
    rows.truncate(PAGE);
    let ahead = match (is_full, rows.last()) {
        (true, Some(last)) => Some(cursor(ask.sort, last)),
        _ => edge.clone(),
    };
    if is_back {
        rows.reverse();
    }
    let here = |row: Option<&Row>| row.map(|row| cursor(ask.sort, row));
    let (before, after) = if is_back {
        (ahead, here(rows.last()).or_else(|| edge.clone()))
    } else {
        (here(rows.first()).filter(|_| !is_first), ahead)
    };
    Ok(Rows {
        rows,
        before,
        after,
        is_cut: !is_full && edge.is_some(),
    })
}

/// The last contact of a round; none: the list ends before.
fn last_of(conn: &mut Conn, steps: Boxed, sort: Sort, round: i64) -> QueryResult<Option<Cursor>> {
    let steps = steps.offset(round - 1).limit(1);
    let found: Option<(String, ContactId)> = match sort.key() {
        Key::Name => steps
            .select((contacts::sort_name, contacts::id))
            .first(conn)
            .optional()?,
        Key::Seen | Key::Created => {
            let found: Option<(Timestamp, ContactId)> = if sort.key() == Key::Seen {
                steps
                    .select((contacts::last_seen_at, contacts::id))
                    .first(conn)
                    .optional()?
            } else {
                steps
                    .select((contacts::created_at, contacts::id))
                    .first(conn)
                    .optional()?
            };
            found.map(|(at, id)| (at.0.to_string(), id))
        }
    };
    Ok(found.map(|(key, id)| Cursor { key, id: id.0 }))
}

/// Up to and with a contact of the walk.
fn until(query: Boxed, sort: Sort, is_back: bool, edge: &Cursor) -> Boxed {
    use contacts::{created_at, id, last_seen_at, sort_name};
    let (at, name, last) = (edge.number().unwrap_or_default(), edge.key.clone(), edge.id);
    match (sort.key(), sort.is_rising() != is_back) {
        (Key::Seen, false) => {
            query.filter(last_seen_at.gt(at).or(last_seen_at.eq(at).and(id.ge(last))))
        }
        (Key::Seen, true) => {
            query.filter(last_seen_at.lt(at).or(last_seen_at.eq(at).and(id.le(last))))
        }
        (Key::Created, false) => {
            query.filter(created_at.gt(at).or(created_at.eq(at).and(id.ge(last))))
        }
        (Key::Created, true) => {
            query.filter(created_at.lt(at).or(created_at.eq(at).and(id.le(last))))
        }
        (Key::Name, true) => query.filter(
            sort_name
                .lt(name.clone())
                .or(sort_name.eq(name).and(id.le(last))),
        ),
        (Key::Name, false) => query.filter(
            sort_name
                .gt(name.clone())
                .or(sort_name.eq(name).and(id.ge(last))),
        ),
    }
}
