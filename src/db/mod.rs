//! The only place that names a database. `Db::read` and `Db::write` are the only doors; what differs
//! between SQLite and PostgreSQL is in `dialect`, one file per question.

mod both;
mod commit;
mod conn;
mod connect;
pub mod dialect;
mod error;
mod keyset;
pub mod lock;
mod memo;
pub mod migrate;
mod pool;
pub mod portable;
mod predicate;
mod question;
pub mod schema;
pub mod tls;
pub mod transfer;
mod url;
mod worker;

pub use commit::on_commit;
pub use conn::Conn;
pub use dialect::prepared::{Cached, padded};
pub use error::{DbError, is_passing};
pub use memo::Memo;
pub use pool::{Db, Later};
pub use portable::PortableExt;
pub use predicate::Predicate;
pub use url::DatabaseUrl;

/// The event inbox on SQLite, in a file of its own. AUTOINCREMENT: a position is never used twice, also after
/// everything was forgotten.
pub const INBOX_TABLE: &str = "CREATE TABLE IF NOT EXISTS inbox (id INTEGER PRIMARY KEY AUTOINCREMENT, source_id BIGINT NOT NULL, \
     received_at BIGINT NOT NULL, kind TEXT NOT NULL, ip TEXT NOT NULL, user_agent TEXT NOT NULL, body BLOB NOT NULL);";
