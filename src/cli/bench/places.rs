//! Which pages are read: addresses made from what the instance holds.

use std::net::SocketAddr;
use std::sync::Arc;

use diesel::prelude::*;

use super::desks;
use super::reader::Kind;
use super::stand::Stand;
use crate::base::{Timestamp, phone, text};
use crate::db::Conn;
use crate::db::schema::{contact_tags, contacts, identities, sources, tags, tickets};
use crate::web::Cursor;

/// Contacts whose pages are read.
const SAMPLES: i64 = 200;
/// Visits that make a full page of the story.
const FULL: i64 = 50;

/// Makes addresses for requests to one server.
pub(super) struct Places<'a> {
    pub conn: &'a mut Conn,
    pub stand: &'a Stand,
    pub address: SocketAddr,
}

impl Places<'_> {
    /// Every kind that is measured.
    pub fn all(&mut self) -> QueryResult<Vec<Kind>> {
        let deep = self.deep()?;
        let (tag, source) = (self.common_tag()?, self.source()?);
        let filtered = vec![
            "/contacts?stage=qualified".to_owned(),
            "/contacts?view=customers&sort=name".to_owned(),
            "/contacts?owner=me".to_owned(),
            "/contacts?owner=none&stage=lead".to_owned(),
            "/contacts?view=visitors".to_owned(),
            format!("/contacts?tag={tag}"),
            format!("/contacts?source={source}&view=everyone"),
        ];
        let mut kinds = vec![self.pages("list", "contact list", vec!["/contacts".to_owned()])];
        kinds.push(self.pages("deep", "deep in the list", deep));
        for (n, path) in filtered.into_iter().enumerate() {
            let (key, label) = FILTERS.get(n).copied().unwrap_or_default();
            kinds.push(self.pages(key, label, vec![path]));
        }
        let busy = self.busy()?;
        kinds.push(self.pages("record", "record, 50 lines", paths("/contacts/", &busy)));
        let any = self.any()?;
        kinds.push(self.pages("any_record", "any record", paths("/contacts/", &any)));
        let common = ["anna", "an", "mü", "lo", "шевч", "田中", "buyer"];
        let asked = common.map(|word| format!("/contacts?q={}", encoded(word)));
        kinds.push(self.pages("list_search", "contact list, common words", asked.to_vec()));
        let rare = self.rare()?;
        kinds.push(self.pages("rare", "contact list, one person", rare));
        let (typed, misspelt) = self.typed()?;
        kinds.push(self.pages("search", "search over everything", typed));
        kinds.push(self.pages("misspelt", "search, misspelt", misspelt));
        kinds.push(self.api()?);
        for (key, label, paths) in desks::deals(self.conn)? {
            kinds.push(self.pages(key, label, paths));
        }
        kinds.extend(self.desk()?);
        for (key, label, paths) in desks::campaigns(self.conn)? {
            kinds.push(self.pages(key, label, paths));
        }
        Ok(kinds)
    }

    fn pages(&self, key: &'static str, label: &'static str, paths: Vec<String>) -> Kind {
        let head = format!("Cookie: {}", self.stand.cookie);
        self.kind(key, label, &paths, &head)
    }

    fn api(&mut self) -> QueryResult<Kind> {
        let users: Vec<String> = identities::table
            .filter(identities::namespace.eq("user_id"))
            .limit(SAMPLES)
            .select(identities::value)
            .load(self.conn)?;
        let paths: Vec<String> = users
            .iter()
            .map(|user| format!("/api/v1/contacts?user_id={}", encoded(user)))
            .collect();
        let head = format!("Authorization: Bearer {}", self.stand.api_key);
        Ok(self.kind("api", "contacts API by user id", &paths, &head))
    }

    /// The queue of the desk, its filters and tickets.
    fn desk(&mut self) -> QueryResult<Vec<Kind>> {
        let ids: Vec<i64> = tickets::table
            .order(tickets::id.desc())
            .limit(SAMPLES)
            .select(tickets::id)
            .load(self.conn)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let row: Option<(i64, Timestamp)> = tickets::table
            .filter(tickets::status.eq("closed"))
            .order((tickets::last_at.desc(), tickets::id.desc()))
            .offset(100_000)
            .select((tickets::id, tickets::last_at))
            .first(self.conn)
            .optional()?;
        let deep = row.map_or_else(
            || "/tickets?status=closed".to_owned(),
            |(id, at)| {
                let key = at.0.to_string();
                let after = Cursor { key, id }.encode();
                format!("/tickets?status=closed&after={after}")
            },
        );
        let lists = vec![
            "/tickets?view=mine".to_owned(),
            "/tickets?view=unassigned".to_owned(),
            "/tickets?view=mine&status=closed".to_owned(),
            "/tickets?status=solved&mailbox=2".to_owned(),
        ];
        let words = ["invoice", "buoy", "where", "gateway off"];
        let asked = words.map(|word| format!("/tickets?q={}", encoded(word)));
        Ok(vec![
            self.pages("tickets", "ticket queue", vec!["/tickets".to_owned()]),
            self.pages("tickets_views", "ticket queue, filtered", lists),
            self.pages("tickets_deep", "deep in the ticket queue", vec![deep]),
            self.pages("tickets_search", "ticket search", asked.to_vec()),
            self.pages("ticket", "ticket", paths("/tickets/", &ids)),
        ])
    }

    fn kind(&self, key: &'static str, label: &'static str, paths: &[String], head: &str) -> Kind {
        let requests = paths
            .iter()
            .map(|path| {
                format!(
                    "GET {path} HTTP/1.1\r\nHost: {}\r\n{head}\r\n\r\n",
                    self.address
                )
                .into_bytes()
            })
            .collect();
        Kind {
            key,
            label,
            requests: Arc::new(requests),
        }
    }

    /// Addresses of pages in the middle of the list.
    fn deep(&mut self) -> QueryResult<Vec<String>> {
        let mut addresses = Vec::new();
        for offset in [10_000, 50_000, 100_000, 150_000] {
            let row: Option<(i64, Timestamp)> = contacts::table
                .filter(contacts::deleted_at.is_null())
                .filter(contacts::is_known.eq(true))
                .order((contacts::last_seen_at.desc(), contacts::id.desc()))
                .offset(offset)
                .select((contacts::id, contacts::last_seen_at))
                .first(self.conn)
                .optional()?;
            addresses.extend(row.map(|(id, seen)| {
                let key = seen.0.to_string();
                format!("/contacts?after={}", Cursor { key, id }.encode())
            }));
        }
        if addresses.is_empty() {
            addresses.push("/contacts".to_owned());
        }
        Ok(addresses)
    }

    /// Contacts with more visits than a page shows, or else the busiest there are.
    fn busy(&mut self) -> QueryResult<Vec<i64>> {
        let found: Vec<i64> = identities::table
            .filter(identities::session_count.ge(FULL))
            .limit(SAMPLES)
            .select(identities::contact_id)
            .load(self.conn)?;
        if !found.is_empty() {
            return Ok(found);
        }
        identities::table
            .order(identities::event_count.desc())
            .limit(20)
            .select(identities::contact_id)
            .load(self.conn)
    }

    /// Known contacts from everywhere in the table.
    fn any(&mut self) -> QueryResult<Vec<i64>> {
        let last: Option<i64> = contacts::table
            .select(diesel::dsl::max(contacts::id))
            .first(self.conn)?;
        let step = (last.unwrap_or(0) / SAMPLES).max(1);
        let mut ids = Vec::new();
        for n in 0..SAMPLES {
            let id: Option<i64> = contacts::table
                .filter(contacts::id.ge(n * step))
                .filter(contacts::is_known.eq(true))
                .filter(contacts::deleted_at.is_null())
                .order(contacts::id)
                .select(contacts::id)
                .first(self.conn)
                .optional()?;
            ids.extend(id);
        }
        Ok(ids)
    }

    /// Searches that find one person.
    fn rare(&mut self) -> QueryResult<Vec<String>> {
        let ids = self.any()?;
        let emails: Vec<Option<String>> = contacts::table
            .filter(contacts::id.eq_any(ids))
            .filter(contacts::email.is_not_null())
            .select(contacts::email)
            .load(self.conn)?;
        let locals = emails
            .iter()
            .flatten()
            .filter_map(|email| email.split('@').next());
        Ok(locals
            .map(|local| format!("/contacts?q={}", encoded(local)))
            .collect())
    }

    /// What people type into the search: names, their beginnings, parts of addresses, digits, words that very many share;
    /// and the same with a slip.
    fn typed(&mut self) -> QueryResult<(Vec<String>, Vec<String>)> {
        type Row = (String, Option<String>, Option<String>);
        let ids = self.any()?;
        let rows: Vec<Row> = contacts::table
            .filter(contacts::id.eq_any(ids))
            .select((contacts::name, contacts::email, contacts::phone))
            .load(self.conn)?;
        let common = [
            "example", "com", "manager", "anna", "a", "田中", "0049", "invoice",
        ];
        let mut typed: Vec<String> = common.map(str::to_owned).to_vec();
        let mut misspelt = Vec::new();
        for (n, (name, email, phone)) in rows.into_iter().enumerate() {
            let (local, domain) = email
                .as_deref()
                .and_then(|e| e.split_once('@'))
                .unwrap_or_default();
            let national = phone
                .as_deref()
                .and_then(phone::national)
                .unwrap_or_default();
            let word = name.split(' ').next_back().unwrap_or_default();
            typed.push(match n % 6 {
                0 => name.clone(),
                1 => word.chars().take(3).collect(),
                2 => local.to_owned(),
                3 => domain.to_owned(),
                4 => format!("0{}", text::cut(&national, 6)),
                _ => word.to_owned(),
            });
            misspelt.extend(slip(&name));
        }
        let address = |words: Vec<String>| {
            let words = words.iter().filter(|word| !word.is_empty());
            words
                .map(|word| format!("/search/hits?q={}", encoded(word)))
                .collect()
        };
        Ok((address(typed), address(misspelt)))
    }

    fn common_tag(&mut self) -> QueryResult<i64> {
        let tag: Option<i64> = contact_tags::table
            .inner_join(tags::table.on(tags::id.eq(contact_tags::tag_id)))
            .select(tags::id)
            .first(self.conn)
            .optional()?;
        Ok(tag.unwrap_or(0))
    }

    fn source(&mut self) -> QueryResult<i64> {
        let source: Option<i64> = sources::table
            .filter(sources::kind.eq("web"))
            .order(sources::id)
            .select(sources::id)
            .first(self.conn)
            .optional()?;
        Ok(source.unwrap_or(1))
    }
}

const FILTERS: [(&str, &str); 7] = [
    ("stage", "list by stage"),
    ("customers", "customers by name"),
    ("mine", "list of one owner"),
    ("unowned_leads", "leads of nobody"),
    ("visitors", "visitors"),
    ("tag", "list by tag"),
    ("source", "everyone of a source"),
];

fn paths(before: &str, ids: &[i64]) -> Vec<String> {
    ids.iter().map(|id| format!("{before}{id}")).collect()
}

/// A name with two letters of its last word in the wrong order.
fn slip(name: &str) -> Option<String> {
    let (first, last) = name.rsplit_once(' ')?;
    let mut letters: Vec<char> = last.chars().collect();
    if letters.len() < 5 || !last.is_ascii() {
        return None;
    }
    letters.swap(2, 3);
    let last: String = letters.into_iter().collect();
    Some(format!("{first} {last}"))
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
