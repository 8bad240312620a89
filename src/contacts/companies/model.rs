//! Rows and words of companies.

use diesel::prelude::*;

use crate::base::clock::DAY;
use crate::base::ids::{CompanyId, UserId};
use crate::base::{Timestamp, text};
use crate::contacts::model::Stage;
use crate::db::schema::companies;
use crate::text_enum;

text_enum!(
    /// A fact of a company.
    CompanyField {
        /// As it writes itself.
        Name => "name",
        /// What it does.
        Industry => "industry",
        /// People it employs.
        Employees => "employees",
        /// Number of the switchboard.
        Phone => "phone",
        /// Address on the web.
        Website => "website",
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
    }
);

impl CompanyField {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Industry => "Industry",
            Self::Employees => "Employees",
            Self::Phone => "Phone",
            Self::Website => "Website",
            Self::Street => "Street",
            Self::PostalCode => "Postal code",
            Self::City => "City",
            Self::Region => "Region",
            Self::Country => "Country",
        }
    }

    /// What a company has in it.
    pub fn of(self, company: &Company) -> String {
        match self {
            Self::Name => company.name.clone(),
            Self::Industry => company.industry.clone(),
            Self::Employees => company
                .employees
                .map_or_else(String::new, |n| n.to_string()),
            Self::Phone => company.phone.clone().unwrap_or_default(),
            Self::Website => company.website.clone(),
            Self::Street => company.street.clone(),
            Self::PostalCode => company.postal_code.clone(),
            Self::City => company.city.clone(),
            Self::Region => company.region.clone(),
            Self::Country => company.country.clone(),
        }
    }

    /// The value as it is kept, or what is wrong with it.
    pub fn clean(self, typed: &str) -> Result<String, &'static str> {
        let value = text::line(typed, if self == Self::Name { 300 } else { 200 });
        match self {
            Self::Name if value.is_empty() => Err("A company needs a name."),
            Self::Employees if !value.is_empty() => {
                let digits: String = value.chars().filter(|c| !" ,.'".contains(*c)).collect();
                match digits.parse::<u32>() {
                    Ok(n) => Ok(n.to_string()),
                    Err(_) => Err("Write a whole number."),
                }
            }
            Self::Website if !value.is_empty() => {
                website(&value).ok_or("Write it as example.com or https://example.com.")
            }
            _ => Ok(value),
        }
    }
}

/// A web address with its scheme; only http and https are ever linked to.
fn website(typed: &str) -> Option<String> {
    let with_scheme = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    };
    let url = url::Url::parse(&with_scheme).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| host.contains('.'));
    is_web.then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// A company as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = companies)]
pub struct Company {
    /// Id.
    pub id: CompanyId,
    /// As it writes itself.
    pub name: String,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// How far it has come; never `Visitor`.
    pub stage: Stage,
    /// What it does.
    pub industry: String,
    /// People it employs.
    pub employees: Option<i64>,
    /// Number of the switchboard, as typed.
    pub phone: Option<String>,
    /// Address on the web.
    pub website: String,
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
    /// Counts changes by people.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When somebody there was last seen.
    pub last_seen_at: Timestamp,
    /// The company it lives on in.
    pub merged_into: Option<CompanyId>,
    /// Since when it is in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The company it belongs to.
    pub parent_id: Option<CompanyId>,
}

/// A company to be made.
#[derive(Debug, Clone, Default)]
pub struct NewCompany {
    /// Facts, as typed.
    pub facts: Vec<(CompanyField, String)>,
    /// Its e-mail domain, or empty.
    pub domain: String,
    /// Stage; `Lead` where none is given.
    pub stage: Option<Stage>,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
}

impl NewCompany {
    /// A fact, empty where none was given.
    pub fn fact(&self, field: CompanyField) -> &str {
        let found = self.facts.iter().find(|(f, _)| *f == field);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// Somebody who works there.
#[derive(Debug, Clone)]
pub struct Person {
    /// Id of the link.
    pub contact_id: crate::base::ids::ContactId,
    /// What the contact is called.
    pub name: String,
    /// What they are there.
    pub role: String,
    /// Whether it is their main company.
    pub is_primary: bool,
    /// Since when they are there, as a day.
    pub started_on: Option<i64>,
    /// The last day, past or to come.
    pub ended_on: Option<i64>,
    /// Whether they are no longer there.
    pub has_left: bool,
}

/// "2019 – 2023", "since March 2021", or nothing.
pub fn span(started_on: Option<i64>, ended_on: Option<i64>) -> String {
    let month = |day: i64| Timestamp(day * DAY).utc().format("%B %Y").to_string();
    let year = |day: i64| Timestamp(day * DAY).utc().format("%Y").to_string();
    match (started_on, ended_on) {
        (None, None) => String::new(),
        (Some(from), None) => format!("since {}", month(from)),
        (None, Some(to)) => format!("until {}", month(to)),
        (Some(from), Some(to)) if year(from) == year(to) => {
            format!("{} – {}", month(from), month(to))
        }
        (Some(from), Some(to)) => format!("{} – {}", year(from), year(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_at_a_company_is_said_in_short() {
        let day = |y, m| {
            let date = chrono::NaiveDate::from_ymd_opt(y, m, 15).expect("a date");
            (date - chrono::NaiveDate::default()).num_days()
        };
        for (from, to, words) in [
            (None, None, ""),
            (Some(day(2021, 3)), None, "since March 2021"),
            (None, Some(day(2021, 3)), "until March 2021"),
            (Some(day(2019, 1)), Some(day(2023, 5)), "2019 – 2023"),
            (
                Some(day(2021, 1)),
                Some(day(2021, 5)),
                "January 2021 – May 2021",
            ),
        ] {
            assert_eq!(span(from, to), words);
        }
    }

    #[test]
    fn facts_are_checked_as_they_are_typed() {
        use CompanyField::{Employees, Name, Website};
        for (field, typed, want) in [
            (
                Website,
                "nordfjord.example",
                Ok("https://nordfjord.example"),
            ),
            (Website, "http://a.example/x/", Ok("http://a.example/x")),
            (Website, "javascript:alert(1)", Err(())),
            (Website, "ftp://a.example", Err(())),
            (Employees, "1,200", Ok("1200")),
            (Employees, "many", Err(())),
            (Name, "  ", Err(())),
            (Name, "瀬戸内水産株式会社", Ok("瀬戸内水産株式会社")),
        ] {
            let got = field.clean(typed).map_err(|_| ());
            assert_eq!(
                got.as_deref(),
                want.as_ref().map(|s| *s).map_err(|()| &()),
                "{typed}"
            );
        }
    }
}
