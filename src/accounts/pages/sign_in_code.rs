//! The second step of a sign-in: a code of the authenticator app, or a recovery code.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{Either, HttpRequest};
use askama::Template;
use serde::Deserialize;

use super::next;
use crate::accounts::actions;
use crate::accounts::challenge::Challenge;
use crate::accounts::cookies::{self, CHALLENGE_COOKIE};
use crate::accounts::guest::Guest;
use crate::accounts::keyring::Keyring;
use crate::accounts::store::{self, Credentials};
use crate::accounts::{AccountError, audit};
use crate::db::Db;
use crate::web::{Errors, Form, Page, Redirect, Result, redirect};

/// What the form asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    code: String,
    next: String,
}

/// The form.
#[derive(Template)]
#[template(path = "accounts/sign_in_code.html")]
pub struct CodePage {
    next: String,
    errors: Errors,
}

/// `GET /sign-in/code`.
pub async fn form(
    guest: Guest,
    request: HttpRequest,
    db: Data<Db>,
    keys: Data<Keyring>,
    query: Query<CodeForm>,
) -> Result<Either<Page<CodePage>, Redirect>> {
    match half(&guest, &request, &db, &keys).await? {
        Some(_) => Ok(Either::Left(
            page(&guest, &db, &query.next, Errors::new()).await?,
        )),
        None => Ok(Either::Right(too_late())),
    }
}

/// `POST /sign-in/code`.
pub async fn check(
    guest: Guest,
    request: HttpRequest,
    db: Data<Db>,
    keys: Data<Keyring>,
    Form(form): Form<CodeForm>,
) -> Result<Either<Page<CodePage>, Redirect>> {
    let Some((challenge, credentials)) = half(&guest, &request, &db, &keys).await? else {
        return Ok(Either::Right(too_late()));
    };
    let (place, now, user) = (guest.place.clone(), guest.now, challenge.user);
    let counted = place.clone();
    if let Err(error) = db
        .write(move |conn| actions::count_code(conn, user, &counted, now))
        .await
    {
        let AccountError::TooMany(secs) = error else {
            return Err(error.into());
        };
        let wait = super::in_words(secs);
        let errors = Errors::one(
            "",
            format!("Too many codes were wrong. Please wait {wait} and try again."),
        );
        let page = page(&guest, &db, &form.next, errors)
            .await?
            .status(StatusCode::TOO_MANY_REQUESTS);
        return Ok(Either::Left(page.header("retry-after", secs.to_string())));
    }
    let (code, sealed) = (form.code.clone(), keys.clone());
    let begun = db
        .write(move |conn| {
            let by = audit::By {
                user: Some(user),
                name: credentials.user.name.clone(),
                ip: place.ip.clone(),
            };
            if !actions::spend_code(conn, &sealed, user, &code, &place, now)? {
                audit::record(
                    conn,
                    &by,
                    "second_factor.failed",
                    Some(("user", user.0)),
                    "",
                    now,
                )?;
                return Ok(None);
            }
            actions::begin_session(conn, &credentials.user, &place, challenge.is_kept, now)
                .map(Some)
        })
        .await?;
    if begun.is_none() {
        let why = "This code is wrong, too old, or was used already.";
        let page = page(&guest, &db, &form.next, Errors::one("code", why)).await?;
        return Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)));
    }
    let on = super::enter(begun, user, &guest, &keys, next(&form.next).to_owned());
    Ok(Either::Right(on.cookie(cookies::gone(CHALLENGE_COOKIE))))
}

/// The half-done sign-in of this browser, if it still holds.
async fn half(
    guest: &Guest,
    request: &HttpRequest,
    db: &Db,
    keys: &Keyring,
) -> Result<Option<(Challenge, Credentials)>> {
    let Some(cookie) = request.cookie(CHALLENGE_COOKIE) else {
        return Ok(None);
    };
    let Some(user) = Challenge::claims(cookie.value()) else {
        return Ok(None);
    };
    let credentials = db
        .read(move |conn| store::credentials_of(conn, user))
        .await?;
    let Some(credentials) = credentials.filter(|found| found.user.totp_enabled_at.is_some()) else {
        return Ok(None);
    };
    Ok(
        Challenge::read(cookie.value(), keys, &credentials, guest.now)
            .map(|challenge| (challenge, credentials)),
    )
}

fn too_late() -> Redirect {
    redirect("/sign-in").failing("That took too long. Please sign in again.")
}

async fn page(guest: &Guest, db: &Db, next: &str, errors: Errors) -> Result<Page<CodePage>> {
    let workspace = super::workspace(db).await?;
    Ok(Page::new(
        guest.shell(workspace),
        CodePage {
            next: next.to_owned(),
            errors,
        },
    ))
}
