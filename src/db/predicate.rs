//! A condition put together while the program runs: pieces of the house's own SQL, and bound values between them.

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Double, Text};

use super::both::MultiBackend;

/// A condition over the tables of the statement that it is put into.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Predicate {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Sql(String),
    Text(String),
    Int(i64),
    Number(f64),
    Bool(bool),
}

impl Predicate {
    /// What holds for nothing.
    pub fn never() -> Self {
        let mut never = Self::default();
        never.sql("(1 = 0)");
        never
    }

    /// Adds SQL. Never of what somebody typed.
    pub fn sql(&mut self, sql: &str) {
        if let Some(Part::Sql(last)) = self.parts.last_mut() {
            last.push_str(sql);
        } else {
            self.parts.push(Part::Sql(sql.to_owned()));
        }
    }

    /// Binds letters.
    pub fn text(&mut self, value: &str) {
        self.parts.push(Part::Text(value.to_owned()));
    }

    /// Binds an id or a time.
    pub fn id(&mut self, value: i64) {
        self.parts.push(Part::Int(value));
    }

    /// Binds a number.
    pub fn number(&mut self, value: f64) {
        self.parts.push(Part::Number(value));
    }

    /// Binds yes or no.
    pub fn yes_no(&mut self, value: bool) {
        self.parts.push(Part::Bool(value));
    }
}

impl Expression for Predicate {
    type SqlType = Bool;
}

impl<Table> AppearsOnTable<Table> for Predicate {}
impl<Table> SelectableExpression<Table> for Predicate {}

impl<Group> ValidGrouping<Group> for Predicate {
    type IsAggregate = is_aggregate::Never;
}

/// Its text is made as it runs.
impl QueryId for Predicate {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<MultiBackend> for Predicate {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Text(value) => out.push_bind_param::<Text, _>(value)?,
                Part::Int(value) => out.push_bind_param::<BigInt, _>(value)?,
                Part::Number(value) => out.push_bind_param::<Double, _>(value)?,
                Part::Bool(value) => out.push_bind_param::<Bool, _>(value)?,
            }
        }
        Ok(())
    }
}
