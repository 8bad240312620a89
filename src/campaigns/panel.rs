//! What Home shows of mailings: those that are going out, and the last ones.

use diesel::QueryResult;

use super::model::{Campaign, State, Tally};
use super::store;
use crate::accounts::Role;
use crate::accounts::panels::{Panel, PanelAsk, PanelRow};
use crate::accounts::rights::{ReadCampaigns, Right};
use crate::db::Conn;
use crate::web::{ago, number};

/// Campaigns on Home.
const SHOWN: i64 = 6;

/// Running and last campaigns, for those whose work they are.
pub fn panel(conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Option<Panel>> {
    let works = |role| matches!(role, Role::Admin | Role::Manager | Role::Marketing);
    let is_theirs = ask.access.role().is_none_or(works);
    if !is_theirs || !ReadCampaigns::allows(&ask.access) {
        return Ok(None);
    }
    let running = [State::Sending, State::Paused, State::Scheduled];
    let mut rows = store::newest(conn, &running, None, SHOWN)?;
    let left = SHOWN - rows.len() as i64;
    if left > 0 {
        rows.extend(store::newest(conn, &[State::Sent], None, left)?);
    }
    let tallies = store::tallies(conn, rows.iter().map(|row| row.id).collect())?;
    let rows = rows
        .into_iter()
        .map(|row| line(&row, tallies.get(&row.id).copied().unwrap_or_default(), ask));
    Ok(Some(Panel {
        title: "Campaigns",
        href: "/campaigns".to_owned(),
        rows: rows.collect(),
        empty: "Nothing has been sent yet.",
        ..Panel::default()
    }))
}

fn line(row: &Campaign, tally: Tally, ask: &PanelAsk) -> PanelRow {
    let at = match row.state {
        State::Scheduled => row.scheduled_at,
        _ => row.launched_at,
    };
    let why = match row.state {
        State::Scheduled => row.state.label().to_owned(),
        State::Sending | State::Paused => format!(
            "{} · {} of {} sent",
            row.state.label(),
            number(tally.sent),
            number(tally.recipients - tally.skipped)
        ),
        _ => format!(
            "{} sent · {} opened · {} clicked",
            number(tally.sent),
            number(tally.opened),
            number(tally.clicked)
        ),
    };
    PanelRow {
        label: row.name.clone(),
        href: format!("/campaigns/{}", row.id),
        why,
        icon: "campaigns",
        side: at.map_or_else(String::new, |at| ago(at, ask.now, ask.zone)),
        tone: match row.state {
            State::Paused => "soon",
            _ => "soft",
        },
        ..PanelRow::default()
    }
}
