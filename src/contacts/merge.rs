//! Two contacts become one: everything of the loser is re-pointed to the winner, every moved row is journaled, so that
//! undoing it can move each back. Cost: the rows moved, never the events. Used by people and by the enrichment worker.
//! What slices to the right keep of a contact is re-pointed by functions that `app` lists: [`Followers`].

use diesel::prelude::*;

use super::choose;
use crate::base::Timestamp;
use crate::base::ids::{ContactId, MergeId, UserId};
use crate::db::Conn;
use crate::db::dialect::search;
use crate::db::schema::{
    activities, company_people, contact_tags, contacts, identities, merge_moves, merges,
    timeline_entries,
};
use crate::timeline::{self, EntryKind, NewEntry};

/// Re-points what one slice keeps of the loser, and notes each row it moved.
pub type Follower = fn(&mut Conn, &Journal) -> QueryResult<()>;

/// Every follower of the house.
#[derive(Debug, Clone, Copy, Default)]
pub struct Followers(pub &'static [Follower]);

/// Merges `loser` into `winner`; must run in a transaction. `evidence` is JSON that says why.
#[expect(
    clippy::too_many_arguments,
    reason = "who, with whom, why, by whom, when: none of it belongs to another"
)]
pub fn merge(
    conn: &mut Conn,
    winner: ContactId,
    loser: ContactId,
    rule: &str,
    evidence: &str,
    actor: Option<UserId>,
    now: Timestamp,
    followers: Followers,
) -> QueryResult<MergeId> {
    let id: i64 = diesel::insert_into(merges::table)
        .values((
            merges::winner_id.eq(winner),
            merges::loser_id.eq(loser),
            merges::rule.eq(rule),
            merges::evidence.eq(evidence),
            merges::actor_id.eq(actor),
            merges::at.eq(now),
        ))
        .returning(merges::id)
        .get_result(conn)?;
    let journal = Journal {
        merge: id,
        winner,
        loser,
    };
    journal.identities(conn)?;
    journal.company_people(conn)?;
    journal.tags(conn)?;
    journal.story(conn)?;
    journal.traits(conn)?;
    for follow in followers.0 {
        follow(conn, &journal)?;
    }
    journal.columns(conn, now)?;
    diesel::update(contacts::table.filter(contacts::id.eq(loser)))
        .set((
            contacts::merged_into.eq(winner.0),
            contacts::deleted_at.eq(now),
            contacts::updated_at.eq(now),
        ))
        .execute(conn)?;
    search::put(conn, search::Kind::Contact, loser.0, "")?;
    tell(conn, id, winner, loser, rule, actor, now)?;
    Ok(MergeId(id))
}

/// Writes the merge into the winner's story.
fn tell(
    conn: &mut Conn,
    merge: i64,
    winner: ContactId,
    loser: ContactId,
    rule: &str,
    actor: Option<UserId>,
    now: Timestamp,
) -> QueryResult<()> {
    let name: String = contacts::table
        .filter(contacts::id.eq(loser))
        .select(contacts::name)
        .first(conn)?;
    let name = if name.is_empty() {
        format!("Visitor {loser}")
    } else {
        name
    };
    let entry = NewEntry {
        contact_id: Some(winner),
        company_id: None,
        deal_id: None,
        at: now,
        kind: EntryKind::Merged,
        actor_id: actor,
        subject_id: Some(merge),
        data: serde_json::json!({ "name": name, "rule": rule }),
    };
    timeline::add(conn, &entry)
}

/// The book of one merge: every row that was moved, and what it was before.
#[derive(Debug, Clone, Copy)]
pub struct Journal {
    merge: i64,
    winner: ContactId,
    loser: ContactId,
}

impl Journal {
    /// The contact that stays.
    pub fn winner(&self) -> ContactId {
        self.winner
    }

    /// The contact that lives on in the other.
    pub fn loser(&self) -> ContactId {
        self.loser
    }

    /// Notes rows of a table whose `contact_id` was the loser's.
    pub fn moved(&self, conn: &mut Conn, table: &str, ids: Vec<i64>) -> QueryResult<()> {
        self.note(conn, table, &self.of_loser(ids))
    }

    /// Notes that a row was moved and what it was before.
    pub fn note(
        &self,
        conn: &mut Conn,
        table: &str,
        rows: &[(i64, serde_json::Value)],
    ) -> QueryResult<()> {
        for (row, before) in rows {
            diesel::insert_into(merge_moves::table)
                .values((
                    merge_moves::merge_id.eq(self.merge),
                    merge_moves::table_name.eq(table),
                    merge_moves::row_id.eq(row),
                    merge_moves::before.eq(before.to_string()),
                ))
                .execute(conn)?;
        }
        Ok(())
    }

    fn of_loser(&self, ids: Vec<i64>) -> Vec<(i64, serde_json::Value)> {
        ids.into_iter()
            .map(|id| (id, serde_json::json!({ "contact_id": self.loser })))
            .collect()
    }

    fn identities(&self, conn: &mut Conn) -> QueryResult<()> {
        let rows: Vec<(i64, bool)> = identities::table
            .filter(identities::contact_id.eq(self.loser.0))
            .select((identities::id, identities::is_primary))
            .load(conn)?;
        let moved: Vec<(i64, serde_json::Value)> = rows
            .into_iter()
            .map(|(id, is_primary)| {
                (
                    id,
                    serde_json::json!({ "contact_id": self.loser, "is_primary": is_primary }),
                )
            })
            .collect();
        self.note(conn, "identities", &moved)?;
        // The winner's own primary address stays the primary one.
        diesel::update(identities::table.filter(identities::contact_id.eq(self.loser.0)))
            .set((
                identities::contact_id.eq(self.winner.0),
                identities::is_primary.eq(false),
            ))
            .execute(conn)?;
        Ok(())
    }

    fn company_people(&self, conn: &mut Conn) -> QueryResult<()> {
        let own = company_people::table.filter(company_people::contact_id.eq(self.winner));
        let companies: Vec<i64> = own.select(company_people::company_id).load(conn)?;
        let ids: Vec<i64> = company_people::table
            .filter(company_people::contact_id.eq(self.loser))
            .filter(company_people::company_id.ne_all(companies))
            .select(company_people::id)
            .load(conn)?;
        diesel::update(company_people::table.filter(company_people::id.eq_any(&ids)))
            .set(company_people::contact_id.eq(self.winner))
            .execute(conn)?;
        self.note(conn, "company_people", &self.of_loser(ids))
    }

    fn tags(&self, conn: &mut Conn) -> QueryResult<()> {
        let own: Vec<i64> = contact_tags::table
            .filter(contact_tags::contact_id.eq(self.winner))
            .select(contact_tags::tag_id)
            .load(conn)?;
        let ids: Vec<i64> = contact_tags::table
            .filter(contact_tags::contact_id.eq(self.loser))
            .filter(contact_tags::tag_id.ne_all(own))
            .select(contact_tags::tag_id)
            .load(conn)?;
        diesel::update(
            contact_tags::table
                .filter(contact_tags::contact_id.eq(self.loser))
                .filter(contact_tags::tag_id.eq_any(&ids)),
        )
        .set(contact_tags::contact_id.eq(self.winner))
        .execute(conn)?;
        self.note(conn, "contact_tags", &self.of_loser(ids))
    }

    fn story(&self, conn: &mut Conn) -> QueryResult<()> {
        let notes: Vec<i64> = activities::table
            .filter(activities::contact_id.eq(self.loser.0))
            .select(activities::id)
            .load(conn)?;
        diesel::update(activities::table.filter(activities::contact_id.eq(self.loser.0)))
            .set(activities::contact_id.eq(self.winner.0))
            .execute(conn)?;
        self.note(conn, "activities", &self.of_loser(notes))?;
        let entries: Vec<i64> = timeline_entries::table
            .filter(timeline_entries::contact_id.eq(self.loser.0))
            .select(timeline_entries::id)
            .load(conn)?;
        diesel::update(
            timeline_entries::table.filter(timeline_entries::contact_id.eq(self.loser.0)),
        )
        .set(timeline_entries::contact_id.eq(self.winner.0))
        .execute(conn)?;
        self.note(conn, "timeline_entries", &self.of_loser(entries))
    }

    /// Chooses anew among all claims that now hang on the winner. The claims themselves hang on identities and
    /// moved with them.
    fn traits(&self, conn: &mut Conn) -> QueryResult<()> {
        let lost = choose::give_up(conn, self.loser)?;
        choose::choose(conn, self.winner, &lost)
    }

    /// What the winner lacks, the loser's columns fill; the winner's row as it was is kept in the journal.
    fn columns(&self, conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
        let load = |conn: &mut Conn, id: ContactId| {
            contacts::table
                .filter(contacts::id.eq(id))
                .select(Columns::as_select())
                .first::<Columns>(conn)
        };
        let before = load(conn, self.winner)?;
        let lost = load(conn, self.loser)?;
        let after = before.filled_from(&lost);
        if after == before {
            return Ok(());
        }
        let was = serde_json::to_value(&before).unwrap_or_default();
        self.note(conn, "contacts", &[(self.winner.0, was)])?;
        diesel::update(contacts::table.filter(contacts::id.eq(self.winner)))
            .set((&after, contacts::updated_at.eq(now)))
            .execute(conn)?;
        Ok(())
    }
}

/// The columns a merge may fill.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = contacts)]
#[diesel(treat_none_as_null = true)]
struct Columns {
    is_known: bool,
    is_person_owned: bool,
    name: String,
    sort_name: String,
    given_name: String,
    family_name: String,
    job_title: String,
    email: Option<String>,
    phone: Option<String>,
    stage: String,
    owner_id: Option<i64>,
    company_id: Option<i64>,
    street: String,
    city: String,
    region: String,
    postal_code: String,
    country: String,
    time_zone: String,
    language: String,
    last_seen_at: Timestamp,
}

impl Columns {
    fn filled_from(&self, lost: &Self) -> Self {
        let text = |own: &String, other: &String| {
            if own.is_empty() {
                other.clone()
            } else {
                own.clone()
            }
        };
        Self {
            is_known: self.is_known || lost.is_known,
            is_person_owned: self.is_person_owned || lost.is_person_owned,
            name: text(&self.name, &lost.name),
            sort_name: text(&self.sort_name, &lost.sort_name),
            given_name: text(&self.given_name, &lost.given_name),
            family_name: text(&self.family_name, &lost.family_name),
            job_title: text(&self.job_title, &lost.job_title),
            email: self.email.clone().or_else(|| lost.email.clone()),
            phone: self.phone.clone().or_else(|| lost.phone.clone()),
            stage: if self.stage == "visitor" {
                lost.stage.clone()
            } else {
                self.stage.clone()
            },
            owner_id: self.owner_id.or(lost.owner_id),
            company_id: self.company_id.or(lost.company_id),
            street: text(&self.street, &lost.street),
            city: text(&self.city, &lost.city),
            region: text(&self.region, &lost.region),
            postal_code: text(&self.postal_code, &lost.postal_code),
            country: text(&self.country, &lost.country),
            time_zone: text(&self.time_zone, &lost.time_zone),
            language: text(&self.language, &lost.language),
            last_seen_at: self.last_seen_at.max(lost.last_seen_at),
        }
    }
}
