//! Statements both databases can print but the derive's own dialect refuses: upserts and unions.
//! `walk_variant_ast` is public in the derive's output but undocumented, hence diesel's pinned version.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sqlite::Sqlite;

use super::Conn;
use super::both::MultiBackend;

/// A finished statement that is valid on both databases.
#[derive(Debug, Clone, Copy)]
pub struct Portable<Q>(pub Q);

impl<Q> QueryFragment<MultiBackend> for Portable<Q>
where
    Q: QueryFragment<Sqlite> + QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q: QueryId> QueryId for Portable<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Portable<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> diesel::RunQueryDsl<Conn> for Portable<Q> {}

/// Lets a chain end in `.portable().execute(conn)`.
pub trait PortableExt: Sized {
    /// Hands the statement to the database in use as it stands.
    fn portable(self) -> Portable<Self> {
        Portable(self)
    }
}

impl<Q> PortableExt for Q {}
