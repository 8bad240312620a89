//! The signed address of somebody's own page: whoever has a mail of theirs has it, and nobody else can make it.

use crate::accounts::keyring::Keyring;
use crate::base::ids::ContactId;

const PURPOSE: &str = "preferences";

/// The path of a contact's preference page.
pub fn path(keys: &Keyring, contact: ContactId) -> String {
    let token = keys.sign(PURPOSE, &contact.to_string());
    format!("/preferences/{token}")
}

/// Whose page it is.
pub fn contact(keys: &Keyring, token: &str) -> Option<ContactId> {
    keys.signed(PURPOSE, token)?.parse().ok()
}
