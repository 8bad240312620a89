//! `rapport migrate`: brings the database to this version; with `--to`, carries the instance to another database.

use std::time::Instant;

use clap::Args;

use super::{Failure, instance, say};
use crate::config::Config;
use crate::db::transfer::{Present, Source, Target};
use crate::db::{DatabaseUrl, DbError, lock};
use crate::web::number;

/// Bring the database to this version, or carry the instance to another database.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rapport migrate
  rapport migrate --to postgres://rapport:secret@localhost/rapport
  rapport migrate --database postgres://rapport:secret@localhost/rapport --to sqlite:data/rapport.db

Stop the server first. The source is not changed. The target must be empty; it appears whole or not at all.
Files in the data folder stay where they are: start the server with the same --data.")]
pub(super) struct Migrate {
    /// Database to copy everything to, table by table, verified by counts.
    #[arg(long, value_name = "URL")]
    to: Option<String>,
}

impl Migrate {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let from = DatabaseUrl::parse(&config.database_url())?;
        match self.to {
            None => migrate(&from),
            Some(to) => carry(&from, &DatabaseUrl::parse(&to)?),
        }
    }
}

fn migrate(url: &DatabaseUrl) -> Result<(), Failure> {
    let done = instance::up_to_date(url)?;
    for name in &done.applied {
        say(&format!("applied {name}"));
    }
    if let Some(backup) = done.backup {
        say(&format!(
            "the database as it was before: {}",
            backup.display()
        ));
    }
    say(&format!("{url} is up to date"));
    Ok(())
}

fn carry(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<(), Failure> {
    if from == to {
        return Err("source and target are the same database".into());
    }
    // While it is carried over, nobody may begin to serve the file.
    let _hold = lock::hold(from)?;
    instance::up_to_date_unheld(from)?;
    let mut source = Source::open(from)?;
    let migrations = source.migrations.clone();
    let mut target = Target::open(to, &migrations, Present::Refuse)?;
    say(&format!("{from} → {to}"));
    let begun = Instant::now();
    let mut total = 0;
    for sheet in source.sheets.clone() {
        let table = target.table(&sheet.table.name, &sheet.table.names())?;
        let mut n = 0;
        source.read(&sheet, |chunk| {
            n += chunk.rows as i64;
            target.write(&table, &chunk.json)
        })?;
        let there = target.close(&table, sheet.highest)?;
        if there != n {
            return Err(DbError::Transfer(format!(
                "{}: {n} rows were read and {there} are there; nothing was kept",
                table.name
            ))
            .into());
        }
        total += n;
        if n > 0 {
            say(&format!("  {:<20} {:>12} rows", table.name, number(n)));
        }
    }
    target.finish()?;
    say(&format!(
        "{} rows in {:.1} s, counts equal. Start with --database '{to}'.",
        number(total),
        begun.elapsed().as_secs_f64()
    ));
    Ok(())
}
