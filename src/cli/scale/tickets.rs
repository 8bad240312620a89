//! Made-up tickets: most of them done long ago, a few thousand open, two or three messages each.

use diesel::prelude::*;

use super::super::chance::Chance;
use super::plan::{DAYS, Plan};
use super::world::World;
use crate::base::Timestamp;
use crate::base::clock::{HOUR, SECOND};
use crate::db::Conn;
use crate::db::Db;
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{mailboxes, message_refs, ticket_changes, ticket_messages, tickets};
use crate::load_all;

/// Tickets of a transaction.
const BLOCK: u32 = 10_000;

const MAILBOXES: [(&str, &str); 3] = [
    ("support@tidewater.example", "Support"),
    ("billing@tidewater.example", "Billing"),
    ("hello@tidewater.example", "Hello"),
];

const SUBJECTS: [&str; 12] = [
    "Invoice with the wrong address",
    "Buoy reports no temperature",
    "Cannot sign in since Monday",
    "Move our calibration slot",
    "Alarm did not arrive at night",
    "Question about the warranty",
    "Export skips the last hour",
    "Add a colleague to our account",
    "Gateway is offline",
    "Change of the payment method",
    "Feeder stopped by itself",
    "Where is our order?",
];

const WORDS: [&str; 6] = [
    "Since the last update the figures do not change any more. Could somebody have a look?",
    "We tried what the help page says, and it is still the same as before.",
    "Thank you for the quick answer. It works again for two of three sites.",
    "Please call me when it suits you, the audit is next week.",
    "Attached you find the export of both days. The last hour is missing in one of them.",
    "Could you tell us when this will be delivered? Our team waits for it.",
];

#[derive(Debug, Insertable)]
#[diesel(table_name = tickets, treat_none_as_default_value = false)]
struct TicketRow {
    id: i64,
    mailbox_id: i64,
    subject: String,
    status: &'static str,
    priority: &'static str,
    channel: &'static str,
    assignee_id: Option<i64>,
    contact_id: Option<i64>,
    preview: &'static str,
    last_kind: &'static str,
    message_count: i64,
    last_message_id: i64,
    last_at: Timestamp,
    first_reply_at: Option<Timestamp>,
    solved_at: Option<Timestamp>,
    revision: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = ticket_messages, treat_none_as_default_value = false)]
struct MessageRow {
    id: i64,
    ticket_id: i64,
    kind: &'static str,
    automatic: &'static str,
    contact_id: Option<i64>,
    user_id: Option<i64>,
    at: Timestamp,
    from_name: &'static str,
    from_address: String,
    to_list: &'static str,
    cc_list: &'static str,
    subject: &'static str,
    message_id: String,
    reply_to: &'static str,
    text: &'static str,
    why: &'static str,
    state: &'static str,
    state_words: &'static str,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = message_refs, treat_none_as_default_value = false)]
struct ReferenceRow {
    reference: String,
    ticket_id: i64,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = ticket_changes, treat_none_as_default_value = false)]
struct ChangeRow {
    ticket_id: i64,
    at: Timestamp,
    field: &'static str,
    from_value: &'static str,
    to_value: &'static str,
}

#[derive(Debug, Default)]
struct Block {
    tickets: Vec<TicketRow>,
    messages: Vec<MessageRow>,
    references: Vec<ReferenceRow>,
    changes: Vec<ChangeRow>,
    words: Vec<(i64, String)>,
}

/// Writes `count` tickets and what was said in them.
pub(super) fn write(conn: &mut Conn, plan: &Plan, world: &World, count: u32) -> QueryResult<()> {
    if count == 0 {
        return Ok(());
    }
    Db::transaction_on(conn, |conn| {
        for (address, name) in MAILBOXES {
            diesel::insert_into(mailboxes::table)
                .values((
                    mailboxes::address.eq(address),
                    mailboxes::name.eq(name),
                    mailboxes::sender_name.eq(name),
                    mailboxes::signature.eq(""),
                    mailboxes::created_at.eq(world.begin),
                    mailboxes::updated_at.eq(world.begin),
                ))
                .execute(conn)?;
        }
        Ok::<_, diesel::result::Error>(())
    })?;
    let (mut from, mut message) = (0, 0);
    while from < count {
        let to = from.saturating_add(BLOCK).min(count);
        let mut block = Block::default();
        for number in from..to {
            add(&mut block, plan, world, number, count, &mut message);
        }
        Db::transaction_on(conn, |conn| {
            load_all!(conn, tickets::table, &block.tickets);
            load_all!(conn, ticket_messages::table, &block.messages);
            load_all!(conn, message_refs::table, &block.references);
            load_all!(conn, ticket_changes::table, &block.changes);
            search::put_all(conn, Kind::Ticket, &block.words)
        })?;
        from = to;
    }
    Ok(())
}

/// Tickets come evenly over the time; what is young may still be open.
#[expect(
    clippy::too_many_lines,
    reason = "most of it are the rows, field by field"
)]
fn add(block: &mut Block, plan: &Plan, world: &World, number: u32, count: u32, message: &mut i64) {
    let mut chance = Chance::of(plan.size.seed ^ 0x71c, u64::from(number));
    let id = i64::from(number) + 1;
    let span = i64::from(DAYS - 1) * 86_400 - 172_800;
    let second = span * i64::from(number) / i64::from(count.max(1)) + chance.below(3_600) as i64;
    let opened = world.begin.plus(second * SECOND);
    let is_young = number > count / 100 * 96;
    let status = match chance.below(100) {
        0..50 if is_young => "open",
        50..70 if is_young => "waiting",
        0..70 => "closed",
        _ => "solved",
    };
    let person = chance.below(u64::from(plan.size.contacts)) as i64 + 1;
    let contact = Some(person);
    let user = Some(chance.pick(&world.users)).filter(|user| *user > 0);
    let assignee = user.filter(|_| status != "open" || chance.percent(70));
    let subject = chance.pick(&SUBJECTS);
    let turns = 1 + chance.below(3) as i64 + i64::from(status != "open");
    let (mut last, mut last_kind, mut preview) = (opened, "received", "");
    for turn in 0..turns {
        *message += 1;
        let is_reply = turn % 2 == 1;
        last = opened.plus(turn * (HOUR + chance.below(5) as i64 * HOUR));
        last_kind = if is_reply { "reply" } else { "received" };
        preview = chance.pick(&WORDS);
        let reference = format!("{message}.{}@mail.example", plan.size.seed);
        block.references.push(ReferenceRow {
            reference: reference.clone(),
            ticket_id: id,
        });
        block.messages.push(MessageRow {
            id: *message,
            ticket_id: id,
            kind: last_kind,
            automatic: "",
            contact_id: contact,
            user_id: user.filter(|_| is_reply),
            at: last,
            from_name: "",
            from_address: format!("person{person}@mail.example"),
            to_list: "[]",
            cc_list: "[]",
            subject,
            message_id: reference,
            reply_to: "",
            text: preview,
            why: "",
            state: if is_reply { "sent" } else { "" },
            state_words: "",
        });
    }
    let is_done = matches!(status, "solved" | "closed");
    if is_done {
        block.changes.push(ChangeRow {
            ticket_id: id,
            at: last,
            field: "status",
            from_value: "open",
            to_value: "solved",
        });
    }
    block.words.push((id, format!("{id} {subject}")));
    block.tickets.push(TicketRow {
        id,
        mailbox_id: 1 + chance.below(3) as i64,
        subject: subject.to_owned(),
        status,
        priority: chance.pick(&["normal", "normal", "normal", "low", "high", "urgent"]),
        channel: "mail",
        assignee_id: assignee,
        contact_id: contact,
        preview,
        last_kind,
        message_count: turns,
        last_message_id: *message,
        last_at: last,
        first_reply_at: (turns > 1).then_some(last),
        solved_at: is_done.then_some(last),
        revision: 1,
        created_at: opened,
        updated_at: last,
    });
}
