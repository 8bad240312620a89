//! New contacts, with everything that hangs on them, written in bulk.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::super::draft::Draft;
use super::super::model::Outcome;
use super::find::Found;
use super::{Done, Ground};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, IdentityId, SourceId, TagId, TraitKeyId, UserId};
use crate::contacts::fields::{Object, index};
use crate::contacts::model::{self, Field, Stage};
use crate::db::Conn;
use crate::db::dialect::search::spelling::{self, Keep};
use crate::db::dialect::{reserve, search, upsert};
use crate::db::schema::{activities, company_people, contact_tags, contacts, identities};
use crate::timeline::{self, About, EntryKind, NewEntry};
use crate::{insert_all, insert_missing};

#[derive(Debug, Insertable)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
struct ContactRow {
    id: ContactId,
    is_known: bool,
    is_person_owned: bool,
    name: String,
    sort_name: String,
    given_name: String,
    family_name: String,
    job_title: String,
    email: Option<String>,
    phone: Option<String>,
    stage: Stage,
    owner_id: Option<UserId>,
    company_id: Option<CompanyId>,
    street: String,
    city: String,
    region: String,
    postal_code: String,
    country: String,
    time_zone: String,
    language: String,
    source_id: SourceId,
    created_by: Option<UserId>,
    revision: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    last_seen_at: Timestamp,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
pub(super) struct IdentityRow {
    pub id: IdentityId,
    pub contact_id: ContactId,
    pub namespace: String,
    pub value: String,
    pub shown: &'static str,
    pub label: String,
    pub is_primary: bool,
    pub is_shared: bool,
    pub source_id: SourceId,
    pub created_at: Timestamp,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub event_count: i64,
    pub page_count: i64,
    pub session_count: i64,
}

impl IdentityRow {
    pub fn new(ground: &Ground, id: i64, contact: ContactId, namespace: &str, value: &str) -> Self {
        Self {
            id: IdentityId(id),
            contact_id: contact,
            namespace: namespace.to_owned(),
            value: value.to_owned(),
            shown: "",
            label: String::new(),
            is_primary: false,
            is_shared: false,
            source_id: ground.source,
            created_at: ground.by.now,
            first_seen_at: Timestamp::ZERO,
            last_seen_at: Timestamp::ZERO,
            event_count: 0,
            page_count: 0,
            session_count: 0,
        }
    }
}

#[derive(Debug, Insertable)]
#[diesel(table_name = company_people, treat_none_as_default_value = false)]
pub(super) struct LinkRow {
    pub company_id: CompanyId,
    pub contact_id: ContactId,
    pub role: String,
    pub is_primary: bool,
    pub source_id: SourceId,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = contact_tags, treat_none_as_default_value = false)]
pub(super) struct TagRow {
    pub contact_id: ContactId,
    pub tag_id: TagId,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = activities, treat_none_as_default_value = false)]
pub(super) struct NoteRow {
    pub id: i64,
    pub kind: &'static str,
    pub contact_id: Option<ContactId>,
    pub author_id: Option<UserId>,
    pub body: String,
    pub at: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl NoteRow {
    pub fn new(ground: &Ground, id: i64, contact: ContactId, draft: &Draft) -> Self {
        let now = ground.by.now;
        Self {
            id,
            kind: "note",
            contact_id: Some(contact),
            author_id: Some(ground.by.user),
            body: draft.note.clone(),
            at: now,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Everything of the new contacts of a chunk, table by table.
#[derive(Default)]
struct Rows<'a> {
    contacts: Vec<ContactRow>,
    identities: Vec<IdentityRow>,
    values: Vec<upsert::TraitValue<'a>>,
    shown: Vec<upsert::Trait<'a>>,
    links: Vec<LinkRow>,
    tags: Vec<TagRow>,
    notes: Vec<(ContactId, &'a Draft)>,
    words: Vec<(i64, String)>,
    told: Vec<NewEntry>,
}

/// Writes new contacts.
pub(super) fn write(
    conn: &mut Conn,
    ground: &Ground,
    found: &Found,
    keys: &HashMap<String, TraitKeyId>,
    drafts: &[&Draft],
) -> QueryResult<Vec<Done>> {
    let ids = reserve::ids(conn, "contacts", drafts.len())?;
    // One more each for the record itself.
    let most = drafts.iter().map(|draft| draft.identifiers.len() + 1).sum();
    let mut identity_ids = reserve::ids(conn, "identities", most)?.into_iter();
    // A fact as JSON, kept apart because rows only lend it.
    let facts: Vec<Vec<(TraitKeyId, String)>> =
        drafts.iter().map(|draft| claims(keys, draft)).collect();
    let mut rows = Rows::default();
    let mut done = Vec::with_capacity(drafts.len());
    for ((draft, id), facts) in drafts.iter().zip(ids).zip(&facts) {
        let id = ContactId(id);
        rows.person(ground, found, draft, id, &mut identity_ids, facts);
        let mut row = Done::of(ground, draft, Outcome::Created, id);
        row.revision = 1;
        row.reason = left_behind(found, draft);
        done.push(row);
    }
    rows.write(conn, ground)?;
    Ok(done)
}

/// Numbers that somebody else has and keeps.
fn left_behind(found: &Found, draft: &Draft) -> String {
    let held = draft.identifiers.iter().filter_map(|own| {
        let holder = found.holder(&own.namespace, &own.value)?;
        Some(format!("{} stays with {}.", own.value, holder.shown()))
    });
    held.collect::<Vec<_>>().join(" ")
}

/// What a row claims: its facts and traits, as JSON.
pub(super) fn claims(
    keys: &HashMap<String, TraitKeyId>,
    draft: &Draft,
) -> Vec<(TraitKeyId, String)> {
    let facts = draft.facts.iter().filter_map(|(field, value)| {
        let json = serde_json::Value::String(value.clone()).to_string();
        Some((*keys.get(field.trait_key())?, json))
    });
    let own = draft
        .traits
        .iter()
        .filter_map(|(key, json)| Some((*keys.get(key)?, json.clone())));
    facts.chain(own).collect()
}

impl<'a> Rows<'a> {
    fn person(
        &mut self,
        ground: &Ground,
        found: &Found,
        draft: &'a Draft,
        id: ContactId,
        identity_ids: &mut impl Iterator<Item = i64>,
        facts: &'a [(TraitKeyId, String)],
    ) {
        let now = ground.by.now;
        let company = found.company_of(draft);
        let record = identity_ids.next().unwrap_or_default();
        self.identities.push(IdentityRow::new(
            ground,
            record,
            id,
            "record",
            &id.to_string(),
        ));
        let (email, phone) = self.identifiers(ground, found, draft, id, identity_ids);
        for (key, value) in facts {
            let (identity_id, key_id, source_id) = (record, key.0, ground.source.0);
            self.values.push(upsert::TraitValue {
                identity_id,
                key_id,
                source_id,
                value,
                at: now.0,
            });
            self.shown.push(upsert::Trait {
                contact_id: id.0,
                key_id,
                value,
                source_id,
                identity_id,
                at: now.0,
                is_pinned: false,
            });
        }
        if let Some(company_id) = company {
            self.links.push(LinkRow {
                company_id,
                contact_id: id,
                role: draft.company.role.clone(),
                is_primary: true,
                source_id: ground.source,
            });
        }
        let tags = draft.tags.iter().filter_map(|name| found.tags.get(name));
        self.tags.extend(tags.map(|tag| TagRow {
            contact_id: id,
            tag_id: *tag,
        }));
        if !draft.note.is_empty() {
            self.notes.push((id, draft));
        }
        let row = contact_row(ground, draft, id, company, email, phone);
        self.words.push((id.0, words(found, draft, company)));
        let data = json!({ "file": ground.file, "import": ground.import });
        self.told.push(NewEntry::by(
            About::Contact(id),
            EntryKind::Imported,
            ground.by.user,
            now,
            data,
        ));
        self.contacts.push(row);
    }

    /// Its identifiers; the address and the number to use.
    fn identifiers(
        &mut self,
        ground: &Ground,
        found: &Found,
        draft: &Draft,
        id: ContactId,
        identity_ids: &mut impl Iterator<Item = i64>,
    ) -> (Option<String>, Option<String>) {
        let (mut email, mut phone) = (None, None);
        for own in &draft.identifiers {
            // A number that somebody else has stays theirs.
            if found.holder(&own.namespace, &own.value).is_some() {
                continue;
            }
            let Some(identity) = identity_ids.next() else {
                break;
            };
            let mut row = IdentityRow::new(ground, identity, id, &own.namespace, &own.value);
            row.label.clone_from(&own.label);
            let slot = match own.namespace.as_str() {
                "email" => Some(&mut email),
                "phone" => Some(&mut phone),
                _ => None,
            };
            if let Some(slot) = slot.filter(|slot| slot.is_none()) {
                *slot = Some(own.value.clone());
                row.is_primary = true;
            }
            self.identities.push(row);
        }
        (email, phone)
    }

    fn write(&self, conn: &mut Conn, ground: &Ground) -> QueryResult<()> {
        insert_all!(conn, contacts::table, &self.contacts);
        insert_all!(conn, identities::table, &self.identities);
        upsert::trait_values(conn, &self.values)?;
        upsert::traits(conn, &self.shown)?;
        let declared = index::Declared::load(conn, Object::Contact)?;
        let shown = self
            .shown
            .iter()
            .map(|row| (row.contact_id, row.key_id, Some(row.value)));
        index::write(conn, &declared, shown)?;
        insert_all!(conn, company_people::table, &self.links);
        insert_missing!(conn, contact_tags::table, &self.tags);
        write_notes(conn, ground, &self.notes)?;
        let names = self.contacts.iter().map(|row| row.name.as_str());
        spelling::learn(conn, Keep::Spelling, names)?;
        search::put_all(conn, search::Kind::Contact, &self.words)?;
        timeline::add_all(conn, &self.told)
    }
}

/// Writes notes; their ids, in the order of the contacts.
pub(super) fn write_notes(
    conn: &mut Conn,
    ground: &Ground,
    notes: &[(ContactId, &Draft)],
) -> QueryResult<Vec<i64>> {
    let ids = reserve::ids(conn, "activities", notes.len())?;
    let rows: Vec<NoteRow> = notes
        .iter()
        .zip(&ids)
        .map(|((contact, draft), id)| NoteRow::new(ground, *id, *contact, draft))
        .collect();
    insert_all!(conn, activities::table, &rows);
    Ok(ids)
}

fn contact_row(
    ground: &Ground,
    draft: &Draft,
    id: ContactId,
    company_id: Option<CompanyId>,
    email: Option<String>,
    phone: Option<String>,
) -> ContactRow {
    let fact = |wanted: Field| {
        let found = draft.facts.iter().find(|(field, _)| *field == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let now = ground.by.now;
    ContactRow {
        id,
        is_known: true,
        is_person_owned: true,
        name: draft.name.clone(),
        sort_name: model::sort_name(&draft.name, email.as_deref(), phone.as_deref()),
        given_name: fact(Field::GivenName),
        family_name: fact(Field::FamilyName),
        job_title: fact(Field::JobTitle),
        email,
        phone,
        stage: draft.stage.unwrap_or(Stage::Lead),
        owner_id: draft.owner.or(ground.settings.owner),
        company_id,
        street: fact(Field::Street),
        city: fact(Field::City),
        region: fact(Field::Region),
        postal_code: fact(Field::PostalCode),
        country: fact(Field::Country),
        time_zone: fact(Field::TimeZone),
        language: fact(Field::Language),
        source_id: ground.source,
        created_by: Some(ground.by.user),
        revision: 1,
        created_at: now,
        updated_at: now,
        last_seen_at: now,
    }
}

/// What a new contact is found by: the same words as [`crate::contacts::words`] would write.
fn words(found: &Found, draft: &Draft, company: Option<CompanyId>) -> String {
    let job = draft
        .facts
        .iter()
        .find(|(field, _)| *field == Field::JobTitle);
    let mut words = draft.name.clone();
    let mut add = |more: &str| {
        words.push(' ');
        words.push_str(more);
    };
    add(company
        .and_then(|id| found.names.get(&id))
        .map_or("", String::as_str));
    add(job.map_or("", |(_, value)| value.as_str()));
    for own in &draft.identifiers {
        if matches!(own.namespace.as_str(), "email" | "phone" | "user_id") {
            add(&own.value);
            add(&own.national);
        }
    }
    words
}
