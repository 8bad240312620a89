//! Queries of tasks.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::Task;
use crate::accounts::{Access, Action, Object, seen};
use crate::base::Timestamp;
use crate::base::ids::{ActivityId, CompanyId, ContactId, DealId, UserId};
use crate::contacts::store as people_store;
use crate::db::schema::{activities, contacts as people, deals};
use crate::db::{Cached, Conn, padded};
use crate::keyset;
use crate::timeline::About;

/// A task that is not in the trash.
pub fn find(conn: &mut Conn, id: ActivityId) -> QueryResult<Option<Task>> {
    Task::query()
        .filter(activities::id.eq(id))
        .filter(activities::due_at.is_not_null())
        .filter(activities::deleted_at.is_null())
        .first(conn)
        .optional()
}

/// A task, in the trash or not.
pub fn any(conn: &mut Conn, id: ActivityId) -> QueryResult<Option<Task>> {
    Task::query()
        .filter(activities::id.eq(id))
        .filter(activities::due_at.is_not_null())
        .first(conn)
        .optional()
}

/// Open tasks of somebody, or of everybody, from a place on, those due first in front.
pub fn open(
    conn: &mut Conn,
    assignee: Option<UserId>,
    access: &Access,
    from: Option<(Timestamp, i64)>,
    limit: i64,
) -> QueryResult<Vec<Task>> {
    let mut query = Task::query()
        .filter(activities::due_at.is_not_null())
        .filter(activities::done_at.is_null())
        .filter(activities::deleted_at.is_null())
        .limit(limit)
        .into_boxed();
    if let Some(assignee) = assignee {
        query = query.filter(activities::assignee_id.eq(assignee));
    }
    if assignee != Some(access.user())
        && let Some(held) = access.sees(Object::Deals).on("activities.assignee_id")
    {
        query = query.filter(held);
    }
    keyset!(
        query,
        asc,
        activities::due_at.assume_not_null(),
        activities::id,
        from
    )
    .load(conn)
}

/// Tasks somebody, or anybody, has done, the last first.
pub fn done(
    conn: &mut Conn,
    assignee: Option<UserId>,
    access: &Access,
    from: Option<(Timestamp, i64)>,
    limit: i64,
) -> QueryResult<Vec<Task>> {
    let mut query = Task::query()
        .filter(activities::done_at.is_not_null())
        .filter(activities::deleted_at.is_null())
        .limit(limit)
        .into_boxed();
    if let Some(assignee) = assignee {
        query = query.filter(activities::assignee_id.eq(assignee));
    }
    if assignee != Some(access.user())
        && let Some(held) = access.sees(Object::Deals).on("activities.assignee_id")
    {
        query = query.filter(held);
    }
    keyset!(
        query,
        desc,
        activities::done_at.assume_not_null(),
        activities::id,
        from
    )
    .load(conn)
}

/// Open tasks about one record.
pub fn of(conn: &mut Conn, about: About, limit: i64) -> QueryResult<Vec<Task>> {
    let query = Task::query()
        .filter(activities::due_at.is_not_null())
        .filter(activities::done_at.is_null())
        .filter(activities::deleted_at.is_null())
        .order((activities::due_at, activities::id))
        .limit(limit)
        .into_boxed();
    let query = match about {
        About::Contact(id) => query.filter(activities::contact_id.eq(id)),
        About::Company(id) => query.filter(activities::company_id.eq(id)),
        About::Deal(id) => query.filter(activities::deal_id.eq(id)),
    };
    query.load(conn)
}

/// What comes next on these deals: when, and the day where no time was said.
pub fn next(
    conn: &mut Conn,
    ids: Vec<DealId>,
) -> QueryResult<HashMap<DealId, (Timestamp, Option<i64>)>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = activities::table
        .filter(activities::deal_id.eq_any(padded(ids)))
        .filter(activities::due_at.is_not_null())
        .filter(activities::done_at.is_null())
        .filter(activities::deleted_at.is_null())
        .select((
            activities::deal_id.assume_not_null(),
            activities::due_at.assume_not_null(),
            activities::due_on,
        ));
    let rows: Vec<(DealId, Timestamp, Option<i64>)> = Cached(query).load(conn)?;
    let mut next: HashMap<DealId, (Timestamp, Option<i64>)> = HashMap::new();
    for (deal, at, on) in rows {
        let first = next.entry(deal).or_insert((at, on));
        if at < first.0 {
            *first = (at, on);
        }
    }
    Ok(next)
}

/// What tasks are about, in words.
#[derive(Debug, Default)]
pub struct Names {
    deals: HashMap<DealId, String>,
    contacts: HashMap<ContactId, String>,
    companies: HashMap<CompanyId, String>,
}

impl Names {
    /// Of the tasks on a page; what the reader may not see has no name.
    pub fn of(conn: &mut Conn, access: &Access, tasks: &[Task]) -> QueryResult<Self> {
        let deals = tasks.iter().filter_map(|task| task.deal_id);
        let contacts = tasks.iter().filter_map(|task| task.contact_id);
        let seen_deals = seen::deals(conn, access, Action::Read, deals.clone())?;
        let seen_contacts = seen::contacts(conn, access, Action::Read, contacts.clone())?;
        let ids: Vec<DealId> = deals.filter(|id| seen_deals.has(*id)).collect();
        let titles: Vec<(DealId, String)> = if ids.is_empty() {
            Vec::new()
        } else {
            let query = deals::table
                .filter(deals::id.eq_any(padded(ids)))
                .select((deals::id, deals::title));
            Cached(query).load(conn)?
        };
        Ok(Self {
            deals: titles.into_iter().collect(),
            contacts: contact_names(conn, contacts.filter(|id| seen_contacts.has(*id)))?,
            companies: people_store::companies_seen(
                conn,
                access,
                tasks.iter().filter_map(|task| task.company_id),
            )?,
        })
    }

    /// What one record is called; none where it is gone.
    pub fn one(conn: &mut Conn, about: About) -> QueryResult<Option<String>> {
        Ok(match about {
            About::Deal(id) => deals::table
                .filter(deals::id.eq(id))
                .select(deals::title)
                .first(conn)
                .optional()?,
            About::Contact(id) => contact_names(conn, [id])?.remove(&id),
            About::Company(id) => people_store::company_names(conn, [id])?.remove(&id),
        })
    }

    /// What a record is called.
    pub fn get(&self, about: About) -> String {
        let found = match about {
            About::Deal(id) => self.deals.get(&id),
            About::Contact(id) => self.contacts.get(&id),
            About::Company(id) => self.companies.get(&id),
        };
        found.cloned().unwrap_or_default()
    }
}

/// What contacts are called.
pub fn contact_names(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = ContactId>,
) -> QueryResult<HashMap<ContactId, String>> {
    type Row = (ContactId, String, Option<String>, Option<String>, bool);
    let ids: Vec<ContactId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = people::table
        .filter(people::id.eq_any(padded(ids)))
        .select((
            people::id,
            people::name,
            people::email,
            people::phone,
            people::is_known,
        ));
    let rows: Vec<Row> = Cached(query).load(conn)?;
    let name = |(id, name, email, phone, is_known): Row| {
        let shown =
            crate::contacts::model::shown(id, &name, email.as_deref(), phone.as_deref(), is_known);
        (id, shown)
    };
    Ok(rows.into_iter().map(name).collect())
}
