//! The fields of records in words, and which of them can be kept.

use std::collections::HashMap;

use diesel::QueryResult;
use serde_json::Value;

use super::super::columns;
use super::super::fields::{Group, Supply};
use super::super::store::Kind;
use crate::base::ids::{CompanyId, UserId};
use crate::contacts::model::Stage;
use crate::contacts::store as people;
use crate::db::Conn;

/// A record and its columns.
pub(super) type Standing = (i64, columns::Row);

/// A value that can be kept.
pub struct Choice {
    pub(super) from: i64,
    pub(super) words: String,
    pub(super) is_on: bool,
}

/// A field: one value where all agree.
pub struct Row {
    pub(super) word: &'static str,
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// Names of what rows only refer to.
pub(super) struct Said {
    users: HashMap<UserId, String>,
    companies: HashMap<CompanyId, String>,
}

impl Said {
    pub(super) fn read(conn: &mut Conn, all: &[Standing]) -> QueryResult<Self> {
        let ids = |column: &str| -> Vec<i64> {
            let rows = all.iter().filter_map(|(_, row)| row.get(column)?.as_i64());
            rows.collect()
        };
        Ok(Self {
            users: people::user_names(conn, ids("owner_id").into_iter().map(UserId))?,
            companies: people::company_names(conn, ids("company_id").into_iter().map(CompanyId))?,
        })
    }

    /// A group's value in words; empty where there is none.
    fn words(&self, group: Group, row: &columns::Row) -> String {
        let texts = group.columns.iter().filter_map(|column| {
            let value = row.get(*column)?;
            let id = value.as_i64();
            Some(match *column {
                "owner_id" => self.users.get(&UserId(id?)).cloned()?,
                "company_id" => self.companies.get(&CompanyId(id?)).cloned()?,
                "stage" => Stage::from_word(value.as_str()?)?.label().to_owned(),
                "phone" => crate::base::phone::shown(value.as_str()?),
                // They go with the name and need no line of their own.
                "given_name" | "family_name" => return None,
                _ => match value {
                    Value::String(text) => text.clone(),
                    Value::Number(n) => n.to_string(),
                    _ => return None,
                },
            })
        });
        let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
        texts.join(", ")
    }

    pub(super) fn about(&self, kind: Kind, row: &columns::Row) -> String {
        let wanted: &[&str] = match kind {
            Kind::Contact => &["email", "company"],
            Kind::Company => &["website", "address"],
        };
        let groups = kind.groups().iter().filter(|g| wanted.contains(&g.word));
        let words: Vec<String> = groups
            .map(|group| self.words(*group, row))
            .filter(|words| !words.is_empty())
            .collect();
        words.join(" · ")
    }

    /// A field with what can be kept of it; none where nobody has anything.
    pub(super) fn row(
        &self,
        group: Group,
        all: &[Standing],
        keep: i64,
        supply: &Supply,
    ) -> Option<Row> {
        let mut choices: Vec<Choice> = Vec::new();
        for (id, row) in all {
            let words = self.words(group, row);
            if words.is_empty()
                || columns::is_empty(group.columns.first().and_then(|c| row.get(*c)))
                    && group.columns.len() == 1
            {
                continue;
            }
            match choices.iter_mut().find(|choice| choice.words == words) {
                // The same value is the kept record's, where that has it.
                Some(choice) if *id == keep => choice.from = *id,
                Some(_) => {}
                None => choices.push(Choice {
                    from: *id,
                    words,
                    is_on: false,
                }),
            }
        }
        let wanted = supply.of(group).unwrap_or(keep);
        let on = choices
            .iter()
            .position(|choice| choice.from == wanted)
            .unwrap_or(0);
        choices.get_mut(on)?.is_on = true;
        Some(Row {
            word: group.word,
            label: group.label,
            choices,
        })
    }
}
