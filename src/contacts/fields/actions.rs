//! Declaring a field.

use diesel::prelude::*;

use super::settling::Settle;
use super::{Field, FieldOption, NewField, Object, store};
use crate::accounts::audit;
use crate::base::ids::TraitKeyId;
use crate::base::text;
use crate::contacts::companies::model::CompanyField;
use crate::contacts::model::{self, By};
use crate::contacts::refusal::Refusal;
use crate::contacts::traits;
use crate::db::Conn;
use crate::db::schema::{fields, trait_keys};
use crate::jobs;
use crate::web::Errors;

/// Characters of a label and of a group.
const LABEL: usize = 80;
/// Options of one field.
pub const MOST_OPTIONS: usize = 200;

/// Declares a field: a new key, or one that sources send already. Its values that are there are looked through by a job.
pub fn declare(conn: &mut Conn, new: &NewField, by: &By) -> Result<Field, Refusal> {
    let label = text::line(&new.label, LABEL);
    let key = match text::line(&new.key, traits::LONGEST_KEY) {
        key if key.is_empty() => key_of(&label),
        key => key,
    };
    let options = checked(conn, new, &label, &key)?;
    let every = store::every(conn, new.object)?;
    if every.len() as i64 >= store::MOST {
        return Err(Refusal::invalid("", "There are 500 fields already."));
    }
    let last = every.iter().map(|field| field.position).max();
    // A key that is new has no values yet.
    let has_values = known(conn, new.object, &key)?.is_some();
    let id = traits::key_id(conn, new.object.word(), &key, by.now)?;
    if new.is_unique && has_values {
        let why = "Contacts have values of it already. Declare it first; it can be made unique once they are looked through.";
        return Err(Refusal::invalid("is_unique", why));
    }
    diesel::update(trait_keys::table.filter(trait_keys::id.eq(id)))
        .set((
            trait_keys::label.eq(&label),
            trait_keys::is_declared.eq(true),
        ))
        .execute(conn)?;
    let options = if new.kind.has_options() {
        options
    } else {
        Vec::new()
    };
    diesel::insert_into(fields::table)
        .values((
            fields::key_id.eq(id),
            fields::kind.eq(new.kind),
            fields::group_name.eq(text::line(&new.group, LABEL)),
            fields::position.eq(last.unwrap_or(0) + 1),
            fields::options.eq(serde_json::to_string(&options).unwrap_or_default()),
            fields::currency.eq(new.currency),
            fields::is_required.eq(new.is_required),
            fields::is_unique.eq(new.is_unique),
            fields::is_sensitive.eq(new.is_sensitive),
            fields::filled_at.eq((!has_values).then_some(by.now)),
            fields::created_by.eq(Some(by.user)),
            fields::created_at.eq(by.now),
            fields::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    if has_values {
        jobs::enqueue(conn, &Settle::of_key(new.object, id), by.now)?;
    }
    tell(conn, "field.created", id, &label, by)?;
    store::find(conn, id)?.ok_or(Refusal::Missing)
}

/// The options as they are kept, if everything about the field can be so.
fn checked(
    conn: &mut Conn,
    new: &NewField,
    label: &str,
    key: &str,
) -> Result<Vec<FieldOption>, Refusal> {
    let mut errors = Errors::new();
    if label.is_empty() || key.is_empty() {
        errors.add("label", "Give the field a name.");
    }
    if is_built_in(new.object, key) {
        errors.add("label", "There is a detail of this name already.");
    }
    let options = match cleaned(&new.options) {
        Ok(options) if options.is_empty() && new.kind.has_options() => {
            errors.add("options", "Write at least one option.");
            options
        }
        Ok(options) => options,
        Err(why) => {
            errors.add("options", why);
            Vec::new()
        }
    };
    if new.is_unique && !new.kind.can_be_unique() {
        errors.add("is_unique", "Values of this type may always repeat.");
    }
    match store::of_key(conn, new.object, key)? {
        Some(field) if field.is_live() => {
            errors.add("label", "There is a field of this name already.");
        }
        Some(_) => errors.add(
            "label",
            "A field of this name is out of use. Bring it back instead.",
        ),
        None => {}
    }
    if errors.is_empty() {
        Ok(options)
    } else {
        Err(Refusal::Invalid(errors))
    }
}

/// Writes down what was done to a field.
pub fn tell(
    conn: &mut Conn,
    action: &str,
    id: TraitKeyId,
    detail: &str,
    by: &By,
) -> QueryResult<()> {
    audit::record(
        conn,
        &by.audited(),
        action,
        Some(("field", id.0)),
        detail,
        by.now,
    )
}

/// `Shoe size (EU)` → `shoe_size_eu`.
pub fn key_of(label: &str) -> String {
    let folded = text::fold(label);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("_")
}

/// What records have anyway, under a name of its own.
pub fn is_built_in(object: Object, key: &str) -> bool {
    match object {
        Object::Contact => {
            model::Field::of_trait(key).is_some() || matches!(key, "email" | "phone" | "company")
        }
        Object::Company => {
            CompanyField::from_word(key).is_some() || matches!(key, "domain" | "domains")
        }
    }
}

/// Options as they are kept: each with a value and a name of its own.
pub(super) fn cleaned(options: &[FieldOption]) -> Result<Vec<FieldOption>, String> {
    let mut clean: Vec<FieldOption> = Vec::with_capacity(options.len());
    for option in options {
        let label = text::line(&option.label, LABEL);
        let value = match text::line(&option.value, LABEL) {
            value if value.is_empty() => label.clone(),
            value => value,
        };
        if value.is_empty() {
            continue;
        }
        let label = if label.is_empty() {
            value.clone()
        } else {
            label
        };
        // A list of options is written with these between them.
        if value.contains([',', ';', '|']) {
            return Err(format!("“{label}”: write options without , ; and |."));
        }
        let is_twin =
            |o: &FieldOption| o.value == value || text::fold(&o.label) == text::fold(&label);
        if clean.iter().any(is_twin) {
            return Err(format!("“{label}” stands there twice."));
        }
        clean.push(FieldOption {
            value,
            label,
            tone: tone(&option.tone),
        });
    }
    if clean.len() > MOST_OPTIONS {
        return Err("At most 200 options.".to_owned());
    }
    Ok(clean)
}

fn tone(word: &str) -> String {
    let is_tone = matches!(
        word,
        "accent" | "teal" | "green" | "amber" | "red" | "violet"
    );
    (if is_tone { word } else { "" }).to_owned()
}

/// The id of a key that is in the dictionary.
fn known(conn: &mut Conn, object: Object, key: &str) -> QueryResult<Option<TraitKeyId>> {
    trait_keys::table
        .filter(trait_keys::object.eq(object))
        .filter(trait_keys::key.eq(key))
        .select(trait_keys::id)
        .first(conn)
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_makes_a_key() {
        for (label, key) in [
            ("Shoe size (EU)", "shoe_size_eu"),
            ("Größe", "große"),
            ("  ", ""),
            ("契約日", "契約日"),
            ("A--B", "a_b"),
        ] {
            assert_eq!(key_of(label), key);
        }
    }

    #[test]
    fn options_are_told_apart() {
        let option = |value: &str, label: &str| FieldOption {
            value: value.to_owned(),
            label: label.to_owned(),
            tone: "pink".to_owned(),
        };
        let clean = cleaned(&[option("", " Gold "), option("", "")]);
        assert_eq!(
            clean,
            Ok(vec![FieldOption {
                value: "Gold".to_owned(),
                label: "Gold".to_owned(),
                tone: String::new()
            }])
        );
        assert!(cleaned(&[option("a", "Gold"), option("b", "gold")]).is_err());
        assert!(cleaned(&[option("", "a,b")]).is_err());
    }
}
