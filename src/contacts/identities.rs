//! Identifiers of contacts. People add and remove addresses and numbers; the other namespaces come from events.
//! One value belongs to one contact: a second claim is refused with the way to the first.

use diesel::prelude::*;

use super::model::{By, Contact};
use super::refusal::Refusal;
use super::store;
use crate::accounts::{Action, seen};
use crate::base::ids::{CRM_SOURCE, ContactId, IdentityId, SourceId};
use crate::base::{Timestamp, phone};
use crate::db::Conn;
use crate::db::schema::{contacts, identities};
use crate::insert_missing;

/// Identifiers read for one page.
const MOST: i64 = 200;

/// An identifier as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = identities)]
pub struct Identity {
    /// Id.
    pub id: IdentityId,
    /// Whose it is.
    pub contact_id: ContactId,
    /// `email`, `phone`, `user_id`, `anonymous_id`, `device`, `external:…`, `record`.
    pub namespace: String,
    /// Normalised.
    pub value: String,
    /// As it was given, where that differs.
    pub shown: String,
    /// "Work", "Home".
    pub label: String,
    /// Whether it is the one to use, among those of its namespace.
    pub is_primary: bool,
    /// Whether several people use it.
    pub is_shared: bool,
    /// Where it came from.
    pub source_id: SourceId,
    /// First event; zero: none.
    pub first_seen_at: Timestamp,
    /// Last event; zero: none.
    pub last_seen_at: Timestamp,
    /// Events under it.
    pub event_count: i64,
    /// Page views under it.
    pub page_count: i64,
    /// Visits under it.
    pub session_count: i64,
}

impl Identity {
    /// For people: numbers with their spaces, long machine ids shortened.
    pub fn words(&self) -> String {
        match self.namespace.as_str() {
            "phone" => phone::shown(&self.value),
            "email" => self.value.clone(),
            _ => short(&self.value),
        }
    }

    /// Whether a machine made it up.
    pub fn is_code(&self) -> bool {
        !matches!(self.namespace.as_str(), "email" | "phone")
    }

    /// Whether a person can take it away.
    pub fn is_by_hand(&self) -> bool {
        !self.is_code()
    }
}

/// An identifier to be stored.
#[derive(Debug, Clone)]
pub struct NewIdentity {
    /// Whose.
    pub contact_id: ContactId,
    /// Namespace.
    pub namespace: String,
    /// Normalised value.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// Whether it is the one to use.
    pub is_primary: bool,
    /// Where it came from.
    pub source_id: SourceId,
    /// Now.
    pub now: Timestamp,
}

impl NewIdentity {
    /// One that a person gives a contact.
    pub fn by_hand(contact_id: ContactId, namespace: &str, value: &str, now: Timestamp) -> Self {
        Self {
            contact_id,
            namespace: namespace.to_owned(),
            value: value.to_owned(),
            label: String::new(),
            is_primary: false,
            source_id: CRM_SOURCE,
            now,
        }
    }
}

/// What to call a contact: an unknown visitor by the id it was given.
pub fn named(contact: &Contact, identities: &[Identity]) -> String {
    match identities.iter().find(|i| i.namespace == "anonymous_id") {
        Some(code) if !contact.is_known => format!("Visitor {}", code.words()),
        _ => contact.shown(),
    }
}

/// The same, for pages that know the id alone. None where there is no such contact (any more).
pub fn name_of(conn: &mut Conn, id: ContactId) -> QueryResult<Option<String>> {
    let Some(contact) = store::live(conn, id)? else {
        return Ok(None);
    };
    let identities = of(conn, id)?;
    Ok(Some(named(&contact, &identities)))
}

#[derive(Debug, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
struct Row {
    contact_id: ContactId,
    namespace: String,
    value: String,
    shown: &'static str,
    label: String,
    is_primary: bool,
    is_shared: bool,
    source_id: SourceId,
    created_at: Timestamp,
    first_seen_at: Timestamp,
    last_seen_at: Timestamp,
    event_count: i64,
    page_count: i64,
    session_count: i64,
}

impl From<&NewIdentity> for Row {
    fn from(new: &NewIdentity) -> Self {
        Self {
            contact_id: new.contact_id,
            namespace: new.namespace.clone(),
            value: new.value.clone(),
            shown: "",
            label: new.label.clone(),
            is_primary: new.is_primary,
            is_shared: false,
            source_id: new.source_id,
            created_at: new.now,
            first_seen_at: Timestamp::ZERO,
            last_seen_at: Timestamp::ZERO,
            event_count: 0,
            page_count: 0,
            session_count: 0,
        }
    }
}

/// Identifiers of a contact, the primary ones first, without its own `record`.
pub fn of(conn: &mut Conn, contact: ContactId) -> QueryResult<Vec<Identity>> {
    Identity::query()
        .filter(identities::contact_id.eq(contact))
        .filter(identities::namespace.ne("record"))
        .order((identities::is_primary.desc(), identities::id))
        .limit(MOST)
        .load(conn)
}

/// Whose a value is.
pub fn holder(conn: &mut Conn, namespace: &str, value: &str) -> QueryResult<Option<ContactId>> {
    identities::table
        .filter(identities::value.eq(value))
        .filter(identities::namespace.eq(namespace))
        .select(identities::contact_id)
        .first(conn)
        .optional()
}

/// Whether a contact has an identifier of a namespace.
pub fn has(conn: &mut Conn, contact: ContactId, namespace: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        identities::table
            .filter(identities::contact_id.eq(contact))
            .filter(identities::namespace.eq(namespace)),
    ))
    .get_result(conn)
}

/// Refuses a value that another contact has, naming that contact to who may see it.
pub fn check_free(
    conn: &mut Conn,
    namespace: &'static str,
    value: &str,
    own: Option<ContactId>,
    by: &By,
) -> Result<(), Refusal> {
    let Some(holder) = holder(conn, namespace, value)?.filter(|id| Some(*id) != own) else {
        return Ok(());
    };
    let holder = store::survivor(conn, holder)?;
    let Some(contact) = store::find(conn, holder)? else {
        return Ok(());
    };
    if !seen::contact(conn, &by.access, Action::Read, holder.0)? {
        let why = "A contact that you may not see has this already.";
        return Err(Refusal::invalid(namespace, why));
    }
    Err(Refusal::Taken {
        namespace,
        value: value.to_owned(),
        holder,
        name: contact.shown(),
        is_in_trash: contact.deleted_at.is_some(),
    })
}

/// Stores an identifier.
pub fn insert(conn: &mut Conn, new: &NewIdentity) -> QueryResult<IdentityId> {
    diesel::insert_into(identities::table)
        .values(Row::from(new))
        .returning(identities::id)
        .get_result(conn)
}

/// Gives each contact the identity that stands for its own record, where it has none yet.
pub fn ensure_records(conn: &mut Conn, ids: &[ContactId], now: Timestamp) -> QueryResult<()> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    for chunk in ids.chunks(500) {
        let values: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        let found: Vec<String> = identities::table
            .filter(identities::value.eq_any(&values))
            .filter(identities::namespace.eq("record"))
            .select(identities::value)
            .load(conn)?;
        let new: Vec<Row> = chunk
            .iter()
            .zip(values)
            .filter(|(_, value)| !found.contains(value))
            .map(|(id, value)| Row::from(&NewIdentity::by_hand(*id, "record", &value, now)))
            .collect();
        insert_missing!(conn, identities::table, &new);
    }
    Ok(())
}

/// Removes an identifier under which nothing ever happened; one with events stays, as nobody's primary.
pub fn remove(conn: &mut Conn, id: IdentityId) -> QueryResult<()> {
    diesel::delete(identities::table.filter(identities::id.eq(id)))
        .execute(conn)
        .map(|_| ())
}

/// Makes one identifier the primary of its namespace, and mirrors it on the contact's row.
pub fn set_primary(
    conn: &mut Conn,
    contact: ContactId,
    namespace: &str,
    id: Option<IdentityId>,
) -> QueryResult<Option<String>> {
    diesel::update(identities::table)
        .filter(identities::contact_id.eq(contact))
        .filter(identities::namespace.eq(namespace))
        .set(identities::is_primary.eq(false))
        .execute(conn)?;
    let mut value: Option<String> = None;
    if let Some(id) = id {
        value = diesel::update(identities::table.filter(identities::id.eq(id)))
            .set(identities::is_primary.eq(true))
            .returning(identities::value)
            .get_result(conn)
            .optional()?;
    }
    let row = contacts::table.filter(contacts::id.eq(contact));
    match namespace {
        "email" => diesel::update(row)
            .set(contacts::email.eq(&value))
            .execute(conn)?,
        "phone" => diesel::update(row)
            .set(contacts::phone.eq(&value))
            .execute(conn)?,
        _ => 0,
    };
    Ok(value)
}

/// Identities came or went: the address and the number on the contact's row are its own again, and marked as the primary ones.
pub(super) fn mend_primary(conn: &mut Conn, contact: ContactId) -> QueryResult<()> {
    let Some(row) = store::find(conn, contact)? else {
        return Ok(());
    };
    for (namespace, shown) in [("email", row.email), ("phone", row.phone)] {
        let Some(shown) = shown else { continue };
        let own: Vec<(IdentityId, String, bool)> = identities::table
            .filter(identities::contact_id.eq(contact))
            .filter(identities::namespace.eq(namespace))
            .order((identities::is_primary.desc(), identities::id))
            .select((identities::id, identities::value, identities::is_primary))
            .load(conn)?;
        let right = own.iter().find(|(_, value, _)| *value == shown);
        let marked = own.iter().filter(|(_, _, is_primary)| *is_primary).count();
        if right.is_some_and(|(_, _, is_primary)| *is_primary && marked == 1) {
            continue;
        }
        let next = right.or(own.first()).map(|(id, _, _)| *id);
        set_primary(conn, contact, namespace, next)?;
    }
    Ok(())
}

pub(super) fn short(value: &str) -> String {
    let count = value.chars().count();
    if count <= 16 {
        return value.to_owned();
    }
    let (head, tail) = (value.chars().take(4), value.chars().skip(count - 4));
    head.chain(['…']).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_ids_are_shortened_by_characters() {
        assert_eq!(short("7f3a0000-1111-2222-3333-44445555c91e"), "7f3a…c91e");
        assert_eq!(short("u_48213"), "u_48213");
        assert_eq!(short(&"名".repeat(10_000)), "名名名名…名名名名");
    }
}
