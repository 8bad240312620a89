//! What the people of a company did in the last thirty days, those of the companies below it included.

use diesel::prelude::*;

use super::cards::{DAYS, columns, spark};
use crate::accounts::Object;
use crate::base::Timestamp;
use crate::base::clock::DAY;
use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::companies::family;
use crate::contacts::model::shown;
use crate::contacts::{Card, CardAsk, CardRow};
use crate::db::Conn;
use crate::db::schema::{contacts, identities};
use crate::web::{ago, number};

/// People who are added up: those seen last.
const MOST: usize = 500;
/// Their identities.
const MOST_IDENTITIES: i64 = 5_000;
/// People who are named.
const NAMED: usize = 5;

type Seen = (
    ContactId,
    String,
    Option<String>,
    Option<String>,
    bool,
    Timestamp,
);

/// "People, last 30 days": a column a day, and who was here last.
pub fn activity(conn: &mut Conn, company: CompanyId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    let first = ask.now.day() - DAYS + 1;
    let companies = family::whole(conn, company)?;
    let mut query = contacts::table
        .filter(contacts::company_id.eq_any(companies))
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::last_seen_at.ge(Timestamp(first * DAY)))
        .order((contacts::last_seen_at.desc(), contacts::id.desc()))
        .limit(MOST as i64 + 1)
        .select((
            contacts::id,
            contacts::name,
            contacts::email,
            contacts::phone,
            contacts::is_known,
            contacts::last_seen_at,
        ))
        .into_boxed();
    if let Some(held) = ask.access.sees(Object::Contacts).on("contacts.owner_id") {
        query = query.filter(held);
    }
    let mut people: Vec<Seen> = query.load(conn)?;
    let has_more = people.len() > MOST;
    people.truncate(MOST);
    let ids: Vec<ContactId> = people.iter().map(|person| person.0).collect();
    let own: Vec<i64> = identities::table
        .filter(identities::contact_id.eq_any(ids))
        .filter(identities::event_count.gt(0))
        .order(identities::id)
        .limit(MOST_IDENTITIES)
        .select(identities::id)
        .load(conn)?;
    if own.is_empty() {
        return Ok(None);
    }
    let values = columns(conn, own, first)?;
    let row = |(id, name, email, phone, is_known, at): &Seen| CardRow {
        label: shown(*id, name, email.as_deref(), phone.as_deref(), *is_known),
        href: format!("/contacts/{id}"),
        value: ago(*at, ask.now, ask.zone),
        ..CardRow::default()
    };
    let month: i64 = values.iter().sum();
    Ok(Some(Card {
        title: "People, last 30 days".to_owned(),
        count: match month {
            1 => "1 event".to_owned(),
            n => format!("{} events", number(n)),
        },
        spark: Some(spark(values, first)),
        rows: people.iter().take(NAMED).map(row).collect(),
        note: match (people.len(), has_more) {
            (_, true) => format!("Of the {} people seen last.", number(MOST as i64)),
            (1, _) => "By one person.".to_owned(),
            (n, _) => format!("By {} people.", number(n as i64)),
        },
        ..Card::default()
    }))
}
