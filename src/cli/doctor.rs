//! `rapport doctor`: looks at everything an instance needs and says what to do about what is wrong.

use std::path::Path;

use clap::Args;
use diesel::QueryResult;

use super::{Failure, say};
use crate::base::{clock, token};
use crate::config::Config;
use crate::db::dialect::health;
use crate::db::{Conn, DatabaseUrl, Db, lock, migrate, tls};
use crate::jobs;
use crate::mail::Mailer;
use crate::web::number;

/// Check configuration, database, mail, clock and disk, and say what to do.
#[derive(Debug, Args)]
#[command(
    after_help = "Each line begins with ok, warn or fail. The exit code is 1 where anything failed."
)]
pub(super) struct Doctor;

#[derive(Default)]
struct Report {
    failures: usize,
}

impl Report {
    fn fail(&mut self, what: &str, words: &str) {
        self.failures += 1;
        say(&format!("fail  {what:<10} {words}"));
    }
}

fn ok(what: &str, words: &str) {
    say(&format!("ok    {what:<10} {words}"));
}

fn warn(what: &str, words: &str) {
    say(&format!("warn  {what:<10} {words}"));
}

impl Doctor {
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let mut report = Report::default();
        settings(config);
        data_folder(&mut report, config);
        disk(&mut report, &config.data);
        database(&mut report, config);
        mail(&mut report, config);
        match report.failures {
            0 => Ok(()),
            1 => Err("one check failed".into()),
            n => Err(format!("{n} checks failed").into()),
        }
    }
}

fn settings(config: &Config) {
    ok(
        "settings",
        &format!(
            "listens on {}, data in {}",
            config.listen,
            config.data.display()
        ),
    );
    if config.public_url.is_empty() && !config.listen.ip().is_loopback() {
        warn(
            "settings",
            "public_url is empty; links in mails will name whatever host a request named. Set it",
        );
    }
    if config.public_url.starts_with("http://") && !config.listen.ip().is_loopback() {
        warn(
            "settings",
            "public_url is http; sessions can be overheard. Put a proxy with TLS in front",
        );
    }
}

fn data_folder(report: &mut Report, config: &Config) {
    let folder = &config.data;
    if !folder.exists() {
        warn(
            "data",
            &format!(
                "{} is not there yet; `rapport serve` makes it",
                folder.display()
            ),
        );
        return;
    }
    let probe = folder.join(format!(".doctor-{}", token::readable(8)));
    match std::fs::write(&probe, "x").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => ok("data", "the folder can be written"),
        Err(error) => report.fail(
            "data",
            &format!(
                "{}: {error}; give this user the right to write there",
                folder.display()
            ),
        ),
    }
    let key = folder.join("secret.key");
    if let Ok(found) = std::fs::metadata(&key) {
        use std::os::unix::fs::PermissionsExt;
        if found.permissions().mode() & 0o077 != 0 {
            warn(
                "data",
                &format!("others may read {0}; run chmod 600 {0}", key.display()),
            );
        }
    }
}

fn disk(report: &mut Report, folder: &Path) {
    let place = if folder.exists() {
        folder
    } else {
        Path::new(".")
    };
    let Ok(found) = rustix::fs::statvfs(place) else {
        warn("disk", "its free space cannot be asked for");
        return;
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize) >> 20;
    let words = format!("{} MB free", number(free as i64));
    match free {
        0..200 => report.fail("disk", &format!("{words}; make room before writing stops")),
        200..2000 => warn(
            "disk",
            &format!("{words}; a backup or a migration may need more"),
        ),
        _ => ok("disk", &words),
    }
}

fn database(report: &mut Report, config: &Config) {
    let url = match DatabaseUrl::parse(&config.database_url()) {
        Ok(url) => url,
        Err(error) => return report.fail("database", &error.to_string()),
    };
    if matches!(&url, DatabaseUrl::Sqlite(path) if !path.exists()) {
        return warn(
            "database",
            &format!("{url} is not there yet; `rapport serve` makes it"),
        );
    }
    let mut conn = match Db::connect_to(&url) {
        Ok(conn) => conn,
        Err(error) => {
            return report.fail(
                "database",
                &format!("{error}; check the URL, and that the server runs"),
            );
        }
    };
    let served = if lock::is_held(&url) {
        ", being served"
    } else {
        ""
    };
    ok("database", &format!("{url} answers{served}"));
    schema(report, &mut conn);
    match health::check(&mut conn) {
        Ok(None) => ok("database", "its structure is sound"),
        Ok(Some(damage)) => report.fail(
            "database",
            &format!("it is damaged: {damage}; restore a backup"),
        ),
        Err(error) => report.fail(
            "database",
            &format!("its structure cannot be checked: {error}"),
        ),
    }
    skew(report, health::clock(&mut conn));
    if let DatabaseUrl::Postgres(text) = &url
        && let Some(host) = tls::open_line(text)
    {
        warn(
            "database",
            &format!("the line to {host} is not encrypted; add sslmode=verify-full to its URL"),
        );
    }
}

fn schema(report: &mut Report, conn: &mut Conn) {
    match (migrate::applied(conn), migrate::known()) {
        (Ok(applied), Ok(known)) => {
            if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
                report.fail(
                    "schema",
                    &format!("it is of a newer Rapport ({newer}); use that one"),
                );
            } else if applied.len() < known.len() {
                let missing = known.len() - applied.len();
                warn(
                    "schema",
                    &format!(
                        "{missing} migrations to go; `rapport migrate` or `rapport serve` applies them"
                    ),
                );
            } else {
                ok("schema", "up to date");
                letters(conn);
            }
        }
        (Err(error), _) | (_, Err(error)) => report.fail("schema", &error.to_string()),
    }
}

fn letters(conn: &mut Conn) {
    match jobs::counts(conn) {
        Ok(counts) if counts.dead > 0 => warn(
            "jobs",
            &format!("{} were given up; see Settings, Jobs", number(counts.dead)),
        ),
        Ok(counts) => ok(
            "jobs",
            &format!("{} wait, none given up", number(counts.ready)),
        ),
        Err(error) => warn("jobs", &error.to_string()),
    }
}

fn skew(report: &mut Report, asked: QueryResult<Option<clock::Timestamp>>) {
    let Ok(Some(there)) = asked else { return };
    let secs = clock::now().since(there).abs() / clock::SECOND;
    match secs {
        0..2 => ok("clock", "agrees with the database's"),
        2..20 => warn(
            "clock",
            &format!("{secs} s away from the database's; run a time service"),
        ),
        _ => report.fail(
            "clock",
            &format!("{secs} s away from the database's; jobs may be done twice. Set it right"),
        ),
    }
}

fn mail(report: &mut Report, config: &Config) {
    let mailer = match Mailer::new(config) {
        Ok(mailer) => mailer,
        Err(error) => return report.fail("mail", &error.to_string()),
    };
    if !mailer.is_smtp() {
        return warn(
            "mail",
            &format!(
                "goes to {}; set smtp_url so that it reaches people",
                mailer.describe()
            ),
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let checked = runtime.map(|runtime| runtime.block_on(mailer.check()));
    match checked {
        Ok(Ok(())) => ok("mail", &format!("{} takes mail", mailer.describe())),
        Ok(Err(error)) => report.fail("mail", &format!("{error}; check smtp_url")),
        Err(error) => report.fail("mail", &error.to_string()),
    }
}
