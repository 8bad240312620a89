//! A chunk of rows written: who is meant is looked up for all of them at once, then what is new and what changes is written
//! in bulk. All of it runs in the transaction that moves the position; a dry run decides the same and writes nothing.

mod before;
mod companies;
mod create;
mod decide;
mod decision;
mod find;
mod take_back;
mod update;

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::draft::Draft;
use super::model::{Outcome, Settings};
use crate::base::ids::{CompanyId, ContactId, ImportId, SourceId, TraitKeyId, UserId};
use crate::contacts::model::By;
use crate::contacts::traits;
use crate::db::Conn;
use crate::db::schema::{import_made, import_rows};
use crate::{insert_all, insert_missing};

use decision::Decision;
use find::Found;
pub use take_back::{Keeper, Keepers, take_back};

/// What every chunk of one import needs.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Which import.
    pub import: ImportId,
    /// Name of its file.
    pub file: String,
    /// What is to be done.
    pub settings: Settings,
    /// The source whose claims these are.
    pub source: SourceId,
    /// For whom, and when.
    pub by: By,
    /// How deals are made.
    pub make_deals: MakeDeals,
}

/// A deal that a row asks for.
#[derive(Debug, Clone)]
pub struct DealAsk {
    /// Whose.
    pub contact: ContactId,
    /// Of which company.
    pub company: Option<CompanyId>,
    /// Who looks after it.
    pub owner: Option<UserId>,
    /// What it is called.
    pub name: String,
    /// How much, as written.
    pub amount: String,
    /// Name of a stage; the first where there is none of that name.
    pub stage: String,
}

/// Makes deals, which are further right in the house: the id of each, none where it is there already, or why it was left
/// out.
pub type MakeDeals =
    fn(&mut Conn, &[DealAsk], &By) -> QueryResult<Vec<Result<Option<i64>, String>>>;

/// What became of a row.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = import_rows, treat_none_as_default_value = false)]
pub struct Done {
    import_id: ImportId,
    /// Its number in the file.
    pub line: i64,
    /// The contact.
    pub contact_id: Option<ContactId>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, for people.
    pub reason: String,
    data: String,
    revision: i64,
}

impl Done {
    fn new(ground: &Ground, line: i64, outcome: Outcome) -> Self {
        Self {
            import_id: ground.import,
            line,
            contact_id: None,
            outcome,
            reason: String::new(),
            data: String::new(),
            revision: 0,
        }
    }

    fn failed(ground: &Ground, draft: &Draft, reason: String) -> Self {
        Self {
            reason,
            data: serde_json::to_string(&draft.cells).unwrap_or_default(),
            ..Self::new(ground, draft.line, Outcome::Failed)
        }
    }

    fn of(ground: &Ground, draft: &Draft, outcome: Outcome, contact: ContactId) -> Self {
        Self {
            contact_id: Some(contact),
            ..Self::new(ground, draft.line, outcome)
        }
    }
}

#[derive(Debug, Insertable)]
#[diesel(table_name = import_made, treat_none_as_default_value = false)]
struct Made {
    import_id: ImportId,
    kind: &'static str,
    row_id: i64,
}

/// Writes a chunk; what became of its rows.
pub fn apply(conn: &mut Conn, ground: &Ground, drafts: Vec<Draft>) -> QueryResult<Vec<Done>> {
    let keys = trait_keys(conn, ground, &drafts)?;
    let mut all = Vec::with_capacity(drafts.len());
    let mut waiting = drafts;
    // Rows about one contact are written one after the other, each seeing what the one before did.
    while !waiting.is_empty() {
        let (now, later) = apart(waiting);
        let mut found = Found::read(conn, ground, &now)?;
        let (decided, late) = decide::decide(ground, &found, now);
        companies::make(conn, ground, &mut found, &decided)?;
        find::make_tags(conn, ground, &mut found, &decided)?;
        let mut done = Vec::with_capacity(decided.len());
        let mut new = Vec::new();
        let mut changed = Vec::new();
        for (draft, decision) in &decided {
            match decision {
                Decision::Create => new.push(draft),
                Decision::Update(id) => changed.push((draft, *id)),
                Decision::Unchanged(id) => {
                    done.push(Done::of(ground, draft, Outcome::Unchanged, *id));
                }
                Decision::Duplicate(id) => {
                    done.push(Done::of(ground, draft, Outcome::Duplicate, *id));
                }
                Decision::Fail(why) => done.push(Done::failed(ground, draft, why.clone())),
            }
        }
        done.extend(create::write(conn, ground, &found, &keys, &new)?);
        done.extend(update::write(conn, ground, &found, &keys, &changed)?);
        make_deals(conn, ground, &found, &decided, &mut done)?;
        insert_all!(conn, import_rows::table, &done);
        all.extend(done);
        waiting = late;
        waiting.extend(later);
    }
    Ok(all)
}

/// What would become of rows, without writing anything. Rows about somebody in an earlier one of them are duplicates.
pub fn would(
    conn: &mut Conn,
    ground: &Ground,
    drafts: Vec<Draft>,
) -> QueryResult<Vec<(Draft, Outcome, String)>> {
    let (now, later) = apart(drafts);
    let found = Found::read(conn, ground, &now)?;
    let (decided, late) = decide::decide(ground, &found, now);
    let outcome = |decision: Decision| match decision {
        Decision::Create => (Outcome::Created, String::new()),
        Decision::Update(_) => (Outcome::Updated, String::new()),
        Decision::Unchanged(_) => (Outcome::Unchanged, String::new()),
        Decision::Duplicate(_) => (Outcome::Duplicate, String::new()),
        Decision::Fail(why) => (Outcome::Failed, why),
    };
    let mut all: Vec<(Draft, Outcome, String)> = decided
        .into_iter()
        .map(|(draft, decision)| {
            let (outcome, why) = outcome(decision);
            (draft, outcome, why)
        })
        .collect();
    let twins = late.into_iter().chain(later);
    all.extend(twins.map(|draft| (draft, Outcome::Duplicate, String::new())));
    all.sort_by_key(|(draft, ..)| draft.line);
    Ok(all)
}

/// Rows whose identifiers stand in no earlier row of the chunk, and the others.
fn apart(drafts: Vec<Draft>) -> (Vec<Draft>, Vec<Draft>) {
    let mut seen: HashSet<(String, String)> = HashSet::new();
    let (mut now, mut later) = (Vec::with_capacity(drafts.len()), Vec::new());
    for draft in drafts {
        let own = || {
            draft
                .identifiers
                .iter()
                .map(|i| (i.namespace.clone(), i.value.clone()))
        };
        if draft.fault.is_none() && own().any(|key| seen.contains(&key)) {
            later.push(draft);
            continue;
        }
        if draft.fault.is_none() {
            seen.extend(own());
        }
        now.push(draft);
    }
    (now, later)
}

/// Makes the deals of rows whose contact is there now.
fn make_deals(
    conn: &mut Conn,
    ground: &Ground,
    found: &Found,
    decided: &[(Draft, Decision)],
    done: &mut [Done],
) -> QueryResult<()> {
    let has_deal = |draft: &Draft| !draft.deal.name.is_empty() || !draft.deal.amount.is_empty();
    let drafts: HashMap<i64, &Draft> = decided
        .iter()
        .filter(|(draft, _)| has_deal(draft))
        .map(|(draft, _)| (draft.line, draft))
        .collect();
    let mut rows: Vec<&mut Done> = Vec::new();
    let mut asks = Vec::new();
    for row in done.iter_mut() {
        let (Some(contact), Some(draft)) = (row.contact_id, drafts.get(&row.line)) else {
            continue;
        };
        let name = match draft.deal.name.as_str() {
            "" if draft.company.name.is_empty() => draft.name.clone(),
            "" => draft.company.name.clone(),
            name => name.to_owned(),
        };
        asks.push(DealAsk {
            contact,
            company: found.company_of(draft),
            owner: draft.owner.or(ground.settings.owner),
            name,
            amount: draft.deal.amount.clone(),
            stage: draft.deal.stage.clone(),
        });
        rows.push(row);
    }
    if asks.is_empty() {
        return Ok(());
    }
    let made = (ground.make_deals)(conn, &asks, &ground.by)?;
    let mut ids = Vec::new();
    for (row, made) in rows.into_iter().zip(made) {
        match made {
            Ok(id) => ids.extend(id),
            Err(why) => row.reason = format!("Its deal was left out: {why}"),
        }
    }
    remember(conn, ground, "deal", ids.into_iter())
}

/// Ids of the keys of everything that is claimed.
fn trait_keys(
    conn: &mut Conn,
    ground: &Ground,
    drafts: &[Draft],
) -> QueryResult<HashMap<String, TraitKeyId>> {
    let facts = drafts.iter().flat_map(|d| {
        d.facts
            .iter()
            .map(|(field, _)| field.trait_key().to_owned())
    });
    let own = drafts
        .iter()
        .flat_map(|d| d.traits.iter().map(|(key, _)| key.clone()));
    let wanted: BTreeSet<String> = facts.chain(own).collect();
    let mut keys = HashMap::with_capacity(wanted.len());
    // As many as the file has columns.
    for key in wanted {
        let id = traits::key_id(conn, "contact", &key, ground.by.now)?;
        keys.insert(key, id);
    }
    Ok(keys)
}

fn remember(
    conn: &mut Conn,
    ground: &Ground,
    kind: &'static str,
    ids: impl Iterator<Item = i64>,
) -> QueryResult<()> {
    let rows: Vec<Made> = ids
        .map(|row_id| Made {
            import_id: ground.import,
            kind,
            row_id,
        })
        .collect();
    insert_missing!(conn, import_made::table, &rows);
    Ok(())
}
