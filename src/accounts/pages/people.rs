//! The people of the workspace: who is here, who is invited, what they may do.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::accounts::actions;
use crate::accounts::model::{OneTimeLink, User};
use crate::accounts::rights::ManagePeople;
use crate::accounts::{AccountError, Can, Role, Viewer, store};
use crate::base::ids::UserId;
use crate::base::text;
use crate::config::Config;
use crate::db::Db;
use crate::web::{Cursor, Errors, Form, Page, Paged, Redirect, Result, When, path_id, redirect};

const HERE: &str = "/settings/people";
const ROWS: usize = 50;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    after: String,
}

/// Whom to invite, and as what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct InviteForm {
    email: String,
    role: String,
}

/// Another role.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    role: String,
}

/// The list.
#[derive(Template)]
#[template(path = "accounts/people.html")]
pub struct PeoplePage {
    rows: Vec<PersonRow>,
    invited: Vec<InvitedRow>,
    first: String,
    after: String,
    me: UserId,
}

/// The form.
#[derive(Template)]
#[template(path = "accounts/invite.html")]
pub struct InvitePage {
    form: InviteForm,
    errors: Errors,
}

struct PersonRow {
    user: User,
    initials: String,
    tone: &'static str,
    picture: String,
    seen: Option<When>,
}

struct InvitedRow {
    id: i64,
    email: String,
    role: &'static str,
    sent: When,
    is_late: bool,
}

/// `GET /settings/people`.
pub async fn index(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    query: Query<From>,
) -> Result<Page<PeoplePage>> {
    let after = Cursor::decode(&query.after).map_or(0, |cursor| cursor.id);
    let (users, invited) = db
        .read(move |conn| {
            let users = store::users_page(conn, after, ROWS as i64 + 1)?;
            let invited = if after == 0 {
                store::invitations(conn)?
            } else {
                Vec::new()
            };
            Ok::<_, diesel::result::Error>((users, invited))
        })
        .await?;
    let paged = Paged::from_loaded(users, ROWS, |user| Cursor {
        key: String::new(),
        id: user.id.0,
    });
    let page = PeoplePage {
        rows: paged
            .rows
            .into_iter()
            .map(|user| person(user, &viewer))
            .collect(),
        invited: invited
            .into_iter()
            .map(|link| invitee(link, &viewer))
            .collect(),
        first: if after == 0 {
            String::new()
        } else {
            HERE.to_owned()
        },
        after: paged
            .next
            .map_or_else(String::new, |next| format!("{HERE}?after={next}")),
        me: viewer.id(),
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `GET /settings/people/invite`.
pub async fn invite_form(viewer: Can<ManagePeople>) -> Result<Page<InvitePage>> {
    let form = InviteForm {
        role: Role::Sales.word().to_owned(),
        ..InviteForm::default()
    };
    Ok(Page::new(
        viewer.shell(),
        InvitePage {
            form,
            errors: Errors::new(),
        },
    ))
}

/// `POST /settings/people/invite`.
pub async fn invite(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    config: Data<Config>,
    Form(form): Form<InviteForm>,
) -> Result<Either<Page<InvitePage>, Redirect>> {
    let again = |form: InviteForm, errors: Errors| {
        let page = Page::new(viewer.shell(), InvitePage { form, errors });
        Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY))
    };
    let Some(role) = Role::from_word(&form.role) else {
        return Ok(again(
            form,
            Errors::one("role", "Choose a role from the list."),
        ));
    };
    let (by, now, email) = (viewer.by(), viewer.now, form.email.clone());
    let invited = db
        .write(move |conn| {
            let base = actions::mail_base_url(conn, &config)?;
            actions::invite(conn, &by, &email, role, &base, now)
        })
        .await;
    match invited {
        Ok(email) => Ok(Either::Right(
            redirect(HERE).saying(format!("Invitation sent to {email}")),
        )),
        Err(refused) => Ok(again(form, refused.beside_field()?)),
    }
}

/// `POST /settings/people/invitations/{id}/resend`.
pub async fn resend(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    config: Data<Config>,
    id: Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (i64, _, _) = (path_id(&id)?, viewer.by(), viewer.now);
    let email = db
        .write(move |conn| {
            let base = actions::mail_base_url(conn, &config)?;
            actions::resend_invitation(conn, &by, id, &base, now)
        })
        .await?;
    Ok(redirect(HERE).saying(format!("A new invitation is on its way to {email}")))
}

/// `POST /settings/people/invitations/{id}/withdraw`.
pub async fn withdraw(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    id: Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (i64, _, _) = (path_id(&id)?, viewer.by(), viewer.now);
    let email = db
        .write(move |conn| actions::withdraw_invitation(conn, &by, id, now))
        .await?;
    Ok(redirect(HERE).saying(format!("The invitation of {email} is withdrawn")))
}

/// `POST /settings/people/{id}/role`.
pub async fn change_role(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    id: Path<String>,
    Form(form): Form<RoleForm>,
) -> Result<Redirect> {
    let Some(role) = Role::from_word(&form.role) else {
        return Ok(redirect(HERE).failing("There is no such role."));
    };
    let (id, by, now): (UserId, _, _) = (path_id(&id)?, viewer.by(), viewer.now);
    let changed = db
        .write(move |conn| actions::change_role(conn, &by, id, role, now))
        .await;
    said(changed, |user| {
        redirect(HERE).saying(format!("{} is {} now", user.name, article(role)))
    })
}

/// `POST /settings/people/{id}/deactivate`.
pub async fn deactivate(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    id: Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (UserId, _, _) = (path_id(&id)?, viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::deactivate(conn, &by, id, now))
        .await;
    said(done, |user| {
        let said = format!("{} may not sign in any more", user.name);
        redirect(HERE)
            .saying(said)
            .undo(format!("{HERE}/{id}/reactivate"))
    })
}

/// `POST /settings/people/{id}/reactivate`.
pub async fn reactivate(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    id: Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (UserId, _, _) = (path_id(&id)?, viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::reactivate(conn, &by, id, now))
        .await;
    said(done, |user| {
        redirect(HERE).saying(format!("{} may sign in again", user.name))
    })
}

/// What was done, or why the rules of the house did not allow it.
fn said(
    done: std::result::Result<User, AccountError>,
    words: impl FnOnce(User) -> Redirect,
) -> Result<Redirect> {
    match done {
        Ok(user) => Ok(words(user)),
        Err(refused @ (AccountError::LastAdmin | AccountError::OwnAccount)) => {
            Ok(redirect(HERE).failing(refused.to_string()))
        }
        Err(other) => Err(other.into()),
    }
}

fn article(role: Role) -> &'static str {
    match role {
        Role::Admin => "an administrator",
        Role::Manager => "a manager",
        Role::Sales => "in sales",
        Role::Support => "in support",
        Role::Marketing => "in marketing",
        Role::ReadOnly => "a reader",
    }
}

impl InvitePage {
    /// Roles as choices, with what they are for.
    fn roles() -> Vec<(&'static str, String)> {
        Role::ALL
            .iter()
            .map(|role| (role.word(), format!("{}: {}", role.label(), role.about())))
            .collect()
    }
}

fn person(user: User, viewer: &Viewer) -> PersonRow {
    PersonRow {
        initials: text::initials(&user.name),
        tone: text::tone(user.id.0),
        picture: user
            .avatar_file_id
            .map_or_else(String::new, |id| format!("/files/{id}")),
        seen: user
            .last_seen_at
            .map(|at| When::new(at, viewer.now, viewer.zone())),
        user,
    }
}

fn invitee(link: OneTimeLink, viewer: &Viewer) -> InvitedRow {
    InvitedRow {
        id: link.id,
        role: link.role.map_or("", Role::label),
        sent: When::new(link.created_at, viewer.now, viewer.zone()),
        is_late: link.expires_at <= viewer.now,
        email: link.email,
    }
}
