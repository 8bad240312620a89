//! What people do with imports: hand in a file, say what goes where, start, take back, throw away.

use std::io::Read;

use encoding_rs::Encoding;

use super::head::{self, Kind};
use super::model::{
    Column, Conflict, Format, Import, MatchKey, Settings, State, Strictness, Twins,
};
use super::rows::Rows;
use super::target::Target;
use super::work::{Run, Undo, Who};
use super::workbook::{self, Workbook};
use super::{guess, store, vcard};
use crate::accounts::audit;
use crate::base::ids::ImportId;
use crate::contacts::fields::{self, FieldKind, NewField};
use crate::contacts::model::By;
use crate::contacts::refusal::Refusal;
use crate::db::Conn;
use crate::files::Files;
use crate::jobs;

/// Rows from which samples are taken.
const SAMPLED: usize = 40;
/// Values shown of a column.
const SHOWN: usize = 3;

/// How a person says that a file is to be read, where the guess was wrong.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Label of an encoding, or empty: guess.
    pub encoding: String,
    /// `,`, `;`, `tab`, `|`, or empty: guess.
    pub delimiter: String,
    /// Whether the first row names the columns; none: guess.
    pub has_header: Option<bool>,
    /// The place of a workbook's sheet; none: the first.
    pub sheet: Option<usize>,
}

/// What a file seems to be and where its columns are likely to go; or what is wrong with it. Reads its beginning.
pub fn look(
    files: &Files,
    key: &str,
    reading: &Reading,
    country: &str,
) -> Result<Settings, String> {
    let failed = |error: &dyn std::fmt::Display| format!("The file could not be read: {error}.");
    let open = || files.open_kept(key).map_err(|error| failed(&error));
    let mut bytes = Vec::new();
    open()?
        .take(head::LOOKED_AT as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    let looked = match head::kind(&bytes)? {
        Kind::Text => text(&bytes, reading),
        Kind::Workbook => {
            let sheet = reading.sheet.unwrap_or(0);
            let mut book = Workbook::open(open()?, sheet).map_err(|error| failed(&error))?;
            let mut rows = Vec::new();
            while rows.len() < SAMPLED + 20
                && let Some(row) = book.row().map_err(|error| failed(&error))?
            {
                // A workbook leaves empty rows out; they are counted all the same.
                rows.push(row.cells.unwrap_or_default());
            }
            let (above, guessed) = head::header(&rows, 0);
            let has_header = reading.has_header.unwrap_or(guessed);
            let format = Format::Workbook {
                sheet,
                above,
                has_header,
            };
            (format, rows, above, has_header)
        }
        Kind::Cards => return cards(open()?, &bytes, reading, country),
    };
    let (format, rows, above, has_header) = looked;
    let mut below = rows.iter().skip(above);
    let header = if has_header { below.next() } else { None };
    let data: Vec<Vec<String>> = below.take(SAMPLED).cloned().collect();
    if data.is_empty() && header.is_none() {
        return Err("There is no row in the file.".to_owned());
    }
    let widths = data.iter().map(Vec::len).chain(header.map(Vec::len));
    let names = head::column_names(header.map(Vec::as_slice), widths.max().unwrap_or(0));
    let targets = guess::targets(&names, &data);
    Ok(settings(format, &names, targets, &data, country))
}

/// Delimited text: how it is read, its first rows, how many stand above the header, whether there is one.
fn text(bytes: &[u8], reading: &Reading) -> (Format, Vec<Vec<String>>, usize, bool) {
    let chosen = Encoding::for_label(reading.encoding.as_bytes());
    let delimiter = match reading.delimiter.as_str() {
        "tab" => Some(b'\t'),
        sign => sign.bytes().next(),
    };
    let encoding = chosen.unwrap_or_else(|| head::encoding(bytes));
    let shape = head::shape_in(bytes, encoding, delimiter);
    let has_header = reading.has_header.unwrap_or(shape.has_header);
    let text = head::decoded(bytes, shape.encoding);
    let format = Format::Text {
        encoding: shape.encoding.name().to_owned(),
        delimiter: char::from(shape.delimiter),
        above: shape.above,
        has_header,
    };
    let rows = head::rows(&text, shape.delimiter);
    (format, rows, shape.above, has_header)
}

/// Contact cards say themselves what they hold.
fn cards(
    file: std::fs::File,
    bytes: &[u8],
    reading: &Reading,
    country: &str,
) -> Result<Settings, String> {
    let chosen = Encoding::for_label(reading.encoding.as_bytes());
    let encoding = chosen.unwrap_or_else(|| head::encoding(bytes));
    let format = Format::Cards {
        encoding: encoding.name().to_owned(),
    };
    let failed = |error: std::io::Error| format!("The file could not be read: {error}.");
    let mut rows = Rows::open(file, &format).map_err(failed)?;
    let rows = rows.take(SAMPLED).map_err(failed)?;
    let data: Vec<Vec<String>> = rows.into_iter().filter_map(|row| row.cells.ok()).collect();
    if data.is_empty() {
        return Err("There is no card in the file.".to_owned());
    }
    let names: Vec<String> = vcard::COLUMNS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    Ok(settings(format, &names, vcard::targets(), &data, country))
}

fn settings(
    format: Format,
    names: &[String],
    targets: Vec<Target>,
    rows: &[Vec<String>],
    country: &str,
) -> Settings {
    let keys = [
        (
            MatchKey::External,
            targets.iter().any(|t| matches!(t, Target::External(_))),
        ),
        (MatchKey::UserId, targets.contains(&Target::UserId)),
        (
            MatchKey::Email,
            targets.iter().any(|t| matches!(t, Target::Email(_))),
        ),
        (MatchKey::Phone, false),
    ];
    let mut keys: Vec<MatchKey> = keys
        .into_iter()
        .filter(|(_, is_there)| *is_there)
        .map(|(key, _)| key)
        .collect();
    if keys.is_empty() && targets.iter().any(|t| matches!(t, Target::Phone(_))) {
        keys.push(MatchKey::Phone);
    }
    Settings {
        format,
        columns: names
            .iter()
            .zip(targets)
            .enumerate()
            .map(|(at, (name, to))| Column {
                name: name.clone(),
                to,
                sample: sample(rows, at),
            })
            .collect(),
        keys,
        conflict: Conflict::Fill,
        twins: Twins::Skip,
        strictness: Strictness::Row,
        country: country.to_owned(),
        tag: String::new(),
        owner: None,
        is_mapped: false,
    }
}

/// A few different values of a column.
fn sample(rows: &[Vec<String>], at: usize) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for cell in rows.iter().filter_map(|row| row.get(at)) {
        let value = crate::base::text::line(cell, 60);
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
        if values.len() == SHOWN {
            break;
        }
    }
    values
}

/// Keeps a file that has arrived.
pub fn hand_in(
    conn: &mut Conn,
    name: &str,
    key: &str,
    size: i64,
    settings: &Settings,
    by: &By,
) -> Result<ImportId, Refusal> {
    let id = store::insert(conn, by.user, name, key, size, &words(settings)?, by.now)?;
    Ok(id)
}

/// Keeps what is to be done with a file. `new`: columns that become fields, declared here.
pub fn decide(
    conn: &mut Conn,
    id: ImportId,
    mut settings: Settings,
    new: &[(usize, FieldKind)],
    by: &By,
) -> Result<(), Refusal> {
    for (at, kind) in new {
        let Some(column) = settings.columns.get_mut(*at) else {
            continue;
        };
        let field = fields::declare(conn, &NewField::of_contact(&column.name, *kind), by);
        let field = field.map_err(|refusal| match refusal {
            Refusal::Invalid(_) => {
                Refusal::invalid("", format!("{}: {}", column.name, refusal.words()))
            }
            other => other,
        })?;
        column.to = Target::Trait(field.key);
    }
    check(&settings)?;
    reread(conn, id, &settings)
}

/// The sheets of a workbook: place and name; none of other files.
pub fn sheets(files: &Files, import: &Import) -> Vec<(String, String)> {
    let Format::Workbook { .. } = import.settings.format else {
        return Vec::new();
    };
    let names = files
        .open_kept(&import.file_key)
        .ok()
        .and_then(|file| workbook::sheets(file).ok())
        .unwrap_or_default();
    let names = names.into_iter().enumerate();
    names.map(|(at, name)| (at.to_string(), name)).collect()
}

/// Begins to write the rows.
pub fn start(conn: &mut Conn, id: ImportId, by: &By) -> Result<Import, Refusal> {
    let import = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    check(&import.settings)?;
    if !store::advance(
        conn,
        id,
        &[State::Draft, State::Failed],
        State::Running,
        by.now,
    )? {
        return Err(begun());
    }
    let run = Run {
        import: id,
        who: Who::from(by),
    };
    jobs::enqueue(conn, &run, by.now)?;
    audit::record(
        conn,
        &by.audited(),
        "import.started",
        Some(("import", id.0)),
        &import.name,
        by.now,
    )?;
    Ok(import)
}

/// Begins to take it back.
pub fn undo(conn: &mut Conn, id: ImportId, by: &By) -> Result<Import, Refusal> {
    let import = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    if !store::advance(
        conn,
        id,
        &[State::Done, State::Failed],
        State::Undoing,
        by.now,
    )? {
        return Err(Refusal::invalid(
            "",
            "Only an import that has ended can be taken back.",
        ));
    }
    let undo = Undo {
        import: id,
        who: Who::from(by),
    };
    jobs::enqueue(conn, &undo, by.now)?;
    audit::record(
        conn,
        &by.audited(),
        "import.undone",
        Some(("import", id.0)),
        &import.name,
        by.now,
    )?;
    Ok(import)
}

/// Throws a file away that was not imported; its key, so that its bytes go too.
pub fn discard(conn: &mut Conn, id: ImportId) -> Result<String, Refusal> {
    let import = store::find(conn, id)?.ok_or(Refusal::Missing)?;
    if import.state != State::Draft {
        return Err(begun());
    }
    store::delete(conn, id)?;
    Ok(import.file_key)
}

fn check(settings: &Settings) -> Result<(), Refusal> {
    let goes = |is: fn(&Target) -> bool| settings.columns.iter().any(|column| is(&column.to));
    let names = |t: &Target| {
        use crate::contacts::model::Field::{FamilyName, GivenName, Name};
        matches!(
            t,
            Target::Email(_)
                | Target::Phone(_)
                | Target::UserId
                | Target::Fact(Name | GivenName | FamilyName)
        )
    };
    if !goes(names) {
        return Err(Refusal::invalid(
            "",
            "Say which column holds the name, the e-mail address or the phone number: one of them is needed.",
        ));
    }
    let mut seen: Vec<&Target> = Vec::new();
    for column in &settings.columns {
        if !column.to.takes_several() && seen.contains(&&column.to) {
            return Err(Refusal::invalid(
                "",
                format!(
                    "Two columns go to “{}”. Choose another place for one of them.",
                    column.to.label()
                ),
            ));
        }
        seen.push(&column.to);
    }
    for key in &settings.keys {
        let is_there = match key {
            MatchKey::Email => goes(|t| matches!(t, Target::Email(_))),
            MatchKey::Phone => goes(|t| matches!(t, Target::Phone(_))),
            MatchKey::UserId => goes(|t| *t == Target::UserId),
            MatchKey::External => goes(|t| matches!(t, Target::External(_))),
        };
        if !is_there {
            return Err(Refusal::invalid(
                "key",
                format!(
                    "No column goes to “{}”, so nobody can be recognised by it.",
                    key.label()
                ),
            ));
        }
    }
    Ok(())
}

fn begun() -> Refusal {
    Refusal::invalid("", "This import has begun already.")
}

fn words(settings: &Settings) -> Result<String, Refusal> {
    serde_json::to_string(settings)
        .map_err(|error| Refusal::Query(diesel::result::Error::SerializationError(error.into())))
}

/// Keeps what another way of reading found.
pub fn reread(conn: &mut Conn, id: ImportId, settings: &Settings) -> Result<(), Refusal> {
    if store::set_settings(conn, id, &words(settings)?)? {
        Ok(())
    } else {
        Err(begun())
    }
}
