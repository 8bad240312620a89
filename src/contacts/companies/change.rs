//! Changes made on the page of a company: owner, stage, domains, tags, roles, notes, the trash.

use actix_web::{Either, HttpRequest, web};
use serde::Deserialize;
use serde_json::Value;

use super::show::{self, Beside, Failed, Params, ShowPage};
use super::{actions, family, fields, store};
use crate::accounts::rights::{DeleteContacts, EditContacts};
use crate::accounts::{Action, Can, seen};
use crate::base::ids::{CompanyId, TagId};
use crate::contacts::CompanyCards;
use crate::contacts::fields::{self as declared, Given, Object, values};
use crate::contacts::model::Stage;
use crate::contacts::pages::by;
use crate::contacts::pages::facts::Open;
use crate::contacts::refusal::Refusal;
use crate::db::Db;
use crate::timeline::notes::{self, NoteRefusal};
use crate::timeline::{About, NoteForm, Strands};
use crate::web::{self as kit, Form, Page, Redirect, Result, redirect};

/// One value, as the small forms of the page post it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OneForm {
    owner: String,
    stage: String,
    domain: String,
    tag: String,
    parent: String,
}

/// `POST /companies/{id}/owner`. Needs: change contacts.
pub async fn owner(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<OneForm>,
) -> Result<Redirect> {
    let (id, by) = (kit::path_id(&path)?, by(&viewer, &request));
    let owner = form.0.owner.parse().ok();
    let done = db
        .write(move |conn| actions::set_owner(conn, id, owner, &by))
        .await;
    moved(id, done.map(|()| None), "Owner saved")
}

/// `POST /companies/{id}/stage`, the stage in the form, or in the query where it is taken back. Needs: change contacts.
pub async fn stage(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    query: web::Query<OneForm>,
    form: Form<OneForm>,
) -> Result<Redirect> {
    let (id, by) = (kit::path_id(&path)?, by(&viewer, &request));
    let word = if form.0.stage.is_empty() {
        &query.stage
    } else {
        &form.0.stage
    };
    let Some(stage) = Stage::offered(word) else {
        return Ok(redirect(format!("/companies/{id}")).failing("Choose a stage first"));
    };
    let done = db
        .write(move |conn| actions::set_stage(conn, id, stage, &by))
        .await;
    let undo = done
        .map(|before| (before != stage).then(|| format!("/companies/{id}/stage?stage={before}")));
    moved(id, undo, &format!("Stage is now {}", stage.label()))
}

/// `POST /companies/{id}/domains`. Needs: change contacts.
pub async fn add_domain(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<CompanyCards>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<OneForm>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let (id, by) = (kit::path_id(&path)?, by(&viewer, &request));
    let typed = form.0.domain.clone();
    let done = db
        .write(move |conn| actions::add_domain(conn, id, &form.0.domain, &by))
        .await;
    let failed = match done {
        Err(refusal @ (Refusal::Invalid(_) | Refusal::DomainTaken { .. })) => Failed {
            form: "domain",
            open: Open::default(),
            typed,
            error: refusal.words(),
            holder: match refusal {
                Refusal::DomainTaken { holder, name, .. } => Some((holder, name)),
                _ => None,
            },
        },
        done => return moved(id, done.map(|()| None), "Domain added").map(Either::Right),
    };
    let beside = Beside {
        strands: &strands,
        cards: &cards,
    };
    show::page(&viewer, &db, beside, id, Params::default(), failed)
        .await
        .map(Either::Left)
}

/// `POST /companies/{id}/domains/{domain}/remove`. Needs: change contacts.
pub async fn remove_domain(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let (id, by) = (kit::path_id(&path.0)?, by(&viewer, &request));
    let done = db
        .write(move |conn| actions::remove_domain(conn, id, &path.1, &by))
        .await;
    moved(id, done.map(|()| None), "Domain removed")
}

/// `POST /companies/{id}/tags`. Needs: change contacts.
pub async fn tag(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<OneForm>,
) -> Result<Redirect> {
    let (id, by) = (kit::path_id(&path)?, by(&viewer, &request));
    let done = db
        .write(move |conn| actions::tag(conn, id, &form.0.tag, &by))
        .await;
    moved(id, done.map(|()| None), "Tag added")
}

/// `POST /companies/{id}/tags/{tag}/remove`. Needs: change contacts.
pub async fn untag(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let (id, by) = (kit::path_id(&path.0)?, by(&viewer, &request));
    let tag: TagId = kit::path_id(&path.1)?;
    let done = db
        .write(move |conn| actions::untag(conn, id, tag, &by))
        .await;
    moved(id, done.map(|()| None), "Tag removed")
}

/// `POST /companies/{id}/parent`: by name; empty: none. Needs: change contacts.
pub async fn parent(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<CompanyCards>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<OneForm>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let (id, by): (CompanyId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    let typed = form.0.parent.trim().to_owned();
    let name = typed.clone();
    let done = db
        .write(move |conn| {
            let found = match name.as_str() {
                "" => None,
                name => match store::by_name(conn, name)? {
                    Some(found) if seen::company(conn, &by.access, Action::Read, found.0)? => {
                        Some(found)
                    }
                    _ => return Err(Refusal::invalid("parent", "There is no such company.")),
                },
            };
            family::set_parent(conn, id, found, &by)
        })
        .await;
    let refusal = match done {
        Err(refusal @ Refusal::Invalid(_)) => refusal,
        done => return moved(id, done.map(|_| None), "Parent company saved").map(Either::Right),
    };
    let failed = Failed {
        form: "parent",
        typed,
        error: refusal.words(),
        ..Failed::default()
    };
    let beside = Beside {
        strands: &strands,
        cards: &cards,
    };
    show::page(&viewer, &db, beside, id, Params::default(), failed)
        .await
        .map(Either::Left)
}

/// `POST /companies/{id}/notes`. Needs: change contacts.
pub async fn note(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<CompanyCards>,
    path: web::Path<String>,
    form: Form<NoteForm>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let id: CompanyId = kit::path_id(&path)?;
    let (user, now) = (viewer.id(), viewer.now);
    let (body, is_pinned) = (form.0.body, form.0.pin.is_some());
    let typed = body.clone();
    let saved = db
        .write(move |conn| {
            if store::live(conn, id)?.is_none() {
                return Err(NoteRefusal::Missing);
            }
            notes::add(conn, About::Company(id), &body, is_pinned, user, now)
        })
        .await;
    match saved {
        Ok(note) => Ok(Either::Right(
            redirect(format!("/companies/{id}"))
                .saying("Note saved")
                .undo(format!("/notes/{note}/delete")),
        )),
        Err(NoteRefusal::Empty) => {
            let failed = Failed {
                form: "note",
                open: Open::default(),
                typed,
                error: "Write something first.".to_owned(),
                holder: None,
            };
            let beside = Beside {
                strands: &strands,
                cards: &cards,
            };
            show::page(&viewer, &db, beside, id, Params::default(), failed)
                .await
                .map(Either::Left)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /companies/{id}/delete`. Needs: delete contacts.
pub async fn delete(
    viewer: Can<DeleteContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by): (CompanyId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    db.write(move |conn| actions::delete(conn, id, &by)).await?;
    Ok(redirect("/companies")
        .saying("Company moved to the trash")
        .undo(format!("/companies/{id}/restore")))
}

/// `POST /companies/{id}/restore`. Needs: delete contacts.
pub async fn restore(
    viewer: Can<DeleteContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let (id, by): (CompanyId, _) = (kit::path_id(&path)?, by(&viewer, &request));
    db.write(move |conn| actions::restore(conn, id, &by))
        .await?;
    Ok(redirect(format!("/companies/{id}")).saying("Company restored"))
}

fn moved(
    id: CompanyId,
    done: std::result::Result<Option<String>, Refusal>,
    said: &str,
) -> Result<Redirect> {
    let page = redirect(format!("/companies/{id}"));
    match done {
        Ok(None) => Ok(page.saying(said)),
        Ok(Some(undo)) => Ok(page.saying(said).undo(undo)),
        Err(refusal @ (Refusal::Missing | Refusal::Query(_))) => Err(refusal.into()),
        Err(refusal) => Ok(page.failing(refusal.words())),
    }
}

/// A value as it is posted; a field of several options has several.
#[derive(Debug, Deserialize)]
pub struct FieldForm {
    key: String,
    #[serde(default)]
    value: Vec<String>,
    #[serde(default)]
    was: Vec<String>,
}

/// `POST /companies/{id}/traits`. Needs: change contacts.
pub async fn field(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<CompanyCards>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<FieldForm>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let id: CompanyId = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let FieldForm { key, value, was } = form.0;
    let typed = value.join("\n").trim().to_owned();
    let (sent, name) = (typed.clone(), format!("trait:{key}"));
    let (access, zone) = (viewer.access.clone(), viewer.zone());
    let done = db
        .write(move |conn| {
            let ways = declared::ways(conn, &access, zone, by.now)?;
            let field = values::in_use(conn, Object::Company, &key)?;
            let field = field
                .filter(|field| ways.see(field))
                .ok_or(Refusal::Missing)?;
            let given = Given {
                was: was.into_iter().next(),
                to: Value::String(sent),
                field,
            };
            fields::set(conn, id, &given, &ways, &by)
        })
        .await;
    let refusal = match done {
        Ok(()) => {
            return Ok(Either::Right(
                redirect(format!("/companies/{id}")).saying("Saved"),
            ));
        }
        Err(refusal @ (Refusal::Missing | Refusal::Query(_))) => return Err(refusal.into()),
        Err(refusal) => refusal,
    };
    let theirs = match &refusal {
        Refusal::Clash(clashes) => clashes.first().map(|clash| clash.now.clone()),
        _ => None,
    };
    let failed = Failed {
        open: Open {
            name,
            typed: Some(typed),
            error: refusal.words(),
            theirs,
            holder: None,
        },
        ..Failed::default()
    };
    let beside = Beside {
        strands: &strands,
        cards: &cards,
    };
    show::page(&viewer, &db, beside, id, Params::default(), failed)
        .await
        .map(Either::Left)
}
