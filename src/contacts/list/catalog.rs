//! What contacts can be asked about.

use diesel::QueryResult;

use crate::base::country;
use crate::base::ids::UserId;
use crate::contacts::fields::{Field as Declared, FieldKind};
use crate::contacts::model::Stage;
use crate::contacts::store;
use crate::contacts::tags;
use crate::db::{Conn, Memo};
use crate::filters::{Catalog, Field, Kind, Node, Place};

/// Every field, without what its values are called: enough to ask the database.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn bare() -> Catalog {
    let text = |key: &'static str, label: &'static str, column: &'static str| {
        Field::new(key, label, Kind::Text, Place::Text(column.into()))
    };
    let sum = |key: &'static str, label: &'static str, expression: &'static str| {
        Field::new(key, label, Kind::Number, Place::Number(expression.into())).under("Behaviour")
    };
    let moment = |key: &'static str, label: &'static str, column: &'static str| {
        Field::new(key, label, Kind::Moment, Place::Micros(column.into()))
    };
    let tags = Place::Rows {
        from: "contact_tags x WHERE x.contact_id = contacts.id".into(),
        value: "x.tag_id".into(),
        is_id: true,
    };
    Catalog {
        fields: vec![
            text("name", "Name", "contacts.name"),
            Field::new(
                "email",
                "E-mail",
                Kind::Text,
                Place::NullableText("contacts.email".into()),
            ),
            Field::new(
                "phone",
                "Phone",
                Kind::Text,
                Place::NullableText("contacts.phone".into()),
            ),
            text("job_title", "Job title", "contacts.job_title"),
            Field::new(
                "company",
                "Company",
                Kind::Text,
                Place::NullableText(COMPANY.into()),
            ),
            Field::new(
                "stage",
                "Stage",
                Kind::Choice,
                Place::Word("contacts.stage".into()),
            ),
            Field::new(
                "owner",
                "Owner",
                Kind::Choice,
                Place::Id("contacts.owner_id".into()),
            )
            .with_me(),
            Field::new("tag", "Tags", Kind::Many, tags),
            text("city", "City", "contacts.city").under("Place"),
            text("region", "Region", "contacts.region").under("Place"),
            text("postal_code", "Postal code", "contacts.postal_code").under("Place"),
            Field::new(
                "country",
                "Country",
                Kind::Choice,
                Place::Word("contacts.country".into()),
            )
            .under("Place"),
            text("time_zone", "Time zone", "contacts.time_zone").under("Place"),
            text("language", "Language", "contacts.language").under("Place"),
            Field::new(
                "source",
                "Source",
                Kind::Choice,
                Place::Id("contacts.source_id".into()),
            )
            .under("Behaviour"),
            moment("seen", "Last seen", "contacts.last_seen_at").under("Behaviour"),
            sum("events", "Events", EVENTS),
            sum("pages", "Page views", PAGES),
            sum("visits", "Visits", VISITS),
            Field::new(
                "known",
                "Known",
                Kind::YesNo,
                Place::Bool("contacts.is_known".into()),
            )
            .under("Record"),
            moment("created", "Created", "contacts.created_at").under("Record"),
            moment("changed", "Changed", "contacts.updated_at").under("Record"),
        ],
    }
}

const COMPANY: &str = "(SELECT c.name FROM companies c WHERE c.id = contacts.company_id)";
const EVENTS: &str = "(SELECT CAST(SUM(i.event_count) AS DOUBLE PRECISION) FROM identities i WHERE i.contact_id = contacts.id)";
const PAGES: &str = "(SELECT CAST(SUM(i.page_count) AS DOUBLE PRECISION) FROM identities i WHERE i.contact_id = contacts.id)";
const VISITS: &str = "(SELECT CAST(SUM(i.session_count) AS DOUBLE PRECISION) FROM identities i WHERE i.contact_id = contacts.id)";

/// Before the key of a declared field.
const DECLARED: &str = "field:";

/// Whether a tree speaks of declared fields.
pub fn asks_for_fields(node: &Node) -> bool {
    node.fields().iter().any(|key| key.starts_with(DECLARED))
}

/// Declared fields: what lists compare of them lies in a table of its own, typed.
pub fn declared(fields: &[Declared], people: &[(UserId, String)]) -> Vec<Field> {
    let ready = fields.iter().filter(|field| field.filled_at.is_some());
    ready.map(|field| one(field, people)).collect()
}

fn one(field: &Declared, people: &[(UserId, String)]) -> Field {
    let rows = format!(
        "field_values v WHERE v.key_id = {} AND v.record_id = contacts.id",
        field.id
    );
    let number = format!("(SELECT v.number FROM {rows} AND v.part = 0)");
    let words = format!("(SELECT v.text FROM {rows} AND v.part = 0)");
    let (kind, place) = match field.kind {
        FieldKind::Number | FieldKind::Money => (Kind::Number, Place::Number(number.into())),
        FieldKind::Date => (Kind::Day, Place::Days(number.into())),
        FieldKind::DateTime => (Kind::Moment, Place::Micros(number.into())),
        FieldKind::YesNo => {
            let is_yes = format!("(COALESCE({number}, 0) = 1)");
            (Kind::YesNo, Place::Bool(is_yes.into()))
        }
        FieldKind::User => {
            let id = format!("CAST({number} AS BIGINT)");
            (Kind::Choice, Place::Id(id.into()))
        }
        FieldKind::Select | FieldKind::MultiSelect => {
            let place = Place::Rows {
                from: rows.into(),
                value: "v.text".into(),
                is_id: false,
            };
            let is_one = field.kind == FieldKind::Select;
            (if is_one { Kind::Choice } else { Kind::Many }, place)
        }
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Url
        | FieldKind::Email
        | FieldKind::Phone => (Kind::Text, Place::NullableText(words.into())),
    };
    let group = match field.group.as_str() {
        "" => "Fields".to_owned(),
        group => group.to_owned(),
    };
    let key = format!("{DECLARED}{}", field.key);
    let new = Field::new(key, field.label.clone(), kind, place).under(group);
    if field.kind == FieldKind::User {
        let people = people
            .iter()
            .map(|(id, name)| (id.to_string(), name.clone()));
        return new.of(people).with_me();
    }
    let options = field.options.iter();
    new.of(options.map(|option| (option.value.clone(), option.label.clone())))
}

/// With the names of people, tags, sources and countries, for pages.
pub fn named(conn: &mut Conn, memo: &Memo, fields: &[Declared]) -> QueryResult<Catalog> {
    let owners = memo.recall("owners", conn, store::owners)?;
    let tags = memo.recall("tags", conn, tags::all)?;
    let sources = memo.recall("sources", conn, store::source_names)?;
    let mut catalog = bare();
    for field in &mut catalog.fields {
        let choices: Vec<(String, String)> = match field.key.as_ref() {
            "owner" => owners
                .iter()
                .map(|(id, name)| (id.to_string(), name.clone()))
                .collect(),
            "tag" => tags
                .iter()
                .map(|tag| (tag.id.to_string(), tag.name.clone()))
                .collect(),
            "source" => sources
                .iter()
                .map(|(id, name)| (id.to_string(), name.clone()))
                .collect(),
            "stage" => Stage::ALL
                .iter()
                .map(|s| (s.word().to_owned(), s.label().to_owned()))
                .collect(),
            "country" => country::COUNTRIES
                .iter()
                .map(|(code, name)| ((*code).to_owned(), (*name).to_owned()))
                .collect(),
            _ => continue,
        };
        *field = field.clone().of(choices);
    }
    catalog.fields.extend(declared(fields, &owners));
    Ok(catalog)
}
