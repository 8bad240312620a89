//! Companies that rows name and nobody has yet, made in bulk.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::super::draft::{CompanyDraft, Draft};
use super::decision::Decision;
use super::find::Found;
use super::{Ground, remember};
use crate::base::ids::{CompanyId, SourceId, UserId};
use crate::base::{Timestamp, text};
use crate::contacts::companies::model::CompanyField;
use crate::contacts::model::Stage;
use crate::db::Conn;
use crate::db::dialect::search::spelling::{self, Keep};
use crate::db::dialect::{reserve, search};
use crate::db::schema::{companies, company_domains};
use crate::timeline::{self, About, EntryKind, NewEntry};
use crate::{insert_all, insert_missing};

#[derive(Debug, Insertable)]
#[diesel(table_name = companies, treat_none_as_default_value = false)]
struct CompanyRow {
    id: CompanyId,
    name: String,
    sort_name: String,
    stage: Stage,
    industry: String,
    phone: Option<String>,
    website: String,
    street: &'static str,
    city: &'static str,
    region: &'static str,
    postal_code: &'static str,
    country: &'static str,
    source_id: SourceId,
    created_by: Option<UserId>,
    revision: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    last_seen_at: Timestamp,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = company_domains, treat_none_as_default_value = false)]
struct DomainRow {
    domain: String,
    company_id: CompanyId,
    is_primary: bool,
}

/// Makes the companies of rows that are written.
pub(super) fn make(
    conn: &mut Conn,
    ground: &Ground,
    found: &mut Found,
    decided: &[(Draft, Decision)],
) -> QueryResult<()> {
    let wanted = wanted(found, decided);
    if wanted.is_empty() {
        return Ok(());
    }
    let ids = reserve::ids(conn, "companies", wanted.len())?;
    let (mut rows, mut domains, mut words, mut told) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (company, id) in wanted.into_iter().zip(ids) {
        let id = CompanyId(id);
        let row = row(ground, company, id);
        let is_free = !company.domain.is_empty() && !found.by_domain.contains_key(&company.domain);
        if is_free {
            found.by_domain.insert(company.domain.clone(), id);
            domains.push(DomainRow {
                domain: company.domain.clone(),
                company_id: id,
                is_primary: true,
            });
        }
        found.by_name.insert(row.sort_name.clone(), id);
        found.names.insert(id, row.name.clone());
        words.push((id.0, format!("{} {}", row.name, company.domain)));
        let data = json!({ "file": ground.file, "import": ground.import });
        told.push(NewEntry::by(
            About::Company(id),
            EntryKind::Imported,
            ground.by.user,
            ground.by.now,
            data,
        ));
        rows.push(row);
    }
    insert_all!(conn, companies::table, &rows);
    // A company in the trash keeps its domain.
    insert_missing!(conn, company_domains::table, &domains);
    let names = rows.iter().map(|row| row.name.as_str());
    spelling::learn(conn, Keep::Parts, names)?;
    search::put_all(conn, search::Kind::Company, &words)?;
    timeline::add_all(conn, &told)?;
    remember(conn, ground, "company", rows.iter().map(|row| row.id.0))
}

/// What each new company is to be, by its folded name, else its domain: the first row of a chunk says most of it.
fn wanted<'a>(found: &Found, decided: &'a [(Draft, Decision)]) -> Vec<&'a CompanyDraft> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut wanted: Vec<&CompanyDraft> = Vec::new();
    for (draft, decision) in decided {
        let company = &draft.company;
        let is_named = !company.name.is_empty() || !company.domain.is_empty();
        if !decision.writes() || !is_named || found.company_of(draft).is_some() {
            continue;
        }
        let key = if company.name.is_empty() {
            company.domain.clone()
        } else {
            text::fold(&company.name)
        };
        places.entry(key).or_insert_with(|| {
            wanted.push(company);
            wanted.len() - 1
        });
    }
    wanted
}

fn row(ground: &Ground, company: &CompanyDraft, id: CompanyId) -> CompanyRow {
    let name = if company.name.is_empty() {
        company.domain.clone()
    } else {
        company.name.clone()
    };
    CompanyRow {
        id,
        sort_name: text::fold(&name),
        name,
        stage: Stage::Lead,
        industry: company.industry.clone(),
        phone: Some(company.phone.clone()).filter(|phone| !phone.is_empty()),
        website: CompanyField::Website
            .clean(&company.website)
            .unwrap_or_default(),
        street: "",
        city: "",
        region: "",
        postal_code: "",
        country: "",
        source_id: ground.source,
        created_by: Some(ground.by.user),
        revision: 1,
        created_at: ground.by.now,
        updated_at: ground.by.now,
        last_seen_at: ground.by.now,
    }
}
