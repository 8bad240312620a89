//! A new source: a name and what sends.

use actix_web::web;
use actix_web::{Either, Responder};
use askama::Template;
use serde::Deserialize;

use crate::accounts::Can;
use crate::accounts::rights::ManageSources;
use crate::base::text;
use crate::db::Db;
use crate::events::sources::{NewSource, SourceKind, actions, store};
use crate::web::{Errors, Form, Page, Result, redirect};

/// What is asked.
#[derive(Debug, Default, Deserialize)]
pub struct NewForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
}

/// The form.
#[derive(Template)]
#[template(path = "sources/new.html")]
pub struct NewPage {
    form: NewForm,
    errors: Errors,
}

/// `GET /settings/sources/new?kind=…`
pub async fn form(viewer: Can<ManageSources>, asked: web::Query<NewForm>) -> Result<Page<NewPage>> {
    let mut form = asked.into_inner();
    if form.kind.is_empty() {
        SourceKind::Web.word().clone_into(&mut form.kind);
    }
    let errors = Errors::new();
    Ok(Page::new(viewer.shell(), NewPage { form, errors }))
}

/// `POST /settings/sources`
pub async fn create(
    viewer: Can<ManageSources>,
    Form(form): Form<NewForm>,
    db: web::Data<Db>,
) -> Result<impl Responder> {
    let errors = match form.check() {
        Ok(new) => {
            let (by, now) = (viewer.by(), viewer.now);
            let made = db
                .write(move |conn| {
                    if store::count(conn)? >= store::MOST {
                        return Ok(None);
                    }
                    actions::create(conn, &new, &by, now).map(Some)
                })
                .await
                .map_err(|error: diesel::result::Error| crate::web::Error::from(error))?;
            match made {
                Some(source) => {
                    let to = redirect(format!("/settings/sources/{}", source.id));
                    let said = format!("{} is ready to receive", source.name);
                    return Ok(Either::Left(to.saying(said)));
                }
                None => Errors::one(
                    "name",
                    format!(
                        "There are {} sources already; use one of them.",
                        store::MOST
                    ),
                ),
            }
        }
        Err(errors) => errors,
    };
    let page = NewPage { form, errors };
    Ok(Either::Right(Page::new(viewer.shell(), page)))
}

impl NewForm {
    fn check(&self) -> std::result::Result<NewSource, Errors> {
        let mut errors = Errors::new();
        let name = text::line(&self.name, 80);
        if name.is_empty() {
            errors.add(
                "name",
                "Give it a name, such as “Website” or “Shop server”.",
            );
        }
        let kind =
            SourceKind::from_word(&self.kind).filter(|kind| SourceKind::OFFERED.contains(kind));
        match kind {
            Some(kind) if errors.is_empty() => Ok(NewSource { name, kind }),
            Some(_) => Err(errors),
            None => {
                errors.add("kind", "Choose what sends the events.");
                Err(errors)
            }
        }
    }
}
