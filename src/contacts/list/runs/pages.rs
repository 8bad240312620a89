//! Asking whether a whole view is to be changed, and watching it happen.

use actix_web::web;
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::job::Go;
use super::store::{self, Run, State};
use crate::accounts::rights::EditContacts;
use crate::accounts::{Can, Viewer};
use crate::base::ids::BulkRunId;
use crate::base::text;
use crate::contacts::list::ask::Ask;
use crate::contacts::list::bulk::{self, Act, Kind};
use crate::contacts::list::reader;
use crate::contacts::model::Stage;
use crate::contacts::{store as contacts, views};
use crate::db::{Conn, Db};
use crate::jobs;
use crate::web::{self as kit, Error, Form, Page, Redirect, Result, path_id, redirect};

/// What is asked for, in the URL and in the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AskParams {
    act: String,
    value: String,
    list: String,
}

/// The question.
#[derive(Template)]
#[template(path = "contacts/bulk_ask.html")]
pub struct AskPage {
    params: AskParams,
    back: String,
    what: String,
    n: i64,
    count: String,
    is_danger: bool,
}

/// `GET /contacts/bulk/new?act=…&value=…&list=<query>`. Needs: change contacts; to delete: delete contacts.
pub async fn ask(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    params: web::Query<AskParams>,
) -> Result<Page<AskPage>> {
    let params = params.into_inner();
    let kind = bulk::kind(&params.act, &viewer.access)?;
    let act = Act::new(kind, &params.value)
        .ok_or_else(|| Error::Invalid("Choose a stage first.".to_owned()))?;
    let (who, query) = (
        reader(&viewer),
        views::canonical(&Ask::read(&params.list), viewer.id()),
    );
    let (n, what) = db
        .read(move |conn| Ok::<_, Error>((store::count(conn, &query, &who)?, words(conn, &act)?)))
        .await?;
    let page = AskPage {
        back: format!("/contacts?{}", params.list),
        count: kit::number(n),
        n,
        what,
        is_danger: kind == Kind::Delete,
        params,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// What a run does, in words: "gives them to Mio".
fn words(conn: &mut Conn, act: &Act) -> QueryResult<String> {
    Ok(match act {
        Act::Owner(None) => "Nobody looks after them any more".to_owned(),
        Act::Owner(Some(id)) => {
            let name = contacts::user_names(conn, [*id])?.remove(id);
            format!(
                "{} looks after them",
                name.unwrap_or_else(|| "Somebody who is gone".to_owned())
            )
        }
        Act::Stage(stage) => format!("Their stage becomes {}", Stage::label(*stage)),
        Act::Tag(name) => format!("They get the tag “{}”", text::line(name, 60)),
        Act::Delete => "They go to the trash".to_owned(),
    })
}

/// `POST /contacts/bulk/runs`. Needs: change contacts; to delete: delete contacts.
pub async fn start(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    Form(form): Form<AskParams>,
) -> Result<Redirect> {
    let kind = bulk::kind(&form.act, &viewer.access)?;
    let is_empty_tag = kind == Kind::Tag && text::line(&form.value, 60).is_empty();
    if is_empty_tag || Act::new(kind, &form.value).is_none() {
        let back = format!("/contacts?{}", form.list);
        return Ok(redirect(back).failing("Choose what they are to get first"));
    }
    let (user, now, ip) = (viewer.id(), viewer.now, viewer.by().ip);
    let query = views::canonical(&Ask::read(&form.list), user);
    let id = db
        .write(move |conn| {
            let run = store::begin(conn, kind, &form.value, &query, user, now)?;
            jobs::enqueue(conn, &Go { run, ip }, now)?;
            Ok::<_, diesel::result::Error>(run)
        })
        .await?;
    Ok(redirect(format!("/contacts/bulk/{id}")))
}

/// A run.
#[derive(Template)]
#[template(path = "contacts/bulk_run.html")]
pub struct RunPage {
    run: Run,
    back: String,
    what: String,
    changed: String,
    kept: String,
    is_at_work: bool,
    state: &'static str,
}

/// `GET /contacts/bulk/{id}`. Needs: change contacts. Who started it sees it, and whoever leads.
pub async fn show(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<RunPage>> {
    let id: BulkRunId = path_id(&path)?;
    let who = (*viewer).clone();
    let page = db.read(move |conn| RunPage::read(conn, id, &who)).await?;
    Ok(Page::new(viewer.shell(), page))
}

impl RunPage {
    fn read(conn: &mut Conn, id: BulkRunId, who: &Viewer) -> Result<Self> {
        let run = own(conn, id, who)?;
        let act = Act::new(run.act, &run.value).ok_or(Error::NotFound)?;
        Ok(Self {
            back: format!("/contacts?{}", run.query),
            what: words(conn, &act)?,
            changed: kit::number(run.changed),
            kept: kit::number(run.kept),
            is_at_work: matches!(run.state, State::Running | State::Undoing),
            state: match run.state {
                State::Running => "At work",
                State::Done => "Done",
                State::Stopped => "Stopped",
                State::Failed => "Could not go on",
                State::Undoing => "Being taken back",
                State::Undone => "Taken back",
            },
            run,
        })
    }

    fn may_undo(&self) -> bool {
        let has_ended = matches!(self.run.state, State::Done | State::Stopped | State::Failed);
        has_ended && self.run.changed > 0
    }
}

/// `POST /contacts/bulk/{id}/stop`. Needs: change contacts. Who started it, or leads.
pub async fn stop(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: BulkRunId = path_id(&path)?;
    let (who, now) = ((*viewer).clone(), viewer.now);
    let stopped = db
        .write(move |conn| {
            own(conn, id, &who)?;
            Ok::<_, Error>(store::turn(
                conn,
                id,
                &[State::Running],
                State::Stopped,
                Some(now),
            )?)
        })
        .await?;
    let to = redirect(format!("/contacts/bulk/{id}"));
    Ok(if stopped {
        to.saying("Stopped")
    } else {
        to.failing("It had ended already")
    })
}

/// `POST /contacts/bulk/{id}/undo`. Needs: change contacts. Who started it, or leads.
pub async fn undo(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: BulkRunId = path_id(&path)?;
    let (who, now, ip) = ((*viewer).clone(), viewer.now, viewer.by().ip);
    let begun = db
        .write(move |conn| {
            own(conn, id, &who)?;
            let ended = [State::Done, State::Stopped, State::Failed];
            let is_turned = store::turn(conn, id, &ended, State::Undoing, None)?;
            if is_turned {
                jobs::enqueue(conn, &Go { run: id, ip }, now)?;
            }
            Ok::<_, Error>(is_turned)
        })
        .await?;
    let to = redirect(format!("/contacts/bulk/{id}"));
    Ok(if begun {
        to
    } else {
        to.failing("It is at work, or taken back already")
    })
}

fn own(conn: &mut Conn, id: BulkRunId, who: &Viewer) -> Result<Run> {
    let leads = who.access.leads();
    let run = store::find(conn, id)?.filter(|run| leads || run.user_id == who.id());
    run.ok_or(Error::NotFound)
}
