//! `rapport backup` and `rapport restore`: the whole instance as one file, whichever database it is on.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use super::archive::{self, Manifest, TableEntry, Writer};
use super::{Failure, instance, say};
use crate::base::clock;
use crate::config::{Config, write_private};
use crate::db::transfer::{Present, Source, Target};
use crate::db::{DatabaseUrl, DbError};
use crate::files::Files;
use crate::web::number;

/// Write the whole instance into one file, while it is served.
#[derive(Debug, Args)]
#[command(
    after_help = "The file holds every table as of one moment, stored files, and the key of secrets that was made in the
data folder. Keep it where nobody else can read it. It can be restored into SQLite and PostgreSQL alike."
)]
pub(super) struct Backup {
    /// File to write; it must not exist yet.
    file: PathBuf,
}

/// Make an instance out of a backup.
#[derive(Debug, Args)]
#[command(
    after_help = "Stop the server first. The backup is checked before anything is changed, and an older one is brought to
this version. On SQLite, --replace keeps what was there beside it."
)]
pub(super) struct Restore {
    /// File that `rapport backup` wrote.
    file: PathBuf,
    /// Replace the data that are there.
    #[arg(long)]
    replace: bool,
}

impl Backup {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let url = DatabaseUrl::parse(&config.database_url())?;
        let mut source = Source::open(&url)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.file).map_err(|error| {
            let file = self.file.display();
            match error.kind() {
                ErrorKind::AlreadyExists => format!("{file} is there already; name another file"),
                _ => format!("{file}: {error}"),
            }
        })?;
        write(config, &mut source, file).inspect_err(|_| {
            // Half a backup must not be taken for one.
            let _ = std::fs::remove_file(&self.file);
        })?;
        let size = std::fs::metadata(&self.file)?.len();
        say(&format!(
            "{} ({} kB)",
            self.file.display(),
            number((size / 1024) as i64)
        ));
        Ok(())
    }
}

fn write(config: &Config, source: &mut Source, file: std::fs::File) -> Result<(), Failure> {
    let now = clock::now();
    let mut writer = Writer::new(file, u64::try_from(now.0 / clock::SECOND).unwrap_or(0));
    let mut manifest = Manifest {
        format: archive::FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.to_string(),
        migrations: source.migrations.clone(),
        tables: Vec::new(),
        checksums: std::collections::BTreeMap::new(),
    };
    let mut total = 0;
    for sheet in source.sheets.clone() {
        let name = &sheet.table.name;
        let (mut rows, mut chunks) = (0, 0);
        source.read(&sheet, |chunk| {
            rows += chunk.rows as i64;
            chunks += 1;
            let entry = format!("tables/{name}/{chunks:06}.json");
            writer
                .add(&entry, chunk.json.as_bytes())
                .map_err(Writing::File)
        })?;
        total += rows;
        manifest.tables.push(TableEntry {
            name: name.clone(),
            columns: sheet.table.names(),
            rows,
            highest: sheet.highest,
        });
    }
    let files = add_files(config, &mut writer)?;
    if let Ok(key) = std::fs::read(config.data.join("secret.key")) {
        writer.add("secret.key", &key)?;
    }
    writer.finish(manifest)?;
    say(&format!("{} rows, {} files", number(total), number(files)));
    Ok(())
}

/// Why a chunk was not written.
#[derive(Debug, thiserror::Error)]
enum Writing {
    #[error("the backup cannot be written: {0}")]
    File(std::io::Error),
    #[error("database: {0}")]
    Query(#[from] diesel::result::Error),
}

fn add_files(config: &Config, writer: &mut Writer) -> Result<i64, Failure> {
    let files = Files::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut n = 0;
    for key in runtime.block_on(files.keys())? {
        // A file that was deleted meanwhile belongs to nobody any more.
        if let Some(bytes) = runtime.block_on(files.bytes_at(&key))? {
            writer.add(&format!("files/{key}"), &bytes)?;
            n += 1;
        }
    }
    Ok(n)
}

impl Restore {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let manifest = archive::verified(&self.file)?;
        say(&format!(
            "backup of {} by Rapport {}",
            manifest.made_at, manifest.version
        ));
        let url = DatabaseUrl::parse(&config.database_url())?;
        instance::make_folder(&url)?;
        let present = if self.replace {
            Present::Replace
        } else {
            Present::Refuse
        };
        let mut target =
            Target::open(&url, &manifest.migrations, present).map_err(|error| match error {
                DbError::NotEmpty(_) => format!("{error}, or say --replace").into(),
                error => Failure::from(error),
            })?;
        load(&self.file, &manifest, &mut target)?;
        restore_files(config, &self.file)?;
        let kept = target.finish()?;
        if let Some(kept) = kept {
            say(&format!("what was there before: {}", kept.display()));
        }
        say(&format!("restored into {url}"));
        Ok(())
    }
}

fn load(file: &Path, manifest: &Manifest, target: &mut Target) -> Result<(), Failure> {
    archive::each(file, |name, bytes| {
        let mut parts = name.split('/');
        if let (Some("tables"), Some(table)) = (parts.next(), parts.next()) {
            let entry = manifest.tables.iter().find(|entry| entry.name == table);
            let entry = entry.ok_or_else(|| format!("{table} is not in the manifest"))?;
            let table = target.table(&entry.name, &entry.columns)?;
            target.write(&table, std::str::from_utf8(&bytes)?)?;
        }
        Ok(())
    })?;
    let mut total = 0;
    for entry in &manifest.tables {
        let table = target.table(&entry.name, &entry.columns)?;
        let there = target.close(&table, entry.highest)?;
        if there != entry.rows {
            return Err(format!(
                "{}: the backup has {} rows and {there} arrived",
                entry.name, entry.rows
            )
            .into());
        }
        total += there;
    }
    say(&format!("{} rows, counts equal", number(total)));
    Ok(())
}

fn restore_files(config: &Config, file: &Path) -> Result<(), Failure> {
    let files = Files::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    archive::each(file, |name, bytes| {
        if let Some(key) = name.strip_prefix("files/") {
            runtime.block_on(files.put_at(key, bytes.into()))?;
        } else if name == "secret.key" && config.secret_key.0.is_empty() {
            write_private(
                &config.data.join("secret.key"),
                std::str::from_utf8(&bytes)?,
            )?;
        }
        Ok(())
    })
}
