//! Two contacts become one, or two again: the ledger moves with them. Where both spoke about a topic, the stricter word holds;
//! a withdrawal that came while they were one holds for both.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::actions::say;
use super::model::{ConsentSource, ConsentState, Proof};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, TopicId};
use crate::contacts::merge::{Follower, Holding, Journal, Kind, Parting};
use crate::db::dialect::journal::{Held, Twin};
use crate::db::schema::{consent_entries, consents};
use crate::db::{Conn, PortableExt};

/// What moves when two contacts become one.
pub const FOLLOWER: Follower = Follower {
    holdings: &[
        Holding {
            of: Kind::Contact,
            rows: Held {
                twin: Some(Twin {
                    column: "topic_id",
                    to: "topics",
                    columns: &["id", "contact_id", "topic_id", "state", "at"],
                }),
                ..Held::rows("consents", "contact_id")
            },
            words: ("", ""),
            since: None,
        },
        Holding {
            of: Kind::Contact,
            rows: Held::rows("consent_entries", "contact_id"),
            words: ("consent", "consents"),
            since: None,
        },
    ],
    joining: Some(joining),
    parted: Some(parted),
};

/// What holds: row, topic, state, since when.
type Standing = (i64, TopicId, ConsentState, Timestamp);

fn standings(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<Standing>> {
    consents::table
        .filter(consents::contact_id.eq(contact))
        .order(consents::id)
        .select((
            consents::id,
            consents::topic_id,
            consents::state,
            consents::at,
        ))
        .load(conn)
}

fn joining(conn: &mut Conn, journal: &Journal) -> QueryResult<()> {
    if journal.kind() != Kind::Contact {
        return Ok(());
    }
    let theirs = standings(conn, journal.loser())?;
    if theirs.is_empty() {
        return Ok(());
    }
    let own = standings(conn, journal.winner())?;
    for (_, topic, state, at) in theirs {
        let same = own.iter().find(|(_, other, _, _)| *other == topic);
        let Some((row, _, ConsentState::Given, since)) = same else {
            continue;
        };
        if state != ConsentState::Withdrawn {
            continue;
        }
        let was = json!({ "state": ConsentState::Given, "at": since.0, "is_at": at.0 });
        journal.changed(conn, "consents", *row, &was)?;
        let proof = of_the_house("Another record of the same person had withdrawn it.");
        say(
            conn,
            journal.winner(),
            topic,
            ConsentState::Withdrawn,
            &proof,
            at,
        )?;
        let line = newest(conn, journal.winner(), topic)?;
        if let Some((line, _, _)) = line {
            journal.made(conn, "consent_entries", line)?;
        }
    }
    Ok(())
}

fn of_the_house(wording: &str) -> Proof {
    Proof {
        source: ConsentSource::Import,
        wording: wording.to_owned(),
        actor: None,
        ip: String::new(),
        agent: String::new(),
    }
}

/// The line of the ledger that was written last.
fn newest(
    conn: &mut Conn,
    contact: ContactId,
    topic: TopicId,
) -> QueryResult<Option<(i64, ConsentState, Timestamp)>> {
    consent_entries::table
        .filter(consent_entries::contact_id.eq(contact))
        .filter(consent_entries::topic_id.eq(topic))
        .order(consent_entries::id.desc())
        .select((
            consent_entries::id,
            consent_entries::state,
            consent_entries::at,
        ))
        .first(conn)
        .optional()
}

fn parted(conn: &mut Conn, parting: &Parting<'_>) -> QueryResult<()> {
    if parting.kind() != Kind::Contact {
        return Ok(());
    }
    // What the stricter word changed is given again, unless somebody has spoken since.
    for (row, was) in parting.changed(conn, "consents")? {
        let number = |key: &str| was.get(key).and_then(Value::as_i64);
        let (Some(at), Some(is_at)) = (number("at"), number("is_at")) else {
            continue;
        };
        diesel::update(consents::table.filter(consents::id.eq(row)))
            .filter(consents::state.eq(ConsentState::Withdrawn))
            .filter(consents::at.eq(is_at))
            .set((consents::state.eq(ConsentState::Given), consents::at.eq(at)))
            .execute(conn)?;
    }
    let (holder, loser) = (parting.holder(), parting.loser());
    let since: Vec<(TopicId, ConsentState, Timestamp)> = consent_entries::table
        .filter(consent_entries::contact_id.eq(holder))
        .filter(consent_entries::at.ge(parting.at()))
        .order(consent_entries::id)
        .select((
            consent_entries::topic_id,
            consent_entries::state,
            consent_entries::at,
        ))
        .load(conn)?;
    let mut last: std::collections::BTreeMap<TopicId, (ConsentState, Timestamp)> =
        std::collections::BTreeMap::new();
    for (topic, state, at) in since {
        last.insert(topic, (state, at));
    }
    for (topic, (state, at)) in last {
        holds(conn, holder, topic, state, at)?;
        let theirs = newest(conn, loser, topic)?;
        match (state, theirs) {
            (ConsentState::Withdrawn, Some((_, ConsentState::Given, _))) => {
                let proof = of_the_house("Withdrawn while this record was one with another.");
                say(conn, loser, topic, ConsentState::Withdrawn, &proof, at)?;
            }
            (_, Some((_, state, at))) => holds(conn, loser, topic, state, at)?,
            (_, None) => {
                diesel::delete(consents::table)
                    .filter(consents::contact_id.eq(loser))
                    .filter(consents::topic_id.eq(topic))
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}

/// What the ledger says last is what holds.
fn holds(
    conn: &mut Conn,
    contact: ContactId,
    topic: TopicId,
    state: ConsentState,
    at: Timestamp,
) -> QueryResult<()> {
    let what = (consents::state.eq(state), consents::at.eq(at));
    diesel::insert_into(consents::table)
        .values((
            consents::contact_id.eq(contact),
            consents::topic_id.eq(topic),
            what,
        ))
        .on_conflict((consents::contact_id, consents::topic_id))
        .do_update()
        .set(what)
        .portable()
        .execute(conn)
        .map(|_| ())
}
