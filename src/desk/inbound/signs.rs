//! What ties an answer to its ticket: ids and addresses that carry the ticket and a signature that only this instance
//! can make. In lower case throughout, because relays fold what stands before the `@`.

use crate::accounts::keyring::Keyring;
use crate::base::ids::{MessageId, TicketId};
use crate::base::{text, token};

/// Bytes of the signature.
const SIGNED: usize = 8;
/// The longest local part a mail system takes.
const LONGEST_LOCAL: usize = 64;

/// The address of a mailbox at which answers to one ticket arrive; the mailbox's own where there is no room.
pub fn plus_address(keys: &Keyring, mailbox: &str, ticket: TicketId) -> String {
    let Some((local, domain)) = mailbox.rsplit_once('@') else {
        return mailbox.to_owned();
    };
    let words = format!("t{ticket}");
    let tag = format!("{words}-{}", signature(keys, "ticket address", &words));
    if local.len() + tag.len() + 1 > LONGEST_LOCAL {
        return mailbox.to_owned();
    }
    format!("{local}+{tag}@{domain}")
}

/// The ticket whose own address this is.
pub fn ticket_of_address(keys: &Keyring, address: &str) -> Option<TicketId> {
    let (local, _) = address.rsplit_once('@')?;
    let (_, tag) = local.rsplit_once('+')?;
    let tag = tag.to_lowercase();
    let (words, given) = tag.split_once('-')?;
    let ticket: i64 = words.strip_prefix('t')?.parse().ok()?;
    let ours = signature(keys, "ticket address", words);
    token::same(ours.as_bytes(), given.as_bytes()).then_some(TicketId(ticket))
}

/// An address without its plus part: the one of the mailbox.
pub fn bare(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return address.to_lowercase();
    };
    let local = local.split('+').next().unwrap_or(local);
    format!("{local}@{domain}").to_lowercase()
}

/// The Message-ID of a message we send, without brackets.
pub fn message_id(keys: &Keyring, ticket: TicketId, message: MessageId, mailbox: &str) -> String {
    let words = format!("{ticket}.{message}");
    let domain = mailbox.rsplit_once('@').map_or("localhost", |(_, d)| d);
    let signature = signature(keys, "message id", &words);
    format!("rapport.{words}.{signature}@{domain}")
}

/// The message that has this Message-ID, if it is one of ours.
pub fn ours(keys: &Keyring, message_id: &str) -> Option<(TicketId, MessageId)> {
    let (local, _) = message_id.rsplit_once('@')?;
    let local = local.to_lowercase();
    let rest = local.strip_prefix("rapport.")?;
    let (words, given) = rest.rsplit_once('.')?;
    let (ticket, message) = words.split_once('.')?;
    let found = (
        TicketId(ticket.parse().ok()?),
        MessageId(message.parse().ok()?),
    );
    let ours = signature(keys, "message id", words);
    token::same(ours.as_bytes(), given.as_bytes()).then_some(found)
}

fn signature(keys: &Keyring, purpose: &str, words: &str) -> String {
    let print = keys.fingerprint(purpose, words);
    text::hex(print.get(..SIGNED).unwrap_or(&print))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_its_ticket_and_to_no_other() {
        let keys = Keyring::new([7; 32]);
        let address = plus_address(&keys, "support@tidewater.example", TicketId(4817));
        assert_eq!(ticket_of_address(&keys, &address), Some(TicketId(4817)));
        assert_eq!(
            ticket_of_address(&keys, &address.to_uppercase()),
            Some(TicketId(4817))
        );
        let forged = address.replace("t4817", "t4818");
        assert_eq!(ticket_of_address(&keys, &forged), None);
        assert_eq!(ticket_of_address(&Keyring::new([8; 32]), &address), None);
        assert_eq!(ticket_of_address(&keys, "support+t1@x.example"), None);
        assert_eq!(bare(&address), "support@tidewater.example");
        let long = format!("{}@x.example", "a".repeat(60));
        assert_eq!(plus_address(&keys, &long, TicketId(1)), long);
    }

    #[test]
    fn an_id_of_ours_is_known_by_its_signature() {
        let keys = Keyring::new([7; 32]);
        let id = message_id(&keys, TicketId(12), MessageId(34), "support@x.example");
        assert_eq!(ours(&keys, &id), Some((TicketId(12), MessageId(34))));
        assert_eq!(ours(&keys, &id.replace("12.", "13.")), None);
        assert_eq!(ours(&keys, "rapport.12.34.00@x.example"), None);
        assert_eq!(ours(&keys, "abc@x.example"), None);
    }
}
