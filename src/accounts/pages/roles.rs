//! Settings, Roles: the six that are built in, and those of the workspace's own: whose records, and what besides.

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::accounts::access::{Action, Grants, Object, Scope};
use crate::accounts::actions::{self, NewRole};
use crate::accounts::model::{AnyRole, RoleRow};
use crate::accounts::rights::{self, ManagePeople};
use crate::accounts::{AccountError, Can, Role, store};
use crate::base::ids::RoleId;
use crate::db::Db;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, number, path_id, redirect};

const HERE: &str = "/settings/roles";

/// What is typed. Names of fields are words of grants, so that one field stands for one of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    name: String,
    about: String,
    /// `contacts.read:team`, one of each.
    scope: Vec<String>,
    /// Words of switches.
    grant: Vec<String>,
}

/// From which role a new one begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    from: String,
}

/// The list.
#[derive(Template)]
#[template(path = "accounts/roles.html")]
pub struct RolesPage {
    own: Vec<(RoleRow, String)>,
}

/// The form of one.
#[derive(Template)]
#[template(path = "accounts/role.html")]
pub struct RolePage {
    id: Option<RoleId>,
    name: String,
    about: String,
    grants: Grants,
    errors: Errors,
}

/// A switch as the form shows it.
struct Choice {
    key: &'static str,
    label: String,
    is_on: bool,
}

/// A choice among scopes: each is a grant of its own.
struct ScopeField {
    id: String,
    label: &'static str,
    choices: Vec<(String, String)>,
    chosen: String,
}

impl ScopeField {
    fn new(object: Object, action: Action, grants: &Grants) -> Self {
        let word = |scope: Scope| format!("{object}.{action}:{scope}");
        let choice = |scope: &Scope| (word(*scope), scope.label().to_owned());
        Self {
            id: format!("{object}-{action}"),
            label: action.label(),
            choices: Scope::ALL.iter().map(choice).collect(),
            chosen: word(grants.scope(object, action)),
        }
    }
}

impl RolePage {
    fn new(id: Option<RoleId>, row: (&str, &str), grants: Grants) -> Self {
        Self {
            id,
            name: row.0.to_owned(),
            about: row.1.to_owned(),
            grants,
            errors: Errors::new(),
        }
    }

    fn path(&self) -> String {
        self.id
            .map_or_else(|| HERE.to_owned(), |id| format!("{HERE}/{id}"))
    }

    /// Kinds of records with their acts, each a choice among scopes.
    fn kinds(&self) -> Vec<(&'static str, Vec<ScopeField>)> {
        let fields = |object: Object| {
            let actions = object.actions().iter();
            actions
                .map(|action| ScopeField::new(object, *action, &self.grants))
                .collect()
        };
        let kinds = Object::ALL.iter();
        kinds.map(|o| (o.label(), fields(*o))).collect()
    }

    fn unassigned(&self) -> Vec<Choice> {
        let choice = |object: &Object| Choice {
            key: object.unassigned(),
            label: match object {
                Object::Contacts => "Contacts and companies without an owner",
                Object::Deals => "Deals without an owner",
                Object::Tickets => "Tickets that nobody has taken",
            }
            .to_owned(),
            is_on: self.grants.has(object.unassigned()),
        };
        Object::ALL.iter().map(choice).collect()
    }

    fn switches(&self, is_whole: bool) -> Vec<Choice> {
        let choice = |switch: &'static rights::Switch| Choice {
            key: switch.key,
            label: capital(switch.what),
            is_on: self.grants.has(switch.key),
        };
        rights::switches()
            .filter(|switch| switch.is_whole == is_whole)
            .map(choice)
            .collect()
    }
}

fn capital(words: &str) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

impl RoleForm {
    fn grants(&self) -> Grants {
        let mut grants = Grants::read(&self.scope.join(" "));
        let own = Object::ALL.iter().map(|object| object.unassigned());
        let known = rights::switches().map(|switch| switch.key).chain(own);
        for word in known.filter(|known| self.grant.iter().any(|word| word == known)) {
            grants.switch(word);
        }
        grants
    }

    fn role(&self) -> NewRole {
        NewRole {
            name: self.name.clone(),
            about: self.about.clone(),
            grants: self.grants(),
        }
    }
}

/// `GET /settings/roles`. Needs: manage people.
pub async fn index(viewer: Can<ManagePeople>, db: Data<Db>) -> Result<Page<RolesPage>> {
    let (own, uses) = db
        .read(|conn| Ok::<_, diesel::result::Error>((store::roles(conn)?, store::role_uses(conn)?)))
        .await?;
    let own = own.into_iter().map(|role| {
        let held = match uses.get(&role.id).copied().unwrap_or(0) {
            0 => "Nobody".to_owned(),
            1 => "1 person".to_owned(),
            n => format!("{} people", number(n)),
        };
        (role, held)
    });
    let page = RolesPage { own: own.collect() };
    Ok(Page::new(viewer.shell(), page))
}

/// `GET /settings/roles/new?from=`. Needs: manage people.
pub async fn new(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    query: Query<From>,
) -> Result<Page<RolePage>> {
    let grants = match AnyRole::from_word(&query.from) {
        Some(AnyRole::Own(id)) => {
            let row = db.read(move |conn| store::role(conn, id)).await?;
            Grants::read(&row.ok_or(Error::NotFound)?.grants)
        }
        Some(AnyRole::BuiltIn(role)) => rights::grants_of(role),
        None => rights::grants_of(Role::Sales),
    };
    let page = RolePage::new(None, ("", ""), grants);
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/roles`. Needs: manage people.
pub async fn create(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    Form(form): Form<RoleForm>,
) -> Result<Either<Page<RolePage>, Redirect>> {
    keep(&viewer, &db, None, form).await
}

/// `GET /settings/roles/{id}`. Needs: manage people.
pub async fn edit(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    path: Path<String>,
) -> Result<Page<RolePage>> {
    let id: RoleId = path_id(&path)?;
    let row = db.read(move |conn| store::role(conn, id)).await?;
    let row = row.ok_or(Error::NotFound)?;
    let grants = Grants::read(&row.grants);
    let page = RolePage::new(Some(id), (&row.name, &row.about), grants);
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/roles/{id}`. Needs: manage people.
pub async fn save(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    path: Path<String>,
    Form(form): Form<RoleForm>,
) -> Result<Either<Page<RolePage>, Redirect>> {
    keep(&viewer, &db, Some(path_id(&path)?), form).await
}

async fn keep(
    viewer: &Can<ManagePeople>,
    db: &Db,
    id: Option<RoleId>,
    form: RoleForm,
) -> Result<Either<Page<RolePage>, Redirect>> {
    let (by, now, role) = (viewer.by(), viewer.now, form.role());
    let done = db
        .write(move |conn| actions::save_role(conn, &by, id, &role, now))
        .await;
    match done {
        Ok(_) => Ok(Either::Right(redirect(HERE).saying("Role saved"))),
        Err(refused) => {
            let errors = refused.beside_field()?;
            let page = RolePage {
                errors,
                ..RolePage::new(id, (&form.name, &form.about), form.grants())
            };
            let page = Page::new(viewer.shell(), page);
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
    }
}

/// `POST /settings/roles/{id}/delete`: refused while somebody has it. Needs: manage people.
pub async fn delete(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    path: Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (RoleId, _, _) = (path_id(&path)?, viewer.by(), viewer.now);
    let done = db
        .write(move |conn| actions::delete_role(conn, &by, id, now))
        .await;
    match done {
        Ok(role) => Ok(redirect(HERE).saying(format!("The role {} is gone", role.name))),
        Err(refused @ AccountError::RoleInUse(_)) => {
            Ok(redirect(HERE).failing(refused.to_string()))
        }
        Err(other) => Err(other.into()),
    }
}
