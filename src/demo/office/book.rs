//! Doing what was planned, through the same actions as everybody else, each at its own time.

use std::collections::HashMap;

use serde_json::json;

use super::plan::{Deed, Do, On};
use crate::accounts::Access;
use crate::base::EmailAddress;
use crate::base::ids::{CompanyId, ContactId, UserId};
use crate::contacts::companies::actions as firms;
use crate::contacts::companies::model::{CompanyField, NewCompany};
use crate::contacts::companies::{people as posts, store as firm_store};
use crate::contacts::fields::Ways;
use crate::contacts::model::{By, Field, NewContact};
use crate::contacts::refusal::Refusal;
use crate::contacts::{actions, identities};
use crate::db::Conn;
use crate::demo::cast::{Colleague, FIRMS, Firm, Person, TEAM, Trade};
use crate::timeline::About;
use crate::timeline::notes::{self, NoteRefusal};

/// Who is who in the database, found once.
#[derive(Debug, Default)]
pub(in crate::demo) struct Book {
    team: Vec<UserId>,
    people: HashMap<usize, ContactId>,
    firms: HashMap<usize, CompanyId>,
}

impl Book {
    /// A book of a team.
    pub fn new(team: Vec<UserId>) -> Self {
        Self {
            team,
            ..Self::default()
        }
    }

    /// Somebody of the team.
    pub fn colleague(&self, place: usize) -> Option<(UserId, &'static Colleague)> {
        self.team.get(place).copied().zip(TEAM.get(place))
    }

    /// Who works at Tidewater, in the order of its team.
    pub fn team(&self) -> &[UserId] {
        &self.team
    }

    /// Does one deed.
    pub fn act(&mut self, conn: &mut Conn, people: &[Person], deed: &Deed) -> Result<(), Refusal> {
        let (Some(user), Some(colleague)) = (self.team.get(deed.by), TEAM.get(deed.by)) else {
            return Err(Refusal::Missing);
        };
        let by = By {
            user: *user,
            name: colleague.name.to_owned(),
            ip: String::new(),
            now: deed.at,
            access: Access::everything(*user),
        };
        match deed.on {
            On::Person(who) => match people.get(who) {
                Some(person) => self.person(conn, who, person, &deed.what, &by),
                None => Err(Refusal::Missing),
            },
            On::Firm(index) => match FIRMS.get(index) {
                Some(firm) => self.firm(conn, index, firm, &deed.what, &by),
                None => Err(Refusal::Missing),
            },
        }
    }

    fn person(
        &mut self,
        conn: &mut Conn,
        who: usize,
        person: &Person,
        what: &Do,
        by: &By,
    ) -> Result<(), Refusal> {
        if matches!(what, Do::Create) {
            self.people.insert(who, create(conn, person, by)?);
            return Ok(());
        }
        let id = self.contact(conn, who, person)?;
        match what {
            Do::Owner(owner) => {
                actions::set_owner(conn, id, self.team.get(*owner).copied(), by)?;
            }
            Do::Stage(stage) => {
                actions::set_stage(conn, id, *stage, by)?;
            }
            Do::Tag(tag) => {
                actions::tag(conn, id, tag, by)?;
            }
            Do::Role(role) => {
                if let Some(index) = person.firm
                    && let Some(firm) = FIRMS.get(index)
                {
                    let company = self.company(conn, index, firm)?;
                    posts::link(conn, company, id, role, by)?;
                }
            }
            Do::Note(body, is_pinned) => {
                write(conn, About::Contact(id), body, *is_pinned, by)?;
            }
            Do::Trait(key, value) => {
                actions::set_trait(conn, id, key, Some(&json!(value)), &Ways::plain(by.now), by)?;
            }
            Do::Create | Do::Fill => {}
        }
        Ok(())
    }

    fn firm(
        &mut self,
        conn: &mut Conn,
        index: usize,
        firm: &Firm,
        what: &Do,
        by: &By,
    ) -> Result<(), Refusal> {
        if matches!(what, Do::Create) {
            let new = NewCompany {
                facts: facts(firm),
                domain: firm.domain(),
                ..NewCompany::default()
            };
            self.firms.insert(index, firms::create(conn, &new, by)?);
            return Ok(());
        }
        let id = self.company(conn, index, firm)?;
        match what {
            Do::Fill => {
                let changes: Vec<firms::Change> = facts(firm)
                    .into_iter()
                    .filter(|(field, _)| *field != CompanyField::Name)
                    .map(|(field, value)| (field, None, value))
                    .collect();
                firms::change(conn, id, &changes, by)?;
            }
            Do::Owner(owner) => firms::set_owner(conn, id, self.team.get(*owner).copied(), by)?,
            Do::Stage(stage) => {
                firms::set_stage(conn, id, *stage, by)?;
            }
            Do::Tag(tag) => firms::tag(conn, id, tag, by)?,
            Do::Note(body, is_pinned) => write(conn, About::Company(id), body, *is_pinned, by)?,
            Do::Create | Do::Role(_) | Do::Trait(..) => {}
        }
        Ok(())
    }

    /// The contact of a person.
    pub fn contact(
        &mut self,
        conn: &mut Conn,
        who: usize,
        person: &Person,
    ) -> Result<ContactId, Refusal> {
        if let Some(id) = self.people.get(&who) {
            return Ok(*id);
        }
        let found = identities::holder(conn, "email", &person.email)?;
        let id = found.ok_or(Refusal::Missing)?;
        self.people.insert(who, id);
        Ok(id)
    }

    /// The company of a firm.
    pub fn company(
        &mut self,
        conn: &mut Conn,
        index: usize,
        firm: &Firm,
    ) -> Result<CompanyId, Refusal> {
        if let Some(id) = self.firms.get(&index) {
            return Ok(*id);
        }
        let found = firm_store::by_name(conn, firm.name)?;
        let id = found.ok_or(Refusal::Missing)?;
        self.firms.insert(index, id);
        Ok(id)
    }
}

fn create(conn: &mut Conn, person: &Person, by: &By) -> Result<ContactId, Refusal> {
    let new = NewContact {
        facts: vec![
            (Field::Name, person.name.clone()),
            (Field::GivenName, person.given.clone()),
            (Field::FamilyName, person.family.clone()),
            (Field::JobTitle, person.title.to_owned()),
            (Field::City, person.city.name.to_owned()),
            (Field::Country, person.locale.country.to_owned()),
            (Field::TimeZone, person.city.zone.name().to_owned()),
            (Field::Language, person.locale.language.to_owned()),
        ],
        email: EmailAddress::parse(&person.email),
        phone: person.phone.clone(),
        // A prospect is in the book already, and found by the domain.
        ..NewContact::default()
    };
    actions::create(conn, &new, by)
}

fn write(
    conn: &mut Conn,
    about: About,
    body: &str,
    is_pinned: bool,
    by: &By,
) -> Result<(), Refusal> {
    match notes::add(conn, about, body, is_pinned, by.user, by.now) {
        Ok(_) => Ok(()),
        Err(NoteRefusal::Query(error)) => Err(error.into()),
        Err(NoteRefusal::Empty | NoteRefusal::Changed(_) | NoteRefusal::Missing) => {
            Err(Refusal::Missing)
        }
    }
}

/// What is known of a company by hand.
fn facts(firm: &Firm) -> Vec<(CompanyField, String)> {
    let locale = crate::demo::cast::locale(firm.language);
    let city = locale.cities.get(firm.city).map_or("", |city| city.name);
    let trade = match firm.trade {
        Trade::Farm => "Aquaculture",
        Trade::Port => "Ports and harbours",
        Trade::Water => "Water works",
        Trade::Lab => "Research",
    };
    vec![
        (CompanyField::Name, firm.name.to_owned()),
        (CompanyField::Industry, trade.to_owned()),
        (CompanyField::Employees, firm.employees.to_string()),
        (
            CompanyField::Website,
            format!("https://www.{}", firm.domain()),
        ),
        (CompanyField::City, city.to_owned()),
        (CompanyField::Country, locale.country.to_owned()),
    ]
}
