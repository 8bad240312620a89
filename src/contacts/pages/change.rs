//! Changes made in place: one fact, one form. A form that fails comes back open, with what was typed.

use actix_web::{Either, HttpRequest, web};
use serde::Deserialize;
use serde_json::Value;

use super::by;
use super::facts::Open;
use super::show::{self, Extra, ShowPage};
use crate::accounts::rights::{DeleteContacts, EditContacts};
use crate::accounts::{Can, Viewer};
use crate::base::ids::ContactId;
use crate::contacts::actions::{self, Change};
use crate::contacts::cards::Cards;
use crate::contacts::fields::values::{self, Given};
use crate::contacts::fields::{self, Object};
use crate::contacts::model::{Field, Stage};
use crate::contacts::refusal::Refusal;
use crate::db::Db;
use crate::timeline::Strands;
use crate::web::{self as kit, Error, Form, Page, Redirect, Result, redirect};

/// A record page with an open form, or the way to the page.
pub type Answer = Result<Either<Page<ShowPage>, Redirect>>;

/// What a page that shows a failed form needs.
pub struct Desk<'a> {
    viewer: &'a Viewer,
    db: &'a Db,
    strands: &'a Strands,
    cards: &'a Cards,
    id: ContactId,
}

impl<'a> Desk<'a> {
    /// Lays it out.
    pub fn new(
        viewer: &'a Viewer,
        db: &'a Db,
        strands: &'a Strands,
        cards: &'a Cards,
        id: ContactId,
    ) -> Self {
        Self {
            viewer,
            db,
            strands,
            cards,
            id,
        }
    }

    /// The page of the contact with a form open on it.
    pub async fn reopen(&self, extra: Extra) -> Answer {
        show::page(
            self.viewer,
            self.db,
            self.strands,
            self.cards,
            self.id,
            extra,
        )
        .await
    }

    /// What became of a change in the form `name` with `typed` in it.
    pub async fn answer<T>(
        &self,
        done: std::result::Result<T, Refusal>,
        name: &str,
        typed: &str,
        said: &str,
    ) -> Answer {
        let refusal = match done {
            Ok(_) => {
                let page = redirect(format!("/contacts/{}", self.id));
                return Ok(Either::Right(page.saying(said)));
            }
            Err(Refusal::Merged(into)) => {
                let page = redirect(format!("/contacts/{into}"));
                let said = "That contact was merged into this one. Nothing was changed.";
                return Ok(Either::Right(page.failing(said)));
            }
            Err(refusal @ (Refusal::Missing | Refusal::Query(_))) => return Err(refusal.into()),
            Err(refusal) => refusal,
        };
        let theirs = match &refusal {
            Refusal::Clash(clashes) => clashes.first().map(|clash| clash.now.clone()),
            _ => None,
        };
        let holder = match &refusal {
            Refusal::Taken { holder, name, .. } => Some((*holder, name.clone())),
            _ => None,
        };
        let mut error = refusal.words();
        if theirs.is_some() {
            error.push_str(" Saving again keeps yours.");
        }
        let open = Open {
            name: name.to_owned(),
            typed: Some(typed.to_owned()),
            error,
            theirs,
            holder,
        };
        self.reopen(Extra {
            open,
            ..Extra::default()
        })
        .await
    }
}

/// A fact as it is posted.
#[derive(Debug, Deserialize)]
pub struct FieldForm {
    value: String,
    // A list, because an empty text would be read as no text at all.
    #[serde(default)]
    was: Vec<String>,
}

/// `POST /contacts/{id}/fields/{field}`. Needs: change contacts.
pub async fn field(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<Cards>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    form: Form<FieldForm>,
) -> Answer {
    let id = kit::path_id(&path.0)?;
    let field = Field::from_word(&path.1).ok_or(Error::NotFound)?;
    let by = by(&viewer, &request);
    let typed = form.0.value.clone();
    let change = Change {
        field,
        was: form.0.was.into_iter().next(),
        to: form.0.value,
    };
    let done = db
        .write(move |conn| actions::change(conn, id, &[change], &by))
        .await;
    let desk = Desk::new(&viewer, &db, &strands, &cards, id);
    let said = format!("{} saved", field.label());
    desk.answer(done, field.word(), &typed, &said).await
}

/// A trait as it is posted; a field of several options has several values.
#[derive(Debug, Deserialize)]
pub struct TraitForm {
    key: String,
    #[serde(default)]
    value: Vec<String>,
    // A list, because an empty text would be read as no text at all.
    #[serde(default)]
    was: Vec<String>,
}

/// `POST /contacts/{id}/traits`. Needs: change contacts.
pub async fn set_trait(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<Cards>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<TraitForm>,
) -> Answer {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let TraitForm { key, value, was } = form.0;
    let typed = value.join("\n").trim().to_owned();
    let (sent, name) = (typed.clone(), format!("trait:{key}"));
    let (access, zone) = (viewer.access.clone(), viewer.zone());
    let done = db
        .write(move |conn| {
            let ways = fields::ways(conn, &access, zone, by.now)?;
            match values::in_use(conn, Object::Contact, &key)? {
                Some(field) if !ways.see(&field) => Err(Refusal::Missing),
                Some(field) => {
                    let given = Given {
                        was: was.into_iter().next(),
                        to: Value::String(sent),
                        field,
                    };
                    actions::set_field(conn, id, &given, &ways, &by, "value")
                }
                None => {
                    let value = typed_value(&sent);
                    actions::set_trait(conn, id, &key, value.as_ref(), &ways, &by)
                }
            }
        })
        .await;
    let said = match &done {
        Ok(Some(other)) => format!(
            "Kept, but by the rule of this field “{}” is shown",
            text(other)
        ),
        _ => "Saved".to_owned(),
    };
    let desk = Desk::new(&viewer, &db, &strands, &cards, id);
    desk.answer(done, &name, &typed, &said).await
}

/// Which claim is to be shown: of an identity and a source, or none: the rule chooses.
#[derive(Debug, Deserialize)]
pub struct PinForm {
    key: String,
    #[serde(default)]
    claim: String,
}

/// `POST /contacts/{id}/pins`. Needs: change contacts.
pub async fn pin(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<PinForm>,
) -> Result<Redirect> {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let PinForm { key, claim } = form.0;
    let claim = claim
        .split_once('.')
        .and_then(|(identity, source)| Some((identity.parse().ok()?, source.parse().ok()?)));
    let (access, zone) = (viewer.access.clone(), viewer.zone());
    let done = db
        .write(move |conn| {
            let ways = fields::ways(conn, &access, zone, by.now)?;
            actions::pin(conn, id, &key, claim, &ways, &by)
        })
        .await;
    let said = if claim.is_some() {
        "This one is shown from now on"
    } else {
        "The rule chooses again"
    };
    moved(id, done.map(|()| None), said)
}

/// The one value of a select.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChoiceForm {
    owner: String,
    stage: String,
}

/// `POST /contacts/{id}/owner`. Needs: change contacts.
pub async fn owner(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<ChoiceForm>,
) -> Result<Redirect> {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let owner = form.0.owner.parse().ok();
    let done = db
        .write(move |conn| actions::set_owner(conn, id, owner, &by))
        .await;
    moved(id, done.map(|_| None), "Owner saved")
}

/// `POST /contacts/{id}/stage`, the stage in the form, or in the query where it is taken back. Needs: change contacts.
pub async fn stage(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    query: web::Query<ChoiceForm>,
    form: Form<ChoiceForm>,
) -> Result<Redirect> {
    let id = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let word = if form.0.stage.is_empty() {
        &query.stage
    } else {
        &form.0.stage
    };
    let Some(stage) = Stage::offered(word) else {
        return Ok(redirect(format!("/contacts/{id}")).failing("Choose a stage first"));
    };
    let done = db
        .write(move |conn| actions::set_stage(conn, id, stage, &by))
        .await;
    let undo = done.map(|before| {
        (before.stage != stage).then(|| format!("/contacts/{id}/stage?stage={}", before.stage))
    });
    moved(id, undo, &format!("Stage is now {}", stage.label()))
}

/// `POST /contacts/{id}/delete`. Needs: delete contacts.
pub async fn delete(
    viewer: Can<DeleteContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: ContactId = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let contact = db.write(move |conn| actions::delete(conn, id, &by)).await?;
    Ok(redirect("/contacts")
        .saying(format!("{} moved to the trash", text(&contact.shown())))
        .undo(format!("/contacts/{id}/restore")))
}

/// `POST /contacts/{id}/restore`. Needs: delete contacts.
pub async fn restore(
    viewer: Can<DeleteContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<Redirect> {
    let id: ContactId = kit::path_id(&path)?;
    let by = by(&viewer, &request);
    let contact = db
        .write(move |conn| actions::restore(conn, id, &by))
        .await?;
    Ok(redirect(format!("/contacts/{id}")).saying(format!("{} is back", text(&contact.shown()))))
}

/// Back to the record, or to the one it lives on in, saying what was done or why not.
pub fn moved(
    id: ContactId,
    done: std::result::Result<Option<String>, Refusal>,
    said: &str,
) -> Result<Redirect> {
    let page = redirect(format!("/contacts/{id}"));
    match done {
        Ok(None) => Ok(page.saying(said)),
        Ok(Some(undo)) => Ok(page.saying(said).undo(undo)),
        Err(Refusal::Merged(into)) => Ok(redirect(format!("/contacts/{into}"))
            .failing("That contact was merged into this one. Nothing was changed.")),
        Err(refusal @ (Refusal::Missing | Refusal::Query(_))) => Err(refusal.into()),
        Err(refusal) => Ok(page.failing(refusal.words())),
    }
}

/// A figure and yes or no are what they look like; everything else is words; nothing takes the value back.
fn typed_value(typed: &str) -> Option<Value> {
    let typed = crate::base::text::clean(typed, 2_000);
    if typed.is_empty() {
        return None;
    }
    match serde_json::from_str::<Value>(&typed) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => Some(value),
        _ => Some(Value::String(typed)),
    }
}

/// A name short enough for the cookie of a message.
fn text(name: &str) -> &str {
    crate::base::text::cut(name, 120)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn typed_traits_keep_their_kind() {
        assert_eq!(typed_value("42"), Some(json!(42)));
        assert_eq!(typed_value("true"), Some(json!(true)));
        assert_eq!(typed_value("0042 Oslo"), Some(json!("0042 Oslo")));
        assert_eq!(typed_value("{\"a\":1}"), Some(json!("{\"a\":1}")));
        assert_eq!(typed_value("  "), None);
    }
}
