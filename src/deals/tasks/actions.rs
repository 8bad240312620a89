//! Every change of a task, each within the reach of whoever makes it.

use diesel::prelude::*;

use super::super::refusal::Refusal;
use super::super::store as deals;
use super::model::{NewTask, Reach, Task};
use super::store;
use crate::accounts::{Action, seen};
use crate::base::ids::{ActivityId, DealId, UserId};
use crate::base::{Timestamp, text};
use crate::contacts::companies::store as companies;
use crate::contacts::{By, store as contacts};
use crate::db::Conn;
use crate::db::schema::activities;
use crate::timeline::About;

/// Writes a task down.
pub fn add(conn: &mut Conn, new: &NewTask, by: &By) -> Result<ActivityId, Refusal> {
    let body = body(&new.body)?;
    is_doer(conn, new.assignee)?;
    let is_there = match new.about {
        Some(About::Deal(id)) => deals::live(conn, id)?.is_some(),
        Some(About::Contact(id)) => contacts::live(conn, id)?.is_some(),
        Some(About::Company(id)) => companies::live(conn, id)?.is_some(),
        None => true,
    };
    if !is_there || !is_seen(conn, new.about, by)? {
        return Err(Refusal::Missing);
    }
    let (contact, company, deal) = match new.about {
        Some(About::Contact(id)) => (Some(id), None, None),
        Some(About::Company(id)) => (None, Some(id), None),
        Some(About::Deal(id)) => (None, None, Some(id)),
        None => (None, None, None),
    };
    touch(conn, deal, by.now)?;
    let id = diesel::insert_into(activities::table)
        .values((
            activities::kind.eq("task"),
            activities::contact_id.eq(contact),
            activities::company_id.eq(company),
            activities::deal_id.eq(deal),
            activities::author_id.eq(Some(by.user)),
            activities::assignee_id.eq(Some(new.assignee)),
            activities::body.eq(body),
            activities::at.eq(by.now),
            activities::due_on.eq(new.due.on),
            activities::due_at.eq(Some(new.due.at)),
            activities::created_at.eq(by.now),
            activities::updated_at.eq(by.now),
        ))
        .returning(activities::id)
        .get_result(conn)?;
    Ok(id)
}

/// Whether what a task is about may be seen by who writes it down.
fn is_seen(conn: &mut Conn, about: Option<About>, by: &By) -> Result<bool, Refusal> {
    Ok(match about {
        Some(About::Deal(id)) => seen::deal(conn, &by.access, Action::Read, id.0)?,
        Some(About::Contact(id)) => seen::contact(conn, &by.access, Action::Read, id.0)?,
        Some(About::Company(id)) => seen::company(conn, &by.access, Action::Read, id.0)?,
        None => true,
    })
}

/// Changes what is to be done, by when and by whom; refused where somebody changed it after `seen`.
pub fn change(
    conn: &mut Conn,
    id: ActivityId,
    new: &NewTask,
    seen: Timestamp,
    reach: Reach,
    by: &By,
) -> Result<Task, Refusal> {
    within(conn, id, reach)?;
    let body = body(&new.body)?;
    is_doer(conn, new.assignee)?;
    let changed = diesel::update(activities::table.filter(activities::id.eq(id)))
        .filter(activities::due_at.is_not_null())
        .filter(activities::deleted_at.is_null())
        .filter(activities::updated_at.eq(seen))
        .set((
            activities::body.eq(body),
            activities::assignee_id.eq(Some(new.assignee)),
            activities::due_on.eq(new.due.on),
            activities::due_at.eq(Some(new.due.at)),
            activities::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    let task = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    if changed == 0 {
        return Err(Refusal::Clash(Vec::new()));
    }
    touch(conn, task.deal_id, by.now)?;
    Ok(task)
}

/// Done; it stands in the story from now on. Done twice is done once.
pub fn complete(conn: &mut Conn, id: ActivityId, reach: Reach, by: &By) -> Result<Task, Refusal> {
    within(conn, id, reach)?;
    let open = activities::table.filter(activities::id.eq(id));
    diesel::update(open)
        .filter(activities::due_at.is_not_null())
        .filter(activities::done_at.is_null())
        .set((
            activities::done_at.eq(Some(by.now)),
            activities::at.eq(by.now),
            activities::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    let task = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    touch(conn, task.deal_id, by.now)?;
    Ok(task)
}

/// Not done after all.
pub fn reopen(conn: &mut Conn, id: ActivityId, reach: Reach, by: &By) -> Result<Task, Refusal> {
    within(conn, id, reach)?;
    diesel::update(activities::table.filter(activities::id.eq(id)))
        .filter(activities::due_at.is_not_null())
        .set((
            activities::done_at.eq(None::<i64>),
            activities::at.eq(activities::created_at),
            activities::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    let task = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    touch(conn, task.deal_id, by.now)?;
    Ok(task)
}

/// To the trash, or back out of it.
pub fn delete(
    conn: &mut Conn,
    id: ActivityId,
    is_gone: bool,
    reach: Reach,
    by: &By,
) -> Result<Task, Refusal> {
    let task = within(conn, id, reach)?;
    touch(conn, task.deal_id, by.now)?;
    diesel::update(activities::table.filter(activities::id.eq(id)))
        .filter(activities::due_at.is_not_null())
        .set(activities::deleted_at.eq(is_gone.then_some(by.now)))
        .execute(conn)?;
    Ok(task)
}

/// The next step stands on the card of its deal, so that whoever looks at the board is told.
fn touch(conn: &mut Conn, deal: Option<DealId>, now: Timestamp) -> QueryResult<()> {
    match deal {
        Some(deal) => deals::touch(conn, deal, now),
        None => Ok(()),
    }
}

/// A task, in the trash or not, that somebody with this reach may change.
fn within(conn: &mut Conn, id: ActivityId, reach: Reach) -> Result<Task, Refusal> {
    let task = store::any(conn, id)?.ok_or(Refusal::Missing)?;
    if reach.covers(&task) {
        Ok(task)
    } else {
        Err(Refusal::NotYours)
    }
}

fn body(typed: &str) -> Result<String, Refusal> {
    match text::line(typed, 300) {
        body if body.is_empty() => Err(Refusal::invalid("body", "Write what is to be done.")),
        body => Ok(body),
    }
}

fn is_doer(conn: &mut Conn, user: UserId) -> Result<(), Refusal> {
    if contacts::is_user(conn, user)? {
        return Ok(());
    }
    Err(Refusal::invalid(
        "assignee",
        "Choose somebody who works here.",
    ))
}
