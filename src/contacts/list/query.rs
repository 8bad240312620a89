//! Rows of the list. Every combination of one filter and an order is a walk along one index; further filters are checked on the way.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::ask::{Ask, From, Key, OwnerFilter, Sort};
use super::catalog;
use super::did::{Boxed, Doers};
use crate::accounts::Reach;
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, SourceId, TagId, UserId};
use crate::contacts::fields::{self, Object};
use crate::contacts::model::Stage;
use crate::db::schema::{contact_tags, contacts, identities};
use crate::db::{Cached, Conn, Predicate, padded};
use crate::filters::{Reader, Rule};
use crate::keyset;
use crate::web::Cursor;

/// Rows of a page.
pub const PAGE: usize = 50;
/// Counts stop here.
pub const MOST_COUNTED: usize = 1_000;
/// A tag on more contacts than this is looked up contact by contact, not the other way round.
const WIDE_TAG: i64 = 2_000;
/// Everybody a filter asks for, whatever the words: for mailings, which are not paged.
pub fn everybody(conn: &mut Conn, ask: &Ask, reader: &Reader) -> QueryResult<Boxed> {
    let narrow = Narrow::read(conn, ask, reader)?;
    Ok(filtered(ask, ask.is_known(), reader.user, &narrow))
}

/// A row of the list.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
    /// Id.
    pub id: ContactId,
    /// Whether it is known.
    pub is_known: bool,
    /// Name.
    pub name: String,
    /// What it sorts by.
    pub sort_name: String,
    /// Address.
    pub email: Option<String>,
    /// Number.
    pub phone: Option<String>,
    /// Stage.
    pub stage: Stage,
    /// Owner.
    pub owner_id: Option<UserId>,
    /// Company.
    pub company_id: Option<CompanyId>,
    /// Job title.
    pub job_title: String,
    /// City.
    pub city: String,
    /// Country, as a code.
    pub country: String,
    /// Source.
    pub source_id: SourceId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last seen.
    pub last_seen_at: Timestamp,
}

/// One page.
#[derive(Debug, Default)]
pub struct Rows {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Where the page above ends.
    pub before: Option<Cursor>,
    /// Where the page below begins.
    pub after: Option<Cursor>,
    /// Whether the walk ended before the list did: so many were looked at that somebody should say whether to go on.
    pub is_cut: bool,
}

/// How many there are; stops at [`MOST_COUNTED`]. `None` for a tag that many have: each would have to be looked at.
pub fn count(conn: &mut Conn, ask: &Ask, reader: &Reader) -> QueryResult<Option<usize>> {
    let narrow = Narrow::read(conn, ask, reader)?;
    let reader = reader.user;
    if narrow.is_wide(ask) || narrow.is_checked() {
        return Ok(None);
    }
    let most = MOST_COUNTED as i64 + 1;
    let found: Vec<ContactId> = filtered(ask, ask.is_known(), reader, &narrow)
        .select(contacts::id)
        .limit(most)
        .load(conn)?;
    Ok(Some(found.len()))
}

/// Whether there is anybody at all.
pub fn is_empty(conn: &mut Conn) -> QueryResult<bool> {
    let anybody: Option<ContactId> = contacts::table
        .filter(contacts::deleted_at.is_null())
        .select(contacts::id)
        .first(conn)
        .optional()?;
    Ok(anybody.is_none())
}

/// An anonymous id of each visitor on a page, by which they are told apart.
pub fn anonymous_ids(
    conn: &mut Conn,
    ids: &[ContactId],
) -> QueryResult<HashMap<ContactId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = identities::table
        .filter(identities::contact_id.eq_any(padded(ids.to_vec())))
        .filter(identities::namespace.eq("anonymous_id"))
        .order(identities::id.desc())
        .select((identities::contact_id, identities::value))
        .limit(1_000);
    let rows: Vec<(ContactId, String)> = Cached(query).load(conn)?;
    Ok(rows.into_iter().collect())
}

#[expect(clippy::type_complexity, reason = "the columns, one after the other")]
pub(super) const COLUMNS: (
    contacts::id,
    contacts::is_known,
    contacts::name,
    contacts::sort_name,
    contacts::email,
    contacts::phone,
    contacts::stage,
    contacts::owner_id,
    contacts::company_id,
    contacts::job_title,
    contacts::city,
    contacts::country,
    contacts::source_id,
    contacts::created_at,
    contacts::last_seen_at,
) = (
    contacts::id,
    contacts::is_known,
    contacts::name,
    contacts::sort_name,
    contacts::email,
    contacts::phone,
    contacts::stage,
    contacts::owner_id,
    contacts::company_id,
    contacts::job_title,
    contacts::city,
    contacts::country,
    contacts::source_id,
    contacts::created_at,
    contacts::last_seen_at,
);

/// A source has its known ones and its visitors apart in the index: both together are two walks.
pub(super) fn populations(ask: &Ask) -> Vec<Option<bool>> {
    match ask.is_known() {
        None if ask.source.is_some() => vec![Some(true), Some(false)],
        known => vec![known],
    }
}

/// What was looked up before the walk: where a tag or an act belongs to few, it is walked over them alone.
#[derive(Debug)]
pub struct Narrow {
    /// The contacts of a tag that few have.
    tagged: Option<Vec<ContactId>>,
    /// Who did it.
    did: Doers,
    /// What each contact has to be asked besides.
    rest: Option<Predicate>,
    /// Whose contacts are in the reader's reach.
    reach: Reach,
}

impl Narrow {
    /// Looks up what a list asks for.
    pub fn read(conn: &mut Conn, ask: &Ask, reader: &Reader) -> QueryResult<Self> {
        let tagged = match ask.tag {
            Some(tag) => few_tagged(conn, tag)?,
            None => None,
        };
        let did = match &ask.did {
            Some(did) => did.doers(conn, reader.now)?,
            None => Doers::Anybody,
        };
        let rest = if ask.rest.is_everything() {
            None
        } else {
            Some(rest(conn, ask, reader)?)
        };
        Ok(Self {
            tagged,
            did,
            rest,
            reach: reader.reach.clone(),
        })
    }

    /// Whether each contact has to be looked at.
    fn is_wide(&self, ask: &Ask) -> bool {
        ask.tag.is_some() && self.tagged.is_none() || matches!(self.did, Doers::Many { .. })
    }

    /// Whether the query holds lists of its own, which no statement kept ready can have.
    pub(super) fn has_lists(&self) -> bool {
        self.tagged.is_some()
            || !matches!(self.did, Doers::Anybody)
            || self.is_checked()
            || !self.reach.is_all()
    }

    /// Whether contacts are looked at one by one, whatever index is walked.
    pub(super) fn is_checked(&self) -> bool {
        self.rest.is_some() || matches!(self.did, Doers::Many { .. })
    }

    /// The owners whose contacts are walked one by one, each along the index of owners; none: all are walked at once.
    pub(super) fn owners(&self, ask: &Ask, reader: UserId) -> Vec<Option<UserId>> {
        match &self.reach {
            Reach::Of { users, unassigned } if ask.owner_of(reader).is_none() => {
                let nobody = unassigned.then_some(None);
                users.iter().copied().map(Some).chain(nobody).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Asks each.
    pub(super) fn check(&self, query: Boxed) -> Boxed {
        let query = self.did.keep(query);
        let query = match self.reach.on("contacts.owner_id") {
            Some(held) => query.filter(held),
            None => query,
        };
        match &self.rest {
            Some(rest) => query.filter(rest.clone()),
            None => query,
        }
    }
}

/// What cannot be asked (a field that is gone) fits nobody.
fn rest(conn: &mut Conn, ask: &Ask, reader: &Reader) -> QueryResult<Predicate> {
    let mut catalog = catalog::bare();
    if catalog::asks_for_fields(&ask.rest) {
        let mut fields = fields::store::all(conn, Object::Contact)?;
        fields.retain(|field| reader.is_trusted || !field.is_sensitive);
        catalog.fields.extend(catalog::declared(&fields, &[]));
    }
    Ok(match Rule::new(&ask.rest, &catalog, reader) {
        Ok(rule) => rule.predicate(conn),
        Err(_) => Predicate::never(),
    })
}

fn few_tagged(conn: &mut Conn, tag: TagId) -> QueryResult<Option<Vec<ContactId>>> {
    let ids = tagged(tag)
        .order(contact_tags::contact_id.desc())
        .limit(WIDE_TAG + 1)
        .load(conn)?;
    Ok(Some(ids).filter(|ids| ids.len() as i64 <= WIDE_TAG))
}

#[diesel::dsl::auto_type]
fn tagged(tag: TagId) -> _ {
    contact_tags::table
        .filter(contact_tags::tag_id.eq(tag))
        .select(contact_tags::contact_id)
}

pub(super) fn filtered(
    ask: &Ask,
    is_known: Option<bool>,
    reader: UserId,
    narrow: &Narrow,
) -> Boxed {
    narrow.check(walkable(ask, is_known, reader, narrow))
}

/// The part of it that belongs to one owner, or to nobody.
pub(super) fn held_by(
    ask: &Ask,
    is_known: Option<bool>,
    reader: UserId,
    owner: Option<UserId>,
    narrow: &Narrow,
) -> Boxed {
    let whose = owner.map_or(OwnerFilter::Nobody, OwnerFilter::User);
    let ask = ask.with(|ask| ask.owner = Some(whose));
    narrow.check(walkable(&ask, is_known, reader, narrow))
}

/// What an index finds, without what each contact is asked besides.
pub(super) fn walkable(
    ask: &Ask,
    is_known: Option<bool>,
    reader: UserId,
    narrow: &Narrow,
) -> Boxed {
    let mut query = contacts::table
        .filter(contacts::deleted_at.is_null())
        .into_boxed();
    match is_known {
        // With a value for the indexes that begin with it, without one for those that hold only such rows: each form
        // is recognised by its own kind of index, and both at once mislead the planner.
        Some(true) if begins_with_known(ask, reader) => {
            query = query.filter(contacts::is_known.eq(true));
        }
        Some(true) => query = query.filter(contacts::is_known),
        Some(false) => query = query.filter(contacts::is_known.eq(false)),
        None => {}
    }
    match ask.owner_of(reader) {
        Some(Some(owner)) => query = query.filter(contacts::owner_id.eq(owner)),
        Some(None) => query = query.filter(contacts::owner_id.is_null()),
        None => {}
    }
    if let Some(stage) = ask.stage_of() {
        query = query.filter(contacts::stage.eq(stage));
    }
    if let Some(source) = ask.source {
        query = query.filter(contacts::source_id.eq(source));
    }
    match (ask.tag, narrow.tagged.as_deref()) {
        (Some(_), Some(ids)) => query = query.filter(contacts::id.eq_any(ids.to_vec())),
        (Some(tag), None) => {
            query = query.filter(exists(
                contact_tags::table
                    .filter(contact_tags::tag_id.eq(tag))
                    .filter(contact_tags::contact_id.eq(contacts::id)),
            ));
        }
        (None, _) => {}
    }
    query
}

/// Whether the index that serves this list has known ones and visitors apart, rather than known ones only.
fn begins_with_known(ask: &Ask, reader: UserId) -> bool {
    let is_plain = ask.owner_of(reader).is_none() && ask.stage_of().is_none();
    ask.source.is_some() || (is_plain && ask.sort.key() != Key::Name)
}

/// In the asked order, from the asked row on.
pub(super) fn walk(query: Boxed, ask: &Ask) -> Boxed {
    use contacts::{created_at, id, last_seen_at, sort_name};
    let (cursor, is_back) = match &ask.from {
        From::Top => (None, false),
        From::After(cursor) => (Some(cursor), false),
        From::Before(cursor) => (Some(cursor), true),
    };
    let time = cursor.map(|c| (c.number().unwrap_or_default(), c.id));
    let name = cursor.map(|c| (c.key.clone(), c.id));
    match (ask.sort.key(), ask.sort.is_rising() != is_back) {
        (Key::Seen, false) => keyset!(query, desc, last_seen_at, id, time),
        (Key::Seen, true) => keyset!(query, asc, last_seen_at, id, time),
        (Key::Created, false) => keyset!(query, desc, created_at, id, time),
        (Key::Created, true) => keyset!(query, asc, created_at, id, time),
        (Key::Name, true) => keyset!(query, asc, sort_name, id, name),
        (Key::Name, false) => keyset!(query, desc, sort_name, id, name),
    }
}

pub(super) fn cursor(sort: Sort, row: &Row) -> Cursor {
    let key = match sort.key() {
        Key::Seen => row.last_seen_at.0.to_string(),
        Key::Created => row.created_at.0.to_string(),
        Key::Name => row.sort_name.clone(),
    };
    Cursor { key, id: row.id.0 }
}
