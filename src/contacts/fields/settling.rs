//! Work on all values of a field, in pieces short enough that nobody waits behind one.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{FieldKind, Object, index, store};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, TraitKeyId, UserId};
use crate::contacts::{choose, traits as values};
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
            let Some(last) = done? else {
                let now = context.now;
                return context.finish(move |conn| filled(conn, key, now)).await;
            };
            after = last;
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
    choose::project(conn, &ids, &keys)?;
    Ok(Some(last.0))
}

/// The next companies: each value has one claim, so there is nothing to choose.
fn companies_piece(
    conn: &mut Conn,
    key: Option<TraitKeyId>,
    after: i64,
) -> QueryResult<Option<i64>> {
    let Some(last) = last_of_piece(conn, Object::Company, after)? else {
        return Ok(None);
    };
    let Some(field) = key.map(|key| store::find(conn, key)).transpose()?.flatten() else {
        return Ok(Some(last));
    };
    let key = field.id.0;
    let shown: Vec<(i64, String)> = company_traits::table
        .filter(company_traits::company_id.gt(after))
        .filter(company_traits::company_id.le(last))
        .filter(company_traits::key_id.eq(key))
        .select((company_traits::company_id, company_traits::value))
        .load(conn)?;
    let declared = index::Declared::only(conn, field)?;
    let shown = shown
        .iter()
        .map(|(company, value)| (*company, key, Some(value.as_str())));
    index::write(conn, &declared, shown)?;
    Ok(Some(last))
}

/// Lists know all of it from now on.
fn filled(conn: &mut Conn, key: Option<TraitKeyId>, now: Timestamp) -> QueryResult<()> {
    let Some(key) = key else { return Ok(()) };
    diesel::update(fields::table.filter(fields::key_id.eq(key)))
        .set(fields::filled_at.eq(now))
        .execute(conn)
        .map(|_| ())
}

/// A value that does not read in the type that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which contact or company.
    pub record: i64,
    /// What it says.
    pub value: String,
}

/// What became of a wish for another type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// How many do not read.
    pub count: i64,
    /// The first of them.
    pub first: Vec<Fault>,
}

/// Faults that are named.
const NAMED: usize = 20;

/// Looks whether every shown value of a field reads in another type, and gives it that type if so.
#[derive(Debug, Serialize, Deserialize)]
pub struct TryKind {
    /// Of whom.
    pub object: Object,
    /// Which field.
    pub key: TraitKeyId,
    /// The type.
    pub kind: FieldKind,
    /// Who asked.
    pub user: UserId,
    /// Behind which record.
    pub after: i64,
    /// What did not read so far.
    pub faults: Vec<Fault>,
    /// How many.
    pub count: i64,
}

impl Job for TryKind {
    type Tools = ();
    const KIND: &'static str = "fields.try_kind";

    async fn run(mut self, context: Context<()>) -> Outcome {
        for _ in 0..TURN {
            let (object, key, kind, after) = (self.object, self.key, self.kind, self.after);
            let piece = context
                .db
                .read(move |conn| try_piece(conn, object, key, kind, after));
            let done: QueryResult<Tried> = piece.await;
            let tried = done?;
            self.count += tried.faults.len() as i64;
            let room = NAMED.saturating_sub(self.faults.len());
            self.faults.extend(tried.faults.into_iter().take(room));
            let Some(last) = tried.last else {
                let now = context.now;
                return context.finish(move |conn| self.settle(conn, now)).await;
            };
            self.after = last;
        }
        let now = context.now;
        context
            .finish(move |conn| jobs::enqueue(conn, &self, now))
            .await
    }
}

impl TryKind {
    /// Changes the type, or says why not. A wish that came later is another one's to fulfil.
    fn settle(self, conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
        let wanted = fields::table
            .filter(fields::key_id.eq(self.key))
            .filter(fields::wanted_kind.eq(self.kind));
        if self.count > 0 {
            let faults = Faults {
                count: self.count,
                first: self.faults,
            };
            let told = serde_json::to_string(&faults).unwrap_or_default();
            diesel::update(wanted)
                .set(fields::faults.eq(told))
                .execute(conn)?;
            return Ok(());
        }
        let changed = diesel::update(wanted)
            .set((
                fields::kind.eq(self.kind),
                fields::wanted_kind.eq(None::<FieldKind>),
                fields::faults.eq(None::<String>),
                fields::filled_at.eq(None::<Timestamp>),
                fields::updated_at.eq(now),
            ))
            .execute(conn)?;
        if changed > 0 {
            jobs::enqueue(conn, &Settle::of_key(self.object, self.key), now)?;
        }
        Ok(())
    }
}

/// What a piece brought.
struct Tried {
    faults: Vec<Fault>,
    last: Option<i64>,
}

fn try_piece(
    conn: &mut Conn,
    object: Object,
    key: TraitKeyId,
    kind: FieldKind,
    after: i64,
) -> QueryResult<Tried> {
    let nothing = Tried {
        faults: Vec::new(),
        last: None,
    };
    let Some(mut field) = store::find(conn, key)? else {
        return Ok(nothing);
    };
    field.kind = kind;
    let Some(last) = last_of_piece(conn, object, after)? else {
        return Ok(nothing);
    };
    let rows: Vec<(i64, String)> = match object {
        Object::Contact => traits::table
            .filter(traits::contact_id.gt(after))
            .filter(traits::contact_id.le(last))
            .filter(traits::key_id.eq(key))
            .select((traits::contact_id, traits::value))
            .load(conn)?,
        Object::Company => company_traits::table
            .filter(company_traits::company_id.gt(after))
            .filter(company_traits::company_id.le(last))
            .filter(company_traits::key_id.eq(key))
            .select((company_traits::company_id, company_traits::value))
            .load(conn)?,
    };
    let ways = store::ways_of_house(conn)?;
    let is_fault = |(_, json): &(i64, String)| {
        let value = serde_json::from_str(json).unwrap_or_default();
        field.check(&value, &ways).is_err()
    };
    let fault = |(record, json): (i64, String)| Fault {
        record,
        value: values::shown(&json),
    };
    Ok(Tried {
        faults: rows.into_iter().filter(is_fault).map(fault).collect(),
        last: Some(last),
    })
}

fn last_of_piece(conn: &mut Conn, object: Object, after: i64) -> QueryResult<Option<i64>> {
    let last = match object {
        Object::Contact => contacts::table
            .filter(contacts::id.gt(ContactId(after)))
            .order(contacts::id)
            .limit(CHUNK)
            .select(contacts::id)
            .load::<ContactId>(conn)?
            .pop()
            .map(|id| id.0),
        Object::Company => companies::table
            .filter(companies::id.gt(CompanyId(after)))
            .order(companies::id)
            .limit(CHUNK)
            .select(companies::id)
            .load::<CompanyId>(conn)?
            .pop()
            .map(|id| id.0),
    };
    Ok(last)
}
