//! Recipients as templates know them: `contact`, `company`, `owner`, `workspace`. What somebody lacks is not there at all, so
//! that a template that needs it says so instead of writing "Dear ,".

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use minijinja::value::Value;

use crate::base::ids::{ContactId, TraitKeyId, UserId};
use crate::contacts::{self, Contact};
use crate::db::Conn;
use crate::db::schema::{
    contacts as contacts_table, fields as fields_table, trait_keys, traits, users,
};

/// Traits of one batch that are looked at.
const MOST_TRAITS: i64 = 100_000;

/// Somebody a mail is written to.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub contact: ContactId,
    /// Their name, or empty.
    pub name: String,
    /// What templates can say of them.
    pub values: Value,
}

type Fields = BTreeMap<String, Value>;

/// Reads some contacts, in a handful of queries whatever their number.
pub fn load(conn: &mut Conn, ids: &[ContactId]) -> QueryResult<HashMap<ContactId, Person>> {
    let rows: Vec<Contact> = Contact::query()
        .filter(contacts_table::id.eq_any(ids.to_vec()))
        .load(conn)?;
    let companies =
        contacts::store::company_names(conn, rows.iter().filter_map(|row| row.company_id))?;
    let owners = owners(conn, rows.iter().filter_map(|row| row.owner_id))?;
    let mut traits = traits_of(conn, ids)?;
    let workspace = crate::accounts::store::setting(conn, "workspace.name")?;
    let workspace = fields([("name", workspace.as_deref().unwrap_or("Rapport"))]);
    let person = |row: Contact| {
        let company = row.company_id.and_then(|id| companies.get(&id));
        let owner = row.owner_id.and_then(|id| owners.get(&id));
        let mut of_contact = contact_fields(&row);
        let own = traits.remove(&row.id).unwrap_or_default();
        of_contact.insert("traits".to_owned(), Value::from(own));
        let of_company = fields(company.map(|name| ("name", name.as_str())));
        let of_owner = owner.map_or_else(Fields::new, |(name, email)| {
            fields([("name", name.as_str()), ("email", email.as_str())])
        });
        let values = Fields::from([
            ("contact".to_owned(), Value::from(of_contact)),
            ("company".to_owned(), Value::from(of_company)),
            ("owner".to_owned(), Value::from(of_owner)),
            ("workspace".to_owned(), Value::from(workspace.clone())),
        ]);
        let person = Person {
            contact: row.id,
            name: row.name,
            values: Value::from(values),
        };
        (row.id, person)
    };
    Ok(rows.into_iter().map(person).collect())
}

/// Somebody nobody knows anything of: what a template must be able to live with.
pub fn nobody() -> Person {
    let empty = || Value::from(Fields::new());
    let values = Fields::from([
        (
            "contact".to_owned(),
            Value::from(Fields::from([("traits".to_owned(), empty())])),
        ),
        ("company".to_owned(), empty()),
        ("owner".to_owned(), empty()),
        (
            "workspace".to_owned(),
            Value::from(fields([("name", "Rapport")])),
        ),
    ]);
    Person {
        contact: ContactId(0),
        name: String::new(),
        values: Value::from(values),
    }
}

fn contact_fields(row: &Contact) -> Fields {
    let mut all = fields([
        ("name", row.name.as_str()),
        ("first_name", first_name(row)),
        ("last_name", &row.family_name),
        ("email", row.email.as_deref().unwrap_or_default()),
        ("phone", row.phone.as_deref().unwrap_or_default()),
        ("job_title", &row.job_title),
        ("stage", row.stage.word()),
        ("street", &row.street),
        ("city", &row.city),
        ("region", &row.region),
        ("postal_code", &row.postal_code),
        ("country", &row.country),
        ("language", &row.language),
    ]);
    all.insert("id".to_owned(), Value::from(row.id.0));
    all
}

/// The given name; else the first word of a name in a script that has capitals, where names begin with it.
fn first_name(row: &Contact) -> &str {
    if !row.given_name.is_empty() {
        return &row.given_name;
    }
    let mut words = row.name.split_whitespace();
    match (words.next(), words.next()) {
        (Some(first), Some(_)) if first.chars().all(char::is_alphabetic) => {
            let has_case = first.chars().next().is_some_and(char::is_uppercase);
            if has_case { first } else { "" }
        }
        _ => "",
    }
}

fn fields<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Fields {
    all.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), Value::from(value)))
        .collect()
}

fn owners(
    conn: &mut Conn,
    ids: impl Iterator<Item = UserId>,
) -> QueryResult<HashMap<UserId, (String, String)>> {
    let mut ids: Vec<UserId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(UserId, String, String)> = users::table
        .filter(users::id.eq_any(ids))
        .select((users::id, users::name, users::email))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, email)| (id, (name, email)))
        .collect())
}

/// A letter says nothing that is marked sensitive, whoever writes it.
fn traits_of(conn: &mut Conn, ids: &[ContactId]) -> QueryResult<HashMap<ContactId, Fields>> {
    let hidden: Vec<TraitKeyId> = fields_table::table
        .filter(fields_table::is_sensitive.eq(true))
        .select(fields_table::key_id)
        .load(conn)?;
    let rows: Vec<(ContactId, String, String)> = traits::table
        .inner_join(trait_keys::table.on(trait_keys::id.eq(traits::key_id)))
        .filter(traits::contact_id.eq_any(ids.to_vec()))
        .filter(traits::key_id.ne_all(hidden))
        .limit(MOST_TRAITS)
        .select((traits::contact_id, trait_keys::key, traits::value))
        .load(conn)?;
    let mut found: HashMap<ContactId, Fields> = HashMap::new();
    for (contact, key, value) in rows {
        let value = match serde_json::from_str::<serde_json::Value>(&value) {
            Ok(serde_json::Value::Null) => continue,
            Ok(value) => of_json(value),
            Err(_) => Value::from(value),
        };
        found.entry(contact).or_default().insert(key, value);
    }
    Ok(found)
}

fn of_json(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(is) => Value::from(is),
        serde_json::Value::Number(n) => match n.as_i64() {
            Some(whole) => Value::from(whole),
            None => Value::from(n.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(all) => all.into_iter().map(of_json).collect(),
        serde_json::Value::Object(all) => {
            let fields: Fields = all.into_iter().map(|(k, v)| (k, of_json(v))).collect();
            Value::from(fields)
        }
    }
}
