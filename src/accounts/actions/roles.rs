//! Roles of the workspace's own, and teams.

use std::collections::BTreeSet;

use crate::accounts::access::Grants;
use crate::accounts::audit::{self, By};
use crate::accounts::model::{RoleRow, Team};
use crate::accounts::{AccountError, Role, store};
use crate::base::ids::{RoleId, TeamId, UserId};
use crate::base::{Timestamp, text};
use crate::db::Conn;

/// Names of the people told when a role cannot go.
const TOLD: usize = 3;

/// A role as a form has it.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// Name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// What it grants.
    pub grants: Grants,
}

/// Makes a role, or changes one.
pub fn save_role(
    conn: &mut Conn,
    by: &By,
    id: Option<RoleId>,
    new: &NewRole,
    now: Timestamp,
) -> Result<RoleId, AccountError> {
    let name = text::line(&new.name, 60);
    if name.is_empty() {
        let why = "Write what the role is called.".to_owned();
        return Err(AccountError::Field("name", why));
    }
    let is_built_in = Role::ALL
        .iter()
        .any(|role| text::fold(role.label()) == text::fold(&name));
    let other = store::role_by_name(conn, &name)?;
    if is_built_in || other.is_some_and(|other| Some(other) != id) {
        let why = "There is a role of this name already.".to_owned();
        return Err(AccountError::Field("name", why));
    }
    let about = text::line(&new.about, 200);
    let row = (name.as_str(), about.as_str(), &new.grants);
    let (id, action) = match id {
        Some(id) => {
            store::role(conn, id)?.ok_or(AccountError::NotFound)?;
            store::update_role(conn, id, row, now)?;
            (id, "role.changed")
        }
        None => (store::insert_role(conn, row, now)?, "role.created"),
    };
    let detail = format!("{name}: {}", new.grants.print());
    audit::record(conn, by, action, Some(("role", id.0)), &detail, now)?;
    Ok(id)
}

/// Takes a role away that nobody has.
pub fn delete_role(
    conn: &mut Conn,
    by: &By,
    id: RoleId,
    now: Timestamp,
) -> Result<RoleRow, AccountError> {
    let role = store::role(conn, id)?.ok_or(AccountError::NotFound)?;
    let mut people = store::role_people(conn, id, TOLD as i64 + 1)?;
    if !people.is_empty() {
        let is_more = people.len() > TOLD;
        people.truncate(TOLD);
        let mut names = people.join(", ");
        if is_more {
            names.push_str(" and others");
        }
        return Err(AccountError::RoleInUse(names));
    }
    store::delete_role(conn, id)?;
    let object = Some(("role", id.0));
    audit::record(conn, by, "role.deleted", object, &role.name, now)?;
    Ok(role)
}

/// A team as a form has it.
#[derive(Debug, Clone, Default)]
pub struct NewTeam {
    /// Name.
    pub name: String,
    /// The team above.
    pub parent: Option<TeamId>,
    /// Who is in it.
    pub members: Vec<UserId>,
    /// Who leads it.
    pub leads: Vec<UserId>,
}

/// Makes a team, or changes one.
pub fn save_team(
    conn: &mut Conn,
    by: &By,
    id: Option<TeamId>,
    new: &NewTeam,
    now: Timestamp,
) -> Result<TeamId, AccountError> {
    let name = text::line(&new.name, 60);
    if name.is_empty() {
        let why = "Write what the team is called.".to_owned();
        return Err(AccountError::Field("name", why));
    }
    if store::team_by_name(conn, &name)?.is_some_and(|other| Some(other) != id) {
        let why = "There is a team of this name already.".to_owned();
        return Err(AccountError::Field("name", why));
    }
    let teams = store::teams(conn)?;
    if id.is_none() && teams.len() as i64 >= store::MOST_TEAMS {
        let why = "There are five hundred teams, which is as many as there can be.".to_owned();
        return Err(AccountError::Field("name", why));
    }
    if let Some(parent) = new.parent {
        if teams.iter().all(|team| team.id != parent) {
            let why = "This team is gone.".to_owned();
            return Err(AccountError::Field("parent", why));
        }
        let tree: Vec<_> = teams.iter().map(|t| (t.id, t.parent_id)).collect();
        let own = id.map(|id| store::below(BTreeSet::from([id]), &tree));
        if own.is_some_and(|own| own.contains(&parent)) {
            let why = "A team cannot be below itself or below one of its own.".to_owned();
            return Err(AccountError::Field("parent", why));
        }
    }
    let (id, action) = if let Some(id) = id {
        store::team(conn, id)?.ok_or(AccountError::NotFound)?;
        store::update_team(conn, id, &name, new.parent, now)?;
        (id, "team.changed")
    } else {
        let id = store::insert_team(conn, &name, new.parent, now)?;
        (id, "team.created")
    };
    let asked: Vec<UserId> = new.members.iter().chain(&new.leads).copied().collect();
    let members: Vec<(UserId, bool)> = store::users_among(conn, &asked)?
        .into_iter()
        .map(|user| (user, new.leads.contains(&user)))
        .collect();
    store::set_members(conn, id, &members)?;
    let detail = format!("{name}: {} people", members.len());
    audit::record(conn, by, action, Some(("team", id.0)), &detail, now)?;
    Ok(id)
}

/// Takes a team away; those below it go up.
pub fn delete_team(
    conn: &mut Conn,
    by: &By,
    id: TeamId,
    now: Timestamp,
) -> Result<Team, AccountError> {
    let team = store::team(conn, id)?.ok_or(AccountError::NotFound)?;
    store::delete_team(conn, &team)?;
    let object = Some(("team", id.0));
    audit::record(conn, by, "team.deleted", object, &team.name, now)?;
    Ok(team)
}
