//! Settings, Teams: who works together, and which team is below which.

use std::collections::BTreeMap;

use actix_web::Either;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use crate::accounts::actions::{self, NewTeam};
use crate::accounts::model::Team;
use crate::accounts::rights::ManagePeople;
use crate::accounts::{Can, store};
use crate::base::ids::{TeamId, UserId};
use crate::db::{Conn, Db};
use crate::web::{Error, Errors, Form, Page, Redirect, Result, path_id, redirect};

const HERE: &str = "/settings/teams";
/// People to choose from.
const MOST_PEOPLE: i64 = 500;
/// How deep the list is indented.
const DEEPEST: usize = 8;

/// What is typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TeamForm {
    name: String,
    parent: String,
    member: Vec<UserId>,
    lead: Vec<UserId>,
}

/// A team in the tree.
struct Line {
    team: Team,
    /// Names above it, for who cannot see how far it is set in.
    above: String,
    leads: String,
    members: String,
}

/// The tree.
#[derive(Template)]
#[template(path = "accounts/teams.html")]
pub struct TeamsPage {
    lines: Vec<Line>,
}

/// Somebody as the form shows them.
struct Person {
    id: UserId,
    name: String,
    is_member: bool,
    is_lead: bool,
}

/// The form of one.
#[derive(Template)]
#[template(path = "accounts/team.html")]
pub struct TeamPage {
    id: Option<TeamId>,
    name: String,
    parent: String,
    parents: Vec<(String, String)>,
    people: Vec<Person>,
    errors: Errors,
}

impl TeamPage {
    fn path(&self) -> String {
        self.id
            .map_or_else(|| HERE.to_owned(), |id| format!("{HERE}/{id}"))
    }

    fn read(conn: &mut Conn, id: Option<TeamId>, form: Option<TeamForm>) -> QueryResult<Self> {
        let teams = store::teams(conn)?;
        let people = store::active_users(conn, MOST_PEOPLE)?;
        let own = teams.iter().find(|team| Some(team.id) == id);
        let form = if let Some(form) = form {
            form
        } else {
            let members = store::memberships(conn)?;
            let here = members.iter().filter(|(team, ..)| Some(*team) == id);
            let (lead, member): (Vec<_>, Vec<_>) = here.partition(|(.., is_lead)| *is_lead);
            TeamForm {
                name: own.map_or_else(String::new, |team| team.name.clone()),
                parent: own
                    .and_then(|team| team.parent_id)
                    .map_or_else(String::new, |id| id.to_string()),
                member: member.iter().map(|(_, user, ..)| *user).collect(),
                lead: lead.iter().map(|(_, user, ..)| *user).collect(),
            }
        };
        let tree: Vec<_> = teams.iter().map(|t| (t.id, t.parent_id)).collect();
        let below = id.map(|id| store::below([id].into(), &tree));
        let may_be_above = |team: &&Team| below.as_ref().is_none_or(|b| !b.contains(&team.id));
        let parents = teams.iter().filter(may_be_above);
        let person = |(id, name): (UserId, String)| Person {
            is_lead: form.lead.contains(&id),
            is_member: form.member.contains(&id) || form.lead.contains(&id),
            id,
            name,
        };
        Ok(Self {
            id,
            people: people.into_iter().map(person).collect(),
            parents: parents
                .map(|t| (t.id.to_string(), t.name.clone()))
                .collect(),
            name: form.name,
            parent: form.parent,
            errors: Errors::new(),
        })
    }
}

/// `GET /settings/teams`. Needs: manage people.
pub async fn index(viewer: Can<ManagePeople>, db: Data<Db>) -> Result<Page<TeamsPage>> {
    let (teams, members) = db
        .read(|conn| {
            Ok::<_, diesel::result::Error>((store::teams(conn)?, store::memberships(conn)?))
        })
        .await?;
    let mut by: BTreeMap<TeamId, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for (team, _, name, is_lead) in members {
        let (leads, others) = by.entry(team).or_default();
        if is_lead {
            leads.push(name);
        } else {
            others.push(name);
        }
    }
    let line = |(team, above): (Team, Vec<String>)| {
        let (leads, members) = by.remove(&team.id).unwrap_or_default();
        Line {
            above: above.join(" › "),
            leads: leads.join(", "),
            members: members.join(", "),
            team,
        }
    };
    let lines = in_order(teams).into_iter().map(line).collect();
    Ok(Page::new(viewer.shell(), TeamsPage { lines }))
}

/// The tree from the top, every team after the one above it; what hangs nowhere stands at the top.
fn in_order(teams: Vec<Team>) -> Vec<(Team, Vec<String>)> {
    let is_there = |id: TeamId| teams.iter().any(|team| team.id == id);
    let mut stack: Vec<(Team, Vec<String>)> = teams
        .iter()
        .rev()
        .filter(|team| team.parent_id.is_none_or(|above| !is_there(above)))
        .map(|team| (team.clone(), Vec::new()))
        .collect();
    let mut found = Vec::with_capacity(teams.len());
    while let Some((team, above)) = stack.pop() {
        let mut path = above.clone();
        path.push(team.name.clone());
        if above.len() < DEEPEST {
            let below = teams.iter().rev();
            let below = below.filter(|other| other.parent_id == Some(team.id));
            stack.extend(below.map(|other| (other.clone(), path.clone())));
        }
        found.push((team, above));
    }
    found
}

/// `GET /settings/teams/new`. Needs: manage people.
pub async fn new(viewer: Can<ManagePeople>, db: Data<Db>) -> Result<Page<TeamPage>> {
    let page = db.read(|conn| TeamPage::read(conn, None, None)).await?;
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/teams`. Needs: manage people.
pub async fn create(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    Form(form): Form<TeamForm>,
) -> Result<Either<Page<TeamPage>, Redirect>> {
    keep(&viewer, &db, None, form).await
}

/// `GET /settings/teams/{id}`. Needs: manage people.
pub async fn edit(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    path: Path<String>,
) -> Result<Page<TeamPage>> {
    let id: TeamId = path_id(&path)?;
    let found = db
        .read(move |conn| match store::team(conn, id)? {
            Some(_) => TeamPage::read(conn, Some(id), None).map(Some),
            None => Ok(None),
        })
        .await;
    let found: std::result::Result<_, diesel::result::Error> = found;
    let page = found?.ok_or(Error::NotFound)?;
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/teams/{id}`. Needs: manage people.
pub async fn save(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    path: Path<String>,
    Form(form): Form<TeamForm>,
) -> Result<Either<Page<TeamPage>, Redirect>> {
    keep(&viewer, &db, Some(path_id(&path)?), form).await
}

async fn keep(
    viewer: &Can<ManagePeople>,
    db: &Db,
    id: Option<TeamId>,
    form: TeamForm,
) -> Result<Either<Page<TeamPage>, Redirect>> {
    let (by, now) = (viewer.by(), viewer.now);
    let team = NewTeam {
        name: form.name.clone(),
        parent: form.parent.parse().ok(),
        members: form.member.clone(),
        leads: form.lead.clone(),
    };
    let done = db
        .write(move |conn| actions::save_team(conn, &by, id, &team, now))
        .await;
    match done {
        Ok(_) => Ok(Either::Right(redirect(HERE).saying("Team saved"))),
        Err(refused) => {
            let errors = refused.beside_field()?;
            let page = db
                .read(move |conn| TeamPage::read(conn, id, Some(form)))
                .await?;
            let page = Page::new(viewer.shell(), TeamPage { errors, ..page });
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
    }
}

/// `POST /settings/teams/{id}/delete`: the teams below go up. Needs: manage people.
pub async fn delete(
    viewer: Can<ManagePeople>,
    db: Data<Db>,
    path: Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (TeamId, _, _) = (path_id(&path)?, viewer.by(), viewer.now);
    let team = db
        .write(move |conn| actions::delete_team(conn, &by, id, now))
        .await?;
    Ok(redirect(HERE).saying(format!("The team {} is gone", team.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_stand_below_the_one_above_them() {
        let team = |id: i64, name: &str, parent: Option<i64>| Team {
            id: TeamId(id),
            name: name.to_owned(),
            parent_id: parent.map(TeamId),
        };
        let teams = vec![
            team(3, "East", Some(1)),
            team(4, "Fjords", Some(5)),
            team(1, "Sales", None),
            team(9, "Stray", Some(77)),
            team(5, "West", Some(1)),
        ];
        let shown: Vec<String> = in_order(teams)
            .into_iter()
            .map(|(team, above)| format!("{}{}", "-".repeat(above.len()), team.name))
            .collect();
        assert_eq!(shown, ["Sales", "-East", "-West", "--Fjords", "Stray"]);
    }
}
