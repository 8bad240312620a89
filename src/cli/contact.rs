//! `rapport contact show`: one contact as the API shows it.

use chrono_tz::Tz;
use clap::{Args, Subcommand};

use super::{Failure, instance, say};
use crate::accounts::Access;
use crate::base::ids::ContactId;
use crate::base::ids::UserId;
use crate::base::{EmailAddress, clock};
use crate::config::Config;
use crate::contacts::{api, fields, identities};

/// Contacts.
#[derive(Debug, Subcommand)]
pub(super) enum Contact {
    /// Show a contact: identities, traits with their source, counters.
    #[command(
        after_help = "Examples:\n  rapport contact show 42 --json\n  rapport contact show ada@example.com --json"
    )]
    Show(Show),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its id, or an e-mail address of it.
    #[arg(value_name = "ID|EMAIL")]
    contact: String,
    /// On one line, for programs (otherwise indented).
    #[arg(long)]
    json: bool,
}

impl Contact {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Self::Show(show) = self;
        let nobody = || format!("there is no contact {}", show.contact);
        let mut conn = instance::open(config)?;
        let id = if let Ok(id) = show.contact.parse::<ContactId>() {
            id
        } else {
            let email = EmailAddress::parse(&show.contact).ok_or_else(|| {
                format!("{:?} is neither an id nor an e-mail address", show.contact)
            })?;
            identities::holder(&mut conn, "email", email.as_str())?.ok_or_else(nobody)?
        };
        // Whoever runs the program may read the database anyway.
        let all = Access::everything(UserId(0));
        let ways = fields::ways(&mut conn, &all, Tz::UTC, clock::now())?;
        let contact = api::one(&mut conn, id, &ways, &all)?.ok_or_else(nobody)?;
        say(&if show.json {
            serde_json::to_string(&contact)?
        } else {
            serde_json::to_string_pretty(&contact)?
        });
        Ok(())
    }
}
