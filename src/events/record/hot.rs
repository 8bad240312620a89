//! Home's panel of who is busy on the sites right now: among the people seen last, those with the most behind their visits.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use crate::accounts::panels::{Panel, PanelAsk, PanelRow};
use crate::accounts::rights::{ReadContacts, Right};
use crate::accounts::{Object, Reach};
use crate::base::Timestamp;
use crate::base::clock::{DAY, HOUR};
use crate::base::ids::ContactId;
use crate::contacts::model::shown;
use crate::db::schema::{contacts, identities, sessions};
use crate::db::{Cached, Conn};
use crate::web::{ago, number};

/// People looked at: those seen last.
const LOOKED_AT: i64 = 50;
/// People shown.
const SHOWN: usize = 6;

type Person = (
    ContactId,
    bool,
    String,
    Option<String>,
    Option<String>,
    Timestamp,
);

/// "Hot now": visitors and known contacts of the last day, by what they looked at.
pub fn hot(conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Option<Panel>> {
    if !ReadContacts::allows(&ask.access) {
        return Ok(None);
    }
    let people = seen_last(conn, ask.now, &ask.access.sees(Object::Contacts))?;
    let ids: Vec<i64> = people.iter().map(|person| person.0.0).collect();
    let views = views(conn, &ids, ask.now.plus(-DAY))?;
    let mut busy: Vec<(&Person, (i64, i64))> = people
        .iter()
        .filter_map(|person| Some((person, *views.get(&person.0.0)?)))
        .filter(|(_, (_, pages))| *pages > 0)
        .collect();
    busy.sort_by_key(|(person, (_, pages))| (-pages, -person.5.0));
    busy.truncate(SHOWN);
    let rows = busy
        .into_iter()
        .map(|(person, views)| row(person, views, ask));
    Ok(Some(Panel {
        title: "Hot now",
        note: "last 24 hours".to_owned(),
        href: "/contacts".to_owned(),
        is_aside: true,
        rows: rows.collect(),
        empty: "Nobody has been on your sites in the last 24 hours.",
    }))
}

fn row(person: &Person, (visits, pages): (i64, i64), ask: &PanelAsk) -> PanelRow {
    let (id, is_known, name, email, phone, seen) = person;
    let count = |n: i64, one: &str| format!("{} {one}{}", number(n), if n == 1 { "" } else { "s" });
    PanelRow {
        label: shown(*id, name, email.as_deref(), phone.as_deref(), *is_known),
        href: format!("/contacts/{id}"),
        why: format!("{} in {}", count(pages, "page"), count(visits, "visit")),
        side: ago(*seen, ask.now, ask.zone),
        tone: if ask.now.since(*seen) < HOUR {
            "soon"
        } else {
            "soft"
        },
        ..PanelRow::default()
    }
}

fn seen_last(conn: &mut Conn, now: Timestamp, reach: &Reach) -> QueryResult<Vec<Person>> {
    let query = contacts::table
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::last_seen_at.ge(now.plus(-DAY)))
        .order((contacts::last_seen_at.desc(), contacts::id.desc()))
        .limit(LOOKED_AT)
        .select((
            contacts::id,
            contacts::is_known,
            contacts::name,
            contacts::email,
            contacts::phone,
            contacts::last_seen_at,
        ));
    match reach.on("contacts.owner_id") {
        Some(held) => query.filter(held).load(conn),
        None => Cached(query).load(conn),
    }
}

/// Visits and page views since a moment, by contact.
fn views(conn: &mut Conn, ids: &[i64], since: Timestamp) -> QueryResult<HashMap<i64, (i64, i64)>> {
    let visits = sql::<BigInt>("COUNT(*)");
    let pages = sql::<Nullable<BigInt>>("CAST(SUM(sessions.page_count) AS BIGINT)");
    let rows: Vec<(i64, i64, Option<i64>)> = sessions::table
        .inner_join(identities::table.on(identities::id.eq(sessions::identity_id)))
        .filter(identities::contact_id.eq_any(ids))
        .filter(sessions::started_at.ge(since))
        .group_by(identities::contact_id)
        .select((identities::contact_id, visits, pages))
        .load(conn)?;
    let sums = rows.into_iter();
    Ok(sums
        .map(|(contact, visits, pages)| (contact, (visits, pages.unwrap_or_default())))
        .collect())
}
