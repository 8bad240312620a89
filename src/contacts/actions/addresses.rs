//! E-mail addresses and phone numbers of a contact.

use serde_json::json;

use super::{settle, take, tell};
use crate::base::ids::{ContactId, IdentityId};
use crate::base::{EmailAddress, phone, text};
use crate::contacts::companies;
use crate::contacts::identities::{self, Identity, NewIdentity};
use crate::contacts::model::{By, Contact};
use crate::contacts::refusal::Refusal;
use crate::db::Conn;
use crate::timeline::EntryKind;

/// Addresses and numbers on one contact.
const MOST: usize = 50;

/// Gives a contact an address or a number, as typed; numbers without `+` are read in `country`.
/// The first of its kind becomes the primary one.
pub fn add_identity(
    conn: &mut Conn,
    id: ContactId,
    namespace: &'static str,
    typed: &str,
    label: &str,
    country: Option<&str>,
    by: &By,
) -> Result<IdentityId, Refusal> {
    let value = normalised(namespace, typed, country)?;
    let contact = take(conn, id, by)?;
    identities::check_free(conn, namespace, &value, Some(id), by)?;
    let own = identities::of(conn, id)?;
    if let Some(same) = own
        .iter()
        .find(|i| i.namespace == namespace && i.value == value)
    {
        return Ok(same.id);
    }
    if own.iter().filter(|i| i.is_by_hand()).count() >= MOST {
        let message = "Fifty addresses and numbers are enough for one contact.";
        return Err(Refusal::invalid(namespace, message));
    }
    let mut new = NewIdentity::by_hand(id, namespace, &value, by.now);
    new.label = text::line(label, 40);
    let identity = identities::insert(conn, &new)?;
    if !own.iter().any(|i| i.namespace == namespace && i.is_primary) {
        identities::set_primary(conn, id, namespace, Some(identity))?;
    }
    let data = json!({ "namespace": namespace, "value": value });
    tell(conn, id, EntryKind::IdentityAdded, by, data)?;
    if namespace == "email" && contact.company_id.is_none() {
        let domain = value.rsplit('@').next().unwrap_or_default();
        if let Some(company) = companies::store::by_email_domain(conn, domain)? {
            companies::people::link(conn, company, id, "", by)?;
        }
    }
    settle(conn, id)?;
    Ok(identity)
}

/// Takes an address or a number away; the next one becomes the primary.
pub fn remove_identity(
    conn: &mut Conn,
    id: ContactId,
    identity: IdentityId,
    by: &By,
) -> Result<Contact, Refusal> {
    take(conn, id, by)?;
    let own = identities::of(conn, id)?;
    let gone = by_hand(&own, identity)?;
    if gone.event_count > 0 {
        let message = format!(
            "{} stays: events arrived under it. Make another one the primary instead.",
            gone.words()
        );
        return Err(Refusal::invalid("identity", message));
    }
    identities::remove(conn, identity)?;
    if gone.is_primary {
        let next = own
            .iter()
            .find(|i| i.namespace == gone.namespace && i.id != identity);
        identities::set_primary(conn, id, &gone.namespace, next.map(|i| i.id))?;
    }
    let data = json!({ "namespace": gone.namespace, "value": gone.value });
    tell(conn, id, EntryKind::IdentityRemoved, by, data)?;
    settle(conn, id)
}

/// Makes an address or a number the one to use.
pub fn set_primary(
    conn: &mut Conn,
    id: ContactId,
    identity: IdentityId,
    by: &By,
) -> Result<Contact, Refusal> {
    take(conn, id, by)?;
    let own = identities::of(conn, id)?;
    let next = by_hand(&own, identity)?;
    if next.is_primary {
        return settle(conn, id);
    }
    let before = own
        .iter()
        .find(|i| i.namespace == next.namespace && i.is_primary);
    let label = if next.namespace == "email" {
        "Primary e-mail"
    } else {
        "Primary phone"
    };
    let data = json!({
        "label": label, "from": before.map(|i| i.value.as_str()), "to": next.value,
    });
    identities::set_primary(conn, id, &next.namespace, Some(identity))?;
    tell(conn, id, EntryKind::Changed, by, data)?;
    settle(conn, id)
}

/// The form in which addresses and numbers are compared.
pub fn normalised(namespace: &str, typed: &str, country: Option<&str>) -> Result<String, Refusal> {
    if namespace == "email" {
        return EmailAddress::parse(typed)
            .map(EmailAddress::into_string)
            .ok_or_else(|| {
                Refusal::invalid(
                    "email",
                    "That is no e-mail address. Write it as name@example.com.",
                )
            });
    }
    phone::parse(typed, country).ok_or_else(|| {
        let message = match country {
            Some(country) => format!(
                "That is no phone number in {country}. With another country, begin with + and its code."
            ),
            None => "That is no phone number. Begin with + and the country’s code, as in +47 57 85 12 04."
                .to_owned(),
        };
        Refusal::invalid("phone", message)
    })
}

fn by_hand(own: &[Identity], id: IdentityId) -> Result<&Identity, Refusal> {
    own.iter()
        .find(|i| i.id == id && i.is_by_hand())
        .ok_or(Refusal::Missing)
}
