//! One connection, to either database, and how a question reaches it. diesel's derive gives the types of both
//! databases at once (backend, rows, values); its own connection is not used, because it compiles the whole way to
//! the database anew for each question and prints the question up to three times a run. Here a question is printed
//! once and then goes its way as a [`Question`], which is one type.

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, DefaultLoadingMode, Instrumentation,
    LoadConnection, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use diesel::expression::QueryMetadata;
use diesel::internal::derives::multiconnection::ConnectionSealed;
use diesel::pg::PgConnection;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::result::{ConnectionError, ConnectionResult, QueryResult};
use diesel::sqlite::SqliteConnection;

use super::both::{MultiBackend, MultiRow};
use super::question::Question;

/// A connection to the database in use.
#[expect(
    missing_debug_implementations,
    reason = "a connection has nothing to show"
)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl Conn {
    /// Whether this is SQLite, for the rare question that is not worth a file in `dialect`.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    fn backend(&self) -> MultiBackend {
        match self {
            Self::Pg(_) => MultiBackend::Pg(diesel::pg::Pg),
            Self::Sqlite(_) => MultiBackend::Sqlite(diesel::sqlite::Sqlite),
        }
    }

    fn ask<'conn, 'query>(
        &'conn mut self,
        question: Question<'query>,
    ) -> QueryResult<Cursor<'conn, 'query>> {
        Ok(match self {
            Self::Pg(c) => Cursor::Pg(LoadConnection::<DefaultLoadingMode>::load(c, question)?),
            Self::Sqlite(c) => {
                Cursor::Sqlite(LoadConnection::<DefaultLoadingMode>::load(c, question)?)
            }
        })
    }

    fn run(&mut self, question: &Question<'_>) -> QueryResult<usize> {
        match self {
            Self::Pg(c) => c.execute_returning_count(question),
            Self::Sqlite(c) => c.execute_returning_count(question),
        }
    }
}

impl SimpleConnection for Conn {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        match self {
            Self::Pg(c) => c.batch_execute(query),
            Self::Sqlite(c) => c.batch_execute(query),
        }
    }
}

impl ConnectionSealed for Conn {}

impl Connection for Conn {
    type Backend = MultiBackend;
    type TransactionManager = Self;

    fn establish(_: &str) -> ConnectionResult<Self> {
        Err(ConnectionError::BadConnection(
            "connections are opened by db::connect".to_owned(),
        ))
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<MultiBackend> + QueryId,
    {
        let keep = source.is_safe_to_cache_prepared(&self.backend())?;
        self.run(&Question::lent(source, keep, self.backend())?)
    }

    fn transaction_state(&mut self) -> &mut Self {
        self
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        match self {
            Self::Pg(c) => c.instrumentation(),
            Self::Sqlite(c) => c.instrumentation(),
        }
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        match self {
            Self::Pg(c) => c.set_instrumentation(instrumentation),
            Self::Sqlite(c) => c.set_instrumentation(instrumentation),
        }
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        match self {
            Self::Pg(c) => c.set_prepared_statement_cache_size(size),
            Self::Sqlite(c) => c.set_prepared_statement_cache_size(size),
        }
    }
}

impl LoadConnection for Conn {
    type Cursor<'conn, 'query> = Cursor<'conn, 'query>;
    type Row<'conn, 'query> = MultiRow<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<MultiBackend> + QueryId + 'query,
        MultiBackend: QueryMetadata<T::SqlType>,
    {
        let keep = source.is_safe_to_cache_prepared(&self.backend())?;
        let question = Question::owned(Box::new(source), keep, self.backend())?;
        self.ask(question)
    }
}

/// The rows of an answer, one by one.
#[expect(missing_debug_implementations, reason = "it is read, not shown")]
pub enum Cursor<'conn, 'query> {
    /// PostgreSQL's.
    Pg(<PgConnection as LoadConnection>::Cursor<'conn, 'query>),
    /// SQLite's.
    Sqlite(<SqliteConnection as LoadConnection>::Cursor<'conn, 'query>),
}

impl<'conn, 'query> Iterator for Cursor<'conn, 'query> {
    type Item = QueryResult<MultiRow<'conn, 'query>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Pg(rows) => rows.next().map(|row| row.map(MultiRow::Pg)),
            Self::Sqlite(rows) => rows.next().map(|row| row.map(MultiRow::Sqlite)),
        }
    }
}

/// Inside a transaction of the house (`db::pool` begins and ends those), savepoints.
impl TransactionManager<Conn> for Conn {
    type TransactionStateData = Conn;

    fn begin_transaction(conn: &mut Conn) -> QueryResult<()> {
        match conn {
            Self::Pg(c) => AnsiTransactionManager::begin_transaction(c),
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction(c),
        }
    }

    fn rollback_transaction(conn: &mut Conn) -> QueryResult<()> {
        match conn {
            Self::Pg(c) => AnsiTransactionManager::rollback_transaction(c),
            Self::Sqlite(c) => AnsiTransactionManager::rollback_transaction(c),
        }
    }

    fn commit_transaction(conn: &mut Conn) -> QueryResult<()> {
        match conn {
            Self::Pg(c) => AnsiTransactionManager::commit_transaction(c),
            Self::Sqlite(c) => AnsiTransactionManager::commit_transaction(c),
        }
    }

    fn transaction_manager_status_mut(conn: &mut Conn) -> &mut TransactionManagerStatus {
        match conn {
            Self::Pg(c) => AnsiTransactionManager::transaction_manager_status_mut(c),
            Self::Sqlite(c) => AnsiTransactionManager::transaction_manager_status_mut(c),
        }
    }
}

impl diesel::r2d2::R2D2Connection for Conn {
    fn ping(&mut self) -> QueryResult<()> {
        match self {
            Self::Pg(c) => c.ping(),
            Self::Sqlite(c) => c.ping(),
        }
    }

    fn is_broken(&mut self) -> bool {
        match self {
            Self::Pg(c) => c.is_broken(),
            Self::Sqlite(c) => c.is_broken(),
        }
    }
}
