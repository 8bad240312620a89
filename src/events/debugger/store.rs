//! What an earlier run of this instance, or another instance, has stored of a source: the tables' end of the debugger.

use diesel::dsl::max;
use diesel::prelude::*;

use crate::base::ids::{ContactId, SourceId};
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::{contacts, event_names, events, identities};
use crate::events::live::{LiveEvent, UNKNOWN};

/// Events that are looked through for those of the source; a quiet source's may lie further back.
const LOOKED_THROUGH: i64 = 5_000;

type Stored = (
    (Timestamp, String, String, String),
    (String, String),
    (ContactId, String, String),
);

/// The newest events of a source among the newest of all, newest first, as far as the tables know them.
pub fn stored(conn: &mut Conn, source: SourceId, most: i64) -> QueryResult<Vec<LiveEvent>> {
    let newest = newest(conn)?;
    between(conn, source, (newest - LOOKED_THROUGH, newest), most)
}

/// The id of the newest event of all.
pub fn newest(conn: &mut Conn) -> QueryResult<i64> {
    let newest: Option<i64> = events::table.select(max(events::id)).first(conn)?;
    Ok(newest.unwrap_or_default())
}

/// Events of a source behind the first id, up to the second, newest first.
pub fn between(
    conn: &mut Conn,
    source: SourceId,
    (after, last): (i64, i64),
    most: i64,
) -> QueryResult<Vec<LiveEvent>> {
    let rows: Vec<Stored> = events::table
        .inner_join(event_names::table.on(event_names::id.eq(events::name_id)))
        .inner_join(identities::table.on(identities::id.eq(events::identity_id)))
        .inner_join(contacts::table.on(contacts::id.eq(identities::contact_id)))
        .filter(events::id.gt(after.max(last - LOOKED_THROUGH)))
        .filter(events::id.le(last))
        .filter(events::source_id.eq(source.0))
        .order(events::id.desc())
        .limit(most)
        .select((
            (
                events::received_at,
                events::message_id,
                events::properties,
                events::context,
            ),
            (event_names::kind, event_names::name),
            (contacts::id, contacts::name, identities::shown),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(|row| told(source, row)).collect())
}

fn told(source: SourceId, row: Stored) -> LiveEvent {
    let ((at, message_id, properties, context), (kind, name), (contact, person, shown)) = row;
    let json = |text: &str| serde_json::from_str(text).unwrap_or(serde_json::Value::Null);
    let raw = serde_json::json!({
        "type": kind,
        "name": name,
        "messageId": message_id,
        "properties": json(&properties),
        "context": json(&context),
    });
    LiveEvent {
        source_id: source,
        at,
        kind,
        name,
        message_id,
        contact_id: Some(contact),
        person: if person.is_empty() { shown } else { person },
        did: vec!["stored".to_owned()],
        latency_ms: UNKNOWN,
        raw: text::cut(&raw.to_string(), 32 << 10).to_owned(),
        is_bad: false,
    }
}
