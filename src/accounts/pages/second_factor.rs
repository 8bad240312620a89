//! Switching the second factor on and off, and the recovery codes.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{Either, HttpResponse};
use askama::Template;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;

use super::confirm::is_own_password;
use crate::accounts::actions;
use crate::accounts::keyring::Keyring;
use crate::accounts::password::Passwords;
use crate::accounts::rights::SignedIn;
use crate::accounts::{AccountError, Can, Viewer, store};
use crate::db::Db;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, redirect};

const HERE: &str = "/settings/account/second-factor";

/// A first code, or the password before something is taken away.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProofForm {
    code: String,
    password: String,
}

/// The page: off, half-way, or on.
#[derive(Template)]
#[template(path = "accounts/second_factor.html")]
pub struct SecondFactorPage {
    is_on: bool,
    spelled: Option<String>,
    codes_left: i64,
    errors: Errors,
}

/// The recovery codes, shown once.
#[derive(Template)]
#[template(path = "accounts/recovery_codes.html")]
pub struct CodesPage {
    codes: Vec<String>,
}

type Shown = Either<Page<SecondFactorPage>, Page<CodesPage>>;

/// `GET /settings/account/second-factor`.
pub async fn show(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    keys: Data<Keyring>,
) -> Result<Page<SecondFactorPage>> {
    page(&viewer, &db, &keys, Errors::new()).await
}

/// `POST …/begin`: a new seed, to be proved by a code.
pub async fn begin(viewer: Can<SignedIn>, db: Data<Db>, keys: Data<Keyring>) -> Result<Redirect> {
    let (user, now) = (viewer.user.clone(), viewer.now);
    db.write(move |conn| actions::begin_second_factor(conn, &keys, &user, now))
        .await?;
    Ok(redirect(HERE))
}

/// `GET …/qr.svg`: the seed for the camera of an app, until it is proved.
pub async fn qr(viewer: Can<SignedIn>, db: Data<Db>, keys: Data<Keyring>) -> Result<HttpResponse> {
    let id = viewer.id();
    let seed = db.read(move |conn| actions::seed(conn, &keys, id)).await?;
    let (seed, _) = seed
        .filter(|_| viewer.user.totp_enabled_at.is_none())
        .ok_or(Error::NotFound)?;
    let code =
        QrCode::new(seed.uri(&viewer.workspace, &viewer.user.email)).map_err(Error::internal)?;
    let picture = code
        .render::<svg::Color<'_>>()
        .min_dimensions(208, 208)
        .build();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(picture))
}

/// `POST …/confirm`: on, with a first code.
pub async fn confirm(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    keys: Data<Keyring>,
    Form(form): Form<ProofForm>,
) -> Result<Shown> {
    let (user, by, now, sealed) = (viewer.user.clone(), viewer.by(), viewer.now, keys.clone());
    let confirmed = db.write(move |conn| {
        match actions::confirm_second_factor(conn, &sealed, &user, &by, &form.code, now) {
            // The try stays counted.
            Err(AccountError::Field(field, why)) => Ok(Err(Errors::one(field, why))),
            other => other.map(Ok),
        }
    });
    match confirmed.await? {
        Ok(codes) => Ok(Either::Right(Page::new(
            viewer.shell(),
            CodesPage { codes },
        ))),
        Err(errors) => refuse(&viewer, &db, &keys, errors).await,
    }
}

/// `POST …/codes`: new recovery codes in place of the old ones.
pub async fn renew_codes(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    keys: Data<Keyring>,
    passwords: Data<Passwords>,
    Form(form): Form<ProofForm>,
) -> Result<Shown> {
    if viewer.user.totp_enabled_at.is_none() {
        return Err(Error::NotFound);
    }
    if !is_own_password(&viewer, &db, &passwords, form.password).await? {
        return refuse(
            &viewer,
            &db,
            &keys,
            Errors::one("codes_password", "This is not your password."),
        )
        .await;
    }
    let (id, by, now) = (viewer.id(), viewer.by(), viewer.now);
    let codes = db
        .write(move |conn| actions::renew_recovery_codes(conn, &keys, id, &by, now))
        .await?;
    Ok(Either::Right(Page::new(
        viewer.shell(),
        CodesPage { codes },
    )))
}

/// `POST …/off`.
pub async fn disable(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    keys: Data<Keyring>,
    passwords: Data<Passwords>,
    Form(form): Form<ProofForm>,
) -> Result<Either<Shown, Redirect>> {
    if !is_own_password(&viewer, &db, &passwords, form.password).await? {
        let errors = Errors::one("off_password", "This is not your password.");
        return Ok(Either::Left(refuse(&viewer, &db, &keys, errors).await?));
    }
    let (user, by, now) = (viewer.user.clone(), viewer.by(), viewer.now);
    db.write(move |conn| actions::disable_second_factor(conn, &user, &by, now))
        .await?;
    Ok(Either::Right(
        redirect("/settings/account").saying("Signing in needs no code any more"),
    ))
}

async fn refuse(viewer: &Viewer, db: &Db, keys: &Keyring, errors: Errors) -> Result<Shown> {
    let page = page(viewer, db, keys, errors).await?;
    Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    keys: &Keyring,
    errors: Errors,
) -> Result<Page<SecondFactorPage>> {
    let (id, keys) = (viewer.id(), keys.clone());
    let is_on = viewer.user.totp_enabled_at.is_some();
    let (seed, codes_left) = db
        .read(move |conn| {
            let seed = if is_on {
                None
            } else {
                actions::seed(conn, &keys, id)?
            };
            Ok::<_, AccountError>((seed, store::recovery_codes_left(conn, id)?))
        })
        .await?;
    let spelled = seed.map(|(seed, _)| seed.spelled());
    Ok(Page::new(
        viewer.shell(),
        SecondFactorPage {
            is_on,
            spelled,
            codes_left,
            errors,
        },
    ))
}
