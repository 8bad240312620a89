//! The signed addresses in a mail. Each says itself whose it is and where it leads, so following one asks no database, and
//! one that is not ours leads nowhere.

use crate::accounts::keyring::Keyring;
use crate::base::ids::{ContactId, RecipientId};
use crate::privacy::links as privacy;

const OPEN: &str = "mail.open";
const CLICK: &str = "mail.click";
const LEAVE: &str = "mail.unsubscribe";

/// Makes the links of mails.
#[derive(Clone)]
pub struct Links {
    keys: Keyring,
    base: String,
}

impl Links {
    /// Links that lead to `base`, without a slash at the end.
    pub fn new(keys: &Keyring, base: &str) -> Self {
        Self {
            keys: keys.clone(),
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// The picture that tells of an opening.
    pub fn pixel(&self, recipient: RecipientId) -> String {
        let token = self.keys.sign(OPEN, &recipient.to_string());
        format!("{}/mail/o/{token}.gif", self.base)
    }

    /// The way to `url` that tells of a click on the link at `position`.
    pub fn click(&self, recipient: RecipientId, position: usize, url: &str) -> String {
        let token = self
            .keys
            .sign(CLICK, &format!("{recipient}.{position}.{url}"));
        format!("{}/mail/c/{token}", self.base)
    }

    /// Where a mail program, or a person, unsubscribes.
    pub fn unsubscribe(&self, recipient: RecipientId) -> String {
        let token = self.keys.sign(LEAVE, &recipient.to_string());
        format!("{}/mail/u/{token}", self.base)
    }

    /// The contact's own page.
    pub fn preferences(&self, contact: ContactId) -> String {
        format!("{}{}", self.base, privacy::path(&self.keys, contact))
    }
}

/// Who opened.
pub fn opened(keys: &Keyring, token: &str) -> Option<RecipientId> {
    keys.signed(OPEN, token)?.parse().ok()
}

/// Who followed which link, and where it leads.
pub fn clicked(keys: &Keyring, token: &str) -> Option<(RecipientId, i64, String)> {
    let words = keys.signed(CLICK, token)?;
    let mut parts = words.splitn(3, '.');
    let recipient = parts.next()?.parse().ok()?;
    let position = parts.next()?.parse().ok()?;
    Some((recipient, position, parts.next()?.to_owned()))
}

/// Who unsubscribes.
pub fn leaving(keys: &Keyring, token: &str) -> Option<RecipientId> {
    keys.signed(LEAVE, token)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_come_back_only_as_they_were_made() {
        let keys = Keyring::new([7; 32]);
        let links = Links::new(&keys, "https://crm.example/");
        let url = "https://shop.example/a.b?c=1&d=ø";
        let click = links.click(RecipientId(5), 3, url);
        let token = click
            .strip_prefix("https://crm.example/mail/c/")
            .expect("a token");
        assert_eq!(
            clicked(&keys, token),
            Some((RecipientId(5), 3, url.to_owned()))
        );
        assert_eq!(opened(&keys, token), None);
        assert_eq!(leaving(&keys, token), None);
        let foreign = Keyring::new([8; 32]);
        assert_eq!(clicked(&foreign, token), None);
    }
}
