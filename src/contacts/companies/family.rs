//! Which company belongs to which: one above, any number below, never in a circle. Depth and size are bounded, so that a page
//! about a group of companies asks a few questions whatever somebody built.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::actions::{take, tell};
use super::model::Company;
use super::store;
use crate::accounts::Reach;
use crate::base::ids::{CompanyId, UserId};
use crate::contacts::model::By;
use crate::contacts::refusal::Refusal;
use crate::db::Conn;
use crate::db::schema::{companies, company_people, contacts};
use crate::timeline::EntryKind;

/// Companies above one another.
const DEEPEST: usize = 10;
/// Companies below one that are added up.
pub const MOST: usize = 500;
/// Companies below one that its page names.
pub const NAMED: i64 = 10;

/// A company below another, as its page names it.
#[derive(Debug, Clone, Queryable)]
pub struct Child {
    /// Id.
    pub id: CompanyId,
    /// As it writes itself.
    pub name: String,
    /// Where it is.
    pub city: String,
    /// Whose it is.
    pub owner_id: Option<UserId>,
}

/// The companies directly below one, by name, from the first; one more than [`NAMED`] where there are more.
pub fn below(conn: &mut Conn, id: CompanyId) -> QueryResult<Vec<Child>> {
    companies::table
        .filter(companies::parent_id.eq(id))
        .filter(companies::deleted_at.is_null())
        .order((companies::sort_name, companies::id))
        .limit(NAMED + 1)
        .select((
            companies::id,
            companies::name,
            companies::city,
            companies::owner_id,
        ))
        .load(conn)
}

/// The companies above one, the nearest first; the trash is no parent.
pub fn above(conn: &mut Conn, company: &Company) -> QueryResult<Vec<Company>> {
    let mut chain: Vec<Company> = Vec::new();
    let mut next = company.parent_id;
    while let Some(id) = next {
        let Some(found) = store::live(conn, id)? else {
            break;
        };
        // A merge of two of one family can bend it into a circle until somebody mends it.
        if id == company.id || chain.iter().any(|over| over.id == id) || chain.len() >= DEEPEST {
            break;
        }
        next = found.parent_id;
        chain.push(found);
    }
    Ok(chain)
}

/// Those of the companies above one that are in reach.
pub fn above_seen(conn: &mut Conn, company: &Company, reach: &Reach) -> QueryResult<Vec<Company>> {
    let mut chain = above(conn, company)?;
    chain.retain(|over| reach.covers(over.owner_id));
    Ok(chain)
}

/// A company and everything below it, itself first, at most [`MOST`]; one question a level.
pub fn whole(conn: &mut Conn, id: CompanyId) -> QueryResult<Vec<CompanyId>> {
    let mut all = vec![id];
    let mut level = vec![id];
    for _ in 0..DEEPEST {
        level = companies::table
            .filter(companies::parent_id.eq_any(level))
            .filter(companies::deleted_at.is_null())
            .order(companies::id)
            .limit(MOST as i64)
            .select(companies::id)
            .load(conn)?;
        level.retain(|id| !all.contains(id));
        all.extend(&level);
        if level.is_empty() || all.len() >= MOST {
            break;
        }
    }
    all.truncate(MOST);
    Ok(all)
}

/// People who are linked to any of these companies and have not left, each once.
pub fn people(conn: &mut Conn, ids: &[CompanyId], today: i64) -> QueryResult<i64> {
    company_people::table
        .inner_join(contacts::table.on(contacts::id.eq(company_people::contact_id)))
        .filter(company_people::company_id.eq_any(ids.to_vec()))
        .filter(
            company_people::ended_on
                .is_null()
                .or(company_people::ended_on.gt(today)),
        )
        .filter(contacts::deleted_at.is_null())
        .select(sql::<BigInt>("COUNT(DISTINCT company_people.contact_id)"))
        .get_result(conn)
}

/// Puts a company below another one, or on its own. Gives the one it was below.
pub fn set_parent(
    conn: &mut Conn,
    id: CompanyId,
    parent: Option<CompanyId>,
    by: &By,
) -> Result<Option<CompanyId>, Refusal> {
    let company = take(conn, id, by)?;
    if company.parent_id == parent {
        return Ok(parent);
    }
    let mut to = String::new();
    if let Some(parent) = parent {
        let Some(found) = store::live(conn, parent)? else {
            return Err(Refusal::invalid(
                "parent",
                "This company is not there any more.",
            ));
        };
        let chain = above(conn, &found)?;
        if parent == id || chain.iter().any(|over| over.id == id) {
            return Err(Refusal::invalid(
                "parent",
                format!("{} belongs to {} itself.", found.name, company.name),
            ));
        }
        if chain.len() + 1 >= DEEPEST {
            return Err(Refusal::invalid(
                "parent",
                "Ten companies above one another are the most.",
            ));
        }
        to = found.name;
    }
    let from = match company.parent_id {
        Some(was) => store::find(conn, was)?.map_or_else(String::new, |was| was.name),
        None => String::new(),
    };
    diesel::update(companies::table.filter(companies::id.eq(id)))
        .set(companies::parent_id.eq(parent))
        .execute(conn)?;
    let data = serde_json::json!({ "label": "Parent company", "from": from, "to": to });
    tell(conn, id, EntryKind::Changed, by, data)?;
    Ok(company.parent_id)
}
