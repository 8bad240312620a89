//! A forgotten password: asking for a link, and what the link opens.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::LinkGonePage;
use crate::accounts::AccountError;
use crate::accounts::actions::{self, throttle};
use crate::accounts::guest::Guest;
use crate::accounts::password::{self, Passwords};
use crate::config::Config;
use crate::db::Db;
use crate::web::{Errors, Form, Page, Redirect, Result, redirect};

/// Where to send a link.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ForgottenForm {
    email: String,
}

/// The new password.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ResetForm {
    password: String,
}

/// The form, and the same answer whatever was typed into it.
#[derive(Template)]
#[template(path = "accounts/forgot_password.html")]
pub struct ForgottenPage {
    email: String,
    is_sent: bool,
}

/// The form behind the link.
#[derive(Template)]
#[template(path = "accounts/reset_password.html")]
pub struct ResetPage {
    token: String,
    email: String,
    errors: Errors,
}

/// `GET /forgot-password`.
pub async fn forgotten(guest: Guest, db: Data<Db>) -> Result<Page<ForgottenPage>> {
    let page = ForgottenPage {
        email: String::new(),
        is_sent: false,
    };
    Ok(Page::new(guest.shell(super::workspace(&db).await?), page))
}

/// `POST /forgot-password`.
pub async fn request(
    guest: Guest,
    db: Data<Db>,
    config: Data<Config>,
    Form(form): Form<ForgottenForm>,
) -> Result<Page<ForgottenPage>> {
    let (place, now, email) = (guest.place.clone(), guest.now, form.email.clone());
    db.write(move |conn| {
        let base = actions::mail_base_url(conn, &config)?;
        actions::request_reset(conn, &email, &place, &base, now)
    })
    .await?;
    let page = ForgottenPage {
        email: form.email,
        is_sent: true,
    };
    Ok(Page::new(guest.shell(super::workspace(&db).await?), page))
}

/// `GET /reset-password/{token}`.
pub async fn reset_form(
    guest: Guest,
    db: Data<Db>,
    token: Path<String>,
) -> Result<Either<Page<ResetPage>, Page<LinkGonePage>>> {
    page(&guest, &db, token.into_inner(), Errors::new()).await
}

/// `POST /reset-password/{token}`.
pub async fn reset(
    guest: Guest,
    db: Data<Db>,
    passwords: Data<Passwords>,
    token: Path<String>,
    Form(form): Form<ResetForm>,
) -> Result<Either<Either<Page<ResetPage>, Page<LinkGonePage>>, Redirect>> {
    let (place, now, token) = (guest.place.clone(), guest.now, token.into_inner());
    let (key, sought) = (
        format!("link:{}", throttle::place(&place.ip)),
        token.clone(),
    );
    db.write(move |conn| throttle::count(conn, &key, throttle::LINK, now))
        .await?;
    let link = match db
        .read(move |conn| actions::open_reset(conn, &sought, now))
        .await
    {
        Err(AccountError::LinkGone) => {
            return Ok(Either::Left(page(&guest, &db, token, Errors::new()).await?));
        }
        link => link?,
    };
    if let Some(why) = password::objection(&form.password, &link.email) {
        return Ok(Either::Left(
            page(&guest, &db, token, Errors::one("password", why)).await?,
        ));
    }
    let hash = passwords.hash(form.password).await?;
    let sought = token.clone();
    match db
        .write(move |conn| actions::reset_password(conn, &sought, &hash, &place, now))
        .await
    {
        Err(AccountError::LinkGone) => {
            Ok(Either::Left(page(&guest, &db, token, Errors::new()).await?))
        }
        done => {
            done?;
            Ok(Either::Right(
                redirect("/sign-in").saying("Your password is changed. Sign in with it."),
            ))
        }
    }
}

async fn page(
    guest: &Guest,
    db: &Db,
    token: String,
    errors: Errors,
) -> Result<Either<Page<ResetPage>, Page<LinkGonePage>>> {
    let (now, sought) = (guest.now, token.clone());
    let shell = guest.shell(super::workspace(db).await?);
    match db
        .read(move |conn| actions::open_reset(conn, &sought, now))
        .await
    {
        Err(AccountError::LinkGone) => Ok(Either::Right(LinkGonePage::answer(shell, true))),
        link => {
            let status = if errors.is_empty() {
                StatusCode::OK
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let page = ResetPage {
                token,
                email: link?.email,
                errors,
            };
            Ok(Either::Left(Page::new(shell, page).status(status)))
        }
    }
}
