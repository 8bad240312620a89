//! The lines of the table: what stands in each column, one query per kind of it.

use std::collections::HashMap;

use diesel::prelude::*;

use super::ask::Ask;
use super::columns::{self, BuiltIn, Column};
use super::query::{self, Row, Rows};
use crate::accounts::rights::{ReadSensitive, Right};
use crate::accounts::{Access, Viewer};
use crate::base::ids::{CompanyId, ContactId, SourceId, TraitKeyId, UserId};
use crate::base::{Timestamp, country, text};
use crate::contacts::fields::{self, Field, Object};
use crate::contacts::model::{self, Stage};
use crate::contacts::store;
use crate::contacts::tags::{self, Tag};
use crate::db::schema::traits;
use crate::db::{Conn, Memo};
use crate::web as kit;

/// Days of the column of events.
const DAYS: i64 = 30;

/// One line of the table.
pub struct Line {
    /// Id.
    pub id: ContactId,
    /// What it is called.
    pub name: String,
    /// For the avatar.
    pub initials: String,
    /// For the avatar.
    pub tone: &'static str,
    /// `person` or `visitor`.
    pub kind: &'static str,
    /// What stands under the name where there is no room for columns.
    pub sub: String,
    /// Its cells, one a column: class and what is in it.
    pub cells: Vec<(&'static str, Cell)>,
}

/// What stands in a cell.
pub enum Cell {
    /// Nothing; the words are heard.
    None(&'static str),
    /// Words.
    Text(String),
    /// A figure.
    Figure(String),
    /// A stage.
    Stage(Stage),
    /// Somebody: name, initials, tone.
    Person(String, String, &'static str),
    /// Tags.
    Tags(Vec<Tag>),
    /// A moment: RFC 3339, in short, in full.
    Ago(String, String, String),
}

/// The fields that somebody may see in lists.
pub fn fields(conn: &mut Conn, memo: &Memo, viewer: &Viewer) -> QueryResult<Vec<Field>> {
    let fields = memo.recall("contact fields", conn, |conn| {
        fields::store::all(conn, Object::Contact)
    })?;
    let sees_all = sees_sensitive(&viewer.access);
    let seen = fields
        .iter()
        .filter(|field| sees_all || !field.is_sensitive);
    Ok(seen.cloned().collect())
}

/// Whether lists show somebody what is marked sensitive.
pub fn sees_sensitive(access: &Access) -> bool {
    ReadSensitive::allows(access)
}

/// The columns of a list, those that are gone or hidden left out.
pub fn columns(ask: &Ask, fields: &[Field]) -> Vec<Column> {
    if ask.cols.is_empty() {
        return columns::USUAL.to_vec();
    }
    let known = ask
        .cols
        .iter()
        .filter(|column| column.label(fields).is_some());
    known.copied().collect()
}

/// What has to be known around the rows.
struct Around {
    events: HashMap<ContactId, i64>,
    tags: HashMap<ContactId, Vec<Tag>>,
    owners: HashMap<UserId, String>,
    companies: HashMap<CompanyId, String>,
    codes: HashMap<ContactId, String>,
    sources: HashMap<SourceId, String>,
    values: HashMap<(ContactId, TraitKeyId), String>,
}

/// The lines of a page.
pub fn read(
    conn: &mut Conn,
    memo: &Memo,
    rows: Rows,
    columns: &[Column],
    fields: &[Field],
    viewer: &Viewer,
) -> QueryResult<Vec<Line>> {
    let rows = rows.rows;
    let mut around = Around::read(conn, memo, &rows, columns, fields, viewer)?;
    let is_usual = columns == columns::USUAL;
    let line = |row: &Row| {
        let cells = columns.iter().map(|column| {
            let class = column.class(fields, is_usual);
            (class, around.cell(*column, row, viewer))
        });
        Line {
            cells: cells.collect(),
            sub: row
                .company_id
                .and_then(|id| around.companies.get(&id))
                .cloned()
                .unwrap_or_default(),
            ..Line::new(row, &around.codes)
        }
    };
    Ok(rows.iter().map(line).collect())
}

impl Around {
    fn read(
        conn: &mut Conn,
        memo: &Memo,
        rows: &[Row],
        columns: &[Column],
        fields: &[Field],
        viewer: &Viewer,
    ) -> QueryResult<Self> {
        let ids: Vec<ContactId> = rows.iter().map(|row| row.id).collect();
        let visitors: Vec<ContactId> = rows
            .iter()
            .filter(|row| !row.is_known)
            .map(|row| row.id)
            .collect();
        let has = |own: BuiltIn| columns.contains(&Column::Own(own));
        let from_day = viewer.now.day() - DAYS + 1;
        Ok(Self {
            events: if has(BuiltIn::Events) {
                memo.figures("events of contacts", &ids, conn, |conn, ids| {
                    store::events_since(conn, ids, from_day)
                })?
            } else {
                HashMap::new()
            },
            tags: if has(BuiltIn::Tags) {
                tags::of_contacts(conn, &ids)?
            } else {
                HashMap::new()
            },
            owners: store::user_names(conn, rows.iter().filter_map(|row| row.owner_id))?,
            companies: store::companies_seen(
                conn,
                &viewer.access,
                rows.iter().filter_map(|row| row.company_id),
            )?,
            codes: query::anonymous_ids(conn, &visitors)?,
            sources: if has(BuiltIn::Source) {
                memo.recall("sources", conn, store::source_names)?
                    .iter()
                    .cloned()
                    .collect()
            } else {
                HashMap::new()
            },
            values: values(conn, &ids, columns, fields, viewer)?,
        })
    }

    fn cell(&mut self, column: Column, row: &Row, viewer: &Viewer) -> Cell {
        let words = |words: &str, none: &'static str| {
            if words.is_empty() {
                Cell::None(none)
            } else {
                Cell::Text(words.to_owned())
            }
        };
        let own = match column {
            Column::Field(id) => {
                return words(
                    self.values.get(&(row.id, id)).map_or("", String::as_str),
                    "Empty",
                );
            }
            Column::Own(own) => own,
        };
        match own {
            BuiltIn::Company => {
                let name = row.company_id.and_then(|id| self.companies.get(&id));
                words(name.map_or("", String::as_str), "No company")
            }
            BuiltIn::Stage => Cell::Stage(row.stage),
            BuiltIn::Owner => match row
                .owner_id
                .and_then(|id| Some((id, self.owners.get(&id)?)))
            {
                Some((id, name)) => {
                    Cell::Person(name.clone(), text::initials(name), text::tone(id.0))
                }
                None => Cell::None("Nobody"),
            },
            BuiltIn::Events => match self.events.get(&row.id).filter(|n| **n > 0) {
                Some(n) => Cell::Figure(kit::number(*n)),
                None => Cell::None("None"),
            },
            BuiltIn::Tags => match self.tags.remove(&row.id) {
                Some(tags) if !tags.is_empty() => Cell::Tags(tags),
                _ => Cell::None("No tags"),
            },
            BuiltIn::Seen => ago(row.last_seen_at, viewer),
            BuiltIn::Created => ago(row.created_at, viewer),
            BuiltIn::Email => words(row.email.as_deref().unwrap_or_default(), "No address"),
            BuiltIn::Phone => words(row.phone.as_deref().unwrap_or_default(), "No number"),
            BuiltIn::JobTitle => words(&row.job_title, "Empty"),
            BuiltIn::City => words(&row.city, "Empty"),
            BuiltIn::Country => words(country::name(&row.country), "Empty"),
            BuiltIn::Source => words(
                self.sources.get(&row.source_id).map_or("", String::as_str),
                "Unknown",
            ),
        }
    }
}

fn ago(at: Timestamp, viewer: &Viewer) -> Cell {
    if at.is_zero() {
        return Cell::None("Never");
    }
    let zone = viewer.zone();
    let exact = at.utc().with_timezone(&zone).format("%-d %B %Y, %H:%M");
    Cell::Ago(
        at.rfc3339(),
        kit::ago(at, viewer.now, zone),
        exact.to_string(),
    )
}

/// What the shown fields say of the contacts of a page, in words.
fn values(
    conn: &mut Conn,
    ids: &[ContactId],
    columns: &[Column],
    fields: &[Field],
    viewer: &Viewer,
) -> QueryResult<HashMap<(ContactId, TraitKeyId), String>> {
    let shown: HashMap<TraitKeyId, &Field> = fields
        .iter()
        .filter(|field| columns.contains(&Column::Field(field.id)))
        .map(|field| (field.id, field))
        .collect();
    if shown.is_empty() || ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ways = fields::ways(conn, &viewer.access, viewer.zone(), viewer.now)?;
    let keys: Vec<TraitKeyId> = shown.keys().copied().collect();
    let rows: Vec<(ContactId, TraitKeyId, String)> = traits::table
        .filter(traits::contact_id.eq_any(ids))
        .filter(traits::key_id.eq_any(keys))
        .select((traits::contact_id, traits::key_id, traits::value))
        .load(conn)?;
    let words = |(contact, key, json): (ContactId, TraitKeyId, String)| {
        let field = shown.get(&key)?;
        Some(((contact, key), field.show(&json, &ways).words()))
    };
    Ok(rows.into_iter().filter_map(words).collect())
}

impl Line {
    fn new(row: &Row, codes: &HashMap<ContactId, String>) -> Self {
        let name = match codes.get(&row.id) {
            Some(code) => format!("Visitor {}", crate::contacts::identities::short(code)),
            None => model::shown(
                row.id,
                &row.name,
                row.email.as_deref(),
                row.phone.as_deref(),
                row.is_known,
            ),
        };
        Self {
            id: row.id,
            initials: text::initials(&name),
            tone: text::tone(row.id.0),
            kind: if row.is_known { "person" } else { "visitor" },
            name,
            sub: String::new(),
            cells: Vec::new(),
        }
    }
}
