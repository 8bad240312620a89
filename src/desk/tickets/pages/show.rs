//! The page of a ticket: the queue beside it, the conversation, whoever it is with.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::thread::{self, Piece, Thread};
use super::typed::{Returned, Typed};
use crate::accounts::rights::{EditContacts, ReadTickets, Right};
use crate::accounts::{Action, Can, Object, Viewer, seen};
use crate::base::ids::{ContactId, MessageId, TicketId};
use crate::base::text;
use crate::contacts::cards::{Card, CardAsk, Cards};
use crate::contacts::tags::{self, Tag};
use crate::contacts::{identities, store as people};
use crate::db::{Conn, Db};
use crate::desk::inbound::mail::Person;
use crate::desk::mailboxes::store as mailboxes;
use crate::desk::tickets::actions::reply;
use crate::desk::tickets::list::ask::{Ask, Params};
use crate::desk::tickets::list::queue::Queue;
use crate::desk::tickets::model::{Priority, Status, Ticket};
use crate::desk::tickets::store;
use crate::web::{Error, Page, Result, When, path_id};

/// What the page is made of besides the ticket: lists that `app` fills.
#[derive(Clone)]
pub struct Context {
    cards: Cards,
}

impl FromRequest for Context {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let cards = request.app_data::<web::Data<Cards>>();
        ready(Ok(Self {
            cards: cards
                .map(|cards| cards.get_ref().clone())
                .unwrap_or_default(),
        }))
    }
}

/// Where the conversation begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Older {
    before: String,
}

/// Whoever the ticket is with.
pub struct Panel {
    id: ContactId,
    name: String,
    initials: String,
    tone: &'static str,
    line: String,
    company: Option<(String, String)>,
    owner: String,
    place: String,
    local_time: String,
    addresses: Vec<String>,
    cards: Vec<Card>,
}

/// Somebody an answer can go to.
pub struct Addressee {
    address: String,
    name: String,
    is_picked: bool,
}

#[derive(Template)]
#[template(path = "desk/show.html")]
pub struct ShowPage {
    queue: Queue,
    ticket: Ticket,
    mailbox: String,
    assignee: String,
    users: Vec<(String, String, bool)>,
    me: String,
    tags: Vec<Tag>,
    known_tags: Vec<Tag>,
    opened: When,
    pieces: Vec<Piece>,
    older: String,
    panel: Option<Panel>,
    to: Vec<Addressee>,
    cc: Vec<Addressee>,
    typed: Typed,
    error: Option<(String, String)>,
    is_behind: bool,
    can_edit: bool,
    can_edit_contact: bool,
    at: String,
}

impl ShowPage {
    fn act(&self, verb: &str) -> String {
        format!("/tickets/{}/{verb}{}", self.ticket.id, self.at)
    }

    fn below(&self, tail: &str) -> String {
        format!("/tickets/{}/{tail}", self.ticket.id)
    }

    fn error_of(&self, field: &str) -> &str {
        match &self.error {
            Some((at, words)) if at == field => words,
            _ => "",
        }
    }

    fn first_name(&self) -> String {
        let picked = self.to.iter().find(|person| person.is_picked);
        picked.map_or_else(String::new, |person| {
            let name = if person.name.is_empty() {
                &person.address
            } else {
                &person.name
            };
            text::line(name, 40)
        })
    }

    fn then(&self) -> &str {
        if self.typed.mode.is_empty() {
            Status::Waiting.word()
        } else {
            &self.typed.then
        }
    }

    fn is_done(&self) -> bool {
        matches!(self.ticket.status, Status::Solved | Status::Closed)
    }

    /// Word, label, whether it is this one.
    fn priorities(&self) -> Vec<(&'static str, &'static str, bool)> {
        let each = |p: &Priority| (p.word(), p.label(), *p == self.ticket.priority);
        Priority::ALL.iter().map(each).collect()
    }

    /// Word, label, whether it is this one.
    fn statuses(&self) -> Vec<(&'static str, &'static str, bool)> {
        let each = |s: &Status| (s.word(), s.label(), *s == self.ticket.status);
        Status::ALL.iter().map(each).collect()
    }

    fn seen(&self) -> String {
        self.ticket.last_message_id.to_string()
    }
}

/// `GET /tickets/{id}`. Needs: see tickets.
pub async fn show(
    viewer: Can<ReadTickets>,
    db: web::Data<Db>,
    context: Context,
    path: web::Path<String>,
    params: web::Query<Params>,
    older: web::Query<Older>,
) -> Result<Page<ShowPage>> {
    let id: TicketId = path_id(&path)?;
    let before = older.before.parse().unwrap_or(MessageId(i64::MAX));
    let returned = Returned::default();
    read(
        &viewer,
        &db,
        &context,
        id,
        params.into_inner(),
        returned,
        before,
    )
    .await
}

/// The page, with a composer that came back still on it.
pub async fn page(
    viewer: &Viewer,
    db: &Db,
    context: &Context,
    id: TicketId,
    params: Params,
    returned: Returned,
) -> Result<Page<ShowPage>> {
    let newest = MessageId(i64::MAX);
    read(viewer, db, context, id, params, returned, newest).await
}

async fn read(
    viewer: &Viewer,
    db: &Db,
    context: &Context,
    id: TicketId,
    params: Params,
    returned: Returned,
    before: MessageId,
) -> Result<Page<ShowPage>> {
    let (reader, context) = (viewer.clone(), context.clone());
    let page = db
        .read(move |conn| {
            let id = store::survivor(conn, id)?;
            let ticket = store::find(conn, id)?.ok_or(Error::NotFound)?;
            ShowPage::read(conn, ticket, &reader, &context, &params, returned, before)
        })
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

impl ShowPage {
    fn read(
        conn: &mut Conn,
        ticket: Ticket,
        viewer: &Viewer,
        context: &Context,
        params: &Params,
        returned: Returned,
        before: MessageId,
    ) -> Result<Self> {
        let (id, now, zone) = (ticket.id, viewer.now, viewer.zone());
        let access = &viewer.access;
        let ask = Ask::read(params);
        let at = ask.query();
        let Thread { pieces, older } = thread::read(conn, id, before, returned.seen, now, zone)?;
        let last = store::last_received_before(conn, id, MessageId(i64::MAX))?;
        let (to, cc) = reply::addressed_to(conn, &ticket, last.as_ref())?;
        let owners = people::owners(conn)?;
        let assignee = match ticket.assignee_id {
            Some(user) => people::user_names(conn, [user])?.remove(&user),
            None => None,
        };
        let mailbox = mailboxes::find(conn, ticket.mailbox_id)?;
        let panel = match ticket.contact_id {
            Some(contact) => panel(conn, contact, viewer, context)?,
            None => None,
        };
        let typed = &returned.typed;
        let separator = if at.is_empty() { '?' } else { '&' };
        Ok(Self {
            queue: Queue::read(conn, ask, viewer, Some(id))?,
            mailbox: mailbox.map(|mailbox| mailbox.name).unwrap_or_default(),
            assignee: assignee.unwrap_or_default(),
            users: owners
                .into_iter()
                .map(|(user, name)| (user.to_string(), name, Some(user) == ticket.assignee_id))
                .collect(),
            me: viewer.id().to_string(),
            tags: store::tags_of(conn, &[id])?.remove(&id).unwrap_or_default(),
            known_tags: tags::all(conn)?,
            opened: When::new(ticket.created_at, now, zone),
            pieces,
            older: older.map_or_else(String::new, |first| {
                format!("/tickets/{id}{at}{separator}before={first}")
            }),
            panel,
            to: addressees(to, &typed.to, typed),
            cc: addressees(cc, &typed.cc, typed),
            is_behind: returned.seen.is_some(),
            error: returned.error,
            can_edit: access
                .reach(Object::Tickets, Action::Edit)
                .covers(ticket.assignee_id),
            can_edit_contact: EditContacts::allows(access),
            typed: returned.typed,
            at,
            ticket,
        })
    }
}

/// Those it goes to by itself, and those who were picked before, each as it was left.
fn addressees(usual: Vec<Person>, picked: &[String], typed: &Typed) -> Vec<Addressee> {
    let came_back = !typed.mode.is_empty();
    let mut all: Vec<Addressee> = usual
        .into_iter()
        .map(|person| Addressee {
            is_picked: !came_back || picked.contains(&person.address),
            address: person.address,
            name: person.name,
        })
        .collect();
    for address in picked {
        if !all.iter().any(|one| one.address == *address) {
            all.push(Addressee {
                address: text::line(address, 254),
                name: String::new(),
                is_picked: true,
            });
        }
    }
    all
}

fn panel(
    conn: &mut Conn,
    id: ContactId,
    viewer: &Viewer,
    context: &Context,
) -> QueryResult<Option<Panel>> {
    let id = people::survivor(conn, id)?;
    let is_seen = seen::contact(conn, &viewer.access, Action::Read, id.0)?;
    let Some(contact) = people::live(conn, id)?.filter(|_| is_seen) else {
        return Ok(None);
    };
    let own = identities::of(conn, id)?;
    let name = identities::named(&contact, &own);
    let company = match contact.company_id {
        Some(company) => people::companies_seen(conn, &viewer.access, [company])?
            .remove(&company)
            .map(|name| (name, format!("/companies/{company}"))),
        None => None,
    };
    let owner = match contact.owner_id {
        Some(owner) => people::user_names(conn, [owner])?.remove(&owner),
        None => None,
    };
    let ask = CardAsk {
        now: viewer.now,
        zone: viewer.zone(),
        can_edit: false,
        user: viewer.id(),
        access: viewer.access.clone(),
    };
    let place = [contact.city.as_str(), contact.country.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|p| !p.is_empty()).collect();
    let there = contact.time_zone.parse::<chrono_tz::Tz>().ok();
    Ok(Some(Panel {
        initials: text::initials(&name),
        tone: text::tone(id.0),
        line: contact.job_title.clone(),
        company,
        owner: owner.unwrap_or_default(),
        place: place.join(", "),
        local_time: there.map_or_else(String::new, |zone| {
            let there = viewer.now.utc().with_timezone(&zone);
            there.format("%H:%M, %A").to_string()
        }),
        addresses: own
            .iter()
            .filter(|identity| !identity.is_code())
            .map(identities::Identity::words)
            .collect(),
        cards: context.cards.read(conn, id, &ask)?,
        name,
        id,
    }))
}
