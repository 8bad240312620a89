//! Taking up an invitation: a name, a password, and in.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::LinkGonePage;
use crate::accounts::AccountError;
use crate::accounts::actions::{self, throttle};
use crate::accounts::guest::Guest;
use crate::accounts::keyring::Keyring;
use crate::accounts::password::{self, Passwords};
use crate::db::Db;
use crate::web::{Errors, Form, Page, Redirect, Result};

/// What the form asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct JoinForm {
    name: String,
    password: String,
}

/// The form behind the link.
#[derive(Template)]
#[template(path = "accounts/invitation.html")]
pub struct JoinPage {
    token: String,
    workspace: String,
    email: String,
    role: String,
    name: String,
    errors: Errors,
}

type Shown = Either<Page<JoinPage>, Page<LinkGonePage>>;

/// `GET /invitation/{token}`.
pub async fn form(guest: Guest, db: Data<Db>, token: Path<String>) -> Result<Shown> {
    page(
        &guest,
        &db,
        token.into_inner(),
        String::new(),
        Errors::new(),
    )
    .await
}

/// `POST /invitation/{token}`.
pub async fn join(
    guest: Guest,
    db: Data<Db>,
    passwords: Data<Passwords>,
    keys: Data<Keyring>,
    token: Path<String>,
    Form(form): Form<JoinForm>,
) -> Result<Either<Shown, Redirect>> {
    let (place, now, token) = (guest.place.clone(), guest.now, token.into_inner());
    let (key, sought) = (
        format!("link:{}", throttle::place(&place.ip)),
        token.clone(),
    );
    db.write(move |conn| throttle::count(conn, &key, throttle::LINK, now))
        .await?;
    let link = match db
        .read(move |conn| actions::open_invitation(conn, &sought, now))
        .await
    {
        Err(AccountError::LinkGone) => {
            return Ok(Either::Left(
                page(&guest, &db, token, form.name, Errors::new()).await?,
            ));
        }
        link => link?,
    };
    let mut errors = Errors::new();
    if let Err(AccountError::Field(field, why)) = actions::checked_name(&form.name) {
        errors.add(field, why);
    }
    if let Some(why) = password::objection(&form.password, &link.email) {
        errors.add("password", why);
    }
    if !errors.is_empty() {
        return Ok(Either::Left(
            page(&guest, &db, token, form.name, errors).await?,
        ));
    }
    let hash = passwords.hash(form.password).await?;
    let (sought, name) = (token.clone(), form.name.clone());
    let joined = db
        .write(move |conn| {
            let user = actions::accept_invitation(conn, &sought, &name, &hash, &place.ip, now)?;
            let begun = actions::begin_session(conn, &user, &place, true, now)?;
            Ok((user.id, begun))
        })
        .await;
    match joined {
        Err(AccountError::LinkGone | AccountError::EmailTaken) => Ok(Either::Left(
            page(&guest, &db, token, form.name, Errors::new()).await?,
        )),
        joined => {
            let (user, begun) = joined?;
            Ok(Either::Right(super::enter(
                Some(begun),
                user,
                &guest,
                &keys,
                "/".to_owned(),
            )))
        }
    }
}

async fn page(
    guest: &Guest,
    db: &Db,
    token: String,
    name: String,
    errors: Errors,
) -> Result<Shown> {
    let (now, sought) = (guest.now, token.clone());
    let workspace = super::workspace(db).await?;
    let shell = guest.shell(workspace.clone());
    match db
        .read(move |conn| actions::open_invitation(conn, &sought, now))
        .await
    {
        Err(AccountError::LinkGone) => Ok(Either::Right(LinkGonePage::answer(shell, false))),
        link => {
            let link = link?;
            let role = match link.role_id {
                None => link
                    .role
                    .map_or_else(String::new, |role| role.label().to_owned()),
                // What the house calls it is told to who works in it.
                Some(_) => "a member".to_owned(),
            };
            let status = if errors.is_empty() {
                StatusCode::OK
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let page = JoinPage {
                token,
                workspace,
                email: link.email,
                role,
                name,
                errors,
            };
            Ok(Either::Left(Page::new(shell, page).status(status)))
        }
    }
}
