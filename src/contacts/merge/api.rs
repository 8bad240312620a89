//! Merging for programs: `/api/v1/…/merge`, `/api/v1/merges/{id}/undo`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::actions::{self, Wish};
use super::fields::Supply;
use super::holding::Followers;
use super::since::since;
use super::split::{Undo, undo};
use super::store::{self, Kind};
use crate::accounts::ApiCan;
use crate::accounts::rights::MergeContacts;
use crate::base::ids::MergeId;
use crate::contacts::model::By;
use crate::contacts::refusal::Refusal;
use crate::db::Db;
use crate::web::{ApiError, ApiResult, client_ip, path_id, post};

/// Routes of the API.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/api/v1/contacts/{id}/merge", post().to(merge_contacts))
        .route("/api/v1/companies/{id}/merge", post().to(merge_companies))
        .route("/api/v1/merges/{id}/undo", post().to(take_back));
}

/// What becomes one with the record: their ids, and for fields the id of the record whose value is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MergeBody {
    others: Vec<i64>,
    fields: BTreeMap<String, i64>,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct MergedJson {
    id: i64,
    merges: Vec<MergeId>,
    moved: BTreeMap<&'static str, usize>,
}

/// How a merge is undone: names of what was made since and goes with the one who leaves.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UndoBody {
    goes: Option<Vec<String>>,
}

/// What was undone: who stayed, who is back.
#[derive(Debug, Serialize)]
pub struct UndoneJson {
    merge: MergeId,
    kind: Kind,
    stays: i64,
    back: i64,
}

/// `POST /api/v1/contacts/{id}/merge`. Needs: contacts:write.
pub async fn merge_contacts(
    program: ApiCan<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    path: web::Path<String>,
    body: web::Bytes,
) -> ApiResult<web::Json<MergedJson>> {
    let by = by(&program, &request);
    merge(&db, **followers, by, Kind::Contact, &path, &body).await
}

/// `POST /api/v1/companies/{id}/merge`. Needs: contacts:write.
pub async fn merge_companies(
    program: ApiCan<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    path: web::Path<String>,
    body: web::Bytes,
) -> ApiResult<web::Json<MergedJson>> {
    let by = by(&program, &request);
    merge(&db, **followers, by, Kind::Company, &path, &body).await
}

async fn merge(
    db: &Db,
    followers: Followers,
    by: By,
    kind: Kind,
    path: &web::Path<String>,
    body: &[u8],
) -> ApiResult<web::Json<MergedJson>> {
    let MergeId(keep) = path_id(path)?;
    let body: MergeBody = read(body)?;
    let wish = Wish {
        kind,
        keep,
        others: body.others,
        supply: Supply(body.fields),
    };
    let united = db
        .write(move |conn| actions::merge_all(conn, &wish, &by, followers))
        .await?;
    Ok(web::Json(MergedJson {
        id: keep,
        moved: united
            .moved
            .iter()
            .map(|(_, many, n)| (*many, *n))
            .collect(),
        merges: united.merges,
    }))
}

/// `POST /api/v1/merges/{id}/undo`. What was made since is asked about: 409 until `goes` is said. Needs: contacts:write.
pub async fn take_back(
    program: ApiCan<MergeContacts>,
    db: web::Data<Db>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    path: web::Path<String>,
    body: web::Bytes,
) -> ApiResult<web::Json<UndoneJson>> {
    let id: MergeId = path_id(&path)?;
    let (by, followers) = (by(&program, &request), **followers);
    let body: UndoBody = read(&body)?;
    let done = db
        .write(move |conn| {
            let merge = store::find(conn, id)?.ok_or(Refusal::Missing)?;
            if merge.undone_at.is_none() && body.goes.is_none() {
                let made = since(conn, &merge, followers)?;
                if !made.is_empty() {
                    let names = made.iter().map(super::Since::name).collect();
                    return Ok::<_, Refusal>(Err::<_, Vec<String>>(names));
                }
            }
            let how = Undo {
                goes: &body.goes.unwrap_or_default(),
                by: &by,
            };
            undo(conn, id, &how, followers).map(Ok)
        })
        .await?;
    match done {
        Ok(merge) => Ok(web::Json(UndoneJson {
            merge: id,
            kind: merge.kind,
            stays: merge.winner_id,
            back: merge.loser_id,
        })),
        Err(names) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "made_since",
            format!(
                "Made since the merge: {}. Say in `goes` which of these leave with the other record.",
                names.join(", ")
            ),
        )),
    }
}

/// An empty body says nothing.
fn read<T: Default + for<'a> Deserialize<'a>>(body: &[u8]) -> ApiResult<T> {
    if body.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_json",
            format!("The body is not what is asked for: {error}."),
        )
    })
}

fn by(program: &ApiCan<MergeContacts>, request: &HttpRequest) -> By {
    By {
        user: program.user.id,
        name: program.user.name.clone(),
        ip: client_ip(request),
        now: program.now,
        access: program.access.clone(),
    }
}
