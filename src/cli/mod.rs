//! The command line: one file per command.

mod archive;
mod backup;
mod bench;
mod chance;
mod contact;
mod doctor;
mod instance;
mod key;
mod log;
mod mail_in;
mod migrate;
mod scale;
mod seed;
mod seed_demo;
mod serve;
mod source;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::db::tls;

/// A self-hosted CRM with a customer data platform built in.
#[derive(Debug, Parser)]
#[command(name = "rapport", version, about, disable_help_subcommand = true)]
struct Line {
    /// Configuration file (default: rapport.toml in the current folder, if it is there).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of everything that is not in PostgreSQL (default: ./data).
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME` (default: SQLite in the data folder).
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (also what happens without a command).
    Serve(serve::Serve),
    /// Bring the database to this version, or carry the instance to another database.
    Migrate(migrate::Migrate),
    /// Write the whole instance into one file, while it is served.
    Backup(backup::Backup),
    /// Make an instance out of a backup.
    Restore(backup::Restore),
    /// Check configuration, database, mail, clock and disk, and say what to do.
    Doctor(doctor::Doctor),
    /// Users.
    #[command(subcommand)]
    User(user::User),
    /// Sources of events.
    #[command(subcommand)]
    Source(source::Source),
    /// Contacts.
    #[command(subcommand)]
    Contact(contact::Contact),
    /// API keys.
    #[command(subcommand)]
    Key(key::Key),
    /// Take one mail from standard input, as a mail server pipes it.
    MailIn(mail_in::MailIn),
    /// Fill an empty instance with an invented world.
    Seed(seed::Seed),
    /// Measure how fast this machine is with this instance.
    Bench(bench::Bench),
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let line = Line::parse();
    let done = act(line);
    tls::close();
    match done {
        Ok(code) => code,
        Err(error) => {
            say_error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// What a command can fail with: words for the operator.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn act(line: Line) -> Result<ExitCode, Failure> {
    let mut config = Config::load(line.config.as_deref())?;
    if let Some(data) = line.data {
        config.data = data;
    }
    if let Some(database) = line.database {
        config.database = database;
    }
    match line
        .command
        .unwrap_or(Command::Serve(serve::Serve::default()))
    {
        Command::Serve(serve) => serve.run(config),
        Command::Migrate(migrate) => migrate.run(&config),
        Command::Backup(backup) => backup.run(&config),
        Command::Restore(restore) => restore.run(&config),
        Command::Doctor(doctor) => doctor.run(&config),
        Command::User(user) => user.run(&config),
        Command::Source(source) => source.run(&config),
        Command::Contact(contact) => contact.run(&config),
        Command::Key(key) => key.run(&config),
        Command::Seed(seed) => seed.run(config),
        Command::Bench(bench) => bench.run(&config),
        Command::MailIn(mail_in) => return Ok(mail_in.run(&config)),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a line for a person or a pipe. Whoever has stopped listening does not stop the work.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[expect(clippy::print_stderr, reason = "errors go to standard error")]
fn say_error(text: &str) {
    eprintln!("rapport: {text}");
}
