//! API keys: one's own; for administrators everybody's.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::accounts::actions;
use crate::accounts::model::ApiKey;
use crate::accounts::rights::{self, SignedIn};
use crate::accounts::{Can, Role, Viewer, store};
use crate::base::ids::UserId;
use crate::db::Db;
use crate::web::{Errors, Form, Page, Redirect, Result, When, path_id, redirect};

const HERE: &str = "/settings/keys";

/// What the form asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct KeyForm {
    name: String,
    scopes: Vec<String>,
}

/// The list and the form.
#[derive(Template)]
#[template(path = "accounts/keys.html")]
pub struct KeysPage {
    rows: Vec<KeyRow>,
    is_everybodys: bool,
    /// A key just made; shown this once.
    made: Option<String>,
    form: KeyForm,
    scopes: Vec<(&'static str, &'static str)>,
    errors: Errors,
}

struct KeyRow {
    key: ApiKey,
    owner: String,
    made: When,
    used: Option<When>,
}

/// `GET /settings/keys`.
pub async fn index(viewer: Can<SignedIn>, db: Data<Db>) -> Result<Page<KeysPage>> {
    page(&viewer, &db, None, KeyForm::default(), Errors::new()).await
}

/// `POST /settings/keys`: the answer holds the key, this once.
pub async fn create(
    viewer: Can<SignedIn>,
    db: Data<Db>,
    Form(form): Form<KeyForm>,
) -> Result<Page<KeysPage>> {
    let (user, by, now) = (viewer.user.clone(), viewer.by(), viewer.now);
    let (name, scopes) = (form.name.clone(), form.scopes.clone());
    match db
        .write(move |conn| actions::make_key(conn, &user, &by, &name, &scopes, now))
        .await
    {
        Ok(key) => page(&viewer, &db, Some(key), KeyForm::default(), Errors::new()).await,
        Err(refused) => {
            let page = page(&viewer, &db, None, form, refused.beside_field()?).await?;
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// `POST /settings/keys/{id}/revoke`.
pub async fn revoke(viewer: Can<SignedIn>, db: Data<Db>, id: Path<String>) -> Result<Redirect> {
    let (id, by, of, now): (i64, _, _, _) =
        (path_id(&id)?, viewer.by(), whose(&viewer), viewer.now);
    db.write(move |conn| actions::revoke_key(conn, id, of, &by, now))
        .await?;
    Ok(redirect(HERE).saying("Key revoked. Programs that use it are refused from now on."))
}

/// Whose keys somebody sees: everybody's, where they manage people.
fn whose(viewer: &Viewer) -> Option<UserId> {
    (viewer.user.role != Role::Admin).then(|| viewer.id())
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    made: Option<String>,
    form: KeyForm,
    errors: Errors,
) -> Result<Page<KeysPage>> {
    let of = whose(viewer);
    let keys = db.read(move |conn| store::keys(conn, of)).await?;
    let when = |at| When::new(at, viewer.now, viewer.zone());
    let row = |(key, owner): (ApiKey, String)| KeyRow {
        made: when(key.created_at),
        used: key.last_used_at.map(when),
        key,
        owner,
    };
    let page = KeysPage {
        rows: keys.into_iter().map(row).collect(),
        is_everybodys: of.is_none(),
        made,
        form,
        scopes: rights::scopes_of(&viewer.access),
        errors,
    };
    Ok(Page::new(viewer.shell(), page))
}

impl KeysPage {
    fn has_scope(&self, scope: &str) -> bool {
        self.form.scopes.iter().any(|chosen| chosen == scope)
    }
}
