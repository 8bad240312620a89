//! A view, or the picked rows of one, as a file to take away: the columns and the order of the list.

use actix_web::{HttpRequest, web};
use askama::Template;
use diesel::prelude::*;
use serde::Deserialize;

use super::ask::{Ask, From, Key, Sort};
use super::columns::{BuiltIn, Column};
use super::query::{self, walk};
use super::{lines, reader_of, rows};
use crate::accounts::rights::ExportContacts;
use crate::accounts::{self, Can, Viewer};
use crate::base::ids::ContactId;
use crate::contacts::export::work::{Found, Wanted};
use crate::contacts::export::{self, ExportAsk, Format, columns};
use crate::contacts::fields::Field;
use crate::contacts::pages::by;
use crate::contacts::{store, views};
use crate::db::schema::contacts;
use crate::db::{Conn, Db};
use crate::filters::Reader;
use crate::web::{self as kit, Cursor, Error, Form, Page, Redirect, Result, redirect};

/// Begins the text that says which contacts, where they were picked one by one.
const PICKED: &str = "ids=";
/// Contacts picked one by one.
const MOST_PICKED: usize = 200;

/// What is to be written, in the URL and in the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ExportParams {
    /// The query of the list.
    list: String,
    /// `1.2.3`: these, instead of the whole view.
    ids: String,
    /// `csv` or `xlsx`.
    format: String,
    /// `shown` or `all`.
    columns: String,
}

impl ExportParams {
    fn picked(&self) -> Vec<ContactId> {
        let ids = self.ids.split('.').filter_map(|id| id.parse().ok());
        store::unique(ids).into_iter().take(MOST_PICKED).collect()
    }
}

/// The question.
#[derive(Template)]
#[template(path = "contacts/export.html")]
pub struct ExportPage {
    params: ExportParams,
    back: String,
    what: String,
    shown: String,
}

/// `GET /contacts/export?list=<query>`: which columns, and as what kind of file. Needs: export contacts.
pub async fn ask(
    viewer: Can<ExportContacts>,
    db: web::Data<Db>,
    params: web::Query<ExportParams>,
) -> Result<Page<ExportPage>> {
    let params = params.into_inner();
    let ask = Ask::read(&params.list);
    let (who, memo, picked) = ((*viewer).clone(), db.memo(), params.picked().len());
    let own = ask.clone();
    let (name, fields) = db
        .read(move |conn| {
            Ok::<_, Error>((name(conn, &own, &who)?, lines::fields(conn, &memo, &who)?))
        })
        .await?;
    let labels: Vec<String> = lines::columns(&ask, &fields)
        .iter()
        .filter_map(|column| column.label(&fields))
        .collect();
    let page = ExportPage {
        back: ask.href(),
        what: match picked {
            0 => format!("Everybody in “{name}”, as the list stands now"),
            1 => "The one contact you picked".to_owned(),
            n => format!("The {} contacts you picked", kit::number(n as i64)),
        },
        shown: format!("Name, {}", labels.join(", ")),
        params,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /contacts/export`. Needs: export contacts.
pub async fn start(
    viewer: Can<ExportContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    Form(form): Form<ExportParams>,
) -> Result<Redirect> {
    let format = Format::from_word(&form.format)
        .ok_or_else(|| Error::Invalid("Choose CSV or Excel.".to_owned()))?;
    let (by, who, memo) = (by(&viewer, &request), (*viewer).clone(), db.memo());
    db.write(move |conn| {
        let ask = Ask::read(&form.list);
        let columns = if form.columns == "all" {
            columns::default(conn)?
        } else {
            let fields = lines::fields(conn, &memo, &who)?;
            written(&lines::columns(&ask, &fields), &fields)
        };
        let picked: Vec<String> = form.picked().iter().map(ToString::to_string).collect();
        let asked = ExportAsk {
            name: name(conn, &ask, &who)?,
            format,
            columns,
            which: if picked.is_empty() {
                ask.with(|_| {}).query()
            } else {
                format!("{PICKED}{}", picked.join("."))
            },
            zone: who.zone().name().to_owned(),
            with_bom: true,
        };
        export::start(conn, &asked, &by)
    })
    .await?;
    Ok(redirect("/imports#out").saying("The file is being written; it appears here"))
}

/// What a list is called, and so its file.
fn name(conn: &mut Conn, ask: &Ask, viewer: &Viewer) -> QueryResult<String> {
    let saved = match ask.saved {
        Some(id) => views::find_for(conn, id, viewer.id())?,
        None => None,
    };
    Ok(saved.map_or_else(|| ask.view.label().to_owned(), |view| view.name))
}

/// The columns of a list as files know them. The id comes first, so that the file can be mended and brought in again.
fn written(shown: &[Column], fields: &[Field]) -> Vec<String> {
    let word = |column: &Column| match column {
        Column::Own(BuiltIn::Events) => Some("events_30d".to_owned()),
        Column::Own(BuiltIn::Seen) => Some("last_seen_at".to_owned()),
        Column::Own(BuiltIn::Created) => Some("created_at".to_owned()),
        Column::Own(own) => Some(own.word().to_owned()),
        Column::Field(id) => {
            let field = fields.iter().find(|field| field.id == *id)?;
            Some(format!("trait:{}", field.key))
        }
    };
    let mut words = vec!["id".to_owned(), "name".to_owned()];
    words.extend(shown.iter().filter_map(word));
    words
}

/// The contacts of an export, some at a time: those whom its user may see when it is written.
pub fn find(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<&str>,
    limit: i64,
) -> QueryResult<Found> {
    let Some(user) = accounts::store::user(conn, wanted.user)? else {
        return Ok((Vec::new(), None));
    };
    let reader = reader_of(&user, wanted.access, wanted.now);
    let which = wanted.ask.which.as_str();
    if let Some(ids) = which.strip_prefix(PICKED) {
        let ids: Vec<ContactId> = ids.split('.').filter_map(|id| id.parse().ok()).collect();
        return Ok((picked(conn, ids, &reader)?, None));
    }
    let mut ask = Ask::read(which);
    let after = after.and_then(Cursor::decode);
    if !ask.q.is_empty() {
        ask.from = after.map_or(From::Top, From::After);
        let found = rows::page(conn, &ask, &reader)?;
        let next = found.after.map(|cursor| cursor.encode());
        return Ok((found.rows.iter().map(|row| row.id).collect(), next));
    }
    walked(conn, ask, after, &reader, limit)
}

/// Picked ones that are there and may be seen, the oldest record first.
fn picked(conn: &mut Conn, ids: Vec<ContactId>, reader: &Reader) -> QueryResult<Vec<ContactId>> {
    let everyone = Ask::read("view=everyone");
    let found: Vec<ContactId> = query::everybody(conn, &everyone, reader)?
        .filter(contacts::id.eq_any(ids.clone()))
        .select(contacts::id)
        .load(conn)?;
    Ok(ids.into_iter().filter(|id| found.contains(id)).collect())
}

/// Everybody in a view, in its order, as far as that stands still: a list by last seen moves while the file is written, and
/// whoever comes back meanwhile would be missing. Such a list is written by the age of its records, the newest first.
fn walked(
    conn: &mut Conn,
    mut ask: Ask,
    after: Option<Cursor>,
    reader: &Reader,
    limit: i64,
) -> QueryResult<Found> {
    if ask.sort.key() == Key::Seen && ask.sorts().contains(&Sort::Created) {
        ask.sort = Sort::Created;
    }
    let is_by_id = ask.sort.key() == Key::Seen;
    let below = after.as_ref().map(|cursor| cursor.id);
    ask.from = after.map_or(From::Top, From::After);
    let everybody = query::everybody(conn, &ask, reader)?;
    let steps = match below {
        _ if !is_by_id => walk(everybody, &ask),
        Some(id) => everybody
            .filter(contacts::id.lt(id))
            .order(contacts::id.desc()),
        None => everybody.order(contacts::id.desc()),
    };
    let found: Vec<query::Row> = steps.limit(limit).select(query::COLUMNS).load(conn)?;
    let last = found.last().filter(|_| found.len() as i64 == limit);
    let next = last.map(|row| query::cursor(ask.sort, row).encode());
    Ok((found.iter().map(|row| row.id).collect(), next))
}
