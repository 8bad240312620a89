//! Choosing the shown values of contacts anew, out of all claims that hang on their identities now: after a person typed,
//! pinned or merged, and when a rule changed. The enrichment worker follows the same order, claim by claim.

use std::collections::HashMap;

use diesel::prelude::*;

use super::fields::{Object, index};
use super::model::{self, Contact, Field};
use super::survivorship::{Claim, Order};
use super::{rules, said, store, words};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, IdentityId, SourceId};
use crate::db::Conn;
use crate::db::dialect::upsert;
use crate::db::schema::{contacts as contacts_table, identities, trait_keys, trait_values, traits};

/// Claims of each contact and key.
type Claims = HashMap<(i64, i64), Vec<Claim>>;

/// Puts the winners of `keys` among a contact's claims into its traits.
pub fn choose(conn: &mut Conn, contact: ContactId, keys: &[i64]) -> QueryResult<()> {
    choose_all(conn, &[contact], keys)
}

/// As [`choose`], for some hundred contacts.
pub fn choose_all(conn: &mut Conn, contacts: &[ContactId], keys: &[i64]) -> QueryResult<()> {
    if keys.is_empty() || contacts.is_empty() {
        return Ok(());
    }
    let order = rules::load(conn)?;
    let declared = index::Declared::load(conn, Object::Contact)?;
    let claims = claims(conn, contacts, keys)?;
    let winners = winners(&order, &claims);
    hide(conn, contacts, keys, &winners)?;
    let rows: Vec<upsert::Trait<'_>> = winners
        .iter()
        .map(|((contact, key), claim)| upsert::Trait {
            contact_id: *contact,
            key_id: *key,
            value: &claim.value,
            source_id: claim.source_id.0,
            identity_id: claim.identity_id.0,
            at: claim.at.0,
            is_pinned: claim.pinned_at.is_some(),
        })
        .collect();
    upsert::traits(conn, &rows)?;
    let shown: HashMap<(i64, i64), &str> = winners
        .iter()
        .map(|(place, claim)| (*place, claim.value.as_str()))
        .collect();
    let all = contacts.iter().flat_map(|contact| {
        keys.iter()
            .map(|key| (contact.0, *key, shown.get(&(contact.0, *key)).copied()))
    });
    index::write(conn, &declared, all)
}

/// The winner of each contact and key, in the order in which rows lie.
fn winners<'a>(order: &Order, claims: &'a Claims) -> Vec<((i64, i64), &'a Claim)> {
    let mut winners: Vec<((i64, i64), &Claim)> = claims
        .iter()
        .filter_map(|(place, of_key)| Some((*place, order.winner(place.1, of_key)?)))
        .collect();
    winners.sort_unstable_by_key(|(place, _)| *place);
    winners
}

/// Takes away what nobody claims any more.
fn hide(
    conn: &mut Conn,
    contacts: &[ContactId],
    keys: &[i64],
    winners: &[((i64, i64), &Claim)],
) -> QueryResult<()> {
    let shown: Vec<(i64, i64)> = traits::table
        .filter(traits::contact_id.eq_any(contacts))
        .filter(traits::key_id.eq_any(keys))
        .select((traits::contact_id, traits::key_id))
        .load(conn)?;
    let is_won = |place: &(i64, i64)| winners.binary_search_by_key(place, |(p, _)| *p).is_ok();
    for (contact, key) in shown.into_iter().filter(|place| !is_won(place)) {
        diesel::delete(
            traits::table
                .filter(traits::contact_id.eq(contact))
                .filter(traits::key_id.eq(key)),
        )
        .execute(conn)?;
    }
    Ok(())
}

/// What is claimed of contacts.
fn claims(conn: &mut Conn, contacts: &[ContactId], keys: &[i64]) -> QueryResult<Claims> {
    type Row = (
        i64,
        i64,
        IdentityId,
        SourceId,
        String,
        Timestamp,
        Option<Timestamp>,
    );
    let rows: Vec<Row> = trait_values::table
        .inner_join(identities::table.on(identities::id.eq(trait_values::identity_id)))
        .filter(identities::contact_id.eq_any(contacts))
        .filter(trait_values::key_id.eq_any(keys))
        .select((
            identities::contact_id,
            trait_values::key_id,
            trait_values::identity_id,
            trait_values::source_id,
            trait_values::value,
            trait_values::at,
            trait_values::pinned_at,
        ))
        .load(conn)?;
    let mut claims = Claims::new();
    for (contact, key, identity_id, source_id, value, at, pinned_at) in rows {
        claims.entry((contact, key)).or_default().push(Claim {
            identity_id,
            source_id,
            value,
            at,
            pinned_at,
        });
    }
    Ok(claims)
}

/// Brings the columns of contacts up to date with the shown values of those of `keys` that are columns, and the search with
/// them. What nobody claims stays as it is.
pub fn project(conn: &mut Conn, contacts: &[ContactId], keys: &[i64]) -> QueryResult<()> {
    let columns: Vec<(i64, String)> = trait_keys::table
        .filter(trait_keys::object.eq(Object::Contact))
        .filter(trait_keys::key.eq_any(Field::ALL.iter().map(|field| field.trait_key())))
        .select((trait_keys::id, trait_keys::key))
        .load(conn)?;
    let columns: HashMap<i64, Field> = columns
        .into_iter()
        .filter(|(id, _)| keys.contains(id))
        .filter_map(|(id, key)| Some((id, Field::of_trait(&key)?)))
        .collect();
    if columns.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, i64, String)> = traits::table
        .filter(traits::contact_id.eq_any(contacts))
        .filter(traits::key_id.eq_any(columns.keys()))
        .select((traits::contact_id, traits::key_id, traits::value))
        .load(conn)?;
    let standing: Vec<Contact> = Contact::query()
        .filter(contacts_table::id.eq_any(contacts))
        .load(conn)?;
    let standing: HashMap<i64, Contact> = standing.into_iter().map(|c| (c.id.0, c)).collect();
    let mut changed = Vec::new();
    for (id, key, json) in rows {
        let (Some(contact), Some(field)) = (standing.get(&id), columns.get(&key)) else {
            continue;
        };
        let Ok(value) = field.clean(&said::shown(&json)) else {
            continue;
        };
        if value.is_empty() || value == field.of(contact) {
            continue;
        }
        store::set_column(conn, contact.id, *field, &value)?;
        if *field == Field::Name {
            let (email, phone) = (contact.email.as_deref(), contact.phone.as_deref());
            let sorted = model::sort_name(&value, email, phone);
            diesel::update(contacts_table::table.filter(contacts_table::id.eq(contact.id)))
                .set(contacts_table::sort_name.eq(sorted))
                .execute(conn)?;
        }
        if contact.deleted_at.is_none() {
            changed.push(contact.id);
        }
    }
    words::refresh_all(conn, &changed)
}

/// Takes all shown values of a contact that lives on in another, and gives their keys.
pub fn give_up(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<i64>> {
    let keys: Vec<i64> = traits::table
        .filter(traits::contact_id.eq(contact))
        .select(traits::key_id)
        .load(conn)?;
    diesel::delete(traits::table.filter(traits::contact_id.eq(contact))).execute(conn)?;
    index::forget(conn, contact)?;
    Ok(keys)
}
