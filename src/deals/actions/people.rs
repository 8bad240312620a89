//! Who is on a deal, and what they are to it.

use diesel::prelude::*;
use serde_json::json;

use super::super::model::Deal;
use super::super::refusal::Refusal;
use super::super::store;
use super::take;
use crate::accounts::{Action, seen};
use crate::base::ids::{ContactId, DealId};
use crate::base::text;
use crate::contacts::{By, store as contacts};
use crate::db::Conn;
use crate::db::schema::deal_contacts;
use crate::timeline::{self, About, EntryKind, NewEntry};

/// People on one deal.
const MOST: usize = 200;

/// Puts somebody on a deal, or changes their role.
pub fn add_contact(
    conn: &mut Conn,
    id: DealId,
    contact: ContactId,
    role: &str,
    by: &By,
) -> Result<(), Refusal> {
    let deal = take(conn, id, by)?;
    if store::contact_ids(conn, id)?.len() >= MOST {
        return Err(Refusal::invalid(
            "contact",
            "A deal has at most 200 people.",
        ));
    }
    join(conn, &deal, contact, role, by)
}

/// Says what somebody is to a deal.
pub fn set_role(
    conn: &mut Conn,
    id: DealId,
    contact: ContactId,
    role: &str,
    by: &By,
) -> Result<(), Refusal> {
    take(conn, id, by)?;
    let role = text::line(role, 60);
    let was = store::role_of(conn, id, contact)?.ok_or(Refusal::Missing)?;
    if was == role {
        return Ok(());
    }
    diesel::update(row(id, contact))
        .set(deal_contacts::role.eq(&role))
        .execute(conn)?;
    let name = name(conn, contact)?;
    let data = json!({ "label": format!("Role of {name}"), "from": was, "to": role });
    super::tell(conn, id, EntryKind::Changed, by, data)?;
    Ok(())
}

/// Takes somebody off a deal. Gives the role they had.
pub fn remove_contact(
    conn: &mut Conn,
    id: DealId,
    contact: ContactId,
    by: &By,
) -> Result<String, Refusal> {
    let deal = take(conn, id, by)?;
    let role = store::role_of(conn, id, contact)?.ok_or(Refusal::Missing)?;
    diesel::delete(row(id, contact)).execute(conn)?;
    tell(conn, &deal, contact, EntryKind::DealLeft, "", by)?;
    Ok(role)
}

pub(super) fn join(
    conn: &mut Conn,
    deal: &Deal,
    contact: ContactId,
    role: &str,
    by: &By,
) -> Result<(), Refusal> {
    let gone = || Refusal::invalid("contact", "This contact is no longer there.");
    let found = contacts::find(conn, contact)?.ok_or_else(gone)?;
    let contact = match found.merged_into {
        Some(into) => contacts::survivor(conn, into)?,
        None => found.id,
    };
    let is_seen = seen::contact(conn, &by.access, Action::Read, contact.0)?;
    if !is_seen || contacts::live(conn, contact)?.is_none() {
        return Err(gone());
    }
    let role = text::line(role, 60);
    if store::role_of(conn, deal.id, contact)?.is_some() {
        if !role.is_empty() {
            diesel::update(row(deal.id, contact))
                .set(deal_contacts::role.eq(&role))
                .execute(conn)?;
        }
        return Ok(());
    }
    diesel::insert_into(deal_contacts::table)
        .values((
            deal_contacts::deal_id.eq(deal.id),
            deal_contacts::contact_id.eq(contact),
            deal_contacts::role.eq(&role),
            deal_contacts::created_at.eq(by.now),
        ))
        .execute(conn)?;
    // Whoever is there from the beginning reads that the deal was made.
    if deal.created_at != by.now || deal.revision > 1 {
        tell(conn, deal, contact, EntryKind::DealJoined, &role, by)?;
    }
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn row(id: DealId, contact: ContactId) -> _ {
    deal_contacts::table
        .filter(deal_contacts::deal_id.eq(id))
        .filter(deal_contacts::contact_id.eq(contact))
}

fn name(conn: &mut Conn, contact: ContactId) -> QueryResult<String> {
    let found = contacts::find(conn, contact)?;
    Ok(found.map_or_else(String::new, |contact| contact.shown()))
}

fn tell(
    conn: &mut Conn,
    deal: &Deal,
    contact: ContactId,
    kind: EntryKind,
    role: &str,
    by: &By,
) -> QueryResult<()> {
    let name = name(conn, contact)?;
    let data = json!({ "contact": name, "contact_id": contact, "role": role });
    super::tell(conn, deal.id, kind, by, data)?;
    let data = json!({ "deal": deal.title, "deal_id": deal.id, "role": role });
    let own = NewEntry::by(About::Contact(contact), kind, by.user, by.now, data);
    timeline::add(conn, &own)
}
