//! The settings of the workspace, and where "Settings" leads.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::accounts::actions::{self, Workspace};
use crate::accounts::rights::{ManageWorkspace, Right, SignedIn};
use crate::accounts::{Can, Viewer};
use crate::base::country::COUNTRIES;
use crate::config::Config;
use crate::db::Db;
use crate::web::{Errors, Form, Page, Redirect, Result, redirect};

/// What the form asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct WorkspaceForm {
    name: String,
    country: String,
    url: String,
}

/// The form.
#[derive(Template)]
#[template(path = "accounts/workspace.html")]
pub struct WorkspacePage {
    form: WorkspaceForm,
    fixed_url: String,
    errors: Errors,
}

/// `GET /settings`: to the first page the viewer may see.
pub async fn settings(viewer: Can<SignedIn>) -> Redirect {
    let may_change = ManageWorkspace::allows(&viewer.access);
    redirect(if may_change {
        "/settings/workspace"
    } else {
        "/settings/account"
    })
}

/// `GET /settings/workspace`.
pub async fn form(
    viewer: Can<ManageWorkspace>,
    db: Data<Db>,
    config: Data<Config>,
) -> Result<Page<WorkspacePage>> {
    let kept = db.read(actions::workspace).await?;
    let name = if kept.name.is_empty() {
        viewer.workspace.clone()
    } else {
        kept.name
    };
    let form = WorkspaceForm {
        name,
        country: kept.country,
        url: kept.url,
    };
    Ok(page(&viewer, &config, form, Errors::new()))
}

/// `POST /settings/workspace`.
pub async fn change(
    viewer: Can<ManageWorkspace>,
    db: Data<Db>,
    config: Data<Config>,
    Form(form): Form<WorkspaceForm>,
) -> Result<Either<Page<WorkspacePage>, Redirect>> {
    let typed = Workspace {
        name: form.name.clone(),
        country: form.country.clone(),
        url: form.url.clone(),
    };
    let (by, now) = (viewer.by(), viewer.now);
    match db
        .write(move |conn| actions::change_workspace(conn, &by, &typed, now))
        .await
    {
        Ok(()) => Ok(Either::Right(
            redirect("/settings/workspace").saying("Workspace saved"),
        )),
        Err(refused) => {
            let page = page(&viewer, &config, form, refused.beside_field()?);
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
    }
}

fn page(
    viewer: &Viewer,
    config: &Config,
    form: WorkspaceForm,
    errors: Errors,
) -> Page<WorkspacePage> {
    let fixed_url = config.public_url.clone();
    Page::new(
        viewer.shell(),
        WorkspacePage {
            form,
            fixed_url,
            errors,
        },
    )
}

impl WorkspacePage {
    fn countries() -> &'static [(&'static str, &'static str)] {
        COUNTRIES
    }
}
