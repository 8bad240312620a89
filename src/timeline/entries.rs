//! The strand of entries: what each kind says in words.

use std::collections::HashMap;

use diesel::QueryResult;
use serde_json::Value;

use super::deals;
use super::mark::Bound;
use super::model::{About, Act, Entry, EntryKind, Part, Show, StoryItem};
use super::store;
use crate::accounts::{Access, Action, seen};
use crate::base::ids::{CompanyId, ContactId, DealId, UserId};
use crate::base::text;
use crate::db::Conn;

/// Breaks ties with other strands at one instant.
pub const RANK: i64 = 0;

/// Entries about one record below a bound.
pub fn strand(
    conn: &mut Conn,
    about: About,
    below: Bound,
    limit: i64,
    access: &Access,
) -> QueryResult<Vec<StoryItem>> {
    let mut entries = store::entries(conn, about, below, limit)?;
    if !access.is_whole() {
        entries = seen_of(conn, about, entries, access)?;
    }
    let names = store::names(conn, entries.iter().filter_map(|entry| entry.actor_id))?;
    Ok(entries
        .iter()
        .map(|entry| item(entry, about, &names))
        .collect())
}

/// Without those that name another record which the reader may not see.
fn seen_of(
    conn: &mut Conn,
    about: About,
    entries: Vec<Entry>,
    access: &Access,
) -> QueryResult<Vec<Entry>> {
    let named: Vec<Named> = entries
        .iter()
        .map(|entry| Named::of(entry, about))
        .collect();
    let deals = named.iter().filter_map(|named| named.deal);
    let deals = seen::deals(conn, access, Action::Read, deals)?;
    let contacts = named.iter().filter_map(|named| named.contact);
    let contacts = seen::contacts(conn, access, Action::Read, contacts)?;
    let companies = named.iter().filter_map(|named| named.company);
    let companies = seen::companies(conn, access, Action::Read, companies)?;
    let is_seen = |named: &Named| {
        named.deal.is_none_or(|id| deals.has(id))
            && named.contact.is_none_or(|id| contacts.has(id))
            && named.company.is_none_or(|id| companies.has(id))
    };
    let kept = entries.into_iter().zip(named);
    Ok(kept
        .filter(|(_, named)| is_seen(named))
        .map(|(entry, _)| entry)
        .collect())
}

/// The records that an entry names beside the one whose story it is in.
struct Named {
    deal: Option<DealId>,
    contact: Option<ContactId>,
    company: Option<CompanyId>,
}

impl Named {
    fn of(entry: &Entry, about: About) -> Self {
        let data: Value = serde_json::from_str(&entry.data).unwrap_or_default();
        let id = |key: &str| data.get(key).and_then(Value::as_i64);
        let other = |id: i64, own: About| (about != own).then_some(id);
        Self {
            deal: id("deal_id")
                .and_then(|id| other(id, About::Deal(DealId(id))))
                .map(DealId),
            contact: id("contact_id")
                .and_then(|id| other(id, About::Contact(ContactId(id))))
                .map(ContactId),
            company: id("company_id")
                .and_then(|id| other(id, About::Company(CompanyId(id))))
                .map(CompanyId),
        }
    }
}

fn item(entry: &Entry, about: About, names: &HashMap<UserId, String>) -> StoryItem {
    let mut data: Value = serde_json::from_str(&entry.data).unwrap_or_default();
    // On its own page a deal is not named again.
    if let (About::Deal(_), Some(data)) = (about, data.as_object_mut()) {
        data.remove("deal_id");
    }
    let who = entry
        .actor_id
        .map(|id| names.get(&id).map_or("Somebody", String::as_str));
    let kind = EntryKind::from_word(&entry.kind);
    let headline = match kind {
        Some(kind) => headline(kind, &data, who),
        None => vec![Part::plain(entry.kind.replace('_', " "))],
    };
    let mut item = StoryItem::new(entry.at, RANK, entry.id.0, Show::Changes, headline);
    (item.icon, item.tone) = kind.map_or(("info", ""), mark);
    if let (Some(EntryKind::Merged), Some(undo)) = (kind, data.get("undo").and_then(Value::as_str))
    {
        item.acts.push(Act {
            label: "Undo this merge",
            action: undo.to_owned(),
            icon: "undo",
            is_danger: false,
        });
    }
    item
}

fn headline(kind: EntryKind, data: &Value, who: Option<&str>) -> Vec<Part> {
    let word = |key: &str| {
        let value = data.get(key).and_then(Value::as_str).unwrap_or_default();
        text::cut(value, 200).to_owned()
    };
    let by = |mut parts: Vec<Part>| {
        if let Some(who) = who {
            parts.push(Part::plain(format!("by {who}")));
        }
        parts
    };
    match kind {
        EntryKind::Created => match (who, word("by")) {
            (None, by) if !by.is_empty() => {
                vec![Part::bold("Created"), Part::plain(format!("by {by}"))]
            }
            _ => by(vec![Part::bold("Created")]),
        },
        EntryKind::Imported => by(imported(&word, data)),
        EntryKind::Changed | EntryKind::Owner | EntryKind::Stage => by(change(kind, &word)),
        EntryKind::Tagged => by(vec![Part::bold("Tagged"), Part::chip(word("tag"), "")]),
        EntryKind::Untagged => by(vec![
            Part::bold("Tag removed:"),
            Part::chip(word("tag"), ""),
        ]),
        EntryKind::IdentityAdded => by(identity("added", &word)),
        EntryKind::IdentityRemoved => by(identity("removed", &word)),
        EntryKind::CompanyLinked => by(company("Linked to", &word, data)),
        EntryKind::CompanyUnlinked => by(company("Unlinked from", &word, data)),
        EntryKind::Deleted => by(vec![Part::bold("Moved to the trash")]),
        EntryKind::Restored => by(vec![Part::bold("Restored from the trash")]),
        EntryKind::Merged => by(merged(&word, data)),
        EntryKind::Unmerged => by(vec![
            Part::bold("Merge undone"),
            Part::plain("with"),
            Part::plain(word("name")),
        ]),
        EntryKind::DealCreated
        | EntryKind::DealMoved
        | EntryKind::DealWon
        | EntryKind::DealLost
        | EntryKind::DealReopened => deals::moved(kind, &word, data, who),
        EntryKind::DealJoined => by(deals::people("joined", "Added to", &word, data)),
        EntryKind::DealLeft => by(deals::people("left", "Taken off", &word, data)),
    }
}

fn imported(word: &impl Fn(&str) -> String, data: &Value) -> Vec<Part> {
    let mut parts = vec![Part::bold("Imported from")];
    parts.push(match data.get("import").and_then(Value::as_i64) {
        Some(id) => Part::link(word("file"), format!("/imports/{id}")),
        None => Part::plain(word("file")),
    });
    let labels = word("labels");
    if !labels.is_empty() {
        parts.insert(0, Part::bold(labels));
    }
    if let (2.., Some(Part::Bold(verb))) = (parts.len(), parts.get_mut(1)) {
        "imported from".clone_into(verb);
    }
    parts
}

fn change(kind: EntryKind, word: &impl Fn(&str) -> String) -> Vec<Part> {
    let label = match kind {
        EntryKind::Owner => "Owner".to_owned(),
        EntryKind::Stage => "Stage".to_owned(),
        _ => word("label"),
    };
    let tone = if kind == EntryKind::Stage {
        "accent"
    } else {
        ""
    };
    match (word("from"), word("to")) {
        (from, to) if from.is_empty() && to.is_empty() => {
            vec![Part::bold(label), Part::plain("changed")]
        }
        (from, to) if from.is_empty() => {
            vec![
                Part::bold(label),
                Part::plain("set to"),
                Part::chip(to, tone),
            ]
        }
        (from, to) if to.is_empty() => {
            vec![
                Part::bold(label),
                Part::plain("cleared, was"),
                Part::chip(from, ""),
            ]
        }
        (from, to) => vec![
            Part::bold(label),
            Part::plain("changed from"),
            Part::chip(from, ""),
            Part::plain("to"),
            Part::chip(to, tone),
        ],
    }
}

fn identity(verb: &str, word: &impl Fn(&str) -> String) -> Vec<Part> {
    let space = match word("namespace").as_str() {
        "email" => "E-mail".to_owned(),
        "phone" => "Phone".to_owned(),
        other => other.to_owned(),
    };
    vec![
        Part::bold(format!("{space} {verb}")),
        Part::plain(word("value")),
    ]
}

fn company(verb: &str, word: &impl Fn(&str) -> String, data: &Value) -> Vec<Part> {
    // A contact's story names the company, a company's the contact.
    let mut parts = vec![Part::plain(verb)];
    for (noun, folder) in [("company", "companies"), ("contact", "contacts")] {
        if let Some(id) = data.get(format!("{noun}_id")).and_then(Value::as_i64) {
            parts.push(Part::link(word(noun), format!("/{folder}/{id}")));
        }
    }
    let role = word("role");
    if !role.is_empty() {
        parts.push(Part::plain(format!("as {role}")));
    }
    parts
}

fn merged(word: &impl Fn(&str) -> String, data: &Value) -> Vec<Part> {
    let mut parts = vec![Part::bold("Merged with"), Part::Code(word("name"))];
    let rule = word("rule");
    if !rule.is_empty() {
        parts.push(Part::plain(format!("({rule})")));
    }
    if let Some(n) = data
        .get("events")
        .and_then(Value::as_i64)
        .filter(|n| *n > 0)
    {
        let events = if n == 1 { "event" } else { "events" };
        let n = crate::web::number(n);
        parts.push(Part::plain(format!("{n} {events} came along")));
    }
    parts
}

fn mark(kind: EntryKind) -> (&'static str, &'static str) {
    match kind {
        EntryKind::Created => ("plus", "green"),
        EntryKind::Imported => ("upload", ""),
        EntryKind::Changed => ("edit", ""),
        EntryKind::Owner => ("person", ""),
        EntryKind::Stage => ("flag", "accent"),
        EntryKind::Tagged | EntryKind::Untagged => ("tag", ""),
        EntryKind::IdentityAdded | EntryKind::IdentityRemoved => ("hash", ""),
        EntryKind::CompanyLinked | EntryKind::CompanyUnlinked => ("company", ""),
        EntryKind::Deleted => ("trash", "red"),
        EntryKind::Restored => ("undo", ""),
        EntryKind::Merged | EntryKind::Unmerged => ("merge", ""),
        EntryKind::DealCreated | EntryKind::DealReopened => ("deals", ""),
        EntryKind::DealMoved => ("deals", "accent"),
        EntryKind::DealWon => ("trophy", "green"),
        EntryKind::DealLost => ("block", "red"),
        EntryKind::DealJoined | EntryKind::DealLeft => ("people", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(kind: EntryKind, data: &Value, who: Option<&str>) -> String {
        headline(kind, data, who)
            .into_iter()
            .map(|part| match part {
                Part::Bold(t) | Part::Plain(t) | Part::Code(t) => t,
                Part::Link { text, .. } | Part::Chip { text, .. } => text,
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn every_kind_has_words() {
        let change = json!({"label": "City", "from": "Oslo", "to": "Bergen"});
        let said = |kind, data: &Value| said(kind, data, Some("Ada"));
        assert_eq!(
            said(EntryKind::Changed, &change),
            "City changed from Oslo to Bergen by Ada"
        );
        assert_eq!(
            said(EntryKind::Owner, &json!({"to": "Grace", "from": null})),
            "Owner set to Grace by Ada"
        );
        assert_eq!(
            said(
                EntryKind::IdentityAdded,
                &json!({"namespace": "email", "value": "a@b.example"})
            ),
            "E-mail added a@b.example by Ada"
        );
        for kind in EntryKind::ALL {
            assert!(!said(*kind, &json!({})).is_empty());
        }
    }

    #[test]
    fn what_the_house_did_names_no_person() {
        assert_eq!(
            said(EntryKind::Created, &json!({"by": "Website"}), None),
            "Created by Website"
        );
    }
}
