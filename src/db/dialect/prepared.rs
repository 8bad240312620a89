//! SQL text that stays prepared on its connection. `diesel::sql_query` is parsed anew at each run, which costs more
//! than a short statement itself; this is for statements whose text is one of few.

use std::borrow::Cow;
use std::marker::PhantomData;

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};

/// A statement with its values so far.
#[derive(Debug)]
pub struct Prepared<Values> {
    sql: Cow<'static, str>,
    values: Values,
}

/// No values yet.
#[derive(Debug)]
pub struct Nothing;

/// Values, and one more of SQL type `ST`.
#[derive(Debug)]
pub struct And<Before, Value, ST> {
    before: Before,
    value: Value,
    sql_type: PhantomData<ST>,
}

/// A statement with `$1`, `$2`, … for its values. The text must be one of few: each stays in memory, prepared.
pub fn prepared(sql: impl Into<Cow<'static, str>>) -> Prepared<Nothing> {
    Prepared {
        sql: sql.into(),
        values: Nothing,
    }
}

impl<Values> Prepared<Values> {
    /// The next value. Nobody checks that `ST` is what the statement needs.
    pub fn bind<ST, Value>(self, value: Value) -> Prepared<And<Values, Value, ST>> {
        Prepared {
            sql: self.sql,
            values: And {
                before: self.values,
                value,
                sql_type: PhantomData,
            },
        }
    }
}

impl<DB: Backend> QueryFragment<DB> for Nothing {
    fn walk_ast<'b>(&'b self, _: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

impl<DB, Before, Value, ST> QueryFragment<DB> for And<Before, Value, ST>
where
    DB: Backend + HasSqlType<ST>,
    Before: QueryFragment<DB>,
    Value: ToSql<ST, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.before.walk_ast(out.reborrow())?;
        out.push_bind_param_value_only(&self.value)
    }
}

impl<DB: Backend, Values: QueryFragment<DB>> QueryFragment<DB> for Prepared<Values> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(&self.sql);
        self.values.walk_ast(out)
    }
}

/// Told apart by its text.
impl<Values> QueryId for Prepared<Values> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Read by column name, as `diesel::sql_query` is.
impl<Values> Query for Prepared<Values> {
    type SqlType = Untyped;
}

impl<Values, C> RunQueryDsl<C> for Prepared<Values> {}

/// A question of diesel's own that stays prepared although diesel would not keep it: one with a list of values, whose
/// text is one of few.
#[derive(Debug)]
pub struct Cached<Q>(pub Q);

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Cached<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Cached<Q> {}

/// A list for `eq_any` in one of few lengths, so that the statement around it can be [`Cached`]: the last value is
/// repeated, which changes no answer.
pub fn padded<T: Clone>(mut values: Vec<T>) -> Vec<T> {
    let length = LENGTHS
        .into_iter()
        .find(|length| *length >= values.len())
        .unwrap_or(values.len());
    if let Some(last) = values.last().cloned() {
        values.resize(length, last);
    }
    values
}

const LENGTHS: [usize; 6] = [1, 4, 16, 50, 200, 500];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_in_few_lengths() {
        assert!(padded(Vec::<i64>::new()).is_empty());
        assert_eq!(padded(vec![7]), [7]);
        assert_eq!(padded(vec![7, 8]), [7, 8, 8, 8]);
        assert_eq!(padded(vec![1; 51]).len(), 200);
        assert_eq!(padded(vec![1; 501]).len(), 501);
    }
}
