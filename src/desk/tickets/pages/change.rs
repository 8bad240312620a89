//! What is changed on a ticket by its small forms.

use actix_web::web;
use serde::Deserialize;

use super::by;
use crate::accounts::Can;
use crate::accounts::rights::EditTickets;
use crate::base::ids::{TagId, TicketId, UserId};
use crate::db::Db;
use crate::desk::tickets::actions::change;
use crate::desk::tickets::list::ask::{Ask, Params};
use crate::desk::tickets::model::{Priority, Status};
use crate::web::{Error, Form, Redirect, Result, path_id, redirect};

/// What the small forms post: one value.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Small {
    to: String,
}

/// `POST /tickets/{id}/status`, the status in the form or, to undo one, in the address. Needs: answer tickets.
pub async fn status(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
    at: web::Query<Params>,
    asked: web::Query<Small>,
    form: Form<Small>,
) -> Result<Redirect> {
    let id: TicketId = path_id(&path)?;
    let word = if form.0.to.is_empty() {
        &asked.to
    } else {
        &form.0.to
    };
    let to = Status::from_word(word)
        .ok_or_else(|| Error::Invalid("There is no such status.".to_owned()))?;
    let by = by(&viewer);
    let was = db
        .write(move |conn| change::set_status(conn, id, to, by))
        .await?;
    let words = match to {
        Status::Solved => "Solved",
        Status::Closed => "Closed",
        Status::Open => "Open again",
        Status::Waiting => "Waiting for them",
    };
    let page = back(id, &at).saying(words);
    Ok(if was == to {
        page
    } else {
        page.undo(format!("/tickets/{id}/status?to={was}"))
    })
}

/// `POST /tickets/{id}/assignee`. Needs: answer tickets.
pub async fn assignee(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
    at: web::Query<Params>,
    form: Form<Small>,
) -> Result<Redirect> {
    let id: TicketId = path_id(&path)?;
    let to: Option<UserId> = form.0.to.parse().ok();
    let by = by(&viewer);
    db.write(move |conn| change::assign(conn, id, to, by))
        .await?;
    let words = if to.is_some() {
        "Assigned"
    } else {
        "Given back to everybody"
    };
    Ok(back(id, &at).saying(words))
}

/// `POST /tickets/{id}/priority`. Needs: answer tickets.
pub async fn priority(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
    at: web::Query<Params>,
    form: Form<Small>,
) -> Result<Redirect> {
    let id: TicketId = path_id(&path)?;
    let to = Priority::from_word(&form.0.to)
        .ok_or_else(|| Error::Invalid("There is no such priority.".to_owned()))?;
    let by = by(&viewer);
    db.write(move |conn| change::set_priority(conn, id, to, by))
        .await?;
    Ok(back(id, &at).saying(format!("Priority: {}", to.label().to_lowercase())))
}

/// `POST /tickets/{id}/subject`. Needs: answer tickets.
pub async fn subject(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
    at: web::Query<Params>,
    form: Form<Small>,
) -> Result<Redirect> {
    let id: TicketId = path_id(&path)?;
    let by = by(&viewer);
    db.write(move |conn| change::set_subject(conn, id, &form.0.to, by))
        .await?;
    Ok(back(id, &at).saying("Subject changed"))
}

/// `POST /tickets/{id}/tags`. Needs: answer tickets.
pub async fn tag(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<String>,
    at: web::Query<Params>,
    form: Form<Small>,
) -> Result<Redirect> {
    let id: TicketId = path_id(&path)?;
    let by = by(&viewer);
    db.write(move |conn| change::tag(conn, id, &form.0.to, by))
        .await?;
    Ok(back(id, &at))
}

/// `POST /tickets/{id}/tags/{tag}/remove`. Needs: answer tickets.
pub async fn untag(
    viewer: Can<EditTickets>,
    db: web::Data<Db>,
    path: web::Path<(String, String)>,
    at: web::Query<Params>,
) -> Result<Redirect> {
    let (id, tag): (TicketId, TagId) = (path_id(&path.0)?, path_id(&path.1)?);
    let by = by(&viewer);
    db.write(move |conn| change::untag(conn, id, tag, by))
        .await?;
    Ok(back(id, &at))
}

/// The ticket again, with the queue it stood beside.
pub fn back(id: TicketId, at: &Params) -> Redirect {
    redirect(Ask::read(at).ticket(id))
}

/// As [`back`], at one of its messages.
pub fn back_at(id: TicketId, at: &Params, place: &str) -> Redirect {
    redirect(format!("{}#{place}", Ask::read(at).ticket(id)))
}
