//! The sender's questions: what is due, whose it is, what became of it. Every change is fenced by the token of the batch, so
//! that whoever lost a row (a lease ran out, a person paused or cancelled) changes nothing any more.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::audience::held_back;
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, RecipientId};
use crate::campaigns::model::{Delivery, State};
use crate::db::dialect::prepared::prepared;
use crate::db::schema::{campaign_tallies, campaigns, contacts, recipients};
use crate::db::{Cached, Conn};

/// What is left to do for a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Somebody is due.
    Due,
    /// Somebody waits for a later try, or is in a worker's hands.
    Later,
    /// Nobody.
    Nothing,
}

/// What is left to do for a campaign just now.
pub fn left(conn: &mut Conn, id: CampaignId, now: Timestamp) -> QueryResult<Left> {
    let due = recipients::table
        .filter(recipients::campaign_id.eq(id))
        .filter(sql::<Bool>("recipients.state IN ('pending', 'deferred')"))
        .filter(recipients::next_attempt_at.le(now));
    if Cached(diesel::select(exists(due))).get_result(conn)? {
        return Ok(Left::Due);
    }
    let unsettled = recipients::table
        .filter(recipients::campaign_id.eq(id))
        .filter(recipients::state.eq_any([
            Delivery::Pending,
            Delivery::Claimed,
            Delivery::Transmitting,
            Delivery::Deferred,
        ]));
    let has_more: bool = diesel::select(exists(unsettled)).get_result(conn)?;
    Ok(if has_more { Left::Later } else { Left::Nothing })
}

/// Of these recipients, those who must not get the campaign any more, each with the word of why.
pub fn to_skip(conn: &mut Conn, ids: &[RecipientId]) -> QueryResult<Vec<(RecipientId, String)>> {
    let reason = held_back(
        conn,
        "(SELECT campaigns.topic_id FROM campaigns WHERE campaigns.id = recipients.campaign_id)",
    );
    let reason = format!(
        "CASE WHEN contacts.id IS NULL OR contacts.deleted_at IS NOT NULL THEN 'gone' \
         WHEN contacts.email IS NULL OR contacts.email <> recipients.address THEN 'address_changed' \
         ELSE ({reason}) END"
    );
    let found: Vec<(RecipientId, String)> = recipients::table
        .left_join(contacts::table.on(contacts::id.eq(recipients::contact_id)))
        .filter(recipients::id.eq_any(ids.to_vec()))
        .select((recipients::id, sql::<Text>(&reason)))
        .load(conn)?;
    Ok(found
        .into_iter()
        .filter(|(_, why)| !why.is_empty())
        .collect())
}

/// Of these claimed recipients, those whose mail may go over the line now: they are marked as being sent, which is on disk
/// once this is committed. A campaign that was paused or cancelled marks nobody.
pub fn mark(conn: &mut Conn, token: &str, ids: &[RecipientId]) -> QueryResult<Vec<RecipientId>> {
    let is_sending = campaigns::table
        .filter(campaigns::id.eq(recipients::campaign_id))
        .filter(campaigns::state.eq(State::Sending));
    diesel::update(
        recipients::table
            .filter(recipients::id.eq_any(ids.to_vec()))
            .filter(recipients::claimed_by.eq(token))
            .filter(recipients::state.eq(Delivery::Claimed))
            .filter(exists(is_sending)),
    )
    .set(recipients::state.eq(Delivery::Transmitting))
    .returning(recipients::id)
    .get_results(conn)
}

/// Writes down that the server has these. How many, and how many of them had been given up as uncertain.
pub fn sent(
    conn: &mut Conn,
    token: &str,
    ids: &[RecipientId],
    now: Timestamp,
) -> QueryResult<(usize, usize)> {
    let mut moved = |from: Delivery| {
        diesel::update(
            recipients::table
                .filter(recipients::id.eq_any(ids.to_vec()))
                .filter(recipients::claimed_by.eq(token))
                .filter(recipients::state.eq(from)),
        )
        .set((
            recipients::state.eq(Delivery::Sent),
            recipients::reason.eq(""),
            recipients::sent_at.eq(now),
            recipients::attempts.eq(recipients::attempts + 1),
        ))
        .execute(conn)
    };
    Ok((moved(Delivery::Transmitting)?, moved(Delivery::Unknown)?))
}

/// Moves one recipient that is still the token's to another state. True if it was.
pub fn settle(
    conn: &mut Conn,
    token: &str,
    id: RecipientId,
    to: Delivery,
    reason: &str,
    next: Option<(Timestamp, i64)>,
) -> QueryResult<bool> {
    diesel::update(
        recipients::table
            .filter(recipients::id.eq(id))
            .filter(recipients::claimed_by.eq(token))
            .filter(recipients::state.eq_any([Delivery::Claimed, Delivery::Transmitting])),
    )
    .set((
        recipients::state.eq(to),
        recipients::reason.eq(reason),
        next.map(|(at, attempts)| {
            (
                recipients::next_attempt_at.eq(at),
                recipients::attempts.eq(attempts),
            )
        }),
    ))
    .execute(conn)
    .map(|n| n == 1)
}

/// Holds on to everything that is in a worker's hands.
pub fn hold(conn: &mut Conn, worker: &str, until: Timestamp) -> QueryResult<usize> {
    prepared(
        "UPDATE recipients SET claimed_until = $1 WHERE state IN ('claimed', 'transmitting') \
         AND claimed_by >= $2 AND claimed_by < $3",
    )
    .bind::<BigInt, _>(until)
    .bind::<Text, _>(format!("{worker}."))
    .bind::<Text, _>(format!("{worker}/"))
    .execute(conn)
}

#[derive(QueryableByName)]
struct OfCampaign {
    #[diesel(sql_type = BigInt)]
    campaign_id: CampaignId,
}

/// Takes back what died workers held: what did not go out waits again; what was being sent is uncertain from now on, and
/// its campaigns are given, one for each.
pub fn reap(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<CampaignId>> {
    prepared(
        "UPDATE recipients SET state = 'pending', claimed_by = '' WHERE state IN ('claimed', 'transmitting') \
         AND state = 'claimed' AND claimed_until < $1",
    )
    .bind::<BigInt, _>(now)
    .execute(conn)?;
    let lost: Vec<OfCampaign> = prepared(
        "UPDATE recipients SET state = 'unknown', reason = 'the sending program ended in the middle of it' \
         WHERE state IN ('claimed', 'transmitting') AND state = 'transmitting' AND claimed_until < $1 \
         RETURNING campaign_id",
    )
    .bind::<BigInt, _>(now)
    .load(conn)?;
    Ok(lost.into_iter().map(|row| row.campaign_id).collect())
}

/// Whether anybody holds something that ran out.
pub fn has_lost(conn: &mut Conn, now: Timestamp) -> QueryResult<bool> {
    let held = recipients::table
        .filter(sql::<Bool>(
            "recipients.state IN ('claimed', 'transmitting')",
        ))
        .filter(recipients::claimed_until.lt(now));
    Cached(diesel::select(exists(held))).get_result(conn)
}

/// What a group of changes adds to the figures of a campaign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// Taken by the mail server.
    pub sent: i64,
    /// Never to be taken.
    pub failed: i64,
    /// Uncertain.
    pub in_doubt: i64,
    /// Held back.
    pub skipped: Skipped,
}

/// Held back, by the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Did not allow the topic.
    pub no_consent: i64,
    /// Suppressed address.
    pub suppressed: i64,
    /// Cancelled before their turn.
    pub cancelled: i64,
    /// Whatever else: deleted meanwhile, another address.
    pub others: i64,
}

impl Skipped {
    /// Adds so many with this word.
    pub fn add(&mut self, reason: &str, n: i64) {
        match reason {
            "no_consent" => self.no_consent += n,
            "suppressed" => self.suppressed += n,
            "cancelled" => self.cancelled += n,
            _ => self.others += n,
        }
    }

    fn all(self) -> i64 {
        self.no_consent + self.suppressed + self.cancelled + self.others
    }
}

/// Adds to the figures of a campaign.
pub fn add(conn: &mut Conn, id: CampaignId, added: Added) -> QueryResult<()> {
    if added == Added::default() {
        return Ok(());
    }
    diesel::update(campaign_tallies::table.filter(campaign_tallies::campaign_id.eq(id)))
        .set((
            campaign_tallies::sent.eq(campaign_tallies::sent + added.sent),
            campaign_tallies::failed.eq(campaign_tallies::failed + added.failed),
            campaign_tallies::in_doubt.eq(campaign_tallies::in_doubt + added.in_doubt),
            campaign_tallies::skipped.eq(campaign_tallies::skipped + added.skipped.all()),
            campaign_tallies::no_consent
                .eq(campaign_tallies::no_consent + added.skipped.no_consent),
            campaign_tallies::suppressed
                .eq(campaign_tallies::suppressed + added.skipped.suppressed),
            campaign_tallies::cancelled.eq(campaign_tallies::cancelled + added.skipped.cancelled),
        ))
        .execute(conn)
        .map(|_| ())
}

/// How many mails of a campaign may leave in this second: counted across all instances. Zero: as many as can be.
pub fn allowance(
    conn: &mut Conn,
    id: CampaignId,
    per_second: i64,
    wanted: i64,
    now: Timestamp,
) -> QueryResult<i64> {
    use crate::db::PortableExt;
    use crate::db::schema::throttles;
    if per_second == 0 {
        return Ok(wanted);
    }
    let (key, second) = (format!("campaign.{id}"), now.0.div_euclid(1_000_000));
    diesel::insert_into(throttles::table)
        .values((
            throttles::key.eq(&key),
            throttles::window_start.eq(second),
            throttles::n.eq(0),
        ))
        .on_conflict(throttles::key)
        .do_update()
        .set((
            throttles::n.eq(sql::<BigInt>(
                "CASE WHEN throttles.window_start = excluded.window_start THEN throttles.n ELSE 0 END",
            )),
            throttles::window_start.eq(diesel::upsert::excluded(throttles::window_start)),
        ))
        .portable()
        .execute(conn)?;
    let row = throttles::table.filter(throttles::key.eq(&key));
    let used: i64 = row.select(throttles::n).first(conn)?;
    let free = (per_second - used).clamp(0, wanted);
    diesel::update(throttles::table.filter(throttles::key.eq(&key)))
        .set(throttles::n.eq(throttles::n + free))
        .execute(conn)?;
    Ok(free)
}
