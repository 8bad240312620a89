//! Tasks: somebody's list of them, and the small forms that make, change and finish one.

use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::super::refusal::Refusal;
use super::super::tasks::actions;
use super::super::tasks::model::{EVERYBODY, NewTask, Reach, Standing, Task, due};
use super::super::tasks::store::{self, Names};
use super::task_line::{self, TaskLine, TaskPart};
use super::{back, with_query};
use crate::accounts::rights::{DoTasks, ReadDeals, Right};
use crate::accounts::{Access, Action, Can, Viewer, seen};
use crate::base::ids::{ActivityId, UserId};
use crate::base::{Timestamp, text};
use crate::contacts::pages::by;
use crate::contacts::store as contacts;
use crate::db::{Conn, Db};
use crate::timeline::About;
use crate::web::{
    self as kit, Cursor, Error, Errors, Form, Page, Paged, Redirect, Result, get, post, redirect,
};

/// Tasks on a page.
const PAGE: usize = 50;

/// The query of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    show: String,
    who: String,
    after: String,
}

/// Tasks under one heading.
struct Group {
    standing: Option<Standing>,
    lines: Vec<TaskLine>,
}

#[derive(Template)]
#[template(path = "tasks/index.html")]
pub struct TasksPage {
    params: Params,
    groups: Vec<Group>,
    path: String,
    after: String,
    owners: Vec<(String, String)>,
    who_name: String,
    can_add: bool,
}

impl TasksPage {
    /// The same list of another person.
    fn of(&self, who: &str) -> String {
        with_query("/tasks", &[("show", &self.params.show), ("who", who)])
    }

    fn everybodys(&self) -> String {
        self.of(EVERYBODY)
    }

    fn is_everybodys(&self) -> bool {
        self.params.who == EVERYBODY
    }

    fn shown(&self, show: &str) -> String {
        with_query("/tasks", &[("show", show), ("who", &self.params.who)])
    }

    fn task<'a>(&'a self, line: &'a TaskLine) -> TaskPart<'a> {
        TaskPart {
            line,
            names: &true,
            back: &self.path,
            swap: "#tasks",
        }
    }
}

/// `GET /tasks`. Needs: see deals.
pub async fn index(
    viewer: Can<ReadDeals>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<TasksPage>> {
    let mut params = params.into_inner();
    if params.show != "done" {
        params.show.clear();
    }
    let reader: Viewer = (*viewer).clone();
    let page = db.read(move |conn| list(conn, params, &reader)).await?;
    Ok(Page::new(viewer.shell(), page))
}

fn list(conn: &mut Conn, params: Params, viewer: &Viewer) -> Result<TasksPage> {
    let owners = contacts::owners(conn)?;
    let who: Option<UserId> = match params.who.as_str() {
        EVERYBODY => None,
        who => Some(who.parse().unwrap_or(viewer.id())),
    };
    let from = Cursor::decode(&params.after).and_then(|c| Some((Timestamp(c.number()?), c.id)));
    let is_done = params.show == "done";
    let rows = if is_done {
        store::done(conn, who, &viewer.access, from, PAGE as i64 + 1)?
    } else {
        store::open(conn, who, &viewer.access, from, PAGE as i64 + 1)?
    };
    let page = Paged::from_loaded(rows, PAGE, |task| Cursor {
        key: task.done_at.unwrap_or(task.due()).0.to_string(),
        id: task.id.0,
    });
    let mut groups: Vec<Group> = Vec::new();
    for line in task_line::lines(conn, page.rows, viewer)? {
        let standing = (!is_done).then_some(line.standing);
        match groups.last_mut() {
            Some(group) if group.standing == standing => group.lines.push(line),
            _ => groups.push(Group {
                standing,
                lines: vec![line],
            }),
        }
    }
    let path = |after: &str| {
        let pairs = [
            ("show", params.show.as_str()),
            ("who", &params.who),
            ("after", after),
        ];
        with_query("/tasks", &pairs)
    };
    let name = owners.iter().find(|(id, _)| Some(*id) == who);
    Ok(TasksPage {
        groups,
        path: path(&params.after),
        after: page.next.map_or_else(String::new, |next| path(&next)),
        who_name: name.map_or_else(|| "everybody".to_owned(), |(_, name)| name.clone()),
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        can_add: DoTasks::allows(&viewer.access),
        params,
    })
}

/// A task as posted, and what a link to its form says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TaskForm {
    body: String,
    date: String,
    time: String,
    assignee: String,
    contact: String,
    company: String,
    deal: String,
    back: String,
    seen: String,
}

impl TaskForm {
    fn about(&self) -> Option<About> {
        let deal = self.deal.parse().ok().map(About::Deal);
        let contact = self.contact.parse().ok().map(About::Contact);
        let company = self.company.parse().ok().map(About::Company);
        deal.or(contact).or(company)
    }

    fn read(&self, viewer: &Viewer) -> std::result::Result<NewTask, Refusal> {
        let due = due(&self.date, &self.time, viewer.zone())
            .map_err(|(field, why)| Refusal::invalid(field, why))?;
        Ok(NewTask {
            body: self.body.clone(),
            due,
            assignee: self.assignee.parse().unwrap_or(viewer.id()),
            about: self.about(),
        })
    }

    fn page(&self) -> String {
        let own = self
            .about()
            .map_or_else(|| "/tasks".to_owned(), About::path);
        back(&self.back, own)
    }
}

#[derive(Template)]
#[template(path = "tasks/form.html")]
pub struct FormPage {
    id: Option<ActivityId>,
    form: TaskForm,
    page: String,
    about: Option<(String, String)>,
    owners: Vec<(String, String)>,
    errors: Errors,
}

impl FormPage {
    fn title(&self) -> &'static str {
        if self.id.is_some() {
            "Task"
        } else {
            "New task"
        }
    }

    fn action(&self) -> String {
        self.id
            .map_or_else(|| "/tasks".to_owned(), |id| format!("/tasks/{id}"))
    }
}

/// `GET /tasks/new`. Needs: do tasks.
pub async fn new(
    viewer: Can<DoTasks>,
    db: web::Data<Db>,
    form: web::Query<TaskForm>,
) -> Result<Page<FormPage>> {
    let mut form = form.into_inner();
    form.assignee = viewer.id().to_string();
    page(&viewer, &db, None, form, Errors::new()).await
}

/// `POST /tasks`. Needs: do tasks.
pub async fn create(
    viewer: Can<DoTasks>,
    db: web::Data<Db>,
    request: HttpRequest,
    form: Form<TaskForm>,
) -> Result<Either<Page<FormPage>, Redirect>> {
    let by = by(&viewer, &request);
    let form = form.0;
    let done = match form.read(&viewer) {
        Ok(new) => db.write(move |conn| actions::add(conn, &new, &by)).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(id) => Ok(Either::Right(
            redirect(form.page())
                .saying("Task added")
                .undo(format!("/tasks/{id}/delete")),
        )),
        Err(Refusal::Invalid(errors)) => page(&viewer, &db, None, form, errors)
            .await
            .map(Either::Left),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /tasks/{id}`. Needs: do tasks.
pub async fn edit(
    viewer: Can<DoTasks>,
    db: web::Data<Db>,
    path: web::Path<String>,
    asked: web::Query<Act>,
) -> Result<Page<FormPage>> {
    let id = kit::path_id(&path)?;
    let task = db.read(move |conn| store::find(conn, id)).await?;
    let task = task.ok_or(Error::NotFound)?;
    if !Reach::of(&viewer).covers(&task) {
        return Err(Refusal::NotYours.into());
    }
    let form = filled(&task, &viewer, &asked.back);
    page(&viewer, &db, Some(id), form, Errors::new()).await
}

/// `POST /tasks/{id}`. Needs: do tasks.
pub async fn save(
    viewer: Can<DoTasks>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<TaskForm>,
) -> Result<Either<Page<FormPage>, Redirect>> {
    let (id, by): (ActivityId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let (mut form, reach) = (form.0, Reach::of(&viewer));
    let seen = Timestamp(form.seen.parse().unwrap_or_default());
    let done = match form.read(&viewer) {
        Ok(new) => {
            db.write(move |conn| actions::change(conn, id, &new, seen, reach, &by))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    let errors = match done {
        Ok(_) => return Ok(Either::Right(redirect(form.page()).saying("Task saved"))),
        Err(Refusal::Invalid(errors)) => errors,
        Err(Refusal::Clash(_)) => {
            let task = db.read(move |conn| store::find(conn, id)).await?;
            let task = task.ok_or(Error::NotFound)?;
            form.seen = task.updated_at.0.to_string();
            let words = format!(
                "Somebody changed this task meanwhile, to “{}”. What you typed is below; saving again keeps yours.",
                task.body
            );
            Errors::one("", words)
        }
        Err(refusal) => return Err(refusal.into()),
    };
    page(&viewer, &db, Some(id), form, errors)
        .await
        .map(Either::Left)
}

/// Where an act leads back to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    back: String,
}

/// `POST /tasks/{id}/done|reopen|delete|restore`. Needs: do tasks.
pub async fn act(
    viewer: Can<DoTasks>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    asked: web::Query<Act>,
) -> Result<Redirect> {
    let (id, by): (ActivityId, _) = (kit::path_id(&path.0)?, by(&viewer, &request));
    let (verb, reach) = (path.1.clone(), Reach::of(&viewer));
    let (said, undo) = match verb.as_str() {
        "done" => ("done", "reopen"),
        "reopen" => ("open again", ""),
        "delete" => ("deleted", "restore"),
        "restore" => ("back", ""),
        _ => return Err(Error::NotFound),
    };
    let task = db
        .write(move |conn| match verb.as_str() {
            "done" => actions::complete(conn, id, reach, &by),
            "reopen" => actions::reopen(conn, id, reach, &by),
            "delete" => actions::delete(conn, id, true, reach, &by),
            _ => actions::delete(conn, id, false, reach, &by),
        })
        .await?;
    let own = task
        .about()
        .map_or_else(|| "/tasks".to_owned(), About::path);
    let page = back(&asked.back, own);
    let words = format!("“{}” is {said}", text::cut(&task.body, 120));
    let answer = redirect(&page).saying(words);
    if undo.is_empty() {
        return Ok(answer);
    }
    let path = format!("/tasks/{id}/{undo}");
    Ok(answer.undo(with_query(&path, &[("back", page.as_str())])))
}

fn filled(task: &Task, viewer: &Viewer, back: &str) -> TaskForm {
    let (date, time) = task.typed(viewer.zone());
    let word = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
    TaskForm {
        body: task.body.clone(),
        date,
        time,
        assignee: word(task.assignee_id.map(|id| id.0)),
        contact: word(task.contact_id.map(|id| id.0)),
        company: word(task.company_id.map(|id| id.0)),
        deal: word(task.deal_id.map(|id| id.0)),
        back: back.to_owned(),
        seen: task.updated_at.0.to_string(),
    }
}

fn is_seen(conn: &mut Conn, access: &Access, about: About) -> diesel::QueryResult<bool> {
    match about {
        About::Deal(id) => seen::deal(conn, access, Action::Read, id.0),
        About::Contact(id) => seen::contact(conn, access, Action::Read, id.0),
        About::Company(id) => seen::company(conn, access, Action::Read, id.0),
    }
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    id: Option<ActivityId>,
    form: TaskForm,
    errors: Errors,
) -> Result<Page<FormPage>> {
    let (about, access) = (form.about(), viewer.access.clone());
    let (owners, about) = db
        .read(move |conn| {
            let owners = contacts::owners(conn)?;
            let about = match about {
                Some(about) if is_seen(conn, &access, about)? => {
                    Names::one(conn, about)?.map(|name| (name, about.path()))
                }
                _ => None,
            };
            Ok::<_, diesel::result::Error>((owners, about))
        })
        .await?;
    let page = FormPage {
        id,
        page: form.page(),
        form,
        about,
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        errors,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// Routes of tasks.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/tasks", get().to(index))
        .route("/tasks", post().to(create))
        .route("/tasks/new", get().to(new))
        .route("/tasks/{id}", get().to(edit))
        .route("/tasks/{id}", post().to(save))
        .route("/tasks/{id}/{verb}", post().to(act));
}
