//! The first visit: make the administrator with the token from the terminal, then start empty or with the demo world.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::accounts::actions::{self, SetUp, throttle};
use crate::accounts::guest::Guest;
use crate::accounts::keyring::Keyring;
use crate::accounts::password::{self, Passwords};
use crate::accounts::rights::ManageWorkspace;
use crate::accounts::{AccountError, Can, DemoWorld, audit, cookies, setup_token, store};
use crate::base::EmailAddress;
use crate::config::Config;
use crate::db::Db;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, redirect};

/// What the form asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SetUpForm {
    token: String,
    workspace: String,
    name: String,
    email: String,
    password: String,
}

#[derive(Template)]
#[template(path = "accounts/set_up.html")]
/// The form.
pub struct SetUpPage {
    form: SetUpForm,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "accounts/start.html")]
/// The choice after it.
pub struct StartPage {
    name: String,
    has_demo: bool,
}

/// `GET /setup`, as long as there is nobody.
pub async fn form(
    guest: Guest,
    db: Data<Db>,
    query: Query<SetUpForm>,
) -> Result<Either<Page<SetUpPage>, Redirect>> {
    if db.read(store::has_users).await? {
        return Ok(Either::Right(redirect("/sign-in")));
    }
    let form = SetUpForm {
        token: query.token.clone(),
        ..SetUpForm::default()
    };
    Ok(Either::Left(Page::new(
        guest.shell(""),
        SetUpPage {
            form,
            errors: Errors::new(),
        },
    )))
}

/// `POST /setup`.
pub async fn create(
    guest: Guest,
    db: Data<Db>,
    config: Data<Config>,
    passwords: Data<Passwords>,
    keys: Data<Keyring>,
    Form(form): Form<SetUpForm>,
) -> Result<Either<Page<SetUpPage>, Redirect>> {
    if db.read(store::has_users).await? {
        return Ok(Either::Right(redirect("/sign-in")));
    }
    let (place, now) = (guest.place.clone(), guest.now);
    let key = format!("setup:{}", throttle::place(&place.ip));
    db.write(move |conn| throttle::count(conn, &key, throttle::LINK, now))
        .await?;
    match checked(&form, &config) {
        Err(errors) => Ok(Either::Left(again(&guest, form, errors))),
        Ok((name, email)) => {
            let password_hash = passwords.hash(form.password).await?;
            let set_up = SetUp {
                workspace: form.workspace,
                name,
                email,
                password_hash,
                url: guest.base_url.clone(),
            };
            let (user, begun) = db
                .write(move |conn| {
                    let user = actions::set_up(conn, &set_up, &place.ip, now)?;
                    let begun = actions::begin_session(conn, &user, &place, true, now)?;
                    Ok::<_, AccountError>((user, begun))
                })
                .await?;
            setup_token::spend(&config);
            let next = redirect("/setup/start")
                .cookie(cookies::session(&begun, &guest))
                .cookie(cookies::device(&begun, user.id, &keys, &guest));
            Ok(Either::Right(next))
        }
    }
}

/// `GET /setup/start`: empty, or the demo world.
pub async fn start(viewer: Can<ManageWorkspace>, demo: Data<DemoWorld>) -> Result<Page<StartPage>> {
    let page = StartPage {
        name: viewer.user.name.clone(),
        has_demo: demo.0.is_some(),
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /setup/demo`.
pub async fn demo(
    viewer: Can<ManageWorkspace>,
    db: Data<Db>,
    demo: Data<DemoWorld>,
) -> Result<Redirect> {
    let Some(load) = demo.0 else {
        return Err(Error::NotFound);
    };
    let (by, now) = (viewer.by(), viewer.now);
    db.write(move |conn| {
        load(conn, now)?;
        audit::record(conn, &by, "demo.loaded", None, "", now)
    })
    .await?;
    Ok(redirect("/demo"))
}

/// Name and address as they will be kept, or what stands beside the fields.
fn checked(
    form: &SetUpForm,
    config: &Config,
) -> std::result::Result<(String, EmailAddress), Errors> {
    let mut errors = Errors::new();
    if !setup_token::is_right(config, &form.token) {
        errors.add(
            "token",
            "This is not the set-up token. The terminal that runs Rapport shows it.",
        );
    }
    let name = actions::checked_name(&form.name);
    let email = actions::checked_email(&form.email);
    for refused in [name.as_ref().err(), email.as_ref().err()]
        .into_iter()
        .flatten()
    {
        if let AccountError::Field(field, why) = refused {
            errors.add(field, why.clone());
        }
    }
    if let Some(why) = password::objection(&form.password, &form.email) {
        errors.add("password", why);
    }
    match (name, email) {
        (Ok(name), Ok(email)) if errors.is_empty() => Ok((name, email)),
        _ => Err(errors),
    }
}

fn again(guest: &Guest, form: SetUpForm, errors: Errors) -> Page<SetUpPage> {
    Page::new(guest.shell(""), SetUpPage { form, errors }).status(StatusCode::UNPROCESSABLE_ENTITY)
}
