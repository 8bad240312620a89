//! A made-up person: what they are called, where they live and work.

use super::super::chance::Chance;
use super::names::{CULTURES, Culture, JOBS, company};
use super::plan::{Ids, Plan};
use crate::base::phone;

/// What a known contact is called and where it lives.
pub(super) struct Person {
    pub culture: &'static Culture,
    pub given: &'static str,
    pub family: &'static str,
    pub name: String,
    pub email: String,
    pub second_email: String,
    pub phone: String,
    pub job: &'static str,
    pub company: Option<u32>,
}

impl Person {
    /// Somebody who does not exist.
    pub fn of(plan: &Plan, contact: u32, chance: &mut Chance) -> Self {
        let culture = any_culture(chance);
        let (given, given_ascii) = chance.pick(culture.given);
        let (family, family_ascii) = chance.pick(culture.family);
        let companies = u64::from(plan.size.companies);
        // The low numbers are the large companies.
        let company = (companies > 0 && chance.percent(60))
            .then(|| (chance.unit() * chance.unit() * companies as f64) as u32);
        let domain =
            company.map_or_else(|| "post.example".to_owned(), |n| super::names::company(n).1);
        let (prefix, digits) = culture.phone;
        Self {
            culture,
            given,
            family,
            name: if culture.family_first {
                format!("{family}{given}")
            } else {
                format!("{given} {family}")
            },
            email: format!("{given_ascii}.{family_ascii}.{contact}@{domain}"),
            second_email: format!("{given_ascii}{contact}@home.example"),
            phone: format!(
                "{prefix}{:0w$}",
                u64::from(contact) % 10_u64.pow(digits),
                w = digits as usize
            ),
            job: chance.pick(&JOBS),
            company,
        }
    }

    /// The words by which they are found.
    pub fn words(&self, contact: u32, ids: Ids) -> String {
        let mut words = vec![self.name.clone(), self.job.to_owned()];
        let of = |is_there: bool, word: &str| is_there.then(|| word.to_owned());
        words.extend(ids.user.then(|| user_id(contact)));
        words.extend(of(ids.email, &self.email));
        words.extend(of(ids.second_email, &self.second_email));
        if ids.phone {
            words.extend(phone::national(&self.phone));
            words.push(self.phone.clone());
        }
        words.extend(self.company.map(|n| company(n).0));
        words.join(" ")
    }
}

fn any_culture(chance: &mut Chance) -> &'static Culture {
    let mut left = chance.below(100);
    for culture in &CULTURES {
        if left < culture.share {
            return culture;
        }
        left -= culture.share;
    }
    &CULTURES[0]
}

/// The id of a contact in the shop.
pub(super) fn user_id(contact: u32) -> String {
    format!("u-{contact:07}")
}
