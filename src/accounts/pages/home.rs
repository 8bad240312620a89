//! The first page after signing in: what waits for this person, by their role.

use actix_web::web;
use askama::Template;
use chrono::Timelike;

use crate::accounts::panels::{Panel, PanelAsk, Panels};
use crate::accounts::rights::{EditContacts, ManagePeople, ManageSources, Right, SignedIn};
use crate::accounts::{Can, Viewer};
use crate::base::clock;
use crate::db::Db;
use crate::web::{Page, Result};

/// A greeting, the work, and what can be done next where there is none yet.
#[derive(Template)]
#[template(path = "accounts/home.html")]
pub struct HomePage {
    greeting: &'static str,
    name: String,
    day: String,
    work: Vec<Panel>,
    beside: Vec<Panel>,
    begin: Beginning,
}

/// What somebody with this role can begin with.
struct Beginning {
    may_connect: bool,
    may_add: bool,
    may_invite: bool,
}

/// `GET /`.
pub async fn home(
    viewer: Can<SignedIn>,
    db: web::Data<Db>,
    panels: web::Data<Panels>,
) -> Result<Page<HomePage>> {
    let ask = PanelAsk {
        user: viewer.id(),
        access: viewer.access.clone(),
        now: clock::now(),
        zone: viewer.zone(),
    };
    let asked = ask.clone();
    let panels = db.read(move |conn| panels.read(conn, &asked)).await?;
    Ok(Page::new(viewer.shell(), page(&viewer, &ask, panels)))
}

fn page(viewer: &Viewer, ask: &PanelAsk, panels: Vec<Panel>) -> HomePage {
    let (beside, work) = panels.into_iter().partition(|panel| panel.is_aside);
    let here = ask.now.utc().with_timezone(&ask.zone);
    let access = &ask.access;
    HomePage {
        greeting: greeting(here.hour()),
        name: viewer.user.name.clone(),
        day: here.format("%A, %-d %B").to_string(),
        work,
        beside,
        begin: Beginning {
            may_connect: ManageSources::allows(access),
            may_add: EditContacts::allows(access),
            may_invite: ManagePeople::allows(access),
        },
    }
}

fn greeting(hour: u32) -> &'static str {
    match hour {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    }
}
