//! Traits: every value claimed, by whom and when, and the one that is shown. What a person types is a claim too,
//! of source 1, hanging on the contact's own identity `record`; a value is kept as JSON text.

use diesel::prelude::*;
use serde_json::Value;

use super::choose;
pub use super::said::shown;
pub use super::survivorship::Claim;
use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, ContactId, IdentityId, SourceId, TraitKeyId};
use crate::db::schema::{identities, sources, trait_keys, trait_values, traits};
use crate::db::{Conn, PortableExt};

/// Characters of a key.
pub const LONGEST_KEY: usize = 120;
/// Keys read for one contact.
const MOST_CLAIMS: i64 = 1_000;

/// A claim with the names a page shows.
#[derive(Debug, Clone)]
pub struct NamedClaim {
    /// Id of the key.
    pub key_id: TraitKeyId,
    /// Key of the trait.
    pub key: String,
    /// Its label, where it was given one.
    pub label: String,
    /// Name of the source.
    pub source: String,
    /// The claim.
    pub claim: Claim,
}

/// Sets what a person says of a contact; `None` takes it back. Gives the value that is shown from now on.
pub fn set_by_hand(
    conn: &mut Conn,
    contact: ContactId,
    key: &str,
    value: Option<&Value>,
    now: Timestamp,
) -> QueryResult<Option<String>> {
    let key_id = key_id(conn, "contact", key, now)?;
    let identity_id = record_identity(conn, contact, now)?;
    match value {
        Some(value) => put(conn, identity_id, key_id, &value.to_string(), now)?,
        None => take_back(conn, contact, key_id)?,
    }
    unpin(conn, contact, key_id)?;
    choose::choose(conn, contact, &[key_id.0])?;
    traits::table
        .filter(traits::contact_id.eq(contact))
        .filter(traits::key_id.eq(key_id))
        .select(traits::value)
        .first(conn)
        .optional()
}

/// Every claim about a contact, by key, the newest first.
pub fn claims(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<NamedClaim>> {
    type Row = (
        TraitKeyId,
        String,
        String,
        IdentityId,
        SourceId,
        String,
        Timestamp,
        Option<Timestamp>,
        Option<String>,
    );
    let rows: Vec<Row> = trait_values::table
        .inner_join(identities::table.on(identities::id.eq(trait_values::identity_id)))
        .inner_join(trait_keys::table.on(trait_keys::id.eq(trait_values::key_id)))
        .left_join(sources::table.on(sources::id.eq(trait_values::source_id)))
        .filter(identities::contact_id.eq(contact))
        .order((trait_keys::key, trait_values::at.desc()))
        .select((
            trait_keys::id,
            trait_keys::key,
            trait_keys::label,
            trait_values::identity_id,
            trait_values::source_id,
            trait_values::value,
            trait_values::at,
            trait_values::pinned_at,
            sources::name.nullable(),
        ))
        .limit(MOST_CLAIMS)
        .load(conn)?;
    let named =
        |(key_id, key, label, identity_id, source_id, value, at, pinned_at, source): Row| {
            NamedClaim {
                key_id,
                key,
                label,
                source: source.unwrap_or_else(|| "a deleted source".to_owned()),
                claim: Claim {
                    identity_id,
                    source_id,
                    value,
                    at,
                    pinned_at,
                },
            }
        };
    Ok(rows.into_iter().map(named).collect())
}

/// The value of a trait that is shown, as JSON text.
pub fn shown_value(conn: &mut Conn, contact: ContactId, key: &str) -> QueryResult<Option<String>> {
    traits::table
        .inner_join(trait_keys::table.on(trait_keys::id.eq(traits::key_id)))
        .filter(traits::contact_id.eq(contact))
        .filter(trait_keys::object.eq("contact"))
        .filter(trait_keys::key.eq(key))
        .select(traits::value)
        .first(conn)
        .optional()
}

/// The id of a key in the dictionary, made where it is new.
pub fn key_id(conn: &mut Conn, object: &str, key: &str, now: Timestamp) -> QueryResult<TraitKeyId> {
    let found = |conn: &mut Conn| {
        trait_keys::table
            .filter(trait_keys::object.eq(object))
            .filter(trait_keys::key.eq(key))
            .select(trait_keys::id)
            .first(conn)
            .optional()
    };
    if let Some(id) = found(conn)? {
        return Ok(id);
    }
    diesel::insert_into(trait_keys::table)
        .values((
            trait_keys::object.eq(object),
            trait_keys::key.eq(key),
            trait_keys::label.eq(""),
            trait_keys::is_declared.eq(false),
            trait_keys::created_at.eq(now),
        ))
        .on_conflict((trait_keys::object, trait_keys::key))
        .do_nothing()
        .portable()
        .execute(conn)?;
    found(conn)?.ok_or(diesel::result::Error::NotFound)
}

/// The identity on which hangs what people type about a contact.
pub fn record_identity(
    conn: &mut Conn,
    contact: ContactId,
    now: Timestamp,
) -> QueryResult<IdentityId> {
    let value = contact.to_string();
    let found = |conn: &mut Conn| {
        identities::table
            .filter(identities::value.eq(&value))
            .filter(identities::namespace.eq("record"))
            .select(identities::id)
            .first(conn)
            .optional()
    };
    if let Some(id) = found(conn)? {
        return Ok(id);
    }
    let new = super::identities::NewIdentity::by_hand(contact, "record", &value, now);
    super::identities::insert(conn, &new)?;
    found(conn)?.ok_or(diesel::result::Error::NotFound)
}

/// A key as people read it: `plan_name` → "Plan name".
pub fn label_of(key: &str, label: &str) -> String {
    if !label.is_empty() {
        return label.to_owned();
    }
    let mut words = String::with_capacity(key.len() + 4);
    let mut before = ' ';
    for c in key.chars() {
        let c = if matches!(c, '_' | '-' | '.') { ' ' } else { c };
        if c.is_uppercase() && before.is_lowercase() {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else if words.is_empty() {
            words.extend(c.to_uppercase());
        } else {
            words.push(c);
        }
        before = c;
    }
    words
}

/// Shows the claim of one source from now on, whatever others say, or lets the rule choose again. Says whether there is
/// such a claim.
pub fn pin(
    conn: &mut Conn,
    contact: ContactId,
    key_id: TraitKeyId,
    claim: Option<(IdentityId, SourceId)>,
    now: Timestamp,
) -> QueryResult<bool> {
    unpin(conn, contact, key_id)?;
    let mut is_there = true;
    if let Some((identity_id, source_id)) = claim {
        let own = own(conn, contact)?;
        is_there = diesel::update(trait_values::table)
            .filter(trait_values::key_id.eq(key_id))
            .filter(trait_values::identity_id.eq(identity_id))
            .filter(trait_values::source_id.eq(source_id))
            .filter(trait_values::identity_id.eq_any(own))
            .set(trait_values::pinned_at.eq(now))
            .execute(conn)?
            > 0;
    }
    choose::choose(conn, contact, &[key_id.0])?;
    Ok(is_there)
}

/// What a person types goes before what they pinned.
fn unpin(conn: &mut Conn, contact: ContactId, key_id: TraitKeyId) -> QueryResult<()> {
    let own = own(conn, contact)?;
    diesel::update(trait_values::table)
        .filter(trait_values::key_id.eq(key_id))
        .filter(trait_values::identity_id.eq_any(own))
        .filter(trait_values::pinned_at.is_not_null())
        .set(trait_values::pinned_at.eq(None::<Timestamp>))
        .execute(conn)
        .map(|_| ())
}

fn own(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<IdentityId>> {
    identities::table
        .filter(identities::contact_id.eq(contact))
        .select(identities::id)
        .load(conn)
}

fn put(
    conn: &mut Conn,
    identity_id: IdentityId,
    key_id: TraitKeyId,
    value: &str,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(trait_values::table)
        .values((
            trait_values::identity_id.eq(identity_id),
            trait_values::key_id.eq(key_id),
            trait_values::source_id.eq(CRM_SOURCE),
            trait_values::value.eq(value),
            trait_values::at.eq(now),
        ))
        .on_conflict((
            trait_values::identity_id,
            trait_values::key_id,
            trait_values::source_id,
        ))
        .do_update()
        .set((trait_values::value.eq(value), trait_values::at.eq(now)))
        .portable()
        .execute(conn)
        .map(|_| ())
}

/// Also what was typed on a contact that was merged into this one.
fn take_back(conn: &mut Conn, contact: ContactId, key_id: TraitKeyId) -> QueryResult<()> {
    let own = own(conn, contact)?;
    diesel::delete(trait_values::table)
        .filter(trait_values::key_id.eq(key_id))
        .filter(trait_values::source_id.eq(CRM_SOURCE))
        .filter(trait_values::identity_id.eq_any(own))
        .execute(conn)
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_keys_read_like_words() {
        for (json, words) in [
            ("\"Harbour\"", "Harbour"),
            ("true", "Yes"),
            ("4120.5", "4120.5"),
            ("[\"a\",1]", "a, 1"),
            ("{\"a\":1}", "{\"a\":1}"),
            ("not json", "not json"),
        ] {
            assert_eq!(shown(json), words);
        }
        assert_eq!(label_of("planName", ""), "Plan name");
        assert_eq!(label_of("address.postalCode", ""), "Address postal code");
        assert_eq!(label_of("mrr", "MRR"), "MRR");
    }
}
