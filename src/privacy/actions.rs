//! Every change of topics, consents and suppressed addresses.

use diesel::prelude::*;

use super::model::{ConsentState, Proof, Reason, Topic};
use super::store;
use crate::accounts::audit::{self, By};
use crate::base::ids::{ContactId, TopicId, UserId};
use crate::base::{EmailAddress, Timestamp, text};
use crate::db::schema::{consent_entries, consents, suppressions, topics};
use crate::db::{Conn, PortableExt};
use crate::events::acts::{self, Act};

/// What somebody types of a topic.
#[derive(Debug, Clone)]
pub struct TopicText {
    /// Name.
    pub name: String,
    /// What people would get.
    pub description: String,
}

/// Makes a topic.
pub fn create_topic(
    conn: &mut Conn,
    typed: &TopicText,
    by: &By,
    now: Timestamp,
) -> QueryResult<TopicId> {
    let id: TopicId = diesel::insert_into(topics::table)
        .values((
            topics::name.eq(&typed.name),
            topics::description.eq(&typed.description),
            topics::is_archived.eq(false),
            topics::created_at.eq(now),
            topics::updated_at.eq(now),
        ))
        .returning(topics::id)
        .get_result(conn)?;
    told(conn, by, "topic.created", id, &typed.name, now)?;
    Ok(id)
}

/// Changes a topic's words.
pub fn change_topic(
    conn: &mut Conn,
    id: TopicId,
    typed: &TopicText,
    by: &By,
    now: Timestamp,
) -> QueryResult<()> {
    let n = diesel::update(topics::table.filter(topics::id.eq(id)))
        .set((
            topics::name.eq(&typed.name),
            topics::description.eq(&typed.description),
            topics::updated_at.eq(now),
        ))
        .execute(conn)?;
    if n == 0 {
        return Err(diesel::result::Error::NotFound);
    }
    told(conn, by, "topic.changed", id, &typed.name, now)
}

/// Puts a topic away, or brings it back. What people said about it stays.
pub fn archive_topic(
    conn: &mut Conn,
    id: TopicId,
    is_archived: bool,
    by: &By,
    now: Timestamp,
) -> QueryResult<Topic> {
    diesel::update(topics::table.filter(topics::id.eq(id)))
        .set((
            topics::is_archived.eq(is_archived),
            topics::updated_at.eq(now),
        ))
        .execute(conn)?;
    let topic = store::topic(conn, id)?.ok_or(diesel::result::Error::NotFound)?;
    let action = if is_archived {
        "topic.archived"
    } else {
        "topic.restored"
    };
    told(conn, by, action, id, &topic.name, now)?;
    Ok(topic)
}

fn told(
    conn: &mut Conn,
    by: &By,
    action: &str,
    id: TopicId,
    detail: &str,
    now: Timestamp,
) -> QueryResult<()> {
    audit::record(conn, by, action, Some(("topic", id.0)), detail, now)
}

/// Writes down what a contact said about a topic. False where it held already; then nothing is written.
pub fn say(
    conn: &mut Conn,
    contact: ContactId,
    topic: TopicId,
    state: ConsentState,
    proof: &Proof,
    now: Timestamp,
) -> QueryResult<bool> {
    if store::said(conn, contact, topic)? == Some(state) {
        return Ok(false);
    }
    let entry: i64 = diesel::insert_into(consent_entries::table)
        .values((
            consent_entries::contact_id.eq(contact),
            consent_entries::topic_id.eq(topic),
            consent_entries::state.eq(state),
            consent_entries::source.eq(proof.source),
            consent_entries::wording.eq(text::clean(&proof.wording, 1_000)),
            consent_entries::actor_id.eq(proof.actor),
            consent_entries::ip.eq(text::line(&proof.ip, 60)),
            consent_entries::agent.eq(text::line(&proof.agent, 300)),
            consent_entries::at.eq(now),
        ))
        .returning(consent_entries::id)
        .get_result(conn)?;
    let holds = (consents::state.eq(state), consents::at.eq(now));
    diesel::insert_into(consents::table)
        .values((
            consents::contact_id.eq(contact),
            consents::topic_id.eq(topic),
            holds,
        ))
        .on_conflict((consents::contact_id, consents::topic_id))
        .do_update()
        .set(holds)
        .portable()
        .execute(conn)?;
    // What people here typed in, or brought with them, is no act of the contact.
    if !proof.source.is_own() {
        return Ok(true);
    }
    let name = store::topic(conn, topic)?.map(|topic| topic.name);
    let act = Act {
        contact,
        name: match state {
            ConsentState::Given => "Topic Subscribed",
            ConsentState::Withdrawn => "Topic Unsubscribed",
        },
        properties: serde_json::json!({ "topic": name, "source": proof.source }),
        at: now,
        key: format!("consent:{entry}"),
        by_contact: true,
    };
    acts::record(conn, &[act], now)?;
    Ok(true)
}

/// Withdraws whatever a contact ever gave; how many topics that were.
pub fn withdraw_all(
    conn: &mut Conn,
    contact: ContactId,
    proof: &Proof,
    now: Timestamp,
) -> QueryResult<usize> {
    let mut n = 0;
    for standing in store::standings(conn, contact)? {
        let topic = standing.topic.id;
        if standing.is_given() {
            let changed = say(conn, contact, topic, ConsentState::Withdrawn, proof, now)?;
            n += usize::from(changed);
        }
    }
    Ok(n)
}

/// Never writes to an address again. What was the reason first stays.
pub fn suppress(
    conn: &mut Conn,
    address: &EmailAddress,
    reason: Reason,
    note: &str,
    actor: Option<UserId>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(suppressions::table)
        .values((
            suppressions::address_hash.eq(address.hash()),
            suppressions::reason.eq(reason),
            suppressions::note.eq(text::line(note, 300)),
            suppressions::actor_id.eq(actor),
            suppressions::at.eq(now),
        ))
        .on_conflict_do_nothing()
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// Lets an address be written to again, as somebody decided.
pub fn lift(conn: &mut Conn, hash: &str, by: &By, now: Timestamp) -> QueryResult<bool> {
    let gone = diesel::delete(suppressions::table.filter(suppressions::address_hash.eq(hash)))
        .execute(conn)?;
    if gone > 0 {
        audit::record(conn, by, "suppression.lifted", None, hash, now)?;
    }
    Ok(gone > 0)
}
