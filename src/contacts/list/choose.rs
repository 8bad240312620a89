//! The page on which the columns of the list are chosen and put in order.

use actix_web::{Either, HttpRequest, web};
use askama::Template;

use super::ask::Ask;
use super::columns::{self, BuiltIn, Column, MOST};
use super::lines;
use crate::accounts::Can;
use crate::accounts::rights::ReadContacts;
use crate::db::Db;
use crate::web::{Page, Redirect, Result, redirect};

/// The page.
#[derive(Template)]
#[template(path = "contacts/columns.html")]
pub struct ColumnsPage {
    list: String,
    back: String,
    /// Words and names of those that are shown.
    shown: Vec<(String, String)>,
    /// Of those that are not.
    others: Vec<(String, String)>,
}

/// `GET /contacts/columns?list=<query of the list>`. Needs: see contacts.
pub async fn choose(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
) -> Result<Either<Page<ColumnsPage>, Redirect>> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    };
    let ask = Ask::read(value("list").unwrap_or_default());
    let (who, memo) = ((*viewer).clone(), db.memo());
    let fields = db
        .read(move |conn| lines::fields(conn, &memo, &who))
        .await
        .map_err(|error: diesel::result::Error| crate::web::Error::from(error))?;
    let posted: Vec<&str> = pairs
        .iter()
        .filter(|(own, _)| own == "c")
        .map(|(_, value)| value.as_str())
        .collect();
    let mut shown = if posted.is_empty() {
        lines::columns(&ask, &fields)
    } else {
        columns::read_all(&posted.join("."))
    };
    match value("do") {
        Some("show") => {
            let cols = columns::read(&columns::print(&shown));
            return Ok(Either::Right(redirect(
                ask.with(|ask| ask.cols = cols).href(),
            )));
        }
        Some("usual") => shown = columns::USUAL.to_vec(),
        Some("add") => shown.extend(columns::read_all(value("new").unwrap_or_default())),
        Some(act) => change(&mut shown, act),
        None => {}
    }
    shown = columns::read_all(&columns::print(&shown));
    let own = BuiltIn::ALL.iter().map(|own| Column::Own(*own));
    let declared = fields.iter().map(|field| Column::Field(field.id));
    let named = |column: &Column| Some((column.word(), column.label(&fields)?));
    let back = ask.with(|_| {}).href();
    let page = ColumnsPage {
        list: back
            .split_once('?')
            .map_or_else(String::new, |(_, query)| query.to_owned()),
        back,
        others: own
            .chain(declared)
            .filter(|column| !shown.contains(column) && shown.len() < MOST)
            .filter_map(|column| named(&column))
            .collect(),
        shown: shown.iter().filter_map(named).collect(),
    };
    Ok(Either::Left(Page::new(viewer.shell(), page)))
}

/// `up-2`, `down-0`, `drop-1`; anything else changes nothing. One column stays.
fn change(shown: &mut Vec<Column>, act: &str) {
    let Some((verb, at)) = act.split_once('-') else {
        return;
    };
    let Some(at) = at.parse::<usize>().ok().filter(|at| *at < shown.len()) else {
        return;
    };
    match verb {
        "up" if at > 0 => shown.swap(at - 1, at),
        "down" if at + 1 < shown.len() => shown.swap(at, at + 1),
        "drop" if shown.len() > 1 => {
            shown.remove(at);
        }
        _ => {}
    }
}
