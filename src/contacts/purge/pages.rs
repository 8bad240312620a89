//! Deleting for good, at once: by who may empty the trash. The job does it; the record leaves the trash now.

use actix_web::web;
use diesel::prelude::*;

use super::{Purge, limit};
use crate::accounts::Can;
use crate::accounts::audit;
use crate::accounts::rights::PurgeRecords;
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId};
use crate::db::schema::{companies, contacts};
use crate::db::{Conn, Db};
use crate::jobs;
use crate::web::{Error, Redirect, Result, path_id, post, redirect};

/// Routes of this room.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/contacts/{id}/purge", post().to(contact))
        .route("/companies/{id}/purge", post().to(company));
}

/// `POST /contacts/{id}/purge`: of one in the trash. Needs: delete for good.
pub async fn contact(
    viewer: Can<PurgeRecords>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (ContactId, _, _) = (path_id(&path)?, viewer.by(), viewer.now);
    db.write(move |conn| {
        let found = diesel::update(contacts::table.filter(contacts::id.eq(id)))
            .filter(contacts::deleted_at.is_not_null())
            .filter(contacts::merged_into.is_null())
            .set(contacts::deleted_at.eq(Some(aged(now))))
            .execute(conn)?;
        ordered(conn, &by, ("contact", id.0), found, now)
    })
    .await?;
    Ok(redirect("/contacts/trash").saying("It is being deleted for good"))
}

/// `POST /companies/{id}/purge`: of one in the trash. Needs: delete for good.
pub async fn company(
    viewer: Can<PurgeRecords>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by, now): (CompanyId, _, _) = (path_id(&path)?, viewer.by(), viewer.now);
    db.write(move |conn| {
        let found = diesel::update(companies::table.filter(companies::id.eq(id)))
            .filter(companies::deleted_at.is_not_null())
            .filter(companies::merged_into.is_null())
            .set(companies::deleted_at.eq(Some(aged(now))))
            .execute(conn)?;
        ordered(conn, &by, ("company", id.0), found, now)
    })
    .await?;
    Ok(redirect("/companies/trash").saying("It is being deleted for good"))
}

/// When something would have been deleted that is due now.
pub fn aged(now: Timestamp) -> Timestamp {
    limit(now).plus(-1)
}

/// Has the job look at once, if there was anything.
pub fn ordered(
    conn: &mut Conn,
    by: &audit::By,
    object: (&str, i64),
    found: usize,
    now: Timestamp,
) -> Result<()> {
    if found == 0 {
        return Err(Error::NotFound);
    }
    let action = format!("{}.purge_asked", object.0);
    audit::record(conn, by, &action, Some(object), "", now)?;
    jobs::enqueue(conn, &Purge, now)?;
    Ok(())
}
