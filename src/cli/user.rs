//! `rapport user create`: an account, for the first administrator of a machine without a browser, or by script.

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand};

use super::{Failure, instance, say};
use crate::accounts::Role;
use crate::accounts::actions::{self, NewUser};
use crate::base::{clock, token};
use crate::config::Config;
use crate::db::Db;

/// Users.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Create an account.
    ///
    /// The password is read from standard input where that is a file or a pipe; otherwise one is made and printed.
    #[command(
        after_help = "Example:\n  rapport user create --email ada@example.com --name 'Ada Lovelace' --role admin"
    )]
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Address to sign in with.
    #[arg(long)]
    email: String,
    /// Name, as they write it.
    #[arg(long)]
    name: String,
    /// What they are here for: admin, manager, sales, support, marketing or `read_only`.
    #[arg(long, value_parser = role)]
    role: Role,
}

fn role(word: &str) -> Result<Role, String> {
    let words: Vec<_> = Role::ALL.iter().map(|role| role.word()).collect();
    Role::from_word(word).ok_or_else(|| format!("write one of {}", words.join(", ")))
}

impl User {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Self::Create(create) = self;
        let given = piped_line()?;
        let is_made = given.is_none();
        let password = given.unwrap_or_else(|| token::readable(16));
        let mut conn = instance::open(config)?;
        let new = NewUser {
            email: create.email,
            name: create.name,
            role: create.role,
            password: password.clone(),
        };
        let now = clock::now();
        let (email, role) = (new.email.clone(), new.role);
        // The action puts it on the record.
        Db::transaction_on(&mut conn, |conn| actions::create_user(conn, new, now))?;
        say(&format!(
            "{email} may sign in as {}.",
            role.label().to_lowercase()
        ));
        if is_made {
            say(&format!("Password: {password}"));
        }
        Ok(())
    }
}

/// The first line of standard input, where somebody put something there.
fn piped_line() -> std::io::Result<Option<String>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Ok(None);
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    Ok((!line.is_empty()).then(|| line.to_owned()))
}
