//! The search for programs: `GET /api/v1/search`.

use actix_web::http::StatusCode;
use actix_web::web;
use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::find::{self, Section};
use super::finder::{Finder, Finders, Reader};
use super::rank::Tier;
use crate::accounts::ApiCan;
use crate::accounts::rights::Search;
use crate::base::Timestamp;
use crate::db::Db;
use crate::web::{ApiError, ApiResult};

/// Hits of a kind, where nothing is said.
const USUAL: usize = 10;
/// Hits of a kind at the most.
const MOST: usize = 25;

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    q: String,
    kinds: String,
    limit: Option<String>,
}

/// What answers.
#[derive(Debug, Serialize)]
pub struct Answer {
    hits: Vec<HitJson>,
    /// Kinds of which there are more.
    more: Vec<&'static str>,
}

/// A record as programs see it.
#[derive(Debug, Serialize)]
struct HitJson {
    kind: &'static str,
    id: i64,
    label: String,
    context: String,
    at: Timestamp,
    /// Whether it is called exactly so.
    is_exact: bool,
}

/// `GET /api/v1/search?q=…&kinds=contact,deal&limit=10`. Needs: of each kind, the scope that reads it.
pub async fn index(
    program: ApiCan<Search>,
    db: web::Data<Db>,
    finders: web::Data<Finders>,
    params: web::Query<Params>,
) -> ApiResult<web::Json<Answer>> {
    let params = params.into_inner();
    let limit = match params.limit.as_deref() {
        None | Some("") => USUAL,
        Some(text) => match text.parse() {
            Ok(n) if (1..=MOST).contains(&n) => n,
            _ => {
                let message = format!("A number from 1 to {MOST}.");
                return Err(ApiError::invalid("limit", message));
            }
        },
    };
    if params.q.trim().is_empty() {
        return Err(ApiError::invalid("q", "Say what to look for."));
    }
    let reader = Reader::new(&program.user, &program.access, program.now);
    let asked = kinds(**finders, &params.kinds, &reader, |scope| {
        program.has_scope(scope)
    })?;
    let sections: QueryResult<Vec<Section>> = db
        .read(move |conn| find::find(conn, &asked, &reader, &params.q, limit))
        .await;
    Ok(web::Json(answer(sections?)))
}

/// The kinds that are asked for; without a word, all that the key may read.
fn kinds(
    finders: Finders,
    words: &str,
    reader: &Reader,
    has_scope: impl Fn(&str) -> bool,
) -> ApiResult<Vec<&'static Finder>> {
    let may = |finder: &&'static Finder| (finder.is_open_to)(reader) && has_scope(finder.scope);
    if words.is_empty() {
        return Ok(finders.0.iter().copied().filter(may).collect());
    }
    let mut asked: Vec<&'static Finder> = Vec::new();
    for word in words.split(',').map(str::trim) {
        let Some(finder) = finders.0.iter().copied().find(|finder| finder.word == word) else {
            let known: Vec<&str> = finders.0.iter().map(|finder| finder.word).collect();
            let message = format!("No kind “{word}”. There are: {}.", known.join(", "));
            return Err(ApiError::invalid("kinds", message));
        };
        if !may(&finder) {
            let message = format!(
                "This key may not search {}; it needs the scope {}.",
                finder.title.to_lowercase(),
                finder.scope
            );
            return Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", message));
        }
        if !asked.iter().any(|one| one.kind == finder.kind) {
            asked.push(finder);
        }
    }
    Ok(asked)
}

fn answer(sections: Vec<Section>) -> Answer {
    let more = sections.iter().filter(|section| section.has_more);
    Answer {
        more: more.map(|section| section.finder.word).collect(),
        hits: sections
            .into_iter()
            .flat_map(|section| {
                let kind = section.finder.word;
                section.hits.into_iter().map(move |one| HitJson {
                    kind,
                    id: one.hit.id,
                    label: one.hit.label,
                    context: one.hit.context,
                    at: one.hit.at,
                    is_exact: one.tier == Tier::Exact,
                })
            })
            .collect(),
    }
}
