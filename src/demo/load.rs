//! Loading the demo world into a running instance: a job, since it takes a while, and a page that says how far it is.

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use askama::Template;
use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::{Ground, Size, build};
use crate::accounts::rights::ManageWorkspace;
use crate::accounts::{Can, store};
use crate::base::{Timestamp, clock};
use crate::db::{Conn, Db};
use crate::jobs::{self, Context, Fault, Job, Outcome};
use crate::web::{Page, Result, get};

/// Where it is written how far it is, so that every instance can say it.
const PROGRESS: &str = "demo.progress";

/// How far it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Progress {
    /// In words.
    said: String,
    /// Whether nothing more will come.
    is_over: bool,
    /// Whether it went wrong.
    is_failed: bool,
    /// Who can sign in now.
    team: Vec<(String, String)>,
    /// With what.
    password: String,
}

/// Asks for the demo world; set-up calls it.
pub fn ask(conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
    let progress = Progress {
        said: "It begins in a moment.".to_owned(),
        ..Progress::default()
    };
    write(conn, &progress, now)?;
    jobs::enqueue(conn, &Load { asked_at: now }, now)
}

/// Builds it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Load {
    asked_at: Timestamp,
}

impl Job for Load {
    type Tools = Arc<Ground>;
    const KIND: &'static str = "demo.load";
    const PRIORITY: i64 = jobs::IDLE;
    // What is half there is not empty, so that a second attempt could only refuse.
    const MAX_ATTEMPTS: i64 = 1;

    async fn run(self, context: Context<Arc<Ground>>) -> Outcome {
        let ground = context.tools.clone();
        let now = context.now;
        let done = tokio::task::spawn_blocking(move || load(&ground, now)).await;
        match done {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(Fault::Never(why)),
            Err(error) => Err(Fault::Never(error.to_string())),
        }
    }
}

fn load(ground: &Ground, now: Timestamp) -> std::result::Result<(), String> {
    let say = |said: &str| {
        note(
            &ground.db,
            Progress {
                said: said.trim().to_owned(),
                ..Progress::default()
            },
        );
    };
    match build(ground, Size::Full, now, None, say) {
        Ok(world) => {
            let said = format!(
                "{} people, {} visitors and {} events are there.",
                crate::web::number(world.known as i64),
                crate::web::number(world.visitors as i64),
                crate::web::number(world.events as i64)
            );
            note(
                &ground.db,
                Progress {
                    said,
                    is_over: true,
                    team: world.team,
                    password: world.password,
                    ..Progress::default()
                },
            );
            Ok(())
        }
        Err(error) => {
            let said = error.to_string();
            let progress = Progress {
                said: said.clone(),
                is_over: true,
                is_failed: true,
                ..Progress::default()
            };
            note(&ground.db, progress);
            Err(said)
        }
    }
}

/// Writes down how far it is; that this fails is no reason to stop.
fn note(db: &Db, progress: Progress) {
    let written = db.write_now(move |conn| write(conn, &progress, clock::now()));
    if let Err(error) = written {
        tracing::warn!(%error, "the demo world's progress could not be written down");
    }
}

fn write(conn: &mut Conn, progress: &Progress, now: Timestamp) -> QueryResult<()> {
    let words = serde_json::to_string(progress).unwrap_or_default();
    store::put_setting(conn, PROGRESS, &words, now)
}

/// Mounts the page.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.route("/demo", get().to(show));
}

#[derive(Template)]
#[template(path = "demo/show.html")]
/// How far it is, and who can sign in when it is over.
struct ShowPage {
    progress: Progress,
}

/// `GET /demo`. The password of the invented team is shown once: to whoever looks first after the end.
async fn show(viewer: Can<ManageWorkspace>, db: Data<Db>) -> Result<Page<ShowPage>> {
    let words = db.read(|conn| store::setting(conn, PROGRESS)).await?;
    let progress: Option<Progress> = words.and_then(|words| serde_json::from_str(&words).ok());
    let Some(progress) = progress else {
        return Err(crate::web::Error::NotFound);
    };
    if !progress.password.is_empty() {
        let kept = Progress {
            password: String::new(),
            ..progress.clone()
        };
        let now = viewer.now;
        db.write(move |conn| write(conn, &kept, now)).await?;
    }
    Ok(Page::new(viewer.shell(), ShowPage { progress }))
}
