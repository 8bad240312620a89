//! Driving one campaign: claims, fills in, hands to the lines, until nobody is due or somebody holds it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;

use super::Ground;
use super::ledger::{Held, Ledger, Outcome};
use super::line::{self, Ready};
use crate::base::clock::{self, Timestamp};
use crate::base::ids::{CampaignId, ContactId, RecipientId};
use crate::base::token;
use crate::campaigns::actions;
use crate::campaigns::links::Links;
use crate::campaigns::model::{Campaign, Content, Delivery, State};
use crate::campaigns::people::{self, Person};
use crate::campaigns::render::{self, Compiled};
use crate::campaigns::store;
use crate::campaigns::store::claims::{self, Added};
use crate::db::Conn;
use crate::db::dialect::claim::{self, Addressee};
use crate::db::schema::campaigns;
use crate::mail::{Letter, MailError};

/// Drives a campaign as far as it can go now.
pub(super) async fn drive(
    ground: &Ground,
    worker: &str,
    id: CampaignId,
    stopped: watch::Receiver<bool>,
) {
    let campaign = ground.db.read(move |conn| store::find(conn, id)).await;
    let campaign = match campaign {
        Ok(Some(campaign)) => campaign,
        Ok(None) => return,
        Err(error) => {
            let error: diesel::result::Error = error;
            tracing::warn!(campaign = %id, %error, "cannot read a campaign");
            return;
        }
    };
    let links = Links::new(&ground.keys, &campaign.link_base);
    let compiled = match render::compile(&campaign.content(), &links) {
        Ok(compiled) => compiled,
        Err(fault) => {
            // It was fine at the launch, so this is our own doing; it stays where it is and says why.
            say_trouble(ground, id, fault.to_string()).await;
            return;
        }
    };
    let run = Run {
        ground: ground.clone(),
        worker: worker.to_owned(),
        content: campaign.content(),
        campaign,
        compiled,
        links,
    };
    run.go(stopped).await;
}

struct Run {
    ground: Ground,
    worker: String,
    campaign: Campaign,
    content: Content,
    compiled: Compiled,
    links: Links,
}

/// A batch: rows and who they are.
struct Batch {
    token: Arc<str>,
    rows: Vec<Addressee>,
    people: HashMap<ContactId, Person>,
    /// How many were claimed, with those that were let go.
    claimed: usize,
    /// Whether this second has had its share.
    is_throttled: bool,
}

impl Run {
    async fn go(self, stopped: watch::Receiver<bool>) {
        let id = self.campaign.id;
        let (ledger, book) = Ledger::open(self.ground.db.clone(), id);
        let (letters, pile) = mpsc::channel(self.ground.pace.lines * 2);
        let pile = Arc::new(Mutex::new(pile));
        let (trouble, troubled) = watch::channel(String::new());
        let mut lines = JoinSet::new();
        for _ in 0..self.ground.pace.lines {
            lines.spawn(line::work(
                self.ground.mailer.clone(),
                ledger.clone(),
                pile.clone(),
                stopped.clone(),
                trouble.clone(),
            ));
        }
        let mut told = self.campaign.trouble.clone();
        while !*stopped.borrow() {
            let words = troubled.borrow().clone();
            if words != told {
                told.clone_from(&words);
                say_trouble(&self.ground, id, words).await;
            }
            if !told.is_empty() {
                // What is claimed comes back by itself; the next look finds it.
                break;
            }
            let batch = match self.claim().await {
                Ok(Some(batch)) => batch,
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(campaign = %id, %error, "cannot claim recipients");
                    break;
                }
            };
            if batch.is_throttled {
                tokio::time::sleep(until_next_second(clock::now())).await;
                continue;
            }
            if batch.claimed == 0 {
                break;
            }
            self.hand_over(batch, &letters, &ledger).await;
        }
        drop(letters);
        while lines.join_next().await.is_some() {}
        let words = troubled.borrow().clone();
        if words != told {
            say_trouble(&self.ground, id, words).await;
        }
        drop(ledger);
        if let Err(error) = book.await {
            tracing::error!(campaign = %id, %error, "the ledger ended in a panic");
        }
        self.close().await;
    }

    /// Where nobody is left, it is sent.
    async fn close(&self) {
        let (id, now) = (self.campaign.id, clock::now());
        let db = &self.ground.db;
        let closed = db.write(move |conn| actions::finish(conn, id, now));
        if let Err(error) = closed.await {
            let error: diesel::result::Error = error;
            tracing::warn!(campaign = %id, %error, "cannot close a campaign");
        }
    }

    /// The next batch, without those who must not get it any more; none where the campaign is held.
    async fn claim(&self) -> QueryResult<Option<Batch>> {
        let (id, pace) = (self.campaign.id, self.ground.pace);
        let per_second = self.campaign.per_second;
        let token: Arc<str> = format!("{}.{}", self.worker, token::readable(8)).into();
        let batch = token.clone();
        self.ground
            .db
            .write(move |conn| {
                let now = clock::now();
                let lease = i64::try_from(pace.lease.as_micros()).unwrap_or(i64::MAX);
                let campaign = store::find(conn, id)?;
                if campaign.is_none_or(|campaign| campaign.state != State::Sending) {
                    return Ok(None);
                }
                let limit = claims::allowance(conn, id, per_second, pace.batch, now)?;
                let rows = match limit {
                    0 => Vec::new(),
                    _ => claim::recipients(conn, id, &batch, now, now.plus(lease), limit)?,
                };
                let claimed = rows.len();
                let rows = let_go(conn, id, &batch, rows)?;
                let ids: Vec<ContactId> = rows.iter().map(|row| row.contact_id).collect();
                Ok(Some(Batch {
                    people: people::load(conn, &ids)?,
                    token: batch,
                    rows,
                    claimed,
                    is_throttled: limit == 0,
                }))
            })
            .await
    }

    async fn hand_over(&self, batch: Batch, letters: &mpsc::Sender<Ready>, ledger: &Ledger) {
        for row in batch.rows {
            let held = Held {
                id: row.id,
                token: batch.token.clone(),
                attempts: row.attempts,
            };
            let Some(person) = batch.people.get(&row.contact_id) else {
                let why = "the contact is gone".to_owned();
                ledger.report(held, Outcome::Failed(why));
                continue;
            };
            match self
                .letter(person, &row)
                .map(|letter| letter.seal(clock::now()))
            {
                Ok(Ok(letter)) => {
                    if letters.send(Ready { held, letter }).await.is_err() {
                        return;
                    }
                }
                Ok(Err(
                    MailError::Refused(why) | MailError::Settings(why) | MailError::Deferred(why),
                ))
                | Err(why) => ledger.report(held, Outcome::Failed(why)),
            }
        }
    }

    fn letter(&self, person: &Person, row: &Addressee) -> Result<Letter, String> {
        let rendered = self
            .compiled
            .render(person, row.id)
            .map_err(|fault| format!("the mail could not be filled in: {fault}"))?;
        Ok(Letter {
            from_name: self.content.from_name.clone(),
            from_email: self.content.from_email.clone(),
            to: row.address.clone(),
            to_name: person.name.clone(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            id: format!("campaign.{}.{}", self.campaign.id, row.id),
            headers: headers(&self.links, self.campaign.id, row.id),
        })
    }
}

/// What mail programs need for their own unsubscribe button (RFC 2369, RFC 8058).
fn headers(links: &Links, campaign: CampaignId, recipient: RecipientId) -> Vec<(String, String)> {
    let header = |name: &str, value: String| (name.to_owned(), value);
    vec![
        header(
            "List-Unsubscribe",
            format!("<{}>", links.unsubscribe(recipient)),
        ),
        header(
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        ),
        header("List-Id", format!("<campaign-{campaign}.rapport>")),
        header("Precedence", "bulk".to_owned()),
    ]
}

/// Consent is asked for again at the claim: what was withdrawn since the launch holds.
fn let_go(
    conn: &mut Conn,
    campaign: CampaignId,
    token: &str,
    rows: Vec<Addressee>,
) -> QueryResult<Vec<Addressee>> {
    let ids: Vec<RecipientId> = rows.iter().map(|row| row.id).collect();
    let skipped = claims::to_skip(conn, &ids)?;
    let mut added = Added::default();
    for (id, why) in &skipped {
        claims::settle(conn, token, *id, Delivery::Skipped, why, None)?;
        added.skipped.add(why, 1);
    }
    claims::add(conn, campaign, added)?;
    let is_left = |row: &Addressee| !skipped.iter().any(|(id, _)| *id == row.id);
    Ok(rows.into_iter().filter(is_left).collect())
}

async fn say_trouble(ground: &Ground, id: CampaignId, words: String) {
    if !words.is_empty() {
        tracing::warn!(campaign = %id, %words, "a campaign cannot go on just now");
    }
    let said = ground.db.write(move |conn| {
        diesel::update(campaigns::table.filter(campaigns::id.eq(id)))
            .set(campaigns::trouble.eq(words))
            .execute(conn)
    });
    if let Err(error) = said.await {
        let error: diesel::result::Error = error;
        tracing::warn!(campaign = %id, %error, "cannot say what is in the way");
    }
}

fn until_next_second(now: Timestamp) -> Duration {
    let left = 1_000_000 - now.0.rem_euclid(1_000_000);
    Duration::from_micros(u64::try_from(left).unwrap_or(1_000))
}
