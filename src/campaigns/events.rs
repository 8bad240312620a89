//! Openings and clicks become figures, and acts of the contact; what programs did is counted apart.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use serde_json::json;

use super::machines::{self, Seen, Sign};
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, ContactId, RecipientId};
use crate::db::schema::{campaign_links, campaign_tallies, campaigns, recipients};
use crate::db::{Conn, PortableExt};
use crate::events::acts::{self, Act};

/// Something that was asked for in the name of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Who.
    pub recipient: RecipientId,
    /// Which link; none: it was opened.
    pub link: Option<(i64, String)>,
    /// When.
    pub at: Timestamp,
    /// What the request said of itself.
    pub sign: Sign,
}

/// What is known of a recipient that did something.
struct Known {
    campaign: CampaignId,
    contact: ContactId,
    sent_at: Option<Timestamp>,
    is_opened: bool,
    is_clicked: bool,
    is_machine_opened: bool,
    is_machine_clicked: bool,
}

#[derive(Default)]
struct Added {
    opened: i64,
    clicked: i64,
    machine_opened: i64,
    machine_clicked: i64,
}

impl Added {
    fn add(&self, conn: &mut Conn, id: CampaignId) -> QueryResult<()> {
        diesel::update(campaign_tallies::table.filter(campaign_tallies::campaign_id.eq(id)))
            .set((
                campaign_tallies::opened.eq(campaign_tallies::opened + self.opened),
                campaign_tallies::clicked.eq(campaign_tallies::clicked + self.clicked),
                campaign_tallies::machine_opened
                    .eq(campaign_tallies::machine_opened + self.machine_opened),
                campaign_tallies::machine_clicked
                    .eq(campaign_tallies::machine_clicked + self.machine_clicked),
            ))
            .execute(conn)
            .map(|_| ())
    }
}

/// Writes down what recipients did: their rows, the figures, the acts of the contacts.
pub fn write_down(conn: &mut Conn, hits: &[Hit], now: Timestamp) -> QueryResult<()> {
    let mut known = known(conn, hits)?;
    let names = names(conn, &known)?;
    let mut added: BTreeMap<CampaignId, Added> = BTreeMap::new();
    let mut links: BTreeMap<(CampaignId, i64, &str), i64> = BTreeMap::new();
    let mut acts = Vec::new();
    for (hit, is_machine) in hits.iter().zip(judged(hits, &known)) {
        let Some(row) = known.get_mut(&hit.recipient) else {
            continue;
        };
        let sum = added.entry(row.campaign).or_default();
        if is_machine {
            count_machine(row, hit, sum);
            mark_machine(conn, hit)?;
            continue;
        }
        let campaign = names.get(&row.campaign).cloned().unwrap_or_default();
        let mut tell = |name, key: String, properties| {
            acts.push(Act {
                contact: row.contact,
                name,
                properties,
                at: hit.at,
                key,
                by_contact: true,
            });
        };
        let (id, campaign_id) = (hit.recipient, row.campaign);
        if !row.is_opened {
            sum.opened += 1;
            let properties = json!({ "campaign": campaign, "campaign_id": campaign_id });
            tell("Email Opened", format!("mail:{id}:opened"), properties);
        }
        if let Some((position, url)) = &hit.link {
            sum.clicked += i64::from(!row.is_clicked);
            // Without what follows the `?`: it may be of one person only.
            let page = url.split('?').next().unwrap_or_default();
            *links.entry((campaign_id, *position, page)).or_default() += 1;
            let properties =
                json!({ "campaign": campaign, "campaign_id": campaign_id, "url": url });
            // Twice within a minute is one click of somebody impatient, or two looks of one scanner.
            let key = format!("mail:{id}:clicked:{position}:{}", hit.at.minute());
            tell("Email Clicked", key, properties);
            row.is_clicked = true;
        }
        row.is_opened = true;
        mark(conn, hit)?;
    }
    for (id, sum) in added {
        sum.add(conn, id)?;
    }
    for ((campaign, position, url), n) in links {
        follow(conn, campaign, position, url, n)?;
    }
    acts::record(conn, &acts, now)
}

/// Which of these were no person's, each beside what else was asked for in the name of its recipient.
fn judged(hits: &[Hit], known: &HashMap<RecipientId, Known>) -> Vec<bool> {
    let mut of: HashMap<RecipientId, Vec<(usize, Seen)>> = HashMap::new();
    for (n, hit) in hits.iter().enumerate() {
        let seen = Seen {
            link: hit.link.as_ref().map(|(position, _)| *position),
            at: hit.at,
            sign: hit.sign,
        };
        of.entry(hit.recipient).or_default().push((n, seen));
    }
    let mut machines = HashSet::new();
    for (recipient, seen) in of {
        let sent_at = known.get(&recipient).and_then(|row| row.sent_at);
        let (places, seen): (Vec<usize>, Vec<Seen>) = seen.into_iter().unzip();
        let judged = machines::judged(&seen, sent_at);
        let judged = places.into_iter().zip(judged);
        machines.extend(judged.filter_map(|(n, is_machine)| is_machine.then_some(n)));
    }
    (0..hits.len()).map(|n| machines.contains(&n)).collect()
}

fn count_machine(row: &mut Known, hit: &Hit, sum: &mut Added) {
    if hit.link.is_some() {
        sum.machine_clicked += i64::from(!row.is_machine_clicked);
        row.is_machine_clicked = true;
    } else {
        sum.machine_opened += i64::from(!row.is_machine_opened);
        row.is_machine_opened = true;
    }
}

/// A recipient, when it was sent, opened and clicked, and by programs.
type Row = (
    RecipientId,
    CampaignId,
    ContactId,
    Option<Timestamp>,
    (Option<Timestamp>, Option<Timestamp>),
    (Option<Timestamp>, Option<Timestamp>),
);

fn known(conn: &mut Conn, hits: &[Hit]) -> QueryResult<HashMap<RecipientId, Known>> {
    let mut ids: Vec<RecipientId> = hits.iter().map(|hit| hit.recipient).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<Row> = recipients::table
        .filter(recipients::id.eq_any(ids))
        .select((
            recipients::id,
            recipients::campaign_id,
            recipients::contact_id,
            recipients::sent_at,
            (recipients::opened_at, recipients::clicked_at),
            (
                recipients::machine_opened_at,
                recipients::machine_clicked_at,
            ),
        ))
        .load(conn)?;
    let known = |(id, campaign, contact, sent_at, person, machine): Row| {
        let known = Known {
            campaign,
            contact,
            sent_at,
            is_opened: person.0.is_some(),
            is_clicked: person.1.is_some(),
            is_machine_opened: machine.0.is_some(),
            is_machine_clicked: machine.1.is_some(),
        };
        (id, known)
    };
    Ok(rows.into_iter().map(known).collect())
}

fn names(
    conn: &mut Conn,
    known: &HashMap<RecipientId, Known>,
) -> QueryResult<HashMap<CampaignId, String>> {
    let ids: HashSet<CampaignId> = known.values().map(|row| row.campaign).collect();
    let rows: Vec<(CampaignId, String)> = campaigns::table
        .filter(campaigns::id.eq_any(ids.into_iter().collect::<Vec<_>>()))
        .select((campaigns::id, campaigns::name))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The time that is kept: the first.
fn first(column: &str, at: Timestamp) -> SqlLiteral<Nullable<BigInt>> {
    sql::<Nullable<BigInt>>(&format!("COALESCE({column}, {})", at.0))
}

/// Whoever followed a link has opened the mail, whatever their program showed.
fn mark(conn: &mut Conn, hit: &Hit) -> QueryResult<()> {
    let row = recipients::table.filter(recipients::id.eq(hit.recipient));
    let opened = recipients::opened_at.eq(first("opened_at", hit.at));
    let marked = if hit.link.is_some() {
        let clicked = recipients::clicked_at.eq(first("clicked_at", hit.at));
        diesel::update(row)
            .set((
                opened,
                clicked,
                recipients::clicks.eq(recipients::clicks + 1),
            ))
            .execute(conn)
    } else {
        diesel::update(row)
            .set((opened, recipients::opens.eq(recipients::opens + 1)))
            .execute(conn)
    };
    marked.map(|_| ())
}

fn mark_machine(conn: &mut Conn, hit: &Hit) -> QueryResult<()> {
    let row = recipients::table.filter(recipients::id.eq(hit.recipient));
    let marked = if hit.link.is_some() {
        let clicked = first("machine_clicked_at", hit.at);
        diesel::update(row)
            .set(recipients::machine_clicked_at.eq(clicked))
            .execute(conn)
    } else {
        let opened = first("machine_opened_at", hit.at);
        diesel::update(row)
            .set(recipients::machine_opened_at.eq(opened))
            .execute(conn)
    };
    marked.map(|_| ())
}

fn follow(
    conn: &mut Conn,
    campaign: CampaignId,
    position: i64,
    url: &str,
    n: i64,
) -> QueryResult<()> {
    diesel::insert_into(campaign_links::table)
        .values((
            campaign_links::campaign_id.eq(campaign),
            campaign_links::position.eq(position),
            campaign_links::url.eq(url),
            campaign_links::clicks.eq(n),
        ))
        .on_conflict((
            campaign_links::campaign_id,
            campaign_links::position,
            campaign_links::url,
        ))
        .do_update()
        .set(campaign_links::clicks.eq(campaign_links::clicks + n))
        .portable()
        .execute(conn)
        .map(|_| ())
}
