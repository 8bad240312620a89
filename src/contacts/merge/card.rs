//! What became one with a record, beside its story, with the way back.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store::{self, Kind, Merge};
use crate::accounts::rights::{MergeContacts, Right};
use crate::base::ids::{CompanyId, ContactId, MergeId};
use crate::contacts::cards::{Card, CardAct, CardAsk, CardRow};
use crate::db::Conn;

/// Merges on a card.
const ROWS: i64 = 5;

/// Merges into a contact.
pub fn contact_card(conn: &mut Conn, id: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    card(conn, Kind::Contact, id.0, ask)
}

/// Merges into a company.
pub fn company_card(conn: &mut Conn, id: CompanyId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    card(conn, Kind::Company, id.0, ask)
}

fn card(conn: &mut Conn, kind: Kind, id: i64, ask: &CardAsk) -> QueryResult<Option<Card>> {
    let mut merges = store::of(conn, kind, id, ROWS + 1)?;
    if merges.is_empty() {
        return Ok(None);
    }
    let has_more = merges.len() as i64 > ROWS;
    merges.truncate(ROWS as usize);
    let names = names(conn, kind, &merges)?;
    let can_undo = MergeContacts::allows(&ask.access);
    let row = |merge: &Merge| {
        let at = merge.at.utc().with_timezone(&ask.zone);
        CardRow {
            label: names.get(&merge.loser_id).cloned().unwrap_or_default(),
            value: at.format("%-d %b %Y").to_string(),
            hint: rule(merge),
            acts: if can_undo {
                vec![CardAct {
                    label: "Undo this merge",
                    action: path(merge.id),
                    icon: "undo",
                }]
            } else {
                Vec::new()
            },
            ..CardRow::default()
        }
    };
    let rows: Vec<CardRow> = merges.iter().map(row).collect();
    Ok(Some(Card {
        title: "Merged with".to_owned(),
        note: if has_more {
            format!("The last {ROWS}; the timeline tells of all.")
        } else {
            String::new()
        },
        rows,
        ..Card::default()
    }))
}

/// Where a merge is undone.
pub(super) fn path(id: MergeId) -> String {
    format!("/contacts/merges/{id}/undo")
}

/// By what rule, for people.
pub(super) fn rule(merge: &Merge) -> String {
    match merge.actor_id {
        Some(_) => "by hand".to_owned(),
        None => format!("by rule: {}", merge.rule),
    }
}

fn names(conn: &mut Conn, kind: Kind, merges: &[Merge]) -> QueryResult<HashMap<i64, String>> {
    let ids: Vec<i64> = merges.iter().map(|merge| merge.loser_id).collect();
    store::names(conn, kind, &ids)
}
