//! The contacts and identities a batch touches, in memory: loaded in bulk, resolved event by event, written in bulk.
//! Who was in one batch is likely to be in the next: what was loaded stays until somebody else writes (`memory.rs`).

use std::borrow::Cow;

use diesel::prelude::*;
use foldhash::{HashMap, HashSet};

use super::super::model::EventKind;
use super::ids::Id;
use super::read::Draft;
use super::resolve::{self, Decision, Facts};
use super::rows::{ContactRow, IdentityRow};
use crate::base::Timestamp;
use crate::contacts::merge::Kind;
use crate::db::Conn;
use crate::db::schema::{identities, no_merges};

/// An identity as the batch knows it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub identity: i64,
    /// Whose it was when it was loaded or made; merges of this batch are followed by `World::survivor`.
    pub contact: i64,
    pub has_first_touch: bool,
}

/// A contact as the batch knows it.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub is_known: bool,
    pub is_owned: bool,
    pub name: String,
    pub last_seen_at: Timestamp,
    pub users: Option<Vec<String>>,
    pub newest: Timestamp,
    pub becomes_known: bool,
    pub is_touched: bool,
}

/// Whose an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    /// Identity the event hangs on: the strongest of it.
    pub identity: i64,
    /// Identity its session hangs on: the device, where there is one.
    pub device: i64,
    pub has_first_touch: bool,
    /// Contact at this moment; a later merge may move it.
    pub contact: i64,
}

/// What resolving did, for whoever watches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Effect {
    pub created: bool,
    pub became_known: bool,
    pub merged: bool,
    pub other_user: bool,
    pub suggested: bool,
}

/// Everybody in a batch.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) known: HashMap<Id, Known>,
    /// Contacts of this batch.
    pub(super) touched: Vec<i64>,
    pub(super) people: HashMap<i64, Person>,
    pub(super) moved: HashMap<i64, i64>,
    pub(super) apart: HashSet<(i64, i64)>,
    pub(super) spare_contacts: Vec<i64>,
    pub(super) spare_identities: Vec<i64>,
    pub(super) new_contacts: Vec<ContactRow>,
    pub(super) new_identities: Vec<IdentityRow>,
    /// Winner, loser, what said so, in what words, when that came.
    pub(super) merges: Vec<(i64, i64, EventKind, String, Timestamp)>,
    pub(super) suggestions: Vec<(i64, i64, String)>,
    pub(super) now: Timestamp,
}

impl World {
    /// Decides whose a draft is, and remembers what has to be written for it. `may_create`: the source lets unknown
    /// people become known contacts.
    pub fn resolve(
        &mut self,
        conn: &mut Conn,
        draft: &Draft,
        may_create: bool,
    ) -> QueryResult<(Owner, Effect)> {
        let mut effect = Effect::default();
        let mut ids: Cow<'_, [Id]> = Cow::Borrowed(&draft.ids);
        if let Some(previous) = draft
            .previous
            .as_ref()
            .filter(|id| !draft.ids.iter().any(|known| known.value == **id))
        {
            ids.to_mut().extend(self.previous(previous));
        }
        if let Some(owner) = self.settled(&ids) {
            let joined = ids.first().is_some_and(|id| id.namespace == "anonymous_id")
                || self.is_known(owner.contact);
            if joined || draft.is_act {
                self.saw(owner.contact, draft);
                return Ok((owner, effect));
            }
        }
        let user = ids
            .iter()
            .find(|id| id.namespace == "user_id")
            .map(|id| id.value.clone());
        let owners = self.owners(conn, &ids)?;
        let may_join = draft.kind == EventKind::Alias;
        let apart = &self.apart;
        let (decision, obstacles) = resolve::decide(&owners, user.as_deref(), may_join, |a, b| {
            apart.contains(&(a.min(b), a.max(b)))
        });
        effect.other_user = obstacles.other_user;
        if let Some((a, b)) = obstacles.both_owned {
            effect.suggested = true;
            self.suggestions.push((a, b, evidence(draft)));
        }
        let (kept, contact) = self.carry_out(decision, draft, &mut effect);
        for id in ids.iter().take(kept) {
            self.attach(id, contact, draft);
        }
        let names_somebody = ids
            .iter()
            .take(kept)
            .any(|id| !matches!(&*id.namespace, "anonymous_id" | "device" | "record"));
        if names_somebody && may_create {
            effect.became_known = self.becomes_known(contact);
        }
        self.saw(contact, draft);
        Ok((self.owner(&ids, kept, contact), effect))
    }

    /// How many of the identifiers hang on the contact, and which contact it is.
    fn carry_out(
        &mut self,
        decision: Decision,
        draft: &Draft,
        effect: &mut Effect,
    ) -> (usize, i64) {
        match decision {
            Decision::Create { kept } => {
                effect.created = true;
                (kept, self.create(draft))
            }
            Decision::Attach { kept, contact } => (kept, contact),
            Decision::Merge {
                kept,
                winner,
                losers,
            } => {
                effect.merged = true;
                for loser in losers {
                    self.merge(winner, loser, draft);
                }
                (kept, winner)
            }
        }
    }

    /// The name to show for a contact.
    pub fn name(&self, contact: i64) -> Option<&str> {
        self.people
            .get(&self.survivor(contact))
            .map(|p| p.name.as_str())
            .filter(|name| !name.is_empty())
    }

    /// What a contact is called from now on.
    pub fn rename(&mut self, contact: i64, name: String) {
        if let Some(person) = self.people.get_mut(&contact) {
            person.name = name;
        }
    }

    /// The contact that a contact has become within this batch.
    pub fn survivor(&self, contact: i64) -> i64 {
        survivor(&self.moved, contact)
    }

    /// Whether somebody knows who a contact is.
    pub fn is_known(&self, contact: i64) -> bool {
        self.people
            .get(&self.survivor(contact))
            .is_some_and(|p| p.is_known)
    }

    /// The owner of identifiers that are all known and all one contact's: nothing to decide.
    fn settled(&self, ids: &[Id]) -> Option<Owner> {
        let first = self.known.get(ids.first()?)?;
        let contact = self.survivor(first.contact);
        let all = ids.iter().all(|id| {
            self.known
                .get(id)
                .is_some_and(|k| self.survivor(k.contact) == contact)
        });
        all.then(|| self.owner(ids, ids.len(), contact))
    }

    fn owner(&self, ids: &[Id], kept: usize, contact: i64) -> Owner {
        let mut kept_ids = ids.iter().take(kept);
        let strongest = kept_ids.clone().next().and_then(|id| self.known.get(id));
        let device = kept_ids
            .find(|id| id.namespace == "anonymous_id")
            .and_then(|id| self.known.get(id))
            .or(strongest);
        Owner {
            identity: strongest.map_or(0, |k| k.identity),
            device: device.map_or(0, |k| k.identity),
            has_first_touch: strongest.is_some_and(|k| k.has_first_touch),
            contact,
        }
    }

    /// What an alias names as the id before: a user id if there is such a user, else the id of a device.
    fn previous(&self, value: &str) -> Option<Id> {
        let both: Vec<Id> = before(value).collect();
        both.iter()
            .find(|id| self.known.contains_key(*id))
            .or(both.last())
            .cloned()
    }

    fn owners(&mut self, conn: &mut Conn, ids: &[Id]) -> QueryResult<Vec<Option<Facts>>> {
        let mut owners = Vec::with_capacity(ids.len());
        for id in ids {
            let contact = self.known.get(id).map(|k| self.survivor(k.contact));
            owners.push(match contact {
                Some(contact) => Some(self.facts(conn, contact)?),
                None => None,
            });
        }
        let mut several: Vec<i64> = owners.iter().flatten().map(|f| f.contact).collect();
        several.sort_unstable();
        several.dedup();
        if several.len() > 1 {
            let pairs: Vec<(i64, i64)> = no_merges::table
                .filter(no_merges::kind.eq(Kind::Contact))
                .filter(no_merges::a.eq_any(&several))
                .filter(no_merges::b.eq_any(&several))
                .select((no_merges::a, no_merges::b))
                .load(conn)?;
            self.apart.extend(pairs);
        }
        Ok(owners)
    }

    fn facts(&mut self, conn: &mut Conn, contact: i64) -> QueryResult<Facts> {
        let Some(person) = self.people.get_mut(&contact) else {
            return Ok(Facts {
                contact,
                is_owned: false,
                is_known: false,
                users: Vec::new(),
            });
        };
        if person.users.is_none() {
            let users = identities::table
                .filter(identities::contact_id.eq(contact))
                .filter(identities::namespace.eq("user_id"))
                .limit(10)
                .select(identities::value)
                .load(conn)?;
            person.users = Some(users);
        }
        Ok(Facts {
            contact,
            is_owned: person.is_owned,
            is_known: person.is_known,
            users: person.users.clone().unwrap_or_default(),
        })
    }

    fn create(&mut self, draft: &Draft) -> i64 {
        let id = self.spare_contacts.pop().unwrap_or_default();
        self.people.insert(
            id,
            Person {
                is_known: false,
                is_owned: false,
                name: String::new(),
                last_seen_at: Timestamp::ZERO,
                users: Some(Vec::new()),
                newest: draft.at,
                becomes_known: false,
                is_touched: false,
            },
        );
        self.new_contacts.push(ContactRow {
            id,
            source_id: draft.source_id.0,
            created_at: draft.received_at,
            updated_at: draft.received_at,
            ..ContactRow::default()
        });
        id
    }

    fn attach(&mut self, id: &Id, contact: i64, draft: &Draft) {
        if self.known.contains_key(id) {
            return;
        }
        let identity = self.spare_identities.pop().unwrap_or_default();
        self.known.insert(
            id.clone(),
            Known {
                identity,
                contact,
                has_first_touch: false,
            },
        );
        if id.namespace == "user_id"
            && let Some(person) = self.people.get_mut(&contact)
        {
            person.users.get_or_insert_default().push(id.value.clone());
        }
        self.new_identities.push(IdentityRow {
            id: identity,
            contact_id: contact,
            namespace: id.namespace.to_string(),
            value: id.value.clone(),
            shown: id.value.clone(),
            label: String::new(),
            is_primary: false,
            is_shared: false,
            source_id: draft.source_id.0,
            created_at: draft.received_at,
            first_seen_at: Timestamp::ZERO,
            last_seen_at: Timestamp::ZERO,
            event_count: 0,
            page_count: 0,
            session_count: 0,
        });
    }

    fn merge(&mut self, winner: i64, loser: i64, draft: &Draft) {
        self.merges.push((
            winner,
            loser,
            draft.kind,
            evidence(draft),
            draft.received_at,
        ));
        self.moved.insert(loser, winner);
        let lost = self.people.get(&loser).cloned();
        if let (Some(person), Some(lost)) = (self.people.get_mut(&winner), lost) {
            person
                .users
                .get_or_insert_default()
                .extend(lost.users.unwrap_or_default());
            person.newest = person.newest.max(lost.newest);
            if lost.is_known && !person.is_known {
                person.is_known = true;
                person.becomes_known = true;
            }
        }
    }

    fn becomes_known(&mut self, contact: i64) -> bool {
        match self.people.get_mut(&contact) {
            Some(person) if !person.is_known => {
                person.is_known = true;
                person.becomes_known = true;
                true
            }
            _ => false,
        }
    }

    fn saw(&mut self, contact: i64, draft: &Draft) {
        let contact = self.survivor(contact);
        let Some(person) = self.people.get_mut(&contact) else {
            return;
        };
        if !person.is_touched {
            person.is_touched = true;
            self.touched.push(contact);
        }
        if draft.was_seen {
            person.newest = person.newest.max(draft.at);
        }
    }
}

pub(super) fn survivor(moved: &HashMap<i64, i64>, mut contact: i64) -> i64 {
    while let Some(next) = moved.get(&contact) {
        contact = *next;
    }
    contact
}

/// Both things the id before may be.
pub(super) fn before(value: &str) -> impl Iterator<Item = Id> + use<> {
    [Id::user(value), Id::anonymous(value)]
        .into_iter()
        .flatten()
}

/// Why, in the words of the event that said so.
fn evidence(draft: &Draft) -> String {
    let ids: Vec<String> = draft
        .ids
        .iter()
        .map(|id| format!("{} {}", id.namespace, id.value))
        .collect();
    serde_json::json!({ "event": draft.kind, "message_id": draft.message_id, "source": draft.source_id, "ids": ids }).to_string()
}
