//! The companies that made-up people work for.

use super::super::chance::Chance;
use super::names::{CULTURES, INDUSTRIES, company};
use super::plan::Plan;
use super::rows::{CompanyRow, DomainRow};
use super::world::World;
use crate::base::clock::DAY;
use crate::base::ids::CRM_SOURCE;
use crate::base::text;

/// Companies and what hangs on them.
#[derive(Debug, Default)]
pub(super) struct Companies {
    pub companies: Vec<CompanyRow>,
    pub domains: Vec<DomainRow>,
    pub words: Vec<(i64, String)>,
}

/// Makes all of them.
pub(super) fn make(plan: &Plan, world: &World) -> Companies {
    let mut made = Companies::default();
    for number in 0..plan.size.companies {
        let mut chance = Chance::of(plan.size.seed ^ 0xc0, u64::from(number));
        let (name, domain) = company(number);
        let culture = CULTURES
            .get(chance.below(CULTURES.len() as u64) as usize)
            .unwrap_or(&CULTURES[0]);
        let id = i64::from(number) + 1;
        let city = chance.pick(culture.cities);
        let created = world.begin.plus(chance.below(170) as i64 * DAY);
        made.words.push((id, format!("{name} {domain} {city}")));
        made.companies.push(CompanyRow {
            id,
            sort_name: text::fold(&name),
            name,
            owner_id: chance
                .percent(50)
                .then(|| chance.pick(&world.users))
                .filter(|user| *user > 0),
            stage: chance.pick(&[
                "lead",
                "lead",
                "qualified",
                "customer",
                "customer",
                "former",
            ]),
            industry: chance.pick(&INDUSTRIES),
            employees: Some(1 << (2 + chance.below(10))),
            website: format!("https://www.{domain}"),
            street: "",
            city,
            region: "",
            postal_code: "",
            country: culture.country,
            source_id: CRM_SOURCE.0,
            revision: 1,
            created_at: created,
            updated_at: created,
            last_seen_at: created.plus(chance.below(10) as i64 * DAY),
        });
        made.domains.push(DomainRow {
            domain,
            company_id: id,
            is_primary: true,
        });
    }
    made
}
