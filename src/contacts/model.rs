//! Rows and words of contacts: stages, the facts a person can edit, and what a contact is called.

use diesel::prelude::*;

use crate::accounts::Access;
use crate::accounts::audit;
use crate::base::ids::{CompanyId, ContactId, SourceId, UserId};
use crate::base::{EmailAddress, Timestamp, text};
use crate::db::schema::contacts;
use crate::text_enum;

text_enum!(
    /// How far a contact has come. A visitor is one that nobody knows yet; people choose among the others.
    Stage {
        /// Known by anonymous ids only.
        Visitor => "visitor",
        /// Might buy.
        Lead => "lead",
        /// Somebody checked, and they might.
        Qualified => "qualified",
        /// Buys.
        Customer => "customer",
        /// Bought once.
        Former => "former",
    }
);

impl Stage {
    /// What a person can set.
    pub const OFFERED: &'static [Self] =
        &[Self::Lead, Self::Qualified, Self::Customer, Self::Former];

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Visitor => "Visitor",
            Self::Lead => "Lead",
            Self::Qualified => "Qualified",
            Self::Customer => "Customer",
            Self::Former => "Former",
        }
    }

    /// Tone of its dot.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Visitor => "hollow",
            Self::Lead => "amber",
            Self::Qualified => "accent",
            Self::Customer => "green",
            Self::Former => "",
        }
    }

    /// Tone of its chip.
    pub fn chip_tone(self) -> &'static str {
        match self {
            Self::Visitor | Self::Former => "",
            other => other.tone(),
        }
    }

    /// Pairs for a select.
    pub fn options() -> Vec<(&'static str, &'static str)> {
        Self::OFFERED
            .iter()
            .map(|s| (s.word(), s.label()))
            .collect()
    }

    /// A stage a person may set.
    pub fn offered(word: &str) -> Option<Self> {
        Self::from_word(word).filter(|stage| Self::OFFERED.contains(stage))
    }
}

text_enum!(
    /// A fact of a contact that is a column of its own: typed by people, or claimed by sources as a trait.
    Field {
        /// As they write it.
        Name => "name",
        /// Given name.
        GivenName => "given_name",
        /// Family name.
        FamilyName => "family_name",
        /// Job title.
        JobTitle => "job_title",
        /// Street and number.
        Street => "street",
        /// Postal code.
        PostalCode => "postal_code",
        /// City.
        City => "city",
        /// State or region.
        Region => "region",
        /// Country.
        Country => "country",
        /// IANA name.
        TimeZone => "time_zone",
        /// BCP 47.
        Language => "language",
    }
);

impl Field {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::GivenName => "Given name",
            Self::FamilyName => "Family name",
            Self::JobTitle => "Job title",
            Self::Street => "Street",
            Self::PostalCode => "Postal code",
            Self::City => "City",
            Self::Region => "Region",
            Self::Country => "Country",
            Self::TimeZone => "Time zone",
            Self::Language => "Language",
        }
    }

    /// Key of the trait that fills it.
    pub fn trait_key(self) -> &'static str {
        self.word()
    }

    /// The field that a trait fills.
    pub fn of_trait(key: &str) -> Option<Self> {
        Self::from_word(key)
    }

    /// What a contact has in it.
    pub fn of(self, contact: &Contact) -> &str {
        match self {
            Self::Name => &contact.name,
            Self::GivenName => &contact.given_name,
            Self::FamilyName => &contact.family_name,
            Self::JobTitle => &contact.job_title,
            Self::Street => &contact.street,
            Self::PostalCode => &contact.postal_code,
            Self::City => &contact.city,
            Self::Region => &contact.region,
            Self::Country => &contact.country,
            Self::TimeZone => &contact.time_zone,
            Self::Language => &contact.language,
        }
    }

    /// The value as it is kept, or what is wrong with it.
    pub fn clean(self, typed: &str) -> Result<String, &'static str> {
        let most = if self == Self::Name { 300 } else { 200 };
        let value = text::line(typed, most);
        if value.is_empty() {
            return Ok(value);
        }
        match self {
            Self::TimeZone => match value.parse::<chrono_tz::Tz>() {
                Ok(zone) => Ok(zone.name().to_owned()),
                Err(_) => Err("Write a time zone such as Europe/Oslo or Asia/Tokyo."),
            },
            Self::Language => {
                let is_tag = value.len() <= 35
                    && value.split('-').all(|part| {
                        (1..=8).contains(&part.len())
                            && part.bytes().all(|b| b.is_ascii_alphanumeric())
                    });
                if is_tag {
                    Ok(value)
                } else {
                    Err("Write a language tag such as en, nb-NO or zh-Hant.")
                }
            }
            _ => Ok(value),
        }
    }
}

/// A contact as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// Id.
    pub id: ContactId,
    /// Whether there is a name, an e-mail address, a phone number or a user id.
    pub is_known: bool,
    /// Whether a person made or changed it: such a contact is never merged away without being asked.
    pub is_person_owned: bool,
    /// As they write it.
    pub name: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Job title.
    pub job_title: String,
    /// The primary address.
    pub email: Option<String>,
    /// The primary number, E.164.
    pub phone: Option<String>,
    /// How far it has come.
    pub stage: Stage,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// The primary company.
    pub company_id: Option<CompanyId>,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or region.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
    /// BCP 47.
    pub language: String,
    /// Where it came from.
    pub source_id: SourceId,
    /// Counts changes by people: an edit of an older state is noticed.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was last seen doing something; zero: never.
    pub last_seen_at: Timestamp,
    /// The contact it lives on in.
    pub merged_into: Option<ContactId>,
    /// Since when it is in the trash.
    pub deleted_at: Option<Timestamp>,
}

impl Contact {
    /// What it is called.
    pub fn shown(&self) -> String {
        shown(
            self.id,
            &self.name,
            self.email.as_deref(),
            self.phone.as_deref(),
            self.is_known,
        )
    }
}

/// What a contact is called: its name, else an address, else a number, else what is left.
pub fn shown(
    id: ContactId,
    name: &str,
    email: Option<&str>,
    phone: Option<&str>,
    is_known: bool,
) -> String {
    match (name, email, phone) {
        (name, _, _) if !name.is_empty() => name.to_owned(),
        (_, Some(email), _) => email.to_owned(),
        (_, _, Some(phone)) => crate::base::phone::shown(phone),
        _ if is_known => format!("Contact {id}"),
        _ => format!("Visitor {id}"),
    }
}

/// What a list by name sorts by: the name folded, else the address, else the number. Unknown ones have none.
pub fn sort_name(name: &str, email: Option<&str>, phone: Option<&str>) -> String {
    let by = if name.is_empty() {
        email.or(phone).unwrap_or_default()
    } else {
        name
    };
    text::fold(by)
}

/// Who makes a change, from where and when.
#[derive(Debug, Clone)]
pub struct By {
    /// The user.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// The address of the request, or empty.
    pub ip: String,
    /// When.
    pub now: Timestamp,
    /// What they may do, and with whose records.
    pub access: Access,
}

impl By {
    /// The same for the audit.
    pub fn audited(&self) -> audit::By {
        audit::By {
            user: Some(self.user),
            name: self.name.clone(),
            ip: self.ip.clone(),
        }
    }
}

/// A contact to be made by a person or a program.
#[derive(Debug, Clone, Default)]
pub struct NewContact {
    /// Facts, as typed.
    pub facts: Vec<(Field, String)>,
    /// Address.
    pub email: Option<EmailAddress>,
    /// Number, E.164.
    pub phone: Option<String>,
    /// Stage; `Lead` where none is given.
    pub stage: Option<Stage>,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// Name of its company: linked if there is one of that name, made if not.
    pub company: String,
    /// What it is there.
    pub role: String,
}

impl NewContact {
    /// A fact, empty where none was given.
    pub fn fact(&self, field: Field) -> &str {
        let found = self.facts.iter().find(|(f, _)| *f == field);
        found.map_or("", |(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_checked_as_they_are_typed() {
        assert_eq!(Field::TimeZone.clean(" europe/oslo").ok(), None);
        assert_eq!(
            Field::TimeZone.clean("Europe/Oslo").as_deref(),
            Ok("Europe/Oslo")
        );
        assert_eq!(Field::Language.clean("nb-NO").as_deref(), Ok("nb-NO"));
        assert!(Field::Language.clean("Norwegian (bokmål)").is_err());
        assert_eq!(
            Field::City.clean("  Mål\u{0}øy \n ").as_deref(),
            Ok("Måløy")
        );
        assert_eq!(
            Field::Name
                .clean(&"名".repeat(10_000))
                .map(|n| n.chars().count()),
            Ok(300)
        );
    }

    #[test]
    fn a_contact_without_a_name_is_called_by_what_is_known() {
        let id = ContactId(7);
        assert_eq!(shown(id, "Ada", Some("a@b.example"), None, true), "Ada");
        assert_eq!(
            shown(id, "", Some("a@b.example"), None, true),
            "a@b.example"
        );
        assert_eq!(
            shown(id, "", None, Some("+4757851204"), true),
            "+47 57 85 12 04"
        );
        assert_eq!(shown(id, "", None, None, false), "Visitor 7");
    }
}
