//! Mailings in a contact's story, the card of them, and what moves when two contacts become one.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::accounts::rights::{ReadCampaigns, Right};
use crate::base::Timestamp;
use crate::base::ids::{CampaignId, ContactId, RecipientId};
use crate::contacts::merge::{Follower, Holding, Kind, Parting};
use crate::contacts::{Card, CardAsk, CardRow};
use crate::db::dialect::journal::Held;
use crate::db::schema::{campaigns, identities, recipients};
use crate::db::{Cached, Conn};
use crate::timeline::{Part, Show, StoryItem, StrandAsk};
use crate::web::ago;

/// After entries, notes and visits.
const RANK: i64 = 7;
/// Mailings on the card.
const SHOWN: i64 = 4;

type Row = (
    RecipientId,
    CampaignId,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
);

/// Each mail somebody got, with what they did with it.
pub fn mails(conn: &mut Conn, ask: &StrandAsk) -> QueryResult<Vec<StoryItem>> {
    if !ask.show.wants(Show::Web) {
        return Ok(Vec::new());
    }
    let below = ask.bound(RANK);
    let rows = got(conn, ask.contact, below.at, below.id, ask.limit)?;
    let named = named(conn, &rows)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| item(row, &named))
        .collect())
}

fn item(row: Row, named: &HashMap<CampaignId, (String, String)>) -> Option<StoryItem> {
    let (id, campaign, sent, opened, clicked, left) = row;
    let (name, subject) = named.get(&campaign)?;
    let mut headline = vec![
        Part::bold("Got a mail"),
        Part::link(name.clone(), format!("/campaigns/{campaign}")),
    ];
    for (what, tone) in [
        (clicked.map(|_| "clicked"), "green"),
        (opened.filter(|_| clicked.is_none()).map(|_| "opened"), ""),
        (left.map(|_| "unsubscribed"), "red"),
    ] {
        headline.extend(what.map(|word| Part::chip(word, tone)));
    }
    let mut item = StoryItem::new(sent?, RANK, id.0, Show::Web, headline);
    item.icon = "mail";
    if !subject.contains("{{") && !subject.contains("{%") {
        item.lines.push(crate::timeline::SubLine {
            at: sent?,
            text: subject.clone(),
            quiet: String::new(),
            right: String::new(),
        });
    }
    Some(item)
}

fn got(
    conn: &mut Conn,
    contact: ContactId,
    at: Timestamp,
    id: i64,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    let query = recipients::table
        .filter(recipients::contact_id.eq(contact))
        .filter(recipients::sent_at.is_not_null())
        .filter(recipients::sent_at.le(at))
        .filter(
            recipients::sent_at
                .assume_not_null()
                .lt(at)
                .or(recipients::id.lt(id)),
        )
        .order((recipients::sent_at.desc(), recipients::id.desc()))
        .limit(limit)
        .select((
            recipients::id,
            recipients::campaign_id,
            recipients::sent_at,
            recipients::opened_at,
            recipients::clicked_at,
            recipients::unsubscribed_at,
        ));
    Cached(query).load(conn)
}

fn named(conn: &mut Conn, rows: &[Row]) -> QueryResult<HashMap<CampaignId, (String, String)>> {
    let mut ids: Vec<CampaignId> = rows.iter().map(|row| row.1).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(CampaignId, String, String)> = campaigns::table
        .filter(campaigns::id.eq_any(ids))
        .select((campaigns::id, campaigns::name, campaigns::subject))
        .load(conn)?;
    Ok(found
        .into_iter()
        .map(|(id, name, subject)| (id, (name, subject)))
        .collect())
}

/// The last mailings a contact got.
pub fn card(conn: &mut Conn, contact: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    if !ReadCampaigns::allows(&ask.access) {
        return Ok(None);
    }
    let rows = got(conn, contact, ask.now, i64::MAX, SHOWN)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let named = named(conn, &rows)?;
    let rows = rows.into_iter().filter_map(|row| {
        let (_, campaign, sent, opened, clicked, left) = row;
        let (name, _) = named.get(&campaign)?;
        let did = match (left, clicked, opened) {
            (Some(_), _, _) => "Unsubscribed",
            (_, Some(_), _) => "Clicked",
            (_, _, Some(_)) => "Opened",
            _ => "",
        };
        Some(CardRow {
            label: name.clone(),
            href: format!("/campaigns/{campaign}"),
            value: did.to_owned(),
            hint: ago(sent?, ask.now, ask.zone),
            ..CardRow::default()
        })
    });
    Ok(Some(Card {
        title: "Campaigns".to_owned(),
        rows: rows.collect(),
        ..Card::default()
    }))
}

/// Two contacts became one: what the loser got, the winner got. What still waits for the loser's address goes to it, if the
/// winner has it; the claim looks.
pub const FOLLOWER: Follower = Follower {
    holdings: &[Holding {
        of: Kind::Contact,
        rows: Held::rows("recipients", "contact_id"),
        words: ("mail", "mails"),
        since: None,
    }],
    joining: None,
    parted: Some(parted),
};

/// What was sent since to an address of the one who is back was sent to that one: its links speak for that one too.
fn parted(conn: &mut Conn, parting: &Parting<'_>) -> QueryResult<()> {
    if parting.kind() != Kind::Contact {
        return Ok(());
    }
    let own = identities::table
        .filter(identities::contact_id.eq(parting.loser().0))
        .filter(identities::namespace.eq("email"))
        .select(identities::value);
    let since = campaigns::table
        .filter(campaigns::launched_at.ge(parting.at()))
        .select(campaigns::id);
    diesel::update(recipients::table)
        .filter(recipients::contact_id.eq(parting.holder()))
        .filter(recipients::address.eq_any(own))
        .filter(recipients::campaign_id.eq_any(since))
        .set(recipients::contact_id.eq(parting.loser()))
        .execute(conn)
        .map(|_| ())
}

/// Which of some contacts got mailings: they are kept when an import is taken back.
pub fn keeps(conn: &mut Conn, ids: &[ContactId], _: Timestamp) -> QueryResult<Vec<ContactId>> {
    recipients::table
        .filter(recipients::contact_id.eq_any(ids))
        .select(recipients::contact_id)
        .load(conn)
}
