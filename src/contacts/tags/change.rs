//! Changes of tags themselves: another name or colour, one tag made of two, a tag taken off everything.

use diesel::prelude::*;

use super::{LONGEST, Tag, TagUses, find};
use crate::accounts::audit::{self, By};
use crate::base::ids::TagId;
use crate::base::{Timestamp, text};
use crate::contacts::refusal::Refusal;
use crate::contacts::views::{self, SavedView};
use crate::db::Conn;
use crate::db::schema::{tags, views as view_rows};

/// Colours a tag can have, with their names; the first is none.
pub const TONES: &[(&str, &str)] = &[
    ("", "Grey"),
    ("accent", "Blue"),
    ("teal", "Teal"),
    ("green", "Green"),
    ("amber", "Amber"),
    ("red", "Red"),
    ("violet", "Violet"),
];

/// A page of tags by name, after one of them.
pub(super) fn page(conn: &mut Conn, after: &str, limit: i64) -> QueryResult<Vec<Tag>> {
    Tag::query()
        .filter(tags::name.gt(after))
        .order(tags::name)
        .limit(limit)
        .load(conn)
}

/// The tag of that very name.
pub(super) fn of_name(conn: &mut Conn, name: &str) -> QueryResult<Option<Tag>> {
    Tag::query()
        .filter(tags::name.eq(name))
        .first(conn)
        .optional()
}

/// Makes a tag before anything has it.
pub(super) fn create(conn: &mut Conn, name: &str, by: &By, now: Timestamp) -> Result<(), Refusal> {
    let name = checked(conn, name, None)?;
    if let Some(tag) = super::named(conn, &name, now)? {
        audit::record(conn, by, "tag.created", Some(("tag", tag.id.0)), &name, now)?;
    }
    Ok(())
}

/// Gives a tag its name and colour.
pub(super) fn change(
    conn: &mut Conn,
    id: TagId,
    name: &str,
    tone: &str,
    by: &By,
    now: Timestamp,
) -> Result<(), Refusal> {
    let before = find(conn, id)?.ok_or(Refusal::Missing)?;
    let name = checked(conn, name, Some(id))?;
    if !TONES.iter().any(|(word, _)| *word == tone) {
        return Err(Refusal::invalid("tone", "Choose one of the colours."));
    }
    diesel::update(tags::table.filter(tags::id.eq(id)))
        .set((tags::name.eq(&name), tags::tone.eq(tone)))
        .execute(conn)?;
    let detail = if before.name == name {
        name
    } else {
        format!("{} → {name}", before.name)
    };
    audit::record(conn, by, "tag.changed", Some(("tag", id.0)), &detail, now)?;
    Ok(())
}

/// Makes one tag of two: everything that has the first gets the other, which is named, and saved views ask for that.
pub(super) fn merge(
    conn: &mut Conn,
    uses: &TagUses,
    id: TagId,
    into: &str,
    by: &By,
    now: Timestamp,
) -> Result<Tag, Refusal> {
    let from = find(conn, id)?.ok_or(Refusal::Missing)?;
    let into = of_name(conn, text::line(into, LONGEST).as_str())?
        .ok_or_else(|| Refusal::invalid("into", "There is no tag of this name."))?;
    if into.id == id {
        return Err(Refusal::invalid("into", "Choose another one."));
    }
    uses.carry(conn, id, Some(into.id))?;
    for view in views::every(conn)? {
        let ask = view.ask();
        let tree = ask.tree();
        if tree.mentions("tag", &id.to_string()) {
            let tree = tree.replacing("tag", &id.to_string(), &into.id.to_string());
            let href = ask.with_tree(&tree).href();
            let query = href.split_once('?').map_or("", |(_, query)| query);
            diesel::update(view_rows::table.filter(view_rows::id.eq(view.id)))
                .set(view_rows::query.eq(query))
                .execute(conn)?;
        }
    }
    diesel::delete(tags::table.filter(tags::id.eq(id))).execute(conn)?;
    let detail = format!("{} → {}", from.name, into.name);
    audit::record(
        conn,
        by,
        "tag.merged",
        Some(("tag", into.id.0)),
        &detail,
        now,
    )?;
    Ok(into)
}

/// Takes a tag off everything. A saved view that asks for it keeps it.
pub(super) fn delete(
    conn: &mut Conn,
    uses: &TagUses,
    id: TagId,
    by: &By,
    now: Timestamp,
) -> Result<Tag, Refusal> {
    let tag = find(conn, id)?.ok_or(Refusal::Missing)?;
    let asks = |view: &SavedView| view.ask().tree().mentions("tag", &id.to_string());
    if let Some(view) = views::every(conn)?.into_iter().find(asks) {
        let why = format!(
            "The saved view “{}” asks for it. Delete the view first, or merge the tag into another.",
            view.name
        );
        return Err(Refusal::invalid("", why));
    }
    uses.carry(conn, id, None)?;
    diesel::delete(tags::table.filter(tags::id.eq(id))).execute(conn)?;
    audit::record(conn, by, "tag.deleted", Some(("tag", id.0)), &tag.name, now)?;
    Ok(tag)
}

fn checked(conn: &mut Conn, name: &str, own: Option<TagId>) -> Result<String, Refusal> {
    let name = text::line(name, LONGEST);
    if name.is_empty() {
        return Err(Refusal::invalid("name", "Write the tag."));
    }
    if of_name(conn, &name)?.is_some_and(|twin| Some(twin.id) != own) {
        let why = "There is a tag of this name. To make one of two, merge them.";
        return Err(Refusal::invalid("name", why));
    }
    Ok(name)
}
