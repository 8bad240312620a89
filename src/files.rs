//! Stored files: bytes in an object store (a folder unless configured otherwise), one row each in `files`.
//! The row is written last and removed first, so that a row always has its bytes.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use diesel::prelude::*;
use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::base::ids::FileId;
use crate::base::{Timestamp, text, token};
use crate::config::Config;
use crate::db::schema::files;
use crate::db::{Conn, Db};

/// The largest file that is taken.
pub const LARGEST: usize = 25 << 20;

/// Where the bytes of files are. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

/// What is known of a stored file.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = files)]
pub struct StoredFile {
    /// Id.
    pub id: FileId,
    /// Where its bytes are.
    pub key: String,
    /// Its name, as it came.
    pub name: String,
    /// Its media type, as checked by whoever stored it.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// When it came.
    pub created_at: Timestamp,
}

/// Why a file could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// More than [`LARGEST`].
    #[error("the file is larger than {} MB", LARGEST >> 20)]
    TooLarge,
    /// The store failed.
    #[error("file store: {0}")]
    Store(#[from] object_store::Error),
    /// The folder cannot be used.
    #[error("{0}: {1}")]
    Folder(String, std::io::Error),
    /// The database failed.
    #[error("database: {0}")]
    Query(#[from] diesel::result::Error),
}

impl Files {
    /// Opens `files/` in the data folder, made if it is missing.
    pub fn open(config: &Config) -> Result<Self, FileError> {
        let folder = config.data.join("files");
        std::fs::create_dir_all(&folder)
            .map_err(|error| FileError::Folder(folder.display().to_string(), error))?;
        let store = LocalFileSystem::new_with_prefix(&folder)?;
        Ok(Self {
            store: Arc::new(store),
            folder,
        })
    }

    /// Keeps bytes once under the hash of what they are, without a row, and answers with their key. They are on the disk,
    /// not in its cache, when this returns.
    pub async fn keep(&self, bytes: Bytes) -> Result<String, FileError> {
        let hash = token::checksum(&bytes);
        let (shelf, rest) = hash.split_at(2);
        let key = format!("kept/{shelf}/{rest}");
        let path = Path::from(key.as_str());
        if let Ok(known) = self.store.head(&path).await
            && known.size == bytes.len() as u64
        {
            return Ok(key);
        }
        self.store.put(&path, bytes.into()).await?;
        let file = self.folder.join(&key);
        let place = key.clone();
        let synced = tokio::task::spawn_blocking(move || {
            std::fs::File::open(&file)?.sync_all()?;
            match file.parent() {
                Some(shelf) => std::fs::File::open(shelf)?.sync_all(),
                None => Ok(()),
            }
        });
        match synced.await {
            Ok(Ok(())) => Ok(key),
            Ok(Err(error)) => Err(FileError::Folder(place, error)),
            Err(error) => Err(FileError::Folder(place, std::io::Error::other(error))),
        }
    }

    /// Begins a file that comes piece by piece, on a shelf of its own, without a row.
    pub fn begin(&self, shelf: &str) -> Result<Incoming, FileError> {
        let key = format!("{shelf}/{}", token::readable(20));
        let path = self.folder.join(&key);
        let failed = |error| FileError::Folder(key.clone(), error);
        std::fs::create_dir_all(self.folder.join(shelf)).map_err(failed)?;
        let file = std::fs::File::create_new(&path).map_err(failed)?;
        Ok(Incoming {
            file: std::io::BufWriter::with_capacity(256 << 10, file),
            path,
            key,
            is_kept: false,
        })
    }

    /// A file that came piece by piece, to be read from its beginning.
    pub fn open_kept(&self, key: &str) -> Result<std::fs::File, FileError> {
        std::fs::File::open(self.folder.join(key))
            .map_err(|error| FileError::Folder(key.to_owned(), error))
    }

    /// Removes what is under a key and has no row. What is gone already is no error.
    pub async fn discard(&self, key: &str) -> Result<(), FileError> {
        match self.store.delete(&Path::from(key)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores bytes and their row.
    pub async fn put(
        &self,
        db: &Db,
        name: &str,
        media_type: &str,
        bytes: Bytes,
        now: Timestamp,
    ) -> Result<StoredFile, FileError> {
        if bytes.len() > LARGEST {
            return Err(FileError::TooLarge);
        }
        let word = token::readable(20);
        let (shelf, rest) = word.split_at(2);
        let key = format!("{shelf}/{rest}");
        let size = bytes.len() as i64;
        self.store
            .put(&Path::from(key.as_str()), bytes.into())
            .await?;
        let row = (
            files::key.eq(key),
            files::name.eq(text::line(name, 200)),
            files::media_type.eq(media_type.to_owned()),
            files::size.eq(size),
            files::created_at.eq(now),
        );
        db.write(move |conn| {
            let id: FileId = diesel::insert_into(files::table)
                .values(row)
                .returning(files::id)
                .get_result(conn)?;
            StoredFile::query().filter(files::id.eq(id)).first(conn)
        })
        .await
        .map_err(FileError::Query)
    }

    /// The bytes of a file.
    pub async fn get(&self, file: &StoredFile) -> Result<Bytes, FileError> {
        let found = self.store.get(&Path::from(file.key.as_str())).await?;
        Ok(found.bytes().await?)
    }

    /// Keys of everything in the store, for a backup.
    pub async fn keys(&self) -> Result<Vec<String>, FileError> {
        let found: Vec<_> = self.store.list(None).try_collect().await?;
        Ok(found
            .into_iter()
            .map(|object| object.location.to_string())
            .collect())
    }

    /// The bytes under a key; none where there are none.
    pub async fn bytes_at(&self, key: &str) -> Result<Option<Bytes>, FileError> {
        match self.store.get(&Path::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts bytes under a key, for a restore.
    pub async fn put_at(&self, key: &str, bytes: Bytes) -> Result<(), FileError> {
        self.store.put(&Path::from(key), bytes.into()).await?;
        Ok(())
    }

    /// Removes the row, then the bytes. A file that is gone already is no error.
    pub async fn delete(&self, db: &Db, id: FileId) -> Result<(), FileError> {
        let key = db.write(move |conn| remove(conn, id)).await?;
        let Some(key) = key else { return Ok(()) };
        match self.store.delete(&Path::from(key.as_str())).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A file on its way in. Dropped before [`Incoming::keep`], it is gone.
#[derive(Debug)]
pub struct Incoming {
    file: std::io::BufWriter<std::fs::File>,
    path: PathBuf,
    key: String,
    is_kept: bool,
}

impl Incoming {
    /// Keeps it, on the disk and not in its cache; answers with its key and its bytes.
    pub fn keep(mut self) -> Result<(String, u64), FileError> {
        let failed = |error| FileError::Folder(self.key.clone(), error);
        self.file.flush().map_err(failed)?;
        let file = self.file.get_ref();
        file.sync_all().map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        if let Some(shelf) = self.path.parent() {
            let shelf = std::fs::File::open(shelf).map_err(failed)?;
            shelf.sync_all().map_err(failed)?;
        }
        self.is_kept = true;
        Ok((self.key.clone(), size))
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, key = self.key, "a file that was not kept stays behind");
        }
    }
}

/// What is known of a file.
pub fn by_id(conn: &mut Conn, id: FileId) -> QueryResult<Option<StoredFile>> {
    StoredFile::query()
        .filter(files::id.eq(id))
        .first(conn)
        .optional()
}

fn remove(conn: &mut Conn, id: FileId) -> QueryResult<Option<String>> {
    let Some(file) = by_id(conn, id)? else {
        return Ok(None);
    };
    diesel::delete(files::table.filter(files::id.eq(id))).execute(conn)?;
    Ok(Some(file.key))
}
