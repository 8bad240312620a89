//! Making a field and changing it.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::{PATH, rules};
use crate::accounts::rights::ManageFields;
use crate::accounts::{Can, Viewer};
use crate::base::ids::TraitKeyId;
use crate::base::money::Currency;
use crate::contacts::fields::change::{self, Changes};
use crate::contacts::fields::settling::{Fault, Faults};
use crate::contacts::fields::{Field, FieldKind, FieldOption, NewField, Object, actions, store};
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::rules as kept;
use crate::contacts::survivorship::Rule;
use crate::db::{Conn, Db};
use crate::web::{Error, Errors, Form, Page, Redirect, Result, number, path_id, redirect};

/// Rows for further options.
const BLANK: usize = 3;

/// What is typed. Options come as rows of four, and more of them as lines.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    of: String,
    key: String,
    label: String,
    kind: String,
    group: String,
    currency: String,
    is_required: String,
    is_unique: String,
    is_sensitive: String,
    rule: String,
    options: String,
    option_place: Vec<String>,
    option_value: Vec<String>,
    option_label: Vec<String>,
    option_tone: Vec<String>,
}

impl Typed {
    fn of(field: &Field, rule: Rule) -> Self {
        let flag = |is_on: bool| {
            if is_on {
                "true".to_owned()
            } else {
                String::new()
            }
        };
        Self {
            of: field.object.to_string(),
            key: field.key.clone(),
            label: field.label.clone(),
            kind: field.kind.to_string(),
            group: field.group.clone(),
            currency: field.currency.code().to_owned(),
            is_required: flag(field.is_required),
            is_unique: flag(field.is_unique),
            is_sensitive: flag(field.is_sensitive),
            rule: rules::word(rule),
            ..Self::default()
        }
    }

    fn object(&self) -> Object {
        Object::from_word(&self.of).unwrap_or(Object::Contact)
    }

    fn currency(&self) -> Currency {
        Currency::parse(&self.currency).unwrap_or(Currency::EUR)
    }

    /// The rows by their places, then the lines.
    fn options(&self) -> Vec<FieldOption> {
        let at = |list: &[String], n: usize| list.get(n).cloned().unwrap_or_default();
        let mut rows: Vec<(i64, FieldOption)> = (0..self.option_label.len())
            .map(|n| {
                let place = at(&self.option_place, n).trim().parse().unwrap_or(i64::MAX);
                let option = FieldOption {
                    value: at(&self.option_value, n),
                    label: at(&self.option_label, n),
                    tone: at(&self.option_tone, n),
                };
                (place, option)
            })
            // A row whose name was emptied is taken out.
            .filter(|(_, option)| !option.label.trim().is_empty())
            .collect();
        rows.sort_by_key(|(place, _)| *place);
        let line = |label: &str| FieldOption {
            value: String::new(),
            label: label.trim().to_owned(),
            tone: String::new(),
        };
        let rows = rows.into_iter().map(|(_, option)| option);
        rows.chain(self.options.lines().map(line)).collect()
    }
}

/// A row of the options.
struct OptionRow {
    place: String,
    option: FieldOption,
}

#[derive(Template)]
#[template(path = "contacts/field.html")]
pub struct FieldPage {
    field: Option<Field>,
    typed: Typed,
    errors: Errors,
    kinds: Vec<(&'static str, &'static str)>,
    groups: Vec<(String, String)>,
    currencies: Vec<(String, String)>,
    rules: Vec<(String, String)>,
    rows: Vec<OptionRow>,
    tones: &'static [(&'static str, &'static str)],
    faults: Faults,
}

/// Tones of options.
const TONES: &[(&str, &str)] = &[
    ("", "Grey"),
    ("accent", "Blue"),
    ("teal", "Teal"),
    ("green", "Green"),
    ("amber", "Amber"),
    ("red", "Red"),
    ("violet", "Violet"),
];

impl FieldPage {
    fn object(&self) -> Object {
        self.typed.object()
    }

    fn action(&self) -> String {
        match &self.field {
            Some(field) => format!("{PATH}/{}", field.id),
            None => PATH.to_owned(),
        }
    }

    fn back(&self) -> String {
        format!("{PATH}?of={}", self.object())
    }

    fn has_options(&self) -> bool {
        self.field
            .as_ref()
            .is_none_or(|field| field.kind.has_options())
    }

    fn has_currency(&self) -> bool {
        self.field
            .as_ref()
            .is_none_or(|field| field.kind == FieldKind::Money)
    }

    fn can_be_unique(&self) -> bool {
        self.field
            .as_ref()
            .is_none_or(|field| field.kind.can_be_unique())
    }

    fn fault_count(&self) -> String {
        number(self.faults.count)
    }

    fn record_href(&self, fault: &Fault) -> String {
        format!("/{}/{}", self.object().plural(), fault.record)
    }

    fn read(
        conn: &mut Conn,
        field: Option<Field>,
        typed: Typed,
        errors: Errors,
    ) -> diesel::QueryResult<Self> {
        let every = store::every(conn, typed.object())?;
        let mut groups: Vec<(String, String)> = Vec::new();
        for field in every {
            let pair = (field.group, String::new());
            if !pair.0.is_empty() && !groups.contains(&pair) {
                groups.push(pair);
            }
        }
        let rules = rules::choices(conn)?;
        let options = match &field {
            Some(field) if typed.option_label.is_empty() => field.options.clone(),
            _ => Vec::new(),
        };
        let given = typed
            .options()
            .into_iter()
            .filter(|_| !typed.option_label.is_empty());
        let blank = FieldOption {
            value: String::new(),
            label: String::new(),
            tone: String::new(),
        };
        let rows = options
            .into_iter()
            .chain(given)
            .chain(vec![blank; if field.is_some() { BLANK } else { 0 }])
            .zip(1..)
            .map(|(option, place)| OptionRow {
                place: if option.label.is_empty() {
                    String::new()
                } else {
                    place.to_string()
                },
                option,
            });
        let faults = field.as_ref().and_then(|field| field.faults.as_deref());
        let faults = faults.and_then(|json| serde_json::from_str(json).ok());
        Ok(Self {
            rows: rows.collect(),
            faults: faults.unwrap_or_default(),
            kinds: FieldKind::choices(),
            currencies: Currency::all()
                .iter()
                .map(|currency| (currency.code().to_owned(), currency.code().to_owned()))
                .collect(),
            tones: TONES,
            groups,
            rules,
            field,
            typed,
            errors,
        })
    }
}

/// `GET /settings/fields/new`. Needs: change fields.
pub async fn new(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    typed: web::Query<Typed>,
) -> Result<Page<FieldPage>> {
    let typed = Typed {
        currency: Currency::EUR.code().to_owned(),
        ..typed.into_inner()
    };
    page(&viewer, &db, None, typed, Errors::new()).await
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    field: Option<Field>,
    typed: Typed,
    errors: Errors,
) -> Result<Page<FieldPage>> {
    let page = db
        .read(move |conn| FieldPage::read(conn, field, typed, errors))
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

/// `POST /settings/fields`. Needs: change fields.
pub async fn create(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    request: HttpRequest,
    Form(typed): Form<Typed>,
) -> Result<Either<Page<FieldPage>, Redirect>> {
    let by = by(&viewer, &request);
    let sent = typed.clone();
    let done = db
        .write(move |conn| {
            let kind = FieldKind::from_word(&sent.kind)
                .ok_or_else(|| Refusal::invalid("kind", "Choose a type."))?;
            let new = NewField {
                object: sent.object(),
                key: sent.key.clone(),
                label: sent.label.clone(),
                kind,
                group: sent.group.clone(),
                options: sent.options(),
                currency: sent.currency(),
                is_required: !sent.is_required.is_empty(),
                is_unique: !sent.is_unique.is_empty(),
                is_sensitive: !sent.is_sensitive.is_empty(),
            };
            actions::declare(conn, &new, &by)
        })
        .await;
    match done {
        Ok(field) => {
            let back = redirect(format!("{PATH}?of={}", field.object));
            Ok(Either::Right(back.saying(format!("{} added", field.label))))
        }
        Err(Refusal::Invalid(errors)) => {
            let page = page(&viewer, &db, None, typed, errors).await?;
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /settings/fields/{id}`. Needs: change fields.
pub async fn edit(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<Page<FieldPage>> {
    let id: TraitKeyId = path_id(&path)?;
    let (field, rule) = one(&db, id).await?;
    let typed = Typed::of(&field, rule);
    page(&viewer, &db, Some(field), typed, Errors::new()).await
}

async fn one(db: &Db, id: TraitKeyId) -> Result<(Field, Rule)> {
    db.read(move |conn| {
        let field = store::find(conn, id)?.ok_or(Error::NotFound)?;
        Ok((field, kept::load(conn)?.rule(id.0)))
    })
    .await
}

/// `POST /settings/fields/{id}`. Needs: change fields.
pub async fn save(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Either<Page<FieldPage>, Redirect>> {
    let id: TraitKeyId = path_id(&path)?;
    let by = by(&viewer, &request);
    let (field, _) = one(&db, id).await?;
    let changes = Changes {
        label: typed.label.clone(),
        group: typed.group.clone(),
        options: typed.options(),
        currency: Currency::parse(&typed.currency).unwrap_or(field.currency),
        is_required: !typed.is_required.is_empty(),
        is_unique: !typed.is_unique.is_empty(),
        is_sensitive: !typed.is_sensitive.is_empty(),
        rule: rules::read(&typed.rule),
    };
    let done = db
        .write(move |conn| change::change(conn, id, &changes, &by))
        .await;
    match done {
        Ok(()) => {
            let back = redirect(format!("{PATH}?of={}", field.object));
            Ok(Either::Right(back.saying("Field saved")))
        }
        Err(Refusal::Invalid(errors)) => {
            let typed = Typed {
                of: field.object.to_string(),
                ..typed
            };
            let page = page(&viewer, &db, Some(field), typed, errors).await?;
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /settings/fields/{id}/type`: asks for another type. Needs: change fields.
pub async fn kind(
    viewer: Can<ManageFields>,
    db: web::Data<Db>,
    request: HttpRequest,
    path: web::Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Either<Page<FieldPage>, Redirect>> {
    let id: TraitKeyId = path_id(&path)?;
    let by = by(&viewer, &request);
    let wanted = typed.kind.clone();
    let done = db
        .write(move |conn| {
            let kind = FieldKind::from_word(&wanted)
                .ok_or_else(|| Refusal::invalid("kind", "Choose a type."))?;
            change::want_kind(conn, id, kind, &by)
        })
        .await;
    match done {
        Ok(()) => {
            let back = redirect(format!("{PATH}/{id}"));
            let said = "Every value is looked at; the type changes once all of them read";
            Ok(Either::Right(back.saying(said)))
        }
        Err(Refusal::Invalid(errors)) => {
            let (field, rule) = one(&db, id).await?;
            let typed = Typed::of(&field, rule);
            let page = page(&viewer, &db, Some(field), typed, errors).await?;
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
