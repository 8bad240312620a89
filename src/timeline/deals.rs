//! What deals add to a story, in words: on the deal's own page, its company's and its contacts'.

use serde_json::Value;

use super::model::{EntryKind, Part};

/// A deal was made, moved or closed. `deal_id` in the data: the story is another's, and the deal is named.
pub fn moved(
    kind: EntryKind,
    word: &impl Fn(&str) -> String,
    data: &Value,
    who: Option<&str>,
) -> Vec<Part> {
    let mut parts = Vec::new();
    let deal = data.get("deal_id").and_then(Value::as_i64);
    let (alone, named) = match kind {
        EntryKind::DealCreated => ("Deal created", "created"),
        EntryKind::DealWon => ("Won", "won"),
        EntryKind::DealLost => ("Lost", "lost"),
        EntryKind::DealReopened => ("Reopened", "reopened"),
        _ => ("Moved", "moved"),
    };
    match deal {
        Some(id) => {
            parts.push(Part::plain("Deal"));
            parts.push(Part::link(word("deal"), format!("/deals/{id}")));
            parts.push(Part::bold(named));
        }
        None => parts.push(Part::bold(alone)),
    }
    let amount = word("amount");
    if matches!(kind, EntryKind::DealCreated | EntryKind::DealWon) && !amount.is_empty() {
        parts.push(Part::plain(format!("at {amount}")));
    }
    if matches!(kind, EntryKind::DealMoved | EntryKind::DealReopened) {
        let tone = if kind == EntryKind::DealMoved {
            "accent"
        } else {
            ""
        };
        if kind == EntryKind::DealMoved {
            parts.extend([Part::plain("from"), Part::chip(word("from"), "")]);
        }
        parts.extend([Part::plain("to"), Part::chip(word("to"), tone)]);
    }
    let reason = word("reason");
    if kind == EntryKind::DealLost && !reason.is_empty() {
        let note = word("note");
        let colon = if note.is_empty() { "" } else { ": " };
        parts.push(Part::plain(format!("({reason}{colon}{note})")));
    }
    if let Some(who) = who {
        parts.push(Part::plain(format!("by {who}")));
    }
    let after = word("after");
    if !after.is_empty() {
        parts.push(Part::plain(format!("after {after}")));
    }
    parts
}

/// Somebody came to a deal or left it: the deal's story names the person, the person's the deal.
pub fn people(verb: &str, to: &str, word: &impl Fn(&str) -> String, data: &Value) -> Vec<Part> {
    let id = |key: &str| data.get(key).and_then(Value::as_i64);
    let mut parts = match (id("contact_id"), id("deal_id")) {
        (Some(contact), _) => vec![
            Part::link(word("contact"), format!("/contacts/{contact}")),
            Part::bold(verb),
        ],
        (None, deal) => {
            let name = word("deal");
            let link = deal.map(|id| Part::link(name.clone(), format!("/deals/{id}")));
            vec![
                Part::bold(to),
                Part::plain("the deal"),
                link.unwrap_or(Part::Plain(name)),
            ]
        }
    };
    let role = word("role");
    if !role.is_empty() {
        parts.push(Part::plain(format!("as {role}")));
    }
    parts
}
