//! The file of a backup: a tar of gzipped chunks of rows and of stored files, and last a manifest with the
//! checksum of each. A file that was cut short has no manifest.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Failure;
use crate::base::text;

/// The only format there is so far.
pub(super) const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) version: String,
    pub(super) made_at: String,
    /// Newest first.
    pub(super) migrations: Vec<String>,
    pub(super) tables: Vec<TableEntry>,
    /// SHA-256 of each entry, by its name.
    pub(super) checksums: BTreeMap<String, String>,
}

/// A table in a backup.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TableEntry {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: i64,
    pub(super) highest: i64,
}

/// A backup being written.
pub(super) struct Writer {
    tar: tar::Builder<File>,
    checksums: BTreeMap<String, String>,
    modified: u64,
}

impl Writer {
    pub(super) fn new(file: File, modified: u64) -> Self {
        Self {
            tar: tar::Builder::new(file),
            checksums: BTreeMap::new(),
            modified,
        }
    }

    /// Adds an entry, compressed.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes)?;
        let name = format!("{name}.gz");
        let bytes = encoder.finish()?;
        self.checksums.insert(name.clone(), checksum(&bytes));
        self.put(&name, &bytes)
    }

    /// Adds the manifest and makes sure that all of it is on disk.
    pub(super) fn finish(mut self, mut manifest: Manifest) -> Result<(), Failure> {
        manifest.checksums = std::mem::take(&mut self.checksums);
        let bytes = serde_json::to_vec_pretty(&manifest)?;
        self.put(MANIFEST, &bytes)?;
        self.tar.into_inner()?.sync_all()?;
        Ok(())
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.modified);
        header.set_cksum();
        self.tar.append_data(&mut header, name, bytes)
    }
}

/// Reads a backup through and checks every byte of it.
pub(super) fn verified(path: &Path) -> Result<Manifest, Failure> {
    let mut found = BTreeMap::new();
    let mut manifest: Option<Manifest> = None;
    let damaged =
        |why: &str| Failure::from(format!("{} is no whole backup: {why}", path.display()));
    entries(path, |name, bytes| {
        if name == MANIFEST {
            manifest = Some(serde_json::from_slice(&bytes)?);
        } else {
            found.insert(name.to_owned(), checksum(&bytes));
        }
        Ok(())
    })
    .map_err(|error| damaged(&error.to_string()))?;
    let manifest =
        manifest.ok_or_else(|| damaged("its manifest is missing, so it was cut short"))?;
    if manifest.format != FORMAT {
        return Err(damaged("it is of a newer Rapport"));
    }
    if manifest.checksums != found {
        return Err(damaged("an entry is missing or was changed"));
    }
    Ok(manifest)
}

/// Hands over every entry but the manifest, in order, inflated.
pub(super) fn each(
    path: &Path,
    mut take: impl FnMut(&str, Vec<u8>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    entries(path, |name, bytes| {
        let Some(name) = name.strip_suffix(".gz") else {
            return Ok(());
        };
        let mut inflated = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut inflated)?;
        take(name, inflated)
    })
}

fn entries(
    path: &Path,
    mut take: impl FnMut(&str, Vec<u8>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    for entry in tar::Archive::new(file).entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        take(&name, bytes)?;
    }
    Ok(())
}

fn checksum(bytes: &[u8]) -> String {
    text::hex(&Sha256::digest(bytes))
}
