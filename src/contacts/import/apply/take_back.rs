//! An import taken back, some rows at a time: what it made goes, what it changed is as before, and what anybody touched
//! since stays and is listed.

use std::collections::HashSet;

use diesel::prelude::*;

use super::super::model::{Outcome, RowDone};
use super::before::{Before, Columns};
use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, CompanyId, ContactId, IdentityId, ImportId, TagId};
use crate::contacts::model::{self, By, Contact};
use crate::contacts::{choose, companies, fields, identities as own, words};
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{
    activities, companies as company_rows, company_people, company_tags, contact_tags, contacts,
    identities, import_made, import_rows, imports, tags, timeline_entries, trait_values, traits,
};
use crate::db::{Conn, PortableExt};
use crate::timeline::{self, About, EntryKind, NewEntry};

/// Rows of one transaction.
const CHUNK: i64 = 100;

/// Says which of some contacts a slice to the right keeps something of since a moment.
pub type Keeper = fn(&mut Conn, &[ContactId], Timestamp) -> QueryResult<Vec<ContactId>>;

/// What slices to the right have to do with it.
#[derive(Debug, Clone)]
pub struct Keepers {
    /// Who keeps something of contacts.
    pub touched: Vec<Keeper>,
    /// Takes deals away that nobody touched.
    pub remove_deals: fn(&mut Conn, &[i64], &By) -> QueryResult<()>,
}

/// Takes some rows back; false once none is left.
pub fn take_back(
    conn: &mut Conn,
    import: ImportId,
    keepers: &Keepers,
    by: &By,
) -> QueryResult<bool> {
    if take_back_deals(conn, import, keepers, by)? {
        return Ok(true);
    }
    let (started, position): (Option<Timestamp>, i64) = imports::table
        .filter(imports::id.eq(import))
        .select((imports::started_at, imports::position))
        .first(conn)?;
    let rows: Vec<RowDone> = RowDone::query()
        .filter(import_rows::import_id.eq(import))
        .filter(import_rows::line.le(position))
        .filter(import_rows::outcome.eq_any([Outcome::Created, Outcome::Updated]))
        .order(import_rows::line.desc())
        .limit(CHUNK)
        .load(conn)?;
    if rows.is_empty() {
        return take_back_made(conn, import);
    }
    let ids: Vec<ContactId> = rows.iter().filter_map(|row| row.contact_id).collect();
    let kept = touched(conn, &ids, started.unwrap_or_default(), keepers)?;
    let mut stayed = 0;
    let mut changed = Vec::new();
    for row in &rows {
        let why = row
            .contact_id
            .and_then(|id| stays(conn, row, id, &kept).transpose())
            .transpose()?;
        let outcome = if why.is_some() {
            Outcome::Kept
        } else {
            Outcome::Undone
        };
        match (row.contact_id, &why) {
            (Some(id), None) if row.outcome == Outcome::Created => remove(conn, id)?,
            (Some(id), None) => {
                put_back(conn, row, id, by)?;
                changed.push(id);
            }
            _ => stayed += 1,
        }
        diesel::update(import_rows::table)
            .filter(import_rows::import_id.eq(import))
            .filter(import_rows::line.eq(row.line))
            .set((
                import_rows::outcome.eq(outcome),
                import_rows::reason.eq(why.unwrap_or_default()),
            ))
            .execute(conn)?;
    }
    words::refresh_all(conn, &changed)?;
    diesel::update(imports::table.filter(imports::id.eq(import)))
        .set((
            imports::kept.eq(imports::kept + stayed),
            imports::position.eq(rows.last().map_or(0, |row| row.line - 1)),
        ))
        .execute(conn)?;
    Ok(true)
}

/// Contacts with which something happened since.
fn touched(
    conn: &mut Conn,
    ids: &[ContactId],
    since: Timestamp,
    keepers: &Keepers,
) -> QueryResult<HashSet<ContactId>> {
    let acted: Vec<ContactId> = identities::table
        .filter(identities::contact_id.eq_any(ids))
        .filter(identities::last_seen_at.gt(since))
        .select(identities::contact_id)
        .load(conn)?;
    let mut touched: HashSet<ContactId> = acted.into_iter().collect();
    for keeper in &keepers.touched {
        touched.extend(keeper(conn, ids, since)?);
    }
    Ok(touched)
}

/// Why a contact stays, if it does.
fn stays(
    conn: &mut Conn,
    row: &RowDone,
    id: ContactId,
    touched: &HashSet<ContactId>,
) -> QueryResult<Option<String>> {
    let contact: Option<Contact> = Contact::query()
        .filter(contacts::id.eq(id))
        .first(conn)
        .optional()?;
    let Some(contact) = contact else {
        return Ok(Some("It is gone already.".to_owned()));
    };
    if contact.merged_into.is_some() {
        return Ok(Some("It was merged into another contact.".to_owned()));
    }
    if contact.revision != row.revision {
        return Ok(Some("Somebody changed it since.".to_owned()));
    }
    if touched.contains(&id) {
        return Ok(Some(
            "There are newer events, deals, tickets or mails.".to_owned(),
        ));
    }
    let noted: Option<i64> = serde_json::from_str(&row.data)
        .ok()
        .and_then(|before: Before| before.note);
    let at: Option<Timestamp> = activities::table
        .filter(activities::contact_id.eq(id))
        .filter(activities::contact_id.is_not_null())
        .filter(activities::deleted_at.is_null())
        .filter(activities::id.ne(noted.unwrap_or(0)))
        .select(diesel::dsl::max(activities::updated_at))
        .first(conn)?;
    let is_newer = match row.outcome {
        // Its own note came with it, and nobody can have written one before.
        Outcome::Created => at.is_some_and(|at| at > contact.created_at),
        _ => at.is_some_and(|at| at > contact.updated_at),
    };
    Ok(is_newer.then(|| "Somebody wrote a note or a task since.".to_owned()))
}

/// A contact as if it had never come.
fn remove(conn: &mut Conn, id: ContactId) -> QueryResult<()> {
    let own: Vec<IdentityId> = identities::table
        .filter(identities::contact_id.eq(id))
        .select(identities::id)
        .load(conn)?;
    diesel::delete(trait_values::table.filter(trait_values::identity_id.eq_any(own)))
        .execute(conn)?;
    diesel::delete(traits::table.filter(traits::contact_id.eq(id))).execute(conn)?;
    diesel::delete(identities::table.filter(identities::contact_id.eq(id))).execute(conn)?;
    diesel::delete(activities::table.filter(activities::contact_id.eq(id))).execute(conn)?;
    diesel::delete(timeline_entries::table.filter(timeline_entries::contact_id.eq(id)))
        .execute(conn)?;
    fields::index::forget(conn, id)?;
    search::put(conn, Kind::Contact, id.0, "")?;
    diesel::delete(contacts::table.filter(contacts::id.eq(id))).execute(conn)?;
    Ok(())
}

/// A contact as it was before a row changed it.
fn put_back(conn: &mut Conn, row: &RowDone, id: ContactId, by: &By) -> QueryResult<()> {
    let before: Before = serde_json::from_str(&row.data).unwrap_or_default();
    diesel::delete(trait_values::table)
        .filter(trait_values::identity_id.eq(before.record))
        .filter(trait_values::key_id.eq_any(&before.keys))
        .filter(trait_values::source_id.ne(CRM_SOURCE))
        .execute(conn)?;
    for (identity, key, source, value, at) in &before.claims {
        diesel::insert_into(trait_values::table)
            .values((
                trait_values::identity_id.eq(identity),
                trait_values::key_id.eq(key),
                trait_values::source_id.eq(source),
                trait_values::value.eq(value),
                trait_values::at.eq(at),
            ))
            .on_conflict_do_nothing()
            .portable()
            .execute(conn)?;
    }
    choose::choose(conn, id, &before.keys)?;
    for identity in &before.identities {
        own::remove(conn, IdentityId(*identity))?;
    }
    for namespace in ["email", "phone"] {
        let left = own::of(conn, id)?;
        if !left
            .iter()
            .any(|i| i.namespace == namespace && i.is_primary)
        {
            let next = left.iter().find(|i| i.namespace == namespace);
            own::set_primary(conn, id, namespace, next.map(|i| i.id))?;
        }
    }
    diesel::delete(contact_tags::table)
        .filter(contact_tags::contact_id.eq(id))
        .filter(contact_tags::tag_id.eq_any(&before.tags))
        .execute(conn)?;
    if let Some((company, main)) = before.company {
        diesel::delete(company_people::table)
            .filter(company_people::contact_id.eq(id))
            .filter(company_people::company_id.eq(company))
            .execute(conn)?;
        companies::people::make_primary(conn, main, id)?;
    }
    if let Some(note) = before.note {
        diesel::delete(activities::table.filter(activities::id.eq(note))).execute(conn)?;
    }
    columns(conn, before, row, id, by)?;
    let data = serde_json::json!({ "label": "Import", "from": "taken over", "to": "taken back" });
    let entry = NewEntry::by(
        About::Contact(id),
        EntryKind::Changed,
        by.user,
        by.now,
        data,
    );
    timeline::add(conn, &entry)
}

fn columns(
    conn: &mut Conn,
    before: Before,
    row: &RowDone,
    id: ContactId,
    by: &By,
) -> QueryResult<()> {
    let contact: Contact = Contact::query().filter(contacts::id.eq(id)).first(conn)?;
    let mut columns = Columns::default();
    for (field, value) in before.facts {
        columns.set(field, value);
    }
    if let Some(name) = before.name {
        columns.name = Some(name);
    }
    let name = columns.name.as_deref().unwrap_or(&contact.name);
    columns.sort_name = Some(model::sort_name(
        name,
        contact.email.as_deref(),
        contact.phone.as_deref(),
    ));
    columns.stage = before.stage;
    columns.owner_id = before.owner;
    // As it was, so that the import before this one can be taken back too.
    columns.revision = Some(row.revision - 1);
    columns.updated_at = Some(by.now);
    if before.stage == Some(model::Stage::Visitor) {
        columns.is_known = Some(false);
    }
    diesel::update(contacts::table.filter(contacts::id.eq(id)))
        .set(&columns)
        .execute(conn)
        .map(|_| ())
}

/// Deals go before their people, some at a time.
fn take_back_deals(
    conn: &mut Conn,
    import: ImportId,
    keepers: &Keepers,
    by: &By,
) -> QueryResult<bool> {
    let made: Vec<i64> = import_made::table
        .filter(import_made::import_id.eq(import))
        .filter(import_made::kind.eq("deal"))
        .order(import_made::row_id)
        .select(import_made::row_id)
        .limit(CHUNK)
        .load(conn)?;
    if made.is_empty() {
        return Ok(false);
    }
    (keepers.remove_deals)(conn, &made, by)?;
    diesel::delete(import_made::table)
        .filter(import_made::import_id.eq(import))
        .filter(import_made::kind.eq("deal"))
        .filter(import_made::row_id.eq_any(&made))
        .execute(conn)?;
    Ok(true)
}

/// Companies and tags that it made and nobody uses go, some at a time.
fn take_back_made(conn: &mut Conn, import: ImportId) -> QueryResult<bool> {
    let made: Vec<(String, i64)> = import_made::table
        .filter(import_made::import_id.eq(import))
        .filter(import_made::kind.eq_any(["company", "tag"]))
        .order((import_made::kind, import_made::row_id))
        .select((import_made::kind, import_made::row_id))
        .limit(CHUNK)
        .load(conn)?;
    for (kind, row) in &made {
        match kind.as_str() {
            "company" => remove_company(conn, CompanyId(*row))?,
            _ => remove_tag(conn, TagId(*row))?,
        }
        diesel::delete(import_made::table)
            .filter(import_made::import_id.eq(import))
            .filter(import_made::kind.eq(kind))
            .filter(import_made::row_id.eq(row))
            .execute(conn)?;
    }
    Ok(!made.is_empty())
}

/// A company where nobody works, that nobody changed and that has no story but its coming.
fn remove_company(conn: &mut Conn, id: CompanyId) -> QueryResult<()> {
    let people: i64 = company_people::table
        .filter(company_people::company_id.eq(id))
        .count()
        .get_result(conn)?;
    let told: i64 = timeline_entries::table
        .filter(timeline_entries::company_id.eq(id))
        .filter(timeline_entries::company_id.is_not_null())
        .count()
        .get_result(conn)?;
    let company = companies::store::find(conn, id)?;
    let is_untouched =
        company.is_some_and(|company| company.revision == 1 && company.merged_into.is_none());
    if people > 0 || told > 1 || !is_untouched {
        return Ok(());
    }
    diesel::delete(timeline_entries::table.filter(timeline_entries::company_id.eq(id)))
        .execute(conn)?;
    search::put(conn, Kind::Company, id.0, "")?;
    diesel::delete(company_rows::table.filter(company_rows::id.eq(id)))
        .execute(conn)
        .map(|_| ())
}

/// A tag that nobody has.
fn remove_tag(conn: &mut Conn, id: TagId) -> QueryResult<()> {
    let contacts: i64 = contact_tags::table
        .filter(contact_tags::tag_id.eq(id))
        .count()
        .get_result(conn)?;
    let companies: i64 = company_tags::table
        .filter(company_tags::tag_id.eq(id))
        .count()
        .get_result(conn)?;
    if contacts + companies > 0 {
        return Ok(());
    }
    diesel::delete(tags::table.filter(tags::id.eq(id)))
        .execute(conn)
        .map(|_| ())
}
