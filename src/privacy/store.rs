//! Queries of topics, consents and suppressed addresses.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{ConsentEntry, ConsentState, Reason, Standing, Topic};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, TopicId, UserId};
use crate::db::schema::{consent_entries, consents, suppressions, topics};
use crate::db::{Cached, Conn};

/// More topics than this nobody would tick.
pub const MOST: i64 = 100;
/// Lines of the ledger on one page.
const LEDGER: i64 = 200;

/// All topics, by name; those in use first.
pub fn topics(conn: &mut Conn) -> QueryResult<Vec<Topic>> {
    Topic::query()
        .order((topics::is_archived, topics::name, topics::id))
        .limit(MOST * 2)
        .load(conn)
}

/// One topic.
pub fn topic(conn: &mut Conn, id: TopicId) -> QueryResult<Option<Topic>> {
    Topic::query()
        .filter(topics::id.eq(id))
        .first(conn)
        .optional()
}

/// A topic by its name.
pub fn topic_named(conn: &mut Conn, name: &str) -> QueryResult<Option<Topic>> {
    Topic::query()
        .filter(topics::name.eq(name))
        .first(conn)
        .optional()
}

/// What a contact allows: every topic in use, and those they said something about.
pub fn standings(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<Standing>> {
    let query = consents::table
        .filter(consents::contact_id.eq(contact))
        .select((consents::topic_id, consents::state, consents::at));
    let said: Vec<(TopicId, ConsentState, Timestamp)> = Cached(query).load(conn)?;
    let mut said: HashMap<TopicId, (ConsentState, Timestamp)> = said
        .into_iter()
        .map(|(topic, state, at)| (topic, (state, at)))
        .collect();
    let all = topics(conn)?.into_iter();
    Ok(all
        .map(|topic| Standing {
            said: said.remove(&topic.id),
            topic,
        })
        .filter(|standing| !standing.topic.is_archived || standing.said.is_some())
        .collect())
}

/// What they said about one topic last.
pub fn said(
    conn: &mut Conn,
    contact: ContactId,
    topic: TopicId,
) -> QueryResult<Option<ConsentState>> {
    consents::table
        .filter(consents::contact_id.eq(contact))
        .filter(consents::topic_id.eq(topic))
        .select(consents::state)
        .first(conn)
        .optional()
}

/// The newest lines of somebody's ledger.
pub fn ledger(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<ConsentEntry>> {
    ConsentEntry::query()
        .filter(consent_entries::contact_id.eq(contact))
        .order((consent_entries::at.desc(), consent_entries::id.desc()))
        .limit(LEDGER)
        .load(conn)
}

/// A suppressed address.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = suppressions)]
pub struct Suppression {
    /// Hash of the address.
    pub address_hash: String,
    /// Why.
    pub reason: Reason,
    /// More about it.
    pub note: String,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// Since when.
    pub at: Timestamp,
}

/// Why an address is suppressed, if it is.
pub fn suppression(conn: &mut Conn, hash: &str) -> QueryResult<Option<Suppression>> {
    Suppression::query()
        .filter(suppressions::address_hash.eq(hash))
        .first(conn)
        .optional()
}

/// The newest suppressed addresses below one, `limit` at most.
pub fn suppressed(
    conn: &mut Conn,
    below: Option<(Timestamp, String)>,
    limit: i64,
) -> QueryResult<Vec<Suppression>> {
    let query = Suppression::query().into_boxed();
    let query = match below {
        Some((at, hash)) => query.filter(
            suppressions::at.lt(at).or(suppressions::at
                .eq(at)
                .and(suppressions::address_hash.gt(hash))),
        ),
        None => query,
    };
    query
        .order((suppressions::at.desc(), suppressions::address_hash.asc()))
        .limit(limit)
        .load(conn)
}

/// Which of some contacts allowed or refused something: they are kept when an import is taken back.
pub fn keeps(conn: &mut Conn, ids: &[ContactId], since: Timestamp) -> QueryResult<Vec<ContactId>> {
    consent_entries::table
        .filter(consent_entries::contact_id.eq_any(ids))
        .filter(consent_entries::at.ge(since))
        .select(consent_entries::contact_id)
        .load(conn)
}
