//! The card of consents beside a contact's story.

use diesel::QueryResult;

use crate::base::EmailAddress;
use crate::base::ids::ContactId;
use crate::contacts::{self, Card, CardAsk, CardRow};
use crate::db::Conn;
use crate::privacy::model::ConsentState;
use crate::privacy::store;
use crate::web::ago;

/// What they allow, topic by topic, and whether their address is suppressed.
pub fn card(conn: &mut Conn, contact: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    let standings = store::standings(conn, contact)?;
    if standings.is_empty() {
        return Ok(None);
    }
    let rows = standings.into_iter().map(|standing| {
        let (value, hint) = match standing.said {
            Some((ConsentState::Given, at)) => {
                ("Allowed", format!("since {}", ago(at, ask.now, ask.zone)))
            }
            Some((ConsentState::Withdrawn, at)) => {
                ("Withdrawn", format!("since {}", ago(at, ask.now, ask.zone)))
            }
            None => ("Not asked", String::new()),
        };
        CardRow {
            label: standing.topic.name,
            value: value.to_owned(),
            hint,
            ..CardRow::default()
        }
    });
    let rows = rows.collect();
    let email = contacts::store::find(conn, contact)?.and_then(|contact| contact.email);
    let suppression = match email {
        Some(email) => store::suppression(conn, &EmailAddress::hash_of(&email))?,
        None => None,
    };
    Ok(Some(Card {
        title: "Consents".to_owned(),
        rows,
        chips: suppression
            .map(|found| {
                (
                    format!("No mail: {}", found.reason.label().to_lowercase()),
                    "red",
                )
            })
            .into_iter()
            .collect(),
        add: Some((
            format!("/contacts/{contact}/consents"),
            "Consents and their history",
        )),
        ..Card::default()
    }))
}
