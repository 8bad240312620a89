//! What people say of themselves, and what Tidewater's systems say of them. They do not always agree.

use serde_json::{Map, Value, json};

use super::Stage;
use crate::demo::cast::{FIRMS, Person};
use crate::demo::visit::{What, object};

/// A form on the website: a name, an address, perhaps a company.
pub(super) fn form(person: &Person) -> What {
    let company = person.employer().map(|firm| json!({ "name": firm.name }));
    What::Identify(object([
        ("email", json!(person.email)),
        ("name", json!(person.name)),
        ("firstName", json!(person.given)),
        ("lastName", json!(person.family)),
        ("title", json!(person.title)),
        ("phone", json!(person.phone)),
        ("company", company.unwrap_or_default()),
    ]))
}

/// The app, once somebody has an account.
pub(super) fn app(stage: Stage<'_>, person: &Person, role: &str) -> What {
    let firm = person.employer();
    What::Identify(object([
        ("email", json!(person.email)),
        ("name", json!(person.name)),
        ("firstName", json!(person.given)),
        ("lastName", json!(person.family)),
        ("title", json!(person.title)),
        ("phone", json!(person.phone)),
        ("role", json!(role)),
        ("plan", json!(firm.map(|firm| firm.plan().to_lowercase()))),
        ("sites", json!(firm.map(crate::demo::cast::Firm::sites))),
        ("timezone", json!(person.city.zone.name())),
        ("language", json!(person.locale.language)),
        (
            "address",
            json!({ "city": person.city.name, "country": person.locale.country }),
        ),
        ("createdAt", json!(created(stage, person))),
    ]))
}

/// Billing: money, and how many sites it counts, which lags behind.
pub(super) fn billing(stage: Stage<'_>, person: &Person) -> What {
    let Some(firm) = person.employer() else {
        return What::Identify(Map::new());
    };
    let sensors = firm.sites() * 8;
    let renews = firm
        .bought()
        .map(|bought| renewal(stage, bought))
        .filter(|_| firm.left().is_none());
    What::Identify(object([
        ("email", json!(person.email)),
        ("plan", json!(format!("{}, {sensors} sensors", firm.plan()))),
        ("mrr", json!(firm.monthly() as f64 / 100.0)),
        ("currency", json!("EUR")),
        ("sites", json!((firm.sites() - 1).max(1))),
        ("renewal", json!(renews)),
    ]))
}

/// Whom they work for.
pub(super) fn group(person: &Person) -> Option<What> {
    let firm = person.employer()?;
    account(person)?;
    let traits = object([
        ("name", json!(firm.name)),
        ("domain", json!(firm.domain())),
        ("plan", json!(firm.plan())),
        ("employees", json!(firm.employees)),
        ("sites", json!(firm.sites())),
    ]);
    Some(What::Group(traits))
}

fn created(stage: Stage<'_>, person: &Person) -> String {
    let at = stage
        .calendar
        .at(person.city.zone, person.since, 10 * 3_600);
    at.utc().format("%Y-%m-%d").to_string()
}

/// The next anniversary of a purchase, as a date.
fn renewal(stage: Stage<'_>, bought: i64) -> String {
    let ahead = 365 - bought.rem_euclid(365);
    let at = stage
        .calendar
        .now
        .plus(ahead * crate::base::clock::DAY)
        .utc();
    at.format("%Y-%m-%d").to_string()
}

/// A track with properties.
pub(super) fn track<const N: usize>(
    name: &'static str,
    properties: [(&'static str, Value); N],
) -> What {
    What::Track(name, properties.into_iter().collect())
}

/// The id of somebody's company at Tidewater.
pub(in crate::demo) fn account(person: &Person) -> Option<String> {
    let index = person.firm?;
    FIRMS.get(index)?.account(index)
}
