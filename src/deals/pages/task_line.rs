//! A task as a line: the circle that says it is done, what, when, about whom.

use askama::Template;
use askama::filters::HtmlSafe;
use diesel::QueryResult;

use super::super::tasks::model::{Reach, Standing, Task, standing, when};
use super::super::tasks::store::Names;
use crate::accounts::Viewer;
use crate::base::ids::ActivityId;
use crate::base::text;
use crate::contacts::store as contacts;
use crate::db::Conn;

/// What stands in the line.
pub struct TaskLine {
    /// Id.
    pub id: ActivityId,
    /// What.
    pub body: String,
    /// "2 d late".
    pub when: String,
    /// How it stands.
    pub standing: Standing,
    /// Whether it is done.
    pub is_done: bool,
    /// What it is about: words and address.
    pub about: Option<(String, String)>,
    /// Who is to do it, or empty.
    pub assignee: String,
    /// For the avatar.
    pub initials: String,
    /// For the avatar.
    pub tone: &'static str,
    /// Whether the reader may change it.
    pub may_change: bool,
}

/// Lines of tasks, in their order.
pub fn lines(conn: &mut Conn, tasks: Vec<Task>, viewer: &Viewer) -> QueryResult<Vec<TaskLine>> {
    let names = Names::of(conn, &viewer.access, &tasks)?;
    let people = contacts::user_names(conn, tasks.iter().filter_map(|task| task.assignee_id))?;
    let (now, zone) = (viewer.now, viewer.zone());
    let reach = Reach::offered(&viewer.access, viewer.id());
    let line = |task: Task| {
        let assignee = task.assignee_id.and_then(|id| people.get(&id)).cloned();
        let when = match task.done_at {
            Some(at) => crate::web::ago(at, now, zone),
            None => when(task.due(), task.due_on, now, zone),
        };
        TaskLine {
            id: task.id,
            when,
            standing: standing(task.due(), now, zone),
            is_done: task.done_at.is_some(),
            about: task.about().map(|about| (names.get(about), about.path())),
            initials: assignee.as_deref().map(text::initials).unwrap_or_default(),
            may_change: reach.as_ref().is_some_and(|reach| reach.covers(&task)),
            tone: task.assignee_id.map_or("", |id| text::tone(id.0)),
            assignee: assignee.unwrap_or_default(),
            body: task.body,
        }
    };
    Ok(tasks.into_iter().map(line).collect())
}

/// The markup of a line.
#[derive(Template)]
#[template(path = "tasks/_line.html")]
pub struct TaskPart<'a> {
    /// The line.
    pub line: &'a TaskLine,
    /// Whether what it is about is said.
    pub names: &'a bool,
    /// Where it leads back to once it is done.
    pub back: &'a str,
    /// Parts of the page that it changes, or empty.
    pub swap: &'a str,
}

impl HtmlSafe for TaskPart<'_> {}
