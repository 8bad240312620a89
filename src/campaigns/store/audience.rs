//! Who a campaign goes to: the same query as the list of contacts, with the reason beside each address that is held back.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::accounts::Reach;
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, ContactId, TopicId, UserId};
use crate::campaigns::model::Delivery;
use crate::contacts::Contact;
use crate::contacts::list::ask::Ask;
use crate::contacts::list::query;
use crate::contacts::views::SavedView;
use crate::db::dialect::address;
use crate::db::schema::{contacts, recipients};
use crate::db::{Conn, Memo};
use crate::filters::Reader;

/// Contacts of an audience, by what becomes of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub contacts: i64,
    /// Those with an address.
    pub addresses: i64,
    /// Whose address is suppressed.
    pub suppressed: i64,
    /// Who did not allow the topic.
    pub no_consent: i64,
}

impl Count {
    /// Without an address.
    pub fn without_address(&self) -> i64 {
        self.contacts - self.addresses
    }

    /// To be written to.
    pub fn recipients(&self) -> i64 {
        self.addresses - self.suppressed - self.no_consent
    }
}

/// The word of why an address is held back, or an empty one; of the contact in the query around it.
pub(super) fn held_back(conn: &Conn, topic: &str) -> String {
    let hash = address::hash_of(conn, "contacts.email");
    format!(
        "CASE WHEN EXISTS (SELECT 1 FROM suppressions WHERE suppressions.address_hash = {hash}) THEN 'suppressed' \
         WHEN NOT EXISTS (SELECT 1 FROM consents WHERE consents.contact_id = contacts.id AND consents.topic_id = {topic} \
         AND consents.state = 'given') THEN 'no_consent' ELSE '' END"
    )
}

/// A saved view means the same people whoever reads it; nobody is "me".
fn nobody(now: Timestamp) -> Reader {
    Reader {
        user: UserId(0),
        now,
        zone: chrono_tz::UTC,
        is_trusted: false,
        // Whoever writes mailings sees every contact.
        reach: Reach::All,
    }
}

/// An audience looked at for a page: counted to its end, or only so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// What was counted.
    pub count: Count,
    /// Whether there are more than `MOST_LOOKED_AT`, which were not counted.
    pub is_cut: bool,
}

impl Look {
    /// There are more than this where it is cut.
    pub fn most(&self) -> i64 {
        self.count.contacts
    }
}

/// A page counts no further.
const MOST_LOOKED_AT: usize = 1_000;

/// Counts an audience for a page: the same whatever it is asked for, never a walk over everybody, and remembered for a moment.
pub fn look(
    conn: &mut Conn,
    memo: &Memo,
    view: &SavedView,
    topic: TopicId,
    now: Timestamp,
) -> QueryResult<Look> {
    let question = format!("audience/{}/{topic}", view.id);
    let look = memo.recall(&question, conn, |conn| counted(conn, view, topic, now))?;
    Ok(*look)
}

fn counted(conn: &mut Conn, view: &SavedView, topic: TopicId, now: Timestamp) -> QueryResult<Look> {
    let everybody = query::everybody(conn, &view.ask(), &nobody(now))?;
    let reason = held_back(conn, &topic.to_string());
    let reason =
        format!("CASE WHEN contacts.email IS NULL THEN 'without_address' ELSE ({reason}) END");
    let words: Vec<String> = everybody
        .limit(MOST_LOOKED_AT as i64 + 1)
        .select(sql::<Text>(&reason))
        .load(conn)?;
    let is_cut = words.len() > MOST_LOOKED_AT;
    let mut count = Count::default();
    for word in words.iter().take(MOST_LOOKED_AT) {
        count.contacts += 1;
        count.addresses += i64::from(word != "without_address");
        count.suppressed += i64::from(word == "suppressed");
        count.no_consent += i64::from(word == "no_consent");
    }
    Ok(Look { count, is_cut })
}

/// Counts an audience to its end.
pub fn count(
    conn: &mut Conn,
    view: &SavedView,
    topic: TopicId,
    now: Timestamp,
) -> QueryResult<Count> {
    let everybody = query::everybody(conn, &view.ask(), &nobody(now))?;
    let reason = held_back(conn, &topic.to_string());
    let of = |word: &str| {
        sql::<BigInt>(&format!(
            "COUNT(CASE WHEN contacts.email IS NOT NULL AND ({reason}) = '{word}' THEN 1 END)"
        ))
    };
    let counts = (
        sql::<BigInt>("COUNT(*)"),
        sql::<BigInt>("COUNT(contacts.email)"),
        of("suppressed"),
        of("no_consent"),
    );
    let (contacts, addresses, suppressed, no_consent) =
        everybody.select(counts).get_result(conn)?;
    Ok(Count {
        contacts,
        addresses,
        suppressed,
        no_consent,
    })
}

/// How many of a campaign are held back, by the word of why.
pub fn skipped(conn: &mut Conn, campaign: CampaignId) -> QueryResult<Vec<(String, i64)>> {
    recipients::table
        .filter(recipients::campaign_id.eq(campaign))
        .filter(recipients::state.eq(Delivery::Skipped))
        .group_by(recipients::reason)
        .select((recipients::reason, diesel::dsl::count_star()))
        .load(conn)
}

/// Writes a row for every address of an audience, in one statement; those held back with their reason.
pub fn freeze(
    conn: &mut Conn,
    campaign: CampaignId,
    view: &SavedView,
    topic: TopicId,
    now: Timestamp,
) -> QueryResult<usize> {
    let everybody = query::everybody(conn, &view.ask(), &nobody(now))?;
    let reason = held_back(conn, &topic.to_string());
    let number = |n: i64| sql::<BigInt>(&n.to_string());
    let rows = everybody.filter(contacts::email.is_not_null()).select((
        number(campaign.0),
        contacts::id,
        contacts::email.assume_not_null(),
        sql::<Text>(&format!(
            "CASE WHEN ({reason}) = '' THEN 'pending' ELSE 'skipped' END"
        )),
        sql::<Text>(&reason),
        number(0),
        number(now.0),
        sql::<Text>("''"),
        number(0),
        number(0),
        number(0),
    ));
    diesel::insert_into(recipients::table)
        .values(rows)
        .into_columns((
            recipients::campaign_id,
            recipients::contact_id,
            recipients::address,
            recipients::state,
            recipients::reason,
            recipients::attempts,
            recipients::next_attempt_at,
            recipients::claimed_by,
            recipients::claimed_until,
            recipients::opens,
            recipients::clicks,
        ))
        .execute(conn)
}

/// Contacts of an audience that a mail would go to, in order of their ids, above one.
pub fn sample(
    conn: &mut Conn,
    view: &SavedView,
    topic: Option<TopicId>,
    above: ContactId,
    limit: i64,
    now: Timestamp,
) -> QueryResult<Vec<ContactId>> {
    let everybody = query::everybody(conn, &view.ask(), &nobody(now))?;
    let mut everybody = everybody
        .filter(contacts::email.is_not_null())
        .filter(contacts::id.gt(above));
    if let Some(topic) = topic {
        let reason = held_back(conn, &topic.to_string());
        everybody = everybody.filter(sql::<diesel::sql_types::Bool>(&format!("({reason}) = ''")));
    }
    everybody
        .order(contacts::id)
        .limit(limit)
        .select(contacts::id)
        .load(conn)
}

/// Contacts anybody could be written to as, above one.
pub fn anybody(
    conn: &mut Conn,
    above: ContactId,
    limit: i64,
    now: Timestamp,
) -> QueryResult<Vec<ContactId>> {
    let everybody = query::everybody(conn, &Ask::read(""), &nobody(now))?;
    everybody
        .filter(contacts::email.is_not_null())
        .filter(contacts::id.gt(above))
        .order(contacts::id)
        .limit(limit)
        .select(contacts::id)
        .load(conn)
}

/// What some contacts are called, in order of their ids.
pub fn named(conn: &mut Conn, ids: &[ContactId]) -> QueryResult<Vec<(ContactId, String)>> {
    let rows: Vec<Contact> = Contact::query()
        .filter(contacts::id.eq_any(ids.to_vec()))
        .order(contacts::id)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row.shown())).collect())
}
