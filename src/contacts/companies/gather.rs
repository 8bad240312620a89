//! People who write from a company's domain and belong to no company: counted on its page, linked to it when somebody says
//! so, in the background and a few at a time.

use actix_web::{HttpRequest, web};
use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::{is_free_mail, people, store};
use crate::accounts::rights::EditContacts;
use crate::accounts::{self, Access, Can, Object};
use crate::base::ids::{CompanyId, ContactId, UserId};
use crate::contacts::model::By;
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::words;
use crate::db::Conn;
use crate::db::Db;
use crate::db::dialect::domains;
use crate::jobs::{self, Context, Fault, Job, Outcome};
use crate::web::{self as kit, Error, Redirect, Result, redirect};

/// The page counts up to here.
pub const COUNTED: usize = 99;
/// People linked in one transaction.
const PIECE: i64 = 50;

/// How many there are, at most one more than [`COUNTED`].
pub fn count(conn: &mut Conn, domains: &[String]) -> QueryResult<usize> {
    Ok(some(conn, domains, COUNTED as i64 + 1)?.len())
}

fn some(conn: &mut Conn, domains: &[String], limit: i64) -> QueryResult<Vec<ContactId>> {
    let own: Vec<&str> = domains.iter().map(String::as_str).collect();
    let own: Vec<&str> = own.into_iter().filter(|name| !is_free_mail(name)).collect();
    let found = domains::strays(conn, &own, limit)?;
    Ok(found.into_iter().map(ContactId).collect())
}

/// `POST /companies/{id}/gather`. Needs: change contacts.
pub async fn start(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by): (CompanyId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    // Who writes from a domain may be anybody's.
    if !viewer.access.sees(Object::Contacts).is_all() {
        return Err(Error::NotFound);
    }
    db.write(move |conn| {
        store::live(conn, id)?.ok_or(Error::NotFound)?;
        let job = Gather {
            company: id,
            user: by.user,
            ip: by.ip,
        };
        Ok::<_, Error>(jobs::enqueue(conn, &job, by.now)?)
    })
    .await?;
    Ok(redirect(format!("/companies/{id}")).saying("They are being linked"))
}

/// Links them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Gather {
    company: CompanyId,
    /// Who said so, and from where, for the audit.
    user: UserId,
    ip: String,
}

impl Job for Gather {
    type Tools = ();
    const KIND: &'static str = "companies.gather";

    fn unique_key(&self) -> Option<String> {
        Some(format!("gather.{}", self.company))
    }

    async fn run(self, context: Context) -> Outcome {
        let now = context.now;
        loop {
            let (company, user, ip) = (self.company, self.user, self.ip.clone());
            let linked = context.db.write(move |conn| {
                let Some(user) = accounts::store::user(conn, user)? else {
                    return Ok(0);
                };
                let by = By {
                    user: user.id,
                    name: user.name,
                    ip,
                    now,
                    access: Access::everything(user.id),
                };
                piece(conn, company, &by)
            });
            match linked.await {
                Ok(0) => return context.finish(|_| Ok(())).await,
                Ok(_) => {}
                Err(Refusal::Query(error)) => return Err(Fault::Later(error.to_string())),
                Err(refusal) => return Err(Fault::Never(refusal.words())),
            }
        }
    }
}

/// Links a few; gives how many.
fn piece(conn: &mut Conn, company: CompanyId, by: &By) -> std::result::Result<usize, Refusal> {
    if store::live(conn, company)?.is_none() {
        return Ok(0);
    }
    let domains = store::domains(conn, company)?;
    let ids = some(conn, &domains, PIECE)?;
    for id in &ids {
        people::link(conn, company, *id, "", by)?;
    }
    words::refresh_all(conn, &ids)?;
    Ok(ids.len())
}
