//! The fields of a record that are chosen as one when two become one: a name is not mixed from two people's.

use std::collections::BTreeMap;

use super::store::Kind;

/// Columns that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Its name in forms and in the API.
    pub word: &'static str,
    /// For people.
    pub label: &'static str,
    /// Its columns; the first ones that are shown make it what it is.
    pub columns: &'static [&'static str],
}

const fn group(word: &'static str, label: &'static str, columns: &'static [&'static str]) -> Group {
    Group {
        word,
        label,
        columns,
    }
}

const ADDRESS: &[&str] = &["street", "postal_code", "city", "region", "country"];

const CONTACT: &[Group] = &[
    group("name", "Name", &["name", "given_name", "family_name"]),
    group("email", "Primary e-mail", &["email"]),
    group("phone", "Primary phone", &["phone"]),
    group("job_title", "Job title", &["job_title"]),
    group("company", "Company", &["company_id"]),
    group("stage", "Stage", &["stage"]),
    group("owner", "Owner", &["owner_id"]),
    group("address", "Address", ADDRESS),
    group("time_zone", "Time zone", &["time_zone"]),
    group("language", "Language", &["language"]),
];

const COMPANY: &[Group] = &[
    group("name", "Name", &["name"]),
    group("industry", "Industry", &["industry"]),
    group("employees", "Employees", &["employees"]),
    group("phone", "Phone", &["phone"]),
    group("website", "Website", &["website"]),
    group("stage", "Stage", &["stage"]),
    group("owner", "Owner", &["owner_id"]),
    group("address", "Address", ADDRESS),
];

impl Kind {
    /// What is chosen.
    pub fn groups(self) -> &'static [Group] {
        match self {
            Self::Contact => CONTACT,
            Self::Company => COMPANY,
        }
    }
}

/// Whose value a group gets, where somebody said: the word of the group, the id of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supply(pub BTreeMap<String, i64>);

impl Supply {
    /// Whose.
    pub fn of(&self, group: Group) -> Option<i64> {
        self.0.get(group.word).copied()
    }

    /// Whether nobody said anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
