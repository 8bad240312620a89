//! The first page after signing in.

use askama::Template;

use crate::accounts::Can;
use crate::accounts::rights::{EditContacts, ManagePeople, ManageSources, Right, SignedIn};
use crate::web::{Page, Result};

/// A greeting, and what can be done next by somebody with this role.
#[derive(Template)]
#[template(path = "accounts/home.html")]
pub struct HomePage {
    name: String,
    may_connect: bool,
    may_add: bool,
    may_invite: bool,
}

/// `GET /`.
pub async fn home(viewer: Can<SignedIn>) -> Result<Page<HomePage>> {
    let role = viewer.user.role;
    let page = HomePage {
        name: viewer.user.name.clone(),
        may_connect: ManageSources::allows(role),
        may_add: EditContacts::allows(role),
        may_invite: ManagePeople::allows(role),
    };
    Ok(Page::new(viewer.shell(), page))
}
