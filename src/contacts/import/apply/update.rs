//! Contacts that are there already: what a row adds to them or puts in the place of what they had, with what was there
//! before, so that it can be taken back.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use serde_json::json;

use super::super::draft::Draft;
use super::super::model::{Conflict, Outcome};
use super::before::{Before, Columns};
use super::create::{IdentityRow, LinkRow, TagRow, claims, write_notes};
use super::find::Found;
use super::{Done, Ground};
use crate::base::ids::{CRM_SOURCE, CompanyId, ContactId, IdentityId, TraitKeyId, UserId};
use crate::contacts::model::{self, Contact, Field, Stage};
use crate::contacts::survivorship::Claim;
use crate::contacts::{choose, identities as own, traits, words};
use crate::db::Conn;
use crate::db::dialect::{reserve, upsert};
use crate::db::schema::{
    company_people, contact_tags, contacts, identities, trait_values, traits as shown_traits,
};
use crate::timeline::{self, About, EntryKind, NewEntry};
use crate::{insert_all, insert_missing};

/// Whether a row says anything of a contact that it takes.
pub(super) fn changes(ground: &Ground, found: &Found, draft: &Draft, contact: &Contact) -> bool {
    let overwrites = ground.settings.conflict == Conflict::Overwrite;
    let fact = |(field, value): &(Field, String)| {
        let now = field.of(contact);
        now != value && (overwrites || now.is_empty())
    };
    let is_named = !draft.name.is_empty() && contact.name.is_empty();
    let stage = draft
        .stage
        .is_some_and(|stage| takes_stage(ground, contact, stage));
    let owner = takes_owner(ground, draft, contact).is_some();
    let identity = draft
        .identifiers
        .iter()
        .any(|i| found.holder(&i.namespace, &i.value).is_none());
    let company = match found.company_of(draft) {
        Some(id) => !is_linked(found, contact.id, id),
        None => !draft.company.name.is_empty() || !draft.company.domain.is_empty(),
    };
    let tag = draft.tags.iter().any(|name| match found.tags.get(name) {
        Some(tag) => !found.tagged.contains(&(contact.id, *tag)),
        None => true,
    });
    draft.facts.iter().any(fact)
        || is_named
        || stage
        || owner
        || identity
        || company
        || tag
        || !draft.note.is_empty()
        || draft.traits.iter().any(|(_, json)| {
            let shown = found
                .shown
                .get(&contact.id)
                .map(Vec::as_slice)
                .unwrap_or_default();
            !shown.iter().any(|(_, now)| now == json)
        })
}

fn takes_stage(ground: &Ground, contact: &Contact, stage: Stage) -> bool {
    contact.stage != stage
        && (contact.stage == Stage::Visitor || ground.settings.conflict == Conflict::Overwrite)
}

fn takes_owner(ground: &Ground, draft: &Draft, contact: &Contact) -> Option<UserId> {
    let owner = draft
        .owner
        .or(ground.settings.owner.filter(|_| contact.owner_id.is_none()))?;
    let may = contact.owner_id.is_none() || ground.settings.conflict == Conflict::Overwrite;
    (may && contact.owner_id != Some(owner)).then_some(owner)
}

fn is_linked(found: &Found, contact: ContactId, company: CompanyId) -> bool {
    let links = found
        .links
        .get(&contact)
        .map(Vec::as_slice)
        .unwrap_or_default();
    links.iter().any(|link| link.company == company)
}

/// Writes changes of contacts that are there.
pub(super) fn write(
    conn: &mut Conn,
    ground: &Ground,
    found: &Found,
    keys: &HashMap<String, TraitKeyId>,
    changed: &[(&Draft, ContactId)],
) -> QueryResult<Vec<Done>> {
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ContactId> = changed.iter().map(|(_, id)| *id).collect();
    own::ensure_records(conn, &ids, ground.by.now)?;
    let records = records(conn, &ids)?;
    let noted: Vec<(ContactId, &Draft)> = changed
        .iter()
        .filter(|(draft, _)| !draft.note.is_empty())
        .map(|(draft, id)| (*id, *draft))
        .collect();
    let notes = write_notes(conn, ground, &noted)?;
    let notes: HashMap<ContactId, i64> = noted.iter().map(|(id, _)| *id).zip(notes).collect();
    let mut changes = Vec::with_capacity(changed.len());
    for (draft, id) in changed {
        let (Some(contact), Some(record)) = (found.contacts.get(id), records.get(id)) else {
            continue;
        };
        let mut change = Change {
            ground,
            found,
            draft,
            contact,
            record: *record,
            columns: Columns::default(),
            before: Before::default(),
            labels: Vec::new(),
        };
        change.before.note = notes.get(id).copied();
        change.facts(conn, keys)?;
        changes.push(change);
    }
    let shown = shown(conn, &changes)?;
    let (mut done, mut told) = (Vec::with_capacity(changes.len()), Vec::new());
    for mut change in changes {
        change.columns_of(keys, &shown);
        change.identifiers(conn)?;
        change.relations(conn)?;
        let revision = change.settle(conn)?;
        told.push(change.told());
        let mut row = Done::of(ground, change.draft, Outcome::Updated, change.contact.id);
        row.data = serde_json::to_string(&change.before).unwrap_or_default();
        row.revision = revision;
        done.push(row);
    }
    timeline::add_all(conn, &told)?;
    words::refresh_all(conn, &ids)?;
    Ok(done)
}

/// What is shown of contacts by key, as JSON.
type ShownNow = HashMap<(ContactId, TraitKeyId), String>;

/// Lets what survives among all claims be shown.
fn shown(conn: &mut Conn, changes: &[Change<'_>]) -> QueryResult<ShownNow> {
    let ids: Vec<ContactId> = changes.iter().map(|change| change.contact.id).collect();
    let keys: BTreeSet<i64> = changes
        .iter()
        .flat_map(|change| change.before.keys.iter().copied())
        .collect();
    let keys: Vec<i64> = keys.into_iter().collect();
    choose::choose_all(conn, &ids, &keys)?;
    let rows: Vec<(ContactId, TraitKeyId, String)> = shown_traits::table
        .filter(shown_traits::contact_id.eq_any(ids))
        .filter(shown_traits::key_id.eq_any(keys))
        .select((
            shown_traits::contact_id,
            shown_traits::key_id,
            shown_traits::value,
        ))
        .load(conn)?;
    let place = |(contact, key, json)| ((contact, key), json);
    Ok(rows.into_iter().map(place).collect())
}

fn records(conn: &mut Conn, ids: &[ContactId]) -> QueryResult<HashMap<ContactId, IdentityId>> {
    let values: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<(ContactId, IdentityId)> = identities::table
        .filter(identities::value.eq_any(values))
        .filter(identities::namespace.eq("record"))
        .select((identities::contact_id, identities::id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The change of one contact.
struct Change<'a> {
    ground: &'a Ground,
    found: &'a Found,
    draft: &'a Draft,
    contact: &'a Contact,
    record: IdentityId,
    columns: Columns,
    before: Before,
    labels: Vec<String>,
}

impl Change<'_> {
    /// Claims, and the columns that follow them.
    fn facts(&mut self, conn: &mut Conn, keys: &HashMap<String, TraitKeyId>) -> QueryResult<()> {
        let overwrites = self.ground.settings.conflict == Conflict::Overwrite;
        let shown: HashMap<TraitKeyId, &str> = self
            .found
            .shown
            .get(&self.contact.id)
            .into_iter()
            .flatten()
            .map(|(key, json)| (*key, json.as_str()))
            .collect();
        let standing = |key: TraitKeyId| -> String {
            let field = keys
                .iter()
                .find(|(_, id)| **id == key)
                .and_then(|(name, _)| Field::of_trait(name));
            match field.map(|field| field.of(self.contact)) {
                Some(now) if !now.is_empty() => {
                    serde_json::Value::String(now.to_owned()).to_string()
                }
                _ => shown
                    .get(&key)
                    .map(|json| (*json).to_owned())
                    .unwrap_or_default(),
            }
        };
        let wanted: Vec<(TraitKeyId, String)> = claims(keys, self.draft)
            .into_iter()
            .filter(|(key, json)| {
                let now = standing(*key);
                now != *json && (overwrites || crate::contacts::survivorship::is_empty(&now))
            })
            .collect();
        for (key, _) in &wanted {
            self.set_aside(conn, *key)?;
        }
        let rows: Vec<upsert::TraitValue<'_>> = wanted
            .iter()
            .map(|(key, json)| upsert::TraitValue {
                identity_id: self.record.0,
                key_id: key.0,
                source_id: self.ground.source.0,
                value: json,
                at: self.ground.by.now.0,
            })
            .collect();
        upsert::trait_values(conn, &rows)?;
        self.before.record = self.record.0;
        self.before.keys = wanted.iter().map(|(key, _)| key.0).collect();
        Ok(())
    }

    fn told(&self) -> NewEntry {
        let ground = self.ground;
        let labels = self.labels.join(", ");
        let data = json!({ "file": ground.file, "import": ground.import, "labels": labels });
        NewEntry::by(
            About::Contact(self.contact.id),
            EntryKind::Imported,
            ground.by.user,
            ground.by.now,
            data,
        )
    }

    /// Remembers the claims of a key by hand and by imports; with "the file is right" they are taken back.
    fn set_aside(&mut self, conn: &mut Conn, key: TraitKeyId) -> QueryResult<()> {
        let claims = self.found.claims.get(&(self.contact.id, key));
        // What a person pinned stays, whatever the file says.
        let ours = |claim: &&Claim| {
            claim.pinned_at.is_none()
                && (claim.source_id == CRM_SOURCE
                    || (claim.source_id == self.ground.source && claim.identity_id == self.record))
        };
        for claim in claims.into_iter().flatten().filter(ours) {
            self.before.claims.push((
                claim.identity_id.0,
                key.0,
                claim.source_id.0,
                claim.value.clone(),
                claim.at.0,
            ));
            diesel::delete(trait_values::table)
                .filter(trait_values::identity_id.eq(claim.identity_id))
                .filter(trait_values::key_id.eq(key))
                .filter(trait_values::source_id.eq(claim.source_id))
                .execute(conn)?;
        }
        Ok(())
    }

    /// Columns show what survives among all claims.
    fn columns_of(&mut self, keys: &HashMap<String, TraitKeyId>, shown: &ShownNow) {
        for key in self.before.keys.clone() {
            let place = (self.contact.id, TraitKeyId(key));
            let name = keys.iter().find(|(_, id)| id.0 == key);
            let (Some(json), Some((name, _))) = (shown.get(&place), name) else {
                continue;
            };
            let Some(field) = Field::of_trait(name) else {
                self.labels.push(traits::label_of(name, ""));
                continue;
            };
            let value = field.clean(&traits::shown(json)).unwrap_or_default();
            let now = field.of(self.contact);
            if value != now {
                self.before.facts.push((field, now.to_owned()));
                self.columns.set(field, value);
                self.labels.push(field.label().to_owned());
            }
        }
        self.labels.sort();
    }

    fn identifiers(&mut self, conn: &mut Conn) -> QueryResult<()> {
        let new: Vec<_> = self
            .draft
            .identifiers
            .iter()
            .filter(|i| self.found.holder(&i.namespace, &i.value).is_none())
            .collect();
        let ids = reserve::ids(conn, "identities", new.len())?;
        let mut primary: Vec<(&str, i64)> = Vec::new();
        let mut rows = Vec::with_capacity(new.len());
        for (own, id) in new.into_iter().zip(ids) {
            let mut row =
                IdentityRow::new(self.ground, id, self.contact.id, &own.namespace, &own.value);
            row.label.clone_from(&own.label);
            let has_one = match own.namespace.as_str() {
                "email" => self.contact.email.is_some(),
                "phone" => self.contact.phone.is_some(),
                _ => true,
            };
            if !has_one
                && !primary
                    .iter()
                    .any(|(namespace, _)| *namespace == own.namespace)
            {
                primary.push((&own.namespace, id));
            }
            self.before.identities.push(id);
            self.labels.push(match own.namespace.as_str() {
                "email" => "E-mail".to_owned(),
                "phone" => "Phone".to_owned(),
                _ => "Id".to_owned(),
            });
            rows.push(row);
        }
        insert_all!(conn, identities::table, &rows);
        for (namespace, id) in primary {
            own::set_primary(conn, self.contact.id, namespace, Some(IdentityId(id)))?;
        }
        Ok(())
    }

    /// Company, tags, stage, owner.
    fn relations(&mut self, conn: &mut Conn) -> QueryResult<()> {
        let (id, ground, found) = (self.contact.id, self.ground, self.found);
        if let Some(company) = found.company_of(self.draft)
            && !is_linked(found, id, company)
        {
            let links = found.links.get(&id).map(Vec::as_slice).unwrap_or_default();
            let is_primary = !links.iter().any(|link| link.is_primary);
            let row = [LinkRow {
                company_id: company,
                contact_id: id,
                role: self.draft.company.role.clone(),
                is_primary,
                source_id: ground.source,
            }];
            insert_missing!(conn, company_people::table, &row);
            self.before.company = Some((company, self.contact.company_id));
            if is_primary {
                self.columns.company_id = Some(Some(company));
            }
            self.labels.push("Company".to_owned());
        }
        let tags: Vec<TagRow> = self
            .draft
            .tags
            .iter()
            .filter_map(|name| found.tags.get(name))
            .filter(|tag| !found.tagged.contains(&(id, **tag)))
            .map(|tag| TagRow {
                contact_id: id,
                tag_id: *tag,
            })
            .collect();
        insert_missing!(conn, contact_tags::table, &tags);
        if !tags.is_empty() {
            self.labels.push("Tags".to_owned());
        }
        self.before.tags = tags.into_iter().map(|row| row.tag_id).collect();
        if let Some(stage) = self
            .draft
            .stage
            .filter(|stage| takes_stage(ground, self.contact, *stage))
        {
            self.before.stage = Some(self.contact.stage);
            self.columns.stage = Some(stage);
            self.labels.push("Stage".to_owned());
        }
        if let Some(owner) = takes_owner(ground, self.draft, self.contact) {
            self.before.owner = Some(self.contact.owner_id);
            self.columns.owner_id = Some(Some(owner));
            self.labels.push("Owner".to_owned());
        }
        Ok(())
    }

    /// The contact's own row, one revision on.
    fn settle(&mut self, conn: &mut Conn) -> QueryResult<i64> {
        let contact = self.contact;
        let revision = contact.revision + 1;
        if self.columns.name.is_none() {
            self.named_after_its_parts();
        }
        let email = contact
            .email
            .as_deref()
            .or_else(|| self.draft.first("email"));
        let phone = contact
            .phone
            .as_deref()
            .or_else(|| self.draft.first("phone"));
        let name = self.columns.name.as_deref().unwrap_or(&contact.name);
        self.columns.sort_name = Some(model::sort_name(name, email, phone));
        if !contact.is_known {
            self.columns.is_known = Some(true);
            if contact.stage == Stage::Visitor && self.columns.stage.is_none() {
                self.before.stage = Some(Stage::Visitor);
                self.columns.stage = Some(Stage::Lead);
            }
        }
        self.columns.is_person_owned = Some(true);
        self.columns.revision = Some(revision);
        self.columns.updated_at = Some(self.ground.by.now);
        diesel::update(contacts::table.filter(contacts::id.eq(contact.id)))
            .set(&self.columns)
            .execute(conn)?;
        Ok(revision)
    }

    /// A contact without a name of its own is called by its given and family name.
    fn named_after_its_parts(&mut self) {
        let contact = self.contact;
        let part = |new: &Option<String>, now: &str| new.clone().unwrap_or_else(|| now.to_owned());
        let given = part(&self.columns.given_name, &contact.given_name);
        let family = part(&self.columns.family_name, &contact.family_name);
        let joined =
            |given: &str, family: &str| crate::base::text::line(&format!("{given} {family}"), 300);
        let before = joined(&contact.given_name, &contact.family_name);
        let after = joined(&given, &family);
        let is_free = contact.name.is_empty() || contact.name == before;
        if is_free && !after.is_empty() && after != contact.name {
            self.before.name = Some(contact.name.clone());
            self.columns.name = Some(after);
        }
    }
}
