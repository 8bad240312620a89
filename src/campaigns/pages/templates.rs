//! Templates: content to begin from.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpResponse, web};
use askama::Template;

use super::content::ContentForm;
use super::index::blank;
use super::preview::{Params, framed};
use crate::accounts::keyring::Keyring;
use crate::accounts::rights::{EditCampaigns, ReadCampaigns, Right};
use crate::accounts::{Can, Viewer};
use crate::base::ids::TemplateId;
use crate::campaigns::{actions, model, store};
use crate::config::Config;
use crate::db::Db;
use crate::mail::Mailer;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, When, path_id, redirect};

/// The list.
#[derive(Template)]
#[template(path = "campaigns/templates.html")]
pub struct TemplatesPage {
    rows: Vec<Row>,
    may_edit: bool,
}

struct Row {
    id: TemplateId,
    name: String,
    subject: String,
    at: When,
}

/// The editor.
#[derive(Template)]
#[template(path = "campaigns/template.html")]
pub struct TemplatePage {
    id: Option<TemplateId>,
    form: ContentForm,
    errors: Errors,
    formats: Vec<(&'static str, &'static str)>,
}

/// `GET /campaigns/templates`. Needs: see campaigns.
pub async fn index(viewer: Can<ReadCampaigns>, db: web::Data<Db>) -> Result<Page<TemplatesPage>> {
    let found = db.read(store::all_templates).await?;
    let row = |template: model::Template| Row {
        id: template.id,
        subject: template.content().subject,
        at: When::new(template.updated_at, viewer.now, viewer.zone()),
        name: template.name,
    };
    let page = TemplatesPage {
        rows: found.into_iter().map(row).collect(),
        may_edit: EditCampaigns::allows(&viewer.access),
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `GET /campaigns/templates/new`. Needs: change campaigns.
pub async fn form(
    viewer: Can<EditCampaigns>,
    mailer: web::Data<Mailer>,
) -> Result<Page<TemplatePage>> {
    let form = ContentForm::of("", &blank(&mailer, ""), 0);
    Ok(page(&viewer, None, form, Errors::new()))
}

/// `POST /campaigns/templates`. Needs: change campaigns.
pub async fn create(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    Form(form): Form<ContentForm>,
) -> Result<Either<Redirect, Page<TemplatePage>>> {
    keep(&viewer, &db, &keys, None, form).await
}

/// `GET /campaigns/templates/{id}`. Needs: change campaigns.
pub async fn edit(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<TemplatePage>> {
    let template = template(&db, &path).await?;
    let form = ContentForm::of(&template.name, &template.content(), 0);
    Ok(page(&viewer, Some(template.id), form, Errors::new()))
}

/// `POST /campaigns/templates/{id}`. Needs: change campaigns.
pub async fn save(
    viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    path: web::Path<String>,
    Form(form): Form<ContentForm>,
) -> Result<Either<Redirect, Page<TemplatePage>>> {
    keep(&viewer, &db, &keys, Some(path_id(&path)?), form).await
}

async fn keep(
    viewer: &Viewer,
    db: &Db,
    keys: &Keyring,
    id: Option<TemplateId>,
    form: ContentForm,
) -> Result<Either<Redirect, Page<TemplatePage>>> {
    let (name, content) = match form.check(keys) {
        Ok(checked) => checked,
        Err(errors) => {
            let page = page(viewer, id, form, errors);
            return Ok(Either::Right(page.status(StatusCode::UNPROCESSABLE_ENTITY)));
        }
    };
    let (by, now) = (viewer.by(), viewer.now);
    let said = format!("“{name}” saved");
    let id = db
        .write(move |conn| match id {
            Some(id) => actions::save_template(conn, id, &name, &content, now).map(|()| id),
            None => Ok(actions::create_template(conn, &name, &content, &by, now)?),
        })
        .await?;
    let to = redirect(format!("/campaigns/templates/{id}"));
    Ok(Either::Left(to.saying(said)))
}

/// `GET /campaigns/templates/{id}/preview`. Needs: see campaigns.
pub async fn preview(
    _viewer: Can<ReadCampaigns>,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    config: web::Data<Config>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<HttpResponse> {
    let content = template(&db, &path).await?.content();
    framed(&db, &keys, config, content, params.into_inner()).await
}

/// `POST /campaigns/templates/{id}/delete`. Needs: change campaigns.
pub async fn delete(
    _viewer: Can<EditCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: TemplateId = path_id(&path)?;
    let gone = db
        .write(move |conn| actions::delete_template(conn, id))
        .await?;
    Ok(redirect("/campaigns/templates").saying(format!("“{}” deleted", gone.name)))
}

async fn template(db: &Db, path: &str) -> Result<model::Template> {
    let id: TemplateId = path_id(path)?;
    db.read(move |conn| store::template(conn, id))
        .await?
        .ok_or(Error::NotFound)
}

fn page(
    viewer: &Viewer,
    id: Option<TemplateId>,
    form: ContentForm,
    errors: Errors,
) -> Page<TemplatePage> {
    let formats = vec![("mjml", "MJML"), ("html", "HTML")];
    let page = TemplatePage {
        id,
        form,
        errors,
        formats,
    };
    Page::new(viewer.shell(), page)
}
