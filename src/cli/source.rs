//! `rapport source create`: a source of events, and the key its SDK is given.

use clap::{Args, Subcommand};

use super::{Failure, instance, say};
use crate::accounts::audit::By;
use crate::base::{clock, text};
use crate::config::Config;
use crate::db::Db;
use crate::events::sources::{self, NewSource, SourceKind};

/// Sources of events.
#[derive(Debug, Subcommand)]
pub(super) enum Source {
    /// Create a source and print its write key, alone on the last line.
    #[command(after_help = "Example:\n  rapport source create --name Website --kind web")]
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Name, as colleagues see it.
    #[arg(long)]
    name: String,
    /// Where its events come from: web, server or mobile.
    #[arg(long, value_parser = kind)]
    kind: SourceKind,
}

fn kind(word: &str) -> Result<SourceKind, String> {
    let kinds = [SourceKind::Web, SourceKind::Server, SourceKind::Mobile];
    SourceKind::from_word(word)
        .filter(|kind| kinds.contains(kind))
        .ok_or_else(|| "write web, server or mobile".to_owned())
}

impl Source {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Self::Create(create) = self;
        let new = NewSource {
            name: text::line(&create.name, 80),
            kind: create.kind,
        };
        if new.name.is_empty() {
            return Err("--name is empty; write what colleagues call the source".into());
        }
        let mut conn = instance::open(config)?;
        let source = Db::transaction_on(&mut conn, |conn| {
            sources::actions::create(conn, &new, &By::house(), clock::now())
        })?;
        say(&format!(
            "Source {} ({}). Its write key:",
            source.name, source.kind
        ));
        say(&source.write_key);
        Ok(())
    }
}
