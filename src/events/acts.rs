//! What is done in the house (a deal won, a ticket answered, a mail clicked) enters the same stream as what websites send, so
//! that a segment can speak of both alike. An action records its acts in its own transaction; a job hands them to the inbox
//! as events of the built-in source. A job may run twice: the act's key is the messageId, so it is stored once.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::inbox::{Inbox, NewRequest};
use crate::base::Timestamp;
use crate::base::ids::{CRM_SOURCE, ContactId};
use crate::contacts::identities;
use crate::db::Conn;
use crate::jobs::{self, Context, Fault, Job, Outcome};

/// What the inbox calls requests of acts. No address of the wire contract gives a request this kind.
pub(super) const KIND: &str = "act";
/// Acts of one job at the most.
const MOST: usize = 500;

/// One thing done in the house to or by a contact.
#[derive(Debug, Clone)]
pub struct Act {
    /// About whom.
    pub contact: ContactId,
    /// "Deal Won", "Email Clicked": object and verb in the past, as events are called.
    pub name: &'static str,
    /// An object.
    pub properties: Value,
    /// When.
    pub at: Timestamp,
    /// What makes it this act and no other ("deal:12:won:3"). The same key counts once.
    pub key: String,
    /// Whether the contact did it, and so was seen.
    pub by_contact: bool,
}

/// Records acts; call it in the transaction of what they tell of.
pub fn record(conn: &mut Conn, acts: &[Act], now: Timestamp) -> QueryResult<()> {
    if acts.is_empty() {
        return Ok(());
    }
    let contacts: Vec<ContactId> = acts.iter().map(|act| act.contact).collect();
    identities::ensure_records(conn, &contacts, now)?;
    for chunk in acts.chunks(MOST) {
        let events = chunk.iter().map(event).collect();
        jobs::enqueue(conn, &Tell { events }, now)?;
    }
    Ok(())
}

fn event(act: &Act) -> Value {
    json!({
        "type": "track",
        "event": act.name,
        "messageId": act.key,
        "record": act.contact.to_string(),
        "byContact": act.by_contact.to_string(),
        "timestamp": act.at.rfc3339(),
        "properties": act.properties,
    })
}

/// Hands acts to the inbox.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tell {
    events: Vec<Value>,
}

impl Job for Tell {
    type Tools = Inbox;
    const KIND: &'static str = "events.acts";
    const PRIORITY: i64 = jobs::URGENT;

    async fn run(self, context: Context<Inbox>) -> Outcome {
        let request = NewRequest {
            source_id: CRM_SOURCE,
            received_at: context.now,
            kind: KIND.to_owned(),
            ip: String::new(),
            user_agent: String::new(),
            body: json!({ "batch": self.events }).to_string().into_bytes(),
        };
        let kept = context.tools.append(request).await;
        kept.map_err(|error| Fault::Later(error.to_string()))?;
        context.finish(|_| Ok(())).await
    }
}
