//! Whom a mail comes from: found by any address it has, or made by the house itself. Nothing is claimed of somebody who
//! only wrote: whatever a person types or a source says later counts more than a mail's display name.

use diesel::prelude::*;
use serde_json::json;

use crate::base::ids::{CRM_SOURCE, ContactId};
use crate::base::{EmailAddress, Timestamp, text};
use crate::contacts::identities::{self, NewIdentity};
use crate::contacts::model::{self, Stage};
use crate::contacts::{companies, store, words};
use crate::db::Conn;
use crate::db::schema::{company_people, contacts};
use crate::timeline::{self, EntryKind, NewEntry};

/// The contact that has an address, made where nobody has it; a name is taken where there is none yet. `by` says in the
/// story what made it ("an e-mail").
pub fn meet(
    conn: &mut Conn,
    email: &EmailAddress,
    name: &str,
    by: &str,
    now: Timestamp,
) -> QueryResult<ContactId> {
    let name = text::line(name, 300);
    if let Some(holder) = identities::holder(conn, "email", email.as_str())? {
        let id = store::survivor(conn, holder)?;
        call(conn, id, &name, now)?;
        return Ok(id);
    }
    let id = insert(conn, email, &name, now)?;
    let mut identity = NewIdentity::by_hand(id, "email", email.as_str(), now);
    identity.is_primary = true;
    identities::insert(conn, &identity)?;
    timeline::add(
        conn,
        &NewEntry {
            contact_id: Some(id),
            company_id: None,
            deal_id: None,
            at: now,
            kind: EntryKind::Created,
            actor_id: None,
            subject_id: None,
            data: json!({ "by": by }),
        },
    )?;
    words::refresh(conn, id)?;
    Ok(id)
}

fn insert(
    conn: &mut Conn,
    email: &EmailAddress,
    name: &str,
    now: Timestamp,
) -> QueryResult<ContactId> {
    let company = companies::store::by_email_domain(conn, email.domain())?;
    let id = diesel::insert_into(contacts::table)
        .values((
            (
                contacts::is_known.eq(true),
                contacts::is_person_owned.eq(false),
                contacts::name.eq(name),
                contacts::sort_name.eq(model::sort_name(name, Some(email.as_str()), None)),
                contacts::given_name.eq(""),
                contacts::family_name.eq(""),
                contacts::job_title.eq(""),
                contacts::email.eq(email.as_str()),
                contacts::stage.eq(Stage::Lead),
                contacts::company_id.eq(company),
            ),
            (
                contacts::street.eq(""),
                contacts::city.eq(""),
                contacts::region.eq(""),
                contacts::postal_code.eq(""),
                contacts::country.eq(""),
                contacts::time_zone.eq(""),
                contacts::language.eq(""),
                contacts::source_id.eq(CRM_SOURCE),
                contacts::revision.eq(1),
                contacts::created_at.eq(now),
                contacts::updated_at.eq(now),
                contacts::last_seen_at.eq(now),
            ),
        ))
        .returning(contacts::id)
        .get_result(conn)?;
    if let Some(company) = company {
        diesel::insert_into(company_people::table)
            .values((
                company_people::company_id.eq(company),
                company_people::contact_id.eq(id),
                company_people::role.eq(""),
                company_people::is_primary.eq(true),
                company_people::source_id.eq(CRM_SOURCE),
            ))
            .execute(conn)?;
    }
    Ok(id)
}

/// Gives a nameless contact the name of the mail.
fn call(conn: &mut Conn, id: ContactId, name: &str, now: Timestamp) -> QueryResult<()> {
    if name.is_empty() {
        return Ok(());
    }
    let named = diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .filter(contacts::name.eq(""))
        .filter(contacts::deleted_at.is_null())
        .set((
            contacts::name.eq(name),
            contacts::sort_name.eq(text::fold(name)),
            contacts::updated_at.eq(now),
        ))
        .execute(conn)?;
    if named > 0 {
        words::refresh(conn, id)?;
    }
    Ok(())
}
