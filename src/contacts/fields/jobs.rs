//! Work on all values of a field, in pieces short enough that nobody waits behind one.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Object, index, store};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, TraitKeyId};
use crate::contacts::choose;
use crate::db::Conn;
use crate::db::schema::{companies, company_traits, contacts, fields, traits};
use crate::jobs::{self, Context, Job, Outcome};

/// Records of one transaction.
const CHUNK: i64 = 1_000;
/// Transactions of one turn; then it goes to the end of the queue.
const TURN: usize = 50;

/// Chooses shown values anew and writes down what lists know of them. Doing a piece twice changes nothing.
#[derive(Debug, Serialize, Deserialize)]
pub struct Settle {
    /// Of whom.
    pub object: Object,
    /// Of which key; of all where none is said.
    pub key: Option<TraitKeyId>,
    /// Behind which record.
    pub after: i64,
}

impl Settle {
    /// All values of a key.
    pub fn of_key(object: Object, key: TraitKeyId) -> Self {
        Self {
            object,
            key: Some(key),
            after: 0,
        }
    }

    /// All values of all contacts.
    pub fn of_contacts() -> Self {
        Self {
            object: Object::Contact,
            key: None,
            after: 0,
        }
    }
}

impl Job for Settle {
    type Tools = ();
    const KIND: &'static str = "fields.settle";

    async fn run(self, context: Context<()>) -> Outcome {
        let Self {
            object,
            key,
            mut after,
        } = self;
        for _ in 0..TURN {
            let piece = context.db.write(move |conn| match object {
                Object::Contact => contacts_piece(conn, key, after),
                Object::Company => companies_piece(conn, key, after),
            });
            let done: QueryResult<Option<i64>> = piece.await;
            match done? {
                Some(last) => after = last,
                None => {
                    let now = context.now;
                    return context.finish(move |conn| filled(conn, key, now)).await;
                }
            }
        }
        let (rest, now) = (Self { object, key, after }, context.now);
        context
            .finish(move |conn| jobs::enqueue(conn, &rest, now))
            .await
    }
}

/// The next contacts; the last of them, or none where there are no more.
fn contacts_piece(
    conn: &mut Conn,
    key: Option<TraitKeyId>,
    after: i64,
) -> QueryResult<Option<i64>> {
    let ids: Vec<ContactId> = contacts::table
        .filter(contacts::id.gt(ContactId(after)))
        .order(contacts::id)
        .limit(CHUNK)
        .select(contacts::id)
        .load(conn)?;
    let Some(last) = ids.last().copied() else {
        return Ok(None);
    };
    let keys = match key {
        Some(key) => vec![key.0],
        None => traits::table
            .filter(traits::contact_id.eq_any(&ids))
            .select(traits::key_id)
            .distinct()
            .load(conn)?,
    };
    choose::choose_all(conn, &ids, &keys)?;
    Ok(Some(last.0))
}

/// The next companies: each value has one claim, so there is nothing to choose.
fn companies_piece(
    conn: &mut Conn,
    key: Option<TraitKeyId>,
    after: i64,
) -> QueryResult<Option<i64>> {
    let last: Option<CompanyId> = companies::table
        .filter(companies::id.gt(CompanyId(after)))
        .order(companies::id)
        .limit(CHUNK)
        .select(companies::id)
        .load(conn)?
        .pop();
    let Some(last) = last else {
        return Ok(None);
    };
    let Some(field) = key.map(|key| store::find(conn, key)).transpose()?.flatten() else {
        return Ok(Some(last.0));
    };
    let key = field.id.0;
    let shown: Vec<(i64, String)> = company_traits::table
        .filter(company_traits::company_id.gt(after))
        .filter(company_traits::company_id.le(last.0))
        .filter(company_traits::key_id.eq(key))
        .select((company_traits::company_id, company_traits::value))
        .load(conn)?;
    let declared = index::Declared::only(conn, field)?;
    let shown = shown
        .iter()
        .map(|(company, value)| (*company, key, Some(value.as_str())));
    index::write(conn, &declared, shown)?;
    Ok(Some(last.0))
}

/// Lists know all of it from now on.
fn filled(conn: &mut Conn, key: Option<TraitKeyId>, now: Timestamp) -> QueryResult<()> {
    let Some(key) = key else { return Ok(()) };
    diesel::update(fields::table.filter(fields::key_id.eq(key)))
        .set(fields::filled_at.eq(now))
        .execute(conn)
        .map(|_| ())
}
