//! Where the columns of a file go.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, web};
use askama::Template;
use tokio::task::spawn_blocking;

use super::import;
use crate::accounts::rights::{ImportContacts, ManageFields, Right};
use crate::accounts::{Can, Viewer};
use crate::base::{country, text};
use crate::contacts::fields::{self, FieldKind, Object};
use crate::contacts::import::actions::{self, Reading};
use crate::contacts::import::model::{
    Conflict, Format, Import, MatchKey, Settings, State, Strictness, Twins,
};
use crate::contacts::import::target::Target;
use crate::contacts::pages::by;
use crate::contacts::refusal::Refusal;
use crate::contacts::store as people;
use crate::db::Db;
use crate::files::Files;
use crate::web::{Error, Errors, Form, Page, Redirect, Result, redirect};

#[derive(Template)]
#[template(path = "contacts/imports/columns.html")]
pub struct ColumnsPage {
    import: Import,
    lines: Vec<Line>,
    empty: Vec<String>,
    errors: Errors,
    owners: Vec<(String, String)>,
    keys: Vec<(MatchKey, bool)>,
    owner: String,
    encoding: String,
    delimiter: String,
    has_header: bool,
    sheets: Vec<(String, String)>,
    sheet: String,
    fields: Vec<(String, String)>,
}

struct Line {
    at: usize,
    name: String,
    sample: String,
    to: String,
    own: Vec<(String, String)>,
}

/// What any column can be, for a select.
fn offered() -> Vec<(String, String)> {
    let pair = |target: &Target| (target.word(), target.label());
    Target::offered().iter().map(pair).collect()
}

/// `GET /imports/{id}/columns`. Needs: import contacts.
pub async fn form(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<String>,
) -> Result<Either<Page<ColumnsPage>, Redirect>> {
    let import = import(&db, &path).await?;
    if import.state != State::Draft {
        return Ok(Either::Right(redirect(format!("/imports/{}", import.id))));
    }
    Ok(Either::Left(
        page(&viewer, &db, &files, import, Errors::new()).await?,
    ))
}

/// `POST /imports/{id}/columns`. Needs: import contacts.
pub async fn save(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    request: HttpRequest,
    path: web::Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<Either<Page<ColumnsPage>, Redirect>> {
    let mut import = import(&db, &path).await?;
    let settings = typed(&import.settings, &form.0);
    let (id, wanted) = (import.id, settings.clone());
    let new = if ManageFields::allows(&viewer.access) {
        new_fields(&import.settings, &form.0)
    } else {
        Vec::new()
    };
    let by = by(&viewer, &request);
    match db
        .write(move |conn| actions::decide(conn, id, wanted, &new, &by))
        .await
    {
        Ok(()) => Ok(Either::Right(redirect(format!("/imports/{id}/preview")))),
        Err(Refusal::Invalid(errors)) if import.state == State::Draft => {
            import.settings = settings;
            let page = page(&viewer, &db, &files, import, errors).await?;
            Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Columns that are to become fields, with their types.
fn new_fields(settings: &Settings, form: &[(String, String)]) -> Vec<(usize, FieldKind)> {
    let asked = form.iter().filter_map(|(name, value)| {
        let at: usize = name.strip_prefix("to.")?.parse().ok()?;
        let kind = FieldKind::from_word(value.strip_prefix("new:")?)?;
        (at < settings.columns.len() && !kind.has_options()).then_some((at, kind))
    });
    asked.collect()
}

/// What the form says, over what was there.
fn typed(before: &Settings, form: &[(String, String)]) -> Settings {
    let mut settings = before.clone();
    let value = |name: &str| {
        let found = form.iter().rev().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    for (at, column) in settings.columns.iter_mut().enumerate() {
        let word = value(&format!("to.{at}"));
        if !word.is_empty() && !word.starts_with("new:") {
            column.to = Target::from_word(word);
        }
    }
    let keys = form.iter().filter(|(field, _)| field == "key");
    settings.keys = keys
        .filter_map(|(_, word)| MatchKey::from_word(word))
        .collect();
    settings.keys.sort_by_key(|key| match key {
        MatchKey::External => 0,
        MatchKey::UserId => 1,
        MatchKey::Email => 2,
        MatchKey::Phone => 3,
    });
    settings.conflict = Conflict::from_word(value("conflict")).unwrap_or(before.conflict);
    settings.twins = Twins::from_word(value("twins")).unwrap_or(before.twins);
    settings.strictness = Strictness::from_word(value("strictness")).unwrap_or(before.strictness);
    value("country").clone_into(&mut settings.country);
    settings.tag = text::line(value("tag"), 60);
    settings.owner = value("owner").parse().ok();
    settings.is_mapped = true;
    settings
}

/// `POST /imports/{id}/reading`: the file is read another way. Needs: import contacts.
pub async fn read_again(
    viewer: Can<ImportContacts>,
    db: web::Data<Db>,
    files: web::Data<Files>,
    path: web::Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<Either<Page<ColumnsPage>, Redirect>> {
    let import = import(&db, &path).await?;
    let value = |name: &str| {
        let found = form.0.iter().rev().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let reading = Reading {
        encoding: value("encoding"),
        delimiter: value("delimiter"),
        has_header: Some(!value("has_header").is_empty()),
        sheet: value("sheet").parse().ok(),
    };
    let id = import.id;
    let (kept, key) = (files.clone(), import.file_key.clone());
    let country = import.settings.country.clone();
    let looked = spawn_blocking(move || actions::look(&kept, &key, &reading, &country));
    let looked = looked.await.map_err(Error::internal)?;
    let back = redirect(format!("/imports/{id}/columns"));
    let settings = match looked {
        Ok(settings) => settings,
        Err(why) => {
            let page = page(&viewer, &db, &files, import, Errors::one("", why)).await?;
            return Ok(Either::Left(page.status(StatusCode::UNPROCESSABLE_ENTITY)));
        }
    };
    db.write(move |conn| actions::reread(conn, id, &settings))
        .await?;
    Ok(Either::Right(back.saying("Read again")))
}

/// The sheets of a workbook; where they are said may lie behind a lot that has to be read first.
async fn sheets(files: &Files, import: &Import) -> Result<Vec<(String, String)>> {
    let (kept, own) = (files.clone(), import.clone());
    let sheets = spawn_blocking(move || actions::sheets(&kept, &own));
    sheets.await.map_err(Error::internal)
}

async fn page(
    viewer: &Viewer,
    db: &Db,
    files: &Files,
    import: Import,
    errors: Errors,
) -> Result<Page<ColumnsPage>> {
    let (owners, declared) = db
        .read(|conn| {
            let declared = fields::all(conn, Object::Contact)?;
            Ok::<_, diesel::result::Error>((people::owners(conn)?, declared))
        })
        .await?;
    let declared: Vec<(String, String)> = declared
        .into_iter()
        .map(|field| (Target::Trait(field.key).word(), field.label))
        .collect();
    let may_declare = ManageFields::allows(&viewer.access);
    let sheets = sheets(files, &import).await?;
    let settings = &import.settings;
    let (lines, empty) = lines(settings, &declared, may_declare);
    let (encoding, delimiter, has_header) = match settings.format.clone() {
        Format::Text {
            encoding,
            delimiter,
            has_header,
            ..
        } => (
            encoding,
            delimiter.to_string().replace('\t', "tab"),
            has_header,
        ),
        Format::Workbook { has_header, .. } => (String::new(), String::new(), has_header),
        Format::Cards { encoding } => (encoding, String::new(), false),
    };
    let sheet = match settings.format {
        Format::Workbook { sheet, .. } => sheet.to_string(),
        _ => String::new(),
    };
    let page = ColumnsPage {
        lines,
        empty,
        errors,
        owners: owners
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        keys: MatchKey::ALL
            .iter()
            .map(|key| (*key, settings.keys.contains(key)))
            .collect(),
        owner: settings
            .owner
            .map(|owner| owner.to_string())
            .unwrap_or_default(),
        encoding,
        delimiter,
        sheets,
        sheet,
        fields: declared,
        has_header,
        import,
    };
    Ok(Page::new(viewer.shell(), page))
}

/// A line for each column with what it may become, and the names of those without a value.
fn lines(
    settings: &Settings,
    declared: &[(String, String)],
    may_declare: bool,
) -> (Vec<Line>, Vec<String>) {
    let (mut lines, mut empty) = (Vec::new(), Vec::new());
    for (at, column) in settings.columns.iter().enumerate() {
        // A column without a value in the first rows is only named, unless it has a place.
        if column.sample.is_empty() && column.to == Target::Skip {
            empty.push(column.name.clone());
            continue;
        }
        let own = Target::Trait(key_of(&column.name));
        let mut extra = vec![(own.word(), format!("Keep as “{}”", own.label()))];
        if may_declare {
            let new = |(kind, words): (&str, &str)| {
                (
                    format!("new:{kind}"),
                    format!("New field “{}”, {words}", own.label()),
                )
            };
            extra.extend(
                [
                    ("text", "text"),
                    ("number", "number"),
                    ("date", "date"),
                    ("yes_no", "yes or no"),
                    ("url", "web address"),
                ]
                .map(new),
            );
        }
        let word = column.to.word();
        let is_known = column.to == own
            || Target::offered().contains(&column.to)
            || declared.iter().any(|(known, _)| *known == word);
        if !is_known {
            extra.push((column.to.word(), column.to.label()));
        }
        lines.push(Line {
            at,
            name: column.name.clone(),
            sample: column.sample.join(" · "),
            to: column.to.word(),
            own: extra,
        });
    }
    (lines, empty)
}

/// The key under which a column is kept as it is: `Lead Source` → `lead_source`.
fn key_of(name: &str) -> String {
    let plain: String = text::fold(name)
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let key = plain.split_whitespace().collect::<Vec<_>>().join("_");
    text::cut(&key, 80).to_owned()
}
