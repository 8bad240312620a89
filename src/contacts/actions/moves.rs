//! Who looks after a contact, how far it has come, its tags, the trash.

use diesel::prelude::*;
use serde_json::json;

use super::{take, tell};
use crate::base::ids::{ContactId, TagId, UserId};
use crate::contacts::model::{By, Contact, Stage};
use crate::contacts::refusal::Refusal;
use crate::contacts::{purge, store, tags, words};
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::timeline::EntryKind;

/// Gives a contact to somebody, or to nobody.
pub fn set_owner(
    conn: &mut Conn,
    id: ContactId,
    owner: Option<UserId>,
    by: &By,
) -> Result<Contact, Refusal> {
    if let Some(owner) = owner
        && !store::is_user(conn, owner)?
    {
        return Err(Refusal::invalid("owner", "Choose somebody who works here."));
    }
    let contact = take(conn, id, by)?;
    if contact.owner_id == owner {
        return Ok(contact);
    }
    diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .set(contacts::owner_id.eq(owner))
        .execute(conn)?;
    let names = store::user_names(conn, contact.owner_id.into_iter().chain(owner))?;
    let name = |user: Option<UserId>| user.and_then(|user| names.get(&user));
    let data = json!({ "from": name(contact.owner_id), "to": name(owner) });
    tell(conn, id, EntryKind::Owner, by, data)?;
    Ok(contact)
}

/// Moves a contact along. Gives the contact as it was.
pub fn set_stage(
    conn: &mut Conn,
    id: ContactId,
    stage: Stage,
    by: &By,
) -> Result<Contact, Refusal> {
    let contact = take(conn, id, by)?;
    if contact.stage == stage {
        return Ok(contact);
    }
    if !contact.is_known {
        return Err(Refusal::invalid(
            "stage",
            "A visitor gets a stage once there is a name, an address or a number.",
        ));
    }
    diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .set(contacts::stage.eq(stage))
        .execute(conn)?;
    let data = json!({ "from": contact.stage.label(), "to": stage.label() });
    tell(conn, id, EntryKind::Stage, by, data)?;
    Ok(contact)
}

/// Puts a tag on, made where it is new; `None` where it was there already.
pub fn tag(conn: &mut Conn, id: ContactId, name: &str, by: &By) -> Result<Option<TagId>, Refusal> {
    take(conn, id, by)?;
    let Some(tag) = tags::named(conn, name, by.now)? else {
        return Err(Refusal::invalid("tag", "Write the tag."));
    };
    if tags::of_contact(conn, id)?.len() >= tags::MOST_PER_RECORD {
        return Err(Refusal::invalid(
            "tag",
            "Fifty tags are enough for one contact.",
        ));
    }
    if !tags::put(conn, id, tag.id)? {
        return Ok(None);
    }
    tell(conn, id, EntryKind::Tagged, by, json!({ "tag": tag.name }))?;
    Ok(Some(tag.id))
}

/// Takes a tag off.
pub fn untag(conn: &mut Conn, id: ContactId, tag: TagId, by: &By) -> Result<(), Refusal> {
    take(conn, id, by)?;
    let Some(tag) = tags::find(conn, tag)? else {
        return Err(Refusal::Missing);
    };
    if tags::take_off(conn, id, tag.id)? {
        tell(
            conn,
            id,
            EntryKind::Untagged,
            by,
            json!({ "tag": tag.name }),
        )?;
    }
    Ok(())
}

/// To the trash. What arrives for it meanwhile is kept with it.
pub fn delete(conn: &mut Conn, id: ContactId, by: &By) -> Result<Contact, Refusal> {
    let contact = take(conn, id, by)?;
    diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .set(contacts::deleted_at.eq(Some(by.now)))
        .execute(conn)?;
    tell(conn, id, EntryKind::Deleted, by, json!({}))?;
    words::remove(conn, id)?;
    Ok(contact)
}

/// Back from the trash.
pub fn restore(conn: &mut Conn, id: ContactId, by: &By) -> Result<Contact, Refusal> {
    let restored = diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .filter(contacts::deleted_at.ge(purge::limit(by.now)))
        .filter(contacts::merged_into.is_null())
        .set((
            contacts::deleted_at.eq(None::<i64>),
            contacts::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    if restored > 0 {
        tell(conn, id, EntryKind::Restored, by, json!({}))?;
        words::refresh(conn, id)?;
    }
    store::live(conn, id)?.ok_or(Refusal::Missing)
}
