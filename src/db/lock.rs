//! One instance per SQLite file: two would each believe to be the only writer, and each run every worker.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::PathBuf;

use super::{DatabaseUrl, DbError};

/// The right to serve a SQLite file; it ends with this value, or with the process however that ends.
#[derive(Debug)]
pub struct Hold {
    file: Option<File>,
}

/// Takes the lock of a SQLite file; PostgreSQL needs none.
pub fn hold(url: &DatabaseUrl) -> Result<Hold, DbError> {
    let DatabaseUrl::Sqlite(path) = url else {
        return Ok(Hold { file: None });
    };
    let path = lock_file(path.clone());
    let failed = |error| DbError::Io(path.display().to_string(), error);
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let mut file = options.open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(DbError::InUse(url.to_string())),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // For whoever looks into the folder; nothing reads it.
    let note = format!("{}\n", std::process::id());
    file.set_len(0)
        .and_then(|()| file.write_all(note.as_bytes()))
        .map_err(failed)?;
    Ok(Hold { file: Some(file) })
}

/// Whether an instance is serving this SQLite file just now.
pub fn is_held(url: &DatabaseUrl) -> bool {
    matches!(hold(url), Err(DbError::InUse(_)))
}

fn lock_file(database: PathBuf) -> PathBuf {
    let mut name = database.into_os_string();
    name.push(".lock");
    PathBuf::from(name)
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // The file stays: removing it would let a third process lock a new one of the same name.
            let _ = file.unlock();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("deep/rapport.db"));
        let first = hold(&url).expect("free");
        let message = hold(&url).expect_err("held").to_string();
        assert!(message.contains("in use by another Rapport"), "{message}");
        assert!(is_held(&url));
        drop(first);
        assert!(!is_held(&url));
        hold(&url).expect("free again");
    }
}
