//! Contacts of a plan as rows, with everything that hangs on one: identities, traits, company, tags, counters, story.

use std::collections::BTreeMap;

use super::super::chance::Chance;
use super::behaviour::{self, acts};
use super::person::{Person, user_id};
use super::plan::{Ids, Plan, Visit};
use super::rows::{
    ContactRow, DayRow, EntryRow, IdentityRow, MemberRow, TaggedRow, TraitRow, TraitValueRow,
};
use super::world::World;
use crate::base::clock::DAY;
use crate::base::{Timestamp, text};
use crate::events::model::EventKind;

/// Contacts in a row, and all that hangs on them.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub contacts: Vec<ContactRow>,
    pub identities: Vec<IdentityRow>,
    pub trait_values: Vec<TraitValueRow>,
    pub traits: Vec<TraitRow>,
    pub members: Vec<MemberRow>,
    pub tagged: Vec<TaggedRow>,
    pub entries: Vec<EntryRow>,
    pub days: Vec<DayRow>,
    pub words: Vec<(i64, String)>,
}

/// Sums of one identity.
#[derive(Default)]
struct Sums {
    first: Timestamp,
    last: Timestamp,
    events: i64,
    pages: i64,
    sessions: i64,
    first_touch: Option<String>,
    last_touch: Option<String>,
    days: BTreeMap<(i64, i64), (i64, f64)>,
}

/// The chance of a contact, and after how many days it came if it never did anything.
fn chance_of(plan: &Plan, contact: u32) -> (Chance, i64) {
    let mut chance = Chance::of(plan.size.seed ^ 0x9e0, u64::from(contact));
    let idle = chance.below(179) as i64;
    (chance, idle)
}

/// The address that mail goes to.
fn chosen(ids: Ids, person: &Person) -> Option<String> {
    match (ids.email, ids.second_email) {
        (true, _) => Some(person.email.clone()),
        (false, true) => Some(person.second_email.clone()),
        _ => None,
    }
}

/// The address of a contact, as its row has it.
pub(super) fn address(plan: &Plan, contact: u32) -> Option<String> {
    let ids = plan.ids(contact);
    if !ids.is_known {
        return None;
    }
    let (mut chance, _) = chance_of(plan, contact);
    chosen(ids, &Person::of(plan, contact, &mut chance))
}

/// Makes the rows of contacts.
pub(super) struct People<'a> {
    plan: &'a Plan,
    world: &'a World,
    members: i64,
    entries: i64,
}

impl<'a> People<'a> {
    pub fn new(plan: &'a Plan, world: &'a World) -> Self {
        Self {
            plan,
            world,
            members: 0,
            entries: 0,
        }
    }

    /// Adds one contact, numbered from 0.
    pub fn add(&mut self, block: &mut Block, contact: u32) {
        let ids = self.plan.ids(contact);
        let (mut chance, idle) = chance_of(self.plan, contact);
        let (device, user) = self.sums(contact);
        let idle = self.world.begin.plus(idle * DAY);
        let last = device.last.max(user.last);
        let created = if device.events > 0 {
            device.first
        } else if user.events > 0 {
            user.first
        } else {
            idle
        };
        let mut row = ContactRow {
            id: i64::from(contact) + 1,
            stage: "visitor",
            source_id: self.world.source(contact),
            created_at: created,
            updated_at: created.max(last),
            last_seen_at: created.max(last),
            ..ContactRow::default()
        };
        let person = ids
            .is_known
            .then(|| Person::of(self.plan, contact, &mut chance));
        self.add_identities(block, contact, ids, &row, person.as_ref(), device, user);
        if let Some(person) = &person {
            self.fill(&mut row, ids, person, &mut chance);
            self.add_traits(block, contact, ids, &row, person, &mut chance);
            self.add_relations(block, &row, person, &mut chance);
            block.words.push((row.id, person.words(contact, ids)));
        }
        block.contacts.push(row);
    }

    /// Adds up what a contact did on its device, and signed in.
    fn sums(&self, contact: u32) -> (Sums, Sums) {
        let (mut device, mut user) = (Sums::default(), Sums::default());
        for visit in self.plan.visits_of(contact) {
            let sums = if visit.is_signed_in {
                &mut user
            } else {
                &mut device
            };
            sums.add(self.plan, self.world, visit);
        }
        (device, user)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call, of parts that are made apart"
    )]
    fn add_identities(
        &self,
        block: &mut Block,
        contact: u32,
        ids: Ids,
        row: &ContactRow,
        person: Option<&Person>,
        device: Sums,
        user: Sums,
    ) {
        let mut id = self.plan.device(contact);
        let mut add = |is_there: bool, namespace, value: String, is_primary, sums: Sums| {
            if is_there {
                let device = (sums.sessions > 0).then(|| behaviour::device(self.plan, contact));
                block
                    .days
                    .extend(sums.days.iter().map(|((name_id, day), (n, sum))| DayRow {
                        identity_id: id,
                        name_id: *name_id,
                        day: *day,
                        n: *n,
                        sum: *sum,
                    }));
                block.identities.push(IdentityRow {
                    id,
                    contact_id: row.id,
                    namespace,
                    shown: value.clone(),
                    value,
                    is_primary,
                    source_id: row.source_id,
                    created_at: row.created_at,
                    first_seen_at: sums.first,
                    last_seen_at: sums.last,
                    event_count: sums.events,
                    page_count: sums.pages,
                    session_count: sums.sessions,
                    first_touch: sums.first_touch,
                    last_touch: sums.last_touch,
                    device,
                    ..IdentityRow::default()
                });
                id += 1;
            }
        };
        add(
            ids.device,
            "anonymous_id",
            device_id(self.plan.size.seed, contact),
            false,
            device,
        );
        add(ids.user, "user_id", user_id(contact), false, user);
        let Some(person) = person else { return };
        let silent = Sums::default;
        add(ids.email, "email", person.email.clone(), true, silent());
        add(
            ids.second_email,
            "email",
            person.second_email.clone(),
            !ids.email,
            silent(),
        );
        add(ids.phone, "phone", person.phone.clone(), true, silent());
    }

    fn fill(&self, row: &mut ContactRow, ids: Ids, person: &Person, chance: &mut Chance) {
        row.is_known = true;
        row.name.clone_from(&person.name);
        row.sort_name = text::fold(&person.name);
        row.given_name = person.given;
        row.family_name = person.family;
        row.job_title = person.job;
        row.email = chosen(ids, person);
        row.phone = ids.phone.then(|| person.phone.clone());
        row.stage = match chance.below(100) {
            0..55 => "lead",
            55..70 => "qualified",
            70..92 => "customer",
            _ => "former",
        };
        row.owner_id = chance
            .percent(40)
            .then(|| chance.pick(&self.world.users))
            .filter(|id| *id > 0);
        row.is_person_owned = row.owner_id.is_some();
        row.company_id = person.company.map(|n| i64::from(n) + 1);
        row.city = chance.pick(person.culture.cities);
        row.country = person.culture.country;
        row.time_zone = person.culture.time_zone;
        row.language = person.culture.language;
        row.revision = 1;
    }

    fn add_traits(
        &self,
        block: &mut Block,
        contact: u32,
        ids: Ids,
        row: &ContactRow,
        person: &Person,
        chance: &mut Chance,
    ) {
        // The user id where there is one, else whatever comes after the device.
        let identity_id = self.plan.device(contact)
            + i64::from(ids.user || ids.email || ids.second_email || ids.phone);
        let plan = chance.pick(&["free", "team", "business"]);
        for (n, value) in [
            person.name.as_str(),
            row.email.as_deref().unwrap_or_default(),
            person.job,
            plan,
            row.country,
            row.city,
        ]
        .into_iter()
        .enumerate()
        {
            let (Some(key_id), false) = (self.world.trait_keys.get(n).copied(), value.is_empty())
            else {
                continue;
            };
            let value = format!("\"{value}\"");
            block.trait_values.push(TraitValueRow {
                identity_id,
                key_id,
                source_id: row.source_id,
                value: value.clone(),
                at: row.updated_at,
            });
            block.traits.push(TraitRow {
                contact_id: row.id,
                key_id,
                value,
                source_id: row.source_id,
                identity_id,
                at: row.updated_at,
            });
        }
    }

    fn add_relations(
        &mut self,
        block: &mut Block,
        row: &ContactRow,
        person: &Person,
        chance: &mut Chance,
    ) {
        if let Some(company_id) = row.company_id {
            self.members += 1;
            block.members.push(MemberRow {
                id: self.members,
                company_id,
                contact_id: row.id,
                role: person.job,
                is_primary: true,
                source_id: row.source_id,
            });
        }
        if chance.percent(25) {
            let tag = chance.pick(&self.world.tags);
            block.tagged.push(TaggedRow {
                contact_id: row.id,
                tag_id: tag,
            });
        }
        if let Some(owner) = row.owner_id {
            self.entries += 1;
            let at = row.created_at.plus(chance.below(DAY as u64) as i64);
            let name = self.world.user_name(owner);
            let data = serde_json::json!({ "from": null, "to": name }).to_string();
            block.entries.push(EntryRow {
                id: self.entries,
                contact_id: row.id,
                at,
                kind: "owner",
                actor_id: Some(owner),
                data,
            });
        }
    }
}

impl Sums {
    fn add(&mut self, plan: &Plan, world: &World, visit: &Visit) {
        let acts = acts(plan, visit, world.begin);
        let Some(first) = acts.first() else { return };
        let touch = behaviour::touch(plan, visit, first);
        if self.events == 0 {
            self.first = first.at;
            self.first_touch = Some(touch.clone());
        }
        self.last_touch = Some(touch);
        self.sessions += 1;
        for act in &acts {
            self.events += 1;
            self.pages += i64::from(act.deed().kind == EventKind::Page);
            self.last = act.at;
            let day = self
                .days
                .entry((world.name_id(act.deed), act.at.day()))
                .or_default();
            day.0 += 1;
            day.1 += act.value;
        }
    }
}

fn device_id(seed: u64, contact: u32) -> String {
    let mut chance = Chance::of(seed ^ 0xd01, u64::from(contact));
    format!("{:016x}{:08x}", chance.next(), contact)
}
