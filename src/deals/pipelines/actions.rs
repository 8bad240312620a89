//! Every change of a pipeline: what a stage is called and says, its place, and where its deals go when it is removed.

use diesel::prelude::*;

use super::super::refusal::Refusal;
use super::super::totals;
use super::model::{FIRST, MOST_STAGES, Pipeline, Stage, StageForm, StageKind};
use super::store;
use crate::accounts::audit::{self, By};
use crate::base::Timestamp;
use crate::base::ids::{PipelineId, StageId};
use crate::db::schema::{deals, pipelines, stage_changes, stages};
use crate::db::{Conn, PortableExt};

/// Makes the first pipeline where there is none. Two programs that start at once make one: its id is the same.
pub fn ensure_first(conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
    let any: Option<PipelineId> = pipelines::table
        .select(pipelines::id)
        .first(conn)
        .optional()?;
    if any.is_some() {
        return Ok(());
    }
    conn.transaction(|conn| {
        let made = diesel::insert_into(pipelines::table)
            .values((
                pipelines::id.eq(1),
                pipelines::name.eq("Sales"),
                pipelines::position.eq(1),
                pipelines::is_default.eq(true),
                pipelines::created_at.eq(now),
                pipelines::updated_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .portable()
            .execute(conn)?;
        if made == 0 {
            return Ok(());
        }
        for (place, (name, kind, probability, rotting_days)) in FIRST.iter().enumerate() {
            let form = StageForm {
                name: (*name).to_owned(),
                kind: *kind,
                probability: *probability,
                rotting_days: *rotting_days,
            };
            insert(conn, PipelineId(1), &form, place as i64 + 1, now)?;
        }
        Ok(())
    })
}

/// Adds a stage behind the last of its kind.
pub fn add(conn: &mut Conn, form: &StageForm, by: &By, now: Timestamp) -> Result<StageId, Refusal> {
    let pipeline = take(conn, now)?;
    let all = store::stages_of(conn, pipeline.id)?;
    if all.len() >= MOST_STAGES {
        return Err(Refusal::invalid(
            "name",
            "A pipeline has at most 30 stages.",
        ));
    }
    is_free(&all, None, &form.name)?;
    let order = |kind: StageKind| kind as u8;
    let place = all
        .iter()
        .filter(|stage| order(stage.kind) <= order(form.kind))
        .map(|stage| stage.position)
        .max()
        .unwrap_or(0);
    for stage in all.iter().filter(|stage| stage.position > place) {
        set_position(conn, stage.id, stage.position + 1)?;
    }
    let id = insert(conn, pipeline.id, form, place + 1, now)?;
    record(conn, by, "stage.created", id, &form.name, now)?;
    Ok(id)
}

/// Changes what a stage is called and says. Deals whose likelihood nobody set by hand follow.
pub fn change(
    conn: &mut Conn,
    id: StageId,
    form: &StageForm,
    by: &By,
    now: Timestamp,
) -> Result<(), Refusal> {
    let pipeline = take(conn, now)?;
    let all = store::stages_of(conn, pipeline.id)?;
    let stage = all.iter().find(|stage| stage.id == id);
    let stage = stage.ok_or(Refusal::Missing)?;
    is_free(&all, Some(id), &form.name)?;
    diesel::update(stages::table.filter(stages::id.eq(id)))
        .set((
            stages::name.eq(&form.name),
            stages::probability.eq(form.probability),
            stages::rotting_days.eq(form.rotting_days),
            stages::updated_at.eq(now),
        ))
        .execute(conn)?;
    if stage.is_open() && stage.probability != form.probability {
        diesel::update(deals::table.filter(deals::stage_id.eq(id)))
            .filter(deals::manual_probability.is_null())
            .set(deals::probability.eq(form.probability))
            .execute(conn)?;
        totals::recount(conn, &[id])?;
    }
    let detail = format!("{}, {}%", form.name, form.probability);
    record(conn, by, "stage.changed", id, &detail, now)?;
    Ok(())
}

/// Moves a stage one place up or down among its kind.
pub fn shift(
    conn: &mut Conn,
    id: StageId,
    is_up: bool,
    by: &By,
    now: Timestamp,
) -> Result<(), Refusal> {
    let pipeline = take(conn, now)?;
    let all = store::stages_of(conn, pipeline.id)?;
    let at = all.iter().position(|stage| stage.id == id);
    let at = at.ok_or(Refusal::Missing)?;
    let other = if is_up {
        at.checked_sub(1)
    } else {
        Some(at + 1)
    };
    let pair = all.get(at).zip(other.and_then(|other| all.get(other)));
    let Some((stage, other)) = pair.filter(|(stage, other)| stage.kind == other.kind) else {
        return Ok(());
    };
    set_position(conn, stage.id, other.position)?;
    set_position(conn, other.id, stage.position)?;
    record(conn, by, "stage.moved", id, &stage.name, now)?;
    Ok(())
}

/// Takes a stage away. What stands in it goes to another of its kind, which must be named where there is anything.
pub fn remove(
    conn: &mut Conn,
    id: StageId,
    to: Option<StageId>,
    by: &By,
    now: Timestamp,
) -> Result<(), Refusal> {
    let pipeline = take(conn, now)?;
    let all = store::stages_of(conn, pipeline.id)?;
    let stage = all.iter().find(|stage| stage.id == id);
    let stage = stage.ok_or(Refusal::Missing)?;
    let others = all.iter().filter(|s| s.kind == stage.kind && s.id != id);
    let others: Vec<&Stage> = others.collect();
    if others.is_empty() {
        let words = format!(
            "There must be a stage of the kind “{}”.",
            stage.kind.label()
        );
        return Err(Refusal::invalid("to", words));
    }
    // First, so that whoever is on the way into it waits and then finds it gone.
    diesel::update(stages::table.filter(stages::id.eq(id)))
        .set((stages::removed_at.eq(Some(now)), stages::updated_at.eq(now)))
        .execute(conn)?;
    if holds_any(conn, id)? {
        let to = to.and_then(|to| others.iter().find(|other| other.id == to));
        let to = to.ok_or_else(|| Refusal::invalid("to", "Choose where its deals go."))?;
        empty(conn, stage, to, by, now)?;
    }
    record(conn, by, "stage.removed", id, &stage.name, now)?;
    Ok(())
}

/// Whether any deal stands in a stage, the trash included.
pub fn holds_any(conn: &mut Conn, id: StageId) -> QueryResult<bool> {
    let any: Option<i64> = deals::table
        .filter(deals::stage_id.eq(id))
        .select(deals::id)
        .first(conn)
        .optional()?;
    Ok(any.is_some())
}

/// Everything in `from` goes to `to`: a row of history each, then all at once.
fn empty(conn: &mut Conn, from: &Stage, to: &Stage, by: &By, now: Timestamp) -> QueryResult<()> {
    use diesel::dsl::sql;
    use diesel::sql_types::{BigInt, Nullable};
    let actor = by.user.map(|user| user.0);
    let rows = deals::table.filter(deals::stage_id.eq(from.id)).select((
        deals::id,
        deals::stage_id.nullable(),
        sql::<BigInt>("").bind::<BigInt, _>(to.id.0),
        sql::<BigInt>("").bind::<BigInt, _>(now.0),
        sql::<BigInt>("")
            .bind::<BigInt, _>(now.0)
            .sql(" - entered_at"),
        sql::<Nullable<BigInt>>("").bind::<Nullable<BigInt>, _>(actor),
    ));
    rows.insert_into(stage_changes::table)
        .into_columns((
            stage_changes::deal_id,
            stage_changes::from_id,
            stage_changes::to_id,
            stage_changes::at,
            stage_changes::spent,
            stage_changes::actor_id,
        ))
        .execute(conn)?;
    diesel::update(deals::table.filter(deals::stage_id.eq(from.id)))
        .filter(deals::manual_probability.is_null())
        .set(deals::probability.eq(to.probability))
        .execute(conn)?;
    diesel::update(deals::table.filter(deals::stage_id.eq(from.id)))
        .set((
            deals::stage_id.eq(to.id),
            deals::entered_at.eq(now),
            deals::revision.eq(deals::revision + 1),
            deals::updated_at.eq(now),
        ))
        .execute(conn)?;
    totals::recount(conn, &[from.id, to.id])
}

/// The pipeline, taken for this transaction: changes of its stages come one after the other.
fn take(conn: &mut Conn, now: Timestamp) -> Result<Pipeline, Refusal> {
    let pipeline = store::default(conn)?;
    diesel::update(pipelines::table.filter(pipelines::id.eq(pipeline.id)))
        .set(pipelines::updated_at.eq(now))
        .execute(conn)?;
    Ok(pipeline)
}

fn is_free(all: &[Stage], own: Option<StageId>, name: &str) -> Result<(), Refusal> {
    let is_same =
        |stage: &&Stage| Some(stage.id) != own && stage.name.to_lowercase() == name.to_lowercase();
    match all.iter().find(is_same) {
        Some(_) => Err(Refusal::invalid("name", "Another stage is called that.")),
        None => Ok(()),
    }
}

fn insert(
    conn: &mut Conn,
    pipeline: PipelineId,
    form: &StageForm,
    position: i64,
    now: Timestamp,
) -> QueryResult<StageId> {
    diesel::insert_into(stages::table)
        .values((
            stages::pipeline_id.eq(pipeline),
            stages::name.eq(&form.name),
            stages::position.eq(position),
            stages::kind.eq(form.kind),
            stages::probability.eq(form.probability),
            stages::rotting_days.eq(form.rotting_days),
            stages::created_at.eq(now),
            stages::updated_at.eq(now),
        ))
        .returning(stages::id)
        .get_result(conn)
}

fn set_position(conn: &mut Conn, id: StageId, position: i64) -> QueryResult<()> {
    diesel::update(stages::table.filter(stages::id.eq(id)))
        .set(stages::position.eq(position))
        .execute(conn)
        .map(|_| ())
}

fn record(
    conn: &mut Conn,
    by: &By,
    action: &str,
    id: StageId,
    detail: &str,
    now: Timestamp,
) -> QueryResult<()> {
    audit::record(conn, by, action, Some(("stage", id.0)), detail, now)
}
