//! Notes: what people write about a record. Plain text; deleted ones can be brought back. A task that was done stands
//! among them: what there was to do, at the moment it was done.

use diesel::prelude::*;

use super::mark::Bound;
use super::model::{About, Act, Part, Show, Slip, StoryItem};
use super::store;
use crate::base::ids::{ActivityId, CompanyId, ContactId, DealId, UserId};
use crate::base::{Timestamp, text};
use crate::db::Conn;
use crate::db::schema::activities;

/// Breaks ties with other strands at one instant.
pub const RANK: i64 = 1;
/// Notes that stay on top of a story at once.
const MOST_PINNED: i64 = 5;
/// Characters of a note.
const LONGEST: usize = 20_000;

/// A note as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = activities)]
pub struct Note {
    /// Id.
    pub id: ActivityId,
    /// The contact it is about.
    pub contact_id: Option<ContactId>,
    /// The company it is about.
    pub company_id: Option<CompanyId>,
    /// The deal it is about.
    pub deal_id: Option<DealId>,
    /// Who wrote it.
    pub author_id: Option<UserId>,
    /// Who was to do it, if it is a task.
    pub assignee_id: Option<UserId>,
    /// What.
    pub body: String,
    /// When.
    pub at: Timestamp,
    /// When it is done, if it is a task.
    pub done_at: Option<Timestamp>,
    /// Since when it stays on top.
    pub pinned_at: Option<Timestamp>,
    /// The last change; an edit of an older text is refused.
    pub updated_at: Timestamp,
    /// Since when it is in the trash.
    pub deleted_at: Option<Timestamp>,
}

impl Note {
    /// What it is about; a note always hangs on a record.
    pub fn about(&self) -> Option<About> {
        let contact = self.contact_id.map(About::Contact);
        let company = self.company_id.map(About::Company);
        self.deal_id.map(About::Deal).or(contact).or(company)
    }
}

/// Why a note was not saved.
#[derive(Debug)]
pub enum NoteRefusal {
    /// There is nothing in it.
    Empty,
    /// Somebody changed it meanwhile, to this.
    Changed(Box<Note>),
    /// It is not there.
    Missing,
    /// The database.
    Query(diesel::result::Error),
}

impl From<diesel::result::Error> for NoteRefusal {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::Missing,
            error => Self::Query(error),
        }
    }
}

/// A note that is not in the trash.
pub fn find(conn: &mut Conn, id: ActivityId) -> QueryResult<Option<Note>> {
    Note::query()
        .filter(activities::id.eq(id))
        .filter(activities::due_at.is_null())
        .filter(activities::deleted_at.is_null())
        .first(conn)
        .optional()
}

/// Writes a note about a record that the caller knows to be there.
pub fn add(
    conn: &mut Conn,
    about: About,
    body: &str,
    is_pinned: bool,
    author: UserId,
    now: Timestamp,
) -> Result<ActivityId, NoteRefusal> {
    let body = clean(body)?;
    let id = diesel::insert_into(activities::table)
        .values((
            activities::kind.eq("note"),
            activities::contact_id.eq(about.contact()),
            activities::company_id.eq(about.company()),
            activities::deal_id.eq(about.deal()),
            activities::author_id.eq(Some(author)),
            activities::body.eq(body),
            activities::at.eq(now),
            activities::pinned_at.eq(is_pinned.then_some(now)),
            activities::created_at.eq(now),
            activities::updated_at.eq(now),
        ))
        .returning(activities::id)
        .get_result(conn)?;
    Ok(id)
}

/// Replaces the words of a note, unless they are no longer those that were `seen`.
pub fn edit(
    conn: &mut Conn,
    id: ActivityId,
    body: &str,
    seen: Timestamp,
    now: Timestamp,
) -> Result<Note, NoteRefusal> {
    let body = clean(body)?;
    let changed = diesel::update(activities::table.filter(activities::id.eq(id)))
        .filter(activities::deleted_at.is_null())
        .filter(activities::updated_at.eq(seen))
        .set((activities::body.eq(&body), activities::updated_at.eq(now)))
        .execute(conn)?;
    let note = find(conn, id)?.ok_or(NoteRefusal::Missing)?;
    if changed == 0 && note.body != body {
        return Err(NoteRefusal::Changed(Box::new(note)));
    }
    Ok(note)
}

/// Puts a note on top, or back into the stream.
pub fn pin(conn: &mut Conn, id: ActivityId, since: Option<Timestamp>) -> Result<Note, NoteRefusal> {
    diesel::update(activities::table.filter(activities::id.eq(id)))
        .filter(activities::due_at.is_null())
        .set(activities::pinned_at.eq(since))
        .execute(conn)?;
    find(conn, id)?.ok_or(NoteRefusal::Missing)
}

/// Moves a note to the trash, or takes it out again.
pub fn delete(
    conn: &mut Conn,
    id: ActivityId,
    since: Option<Timestamp>,
) -> Result<Note, NoteRefusal> {
    diesel::update(activities::table.filter(activities::id.eq(id)))
        .filter(activities::due_at.is_null())
        .set(activities::deleted_at.eq(since))
        .execute(conn)?;
    let note = Note::query()
        .filter(activities::id.eq(id))
        .filter(activities::due_at.is_null())
        .first(conn)?;
    Ok(note)
}

/// Notes about one record below a bound; the pinned ones stand elsewhere.
pub fn strand(
    conn: &mut Conn,
    about: About,
    below: Bound,
    limit: i64,
) -> QueryResult<Vec<StoryItem>> {
    use activities::{at, company_id, contact_id, deal_id, id};
    let mut query = Note::query()
        .filter(at.le(below.at))
        .filter(at.lt(below.at).or(id.lt(below.id)))
        .filter(activities::deleted_at.is_null())
        .filter(activities::pinned_at.is_null())
        .filter(
            activities::due_at
                .is_null()
                .or(activities::done_at.is_not_null()),
        )
        .order((at.desc(), id.desc()))
        .limit(limit)
        .into_boxed();
    query = match about {
        About::Contact(contact) => query.filter(contact_id.eq(contact)),
        About::Company(company) => query.filter(company_id.eq(company)),
        About::Deal(deal) => query.filter(deal_id.eq(deal)),
    };
    let notes = query.load(conn)?;
    items(conn, &notes)
}

/// The notes that stay on top, the last pinned first.
pub fn pinned(conn: &mut Conn, about: About) -> QueryResult<Vec<StoryItem>> {
    let mut query = Note::query()
        .filter(activities::deleted_at.is_null())
        .filter(activities::pinned_at.is_not_null())
        .order((activities::pinned_at.desc(), activities::id.desc()))
        .limit(MOST_PINNED)
        .into_boxed();
    query = match about {
        About::Contact(contact) => query.filter(activities::contact_id.eq(contact)),
        About::Company(company) => query.filter(activities::company_id.eq(company)),
        About::Deal(deal) => query.filter(activities::deal_id.eq(deal)),
    };
    let notes = query.load(conn)?;
    items(conn, &notes)
}

fn items(conn: &mut Conn, notes: &[Note]) -> QueryResult<Vec<StoryItem>> {
    let people = |note: &Note| [note.author_id, note.assignee_id];
    let names = store::names(conn, notes.iter().flat_map(people).flatten())?;
    let item = |note: &Note| {
        let by = if note.done_at.is_some() {
            note.assignee_id
        } else {
            note.author_id
        };
        let by = by.and_then(|id| names.get(&id));
        let by = by.map_or("Somebody", String::as_str);
        if note.done_at.is_some() {
            done(note, by)
        } else {
            item(note, by)
        }
    };
    Ok(notes.iter().map(item).collect())
}

/// A task, where it was done.
fn done(task: &Note, by: &str) -> StoryItem {
    let headline = vec![Part::bold(by), Part::plain("did"), Part::plain(&task.body)];
    let mut item = StoryItem::new(task.at, RANK, task.id.0, Show::Notes, headline);
    item.icon = "check";
    item.tone = "green";
    item
}

fn item(note: &Note, author: &str) -> StoryItem {
    let is_pinned = note.pinned_at.is_some();
    let headline = if is_pinned {
        vec![Part::bold(format!("Pinned, by {author}"))]
    } else {
        vec![Part::bold(author), Part::plain("wrote a note")]
    };
    let mut item = StoryItem::new(note.at, RANK, note.id.0, Show::Notes, headline);
    item.icon = if is_pinned { "pin" } else { "note" };
    item.tone = if is_pinned { "amber" } else { "" };
    item.slip = Some(Slip {
        text: note.body.clone(),
        is_note: is_pinned,
    });
    item.edit = Some(format!("/notes/{}/edit", note.id));
    let act = |verb: &str, label, icon, is_danger| Act {
        label,
        action: format!("/notes/{}/{verb}", note.id),
        icon,
        is_danger,
    };
    item.acts = vec![
        if is_pinned {
            act("unpin", "Unpin", "pin", false)
        } else {
            act("pin", "Pin to the top", "pin", false)
        },
        act("delete", "Delete", "trash", true),
    ];
    item
}

fn clean(body: &str) -> Result<String, NoteRefusal> {
    let body = text::clean(&body.replace("\r\n", "\n"), LONGEST);
    if body.is_empty() {
        Err(NoteRefusal::Empty)
    } else {
        Ok(body)
    }
}
