//! Roles of the workspace's own, and what somebody may do.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::accounts::access::{Access, Grants, OwnRole};
use crate::accounts::model::{RoleRow, User};
use crate::accounts::rights;
use crate::base::Timestamp;
use crate::base::ids::{RoleId, UserId};
use crate::db::Conn;
use crate::db::schema::{roles, user_tokens, users};

/// Roles shown and offered at the most.
const MOST: i64 = 200;

/// What a user may do; of a built-in role nothing is asked for.
pub fn access_of(conn: &mut Conn, user: &User) -> QueryResult<Access> {
    let Some(id) = user.role_id else {
        return Ok(rights::built_in(user.role, user.id));
    };
    let Some(row) = role(conn, id)? else {
        return Ok(rights::built_in(user.role, user.id));
    };
    let grants = Grants::read(&row.grants);
    let team = if Access::needs_team(&grants) {
        super::team_of(conn, user.id)?
    } else {
        Vec::new()
    };
    let own = OwnRole {
        id,
        name: row.name,
        grants,
        team,
    };
    Ok(Access::own(own, user.id))
}

/// What the user of this id may do; nothing where there is none who may sign in.
pub fn access_of_id(conn: &mut Conn, user: UserId) -> QueryResult<Option<Access>> {
    let user = super::user(conn, user)?.filter(|user| user.deactivated_at.is_none());
    user.map(|user| access_of(conn, &user)).transpose()
}

/// A role.
pub fn role(conn: &mut Conn, id: RoleId) -> QueryResult<Option<RoleRow>> {
    RoleRow::query()
        .filter(roles::id.eq(id))
        .first(conn)
        .optional()
}

/// All roles, by name.
pub fn roles(conn: &mut Conn) -> QueryResult<Vec<RoleRow>> {
    RoleRow::query()
        .order((roles::name, roles::id))
        .limit(MOST)
        .load(conn)
}

/// Names of the roles.
pub fn role_names(conn: &mut Conn) -> QueryResult<BTreeMap<i64, String>> {
    let rows = roles(conn)?;
    Ok(rows.into_iter().map(|row| (row.id.0, row.name)).collect())
}

/// How many people have each.
pub fn role_uses(conn: &mut Conn) -> QueryResult<HashMap<RoleId, i64>> {
    let rows: Vec<(Option<RoleId>, i64)> = users::table
        .filter(users::role_id.is_not_null())
        .group_by(users::role_id)
        .select((users::role_id, sql::<BigInt>("COUNT(*)")))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, n)| Some((id?, n)))
        .collect())
}

/// Some who have a role, by name.
pub fn role_people(conn: &mut Conn, id: RoleId, limit: i64) -> QueryResult<Vec<String>> {
    users::table
        .filter(users::role_id.eq(id))
        .order((users::name, users::id))
        .limit(limit)
        .select(users::name)
        .load(conn)
}

/// Whose name it is.
pub fn role_by_name(conn: &mut Conn, name: &str) -> QueryResult<Option<RoleId>> {
    roles::table
        .filter(roles::name.eq(name))
        .select(roles::id)
        .first(conn)
        .optional()
}

/// Adds a role.
pub fn insert_role(
    conn: &mut Conn,
    (name, about, grants): (&str, &str, &Grants),
    now: Timestamp,
) -> QueryResult<RoleId> {
    diesel::insert_into(roles::table)
        .values((
            roles::name.eq(name),
            roles::about.eq(about),
            roles::grants.eq(grants.print()),
            roles::created_at.eq(now),
            roles::updated_at.eq(now),
        ))
        .returning(roles::id)
        .get_result(conn)
}

/// Changes a role.
pub fn update_role(
    conn: &mut Conn,
    id: RoleId,
    (name, about, grants): (&str, &str, &Grants),
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(roles::table.filter(roles::id.eq(id)))
        .set((
            roles::name.eq(name),
            roles::about.eq(about),
            roles::grants.eq(grants.print()),
            roles::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Takes a role away; invitations with it become those of somebody who looks only.
pub fn delete_role(conn: &mut Conn, id: RoleId) -> QueryResult<()> {
    diesel::update(user_tokens::table.filter(user_tokens::role_id.eq(id)))
        .set(user_tokens::role_id.eq(None::<RoleId>))
        .execute(conn)?;
    diesel::delete(roles::table.filter(roles::id.eq(id)))
        .execute(conn)
        .map(|_| ())
}
