//! A deal goes to another stage: along, back, won, lost or open again.

use diesel::prelude::*;
use serde_json::json;

use super::super::model::{self, Deal, LostReason};
use super::super::pipelines::model::{Stage, StageKind};
use super::super::pipelines::store as pipelines;
use super::super::refusal::Refusal;
use super::super::{store, totals};
use super::take;
use crate::base::ids::{DealId, StageId};
use crate::base::text;
use crate::contacts::By;
use crate::db::Conn;
use crate::db::schema::{deals, stage_changes};
use crate::timeline::EntryKind;

/// Where a deal is to go.
#[derive(Debug, Clone)]
pub struct Move {
    /// To which stage.
    pub to: StageId,
    /// The stage it stood in for whoever moves it; another one now means that somebody was quicker.
    pub from: Option<StageId>,
    /// Why it was lost, where it goes there.
    pub reason: Option<LostReason>,
    /// In words; needed where the reason is none of the list.
    pub note: String,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The deal as it is now.
    pub deal: Deal,
    /// Where it was.
    pub from: StageId,
    /// Where it is.
    pub to: Stage,
    /// Whether that is another stage.
    pub is_new: bool,
}

/// Moves a deal.
pub fn go(conn: &mut Conn, id: DealId, ask: &Move, by: &By) -> Result<Moved, Refusal> {
    let before = take(conn, id, by)?;
    let gone = || Refusal::invalid("stage", "That stage is no longer there. Choose another.");
    let to = pipelines::hold(conn, ask.to)?
        .filter(|to| to.pipeline_id == before.pipeline_id)
        .ok_or_else(gone)?;
    let from = pipelines::stage(conn, before.stage_id)?.ok_or(Refusal::Missing)?;
    if to.id == from.id {
        return Ok(Moved {
            deal: before,
            from: from.id,
            to,
            is_new: false,
        });
    }
    if ask.from.is_some_and(|seen| seen != from.id) {
        return Err(Refusal::Moved(from.name));
    }
    let note = text::clean(&ask.note, 2_000);
    let reason = reason(ask, &to, &note)?;
    let note = if reason.is_some() {
        note
    } else {
        String::new()
    };
    let spent = step(conn, &before, &to, reason, &note, by)?;
    let after = store::live(conn, id)?.ok_or(Refusal::Missing)?;
    totals::exchange(conn, Some(&before), Some(&after))?;
    let kind = match (from.kind, to.kind) {
        (_, StageKind::Won) => EntryKind::DealWon,
        (_, StageKind::Lost) => EntryKind::DealLost,
        (StageKind::Open, StageKind::Open) => EntryKind::DealMoved,
        (_, StageKind::Open) => EntryKind::DealReopened,
    };
    let data = json!({
        "from": from.name,
        "to": to.name,
        "after": model::span(spent),
        "reason": reason.map(LostReason::label),
        "note": text::line(&note, 200),
    });
    super::tell_all(conn, &after, kind, by, data)?;
    Ok(Moved {
        deal: after,
        from: from.id,
        to,
        is_new: true,
    })
}

/// Writes the move down. Gives how long the deal had been where it was.
fn step(
    conn: &mut Conn,
    before: &Deal,
    to: &Stage,
    reason: Option<LostReason>,
    note: &str,
    by: &By,
) -> QueryResult<i64> {
    diesel::update(deals::table.filter(deals::id.eq(before.id)))
        .set((
            deals::stage_id.eq(to.id),
            deals::stage_kind.eq(to.kind),
            deals::probability.eq(model::probability(to, before.manual_probability)),
            deals::entered_at.eq(by.now),
            deals::closed_at.eq((!to.is_open()).then_some(by.now)),
            deals::lost_reason.eq(reason),
            deals::lost_note.eq(note),
        ))
        .execute(conn)?;
    let spent = by.now.since(before.entered_at).max(0);
    diesel::insert_into(stage_changes::table)
        .values((
            stage_changes::deal_id.eq(before.id),
            stage_changes::from_id.eq(Some(before.stage_id)),
            stage_changes::to_id.eq(to.id),
            stage_changes::at.eq(by.now),
            stage_changes::spent.eq(spent),
            stage_changes::actor_id.eq(Some(by.user)),
        ))
        .execute(conn)?;
    Ok(spent)
}

fn reason(ask: &Move, to: &Stage, note: &str) -> Result<Option<LostReason>, Refusal> {
    if to.kind != StageKind::Lost {
        return Ok(None);
    }
    let reason = ask.reason.ok_or(Refusal::NeedsReason)?;
    if reason == LostReason::Other && note.is_empty() {
        return Err(Refusal::invalid("note", "Say in a few words what it was."));
    }
    Ok(Some(reason))
}
