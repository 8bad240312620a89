//! The columns of a record that follow traits of the same name: what lists sort by and pages show first.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::people::World;
use super::rows::TraitRow;
use crate::base::ids::ContactId;
use crate::base::{EmailAddress, Timestamp, phone, text};
use crate::db::schema::{contacts, identities};
use crate::db::{Conn, PortableExt};

const CHUNK: usize = 500;

/// What changes of one record.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = contacts)]
struct Columns {
    name: Option<String>,
    sort_name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    job_title: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    street: Option<String>,
    city: Option<String>,
    region: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    updated_at: Option<Timestamp>,
}

/// What a record shows before.
#[derive(Debug, Queryable)]
struct Standing {
    name: String,
    given_name: String,
    family_name: String,
    email: Option<String>,
    phone: Option<String>,
    is_known: bool,
}

/// Addresses and numbers of records: contact, namespace and value, each with its identity.
type Own = HashMap<(i64, String, String), i64>;

/// Brings the columns of the rows' contacts up to date with values that are news; the world learns new names. Returns
/// known contacts that are now searched for by other words.
pub(super) fn project(
    conn: &mut Conn,
    rows: &[TraitRow],
    keys: &HashMap<String, i64>,
    world: &mut World,
    now: Timestamp,
) -> QueryResult<Vec<ContactId>> {
    let patches = patches(rows, keys);
    if patches.is_empty() {
        return Ok(Vec::new());
    }
    let standing = standing(conn, &patches)?;
    let own = own(conn, &patches)?;
    let mut primary = Vec::new();
    let mut found_by = Vec::new();
    for (contact, patch) in patches {
        let Some(standing) = standing.get(&contact) else {
            continue;
        };
        let mut patch = patch.named_after(standing);
        // An address is shown only if it identifies this contact: it may be somebody else's, or an office's.
        let shown = [
            ("email", &mut patch.email, &standing.email),
            ("phone", &mut patch.phone, &standing.phone),
        ];
        for (namespace, slot, before) in shown {
            let Some(value) = slot.take() else { continue };
            let identity = own.get(&(contact, namespace.to_owned(), value.clone()));
            if let Some(identity) = identity.filter(|_| before.is_none()) {
                primary.push(*identity);
                *slot = Some(value);
            }
        }
        if let Some(name) = &patch.name {
            world.rename(contact, name.clone());
        }
        patch.sort_name = patch.name.as_deref().map(text::fold);
        patch.updated_at = Some(now);
        if standing.is_known && patch.is_found_by() {
            found_by.push(ContactId(contact));
        }
        diesel::update(contacts::table.filter(contacts::id.eq(contact)))
            .set(&patch)
            .execute(conn)?;
    }
    for chunk in primary.chunks(CHUNK) {
        diesel::update(identities::table.filter(identities::id.eq_any(chunk)))
            .set(identities::is_primary.eq(true))
            .portable()
            .execute(conn)?;
    }
    Ok(found_by)
}

/// What each contact is to show, in the order of their ids.
fn patches(rows: &[TraitRow], keys: &HashMap<String, i64>) -> Vec<(i64, Columns)> {
    let names: HashMap<i64, &str> = keys.iter().map(|(key, id)| (*id, key.as_str())).collect();
    let mut patches: HashMap<i64, Columns> = HashMap::new();
    for row in rows {
        let Some(key) = names.get(&row.key_id) else {
            continue;
        };
        let Some(value) = plain(&row.value) else {
            continue;
        };
        let mut patch = patches.remove(&row.contact_id).unwrap_or_default();
        if patch.take(key, value) || patch.is_anything() {
            patches.insert(row.contact_id, patch);
        }
    }
    let mut patches: Vec<(i64, Columns)> = patches.into_iter().collect();
    patches.sort_unstable_by_key(|(contact, _)| *contact);
    patches
}

impl Columns {
    /// Takes a value for the column of this name; `false` where there is no such column or it cannot hold the value.
    fn take(&mut self, key: &str, value: String) -> bool {
        let (slot, value) = match key {
            "name" => (&mut self.name, Some(value)),
            "given_name" => (&mut self.given_name, Some(value)),
            "family_name" => (&mut self.family_name, Some(value)),
            "job_title" => (&mut self.job_title, Some(value)),
            "street" => (&mut self.street, Some(value)),
            "city" => (&mut self.city, Some(value)),
            "region" => (&mut self.region, Some(value)),
            "postal_code" => (&mut self.postal_code, Some(value)),
            "country" => (&mut self.country, Some(value)),
            "language" => (&mut self.language, Some(value)),
            "email" => {
                let address = EmailAddress::parse(&value).map(EmailAddress::into_string);
                (&mut self.email, address)
            }
            "phone" => (&mut self.phone, phone::parse(&value, None)),
            "time_zone" => {
                let is_zone = value.parse::<chrono_tz::Tz>().is_ok();
                (&mut self.time_zone, Some(value).filter(|_| is_zone))
            }
            _ => return false,
        };
        let is_taken = value.is_some();
        if is_taken {
            *slot = value;
        }
        is_taken
    }

    fn is_anything(&self) -> bool {
        self.is_found_by()
            || [
                &self.given_name,
                &self.family_name,
                &self.street,
                &self.city,
                &self.region,
                &self.postal_code,
                &self.country,
                &self.time_zone,
                &self.language,
            ]
            .iter()
            .any(|slot| slot.is_some())
    }

    /// Whether it changes something by which the record is searched for.
    fn is_found_by(&self) -> bool {
        [&self.name, &self.email, &self.phone, &self.job_title]
            .iter()
            .any(|slot| slot.is_some())
    }

    /// With the name that given and family name make, unless the record has one of its own.
    fn named_after(mut self, standing: &Standing) -> Self {
        let has_parts = self.given_name.is_some() || self.family_name.is_some();
        if self.name.is_none() && has_parts {
            let joined = |given: &str, family: &str| text::line(&format!("{given} {family}"), 200);
            let before = joined(&standing.given_name, &standing.family_name);
            if standing.name.is_empty() || standing.name == before {
                let given = self.given_name.as_ref().unwrap_or(&standing.given_name);
                let family = self.family_name.as_ref().unwrap_or(&standing.family_name);
                self.name = Some(joined(given, family));
            }
        }
        self
    }
}

fn standing(conn: &mut Conn, patches: &[(i64, Columns)]) -> QueryResult<HashMap<i64, Standing>> {
    let ids: Vec<i64> = patches.iter().map(|(contact, _)| *contact).collect();
    let mut all = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(i64, Standing)> = contacts::table
            .filter(contacts::id.eq_any(chunk))
            .select((
                contacts::id,
                (
                    contacts::name,
                    contacts::given_name,
                    contacts::family_name,
                    contacts::email,
                    contacts::phone,
                    contacts::is_known,
                ),
            ))
            .load(conn)?;
        all.extend(rows);
    }
    Ok(all)
}

/// Which of the patches' addresses and numbers are identities of their own contact.
fn own(conn: &mut Conn, patches: &[(i64, Columns)]) -> QueryResult<Own> {
    let values: HashSet<&str> = patches
        .iter()
        .flat_map(|(_, patch)| [patch.email.as_deref(), patch.phone.as_deref()])
        .flatten()
        .collect();
    let values: Vec<&str> = values.into_iter().collect();
    let mut own = Own::new();
    for chunk in values.chunks(CHUNK) {
        let rows: Vec<(i64, i64, String, String)> = identities::table
            .filter(identities::value.eq_any(chunk))
            .filter(identities::namespace.eq_any(["email", "phone"]))
            .select((
                identities::id,
                identities::contact_id,
                identities::namespace,
                identities::value,
            ))
            .load(conn)?;
        own.extend(
            rows.into_iter()
                .map(|(id, contact, namespace, value)| ((contact, namespace, value), id)),
        );
    }
    Ok(own)
}

/// A text or number for a column; what is structured stays a trait only.
fn plain(json: &str) -> Option<String> {
    match serde_json::from_str(json).ok()? {
        serde_json::Value::String(value) => {
            Some(text::line(&value, 300)).filter(|value| !value.is_empty())
        }
        serde_json::Value::Number(value) => Some(value.to_string()),
        _ => None,
    }
}
