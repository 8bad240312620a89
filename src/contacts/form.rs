//! The form in which all facts of a record are edited at once, a contact's or a company's. Each field carries what it
//! said when the form was made: what the editor did not touch is left alone, and what somebody else changed meanwhile
//! is shown before it is overwritten.

use std::collections::BTreeMap;

use askama::Template;

use super::fields::{Field, FormField, Ways};
use super::refusal::{Clash, Refusal};
use crate::web::Errors;

/// What came back and why it was not saved; empty where the form is shown for the first time.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub typed: BTreeMap<String, String>,
    pub errors: Errors,
    pub clashes: Vec<Clash>,
}

/// A field of the form.
pub(super) struct Control {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    was: String,
    error: String,
}

/// The page with the form.
#[derive(Template)]
#[template(path = "contacts/edit.html")]
pub struct EditPage {
    /// What the record is: "contact".
    pub(super) noun: &'static str,
    /// Words and address of the list it stands in.
    pub(super) list: (&'static str, &'static str),
    /// Address of the record.
    pub(super) path: String,
    pub(super) name: String,
    pub(super) controls: Vec<Control>,
    pub(super) fields: Vec<FormField>,
    pub(super) clashes: Vec<Clash>,
}

/// What a field said when the form was made, if that is known, and what was typed.
pub(super) fn change(
    typed: &BTreeMap<String, String>,
    field: &str,
) -> Option<(Option<String>, String)> {
    let to = typed.get(field)?.clone();
    Some((typed.get(&format!("was_{field}")).cloned(), to))
}

/// Both of what one form changes: what is wrong with either stands beside its field.
pub(super) fn both(facts: Result<(), Refusal>, fields: Result<(), Refusal>) -> Result<(), Refusal> {
    match (facts, fields) {
        (Err(Refusal::Invalid(mut errors)), Err(Refusal::Invalid(more))) => {
            for (field, message) in more.iter() {
                errors.add(field, message);
            }
            Err(Refusal::Invalid(errors))
        }
        (Err(Refusal::Clash(mut clashes)), Err(Refusal::Clash(more))) => {
            clashes.extend(more);
            Err(Refusal::Clash(clashes))
        }
        (Err(refusal @ Refusal::Invalid(_)), _) | (_, Err(refusal @ Refusal::Invalid(_))) => {
            Err(refusal)
        }
        (facts, fields) => facts.and(fields),
    }
}

impl Sent {
    /// A field that somebody declared, whose record shows `now`.
    pub fn field(&self, field: &Field, now: Option<&str>, ways: &Ways) -> FormField {
        let name = field.input_name();
        let clash = self.clashes.iter().find(|clash| clash.field == name);
        let error = clash.map_or_else(
            || self.errors.of(&name).to_owned(),
            |clash| format!("Meanwhile somebody saved “{}”.", clash.now),
        );
        field.form(now, &self.typed, &error, ways)
    }

    /// A field as it stands after this, whose record says `now`.
    pub fn control(
        &self,
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        now: &str,
    ) -> Control {
        let was = self.typed.get(&format!("was_{name}"));
        // What the editor left alone follows what others saved meanwhile.
        let own = self.typed.get(name).filter(|own| Some(*own) != was);
        let clash = self.clashes.iter().find(|clash| clash.field == name);
        Control {
            name,
            label,
            hint,
            value: own.map_or(now, String::as_str).to_owned(),
            was: now.to_owned(),
            error: clash.map_or_else(
                || self.errors.of(name).to_owned(),
                |clash| format!("Meanwhile somebody saved “{}”.", clash.now),
            ),
        }
    }
}
