//! Every change of a deal by a person or a program: checked, made, counted in its stage, told on the timelines, found by
//! the search and sent as an event of its people, in one transaction.

mod change;
mod create;
mod moves;
mod people;
mod trash;

use diesel::QueryResult;
use serde_json::{Value, json};

use super::model::{ACTS, Deal};
use super::refusal::Refusal;
use super::store;
use crate::accounts::audit;
use crate::base::Money;
use crate::base::ids::{ContactId, DealId};
use crate::contacts::By;
use crate::contacts::store as contacts;
use crate::db::Conn;
use crate::db::dialect::search::spelling::{self, Keep};
use crate::db::dialect::search::{self, Kind};
use crate::events::acts::{self, Act};
use crate::timeline::{self, EntryKind, NewEntry};

pub use change::{Change, change, set_owner};
pub use create::create;
pub use moves::{Move, Moved, go};
pub use people::{add_contact, remove_contact, set_role};
pub use trash::{delete, restore};

/// Takes the deal for this transaction.
fn take(conn: &mut Conn, id: DealId, by: &By) -> Result<Deal, Refusal> {
    store::take(conn, id, by.now)?.ok_or(Refusal::Missing)
}

/// Tells of a change that concerns the deal alone.
fn tell(conn: &mut Conn, id: DealId, kind: EntryKind, by: &By, data: Value) -> QueryResult<()> {
    let entry = NewEntry::by(timeline::About::Deal(id), kind, by.user, by.now, data);
    timeline::add(conn, &entry)?;
    record(conn, id, kind, by, &entry)
}

/// Tells of a change that its company and its people should read of, too, and sends it as an event of theirs.
fn tell_all(
    conn: &mut Conn,
    deal: &Deal,
    kind: EntryKind,
    by: &By,
    mut data: Value,
) -> QueryResult<()> {
    if let Some(data) = data.as_object_mut() {
        let amount = deal.money().map_or_else(String::new, Money::shown);
        data.insert("deal".to_owned(), json!(deal.title));
        data.insert("deal_id".to_owned(), json!(deal.id));
        data.insert("amount".to_owned(), json!(amount));
    }
    let entry = NewEntry {
        contact_id: None,
        company_id: deal.company_id,
        deal_id: Some(deal.id),
        at: by.now,
        kind,
        actor_id: Some(by.user),
        subject_id: Some(deal.id.0),
        data,
    };
    timeline::add(conn, &entry)?;
    record(conn, deal.id, kind, by, &entry)?;
    let people = store::contact_ids(conn, deal.id)?;
    for contact in &people {
        let own = NewEntry {
            contact_id: Some(*contact),
            company_id: None,
            deal_id: None,
            ..entry.clone()
        };
        timeline::add(conn, &own)?;
    }
    send(conn, deal, kind, &entry.data, &people, by)
}

/// The change as an event of everybody on the deal.
fn send(
    conn: &mut Conn,
    deal: &Deal,
    kind: EntryKind,
    data: &Value,
    people: &[ContactId],
    by: &By,
) -> QueryResult<()> {
    let [created, moved, won, lost, reopened] = ACTS;
    let name = match kind {
        EntryKind::DealCreated => created,
        EntryKind::DealMoved => moved,
        EntryKind::DealWon => won,
        EntryKind::DealLost => lost,
        EntryKind::DealReopened => reopened,
        _ => return Ok(()),
    };
    let said = |key: &str| data.get(key).cloned().unwrap_or(Value::Null);
    let properties = json!({
        "deal_id": deal.id,
        "title": deal.title,
        "value": deal.money().and_then(|money| money.plain().parse::<f64>().ok()),
        "currency": deal.currency,
        "from": said("from"),
        "to": said("to"),
        "reason": said("reason"),
    });
    let act = |contact: &ContactId| Act {
        contact: *contact,
        name,
        properties: properties.clone(),
        at: by.now,
        key: format!("deal:{}:{kind}:{}:{contact}", deal.id, deal.revision),
        by_contact: false,
    };
    let sent: Vec<Act> = people.iter().map(act).collect();
    acts::record(conn, &sent, by.now)
}

fn record(
    conn: &mut Conn,
    id: DealId,
    kind: EntryKind,
    by: &By,
    entry: &NewEntry,
) -> QueryResult<()> {
    let word = kind.word();
    let action = format!("deal.{}", word.strip_prefix("deal_").unwrap_or(word));
    let object = Some(("deal", id.0));
    audit::record(conn, &by.audited(), &action, object, &entry.words(), by.now)
}

/// Writes down the words by which it is found: its title and its company.
fn index(conn: &mut Conn, deal: &Deal) -> QueryResult<()> {
    index_all(conn, [deal])
}

/// As [`index`], of many.
pub(super) fn index_all<'a>(
    conn: &mut Conn,
    deals: impl IntoIterator<Item = &'a Deal>,
) -> QueryResult<()> {
    let deals: Vec<&Deal> = deals.into_iter().collect();
    let companies = deals.iter().filter_map(|deal| deal.company_id);
    let companies = contacts::company_names(conn, companies)?;
    let words = |deal: &&Deal| {
        let company = deal.company_id.and_then(|id| companies.get(&id));
        let company = company.map_or("", String::as_str);
        (deal.id.0, format!("{} {company}", deal.title))
    };
    let rows: Vec<(i64, String)> = deals.iter().map(words).collect();
    let titles = deals.iter().map(|deal| deal.title.as_str());
    spelling::learn(conn, Keep::Parts, titles)?;
    search::renew(conn, Kind::Deal, &rows)
}
