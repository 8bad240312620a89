//! Queries of pipelines and stages.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Pipeline, Stage};
use crate::base::ids::{PipelineId, StageId};
use crate::db::Conn;
use crate::db::schema::{pipelines, stages};

/// The pipeline that deals begin in.
pub fn default(conn: &mut Conn) -> QueryResult<Pipeline> {
    Pipeline::query()
        .order((
            pipelines::is_default.desc(),
            pipelines::position,
            pipelines::id,
        ))
        .first(conn)
}

/// Stages of a pipeline in their order, without those that were removed.
pub fn stages_of(conn: &mut Conn, id: PipelineId) -> QueryResult<Vec<Stage>> {
    Stage::query()
        .filter(stages::pipeline_id.eq(id))
        .filter(stages::removed_at.is_null())
        .order((stages::position, stages::id))
        .load(conn)
}

/// Stages of every pipeline, removed ones too, by id: what deals passed through.
pub fn all_stages(conn: &mut Conn) -> QueryResult<HashMap<StageId, Stage>> {
    let rows = Stage::query().load(conn)?;
    Ok(rows.into_iter().map(|stage| (stage.id, stage)).collect())
}

/// A stage that deals can enter, kept from being removed until this transaction ends.
pub fn hold(conn: &mut Conn, id: StageId) -> QueryResult<Option<Stage>> {
    diesel::update(stages::table.filter(stages::id.eq(id)))
        .filter(stages::removed_at.is_null())
        .set(stages::updated_at.eq(stages::updated_at))
        .execute(conn)?;
    Stage::query()
        .filter(stages::id.eq(id))
        .filter(stages::removed_at.is_null())
        .first(conn)
        .optional()
}

/// A stage, removed or not.
pub fn stage(conn: &mut Conn, id: StageId) -> QueryResult<Option<Stage>> {
    Stage::query()
        .filter(stages::id.eq(id))
        .first(conn)
        .optional()
}
