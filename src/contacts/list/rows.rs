//! A page of the list: found by words, walked along an index, or sifted.

use diesel::prelude::*;

use super::ask::{Ask, From, Key, Sort};
use super::did::Boxed;
use super::query::{
    COLUMNS, Narrow, PAGE, Row, Rows, cursor, filtered, held_by, populations, walk,
};
use super::sifted;
use crate::base::ids::{ContactId, UserId};
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{contacts, identities};
use crate::db::{Cached, Conn, padded};
use crate::filters::Reader;
use crate::web::Cursor;

/// Hits of the search that are looked at in one go: most of a page's filters leave nearly all of them.
const HITS: i64 = 60;

/// Owners whose contacts are walked side by side; those of more are sifted out of everybody's.
const MOST_WALKS: usize = 24;

/// Reads one page for `reader`.
pub fn page(conn: &mut Conn, ask: &Ask, reader: &Reader) -> QueryResult<Rows> {
    let narrow = Narrow::read(conn, ask, reader)?;
    let reader = reader.user;
    if !ask.q.is_empty() {
        return searched(conn, ask, reader, &narrow);
    }
    let owners = narrow.owners(ask, reader);
    let is_many = owners.len() > MOST_WALKS || (owners.len() > 1 && ask.sort.key() == Key::Name);
    if narrow.is_checked() || is_many {
        return sifted::page(conn, ask, reader, &narrow);
    }
    walked(conn, ask, reader, &narrow, &owners)
}

/// Along the index; for who reaches the contacts of some only, along that of each of these.
fn walked(
    conn: &mut Conn,
    ask: &Ask,
    reader: UserId,
    narrow: &Narrow,
    owners: &[Option<UserId>],
) -> QueryResult<Rows> {
    let is_back = matches!(ask.from, From::Before(_));
    let mut rows = Vec::new();
    let whole = populations(ask).into_iter();
    let walks: Vec<Boxed> = whole
        .flat_map(|known| match owners {
            [] => vec![filtered(ask, known, reader, narrow)],
            owners => owners
                .iter()
                .map(|owner| held_by(ask, known, reader, *owner, narrow))
                .collect(),
        })
        .collect();
    for query in walks {
        rows.extend(
            walk(query, ask)
                .limit(PAGE as i64 + 1)
                .select(COLUMNS)
                .load::<Row>(conn)?,
        );
    }
    if is_back {
        rows.reverse();
    }
    // Of several walks each is in order; names never come from two, and are left as the database puts them.
    match ask.sort {
        Sort::Seen => rows.sort_by_key(|row| std::cmp::Reverse((row.last_seen_at, row.id))),
        Sort::Unseen => rows.sort_by_key(|row| (row.last_seen_at, row.id)),
        Sort::Created => rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id))),
        Sort::Oldest => rows.sort_by_key(|row| (row.created_at, row.id)),
        Sort::Name | Sort::NameDown => {}
    }
    let has_more = rows.len() > PAGE;
    if is_back {
        let extra = rows.len().saturating_sub(PAGE);
        rows.drain(..extra);
    } else {
        rows.truncate(PAGE);
    }
    let (has_before, has_after) = match ask.from {
        From::Top => (false, has_more),
        From::After(_) => (true, has_more),
        From::Before(_) => (has_more, true),
    };
    let at = |row: Option<&Row>, is_there: bool| {
        row.filter(|_| is_there).map(|row| cursor(ask.sort, row))
    };
    Ok(Rows {
        before: at(rows.first(), has_before),
        after: at(rows.last(), has_after),
        rows,
        is_cut: false,
    })
}

/// By words: the newest records first, and before them whoever has exactly this identifier.
fn searched(conn: &mut Conn, ask: &Ask, reader: UserId, narrow: &Narrow) -> QueryResult<Rows> {
    let among = |conn: &mut Conn, ids: Vec<ContactId>| -> QueryResult<Vec<Row>> {
        let query = filtered(ask, ask.is_known(), reader, narrow)
            .filter(contacts::id.eq_any(padded(ids)))
            .order(contacts::id.desc())
            .select(COLUMNS);
        if narrow.has_lists() {
            return query.load(conn);
        }
        Cached(query).load(conn)
    };
    let mut below = match &ask.from {
        From::After(cursor) => Some(cursor.id),
        From::Top | From::Before(_) => None,
    };
    let mut rows = Vec::new();
    if below.is_none() {
        let exact: Vec<ContactId> = identities::table
            .filter(identities::value.eq_any([ask.q.clone(), ask.q.to_lowercase()]))
            .select(identities::contact_id)
            .limit(10)
            .load(conn)?;
        rows = among(conn, exact)?;
    }
    let mut is_end = false;
    // Filters may leave little of many hits; ever larger rounds, and few of them, bound the work of one page.
    for wanted in [HITS, 200, 500, 500, 500] {
        let hits = search::find(conn, Kind::Contact, &ask.q, below, wanted)?;
        below = hits.last().copied().or(below);
        is_end = (hits.len() as i64) < wanted;
        for row in among(conn, hits.into_iter().map(ContactId).collect())? {
            if !rows.iter().any(|seen: &Row| seen.id == row.id) {
                rows.push(row);
            }
        }
        if is_end || rows.len() > PAGE {
            break;
        }
    }
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = if has_more {
        rows.last().map(|row| row.id.0)
    } else {
        below.filter(|_| !is_end)
    };
    Ok(Rows {
        rows,
        is_cut: false,
        before: None,
        after: last.map(|id| Cursor {
            key: String::new(),
            id,
        }),
    })
}
