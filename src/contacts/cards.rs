//! The right column of a record, a contact's or a company's: cards that any slice can hand in through `app`, and a
//! contact's built-in card of companies.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono_tz::Tz;
use diesel::QueryResult;

use super::companies::model::span;
use super::companies::people;
use super::companies::store as companies;
use crate::accounts::{Access, Object};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, UserId};
use crate::base::text;
use crate::db::Conn;

/// What a provider is told.
#[derive(Debug, Clone)]
pub struct CardAsk {
    /// Now.
    pub now: Timestamp,
    /// The reader's zone.
    pub zone: Tz,
    /// Whether the reader may change contacts.
    pub can_edit: bool,
    /// The reader.
    pub user: UserId,
    /// What the reader may do, for cards that need a right of their own.
    pub access: Access,
}

/// Makes one card of a contact, or none where there is nothing to show.
pub type CardProvider = fn(&mut Conn, ContactId, &CardAsk) -> QueryResult<Option<Card>>;

/// Every provider of the house, in the order of the column. The card of companies comes after the first.
#[derive(Debug, Clone, Default)]
pub struct Cards(pub Vec<CardProvider>);

/// Makes one card of a company, or none where there is nothing to show.
pub type CompanyCardProvider = fn(&mut Conn, CompanyId, &CardAsk) -> QueryResult<Option<Card>>;

/// Every provider of cards of companies, in the order of the column. They come after the people.
#[derive(Debug, Clone, Default)]
pub struct CompanyCards(pub Vec<CompanyCardProvider>);

/// The cards of a column as markup.
#[derive(Template)]
#[template(path = "contacts/_cards.html")]
pub struct Related<'a> {
    /// The cards.
    pub cards: &'a [Card],
    /// Whether the reader may change what hangs there.
    pub can_edit: &'a bool,
}

impl HtmlSafe for Related<'_> {}

/// A title, a line above it, and what hangs on the record.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// Title.
    pub title: String,
    /// Beside the title ("386 events").
    pub count: String,
    /// Columns of a month.
    pub spark: Option<Spark>,
    /// Lines.
    pub rows: Vec<CardRow>,
    /// Chips: words and tone.
    pub chips: Vec<(String, &'static str)>,
    /// Below, in grey.
    pub note: String,
    /// Where something is added, and what that is called.
    pub add: Option<(String, &'static str)>,
}

/// A sparkline.
#[derive(Debug, Clone, Default)]
pub struct Spark {
    /// Figures, oldest first.
    pub values: Vec<i64>,
    /// What is seen in it, for the ear.
    pub label: String,
    /// Below its left end.
    pub left: String,
    /// Below its middle.
    pub middle: String,
    /// Below its right end.
    pub right: String,
}

/// A line of a card.
#[derive(Debug, Clone, Default)]
pub struct CardRow {
    /// Words.
    pub label: String,
    /// Where they lead, or empty.
    pub href: String,
    /// At the right end.
    pub value: String,
    /// Below, in grey.
    pub hint: String,
    /// Initials and tone of a company's avatar.
    pub avatar: Option<(String, &'static str)>,
    /// What can be done with it.
    pub acts: Vec<CardAct>,
    /// A form that changes it: its verb and where it is.
    pub edit: Option<(&'static str, String)>,
}

/// Something that can be done with a line; posted.
#[derive(Debug, Clone)]
pub struct CardAct {
    /// The verb.
    pub label: &'static str,
    /// Where it is posted.
    pub action: String,
    /// Icon.
    pub icon: &'static str,
}

impl CompanyCards {
    /// All cards of one company.
    pub fn read(&self, conn: &mut Conn, id: CompanyId, ask: &CardAsk) -> QueryResult<Vec<Card>> {
        let mut cards = Vec::with_capacity(self.0.len());
        for provider in &self.0 {
            cards.extend(provider(conn, id, ask)?);
        }
        Ok(cards)
    }
}

impl Cards {
    /// All cards of one contact.
    pub fn read(&self, conn: &mut Conn, id: ContactId, ask: &CardAsk) -> QueryResult<Vec<Card>> {
        let mut cards = Vec::with_capacity(self.0.len() + 1);
        let mut providers = self.0.iter();
        if let Some(first) = providers.next() {
            cards.extend(first(conn, id, ask)?);
        }
        cards.push(company_card(conn, id, ask)?);
        for provider in providers {
            cards.extend(provider(conn, id, ask)?);
        }
        Ok(cards)
    }
}

/// What can be done with a contact's place at a company.
fn acts_of(id: ContactId, company: CompanyId, is_primary: bool, has_left: bool) -> Vec<CardAct> {
    let act = |label, verb: &str, icon| CardAct {
        label,
        action: format!("/contacts/{id}/companies/{company}/{verb}"),
        icon,
    };
    let mut acts = Vec::new();
    if !is_primary {
        acts.push(act("Make primary", "primary", "star"));
    }
    acts.push(if has_left {
        act("Is there again", "back", "undo")
    } else {
        act("Has left", "left", "exit")
    });
    acts.push(act("Unlink", "unlink", "close"));
    acts
}

fn company_card(conn: &mut Conn, id: ContactId, ask: &CardAsk) -> QueryResult<Card> {
    let mut jobs = people::jobs_of(conn, id)?;
    let reach = ask.access.sees(Object::Contacts);
    jobs.retain(|job| reach.covers(job.company.owner_id));
    let ids: Vec<_> = jobs.iter().map(|job| job.company.id).collect();
    let domains = companies::primary_domains(conn, &ids)?;
    let mut rows = Vec::with_capacity(jobs.len());
    for job in jobs {
        let company = job.company;
        let mut hint: Vec<String> = Vec::new();
        hint.extend(Some(job.role).filter(|role| !role.is_empty()));
        let today = ask.now.day();
        let has_left = job.ended_on.is_some_and(|last| last <= today);
        let span = span(job.started_on, job.ended_on);
        if has_left && job.started_on.is_none() {
            hint.push("no longer there".to_owned());
        } else if !span.is_empty() {
            hint.push(span);
        }
        hint.extend(domains.get(&company.id).cloned());
        hint.extend(
            company
                .employees
                .map(|n| format!("{} people", crate::web::number(n))),
        );
        let acts = if ask.can_edit {
            acts_of(id, company.id, job.is_primary, has_left)
        } else {
            Vec::new()
        };
        rows.push(CardRow {
            href: format!("/companies/{}", company.id),
            value: if job.is_primary { "Primary" } else { "" }.to_owned(),
            hint: hint.join(" · "),
            avatar: Some((text::initials(&company.name), text::tone(company.id.0))),
            label: company.name,
            acts,
            edit: ask.can_edit.then(|| {
                let form = format!("/companies/{}/people/{id}?back=contact", company.id);
                ("Role and time", form)
            }),
        });
    }
    Ok(Card {
        title: "Company".to_owned(),
        note: if rows.is_empty() {
            "No company yet."
        } else {
            ""
        }
        .to_owned(),
        rows,
        add: ask
            .can_edit
            .then(|| (format!("/contacts/{id}/companies/new"), "Link a company")),
        ..Card::default()
    })
}
