//! A row understood: what each cell says, in the forms in which things are compared, and what cannot be taken. Pure.

use std::collections::HashMap;

use super::csv::Row;
use super::model::{Settings, Strictness};
use super::target::{CompanyPart, DealPart, Target};
use crate::base::ids::UserId;
use crate::base::{EmailAddress, country, phone, text};
use crate::contacts::model::{Field, Stage};
use crate::contacts::{fields, traits};

/// Tags of a row.
const MOST_TAGS: usize = 20;
/// Characters of a note.
const LONGEST_NOTE: usize = 20_000;

/// A cell that cannot be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its column.
    pub col: usize,
    /// What is wrong with it, for people.
    pub words: String,
    /// Whether the row is taken all the same.
    pub is_soft: bool,
}

/// An identifier of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// `email`, `phone`, `user_id`, `external:…`.
    pub namespace: String,
    /// Normalised.
    pub value: String,
    /// "Work".
    pub label: String,
    /// The digits of a number that people dial within its country.
    pub national: String,
}

/// What a row says of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyDraft {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// What the person is there.
    pub role: String,
    /// Its address on the web.
    pub website: String,
    /// What it does.
    pub industry: String,
    /// Its switchboard.
    pub phone: String,
}

/// What a row says of a deal, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DealDraft {
    /// What it is called.
    pub name: String,
    /// How much.
    pub amount: String,
    /// Name of a stage.
    pub stage: String,
}

/// A row understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its number in the file.
    pub line: i64,
    /// Its cells, as they came.
    pub cells: Vec<String>,
    /// Facts.
    pub facts: Vec<(Field, String)>,
    /// What it is called, where that follows from its facts.
    pub name: String,
    /// How far they have come.
    pub stage: Option<Stage>,
    /// Who they are known by, addresses and numbers in the order of the file.
    pub identifiers: Vec<Identifier>,
    /// Their company.
    pub company: CompanyDraft,
    /// Who looks after them.
    pub owner: Option<UserId>,
    /// Tags.
    pub tags: Vec<String>,
    /// A note.
    pub note: String,
    /// Traits: key and JSON.
    pub traits: Vec<(String, String)>,
    /// A deal.
    pub deal: DealDraft,
    /// Cells that cannot be taken.
    pub problems: Vec<Problem>,
    /// Why the row is not taken at all.
    pub fault: Option<String>,
}

/// What has to be known around a row to understand it.
#[derive(Debug, Clone)]
pub struct Known {
    /// Users by folded name and by address.
    pub owners: HashMap<String, UserId>,
    /// Cells that a person repaired.
    pub fixes: HashMap<i64, Vec<(usize, String)>>,
    /// Declared fields by their keys.
    pub fields: HashMap<String, fields::Field>,
    /// How people here write.
    pub ways: fields::Ways,
}

/// Understands the rows of one file.
#[derive(Debug, Clone)]
pub struct Drafter {
    settings: Settings,
    known: Known,
    order: Vec<(usize, Target)>,
}

impl Drafter {
    /// For these settings.
    pub fn new(settings: Settings, known: Known) -> Self {
        let columns = settings.columns.iter().enumerate();
        let mut order: Vec<(usize, Target)> = columns
            .map(|(at, column)| (at, column.to.clone()))
            .filter(|(_, target)| *target != Target::Skip)
            .collect();
        // A number is read in the country that another cell of its row names.
        order.sort_by_key(|(_, target)| *target != Target::Fact(Field::Country));
        Self {
            settings,
            known,
            order,
        }
    }

    /// Understands a row.
    pub fn read(&self, row: Row) -> Draft {
        let mut draft = Draft {
            line: row.line,
            ..Draft::default()
        };
        let mut cells = match row.cells {
            Ok(cells) => cells,
            Err(why) => {
                draft.fault = Some(why.to_owned());
                return draft;
            }
        };
        for (col, value) in self.known.fixes.get(&row.line).into_iter().flatten() {
            if let Some(cell) = cells.get_mut(*col) {
                cell.clone_from(value);
            }
        }
        for (col, target) in &self.order {
            let cell = cells.get(*col).map_or("", |cell| said(cell));
            if !cell.is_empty() {
                self.cell(&mut draft, *col, target, cell);
            }
        }
        draft.cells = cells;
        self.finish(&mut draft);
        draft
    }

    fn cell(&self, draft: &mut Draft, col: usize, target: &Target, cell: &str) {
        match target {
            Target::Skip => {}
            Target::Fact(field) => match field.clean(cell) {
                Ok(value) if value.is_empty() => {}
                Ok(value) => draft.facts.push((*field, value)),
                Err(why) => draft.problem(col, why, false),
            },
            Target::Email(label) => Self::emails(draft, col, label, cell),
            Target::Phone(label) => self.phones(draft, col, label, cell),
            Target::UserId => draft.identifier("user_id", text::line(cell, 200), ""),
            Target::External(system) => {
                draft.identifier(&format!("external:{system}"), text::line(cell, 200), "");
            }
            Target::Stage => match stage(cell) {
                Some(stage) => draft.stage = Some(stage),
                None => draft.problem(col, "There is no such stage; it is left out.", true),
            },
            Target::Owner => match self.known.owners.get(&text::fold(cell)) {
                Some(owner) => draft.owner = Some(*owner),
                None => draft.problem(
                    col,
                    "Nobody of this name or address works here; it is left out.",
                    true,
                ),
            },
            Target::Tags => draft.tags.extend(tags(cell)),
            Target::Note => {
                if !draft.note.is_empty() {
                    draft.note.push_str("\n\n");
                }
                draft.note.push_str(&text::clean(cell, LONGEST_NOTE));
            }
            Target::Company(part) => Self::company(draft, col, *part, cell),
            Target::Deal(part) => {
                let slot = match part {
                    DealPart::Name => &mut draft.deal.name,
                    DealPart::Amount => &mut draft.deal.amount,
                    DealPart::Stage => &mut draft.deal.stage,
                };
                *slot = text::line(cell, 200);
            }
            Target::Trait(key) => self.claimed(draft, col, key, cell),
        }
    }

    /// A trait; a declared one is read by its type.
    fn claimed(&self, draft: &mut Draft, col: usize, key: &str, cell: &str) {
        let Some(field) = self.known.fields.get(key) else {
            return draft.claim(key, &text::clean(cell, 2_000));
        };
        match field.read(cell, &self.known.ways) {
            Ok(Some(value)) => draft.traits.push((key.to_owned(), value.to_string())),
            Ok(None) => {}
            Err(why) => draft.problem(col, &why, false),
        }
    }

    fn emails(draft: &mut Draft, col: usize, label: &str, cell: &str) {
        if is_nothing(cell) {
            return;
        }
        let several = cell.matches('@').count() > 1;
        let parts = cell.split(|c: char| several && (c.is_whitespace() || ":;,".contains(c)));
        for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
            let bare = part.strip_prefix("mailto:").unwrap_or(part);
            match EmailAddress::parse(bare) {
                Some(email) => draft.identifier("email", email.into_string(), label),
                None if bare.len() > 254 => {
                    draft.problem(
                        col,
                        "An e-mail address has 254 characters at the most.",
                        false,
                    );
                }
                None => draft.problem(
                    col,
                    "That is no e-mail address. Write it as name@example.com.",
                    false,
                ),
            }
        }
    }

    fn phones(&self, draft: &mut Draft, col: usize, label: &str, cell: &str) {
        if is_nothing(cell) {
            return;
        }
        let named = draft
            .facts
            .iter()
            .find(|(field, _)| *field == Field::Country);
        let country = named.and_then(|(_, country)| code_of(country));
        let default = Some(self.settings.country.as_str()).filter(|code| !code.is_empty());
        for part in cell
            .split(":::")
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            if let Some(value) = phone::parse(part, country.or(default)) {
                draft.identifier("phone", value, label);
                continue;
            }
            // Kept as it is written, so that nothing is lost; it only identifies nobody.
            let key = match label {
                "" => "phone_as_written".to_owned(),
                label => format!("phone_{}", label.to_lowercase()),
            };
            draft.claim(&key, &text::line(part, 200));
            draft.problem(
                col,
                "No phone number that can be dialled; it is kept as a text.",
                true,
            );
        }
    }

    fn company(draft: &mut Draft, col: usize, part: CompanyPart, cell: &str) {
        let company = &mut draft.company;
        match part {
            CompanyPart::Name => company.name = text::line(cell, 300),
            CompanyPart::Role => company.role = text::line(cell, 120),
            CompanyPart::Industry => company.industry = text::line(cell, 200),
            CompanyPart::Phone => company.phone = text::line(cell, 60),
            CompanyPart::Website => company.website = text::line(cell, 200),
            CompanyPart::Domain => {
                let bare = cell.split_once("://").map_or(cell, |(_, rest)| rest);
                let host = bare.split('/').next().unwrap_or_default();
                let host = host.strip_prefix("www.").unwrap_or(host);
                match EmailAddress::domain_name(host) {
                    Some(domain) => company.domain = domain,
                    None => {
                        draft.problem(col, "That is no domain. Write it as example.com.", false);
                    }
                }
            }
        }
    }

    /// What follows from all cells together.
    fn finish(&self, draft: &mut Draft) {
        let fact = |wanted: Field| {
            let found = draft.facts.iter().find(|(field, _)| *field == wanted);
            found.map_or("", |(_, value)| value.as_str())
        };
        let parts = format!("{} {}", fact(Field::GivenName), fact(Field::FamilyName));
        draft.name = match fact(Field::Name) {
            "" => text::line(&parts, 300),
            name => name.to_owned(),
        };
        if draft.company.name.is_empty() && draft.company.domain.is_empty() {
            let website = std::mem::take(&mut draft.company.website);
            draft.claim("website", &website);
        }
        if !self.settings.tag.is_empty() {
            draft.tags.push(self.settings.tag.clone());
        }
        draft.tags.sort();
        draft.tags.dedup();
        draft.tags.truncate(MOST_TAGS);
        let hard = draft.problems.iter().find(|problem| !problem.is_soft);
        if let Some(problem) = hard
            && self.settings.strictness == Strictness::Row
        {
            let column = self.settings.columns.get(problem.col);
            let name = column.map_or("", |column| column.name.as_str());
            draft.fault = Some(format!("{name}: {}", problem.words));
        }
        let is_somebody = !draft.name.is_empty()
            || draft
                .identifiers
                .iter()
                .any(|i| !i.namespace.starts_with("external"));
        if draft.fault.is_none() && !is_somebody {
            draft.fault =
                Some("There is no name, e-mail address or phone number in it.".to_owned());
        }
    }
}

impl Draft {
    fn problem(&mut self, col: usize, words: &str, is_soft: bool) {
        self.problems.push(Problem {
            col,
            words: words.to_owned(),
            is_soft,
        });
    }

    fn identifier(&mut self, namespace: &str, value: String, label: &str) {
        let known = self.identifiers.iter();
        if value.is_empty()
            || known
                .into_iter()
                .any(|i| i.namespace == namespace && i.value == value)
        {
            return;
        }
        let national = match namespace {
            "phone" => phone::national(&value).unwrap_or_default(),
            _ => String::new(),
        };
        self.identifiers.push(Identifier {
            namespace: namespace.to_owned(),
            value,
            label: text::line(label, 40),
            national,
        });
    }

    fn claim(&mut self, key: &str, value: &str) {
        let key = text::cut(key, traits::LONGEST_KEY).to_owned();
        if !value.is_empty() && !self.traits.iter().any(|(known, _)| *known == key) {
            let json = serde_json::Value::String(value.to_owned()).to_string();
            self.traits.push((key, json));
        }
    }

    /// The first of its identifiers in a namespace.
    pub fn first(&self, namespace: &str) -> Option<&str> {
        let mut of = self.identifiers.iter().filter(|i| i.namespace == namespace);
        of.next().map(|i| i.value.as_str())
    }
}

/// What a cell says: without the sign with which we and others keep spreadsheets from reading a formula into it.
fn said(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// Words with which people say that there is nothing.
fn is_nothing(cell: &str) -> bool {
    let word = cell.to_lowercase();
    matches!(
        word.as_str(),
        "-" | "--" | "n/a" | "na" | "none" | "null" | "#n/a" | "?" | "." | "0" | "unknown"
    )
}

/// The code of a country by its code or its English name.
fn code_of(named: &str) -> Option<&'static str> {
    let is_it = |(code, name): &&(&str, &str)| {
        code.eq_ignore_ascii_case(named) || name.eq_ignore_ascii_case(named)
    };
    country::COUNTRIES.iter().find(is_it).map(|(code, _)| *code)
}

/// A stage by our words or those of others.
fn stage(cell: &str) -> Option<Stage> {
    let word = text::fold(cell);
    if let Some(stage) = Stage::offered(&word) {
        return Some(stage);
    }
    match word.replace(['_', '-'], " ").as_str() {
        "subscriber" | "new" | "prospect" | "contact" | "other" | "cold" => Some(Stage::Lead),
        "opportunity"
        | "marketingqualifiedlead"
        | "salesqualifiedlead"
        | "marketing qualified lead"
        | "sales qualified lead"
        | "mql"
        | "sql"
        | "qualified lead" => Some(Stage::Qualified),
        "evangelist" | "client" | "kunde" | "active" => Some(Stage::Customer),
        "former customer" | "churned" | "inactive" | "lost" => Some(Stage::Former),
        _ => None,
    }
}

/// Tags of a cell, as the systems write them: `a;b`, `a ::: * system`, `"a","b"`.
fn tags(cell: &str) -> Vec<String> {
    let parts: Vec<String> = if cell.contains(":::") {
        cell.split(":::").map(str::to_owned).collect()
    } else if cell.starts_with('"') {
        let rows = super::head::rows(cell, b',');
        rows.into_iter().flatten().collect()
    } else {
        let sign = if cell.contains(';') { ';' } else { ',' };
        cell.split(sign).map(str::to_owned).collect()
    };
    parts
        .iter()
        .map(|part| text::line(part, 60))
        .filter(|tag| !tag.is_empty() && !tag.starts_with("* "))
        .collect()
}
