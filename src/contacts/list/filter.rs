//! The page on which a filter is put together: every condition a line, groups within groups. It works without script; with
//! script it stands above the list.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, web};
use askama::Template;

use super::ask::Ask;
use super::{catalog, lines, reader};
use crate::accounts::Can;
use crate::accounts::rights::ReadContacts;
use crate::db::Db;
use crate::filters::draft::{Draft, Join};
use crate::filters::form::{Control, Part, Row};
use crate::filters::{Catalog, Rule};
use crate::web::{Error, Page, Redirect, Result, redirect};

/// The page.
#[derive(Template)]
#[template(path = "contacts/filter.html")]
pub struct FilterPage {
    list: String,
    back: String,
    rows: Vec<Row>,
    error: String,
}

/// `GET /contacts/filter?list=<query of the list>`. Needs: see contacts.
pub async fn filter(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
) -> Result<Either<Page<FilterPage>, Redirect>> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.clone())
    };
    let ask = Ask::read(&value("list").unwrap_or_default());
    let memo = db.memo();
    let who = (*viewer).clone();
    let catalog = db
        .read(move |conn| {
            let fields = lines::fields(conn, &memo, &who)?;
            catalog::named(conn, &memo, &fields)
        })
        .await
        .map_err(|error: diesel::result::Error| Error::from(error))?;
    let mut draft = Draft::read(&pairs).unwrap_or_else(|| Draft::begin(&ask.tree()));
    let act = value("do").unwrap_or_default();
    if act != "show" {
        draft.change(&act);
        let page = FilterPage::new(&ask, &draft, &catalog, String::new());
        return Ok(Either::Left(Page::new(viewer.shell(), page)));
    }
    let (node, reader) = (draft.node(), reader(&viewer));
    let refused = Rule::new(&node, &catalog, &reader).err();
    Ok(match refused {
        None => Either::Right(redirect(ask.with_tree(&node).href())),
        Some(refusal) => {
            let mut page = FilterPage::new(&ask, &draft, &catalog, refusal.to_string());
            page.rows = draft.rows(&catalog, Some(&reader));
            Either::Left(Page::new(viewer.shell(), page).status(StatusCode::UNPROCESSABLE_ENTITY))
        }
    })
}

impl FilterPage {
    fn new(ask: &Ask, draft: &Draft, catalog: &Catalog, error: String) -> Self {
        let back = ask.with(|_| {}).href();
        Self {
            list: back
                .split_once('?')
                .map_or_else(String::new, |(_, query)| query.to_owned()),
            back,
            rows: draft.rows(catalog, None),
            error,
        }
    }

    /// Whether a message stands beside a condition already.
    fn is_said(&self) -> bool {
        let says = |row: &Row| matches!(&row.part, Part::Test(test) if !test.error.is_empty());
        self.rows.iter().any(says)
    }
}
