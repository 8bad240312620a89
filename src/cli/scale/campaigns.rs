//! Made-up mailings: who allowed what, who must not be written to, and what became of the mails.

use std::cell::RefCell;

use crossbeam_channel::Sender;
use diesel::prelude::*;

use super::super::Failure;
use super::super::chance::Chance;
use super::people;
use super::plan::Plan;
use super::world::World;
use super::write::pipe;
use crate::accounts::audit::By;
use crate::base::clock::{DAY, HOUR, SECOND, Timestamp};
use crate::base::ids::{CampaignId, TopicId, UserId, ViewId};
use crate::base::{EmailAddress, text};
use crate::campaigns::actions::{self, Audience};
use crate::campaigns::model::{Content, Delivery, Format, State};
use crate::campaigns::store::claims::{self, Added};
use crate::contacts::views::{self, NewView};
use crate::db::schema::{
    campaign_links, campaign_tallies, campaigns, consent_entries, consents, recipients,
    suppressions,
};
use crate::db::{Conn, Db};
use crate::load_all;
use crate::privacy::actions::{TopicText, create_topic};

/// Contacts looked at for one block.
const BLOCK: u32 = 20_000;
const NAMES: [&str; 8] = [
    "Spring news",
    "Algae season",
    "Firmware",
    "Service dates",
    "Summer offer",
    "What is new",
    "Trade fair",
    "Winter service",
];
/// Saved filters that drafts go to.
const VIEWS: [(&str, &str); 4] = [
    ("Everybody we know", ""),
    ("Customers", "view=customers"),
    ("Leads", "stage=lead"),
    ("Everybody with the first tag", "tag=1"),
];
const PAGES: [&str; 4] = ["/pricing", "/docs/start", "/stories", "/book"];

#[derive(Debug, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
struct ConsentRow {
    contact_id: i64,
    topic_id: TopicId,
    state: &'static str,
    at: Timestamp,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = consent_entries, treat_none_as_default_value = false)]
struct EntryRow {
    contact_id: i64,
    topic_id: TopicId,
    state: &'static str,
    source: &'static str,
    wording: &'static str,
    ip: &'static str,
    agent: &'static str,
    at: Timestamp,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = suppressions, treat_none_as_default_value = false)]
struct SuppressionRow {
    address_hash: String,
    reason: &'static str,
    note: &'static str,
    at: Timestamp,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = recipients, treat_none_as_default_value = false)]
struct RecipientRow {
    campaign_id: CampaignId,
    contact_id: i64,
    address: String,
    state: Delivery,
    reason: &'static str,
    attempts: i64,
    next_attempt_at: Timestamp,
    claimed_by: &'static str,
    claimed_until: i64,
    sent_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    clicked_at: Option<Timestamp>,
    machine_opened_at: Option<Timestamp>,
    machine_clicked_at: Option<Timestamp>,
    unsubscribed_at: Option<Timestamp>,
    opens: i64,
    clicks: i64,
}

/// What a contact allowed, and whether its address is suppressed: the same in every pass.
struct Says {
    news: Option<bool>,
    offers: Option<bool>,
    is_suppressed: bool,
}

impl Says {
    fn of(plan: &Plan, contact: u32) -> Self {
        let mut chance = Chance::of(plan.size.seed ^ 0xc05, u64::from(contact));
        let mut said = |given: u64, taken_back: u64| match chance.below(100) {
            n if n < given => Some(true),
            n if n < given + taken_back => Some(false),
            _ => None,
        };
        Self {
            news: said(78, 6),
            offers: said(40, 5),
            is_suppressed: chance.below(1_000) < 12,
        }
    }
}

#[derive(Debug, Default)]
struct Words {
    consents: Vec<ConsentRow>,
    entries: Vec<EntryRow>,
    suppressions: Vec<SuppressionRow>,
}

/// A mailing that went out.
#[derive(Debug, Clone, Copy)]
struct Sent {
    id: CampaignId,
    at: Timestamp,
    /// One in so many contacts gets it.
    one_in: u64,
    /// It was paused half way through.
    is_held: bool,
}

/// Writes all of it. Contacts must be there.
pub(super) fn write(
    conn: &mut Conn,
    plan: &Plan,
    world: &World,
    count: u32,
    now: Timestamp,
) -> Result<(), Failure> {
    let topics = topics(conn, now)?;
    let views = saved(conn, now)?;
    allowed(conn, plan, world, topics)?;
    let sent = mailings(conn, world, count, (topics[0], &views), now)?;
    delivered(conn, plan, &sent)
}

fn topics(conn: &mut Conn, now: Timestamp) -> QueryResult<[TopicId; 2]> {
    let mut topic = |name: &str| {
        let text = TopicText {
            name: name.to_owned(),
            description: String::new(),
        };
        create_topic(conn, &text, &By::house(), now)
    };
    Ok([topic("Product news")?, topic("Offers")?])
}

fn saved(conn: &mut Conn, now: Timestamp) -> QueryResult<Vec<ViewId>> {
    let mut ids = Vec::new();
    for (name, query) in VIEWS {
        ids.extend(views::save(conn, &NewView::plain(name, query), None, now)?);
    }
    Ok(ids)
}

/// Walks over all contacts in blocks.
fn blocks(plan: &Plan) -> impl Iterator<Item = std::ops::Range<u32>> {
    let contacts = plan.size.contacts;
    let steps = (0..contacts).step_by(BLOCK as usize);
    steps.map(move |from| from..from.saturating_add(BLOCK).min(contacts))
}

fn allowed(
    conn: &mut Conn,
    plan: &Plan,
    world: &World,
    topics: [TopicId; 2],
) -> Result<(), Failure> {
    let make = |out: Sender<Words>| {
        for block in blocks(plan) {
            let mut words = Words::default();
            for contact in block {
                if let Some(address) = people::address(plan, contact) {
                    say(&mut words, plan, world, (contact, &address), topics);
                }
            }
            if out.send(words).is_err() {
                return;
            }
        }
    };
    let total = u64::from(plan.size.contacts);
    pipe(conn, "consents", total, make, |conn, words: &Words| {
        load_all!(conn, consents::table, &words.consents);
        load_all!(conn, consent_entries::table, &words.entries);
        load_all!(conn, suppressions::table, &words.suppressions);
        Ok(words.consents.len() as u64)
    })
}

fn say(
    words: &mut Words,
    plan: &Plan,
    world: &World,
    (contact, address): (u32, &str),
    topics: [TopicId; 2],
) {
    let says = Says::of(plan, contact);
    let contact_id = i64::from(contact) + 1;
    let at = world.begin.plus(i64::from(contact % 100) * DAY);
    for (topic_id, given) in topics.into_iter().zip([says.news, says.offers]) {
        let Some(is_given) = given else { continue };
        let state = if is_given { "given" } else { "withdrawn" };
        words.consents.push(ConsentRow {
            contact_id,
            topic_id,
            state,
            at,
        });
        words.entries.push(EntryRow {
            contact_id,
            topic_id,
            state,
            source: "import",
            wording: "As imported",
            ip: "",
            agent: "",
            at,
        });
    }
    let email = EmailAddress::parse(address).filter(|_| says.is_suppressed);
    words.suppressions.extend(email.map(|email| SuppressionRow {
        address_hash: email.hash(),
        reason: "bounced",
        note: "",
        at,
    }));
}

/// Campaigns without their recipients: what went out, one that is held, and drafts.
fn mailings(
    conn: &mut Conn,
    world: &World,
    count: u32,
    (topic, saved): (TopicId, &[ViewId]),
    now: Timestamp,
) -> Result<Vec<Sent>, Failure> {
    let by = By {
        user: world.users.first().map(|id| UserId(*id)),
        ..By::house()
    };
    let mut sent = Vec::new();
    for n in 0..count {
        let made = now.plus(-i64::from(count - n) * 3 * DAY);
        let name = NAMES.get(n as usize % NAMES.len()).copied();
        let name = format!("{} {}", name.unwrap_or_default(), n + 1);
        let id = actions::create(conn, &name, &content(&name), &by, made)?;
        let view = saved.get(n as usize % saved.len().max(1)).copied();
        let Some(view) = view else { continue };
        let audience = Audience {
            view,
            topic,
            per_second: 0,
        };
        actions::save_audience(conn, id, audience, made).map_err(|error| error.to_string())?;
        // The last few are still being written.
        if n > 0 && n + (count / 10).clamp(1, 5) >= count {
            continue;
        }
        let mailing = Sent {
            id,
            at: made.plus(DAY),
            one_in: u64::from(n) + 1,
            is_held: n == 4,
        };
        went_out(conn, mailing, &by)?;
        sent.push(mailing);
    }
    Ok(sent)
}

fn went_out(conn: &mut Conn, mailing: Sent, by: &By) -> QueryResult<()> {
    let state = if mailing.is_held {
        State::Paused
    } else {
        State::Sent
    };
    let finished = (!mailing.is_held).then(|| mailing.at.plus(HOUR));
    diesel::update(campaigns::table.filter(campaigns::id.eq(mailing.id)))
        .set((
            campaigns::state.eq(state),
            campaigns::link_base.eq("https://crm.example"),
            campaigns::launched_at.eq(Some(mailing.at)),
            campaigns::launched_by.eq(by.user),
            campaigns::finished_at.eq(finished),
        ))
        .execute(conn)?;
    for (position, page) in (1..).zip(PAGES) {
        diesel::insert_into(campaign_links::table)
            .values((
                campaign_links::campaign_id.eq(mailing.id),
                campaign_links::position.eq(position),
                campaign_links::url.eq(format!("https://shop.example{page}")),
                campaign_links::clicks.eq(4_000 / (position * position)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn content(name: &str) -> Content {
    Content {
        subject: name.to_owned(),
        preheader: String::new(),
        from_name: "News".to_owned(),
        from_email: "news@shop.example".to_owned(),
        format: Format::Html,
        body: format!(
            "<html><body><p>Hello, <a href=\"https://shop.example/pricing\">{}</a>.</p></body></html>",
            text::cut(name, 60)
        ),
    }
}

fn delivered(conn: &mut Conn, plan: &Plan, sent: &[Sent]) -> Result<(), Failure> {
    let make = |out: Sender<(Sent, Vec<RecipientRow>)>| {
        for mailing in sent {
            for block in blocks(plan) {
                let rows = block.filter_map(|contact| recipient(plan, *mailing, contact));
                if out.send((*mailing, rows.collect())).is_err() {
                    return;
                }
            }
        }
    };
    let harmonic: f64 = sent.iter().map(|one| 1.0 / one.one_in as f64).sum();
    let total = (f64::from(plan.size.contacts) * 0.28 * harmonic) as u64;
    let tallies = RefCell::new(Vec::new());
    pipe(conn, "recipients", total, make, |conn, (mailing, rows)| {
        load_all!(conn, recipients::table, rows);
        let mut tallies = tallies.borrow_mut();
        tallies.push((mailing.id, Tally::of(rows)));
        Ok(rows.len() as u64)
    })?;
    Db::transaction_on(conn, |conn| {
        let mut all = tallies.into_inner().into_iter();
        all.try_for_each(|(id, tally)| tally.add(conn, id))
    })?;
    Ok(())
}

/// One row; none for who has no address, or is not in the audience.
fn recipient(plan: &Plan, mailing: Sent, contact: u32) -> Option<RecipientRow> {
    let mut chance = Chance::of(
        plan.size.seed ^ mailing.id.0.unsigned_abs().wrapping_mul(0x5e4d),
        u64::from(contact),
    );
    if chance.below(mailing.one_in) > 0 {
        return None;
    }
    let address = people::address(plan, contact)?;
    let says = Says::of(plan, contact);
    let fate = chance.below(1_000);
    let (state, reason) = match fate {
        _ if says.is_suppressed => (Delivery::Skipped, "suppressed"),
        _ if says.news != Some(true) => (Delivery::Skipped, "no_consent"),
        500.. if mailing.is_held => (Delivery::Pending, ""),
        0..9 => (
            Delivery::Failed,
            "permanent error (550): 5.1.1 no such mailbox",
        ),
        9 => (Delivery::Unknown, "the line broke"),
        _ => (Delivery::Sent, ""),
    };
    let sent_at = mailing.at.plus(i64::from(contact) * 300 + SECOND);
    let mut at = |is_so: bool| {
        let later = chance.unit().powi(3) * (3 * DAY) as f64;
        (is_so && state == Delivery::Sent).then(|| sent_at.plus(10 * SECOND + later as i64))
    };
    let clicked_at = at(fate.is_multiple_of(25));
    let opened_at = at(fate % 100 < 38).or(clicked_at);
    Some(RecipientRow {
        campaign_id: mailing.id,
        contact_id: i64::from(contact) + 1,
        address,
        state,
        reason,
        attempts: i64::from(state != Delivery::Skipped && state != Delivery::Pending),
        next_attempt_at: mailing.at,
        claimed_by: "",
        claimed_until: 0,
        sent_at: (state == Delivery::Sent).then_some(sent_at),
        machine_opened_at: at(fate.is_multiple_of(7)),
        machine_clicked_at: at(fate % 50 == 1),
        unsubscribed_at: at(fate % 300 == 20),
        opens: i64::from(opened_at.is_some()),
        clicks: i64::from(clicked_at.is_some()),
        opened_at,
        clicked_at,
    })
}

/// Figures of some rows.
struct Tally {
    rows: i64,
    added: Added,
    opened: i64,
    clicked: i64,
    machine_opened: i64,
    machine_clicked: i64,
    unsubscribed: i64,
}

impl Tally {
    fn of(rows: &[RecipientRow]) -> Self {
        let count =
            |is: fn(&RecipientRow) -> bool| rows.iter().filter(|row| is(row)).count() as i64;
        let mut added = Added {
            sent: count(|row| row.state == Delivery::Sent),
            failed: count(|row| row.state == Delivery::Failed),
            in_doubt: count(|row| row.state == Delivery::Unknown),
            ..Added::default()
        };
        for row in rows.iter().filter(|row| row.state == Delivery::Skipped) {
            added.skipped.add(row.reason, 1);
        }
        Self {
            rows: rows.len() as i64,
            added,
            opened: count(|row| row.opened_at.is_some()),
            clicked: count(|row| row.clicked_at.is_some()),
            machine_opened: count(|row| row.machine_opened_at.is_some()),
            machine_clicked: count(|row| row.machine_clicked_at.is_some()),
            unsubscribed: count(|row| row.unsubscribed_at.is_some()),
        }
    }

    fn add(self, conn: &mut Conn, id: CampaignId) -> QueryResult<()> {
        use campaign_tallies as t;
        claims::add(conn, id, self.added)?;
        diesel::update(t::table.filter(t::campaign_id.eq(id)))
            .set((
                t::audience.eq(t::audience + self.rows),
                t::recipients.eq(t::recipients + self.rows),
                t::opened.eq(t::opened + self.opened),
                t::clicked.eq(t::clicked + self.clicked),
                t::machine_opened.eq(t::machine_opened + self.machine_opened),
                t::machine_clicked.eq(t::machine_clicked + self.machine_clicked),
                t::unsubscribed.eq(t::unsubscribed + self.unsubscribed),
            ))
            .execute(conn)
            .map(|_| ())
    }
}
