//! The record page of a company: facts, story, people.

use actix_web::{Either, web};
use askama::Template;
use serde::Deserialize;

use super::family::{self, Child};
use super::model::{self, Company, CompanyField, Person};
use super::{fields, gather, people, store};
use crate::accounts::rights::ReadContacts;
use crate::accounts::{Action, Can, Object, Viewer};
use crate::base::ids::CompanyId;
use crate::base::text;
use crate::contacts::fields as declared;
use crate::contacts::model::Stage;
use crate::contacts::pages::facts::{Fact, FactForm, Group, Open};
use crate::contacts::store as contacts;
use crate::contacts::tags::{self, Tag};
use crate::contacts::{Card, CardAsk, CompanyCards, Related};
use crate::db::{Conn, Db};
use crate::timeline::{About, Mark, Show, Story, StoryAsk, Strands};
use crate::web::{self as kit, Error, Page, Redirect, Result, redirect};

/// People on the page.
const PEOPLE: usize = 50;

/// The query of the URL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    show: String,
    before: String,
}

/// What failed on the page, with what was typed.
#[derive(Debug, Clone, Default)]
pub struct Failed {
    /// `domain` or `note`.
    pub form: &'static str,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub error: String,
    /// Who has it: id and name.
    pub holder: Option<(CompanyId, String)>,
    /// The field whose form is open.
    pub open: Open,
}

impl Failed {
    fn typed_in(&self, form: &str) -> &str {
        if self.form == form { &self.typed } else { "" }
    }

    fn error_of(&self, form: &str) -> &str {
        if self.form == form { &self.error } else { "" }
    }
}

/// What slices hand in for the page.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// Lines of its story.
    pub strands: &'a Strands,
    /// Cards of its right column.
    pub cards: &'a CompanyCards,
}

/// A person on the page.
pub struct Member {
    /// Who.
    pub person: Person,
    /// For the avatar.
    pub initials: String,
    /// For the avatar.
    pub tone: &'static str,
}

/// What a group of companies adds up to.
pub struct Family {
    /// Companies below this one, at any depth.
    pub companies: String,
    /// "12 people" of all of them.
    pub people: String,
}

impl Member {
    /// "has left", "since March 2021".
    fn time(&self) -> String {
        match model::span(self.person.started_on, self.person.ended_on) {
            words if words.is_empty() && self.person.has_left => "has left".to_owned(),
            words => words,
        }
    }
}

#[derive(Template)]
#[template(path = "companies/show.html")]
pub struct ShowPage {
    company: Company,
    initials: String,
    tone: &'static str,
    place: String,
    owner: Option<(String, String, &'static str)>,
    owner_word: String,
    owners: Vec<(String, String)>,
    stages: Vec<(&'static str, &'static str)>,
    facts: Vec<(&'static str, String)>,
    groups: Vec<Group>,
    domains: Vec<String>,
    members: Vec<Member>,
    has_more: bool,
    above: Vec<Company>,
    below: Vec<Child>,
    family: Option<Family>,
    strays: usize,
    tags: Vec<Tag>,
    known_tags: Vec<Tag>,
    cards: Vec<Card>,
    story: Story,
    failed: Failed,
    can_edit: bool,
    can_delete: bool,
}

impl ShowPage {
    /// An address below the company's own.
    fn at(&self, tail: &str) -> String {
        format!("/companies/{}/{tail}", self.company.id)
    }

    fn form_of<'a>(&'a self, fact: &'a Fact) -> FactForm<'a> {
        FactForm {
            fact,
            action: self.at("traits"),
            pins: String::new(),
            can_edit: &self.can_edit,
        }
    }

    fn related(&self) -> Related<'_> {
        Related {
            cards: &self.cards,
            can_edit: &self.can_edit,
        }
    }

    fn new_person(&self) -> String {
        let query = serde_urlencoded::to_string([("company", &self.company.name)]);
        format!("/contacts/new?{}", query.unwrap_or_default())
    }

    /// The name of the company above, as it is typed.
    fn parent_name(&self) -> &str {
        match (self.failed.typed_in("parent"), self.above.first()) {
            ("", Some(parent)) => &parent.name,
            (typed, _) => typed,
        }
    }

    /// The companies below that the page names.
    fn named(&self) -> &[Child] {
        self.below
            .get(..family::NAMED as usize)
            .unwrap_or(&self.below)
    }

    fn below_href(&self) -> String {
        format!("/companies?under={}", self.company.id)
    }

    fn stray_count(&self) -> String {
        if self.strays > gather::COUNTED {
            format!("{}+", gather::COUNTED)
        } else {
            self.strays.to_string()
        }
    }

    fn member_count(&self) -> String {
        let more = if self.has_more { "+" } else { "" };
        format!("{}{more}", self.members.len())
    }
}

/// `GET /companies/{id}`. Needs: see contacts. A merged company leads to the one it lives on in.
pub async fn show(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<CompanyCards>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let id = kit::path_id(&path)?;
    if let Some(survivor) = db.read(move |conn| store::survivor(conn, id)).await? {
        return Ok(Either::Right(redirect(format!("/companies/{survivor}"))));
    }
    let params = params.into_inner();
    let beside = Beside {
        strands: &strands,
        cards: &cards,
    };
    let page = page(&viewer, &db, beside, id, params, Failed::default()).await?;
    Ok(Either::Left(page))
}

/// The page of a company, with a form that failed still on it.
pub async fn page(
    viewer: &Viewer,
    db: &Db,
    beside: Beside<'_>,
    id: CompanyId,
    params: Params,
    failed: Failed,
) -> Result<Page<ShowPage>> {
    let (reader, strands) = (viewer.clone(), beside.strands.clone());
    let cards = beside.cards.clone();
    let page = db
        .read(move |conn| {
            let company = store::live(conn, id)?.ok_or(Error::NotFound)?;
            let beside = Beside {
                strands: &strands,
                cards: &cards,
            };
            ShowPage::read(conn, company, &reader, beside, &params, failed)
        })
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

impl ShowPage {
    #[expect(
        clippy::too_many_lines,
        reason = "a page is one list of what stands on it"
    )]
    fn read(
        conn: &mut Conn,
        company: Company,
        viewer: &Viewer,
        beside: Beside<'_>,
        params: &Params,
        failed: Failed,
    ) -> Result<Self> {
        let id = company.id;
        let owner = match company.owner_id {
            Some(user) => contacts::user_names(conn, [user])?
                .remove(&user)
                .map(|name| {
                    let initials = text::initials(&name);
                    (name, initials, text::tone(user.0))
                }),
            None => None,
        };
        let today = viewer.now.day();
        let reach = viewer.access.sees(Object::Contacts);
        let mut members = people::of(conn, id, &reach, today, PEOPLE as i64 + 1)?;
        let has_more = members.len() > PEOPLE;
        members.truncate(PEOPLE);
        let member = |person: Person| Member {
            initials: text::initials(&person.name),
            tone: text::tone(person.contact_id.0),
            person,
        };
        let ask = StoryAsk {
            about: About::Company(id),
            before: Mark::decode(&params.before),
            show: Show::from_word(&params.show).unwrap_or(Show::All),
            now: viewer.now,
            zone: viewer.zone(),
            access: viewer.access.clone(),
        };
        let place = [company.city.as_str(), company.country.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|p| !p.is_empty()).collect();
        let access = &viewer.access;
        let edit = access.reach(Object::Contacts, Action::Edit);
        let ways = declared::ways(conn, access, viewer.zone(), viewer.now)?;
        let card_ask = CardAsk {
            now: viewer.now,
            zone: viewer.zone(),
            can_edit: edit.covers(company.owner_id),
            user: viewer.id(),
            access: access.clone(),
        };
        let domains = store::domains(conn, id)?;
        let mut below = family::below(conn, id)?;
        below.retain(|child| reach.covers(child.owner_id));
        let can_edit = edit.covers(company.owner_id);
        Ok(Self {
            above: family::above_seen(conn, &company, &reach)?,
            // Sums over a group are for who sees all of it.
            family: if below.is_empty() || !reach.is_all() {
                None
            } else {
                Some(Family::read(conn, id, today)?)
            },
            below,
            strays: if can_edit && reach.is_all() {
                gather::count(conn, &domains)?
            } else {
                0
            },
            initials: text::initials(&company.name),
            tone: text::tone(id.0),
            place: place.join(", "),
            owner,
            owner_word: company.owner_id.map_or_else(String::new, |o| o.to_string()),
            owners: contacts::owners(conn)?
                .into_iter()
                .map(|(id, name)| (id.to_string(), name))
                .collect(),
            stages: Stage::options(),
            facts: facts(&company),
            groups: fields::groups(conn, id, &ways, &failed.open, viewer.now)?,
            domains,
            members: members.into_iter().map(member).collect(),
            has_more,
            tags: store::tags_of(conn, id)?,
            known_tags: tags::all(conn)?,
            cards: beside.cards.read(conn, id, &card_ask)?,
            story: Story::read(conn, beside.strands, &ask)?,
            failed,
            can_edit,
            can_delete: access
                .reach(Object::Contacts, Action::Delete)
                .covers(company.owner_id),
            company,
        })
    }
}

impl Family {
    fn read(conn: &mut Conn, id: CompanyId, today: i64) -> diesel::QueryResult<Self> {
        let ids = family::whole(conn, id)?;
        let more = if ids.len() >= family::MOST { "+" } else { "" };
        Ok(Self {
            companies: format!("{}{more}", kit::number(ids.len() as i64 - 1)),
            people: match family::people(conn, &ids, today)? {
                1 => "1 person".to_owned(),
                n => format!("{}{more} people", kit::number(n)),
            },
        })
    }
}

/// What there is to say, without the name, which stands above, and the web address, which is a link.
fn facts(company: &Company) -> Vec<(&'static str, String)> {
    let fact = |field: &CompanyField| {
        let value = match (field, company.employees) {
            (CompanyField::Name | CompanyField::Website, _) => return None,
            (CompanyField::Employees, Some(n)) => kit::number(n),
            _ => field.of(company),
        };
        (!value.is_empty()).then(|| (field.label(), value))
    };
    CompanyField::ALL.iter().filter_map(fact).collect()
}
