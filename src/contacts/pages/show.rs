//! The record page: facts, story, relations.

use actix_web::{Either, web};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::facts::{self, Fact, Group, Identifier, Open};
use super::glance::Glance;
use crate::accounts::rights::{ReadContacts, ReadSensitive, Right};
use crate::accounts::{self, Access, Action, Can, Viewer};
use crate::base::Timestamp;
use crate::base::ids::{ContactId, IdentityId};
use crate::base::text;
use crate::contacts::cards::{Card, CardAsk, Cards};
use crate::contacts::fields::{self, Object};
use crate::contacts::identities;
use crate::contacts::model::{Contact, Stage};
use crate::contacts::tags::{self, Tag};
use crate::contacts::{rules, store, traits};
use crate::db::{Conn, Db, Memo};
use crate::timeline::{About, Mark, Show, Story, StoryAsk, Strands};
use crate::web::{self as kit, Error, Page, Redirect, Result, redirect};

/// The query of a record's URL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    show: String,
    before: String,
    edit: String,
}

/// What stands on the page besides the record itself.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// The form that is open.
    pub open: Open,
    /// A note that could not be saved.
    pub note: String,
    /// Why.
    pub note_error: String,
    /// Which lines of the story.
    pub show: Option<Show>,
    /// Below which line.
    pub before: Option<Mark>,
}

#[derive(Template)]
#[template(path = "contacts/show.html")]
pub struct ShowPage {
    contact: Contact,
    name: String,
    initials: String,
    tone: &'static str,
    company: Option<(String, String)>,
    place: String,
    clock: String,
    owner: Option<(String, String, &'static str)>,
    owners: Vec<(String, String)>,
    owner_word: String,
    stages: Vec<(&'static str, &'static str)>,
    reach: Vec<Identifier>,
    codes: Vec<Identifier>,
    facts: Vec<Fact>,
    groups: Vec<Group>,
    traits: Vec<Fact>,
    tags: Vec<Tag>,
    known_tags: Vec<Tag>,
    cards: Vec<Card>,
    story: Story,
    note: String,
    note_error: String,
    open: Open,
    since: String,
    adders: Vec<Adder>,
    can_edit: bool,
    can_delete: bool,
}

/// A form that adds an address or a number.
struct Adder {
    namespace: &'static str,
    label: &'static str,
    verb: &'static str,
    keyboard: &'static str,
    is_first: bool,
    is_open: bool,
    typed: String,
    error: String,
    holder: Option<(ContactId, String)>,
}

/// `GET /contacts/{id}`. Needs: see contacts. A merged contact leads to the one it lives on in.
pub async fn show(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    strands: web::Data<Strands>,
    cards: web::Data<Cards>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let id = kit::path_id(&path)?;
    let extra = Extra {
        open: Open {
            name: params.edit.clone(),
            ..Open::default()
        },
        show: Show::from_word(&params.show),
        before: Mark::decode(&params.before),
        ..Extra::default()
    };
    page(&viewer, &db, &strands, &cards, id, extra).await
}

/// The page of a contact, with forms that failed still open on it.
pub async fn page(
    viewer: &Viewer,
    db: &Db,
    strands: &Strands,
    cards: &Cards,
    id: ContactId,
    extra: Extra,
) -> Result<Either<Page<ShowPage>, Redirect>> {
    let (reader, strands, cards) = (viewer.clone(), strands.clone(), cards.clone());
    let memo = db.memo();
    let found = db
        .read(move |conn| {
            let Some(contact) = store::find(conn, id)? else {
                return Err(Error::NotFound);
            };
            if let Some(into) = contact.merged_into {
                return Ok(Err(store::survivor(conn, into)?));
            }
            if contact.deleted_at.is_some() {
                return Err(Error::NotFound);
            }
            ShowPage::read(conn, &memo, contact, &reader, (&strands, &cards), extra).map(Ok)
        })
        .await?;
    Ok(match found {
        Ok(page) => Either::Left(Page::new(viewer.shell(), page)),
        Err(survivor) => Either::Right(redirect(format!("/contacts/{survivor}"))),
    })
}

impl ShowPage {
    /// An address below the contact's own.
    fn at(&self, tail: &str) -> String {
        format!("/contacts/{}/{tail}", self.contact.id)
    }

    fn at_field(&self, field: &str) -> String {
        format!("/contacts/{}/fields/{field}", self.contact.id)
    }

    fn at_identity(&self, id: &IdentityId, verb: &str) -> String {
        format!("/contacts/{}/identities/{id}/{verb}", self.contact.id)
    }

    fn codes_count(&self) -> String {
        self.codes.len().to_string()
    }

    fn codes_more(&self) -> String {
        format!("{} more", self.codes.len().saturating_sub(6))
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a page is one list of what stands on it"
    )]
    fn read(
        conn: &mut Conn,
        memo: &Memo,
        contact: Contact,
        viewer: &Viewer,
        (strands, cards): (&Strands, &Cards),
        extra: Extra,
    ) -> Result<Self> {
        let (id, now, zone) = (contact.id, viewer.now, viewer.zone());
        let access = &viewer.access;
        let can_edit = access
            .reach(accounts::Object::Contacts, Action::Edit)
            .covers(contact.owner_id);
        let identities = identities::of(conn, id)?;
        let name = identities::named(&contact, &identities);
        let (facts, groups, traits) = known(conn, memo, &contact, viewer, &extra.open)?;
        let owners = memo.recall("owners", conn, store::owners)?;
        let ask = StoryAsk {
            about: About::Contact(id),
            before: extra.before,
            show: extra.show.unwrap_or(Show::All),
            now,
            zone,
            access: access.clone(),
        };
        let card_ask = CardAsk {
            now,
            zone,
            can_edit,
            user: viewer.id(),
            access: access.clone(),
        };
        let (reach, codes) = facts::identifiers(identities);
        Ok(Self {
            initials: text::initials(&name),
            tone: text::tone(id.0),
            name,
            company: company(conn, &contact, access)?,
            place: place(&contact),
            clock: clock(&contact, now),
            owner: owner(conn, &contact)?,
            owner_word: contact.owner_id.map_or_else(String::new, |o| o.to_string()),
            owners: owners
                .iter()
                .map(|(id, name)| (id.to_string(), name.clone()))
                .collect(),
            stages: Stage::options(),
            codes,
            facts,
            groups,
            traits,
            tags: tags::of_contact(conn, id)?,
            known_tags: memo.recall("tags", conn, tags::all)?.to_vec(),
            cards: cards.read(conn, id, &card_ask)?,
            story: Story::read(conn, strands, &ask)?,
            adders: adders(&reach, &extra.open),
            note: extra.note,
            note_error: extra.note_error,
            open: extra.open,
            since: contact
                .created_at
                .utc()
                .with_timezone(&zone)
                .format("%-d %B %Y")
                .to_string(),
            can_edit,
            can_delete: access
                .reach(accounts::Object::Contacts, Action::Delete)
                .covers(contact.owner_id),
            reach,
            contact,
        })
    }
}

/// Facts that are columns, fields by their groups, and whatever else is claimed.
fn known(
    conn: &mut Conn,
    memo: &Memo,
    contact: &Contact,
    viewer: &Viewer,
    open: &Open,
) -> QueryResult<(Vec<Fact>, Vec<Group>, Vec<Fact>)> {
    let claims = traits::claims(conn, contact.id)?;
    let order = memo.recall("trait rules", conn, rules::load)?;
    let declared = memo.recall("fields contact", conn, |conn| {
        fields::store::every(conn, Object::Contact)
    })?;
    let house = memo.recall("ways of the house", conn, fields::store::ways_of_house)?;
    let sees_sensitive = ReadSensitive::allows(&viewer.access);
    let ways = house.as_ref().clone();
    let glance = Glance {
        order: &order,
        fields: &declared,
        ways: &ways.of(sees_sensitive, viewer.zone(), viewer.now),
        open,
        now: viewer.now,
    };
    Ok((
        glance.columns(contact, &claims),
        glance.groups(&claims),
        glance.others(&claims),
    ))
}

/// Name and address of the company.
fn company(
    conn: &mut Conn,
    contact: &Contact,
    access: &Access,
) -> QueryResult<Option<(String, String)>> {
    let Some(id) = contact.company_id else {
        return Ok(None);
    };
    let name = store::companies_seen(conn, access, [id])?.remove(&id);
    Ok(name.map(|name| (name, format!("/companies/{id}"))))
}

/// Name, initials and tone of the owner.
fn owner(
    conn: &mut Conn,
    contact: &Contact,
) -> QueryResult<Option<(String, String, &'static str)>> {
    let Some(id) = contact.owner_id else {
        return Ok(None);
    };
    let name = store::user_names(conn, [id])?.remove(&id);
    Ok(name.map(|name| {
        let initials = text::initials(&name);
        (name, initials, text::tone(id.0))
    }))
}

fn adders(reach: &[Identifier], open: &Open) -> Vec<Adder> {
    let adder = |(namespace, label, verb, keyboard)| {
        let open = Some(open).filter(|open| open.name.strip_prefix("identity:") == Some(namespace));
        Adder {
            namespace,
            label,
            verb,
            keyboard,
            is_first: !reach.iter().any(|i| i.namespace == namespace),
            is_open: open.is_some(),
            typed: open.and_then(|o| o.typed.clone()).unwrap_or_default(),
            error: open.map_or_else(String::new, |o| o.error.clone()),
            holder: open.and_then(|o| o.holder.clone()),
        }
    };
    let email = ("email", "E-mail", "Add an address", "email");
    let phone = ("phone", "Phone", "Add a number", "tel");
    [email, phone].map(adder).into()
}

fn place(contact: &Contact) -> String {
    let parts = [&contact.city, &contact.country];
    let parts: Vec<&str> = parts
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

/// What a clock on their wall says.
fn clock(contact: &Contact, now: Timestamp) -> String {
    contact.time_zone.parse::<chrono_tz::Tz>().map_or_else(
        |_| String::new(),
        |zone| {
            now.utc()
                .with_timezone(&zone)
                .format("%H:%M there")
                .to_string()
        },
    )
}
