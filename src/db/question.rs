//! A question or statement of any shape as one type, printed once: what goes to the connection of either database.

use diesel::backend::Backend;
use diesel::connection::MultiConnectionHelper;
use diesel::internal::derives::multiconnection::AstPassHelper;
use diesel::pg::{Pg, PgConnection, PgQueryBuilder};
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Untyped;
use diesel::sqlite::query_builder::SqliteQueryBuilder;
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::both::MultiBackend;

type Printer = <MultiBackend as Backend>::QueryBuilder;
type Values<'a> = <MultiBackend as Backend>::BindCollector<'a>;

/// What diesel's queries can do, cut down to one function, so that each costs one entry of a table.
trait Walk {
    fn walk<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()>;
}

impl<T: QueryFragment<MultiBackend>> Walk for T {
    fn walk<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.walk_ast(pass)
    }
}

enum Fragment<'q> {
    Lent(&'q (dyn Walk + 'q)),
    Owned(Box<dyn Walk + 'q>),
}

impl QueryFragment<MultiBackend> for Fragment<'_> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self {
            Self::Lent(fragment) => fragment.walk(pass),
            Self::Owned(fragment) => fragment.walk(pass),
        }
    }
}

/// A question, its text for the database in use, and whether its plan is worth keeping.
pub(super) struct Question<'q> {
    sql: String,
    keep: bool,
    fragment: Fragment<'q>,
    backend: MultiBackend,
}

impl<'q> Question<'q> {
    /// A statement that is only looked at.
    pub(super) fn lent(
        fragment: &'q impl QueryFragment<MultiBackend>,
        keep: bool,
        backend: MultiBackend,
    ) -> QueryResult<Self> {
        Self::printed(Fragment::Lent(fragment), keep, backend)
    }

    /// A question that is handed over, because its rows are read later.
    pub(super) fn owned(
        fragment: Box<impl QueryFragment<MultiBackend> + 'q>,
        keep: bool,
        backend: MultiBackend,
    ) -> QueryResult<Self> {
        Self::printed(Fragment::Owned(fragment), keep, backend)
    }

    fn printed(fragment: Fragment<'q>, keep: bool, backend: MultiBackend) -> QueryResult<Self> {
        let mut printer = match backend {
            MultiBackend::Pg(_) => Printer::Pg(PgQueryBuilder::default()),
            MultiBackend::Sqlite(_) => Printer::Sqlite(SqliteQueryBuilder::default()),
        };
        fragment.to_sql(&mut printer, &backend)?;
        Ok(Self {
            sql: printer.finish(),
            keep,
            fragment,
            backend,
        })
    }
}

/// The same walk for each database; only the names of the variants differ.
macro_rules! goes_to {
    ($backend:ident, $conn:ident) => {
        impl QueryFragment<$backend> for Question<'_> {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                pass.push_sql(&self.sql);
                if !self.keep {
                    pass.unsafe_to_cache_prepared();
                }
                if let Some((values, lookup)) = pass.bind_collector() {
                    let mut gathered = Values::$backend(Default::default());
                    self.fragment.collect_binds(
                        &mut gathered,
                        $conn::to_any(lookup),
                        &self.backend,
                    )?;
                    if let Values::$backend(gathered) = gathered {
                        *values = gathered;
                    }
                }
                if let Some((values, _)) = pass.debug_binds() {
                    let pass =
                        AstPass::<MultiBackend>::collect_debug_binds_pass(values, &self.backend);
                    self.fragment.walk_ast(pass)?;
                }
                Ok(())
            }
        }
    };
}
goes_to!(Pg, PgConnection);
goes_to!(Sqlite, SqliteConnection);

/// Told apart by its text.
impl QueryId for Question<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Both databases can answer with rows of unknown types; [`super::Conn`] gives them the types of the question.
impl Query for Question<'_> {
    type SqlType = Untyped;
}
