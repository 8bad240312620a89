//! What can stand in a column, and the rows of some hundred contacts read in a few questions.

use std::collections::HashMap;

use chrono_tz::Tz;
use diesel::prelude::*;

use crate::accounts::Access;
use crate::base::ids::{CompanyId, ContactId, SourceId, UserId};
use crate::base::{Timestamp, phone};
use crate::contacts::fields::{self, Object};
use crate::contacts::model::{Contact, Field};
use crate::contacts::{store, tags, traits as facts};
use crate::db::Conn;
use crate::db::schema::{company_people, contacts, identities, trait_keys, traits};

/// Columns that every contact has: word and label.
const BUILT_IN: &[(&str, &str)] = &[
    ("id", "Id"),
    ("name", "Name"),
    ("given_name", "Given name"),
    ("family_name", "Family name"),
    ("email", "E-mail"),
    ("emails", "Other e-mails"),
    ("phone", "Phone"),
    ("phones", "Other phones"),
    ("company", "Company"),
    ("role", "Role at the company"),
    ("job_title", "Job title"),
    ("stage", "Stage"),
    ("owner", "Owner"),
    ("tags", "Tags"),
    ("street", "Street"),
    ("postal_code", "Postal code"),
    ("city", "City"),
    ("region", "Region"),
    ("country", "Country"),
    ("time_zone", "Time zone"),
    ("language", "Language"),
    ("source", "Source"),
    ("created_at", "Created"),
    ("last_seen_at", "Last seen"),
    ("events_30d", "Events in 30 days"),
];
/// Days of the column of events.
const DAYS: i64 = 30;

/// All built-in columns and every declared field (`trait:<key>`).
pub fn default(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let mut all: Vec<String> = BUILT_IN
        .iter()
        .map(|(word, _)| (*word).to_owned())
        .collect();
    let declared = fields::all(conn, Object::Contact)?;
    all.extend(
        declared
            .into_iter()
            .filter(|f| !f.is_sensitive)
            .map(|f| format!("trait:{}", f.key)),
    );
    Ok(all)
}

/// What stands above the columns.
pub fn labels(conn: &mut Conn, columns: &[String]) -> QueryResult<Vec<String>> {
    let declared = fields::all(conn, Object::Contact)?;
    let label = |word: &String| {
        let built_in = BUILT_IN.iter().find(|(known, _)| known == word);
        let key = word.strip_prefix("trait:").unwrap_or(word);
        let field = declared.iter().find(|field| field.key == key);
        match (built_in, field) {
            (Some((_, label)), _) => (*label).to_owned(),
            (None, Some(field)) => field.label.clone(),
            (None, None) => facts::label_of(key, ""),
        }
    };
    Ok(columns.iter().map(label).collect())
}

/// Everything about some contacts.
struct Page {
    identities: HashMap<ContactId, Vec<(String, String)>>,
    companies: HashMap<CompanyId, String>,
    roles: HashMap<(ContactId, CompanyId), String>,
    owners: HashMap<UserId, String>,
    tags: HashMap<ContactId, Vec<tags::Tag>>,
    sources: HashMap<SourceId, String>,
    events: HashMap<ContactId, i64>,
    shown: HashMap<(ContactId, String), String>,
}

/// The rows of contacts, in the order of the ids; those that are gone meanwhile are left out.
pub fn rows(
    conn: &mut Conn,
    ids: &[ContactId],
    columns: &[String],
    zone: Tz,
    now: Timestamp,
    access: &Access,
) -> QueryResult<Vec<Vec<String>>> {
    let found: Vec<Contact> = Contact::query()
        .filter(contacts::id.eq_any(ids))
        .filter(contacts::deleted_at.is_null())
        .load(conn)?;
    let page = Page::read(conn, ids, &found, columns, now, access)?;
    let by_id: HashMap<ContactId, &Contact> =
        found.iter().map(|contact| (contact.id, contact)).collect();
    let row = |contact: &Contact| {
        columns
            .iter()
            .map(|word| page.cell(contact, word, zone))
            .collect()
    };
    Ok(ids
        .iter()
        .filter_map(|id| by_id.get(id))
        .map(|contact| row(contact))
        .collect())
}

impl Page {
    fn read(
        conn: &mut Conn,
        ids: &[ContactId],
        found: &[Contact],
        columns: &[String],
        now: Timestamp,
        access: &Access,
    ) -> QueryResult<Self> {
        let has = |word: &str| columns.iter().any(|own| own == word);
        let own: Vec<(ContactId, String, String)> = identities::table
            .filter(identities::contact_id.eq_any(ids))
            .filter(identities::namespace.eq_any(["email", "phone"]))
            .order((
                identities::contact_id,
                identities::is_primary.desc(),
                identities::id,
            ))
            .select((
                identities::contact_id,
                identities::namespace,
                identities::value,
            ))
            .load(conn)?;
        let mut by_contact: HashMap<ContactId, Vec<(String, String)>> = HashMap::new();
        for (contact, namespace, value) in own {
            by_contact
                .entry(contact)
                .or_default()
                .push((namespace, value));
        }
        let roles: Vec<(ContactId, CompanyId, String)> = company_people::table
            .filter(company_people::contact_id.eq_any(ids))
            .select((
                company_people::contact_id,
                company_people::company_id,
                company_people::role,
            ))
            .load(conn)?;
        Ok(Self {
            identities: by_contact,
            companies: store::companies_seen(
                conn,
                access,
                found.iter().filter_map(|c| c.company_id),
            )?,
            roles: roles
                .into_iter()
                .map(|(contact, company, role)| ((contact, company), role))
                .collect(),
            owners: store::user_names(conn, found.iter().filter_map(|c| c.owner_id))?,
            tags: tags::of_contacts(conn, ids)?,
            sources: if has("source") {
                store::source_names(conn)?.into_iter().collect()
            } else {
                HashMap::new()
            },
            events: if has("events_30d") {
                store::events_since(conn, ids, now.day() - DAYS + 1)?
            } else {
                HashMap::new()
            },
            shown: shown(conn, ids, columns)?,
        })
    }

    #[expect(clippy::too_many_lines, reason = "one column after the other")]
    fn cell(&self, contact: &Contact, word: &str, zone: Tz) -> String {
        let moment = |at: Timestamp| {
            if at.is_zero() {
                String::new()
            } else {
                at.utc()
                    .with_timezone(&zone)
                    .format("%Y-%m-%d %H:%M:%S")
                    .to_string()
            }
        };
        match word {
            "id" => contact.id.to_string(),
            "email" => contact.email.clone().unwrap_or_default(),
            "phone" => contact
                .phone
                .as_deref()
                .map(phone::shown)
                .unwrap_or_default(),
            "emails" => self.others(contact.id, "email", contact.email.as_deref()),
            "phones" => self.others(contact.id, "phone", contact.phone.as_deref()),
            "company" => contact
                .company_id
                .and_then(|id| self.companies.get(&id).cloned())
                .unwrap_or_default(),
            "role" => contact
                .company_id
                .and_then(|company| self.roles.get(&(contact.id, company)).cloned())
                .unwrap_or_default(),
            "stage" => contact.stage.label().to_owned(),
            "owner" => contact
                .owner_id
                .and_then(|id| self.owners.get(&id).cloned())
                .unwrap_or_default(),
            "tags" => {
                let own = self
                    .tags
                    .get(&contact.id)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                let names: Vec<&str> = own.iter().map(|tag| tag.name.as_str()).collect();
                names.join("; ")
            }
            "source" => self
                .sources
                .get(&contact.source_id)
                .cloned()
                .unwrap_or_default(),
            "events_30d" => self
                .events
                .get(&contact.id)
                .map_or_else(|| "0".to_owned(), ToString::to_string),
            "created_at" => moment(contact.created_at),
            "last_seen_at" => moment(contact.last_seen_at),
            word => match (Field::from_word(word), word.strip_prefix("trait:")) {
                (Some(field), _) => field.of(contact).to_owned(),
                (None, Some(key)) => self
                    .shown
                    .get(&(contact.id, key.to_owned()))
                    .cloned()
                    .unwrap_or_default(),
                (None, None) => String::new(),
            },
        }
    }

    fn others(&self, contact: ContactId, namespace: &str, primary: Option<&str>) -> String {
        let own = self
            .identities
            .get(&contact)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let others = own
            .iter()
            .filter(|(n, value)| n == namespace && Some(value.as_str()) != primary);
        let words: Vec<String> = others
            .map(|(_, value)| {
                if namespace == "phone" {
                    phone::shown(value)
                } else {
                    value.clone()
                }
            })
            .collect();
        words.join("; ")
    }
}

/// What is shown of the traits that are columns.
fn shown(
    conn: &mut Conn,
    ids: &[ContactId],
    columns: &[String],
) -> QueryResult<HashMap<(ContactId, String), String>> {
    let keys: Vec<&str> = columns
        .iter()
        .filter_map(|word| word.strip_prefix("trait:"))
        .collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(ContactId, String, String)> = traits::table
        .inner_join(trait_keys::table.on(trait_keys::id.eq(traits::key_id)))
        .filter(traits::contact_id.eq_any(ids))
        .filter(trait_keys::key.eq_any(keys))
        .select((traits::contact_id, trait_keys::key, traits::value))
        .load(conn)?;
    let words = rows
        .into_iter()
        .map(|(contact, key, json)| ((contact, key), facts::shown(&json)));
    Ok(words.collect())
}
