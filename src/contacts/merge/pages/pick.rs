//! The page that asks with whom a record is to be merged.

use askama::Template;

use super::super::columns;
use super::super::store::{self, Kind};
use super::asked::Asked;
use super::list;
use super::said::Said;
use crate::accounts::Access;
use crate::base::text;
use crate::db::Conn;
use crate::db::dialect::search;
use crate::web::{Error, Result};

/// Records offered to merge with.
const OFFERED: i64 = 12;

/// Whom to merge a record with.
#[derive(Template)]
#[template(path = "contacts/merge_pick.html")]
pub struct PickPage {
    list: (&'static str, &'static str),
    action: String,
    id: i64,
    name: String,
    back: String,
    typed: String,
    found: Vec<Found>,
}

/// A record that was found.
pub struct Found {
    name: String,
    about: String,
    href: String,
    initials: String,
    tone: &'static str,
}

/// The page that asks with whom, and what was found.
pub(super) fn pick(conn: &mut Conn, asked: &Asked, access: &Access) -> Result<PickPage> {
    let id = asked.ids.first().copied().unwrap_or_default();
    if !store::is_live(conn, asked.kind, id)? {
        return Err(Error::NotFound);
    }
    let index = match asked.kind {
        Kind::Contact => search::Kind::Contact,
        Kind::Company => search::Kind::Company,
    };
    let mut ids = search::find(conn, index, &asked.typed, None, OFFERED + 1)?;
    ids.retain(|other| *other != id);
    ids.truncate(usize::try_from(OFFERED).unwrap_or_default());
    let mut named = ids.clone();
    named.push(id);
    let names = store::names(conn, asked.kind, &named)?;
    let mut found = Vec::with_capacity(ids.len());
    for other in ids {
        if !store::is_live(conn, asked.kind, other)?
            || !store::is_seen(conn, asked.kind, access, other)?
        {
            continue;
        }
        let row = columns::load(conn, asked.kind, other)?;
        let said = Said::read(conn, &[(other, row.clone())])?;
        let name = names.get(&other).cloned().unwrap_or_default();
        found.push(Found {
            about: said.about(asked.kind, &row),
            href: format!("{}?id={id}&id={other}", asked.path()),
            initials: text::initials(&name),
            tone: text::tone(other),
            name,
        });
    }
    Ok(PickPage {
        list: list(asked.kind),
        action: asked.path().to_owned(),
        id,
        name: names.get(&id).cloned().unwrap_or_default(),
        back: asked.kind.path(id),
        typed: asked.typed.clone(),
        found,
    })
}
