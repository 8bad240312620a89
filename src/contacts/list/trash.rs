//! The trash: what was deleted, by when, with the way back.

use actix_web::web;
use askama::Template;
use diesel::prelude::*;
use serde::Deserialize;

use crate::accounts::rights::{DeleteContacts, PurgeRecords, ReadContacts, Right};
use crate::accounts::{Can, Object, Reach};
use crate::base::Timestamp;
use crate::base::ids::ContactId;
use crate::base::text;
use crate::contacts::model::Contact;
use crate::contacts::purge;
use crate::db::schema::contacts;
use crate::db::{Conn, Db};
use crate::keyset;
use crate::timeline::About;
use crate::web::{self as kit, Cursor, Page, Paged, Result};

const PAGE: usize = 50;

/// A line of the trash.
pub struct Gone {
    /// Id.
    pub id: ContactId,
    /// What it was called.
    pub name: String,
    /// For the avatar.
    pub initials: String,
    /// For the avatar.
    pub tone: &'static str,
    /// Address, number or nothing.
    pub email: String,
    /// "3 d".
    pub since: String,
    /// In full.
    pub exact: String,
    /// Who deleted it.
    pub by: String,
    /// "in 12 days", for good.
    pub left: String,
}

#[derive(Template)]
#[template(path = "contacts/trash.html")]
pub struct TrashPage {
    lines: Vec<Gone>,
    after: String,
    can_restore: bool,
    can_purge: bool,
}

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    after: String,
}

/// `GET /contacts/trash`. Needs: see contacts.
pub async fn trash(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<TrashPage>> {
    let (now, zone) = (viewer.now, viewer.zone());
    let cursor = Cursor::decode(&params.after);
    let reach = viewer.access.sees(Object::Contacts);
    let found = db
        .read(move |conn| gone(conn, cursor.as_ref(), &reach, purge::limit(now)))
        .await?;
    let about: Vec<About> = found
        .rows
        .iter()
        .map(|row| About::Contact(row.id))
        .collect();
    let mut by = db.read(move |conn| purge::deleted_by(conn, &about)).await?;
    let mut line = |contact: Contact| {
        let name = contact.shown();
        let at = contact.deleted_at.unwrap_or_default();
        Gone {
            id: contact.id,
            initials: text::initials(&name),
            tone: text::tone(contact.id.0),
            name,
            email: contact.email.unwrap_or_default(),
            by: by.remove(&contact.id.0).unwrap_or_default(),
            left: purge::left(at, now),
            since: kit::ago(at, now, zone),
            exact: at
                .utc()
                .with_timezone(&zone)
                .format("%-d %B %Y, %H:%M")
                .to_string(),
        }
    };
    let page = TrashPage {
        after: found
            .next
            .map_or_else(String::new, |c| format!("/contacts/trash?after={c}")),
        lines: found.rows.into_iter().map(&mut line).collect(),
        can_restore: DeleteContacts::allows(&viewer.access),
        can_purge: PurgeRecords::allows(&viewer.access),
    };
    Ok(Page::new(viewer.shell(), page))
}

fn gone(
    conn: &mut Conn,
    after: Option<&Cursor>,
    reach: &Reach,
    since: Timestamp,
) -> QueryResult<Paged<Contact>> {
    let from = after.and_then(|c| Some((Timestamp(c.number()?), ContactId(c.id))));
    let mut query = Contact::query()
        .filter(contacts::deleted_at.is_not_null())
        .filter(contacts::deleted_at.ge(since))
        .filter(contacts::merged_into.is_null())
        .limit(PAGE as i64 + 1)
        .into_boxed();
    if let Some(held) = reach.on("contacts.owner_id") {
        query = query.filter(held);
    }
    let rows = keyset!(query, desc, contacts::deleted_at, contacts::id, from).load(conn)?;
    Ok(Paged::from_loaded(rows, PAGE, |contact| Cursor {
        key: contact.deleted_at.unwrap_or_default().0.to_string(),
        id: contact.id.0,
    }))
}
