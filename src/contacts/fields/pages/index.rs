//! The list of fields, and the small things that are done in it.

use actix_web::{HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::PATH;
use super::rules::{self, Detail};
use crate::accounts::Can;
use crate::accounts::rights::ManageFields;
use crate::base::ids::TraitKeyId;
use crate::contacts::fields::sample::{self, Undeclared};
use crate::contacts::fields::{Field, Object, change, store};
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::db::Db;
use crate::web::{Error, Page, Redirect, Result, number, path_id, redirect};

/// Undeclared keys on one page.
const PAGE: i64 = 50;

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    of: String,
    after: String,
}

/// Fields under one heading.
struct Group {
    name: String,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "contacts/fields.html")]
pub struct FieldsPage {
    object: Object,
    groups: Vec<Group>,
    retired: Vec<Field>,
    undeclared: Vec<Undeclared>,
    details: Vec<Detail>,
    rules: Vec<(String, String)>,
    looked_at: String,
    first: String,
    next: String,
}

impl FieldsPage {
    #[expect(clippy::unused_self, reason = "a template calls it on its page")]
    fn at(&self, field: &Field, verb: &str) -> String {
        format!("{PATH}/{}/{verb}", field.id)
    }

    fn new_href(&self) -> String {
        format!("{PATH}/new?of={}", self.object)
    }

    fn declare_href(&self, key: &Undeclared) -> String {
        let query = serde_urlencoded::to_string([
            ("of", self.object.word()),
            ("key", &key.key),
            ("label", &key.label),
            ("kind", key.guess.word()),
        ]);
        format!("{PATH}/new?{}", query.unwrap_or_default())
    }

    #[expect(clippy::unused_self, reason = "a template calls it on its page")]
    fn examples(&self, key: &Undeclared) -> String {
        key.examples.join(", ")
    }

    fn is_of(&self, word: &str) -> bool {
        self.object.word() == word
    }
}

/// `GET /settings/fields`. Needs: change fields.
pub async fn index(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<FieldsPage>> {
    let object = Object::from_word(&params.of).unwrap_or(Object::Contact);
    let after = params.after.clone();
    let page = db
        .read(move |conn| {
            let every = store::every(conn, object)?;
            let undeclared = sample::undeclared(conn, object, &after, PAGE + 1)?;
            let mut page = page(object, every, undeclared, &after);
            if object == Object::Contact {
                page.details = rules::details(conn)?;
                page.rules = rules::choices(conn)?;
            }
            Ok::<_, diesel::result::Error>(page)
        })
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

fn page(
    object: Object,
    every: Vec<Field>,
    mut undeclared: Vec<Undeclared>,
    after: &str,
) -> FieldsPage {
    let has_more = undeclared.len() as i64 > PAGE;
    undeclared.truncate(PAGE as usize);
    let last = undeclared.last().filter(|_| has_more);
    let next = last.map_or_else(String::new, |last| {
        let query = [("of", object.word()), ("after", &last.key)];
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        format!("{PATH}?{query}")
    });
    let (live, retired): (Vec<Field>, Vec<Field>) = every.into_iter().partition(Field::is_live);
    let mut groups: Vec<Group> = Vec::new();
    for field in live {
        let name = if field.group.is_empty() {
            "Fields"
        } else {
            &field.group
        };
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.fields.push(field),
            None => groups.push(Group {
                name: name.to_owned(),
                fields: vec![field],
            }),
        }
    }
    FieldsPage {
        object,
        groups,
        retired,
        undeclared,
        details: Vec::new(),
        rules: Vec::new(),
        looked_at: number(sample::LOOKED_AT),
        first: if after.is_empty() {
            String::new()
        } else {
            format!("{PATH}?of={object}")
        },
        next,
    }
}

/// `POST /settings/fields/{id}/{verb}`: up, down, retire, restore. Needs: change fields.
pub async fn act(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<Redirect> {
    let id: TraitKeyId = path_id(&path.0)?;
    let verb = path.into_inner().1;
    let by = by(&viewer, &request);
    let asked = verb.clone();
    let done = db
        .write(move |conn| {
            match asked.as_str() {
                "up" | "down" => change::shift(conn, id, asked == "up", &by)?,
                "retire" | "restore" => {
                    change::retire(conn, id, asked == "retire", &by)?;
                }
                _ => return Err(Refusal::Missing),
            }
            store::find(conn, id)?.ok_or(Refusal::Missing)
        })
        .await;
    let field = done.map_err(Error::from)?;
    let back = redirect(format!("{PATH}?of={}", field.object));
    Ok(match verb.as_str() {
        "retire" => back
            .saying(format!(
                "{} is out of use; its values are kept",
                field.label
            ))
            .undo(format!("{PATH}/{id}/restore")),
        "restore" => back.saying(format!("{} is back in use", field.label)),
        _ => back.saying("Order saved"),
    })
}
