//! Records that somebody opened lately. The page of a record is noted after it was answered; what is noted waits in memory
//! and is written down together, a few seconds later: a page view costs no write of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use diesel::QueryResult;

use super::finder::Finders;
use super::store::{self, MOST, Opened};
use crate::accounts::viewer::SeenAs;
use crate::base::ids::UserId;
use crate::base::{Timestamp, clock};
use crate::db::dialect::search::Kind;
use crate::db::{Conn, Db};

/// How long what was noted waits for more.
const WAIT: Duration = Duration::from_secs(2);

/// What was opened and is not written yet. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Recent(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    opened: HashMap<UserId, Vec<Opened>>,
    last: HashMap<UserId, (Kind, i64)>,
    is_due: bool,
}

impl Recent {
    /// Notes that somebody opened a record; whether what waits should be written soon.
    fn note(&self, user: UserId, kind: Kind, id: i64, at: Timestamp) -> bool {
        let mut waiting = self.lock();
        if waiting.last.insert(user, (kind, id)) == Some((kind, id)) {
            return false;
        }
        let own = waiting.opened.entry(user).or_default();
        put_first(own, (kind, id, at));
        !std::mem::replace(&mut waiting.is_due, true)
    }

    /// What somebody opened, the last first: what is written, and what waits.
    pub fn of(&self, conn: &mut Conn, user: UserId) -> QueryResult<Vec<Opened>> {
        let mut all = store::opened(conn, user)?;
        let waiting = self.lock().opened.get(&user).cloned().unwrap_or_default();
        for opened in waiting.into_iter().rev() {
            put_first(&mut all, opened);
        }
        Ok(all)
    }

    /// Writes down what waits.
    pub async fn flush(&self, db: &Db) {
        let opened = {
            let mut waiting = self.lock();
            waiting.is_due = false;
            std::mem::take(&mut waiting.opened)
        };
        let written: QueryResult<()> = db
            .write(move |conn| {
                // In one order: two instances may write about the same user.
                let mut opened: Vec<(UserId, Vec<Opened>)> = opened.into_iter().collect();
                opened.sort_by_key(|(user, _)| *user);
                for (user, mut opened) in opened {
                    opened.sort_by_key(|(kind, id, _)| (*kind, *id));
                    store::keep(conn, user, &opened)?;
                }
                Ok(())
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "what was opened lately is not remembered");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put_first(all: &mut Vec<Opened>, opened: Opened) {
    all.retain(|(kind, id, _)| (*kind, *id) != (opened.0, opened.1));
    all.insert(0, opened);
    all.truncate(MOST);
}

/// Notes whoever was shown the page of a record.
pub async fn note(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_page = request.method() == Method::GET && !request.headers().contains_key("X-Swap");
    let response = next.call(request).await?;
    if !is_page || response.status() != StatusCode::OK {
        return Ok(response);
    }
    let request = response.request();
    let user = request.extensions().get::<SeenAs>().map(|seen| seen.0);
    let finders = request.app_data::<web::Data<Finders>>();
    if let (Some(user), Some(finders)) = (user, finders)
        && let Some((kind, id)) = record_at(***finders, request.path())
        && let Some(recent) = request.app_data::<web::Data<Recent>>().cloned()
        && let Some(db) = request.app_data::<web::Data<Db>>().cloned()
        && recent.note(user, kind, id, clock::now())
    {
        actix_web::rt::spawn(async move {
            tokio::time::sleep(WAIT).await;
            recent.flush(&db).await;
        });
    }
    Ok(response)
}

/// The record whose page stands at a path.
fn record_at(finders: Finders, path: &str) -> Option<(Kind, i64)> {
    let (list, id) = path.rsplit_once('/')?;
    let id = id.parse().ok()?;
    let finder = finders.0.iter().find(|finder| finder.path == list)?;
    Some((finder.kind, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_again_moves_to_the_front_and_the_oldest_go() {
        let mut all = Vec::new();
        for id in 0..30 {
            put_first(&mut all, (Kind::Contact, id, Timestamp(id)));
        }
        put_first(&mut all, (Kind::Contact, 15, Timestamp(99)));
        assert_eq!(all.len(), MOST);
        assert_eq!(all[0], (Kind::Contact, 15, Timestamp(99)));
        assert_eq!(all.iter().filter(|one| one.1 == 15).count(), 1);
    }

    #[test]
    fn a_record_is_asked_to_be_written_once_until_another_is_opened() {
        let recent = Recent::default();
        let note = |id| recent.note(UserId(1), Kind::Deal, id, Timestamp(id));
        assert!(note(7), "somebody has to write");
        assert!(!note(7) && !note(8), "somebody will");
    }
}
