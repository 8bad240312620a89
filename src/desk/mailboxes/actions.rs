//! Making and changing mailboxes.

use diesel::prelude::*;

use super::model::MailboxForm;
use super::store;
use crate::accounts::audit;
use crate::base::ids::MailboxId;
use crate::base::{EmailAddress, Timestamp, text};
use crate::db::Conn;
use crate::db::schema::mailboxes;
use crate::desk::tickets::refusal::TicketError;
use crate::web::Errors;

/// Makes a mailbox.
pub fn create(
    conn: &mut Conn,
    form: &MailboxForm,
    by: &audit::By,
    now: Timestamp,
) -> Result<MailboxId, TicketError> {
    let clean = checked(conn, form, None)?;
    let id: MailboxId = diesel::insert_into(mailboxes::table)
        .values((
            mailboxes::address.eq(&clean.address),
            mailboxes::name.eq(&clean.name),
            mailboxes::sender_name.eq(&clean.sender_name),
            mailboxes::signature.eq(&clean.signature),
            mailboxes::created_at.eq(now),
            mailboxes::updated_at.eq(now),
        ))
        .returning(mailboxes::id)
        .get_result(conn)?;
    let object = Some(("mailbox", id.0));
    audit::record(conn, by, "mailbox.created", object, &clean.address, now)?;
    Ok(id)
}

/// Changes a mailbox. Its tickets stay with it, and answers to its old address find them still.
pub fn change(
    conn: &mut Conn,
    id: MailboxId,
    form: &MailboxForm,
    by: &audit::By,
    now: Timestamp,
) -> Result<(), TicketError> {
    let clean = checked(conn, form, Some(id))?;
    let changed = diesel::update(mailboxes::table.filter(mailboxes::id.eq(id)))
        .set((
            mailboxes::address.eq(&clean.address),
            mailboxes::name.eq(&clean.name),
            mailboxes::sender_name.eq(&clean.sender_name),
            mailboxes::signature.eq(&clean.signature),
            mailboxes::updated_at.eq(now),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(TicketError::Missing);
    }
    let object = Some(("mailbox", id.0));
    audit::record(conn, by, "mailbox.changed", object, &clean.address, now)?;
    Ok(())
}

fn checked(
    conn: &mut Conn,
    form: &MailboxForm,
    own: Option<MailboxId>,
) -> Result<MailboxForm, TicketError> {
    let mut errors = Errors::new();
    let address = EmailAddress::parse(&form.address).map(EmailAddress::into_string);
    match &address {
        None => errors.add(
            "address",
            "That is no e-mail address. Write it as support@example.com.",
        ),
        Some(address) if address.split('@').next().is_some_and(|l| l.contains('+')) => errors.add(
            "address",
            "What stands behind + is used to find tickets. Write the address without it.",
        ),
        Some(address) => {
            let holder = store::by_address(conn, address)?;
            if holder.is_some_and(|holder| Some(holder.id) != own) {
                errors.add("address", "Another mailbox has this address.");
            }
        }
    }
    let name = text::line(&form.name, 80);
    if name.is_empty() {
        errors.add("name", "Write what colleagues call it, such as Support.");
    }
    if !errors.is_empty() {
        return Err(TicketError::Invalid(errors));
    }
    let sender_name = text::line(&form.sender_name, 80);
    Ok(MailboxForm {
        address: address.unwrap_or_default(),
        sender_name: if sender_name.is_empty() {
            name.clone()
        } else {
            sender_name
        },
        name,
        signature: text::clean(&form.signature, 2_000),
    })
}
