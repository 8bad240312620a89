//! Openings and clicks: noted in memory, so that following a link waits for nothing, and written down together a moment
//! later. What is lost with the process is at most that moment.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use serde_json::json;

use crate::base::Timestamp;
use crate::base::ids::{CampaignId, ContactId, RecipientId};
use crate::db::schema::{campaign_links, campaign_tallies, campaigns, recipients};
use crate::db::{Conn, Db, PortableExt};
use crate::events::acts::{self, Act};

/// More than this wait only when the database is away; then the oldest are kept.
const MOST_WAITING: usize = 100_000;
/// Written in one transaction.
const AT_ONCE: usize = 500;

/// Something a recipient did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Who.
    pub recipient: RecipientId,
    /// Which link; none: it was opened.
    pub link: Option<(i64, String)>,
    /// When.
    pub at: Timestamp,
}

/// What waits to be written down. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Hits(Arc<Mutex<Vec<Hit>>>);

impl Hits {
    /// Notes one.
    pub fn note(&self, hit: Hit) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST_WAITING {
            waiting.push(hit);
        }
    }

    /// Writes down what waits.
    pub async fn flush(&self, db: &Db, now: Timestamp) {
        loop {
            let hits = self.take();
            if hits.is_empty() {
                return;
            }
            let kept = hits.clone();
            let written: QueryResult<()> = db.write(move |conn| write_down(conn, &hits, now)).await;
            if let Err(error) = written {
                tracing::warn!(%error, "cannot write down openings and clicks; they wait");
                let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.splice(0..0, kept);
                return;
            }
        }
    }

    fn take(&self) -> Vec<Hit> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let n = waiting.len().min(AT_ONCE);
        waiting.drain(..n).collect()
    }
}

/// What is known of a recipient that did something.
struct Known {
    campaign: CampaignId,
    contact: ContactId,
    is_opened: bool,
    is_clicked: bool,
}

#[derive(Default)]
struct Added {
    opened: i64,
    clicked: i64,
}

/// Writes down what recipients did: their rows, the figures, the acts of the contacts.
pub fn write_down(conn: &mut Conn, hits: &[Hit], now: Timestamp) -> QueryResult<()> {
    let mut known = known(conn, hits)?;
    let names = names(conn, &known)?;
    let mut added: BTreeMap<CampaignId, Added> = BTreeMap::new();
    let mut links: BTreeMap<(CampaignId, i64, &str), i64> = BTreeMap::new();
    let mut acts = Vec::new();
    for hit in hits {
        let Some(row) = known.get_mut(&hit.recipient) else {
            continue;
        };
        let sum = added.entry(row.campaign).or_default();
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
        diesel::update(campaign_tallies::table.filter(campaign_tallies::campaign_id.eq(id)))
            .set((
                campaign_tallies::opened.eq(campaign_tallies::opened + sum.opened),
                campaign_tallies::clicked.eq(campaign_tallies::clicked + sum.clicked),
            ))
            .execute(conn)?;
    }
    for ((campaign, position, url), n) in links {
        follow(conn, campaign, position, url, n)?;
    }
    acts::record(conn, &acts, now)
}

/// A recipient, and when it was first opened and clicked.
type Row = (
    RecipientId,
    CampaignId,
    ContactId,
    Option<Timestamp>,
    Option<Timestamp>,
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
            recipients::opened_at,
            recipients::clicked_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, campaign, contact, opened, clicked)| {
            let known = Known {
                campaign,
                contact,
                is_opened: opened.is_some(),
                is_clicked: clicked.is_some(),
            };
            (id, known)
        })
        .collect())
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

/// The first time stays; whoever followed a link has opened the mail, whatever their program showed.
fn mark(conn: &mut Conn, hit: &Hit) -> QueryResult<()> {
    use diesel::dsl::sql;
    use diesel::sql_types::{BigInt, Nullable};
    let first = |column: &str| {
        let at = hit.at.0;
        sql::<Nullable<BigInt>>(&format!("COALESCE({column}, {at})"))
    };
    let row = recipients::table.filter(recipients::id.eq(hit.recipient));
    if hit.link.is_some() {
        diesel::update(row)
            .set((
                recipients::opened_at.eq(first("opened_at")),
                recipients::clicked_at.eq(first("clicked_at")),
                recipients::clicks.eq(recipients::clicks + 1),
            ))
            .execute(conn)?;
    } else {
        diesel::update(row)
            .set((
                recipients::opened_at.eq(first("opened_at")),
                recipients::opens.eq(recipients::opens + 1),
            ))
            .execute(conn)?;
    }
    Ok(())
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
