//! Every change of a contact by a person or a program: checked, made, told on the timeline, searchable, in one transaction.

mod addresses;
mod change;
mod create;
mod meet;
mod moves;

use diesel::prelude::*;
use serde_json::Value;

use super::identities;
use super::model::{self, By, Contact, Stage};
use super::refusal::Refusal;
use super::{store, words};
use crate::accounts::audit;
use crate::base::ids::ContactId;
use crate::db::Conn;
use crate::db::schema::contacts;
use crate::timeline::{self, About, EntryKind, NewEntry};

pub use addresses::{add_identity, normalised, remove_identity, set_primary};
pub use change::{Change, change, pin, set_field, set_fields, set_trait};
pub use create::create;
pub use meet::meet;
pub use moves::{delete, restore, set_owner, set_stage, tag, untag};

/// Takes the contact for a change that another noun makes.
pub fn touch(conn: &mut Conn, id: ContactId, by: &By) -> Result<Contact, Refusal> {
    take(conn, id, by)
}

/// Takes the contact for this transaction; says where it went if it is gone.
pub(super) fn take(conn: &mut Conn, id: ContactId, by: &By) -> Result<Contact, Refusal> {
    if let Some(contact) = store::take(conn, id, by.now)? {
        return Ok(contact);
    }
    match store::find(conn, id)?.and_then(|contact| contact.merged_into) {
        Some(into) => Err(Refusal::Merged(store::survivor(conn, into)?)),
        None => Err(Refusal::Missing),
    }
}

pub(in crate::contacts) fn tell(
    conn: &mut Conn,
    id: ContactId,
    kind: EntryKind,
    by: &By,
    data: Value,
) -> QueryResult<()> {
    let entry = NewEntry::by(About::Contact(id), kind, by.user, by.now, data);
    timeline::add(conn, &entry)?;
    let (action, object) = (format!("contact.{kind}"), Some(("contact", id.0)));
    audit::record(conn, &by.audited(), &action, object, &entry.words(), by.now)
}

/// After a change: whether it is known, what it sorts by, its words in the search.
pub(super) fn settle(conn: &mut Conn, id: ContactId) -> Result<Contact, Refusal> {
    let contact = store::live(conn, id)?.ok_or(Refusal::Missing)?;
    let has_something = !contact.name.is_empty()
        || contact.email.is_some()
        || contact.phone.is_some()
        || identities::has(conn, id, "user_id")?;
    if contact.is_known && !has_something {
        return Err(Refusal::invalid(
            "name",
            "A contact needs a name, an e-mail address or a phone number.",
        ));
    }
    let stage = match contact.stage {
        Stage::Visitor if has_something => Stage::Lead,
        stage => stage,
    };
    let sort_name = model::sort_name(
        &contact.name,
        contact.email.as_deref(),
        contact.phone.as_deref(),
    );
    diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .set((
            contacts::is_known.eq(has_something),
            contacts::stage.eq(stage),
            contacts::sort_name.eq(sort_name),
        ))
        .execute(conn)?;
    words::refresh(conn, id)?;
    Ok(contact)
}
