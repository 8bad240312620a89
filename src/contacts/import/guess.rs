//! Where the columns of a file are likely to go: by their names, and where those say nothing by their values.

use super::names;
use super::target::{CompanyPart, Target};
use crate::base::{EmailAddress, country, phone, text};
use crate::contacts::model::Field;

/// A target for each column, in their order. What is likely to be of no use goes nowhere.
pub fn targets(columns: &[String], rows: &[Vec<String>]) -> Vec<Target> {
    let mut taken: Vec<Target> = Vec::with_capacity(columns.len());
    for (at, name) in columns.iter().enumerate() {
        let values: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        let by_name = names::target(name).map(|target| corrected(target, &values));
        let target = by_name
            .or_else(|| by_values(&values))
            .unwrap_or(Target::Skip);
        let is_free = target.takes_several() || !taken.contains(&target);
        taken.push(if is_free { target } else { Target::Skip });
    }
    let place = |wanted: Field| taken.iter().position(|t| *t == Target::Fact(wanted));
    // Where both parts are there, a third column with the whole name only repeats them.
    if let (Some(given), Some(family), Some(name)) = (
        place(Field::GivenName),
        place(Field::FamilyName),
        place(Field::Name),
    ) {
        let has = |row: &[String], at: usize| row.get(at).is_some_and(|c| !c.trim().is_empty());
        let repeats = rows
            .iter()
            .all(|row| !has(row, name) || has(row, given) || has(row, family));
        if repeats && let Some(target) = taken.get_mut(name) {
            *target = Target::Skip;
        }
    }
    taken
}

/// A salutation is no job, and a column called "Contact" may hold addresses.
fn corrected(target: Target, values: &[&str]) -> Target {
    let most = |is: fn(&str) -> bool| mostly(values, is);
    match target {
        Target::Fact(Field::JobTitle) if most(is_salutation) => Target::Skip,
        Target::Fact(Field::Name) if most(is_email) => Target::Email(String::new()),
        Target::Company(CompanyPart::Name) if most(is_email) => Target::Skip,
        other => other,
    }
}

fn by_values(values: &[&str]) -> Option<Target> {
    if mostly(values, is_email) {
        return Some(Target::Email(String::new()));
    }
    if mostly(values, |value| phone::parse(value, None).is_some()) {
        return Some(Target::Phone(String::new()));
    }
    if mostly(values, is_country) {
        return Some(Target::Fact(Field::Country));
    }
    None
}

/// Four of five, and at least two.
fn mostly(values: &[&str], is: impl Fn(&str) -> bool) -> bool {
    let looked = values.iter().take(50);
    let (n, yes) = looked.fold((0, 0), |(n, yes), value| {
        (n + 1, yes + usize::from(is(value)))
    });
    n >= 2 && yes * 5 >= n * 4
}

fn is_email(value: &str) -> bool {
    EmailAddress::parse(value).is_some()
}

fn is_salutation(value: &str) -> bool {
    let word = text::fold(value.trim_end_matches('.'));
    [
        "mr", "mrs", "ms", "miss", "mx", "herr", "frau", "dr", "prof", "m", "mme",
    ]
    .contains(&word.as_str())
}

fn is_country(value: &str) -> bool {
    country::COUNTRIES
        .iter()
        .any(|(code, name)| *code == value || name.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_a_telling_name_are_known_by_their_values() {
        let columns = ["Ansprechpartner", "X", "Y", "Z", "Title"].map(str::to_owned);
        let rows = [
            ["Ada", "ada@example.com", "+47 57 85 12 04", "NO", "Mrs."],
            ["Grace", "grace@example.com", "+1 650 253 0000", "US", "Dr"],
            ["", "", "", "", ""],
        ];
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.map(str::to_owned).to_vec())
            .collect();
        let words: Vec<String> = targets(&columns, &rows).iter().map(Target::word).collect();
        assert_eq!(words, ["skip", "email", "phone", "fact:country", "skip"]);
    }

    #[test]
    fn a_name_beside_its_parts_is_not_needed_and_no_fact_is_taken_twice() {
        let columns = [
            "Name",
            "First name",
            "Last name",
            "City",
            "Town",
            "Email",
            "Email 2",
        ]
        .map(str::to_owned);
        let words: Vec<String> = targets(&columns, &[]).iter().map(Target::word).collect();
        assert_eq!(
            words,
            [
                "skip",
                "fact:given_name",
                "fact:family_name",
                "fact:city",
                "skip",
                "email",
                "email:Other"
            ]
        );
    }
}
