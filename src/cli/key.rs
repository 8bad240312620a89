//! `rapport key create`: an API key for a user.

use clap::{Args, Subcommand};

use super::{Failure, instance, say};
use crate::accounts::audit::{self, By};
use crate::accounts::rights::SCOPES;
use crate::accounts::{actions, store};
use crate::base::{EmailAddress, clock, text};
use crate::config::Config;
use crate::db::Db;

/// API keys.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Create an API key and print it, alone on the last line.
    #[command(
        after_help = "Example:\n  rapport key create --user ada@example.com --scopes contacts:read"
    )]
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Address of the user it acts for.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// What it is for.
    #[arg(long, default_value = "Command line")]
    name: String,
    /// What it may do, separated by commas (default: everything a key may).
    #[arg(long, value_delimiter = ',', value_parser = scope)]
    scopes: Vec<String>,
}

fn scope(word: &str) -> Result<String, String> {
    let known: Vec<_> = SCOPES.iter().map(|(scope, _)| *scope).collect();
    if known.contains(&word) {
        return Ok(word.to_owned());
    }
    Err(format!("write one of {}", known.join(", ")))
}

impl Key {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Self::Create(create) = self;
        let scopes = if create.scopes.is_empty() {
            SCOPES
                .iter()
                .map(|(scope, _)| (*scope).to_owned())
                .collect()
        } else {
            create.scopes
        };
        let mut conn = instance::open(config)?;
        let email = EmailAddress::parse(&create.user).map(EmailAddress::into_string);
        let email = email.unwrap_or_else(|| create.user.clone());
        let Some(user) = store::user_by_email(&mut conn, &email)? else {
            return Err(format!(
                "nobody here has the address {email}; `rapport user create` makes an account"
            )
            .into());
        };
        let (name, now) = (text::line(&create.name, 80), clock::now());
        let key = Db::transaction_on(&mut conn, |conn| {
            let key = actions::create_api_key(conn, user.id, &name, &scopes.join(" "), now)?;
            let object = Some(("user", user.id.0));
            audit::record(conn, &By::house(), "api_key.created", object, &name, now)?;
            Ok::<_, diesel::result::Error>(key)
        })?;
        say(&format!("API key \"{name}\" of {}:", user.email));
        say(&key);
        Ok(())
    }
}
