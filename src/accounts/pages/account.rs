//! One's own account: profile, picture, password, second factor, sessions. Each form comes back to this page.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::confirm::is_own_password;
use crate::accounts::actions::{self, LANGUAGES};
use crate::accounts::model::{Session, Theme};
use crate::accounts::password::{self, Passwords};
use crate::accounts::rights::SignedIn;
use crate::accounts::{Can, Viewer, browser, store};
use crate::base::text;
use crate::db::Db;
use crate::web::{Errors, Form, Page, Redirect, Result, When, path_id, redirect};

/// What somebody says about themselves.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    name: String,
    language: String,
    time_zone: String,
    theme: String,
}

/// A password for another.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    current: String,
    password: String,
}

/// The page.
#[derive(Template)]
#[template(path = "accounts/account.html")]
pub struct AccountPage {
    email: String,
    role: String,
    initials: String,
    tone: &'static str,
    picture: String,
    form: ProfileForm,
    zones: Vec<(&'static str, &'static str)>,
    errors: Errors,
    has_second_factor: bool,
    codes_left: i64,
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    id: i64,
    browser: String,
    ip: String,
    seen: When,
    began: When,
    is_here: bool,
}

/// `GET /settings/account`.
pub async fn show(viewer: Can<SignedIn>, db: Data<Db>) -> Result<Page<AccountPage>> {
    page(&viewer, &db, None, Errors::new()).await
}

/// `POST /settings/account`.
pub async fn change_profile(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    Form(form): Form<ProfileForm>,
) -> Result<Either<Page<AccountPage>, Redirect>> {
    let profile =
        match actions::checked_profile(&form.name, &form.language, &form.time_zone, &form.theme) {
            Ok(profile) => profile,
            Err(refused) => return again(&viewer, &db, Some(form), refused.beside_field()?).await,
        };
    let (id, by, now) = (viewer.id(), viewer.by(), viewer.now);
    db.write(move |conn| actions::change_profile(conn, id, &by, &profile, now))
        .await?;
    Ok(Either::Right(
        redirect("/settings/account").saying("Profile saved"),
    ))
}

/// `POST /settings/account/password`.
pub async fn change_password(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    passwords: Data<Passwords>,
    Form(form): Form<PasswordForm>,
) -> Result<Either<Page<AccountPage>, Redirect>> {
    let mut errors = Errors::new();
    if let Some(why) = password::objection(&form.password, &viewer.user.email) {
        errors.add("password", why);
    }
    if !is_own_password(&viewer, &db, &passwords, form.current).await? {
        errors.add("current", "This is not your password.");
    }
    if !errors.is_empty() {
        return again(&viewer, &db, None, errors).await;
    }
    let hash = passwords.hash(form.password).await?;
    let (user, by, session, now) = (
        viewer.user.clone(),
        viewer.by(),
        viewer.session_id,
        viewer.now,
    );
    db.write(move |conn| actions::change_password(conn, &user, &by, &hash, session, now))
        .await?;
    let said = "Password changed. Your other sessions were ended.";
    Ok(Either::Right(redirect("/settings/account").saying(said)))
}

/// `POST /settings/account/sessions/{id}/end`.
pub async fn end_session(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    id: Path<String>,
) -> Result<Redirect> {
    let session: i64 = path_id(&id)?;
    let (id, by, now) = (viewer.id(), viewer.by(), viewer.now);
    db.write(move |conn| actions::end_session(conn, id, &by, session, now))
        .await?;
    Ok(redirect("/settings/account#sessions").saying("Session ended"))
}

/// `POST /settings/account/sessions/end-others`.
pub async fn end_other_sessions(viewer: Can<SignedIn>, db: Data<Db>) -> Result<Redirect> {
    let (id, by, session, now) = (viewer.id(), viewer.by(), viewer.session_id, viewer.now);
    let ended = db
        .write(move |conn| actions::end_other_sessions(conn, id, &by, session, now))
        .await?;
    let said = match ended {
        0 => "There was no other session".to_owned(),
        1 => "One other session ended".to_owned(),
        n => format!("{n} other sessions ended"),
    };
    Ok(redirect("/settings/account#sessions").saying(said))
}

async fn again(
    viewer: &Viewer,
    db: &Db,
    form: Option<ProfileForm>,
    errors: Errors,
) -> Result<Either<Page<AccountPage>, Redirect>> {
    let page = page(viewer, db, form, errors).await?;
    Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
}

/// The page as it stands, with what was typed where something was refused.
pub async fn page(
    viewer: &Viewer,
    db: &Db,
    form: Option<ProfileForm>,
    errors: Errors,
) -> Result<Page<AccountPage>> {
    let (id, now) = (viewer.id(), viewer.now);
    let (sessions, codes_left) = db
        .read(move |conn| {
            Ok::<_, diesel::result::Error>((
                store::sessions_of(conn, id, now)?,
                store::recovery_codes_left(conn, id)?,
            ))
        })
        .await?;
    let user = &viewer.user;
    let shown = || ProfileForm {
        name: user.name.clone(),
        language: user.language.clone(),
        time_zone: user.time_zone.clone(),
        theme: user.theme.word().to_owned(),
    };
    let page = AccountPage {
        email: user.email.clone(),
        role: viewer.access.label().to_owned(),
        initials: text::initials(&user.name),
        tone: text::tone(user.id.0),
        picture: user
            .avatar_file_id
            .map_or_else(String::new, |id| format!("/files/{id}")),
        form: form.unwrap_or_else(shown),
        zones: zones(),
        errors,
        has_second_factor: user.totp_enabled_at.is_some(),
        codes_left,
        sessions: sessions
            .into_iter()
            .map(|session| row(session, viewer))
            .collect(),
    };
    Ok(Page::new(viewer.shell(), page))
}

fn row(session: Session, viewer: &Viewer) -> SessionRow {
    SessionRow {
        id: session.id,
        browser: browser::name(&session.user_agent),
        ip: session.ip,
        seen: When::new(session.last_seen_at, viewer.now, viewer.zone()),
        began: When::new(session.created_at, viewer.now, viewer.zone()),
        is_here: session.id == viewer.session_id,
    }
}

/// Places people live in, and UTC; not the aliases that the table keeps for old machines.
fn zones() -> Vec<(&'static str, &'static str)> {
    const CONTINENTS: &[&str] = &[
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let places = names.filter(|name| {
        CONTINENTS
            .iter()
            .any(|continent| name.starts_with(continent))
    });
    std::iter::once("UTC")
        .chain(places)
        .map(|name| (name, name))
        .collect()
}

impl AccountPage {
    fn languages() -> &'static [(&'static str, &'static str)] {
        LANGUAGES
    }

    fn themes() -> [(&'static str, &'static str); 3] {
        let label = |theme| match theme {
            Theme::System => "As the system says",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        [Theme::System, Theme::Light, Theme::Dark].map(|theme| (theme.word(), label(theme)))
    }
}
