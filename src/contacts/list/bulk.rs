//! Changes of many contacts at once: the picked ones, two hundred at most, each told on its own timeline.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use crate::accounts::rights::{DeleteContacts, EditContacts, ExportContacts, MergeContacts, Right};
use crate::accounts::{Access, Action, Can, Viewer, seen};
use crate::base::ids::{ContactId, TagId, UserId};
use crate::contacts::actions;
use crate::contacts::merge;
use crate::contacts::model::{By, Stage};
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::store;
use crate::db::{Conn, Db};
use crate::text_enum;
use crate::web::{Error, Form, Redirect, Result, redirect};

/// Contacts changed at once.
const MOST: usize = 200;

/// What the bar above the list posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BulkForm {
    id: Vec<ContactId>,
    act: String,
    owner: String,
    stage: String,
    tag: String,
    back: String,
    all: String,
}

text_enum!(
    /// What is done to many.
    Kind {
        /// Somebody looks after them.
        Owner => "owner",
        /// They are this far.
        Stage => "stage",
        /// They get a tag.
        Tag => "tag",
        /// They go to the trash.
        Delete => "delete",
    }
);

impl Kind {
    /// What it does with a contact.
    pub(super) fn action(self) -> Action {
        match self {
            Self::Owner | Self::Stage | Self::Tag => Action::Edit,
            Self::Delete => Action::Delete,
        }
    }
}

/// What is to be done, with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Nobody or somebody looks after them.
    Owner(Option<UserId>),
    /// They are this far.
    Stage(Stage),
    /// They get the tag of this name.
    Tag(String),
    /// They go to the trash.
    Delete,
}

impl Act {
    /// From what a form or a run says.
    pub(super) fn new(kind: Kind, value: &str) -> Option<Self> {
        Some(match kind {
            Kind::Owner => Self::Owner(value.parse().ok()),
            Kind::Stage => Self::Stage(Stage::offered(value)?),
            Kind::Tag => Self::Tag(value.to_owned()),
            Kind::Delete => Self::Delete,
        })
    }
}

impl Act {
    fn action(&self) -> Action {
        match self {
            Self::Owner(_) | Self::Stage(_) | Self::Tag(_) => Action::Edit,
            Self::Delete => Action::Delete,
        }
    }
}

/// The way back of one contact: what it had before.
type Before = (String, ContactId);

/// `POST /contacts/bulk`. Needs: change contacts; to delete: delete contacts.
#[expect(clippy::too_many_lines, reason = "one act after the other, each said")]
pub async fn apply(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    form: Form<BulkForm>,
) -> Result<Redirect> {
    let form = form.0;
    let back = if form.back.starts_with("/contacts") {
        form.back.clone()
    } else {
        "/contacts".to_owned()
    };
    if form.act == "merge" {
        return to_merge(&viewer, &store::unique(form.id.iter().copied()), back);
    }
    if form.act == "export" {
        return to_export(&viewer, &form, &back);
    }
    let value = match form.act.as_str() {
        "owner" => &form.owner,
        "stage" => &form.stage,
        _ => &form.tag,
    };
    if form.all == "true" {
        let query = back.split_once('?').map_or("", |(_, query)| query);
        let asked = [
            ("act", form.act.as_str()),
            ("value", value),
            ("list", query),
        ];
        let asked = serde_urlencoded::to_string(asked).unwrap_or_default();
        return Ok(redirect(format!("/contacts/bulk/new?{asked}")));
    }
    let mut ids = store::unique(form.id.iter().copied());
    if ids.is_empty() {
        return Ok(redirect(back).failing("Pick at least one contact first"));
    }
    if ids.len() > MOST {
        return Err(Error::Invalid(format!(
            "Two hundred contacts can be changed at once; these were {}.",
            ids.len()
        )));
    }
    ids.sort_unstable();
    let kind = kind(&form.act, &viewer.access)?;
    let Some(act) = Act::new(kind, value) else {
        return Ok(redirect(back).failing("Choose a stage first"));
    };
    let by = by(&viewer, &request);
    let name = form.act.clone();
    let changed = db
        .write(move |conn| change(conn, &ids, &act, &by, false))
        .await;
    let before = match changed {
        Ok(before) => before,
        Err(Refusal::Invalid(errors)) => {
            return Ok(redirect(back).failing(Refusal::Invalid(errors).words()));
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let n = before.len();
    let noun = if n == 1 { "contact" } else { "contacts" };
    let words = match name.as_str() {
        "delete" => format!("{n} {noun} moved to the trash"),
        "tag" => format!("{n} {noun} tagged"),
        _ => format!("{n} {noun} changed"),
    };
    let answer = redirect(back).saying(words);
    Ok(if n == 0 {
        answer
    } else {
        answer.undo(undo_path(&name, &before))
    })
}

/// Merging has a page of its own.
fn to_merge(viewer: &Viewer, ids: &[ContactId], back: String) -> Result<Redirect> {
    if !MergeContacts::allows(&viewer.access) {
        let said = "Your role may change contacts, but not merge them.";
        return Err(Error::Forbidden(said.to_owned()));
    }
    if !(2..=merge::actions::MOST).contains(&ids.len()) {
        return Ok(redirect(back).failing("Pick two to ten contacts to merge"));
    }
    let ids: Vec<String> = ids.iter().map(|id| format!("id={id}")).collect();
    Ok(redirect(format!("/contacts/merge?{}", ids.join("&"))))
}

/// Files are asked for on a page of their own.
fn to_export(viewer: &Viewer, form: &BulkForm, back: &str) -> Result<Redirect> {
    if !ExportContacts::allows(&viewer.access) {
        let said = "Your role may change contacts, but not take them away.";
        return Err(Error::Forbidden(said.to_owned()));
    }
    let ids: Vec<String> = form.id.iter().map(ToString::to_string).collect();
    if ids.is_empty() && form.all != "true" {
        return Ok(redirect(back).failing("Pick at least one contact first"));
    }
    let picked = if form.all == "true" {
        String::new()
    } else {
        ids.join(".")
    };
    let list = back.split_once('?').map_or("", |(_, query)| query);
    let asked = serde_urlencoded::to_string([("list", list), ("ids", &picked)]);
    let asked = asked.unwrap_or_default();
    Ok(redirect(format!("/contacts/export?{asked}")))
}

/// The way back, as an undo path carries it.
#[derive(Debug, Deserialize)]
pub struct UndoParams {
    what: String,
    was: String,
}

/// `POST /contacts/bulk/undo`. Needs: change contacts.
pub async fn undo(
    viewer: Can<EditContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    params: web::Query<UndoParams>,
) -> Result<Redirect> {
    let by = by(&viewer, &request);
    let params = params.into_inner();
    let groups = groups(&params.was);
    if groups.iter().map(|(_, ids)| ids.len()).sum::<usize>() > MOST {
        return Err(Error::NotFound);
    }
    let undone = db.write(move |conn| take_back(conn, &params.what, &groups, &by));
    let n = undone.await?;
    Ok(redirect("/contacts").saying(format!("Taken back for {n}")))
}

/// `POST /contacts/restore?ids=1.2.3`: what bulk deletion offers to undo. Needs: delete contacts.
pub async fn restore_many(
    viewer: Can<DeleteContacts>,
    db: web::Data<Db>,
    request: HttpRequest,
    params: web::Query<UndoParams>,
) -> Result<Redirect> {
    let by = by(&viewer, &request);
    let groups = groups(&params.was);
    let undone = db.write(move |conn| take_back(conn, "delete", &groups, &by));
    let n = undone.await?;
    Ok(redirect("/contacts").saying(format!("Restored {n}")))
}

/// What a form asks for, if its sender may do it.
pub(super) fn kind(word: &str, access: &Access) -> Result<Kind> {
    match Kind::from_word(word) {
        Some(Kind::Delete) if !DeleteContacts::allows(access) => Err(Error::Forbidden(
            "Your role may change contacts, but not delete them.".to_owned(),
        )),
        Some(kind) => Ok(kind),
        None => Err(Error::Invalid("Nothing was chosen to do.".to_owned())),
    }
}

/// Contacts that are gone meanwhile are passed over; in a long run also those that cannot be changed so.
pub(super) fn change(
    conn: &mut Conn,
    ids: &[ContactId],
    act: &Act,
    by: &By,
    is_lenient: bool,
) -> std::result::Result<Vec<Before>, Refusal> {
    let mut before = Vec::new();
    let seen = seen::contacts(conn, &by.access, act.action(), ids.iter().copied())?;
    for id in ids.iter().filter(|id| seen.has(**id)) {
        let done = match act {
            Act::Owner(owner) => actions::set_owner(conn, *id, *owner, by).map(|contact| {
                (contact.owner_id != *owner)
                    .then(|| contact.owner_id.map_or_else(String::new, |o| o.to_string()))
            }),
            Act::Stage(stage) => actions::set_stage(conn, *id, *stage, by)
                .map(|contact| (contact.stage != *stage).then(|| contact.stage.to_string())),
            Act::Tag(name) => {
                actions::tag(conn, *id, name, by).map(|tag| tag.map(|tag| tag.to_string()))
            }
            Act::Delete => actions::delete(conn, *id, by).map(|_| Some(String::new())),
        };
        match done {
            Ok(Some(was)) => before.push((was, *id)),
            Ok(None) | Err(Refusal::Missing | Refusal::Merged(_)) => {}
            Err(Refusal::Invalid(_)) if is_lenient && !matches!(act, Act::Owner(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(before)
}

/// Gives a contact back what it had, unless it was changed by somebody else since.
pub(super) fn restore(
    conn: &mut Conn,
    id: ContactId,
    act: &Act,
    was: &str,
    by: &By,
) -> std::result::Result<bool, Refusal> {
    let is_as_left = match (act, store::find(conn, id)?) {
        (_, None) => false,
        (Act::Owner(owner), Some(contact)) => contact.owner_id == *owner,
        (Act::Stage(stage), Some(contact)) => contact.stage == *stage,
        (Act::Tag(_) | Act::Delete, Some(_)) => true,
    };
    if !is_as_left {
        return Ok(false);
    }
    let done = match act {
        Act::Owner(_) => actions::set_owner(conn, id, was.parse().ok(), by).map(|_| ()),
        Act::Stage(_) => match Stage::offered(was) {
            Some(stage) => actions::set_stage(conn, id, stage, by).map(|_| ()),
            None => Err(Refusal::Missing),
        },
        Act::Tag(_) => actions::untag(conn, id, TagId(was.parse().unwrap_or_default()), by),
        Act::Delete => actions::restore(conn, id, by).map(|_| ()),
    };
    match done {
        Ok(()) => Ok(true),
        // An owner who left cannot get it back.
        Err(Refusal::Missing | Refusal::Merged(_) | Refusal::Invalid(_)) => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

fn take_back(
    conn: &mut Conn,
    what: &str,
    groups: &[(String, Vec<ContactId>)],
    by: &By,
) -> std::result::Result<usize, Refusal> {
    let mut n = 0;
    let action = match what {
        "delete" => Action::Delete,
        _ => Action::Edit,
    };
    for (was, ids) in groups {
        let seen = seen::contacts(conn, &by.access, action, ids.iter().copied())?;
        for id in ids.iter().filter(|id| seen.has(**id)) {
            let done = match what {
                "owner" => actions::set_owner(conn, *id, was.parse().ok(), by).map(|_| ()),
                "stage" => match Stage::offered(was) {
                    Some(stage) => actions::set_stage(conn, *id, stage, by).map(|_| ()),
                    None => Ok(()),
                },
                "tag" => actions::untag(conn, *id, TagId(was.parse().unwrap_or_default()), by),
                "delete" => actions::restore(conn, *id, by).map(|_| ()),
                _ => return Err(Refusal::Missing),
            };
            match done {
                Ok(()) => n += 1,
                Err(Refusal::Missing | Refusal::Merged(_)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
    }
    Ok(n)
}

/// `value.id.id_value.id`: short enough for the cookie that carries it.
fn undo_path(what: &str, before: &[Before]) -> String {
    let mut before = before.to_vec();
    before.sort();
    let mut was = String::new();
    let mut last: Option<&str> = None;
    for (value, id) in &before {
        if last != Some(value.as_str()) {
            if last.is_some() {
                was.push('_');
            }
            was.push_str(value);
            last = Some(value);
        }
        was.push('.');
        was.push_str(&id.to_string());
    }
    let path = if what == "delete" {
        "/contacts/restore"
    } else {
        "/contacts/bulk/undo"
    };
    format!("{path}?what={what}&was={was}")
}

fn groups(was: &str) -> Vec<(String, Vec<ContactId>)> {
    was.split('_')
        .map(|group| {
            let mut parts = group.split('.');
            let value = parts.next().unwrap_or_default().to_owned();
            (value, parts.filter_map(|id| id.parse().ok()).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_survives_its_path() {
        let before = [
            ("lead".to_owned(), ContactId(3)),
            ("customer".to_owned(), ContactId(1)),
            ("lead".to_owned(), ContactId(2)),
        ];
        let path = undo_path("stage", &before);
        assert_eq!(
            path,
            "/contacts/bulk/undo?what=stage&was=customer.1_lead.2.3"
        );
        let was = path.rsplit('=').next().unwrap_or_default();
        assert_eq!(
            groups(was),
            [
                ("customer".to_owned(), vec![ContactId(1)]),
                ("lead".to_owned(), vec![ContactId(2), ContactId(3)]),
            ]
        );
        assert_eq!(groups(".5"), [(String::new(), vec![ContactId(5)])]);
    }
}
