//! Somebody leaves by the link of a mail.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::RecipientId;
use crate::campaigns::store;
use crate::campaigns::store::recipients as rows;
use crate::contacts;
use crate::db::Conn;
use crate::db::schema::{campaign_tallies, recipients};
use crate::events::acts::{self, Act};
use crate::privacy::{self, ConsentState, Proof};

/// Withdraws the topic of the mail. False where the mail is not known any more.
pub fn unsubscribe(
    conn: &mut Conn,
    id: RecipientId,
    proof: &Proof,
    now: Timestamp,
) -> QueryResult<bool> {
    let Some(recipient) = rows::find(conn, id)? else {
        return Ok(false);
    };
    let Some(campaign) = store::find(conn, recipient.campaign_id)? else {
        return Ok(false);
    };
    let contact = contacts::store::survivor(conn, recipient.contact_id)?;
    if let Some(topic) = campaign.topic_id {
        privacy::actions::say(conn, contact, topic, ConsentState::Withdrawn, proof, now)?;
    }
    if recipient.unsubscribed_at.is_some() {
        return Ok(true);
    }
    diesel::update(recipients::table.filter(recipients::id.eq(id)))
        .set(recipients::unsubscribed_at.eq(Some(now)))
        .execute(conn)?;
    diesel::update(campaign_tallies::table.filter(campaign_tallies::campaign_id.eq(campaign.id)))
        .set(campaign_tallies::unsubscribed.eq(campaign_tallies::unsubscribed + 1))
        .execute(conn)?;
    let act = Act {
        contact,
        name: "Email Unsubscribed",
        properties: serde_json::json!({ "campaign": campaign.name, "campaign_id": campaign.id }),
        at: now,
        key: format!("mail:{id}:unsubscribed"),
        by_contact: true,
    };
    acts::record(conn, &[act], now)?;
    Ok(true)
}
