//! Home: pairs that wait for somebody who may merge.

use diesel::QueryResult;

use super::model::State;
use super::store;
use crate::accounts::panels::{Panel, PanelAsk, PanelRow};
use crate::accounts::rights::{MergeContacts, Right};
use crate::contacts::merge::Kind;
use crate::db::Conn;

/// Lines of the panel.
const LINES: i64 = 4;

/// The surest pairs; nothing where there are none.
pub fn panel(conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Option<Panel>> {
    if !MergeContacts::allows(&ask.access) {
        return Ok(None);
    }
    let pairs = store::queue(conn, Kind::Contact, State::Open, None, LINES)?;
    let pairs = store::seen(conn, Kind::Contact, pairs, &ask.access)?;
    if pairs.is_empty() {
        return Ok(None);
    }
    let ids: Vec<i64> = pairs.iter().flat_map(|pair| [pair.a, pair.b]).collect();
    let shown = store::shown(conn, Kind::Contact, &ids)?;
    let name = |id: i64| shown.get(&id).map_or("", |known| known.name.as_str());
    let rows = pairs.iter().map(|pair| PanelRow {
        label: name(pair.a).to_owned(),
        href: format!("/contacts/merge?id={}&id={}", pair.a, pair.b),
        about: name(pair.b).to_owned(),
        why: pair.reason.clone(),
        icon: "merge",
        side: format!("{} %", pair.confidence),
        tone: "soft",
        done: None,
    });
    Ok(Some(Panel {
        title: "Duplicates",
        note: "records that look like one".to_owned(),
        href: "/contacts/duplicates".to_owned(),
        is_aside: true,
        rows: rows.collect(),
        empty: "",
    }))
}
