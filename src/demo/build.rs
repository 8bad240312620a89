//! Building a planned world in an empty instance. Blocks until everything is enriched; must not run on a thread that
//! answers requests.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use futures_util::future::try_join_all;

use super::cast::{DOMAIN, INGRID, SADE, TEAM};
use super::office::{Book, Deed, deals, fill_desk, mailings};
use super::plan::SEED;
use super::{Plan, Post, SOURCES, Size};
use crate::accounts::actions::{self as accounts, SetUp};
use crate::accounts::audit::By;
use crate::accounts::password::Cost;
use crate::accounts::{AccountError, store as users};
use crate::base::ids::{ContactId, SourceId, UserId};
use crate::base::{EmailAddress, Timestamp, token};
use crate::contacts::refusal::Refusal;
use crate::db::schema::{companies, contacts};
use crate::db::{Conn, Db, DbError};
use crate::events::enrich;
use crate::events::inbox::{Inbox, InboxError, NewRequest};
use crate::events::live::Live;
use crate::events::sources::{self, NewSource, Source};

/// Requests handed to the inbox at once.
const POSTS: usize = 2_000;
/// Deeds in one transaction: short, so that others get their turn.
const DEEDS: usize = 250;
/// Deals in one transaction.
const PITCHES: usize = 20;

/// What a world is built on.
#[derive(Clone)]
pub struct Ground {
    /// The database.
    pub db: Db,
    /// Where events go.
    pub inbox: Inbox,
    /// Who takes them out again.
    pub pump: Pump,
    /// Where the debugger hears of them.
    pub live: Live,
}

/// Who enriches what lies in the inbox.
#[derive(Clone)]
pub enum Pump {
    /// We do: nobody else is at work.
    Own(enrich::Worker),
    /// The worker of a running instance; we wait for it.
    Running,
}

/// A world that was built.
#[derive(Debug)]
pub struct World {
    /// Addresses of the team and their roles, the administrator first.
    pub team: Vec<(String, String)>,
    /// Everybody's password.
    pub password: String,
    /// The sources.
    pub sources: Vec<Source>,
    /// People who are known.
    pub known: usize,
    /// Who only passed by.
    pub visitors: usize,
    /// Events that were sent.
    pub events: usize,
}

/// Why there is no world.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// There is something already.
    #[error(
        "the demo world goes into an empty instance only, and in this one there are {0} already"
    )]
    NotEmpty(&'static str),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The inbox.
    #[error(transparent)]
    Inbox(#[from] InboxError),
    /// An action said no.
    #[error("the demo world could not be built: {0}")]
    Refused(String),
    /// The events were not worked off.
    #[error("the enrichment worker has stopped working")]
    Stuck,
    /// No thread to wait on.
    #[error("cannot wait: {0}")]
    Io(#[from] std::io::Error),
}

impl From<diesel::result::Error> for DemoError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<AccountError> for DemoError {
    fn from(error: AccountError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<crate::campaigns::actions::Refusal> for DemoError {
    fn from(refusal: crate::campaigns::actions::Refusal) -> Self {
        match refusal {
            crate::campaigns::actions::Refusal::Query(error) => error.into(),
            refusal => Self::Refused(refusal.to_string()),
        }
    }
}

impl From<crate::deals::Refusal> for DemoError {
    fn from(refusal: crate::deals::Refusal) -> Self {
        match refusal {
            crate::deals::Refusal::Query(error) => error.into(),
            refusal => Self::Refused(refusal.words()),
        }
    }
}

impl From<Refusal> for DemoError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Query(error) => error.into(),
            refusal => Self::Refused(refusal.words()),
        }
    }
}

/// Builds a world that ends now; `say` hears how far it is. Everybody of the team gets `password`, or a new one.
pub fn build(
    ground: &Ground,
    size: Size,
    now: Timestamp,
    password: Option<String>,
    say: impl Fn(&str),
) -> Result<World, DemoError> {
    ground.db.read_now(refuse_unless_empty)?;
    let plan = Plan::new(size, now);
    let password = password.unwrap_or_else(|| token::readable(14));
    let hash = Cost::STRONG.hash(&password)?;
    let start = now.plus(-366 * crate::base::clock::DAY);
    let (team, sources) = ground.db.write_now(move |conn| {
        let team = hire(conn, &hash, start)?;
        let sources = open_sources(conn, start)?;
        Ok::<_, DemoError>((team, sources))
    })?;
    say("The team and its four sources are there.");
    let (visits, deeds) = (plan.visits.len(), plan.deeds.len());
    let mut office = Office {
        book: Book::new(team),
        plan: Arc::new(plan),
    };
    office.work(&ground.db, Deed::makes, |_| {})?;
    say("Sales has typed in whom it knew.");
    post(ground, &office.plan, &sources, |done| {
        say(&format!("{done:>6} of {visits} visits told"));
    })?;
    office.work(
        &ground.db,
        |deed| !deed.makes(),
        |done| {
            say(&format!("{done:>6} of {deeds} entries of the team made"));
        },
    )?;
    let pitches = office.plan.pitches.len();
    office.sell(&ground.db, now)?;
    say(&format!("{pitches:>6} deals made and moved along"));
    let (people, desk_team) = (office.plan.clone(), office.book.team().to_vec());
    ground
        .db
        .write_now(move |conn| fill_desk(conn, &people.people, &desk_team, start, now))?;
    say("The desk has answered its mail.");
    let mails = office.mail(&ground.db, start, now)?;
    say(&format!("{mails:>6} mails of two campaigns sent"));
    // Otherwise every source would seem to have been days behind.
    ground.live.forget_latencies();
    Ok(World {
        team: TEAM
            .iter()
            .map(|colleague| {
                let email = format!("{}@{DOMAIN}", colleague.local);
                (email, colleague.role.label().to_owned())
            })
            .collect(),
        password,
        sources,
        known: office.plan.known(),
        visitors: office.plan.visitors(),
        events: office.plan.events(),
    })
}

/// Whether there is nothing yet that the world could be mixed up with.
fn refuse_unless_empty(conn: &mut Conn) -> Result<(), DemoError> {
    let contact = contacts::table
        .select(contacts::id)
        .first::<i64>(conn)
        .optional()?;
    let company = companies::table
        .select(companies::id)
        .first::<i64>(conn)
        .optional()?;
    if contact.or(company).is_some() {
        return Err(DemoError::NotEmpty("contacts or companies"));
    }
    if sources::store::count(conn)? > 0 {
        return Err(DemoError::NotEmpty("sources"));
    }
    for colleague in TEAM {
        let email = format!("{}@{DOMAIN}", colleague.local);
        if users::user_by_email(conn, &email)?.is_some() {
            return Err(DemoError::NotEmpty("people of the demo world"));
        }
    }
    Ok(())
}

/// The team; where nobody has set the instance up, its administrator does.
fn hire(conn: &mut Conn, hash: &str, start: Timestamp) -> Result<Vec<UserId>, DemoError> {
    let mut is_set_up = users::has_users(conn)?;
    let mut team = Vec::with_capacity(TEAM.len());
    for colleague in TEAM {
        let email = format!("{}@{DOMAIN}", colleague.local);
        let Some(email) = EmailAddress::parse(&email) else {
            return Err(DemoError::Refused(email));
        };
        let id = if is_set_up {
            accounts::add_user(conn, &email, colleague.name, colleague.role, hash, start)?
        } else {
            is_set_up = true;
            let set_up = SetUp {
                workspace: "Tidewater".to_owned(),
                name: colleague.name.to_owned(),
                email,
                password_hash: hash.to_owned(),
                // Whoever opens it first may say where it is.
                url: String::new(),
            };
            accounts::set_up(conn, &set_up, "", start)?.id
        };
        team.push(id);
    }
    Ok(team)
}

fn open_sources(conn: &mut Conn, start: Timestamp) -> Result<Vec<Source>, DemoError> {
    let mut made = Vec::with_capacity(SOURCES.len());
    for (name, kind) in SOURCES {
        let new = NewSource {
            name: name.to_owned(),
            kind,
        };
        made.push(sources::actions::create(conn, &new, &By::house(), start)?);
    }
    Ok(made)
}

/// The team at work, a few deeds a transaction.
struct Office {
    book: Book,
    plan: Arc<Plan>,
}

impl Office {
    /// The pipeline: each deal with all its moves in one transaction with a few others.
    fn sell(&mut self, db: &Db, now: Timestamp) -> Result<(), DemoError> {
        for from in (0..self.plan.pitches.len()).step_by(PITCHES) {
            let plan = self.plan.clone();
            let mut book = std::mem::take(&mut self.book);
            self.book = db.write_now(move |conn| {
                for pitch in plan.pitches.iter().skip(from).take(PITCHES) {
                    deals::act(conn, &mut book, &plan.people, pitch, now)?;
                }
                Ok::<_, DemoError>(book)
            })?;
        }
        Ok(())
    }

    /// Topics, what people allowed, and the mailings.
    fn mail(&self, db: &Db, start: Timestamp, now: Timestamp) -> Result<usize, DemoError> {
        let ingrid = self
            .plan
            .people
            .get(INGRID)
            .map(|person| person.email.clone());
        let always: Vec<String> = ingrid.into_iter().collect();
        let topics = db.write_now(move |conn| mailings::topics(conn, &By::house(), start))?;
        let mut above = ContactId(0);
        loop {
            let always = always.clone();
            let asked =
                db.write_now(move |conn| mailings::ask(conn, topics, above, &always, SEED))?;
            let Some(last) = asked else { break };
            above = last;
        }
        let Some((id, sade)) = self.book.colleague(SADE) else {
            return Ok(0);
        };
        let name = sade.name;
        Ok(db.write_now(move |conn| mailings::send(conn, topics, (id, name), &always, SEED, now))?)
    }

    fn work(
        &mut self,
        db: &Db,
        wanted: impl Fn(&Deed) -> bool,
        say: impl Fn(usize),
    ) -> Result<(), DemoError> {
        let places: Vec<usize> = self
            .plan
            .deeds
            .iter()
            .enumerate()
            .filter(|(_, deed)| wanted(deed))
            .map(|(place, _)| place)
            .collect();
        let mut done = 0;
        for chunk in places.chunks(DEEDS) {
            let (chunk, plan) = (chunk.to_vec(), self.plan.clone());
            let mut book = std::mem::take(&mut self.book);
            done += chunk.len();
            self.book = db.write_now(move |conn| {
                for deed in chunk.iter().filter_map(|place| plan.deeds.get(*place)) {
                    book.act(conn, &plan.people, deed)?;
                }
                Ok::<_, DemoError>(book)
            })?;
            if done % (DEEDS * 8) == 0 || done == places.len() {
                say(done);
            }
        }
        Ok(())
    }
}

/// Sends everything that happened, in the order it arrived.
fn post(
    ground: &Ground,
    plan: &Plan,
    sources: &[Source],
    say: impl Fn(usize),
) -> Result<(), DemoError> {
    let keys: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
    let waiter = tokio::runtime::Builder::new_current_thread().build()?;
    let mut posts = plan.posts().peekable();
    let mut done = 0;
    while posts.peek().is_some() {
        let chunk: Vec<NewRequest> = posts
            .by_ref()
            .take(POSTS)
            .filter_map(|post| request(&keys, post))
            .collect();
        done += chunk.len();
        let kept = chunk
            .into_iter()
            .map(|request| ground.inbox.append(request));
        waiter.block_on(try_join_all(kept))?;
        enriched(ground)?;
        say(done);
    }
    Ok(())
}

fn request(keys: &[SourceId], post: Post) -> Option<NewRequest> {
    Some(NewRequest {
        source_id: *keys.get(post.source)?,
        received_at: post.received_at,
        kind: "batch".to_owned(),
        ip: post.ip,
        user_agent: post.user_agent,
        body: post.body.into_bytes(),
    })
}

/// Returns when the inbox is empty.
fn enriched(ground: &Ground) -> Result<(), DemoError> {
    if let Pump::Own(worker) = &ground.pump {
        enrich::process_waiting(worker)?;
        return Ok(());
    }
    let mut patience = 600;
    let mut before = ground.inbox.waiting();
    while before > 0 {
        let _ = crossbeam_channel::after(Duration::from_millis(100)).recv();
        let waiting = ground.inbox.waiting();
        patience = if waiting == before { patience - 1 } else { 600 };
        before = waiting;
        if patience == 0 {
            return Err(DemoError::Stuck);
        }
    }
    Ok(())
}
