//! Teams, and who is in them.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use crate::accounts::model::Team;
use crate::base::Timestamp;
use crate::base::ids::{TeamId, UserId};
use crate::db::schema::{team_people, teams, users};
use crate::db::{Conn, PortableExt};

/// Teams at the most.
pub const MOST_TEAMS: i64 = 500;

/// Somebody in a team: the team, who, what they are called, whether they lead it.
pub type Membership = (TeamId, UserId, String, bool);

/// All teams, by name.
pub fn teams(conn: &mut Conn) -> QueryResult<Vec<Team>> {
    Team::query()
        .order((teams::name, teams::id))
        .limit(MOST_TEAMS)
        .load(conn)
}

/// A team.
pub fn team(conn: &mut Conn, id: TeamId) -> QueryResult<Option<Team>> {
    Team::query()
        .filter(teams::id.eq(id))
        .first(conn)
        .optional()
}

/// Whose name it is.
pub fn team_by_name(conn: &mut Conn, name: &str) -> QueryResult<Option<TeamId>> {
    teams::table
        .filter(teams::name.eq(name))
        .select(teams::id)
        .first(conn)
        .optional()
}

/// Everybody in the teams of a user and in the teams below them.
pub fn team_of(conn: &mut Conn, user: UserId) -> QueryResult<Vec<UserId>> {
    let mut reached: BTreeSet<TeamId> = team_people::table
        .filter(team_people::user_id.eq(user))
        .select(team_people::team_id)
        .load::<TeamId>(conn)?
        .into_iter()
        .collect();
    if reached.is_empty() {
        return Ok(vec![user]);
    }
    let tree: Vec<(TeamId, Option<TeamId>)> = teams::table
        .filter(teams::parent_id.is_not_null())
        .limit(MOST_TEAMS)
        .select((teams::id, teams::parent_id))
        .load(conn)?;
    reached = below(reached, &tree);
    team_people::table
        .filter(team_people::team_id.eq_any(reached))
        .select(team_people::user_id)
        .distinct()
        .order(team_people::user_id)
        .load(conn)
}

/// These teams and all below them; a circle, should there ever be one, is walked once.
pub fn below(mut reached: BTreeSet<TeamId>, tree: &[(TeamId, Option<TeamId>)]) -> BTreeSet<TeamId> {
    loop {
        let before = reached.len();
        for (team, parent) in tree {
            if parent.is_some_and(|parent| reached.contains(&parent)) {
                reached.insert(*team);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// The teams a user belongs to: their own, and those above them, by name. What is a team's is theirs.
pub fn circles(conn: &mut Conn, user: UserId) -> QueryResult<Vec<(TeamId, String)>> {
    let own: Vec<TeamId> = team_people::table
        .filter(team_people::user_id.eq(user))
        .select(team_people::team_id)
        .load(conn)?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let tree: Vec<(TeamId, String, Option<TeamId>)> = teams::table
        .order((teams::name, teams::id))
        .limit(MOST_TEAMS)
        .select((teams::id, teams::name, teams::parent_id))
        .load(conn)?;
    let parents: Vec<(TeamId, Option<TeamId>)> = tree.iter().map(|team| (team.0, team.2)).collect();
    let is_theirs = |team: TeamId| {
        let reached = below(BTreeSet::from([team]), &parents);
        own.iter().any(|own| reached.contains(own))
    };
    let named = tree.iter().map(|(id, name, _)| (*id, name.clone()));
    Ok(named.filter(|(id, _)| is_theirs(*id)).collect())
}

/// Who is in which team, those who lead first.
pub fn memberships(conn: &mut Conn) -> QueryResult<Vec<Membership>> {
    team_people::table
        .inner_join(users::table.on(users::id.eq(team_people::user_id)))
        .order((team_people::is_lead.desc(), users::name, users::id))
        .limit(5_000)
        .select((
            team_people::team_id,
            team_people::user_id,
            users::name,
            team_people::is_lead,
        ))
        .load(conn)
}

/// Teams by user, in words.
pub fn teams_of(conn: &mut Conn, ids: &[UserId]) -> QueryResult<HashMap<UserId, Vec<String>>> {
    let rows: Vec<(UserId, String)> = team_people::table
        .inner_join(teams::table.on(teams::id.eq(team_people::team_id)))
        .filter(team_people::user_id.eq_any(ids))
        .order((teams::name, teams::id))
        .select((team_people::user_id, teams::name))
        .load(conn)?;
    let mut found: HashMap<UserId, Vec<String>> = HashMap::new();
    for (user, team) in rows {
        found.entry(user).or_default().push(team);
    }
    Ok(found)
}

/// Adds a team.
pub fn insert_team(
    conn: &mut Conn,
    name: &str,
    parent: Option<TeamId>,
    now: Timestamp,
) -> QueryResult<TeamId> {
    diesel::insert_into(teams::table)
        .values((
            teams::name.eq(name),
            teams::parent_id.eq(parent),
            teams::created_at.eq(now),
            teams::updated_at.eq(now),
        ))
        .returning(teams::id)
        .get_result(conn)
}

/// Changes a team.
pub fn update_team(
    conn: &mut Conn,
    id: TeamId,
    name: &str,
    parent: Option<TeamId>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(teams::table.filter(teams::id.eq(id)))
        .set((
            teams::name.eq(name),
            teams::parent_id.eq(parent),
            teams::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Says who is in a team, and who of them leads it.
pub fn set_members(conn: &mut Conn, id: TeamId, members: &[(UserId, bool)]) -> QueryResult<()> {
    diesel::delete(team_people::table.filter(team_people::team_id.eq(id))).execute(conn)?;
    for (user, is_lead) in members {
        diesel::insert_into(team_people::table)
            .values((
                team_people::team_id.eq(id),
                team_people::user_id.eq(user),
                team_people::is_lead.eq(is_lead),
            ))
            .on_conflict_do_nothing()
            .portable()
            .execute(conn)?;
    }
    Ok(())
}

/// Takes a team away; those below it go up to where it hung.
pub fn delete_team(conn: &mut Conn, team: &Team) -> QueryResult<()> {
    diesel::update(teams::table.filter(teams::parent_id.eq(team.id)))
        .set(teams::parent_id.eq(team.parent_id))
        .execute(conn)?;
    diesel::delete(teams::table.filter(teams::id.eq(team.id)))
        .execute(conn)
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_reaches_what_is_below_it_and_a_circle_ends() {
        let team = |id| TeamId(id);
        let tree = [(2, 1), (3, 2), (4, 9), (6, 5), (5, 6)]
            .map(|(id, parent)| (team(id), Some(team(parent))));
        let reached = |from: i64| -> Vec<i64> {
            let all = below(BTreeSet::from([team(from)]), &tree);
            all.into_iter().map(|id| id.0).collect()
        };
        assert_eq!(reached(1), [1, 2, 3]);
        assert_eq!(reached(3), [3]);
        assert_eq!(reached(5), [5, 6]);
    }
}
