//! The only place that names a database. `Db::read` and `Db::write` are the only doors; what differs
//! between SQLite and PostgreSQL is in `dialect`, one file per question.

mod commit;
mod conn;
pub mod dialect;
mod error;
pub mod lock;
pub mod migrate;
mod pool;
pub mod portable;
pub mod schema;
pub mod tls;
mod url;

pub use commit::on_commit;
pub use conn::Conn;
pub use error::{DbError, is_passing};
pub use pool::Db;
pub use portable::PortableExt;
pub use url::DatabaseUrl;
