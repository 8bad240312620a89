//! The people of the workspace: who is here, who is invited, what they may do.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::accounts::actions;
use crate::accounts::model::{AnyRole, OneTimeLink, RoleRow, User};
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
    /// Roles to choose from: word and name.
    roles: Vec<(String, String)>,
    first: String,
    after: String,
    me: UserId,
}

/// The form.
#[derive(Template)]
#[template(path = "accounts/invite.html")]
pub struct InvitePage {
    form: InviteForm,
    roles: Vec<(String, String)>,
    errors: Errors,
}

struct PersonRow {
    user: User,
    /// Word and name of their role.
    role: (String, String),
    /// Names of their teams.
    teams: String,
    initials: String,
    tone: &'static str,
    picture: String,
    seen: Option<When>,
}

struct InvitedRow {
    id: i64,
    email: String,
    role: String,
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
    let (users, invited, own, mut teams) = db
        .read(move |conn| {
            let users = store::users_page(conn, after, ROWS as i64 + 1)?;
            let invited = if after == 0 {
                store::invitations(conn)?
            } else {
                Vec::new()
            };
            let own = store::roles(conn)?;
            let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
            let teams = store::teams_of(conn, &ids)?;
            Ok::<_, diesel::result::Error>((users, invited, own, teams))
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
            .map(|user| {
                let teams = teams.remove(&user.id).unwrap_or_default().join(", ");
                person(user, teams, &own, &viewer)
            })
            .collect(),
        invited: invited
            .into_iter()
            .map(|link| invitee(link, &own, &viewer))
            .collect(),
        roles: choices(&own, |role| role.label().to_owned()),
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
pub async fn invite_form(viewer: Can<ManagePeople>, db: Data<Db>) -> Result<Page<InvitePage>> {
    let own = db.read(store::roles).await?;
    let form = InviteForm {
        role: Role::Sales.word().to_owned(),
        ..InviteForm::default()
    };
    Ok(Page::new(
        viewer.shell(),
        InvitePage {
            form,
            roles: described(&own),
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
    let own = db.read(store::roles).await?;
    let again = |form: InviteForm, errors: Errors| {
        let roles = described(&own);
        let page = InvitePage {
            form,
            roles,
            errors,
        };
        let page = Page::new(viewer.shell(), page);
        Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY))
    };
    let Some(role) = AnyRole::from_word(&form.role) else {
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
    let Some(role) = AnyRole::from_word(&form.role) else {
        return Ok(redirect(HERE).failing("There is no such role."));
    };
    let (id, by, now): (UserId, _, _) = (path_id(&id)?, viewer.by(), viewer.now);
    let changed = db
        .write(move |conn| actions::change_role(conn, &by, id, role, now))
        .await;
    said(changed, |user| {
        redirect(HERE).saying(match role {
            AnyRole::BuiltIn(role) => format!("{} is {} now", user.name, article(role)),
            AnyRole::Own(_) => format!("{} has another role now", user.name),
        })
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

/// Roles to choose from, built-in ones first.
fn choices(own: &[RoleRow], label: impl Fn(Role) -> String) -> Vec<(String, String)> {
    let built_in = Role::ALL
        .iter()
        .map(|role| (role.word().to_owned(), label(*role)));
    let own = own
        .iter()
        .map(|role| (AnyRole::Own(role.id).word(), role.name.clone()));
    built_in.chain(own).collect()
}

/// Roles as choices, with what they are for.
fn described(own: &[RoleRow]) -> Vec<(String, String)> {
    let mut own = own.to_vec();
    for role in &mut own {
        if !role.about.is_empty() {
            role.name = format!("{}: {}", role.name, role.about);
        }
    }
    choices(&own, |role| format!("{}: {}", role.label(), role.about()))
}

/// What a role is called.
fn name_of(role: AnyRole, own: &[RoleRow]) -> String {
    match role {
        AnyRole::BuiltIn(role) => role.label().to_owned(),
        AnyRole::Own(id) => own
            .iter()
            .find(|role| role.id == id)
            .map_or_else(String::new, |role| role.name.clone()),
    }
}

fn person(user: User, teams: String, own: &[RoleRow], viewer: &Viewer) -> PersonRow {
    let role = AnyRole::of(user.role, user.role_id);
    PersonRow {
        role: (role.word(), name_of(role, own)),
        teams,
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

fn invitee(link: OneTimeLink, own: &[RoleRow], viewer: &Viewer) -> InvitedRow {
    let role = AnyRole::of(link.role.unwrap_or(Role::ReadOnly), link.role_id);
    InvitedRow {
        id: link.id,
        role: name_of(role, own),
        sent: When::new(link.created_at, viewer.now, viewer.zone()),
        is_late: link.expires_at <= viewer.now,
        email: link.email,
    }
}
