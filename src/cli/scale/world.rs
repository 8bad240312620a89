//! What is there before the first contact: sources, users, tags, dictionaries, and the time in which it all plays.

use diesel::prelude::*;

use super::behaviour::DEEDS;
use super::plan::DAYS;
use crate::accounts::audit::By;
use crate::base::Timestamp;
use crate::base::clock::DAY;
use crate::base::ids::UserId;
use crate::db::Conn;
use crate::db::schema::{event_names, tags, trait_keys, users};
use crate::events::sources::model::NewSource;
use crate::events::sources::{SourceKind, actions};

/// What contacts and events point at.
#[derive(Debug)]
pub(super) struct World {
    /// The first moment of the behaviour; the last is today's midnight.
    pub begin: Timestamp,
    /// Website, app, server.
    pub sources: [i64; 3],
    pub users: Vec<i64>,
    user_names: Vec<(i64, String)>,
    pub tags: Vec<i64>,
    /// In the order of [`TRAITS`].
    pub trait_keys: Vec<i64>,
    /// In the order of [`DEEDS`].
    names: Vec<i64>,
}

const TRAITS: [(&str, &str); 6] = [
    ("name", "Name"),
    ("email", "Email"),
    ("title", "Title"),
    ("plan", "Plan"),
    ("address.country", "Address country"),
    ("address.city", "Address city"),
];
const TAGS: [(&str, &str); 8] = [
    ("Newsletter", "teal"),
    ("VIP", "amber"),
    ("Partner", "violet"),
    ("Press", "accent"),
    ("Trade fair", "green"),
    ("Wholesale", "red"),
    ("Beta", "teal"),
    ("Reseller", "violet"),
];
const SOURCES: [(&str, SourceKind); 3] = [
    ("Website", SourceKind::Web),
    ("App", SourceKind::Mobile),
    ("Shop server", SourceKind::Server),
];

impl World {
    /// Makes what is missing.
    pub fn make(conn: &mut Conn, now: Timestamp) -> QueryResult<Self> {
        actions::ensure_builtin(conn, now)?;
        let mut sources = [0; 3];
        for (id, (name, kind)) in sources.iter_mut().zip(SOURCES) {
            let new = NewSource {
                name: name.to_owned(),
                kind,
            };
            *id = actions::create(conn, &new, &By::house(), now)?.id.0;
        }
        let user_names = users::table
            .filter(users::deactivated_at.is_null())
            .order(users::id)
            .limit(100)
            .select((users::id, users::name))
            .load::<(UserId, String)>(conn)?
            .into_iter()
            .map(|(id, name)| (id.0, name))
            .collect::<Vec<_>>();
        Ok(Self {
            begin: Timestamp((now.day() - i64::from(DAYS)) * DAY),
            sources,
            users: user_names.iter().map(|(id, _)| *id).collect(),
            user_names,
            tags: make_tags(conn, now)?,
            trait_keys: make_trait_keys(conn, now)?,
            names: make_names(conn)?,
        })
    }

    /// Where a contact's events come from: most from the website.
    pub fn source(&self, contact: u32) -> i64 {
        let [web, app, server] = self.sources;
        match contact % 20 {
            0..15 => web,
            15..18 => app,
            _ => server,
        }
    }

    /// The dictionary's number of a deed.
    pub fn name_id(&self, deed: usize) -> i64 {
        self.names.get(deed).copied().unwrap_or_default()
    }

    /// The name of a user.
    pub fn user_name(&self, id: i64) -> &str {
        let found = self.user_names.iter().find(|(user, _)| *user == id);
        found.map_or("", |(_, name)| name)
    }
}

fn make_tags(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<i64>> {
    let mut ids = Vec::new();
    for (name, tone) in TAGS {
        let found: Option<i64> = tags::table
            .filter(tags::name.eq(name))
            .select(tags::id)
            .first(conn)
            .optional()?;
        ids.push(match found {
            Some(id) => id,
            None => diesel::insert_into(tags::table)
                .values((
                    tags::name.eq(name),
                    tags::tone.eq(tone),
                    tags::created_at.eq(now),
                ))
                .returning(tags::id)
                .get_result(conn)?,
        });
    }
    Ok(ids)
}

fn make_trait_keys(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<i64>> {
    let mut ids = Vec::new();
    for (key, label) in TRAITS {
        let found: Option<i64> = trait_keys::table
            .filter(trait_keys::object.eq("contact"))
            .filter(trait_keys::key.eq(key))
            .select(trait_keys::id)
            .first(conn)
            .optional()?;
        ids.push(match found {
            Some(id) => id,
            None => diesel::insert_into(trait_keys::table)
                .values((
                    trait_keys::object.eq("contact"),
                    trait_keys::key.eq(key),
                    trait_keys::label.eq(label),
                    trait_keys::is_declared.eq(false),
                    trait_keys::created_at.eq(now),
                ))
                .returning(trait_keys::id)
                .get_result(conn)?,
        });
    }
    Ok(ids)
}

fn make_names(conn: &mut Conn) -> QueryResult<Vec<i64>> {
    let mut ids = Vec::new();
    for deed in &DEEDS {
        let found: Option<i64> = event_names::table
            .filter(event_names::kind.eq(deed.kind))
            .filter(event_names::name.eq(deed.name))
            .select(event_names::id)
            .first(conn)
            .optional()?;
        ids.push(match found {
            Some(id) => id,
            None => diesel::insert_into(event_names::table)
                .values((
                    event_names::kind.eq(deed.kind),
                    event_names::name.eq(deed.name),
                ))
                .returning(event_names::id)
                .get_result(conn)?,
        });
    }
    Ok(ids)
}
