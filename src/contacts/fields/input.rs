//! The control in which a value is typed, by type: in a record, in a form.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use serde_json::Value;

use super::values::Given;
use super::{Field, FieldKind, Piece, Ways};
use crate::web::Errors;

/// What a control is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    /// `text`, `lines`, `date`, `datetime-local`, `choice` or `choices`.
    pub sort: &'static str,
    /// Keyboard of a phone.
    pub keyboard: &'static str,
    /// What can be chosen: value, words, whether it is.
    pub choices: Vec<(String, String, bool)>,
}

impl Input {
    /// A line of text.
    pub fn line() -> Self {
        Self {
            sort: "text",
            keyboard: "text",
            choices: Vec::new(),
        }
    }
}

/// A control on a page, without its label.
#[derive(Template)]
#[template(path = "contacts/_input.html")]
pub struct InputTag<'a> {
    /// Id of the element.
    pub id: String,
    /// Name in the form.
    pub name: &'a str,
    /// For those who hear it; empty where a label stands above.
    pub label: &'a str,
    /// What stands in it.
    pub typed: &'a str,
    /// What is wrong with it.
    pub error: &'a str,
    /// Its make.
    pub input: &'a Input,
}

impl HtmlSafe for InputTag<'_> {}

/// A value on a page.
#[derive(Template)]
#[template(path = "contacts/_value.html")]
pub struct ValueTag<'a> {
    /// Its words.
    pub pieces: &'a [Piece],
    /// Whether it does not read as what its field holds.
    pub is_odd: &'a bool,
}

impl HtmlSafe for ValueTag<'_> {}

/// A field in a form, with its label and its error.
#[derive(Debug, Clone, Template)]
#[template(path = "contacts/_form_field.html")]
pub struct FormField {
    /// Name in the form.
    pub name: String,
    /// For people.
    pub label: String,
    /// Whether it may stay empty.
    pub is_optional: bool,
    /// What stands in it.
    pub typed: String,
    /// What stood there when the form was made.
    pub was: String,
    /// What is wrong with it.
    pub error: String,
    /// Its make.
    pub input: Input,
}

impl HtmlSafe for FormField {}

impl FormField {
    /// The control alone.
    pub fn control(&self) -> InputTag<'_> {
        InputTag {
            id: format!("f-{}", self.name),
            name: &self.name,
            label: if self.is_group() { &self.label } else { "" },
            typed: &self.typed,
            error: &self.error,
            input: &self.input,
        }
    }

    /// Whether it is a group of boxes.
    pub fn is_group(&self) -> bool {
        self.input.sort == "choices"
    }
}

impl Field {
    /// Its name in forms.
    pub fn input_name(&self) -> String {
        format!("field_{}", self.id)
    }

    /// Its control with `typed` in it.
    pub fn input(&self, typed: &str, ways: &Ways) -> Input {
        let (sort, keyboard) = match self.kind {
            FieldKind::LongText => ("lines", "text"),
            // A browser's picker shows nothing of what is no day.
            FieldKind::Date if is_plain_day(typed) => ("date", "text"),
            FieldKind::DateTime if is_plain_moment(typed) => ("datetime-local", "text"),
            FieldKind::YesNo | FieldKind::Select | FieldKind::User => ("choice", "text"),
            FieldKind::MultiSelect => ("choices", "text"),
            FieldKind::Number | FieldKind::Money => ("text", "decimal"),
            FieldKind::Url => ("text", "url"),
            FieldKind::Email => ("text", "email"),
            FieldKind::Phone => ("text", "tel"),
            _ => ("text", "text"),
        };
        Input {
            sort,
            keyboard,
            choices: self.choices(typed, ways),
        }
    }

    /// What can be chosen. A value that is none of them stands there too, so that saving the form does not lose it.
    fn choices(&self, typed: &str, ways: &Ways) -> Vec<(String, String, bool)> {
        let chosen: Vec<&str> = match self.kind {
            FieldKind::MultiSelect => typed.split([',', '\n']).map(str::trim).collect(),
            _ => vec![typed.trim()],
        };
        let pair = |value: String, words: String| {
            let is_on = chosen.contains(&value.as_str());
            (value, words, is_on)
        };
        let mut choices: Vec<(String, String, bool)> = match self.kind {
            FieldKind::YesNo => vec![
                pair("yes".to_owned(), "Yes".to_owned()),
                pair("no".to_owned(), "No".to_owned()),
            ],
            FieldKind::Select | FieldKind::MultiSelect => self
                .options
                .iter()
                .map(|option| pair(option.value.clone(), option.label.clone()))
                .collect(),
            FieldKind::User => ways
                .people
                .iter()
                .map(|who| pair(who.id.to_string(), who.name.clone()))
                .collect(),
            _ => return Vec::new(),
        };
        let other = typed.trim();
        let is_known = choices.iter().any(|(.., is_on)| *is_on);
        if !other.is_empty() && !is_known {
            choices.insert(0, (other.to_owned(), other.to_owned(), true));
        }
        choices
    }

    /// Itself in a form, where the record shows `now`, and `sent` came back with what is wrong with it.
    pub fn form(
        &self,
        now: Option<&str>,
        sent: &BTreeMap<String, String>,
        error: &str,
        ways: &Ways,
    ) -> FormField {
        let name = self.input_name();
        let now = now.map_or_else(String::new, |json| self.typed(json, ways));
        let was = sent.get(&format!("was_{name}"));
        // What the editor left alone follows what others saved meanwhile.
        let own = sent.get(&name).filter(|own| Some(*own) != was);
        let typed = own.map_or_else(|| now.clone(), |own| own.trim().to_owned());
        FormField {
            label: self.label.clone(),
            is_optional: !self.is_required,
            input: self.input(&typed, ways),
            error: error.to_owned(),
            typed,
            was: now,
            name,
        }
    }

    /// What a form gives it, if it stood in the form.
    pub fn given(&self, sent: &BTreeMap<String, String>) -> Option<Given> {
        let name = self.input_name();
        Some(Given {
            to: Value::String(sent.get(&name)?.clone()),
            was: sent.get(&format!("was_{name}")).cloned(),
            field: self.clone(),
        })
    }
}

impl Given {
    /// Whether anything was typed.
    pub fn is_something(&self) -> bool {
        self.to
            .as_str()
            .is_none_or(|typed| !typed.trim().is_empty())
    }
}

/// What is missing in the form of a new record.
pub fn required(fields: &[Field], sent: &BTreeMap<String, String>) -> Errors {
    let mut errors = Errors::new();
    for field in fields.iter().filter(|field| field.is_required) {
        let is_there = field.given(sent).is_some_and(|given| given.is_something());
        if !is_there {
            errors.add(
                &field.input_name(),
                format!("{} must be filled in.", field.label),
            );
        }
    }
    errors
}

/// The fields that a reader sees in the form of a new record: those that must be filled in, and the others.
pub fn in_form(
    fields: &[Field],
    sent: &BTreeMap<String, String>,
    errors: &Errors,
    ways: &Ways,
) -> (Vec<FormField>, Vec<FormField>) {
    let seen = fields.iter().filter(|field| ways.see(field));
    let control = |field: &Field| field.form(None, sent, errors.of(&field.input_name()), ways);
    seen.map(control).partition(|control| !control.is_optional)
}

/// The fields of a form; what occurs several times stands on several lines.
pub fn joined(pairs: Vec<(String, String)>) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        joined
            .entry(name)
            .and_modify(|before| {
                before.push('\n');
                before.push_str(&value);
            })
            .or_insert(value);
    }
    joined
}

fn is_plain_day(typed: &str) -> bool {
    typed.is_empty() || chrono::NaiveDate::parse_from_str(typed, "%Y-%m-%d").is_ok()
}

fn is_plain_moment(typed: &str) -> bool {
    typed.is_empty() || chrono::NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M").is_ok()
}
