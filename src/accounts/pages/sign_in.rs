//! Signing in and out.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::next;
use crate::accounts::actions::{self, Attempt, Candidate};
use crate::accounts::challenge::Challenge;
use crate::accounts::guest::Guest;
use crate::accounts::keyring::Keyring;
use crate::accounts::model::User;
use crate::accounts::password::Passwords;
use crate::accounts::rights::SignedIn;
use crate::accounts::{AccountError, Can, Viewer, cookies, store};
use crate::db::Db;
use crate::web::{Errors, Form, Page, Redirect, Result, SESSION_COOKIE, redirect};

/// What the form asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    email: String,
    password: String,
    keep: bool,
    next: String,
}

/// The form.
#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
pub struct SignInPage {
    workspace: String,
    form: SignInForm,
    errors: Errors,
}

/// `GET /sign-in`; to set-up, as long as there is nobody who could sign in.
pub async fn form(
    guest: Guest,
    viewer: Option<Viewer>,
    db: Data<Db>,
    query: Query<SignInForm>,
) -> Result<Either<Page<SignInPage>, Redirect>> {
    if viewer.is_some() {
        return Ok(Either::Right(redirect(next(&query.next))));
    }
    if !db.read(store::has_users).await? {
        return Ok(Either::Right(redirect("/setup")));
    }
    let form = SignInForm {
        next: query.next.clone(),
        keep: true,
        ..SignInForm::default()
    };
    Ok(Either::Left(page(&guest, &db, form, Errors::new()).await?))
}

/// `POST /sign-in`.
pub async fn sign_in(
    guest: Guest,
    db: Data<Db>,
    passwords: Data<Passwords>,
    keys: Data<Keyring>,
    Form(form): Form<SignInForm>,
) -> Result<Either<Page<SignInPage>, Redirect>> {
    let attempt = Attempt {
        email: form.email.clone(),
        place: guest.place.clone(),
    };
    let now = guest.now;
    let counted = attempt.clone();
    let candidate = match db
        .write(move |conn| actions::begin_sign_in(conn, &counted, now))
        .await
    {
        Err(AccountError::TooMany(secs)) => {
            return Ok(Either::Left(pause(&guest, &db, form, secs).await?));
        }
        candidate => candidate?,
    };
    let hash = candidate
        .credentials
        .as_ref()
        .and_then(|found| found.password_hash.clone());
    let is_right = passwords.check(form.password.clone(), hash.clone()).await?;
    let user = candidate
        .credentials
        .as_ref()
        .map(|found| found.user.clone())
        .filter(|_| is_right);
    let Some(user) = user else {
        db.write(move |conn| actions::fail_sign_in(conn, &attempt, now))
            .await?;
        let errors = refused(candidate.tries_left);
        return Ok(Either::Left(
            page(&guest, &db, form, errors)
                .await?
                .status(StatusCode::UNPROCESSABLE_ENTITY),
        ));
    };
    let fresh = match &hash {
        Some(hash) if passwords.cost().is_outdated(hash) => {
            Some(passwords.hash(form.password.clone()).await?)
        }
        _ => None,
    };
    let next = next(&form.next).to_owned();
    let welcome = Welcome {
        candidate,
        user,
        fresh,
        is_kept: form.keep,
    };
    Ok(Either::Right(
        welcome.begin(&guest, &db, &keys, next).await?,
    ))
}

/// `POST /sign-out`.
pub async fn sign_out(viewer: Can<SignedIn>, db: Data<Db>) -> Result<Redirect> {
    let (by, session, now) = (viewer.by(), viewer.session_id, viewer.now);
    db.write(move |conn| actions::sign_out(conn, &by, session, now))
        .await?;
    Ok(redirect("/sign-in")
        .cookie(cookies::gone(SESSION_COOKIE))
        .saying("You are signed out."))
}

/// Somebody whose password was right.
struct Welcome {
    candidate: Candidate,
    user: User,
    fresh: Option<String>,
    is_kept: bool,
}

impl Welcome {
    /// The session, or the way to the second factor.
    async fn begin(self, guest: &Guest, db: &Db, keys: &Keyring, next: String) -> Result<Redirect> {
        let (place, now, user) = (guest.place.clone(), guest.now, self.user.id);
        let (begun, credentials) = db
            .write(move |conn| {
                self.candidate.settle(conn, now)?;
                if let Some(hash) = &self.fresh {
                    store::set_password(conn, user, hash, now)?;
                }
                if self.user.totp_enabled_at.is_some() {
                    return Ok((None, store::credentials_of(conn, user)?));
                }
                let begun = actions::begin_session(conn, &self.user, &place, self.is_kept, now)?;
                Ok::<_, AccountError>((Some(begun), None))
            })
            .await?;
        if let Some(credentials) = credentials {
            let challenge = Challenge {
                user,
                is_kept: self.is_kept,
            };
            let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
            let cookie = cookies::challenge(challenge.sign(keys, &credentials, now), guest);
            return Ok(redirect(format!("/sign-in/code?{query}")).cookie(cookie));
        }
        Ok(super::enter(begun, user, guest, keys, next))
    }
}

fn refused(tries_left: i64) -> Errors {
    let more = match tries_left {
        0 => "The next try has to wait half a minute.".to_owned(),
        1 => "You have one more try, then a pause.".to_owned(),
        n if n < 4 => format!("You have {n} more tries, then a pause."),
        _ => String::new(),
    };
    let mut errors = Errors::one(
        "",
        format!("This e-mail and password do not belong together. {more}"),
    );
    errors.add("password", "Type it again. Is Caps Lock on?");
    errors
}

async fn pause(guest: &Guest, db: &Db, form: SignInForm, secs: u64) -> Result<Page<SignInPage>> {
    let wait = super::in_words(secs);
    let errors = Errors::one(
        "",
        format!("Too many tries from here. Please wait {wait} and try again."),
    );
    let page = page(guest, db, form, errors).await?;
    Ok(page
        .status(StatusCode::TOO_MANY_REQUESTS)
        .header("retry-after", secs.to_string()))
}

async fn page(
    guest: &Guest,
    db: &Db,
    mut form: SignInForm,
    errors: Errors,
) -> Result<Page<SignInPage>> {
    form.password.clear();
    let workspace = super::workspace(db).await?;
    Ok(Page::new(
        guest.shell(workspace.clone()),
        SignInPage {
            workspace,
            form,
            errors,
        },
    ))
}
