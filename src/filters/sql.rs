//! A rule as a condition of a statement: the house's own expressions, with every value bound. No part of it is ever
//! unknown (null), so that a denial is the opposite on every row.

use super::field::Place;
use super::rule::{Ask, Is, Rule, Value};
use crate::db::dialect::fold;
use crate::db::{Conn, Predicate};

impl Rule<'_> {
    /// As a condition for the database in use.
    pub fn predicate(&self, conn: &Conn) -> Predicate {
        let mut out = Predicate::default();
        self.put(conn, &mut out);
        out
    }

    fn put(&self, conn: &Conn, out: &mut Predicate) {
        let mut group = |rules: &[Self], word: &str, none: &str| {
            if rules.is_empty() {
                out.sql(none);
                return;
            }
            out.sql("(");
            for (at, rule) in rules.iter().enumerate() {
                if at > 0 {
                    out.sql(word);
                }
                rule.put(conn, out);
            }
            out.sql(")");
        };
        match self {
            Self::All(all) => group(all, " AND ", "(1 = 1)"),
            Self::Any(any) => group(any, " OR ", "(1 = 0)"),
            Self::Not(not) => {
                out.sql("(NOT ");
                not.put(conn, out);
                out.sql(")");
            }
            Self::Ask(ask) => ask.put(conn, out),
        }
    }
}

impl Ask<'_> {
    fn put(&self, conn: &Conn, out: &mut Predicate) {
        match &self.field.place {
            Place::Text(column) => self.text(conn, column, out),
            Place::NullableText(column) => self.text(conn, &format!("COALESCE({column}, '')"), out),
            Place::Word(column) => self.exact(column, &format!("{column} = ''"), out),
            Place::Id(column) => self.exact(column, &format!("{column} IS NULL"), out),
            Place::Bool(column) => self.exact(column, "(1 = 0)", out),
            Place::Number(column) => self.number(column, out),
            Place::Micros(column) => self.time(column, &format!("COALESCE({column}, 0) = 0"), out),
            Place::Days(column) => self.time(column, &format!("{column} IS NULL"), out),
            Place::Rows { from, value, .. } => self.rows(from, value, out),
        }
    }

    fn text(&self, conn: &Conn, column: &str, out: &mut Predicate) {
        let folded = fold::expression(conn, column);
        match &self.is {
            Is::OneOf(values) => list(&folded, values, out),
            Is::Contains(letters) | Is::Begins(letters) => {
                out.sql(&format!("({}({folded}, ", fold::position(conn)));
                out.text(letters);
                let begins = matches!(self.is, Is::Begins(_));
                out.sql(if begins { ") = 1)" } else { ") > 0)" });
            }
            _ => out.sql(&format!("({column} = '')")),
        }
    }

    /// Words, ids, yes and no: compared as they stand.
    fn exact(&self, column: &str, empty: &str, out: &mut Predicate) {
        match &self.is {
            Is::OneOf(values) => {
                out.sql(&format!("({column} IS NOT NULL AND "));
                list(column, values, out);
                out.sql(")");
            }
            _ => out.sql(&format!("({empty})")),
        }
    }

    fn number(&self, column: &str, out: &mut Predicate) {
        let Is::Numbers(from, to) = &self.is else {
            return out.sql(&format!("({column} IS NULL)"));
        };
        out.sql(&format!("({column} IS NOT NULL"));
        let bounds = [(from, ">"), (to, "<")];
        for ((number, is_included), sign) in bounds
            .iter()
            .filter_map(|(bound, sign)| Some(((**bound)?, sign)))
        {
            out.sql(&format!(
                " AND {column} {sign}{} ",
                if is_included { "=" } else { "" }
            ));
            out.number(number);
        }
        out.sql(")");
    }

    fn time(&self, column: &str, empty: &str, out: &mut Predicate) {
        let Is::Times(from, to) = &self.is else {
            return out.sql(&format!("({empty})"));
        };
        out.sql(&format!("(NOT ({empty})"));
        for (sign, time) in [(">=", from), ("<", to)] {
            if let Some(time) = time {
                out.sql(&format!(" AND {column} {sign} "));
                out.id(*time);
            }
        }
        out.sql(")");
    }

    fn rows(&self, from: &str, value: &str, out: &mut Predicate) {
        let exists = |values: &[Value], out: &mut Predicate| {
            out.sql(&format!("EXISTS (SELECT 1 FROM {from} AND "));
            list(value, values, out);
            out.sql(")");
        };
        match &self.is {
            Is::OneOf(values) => exists(values, out),
            Is::AllOf(values) => {
                out.sql("(1 = 1");
                for one in values {
                    out.sql(" AND ");
                    exists(std::slice::from_ref(one), out);
                }
                out.sql(")");
            }
            _ => out.sql(&format!("(NOT EXISTS (SELECT 1 FROM {from}))")),
        }
    }
}

fn list(column: &str, values: &[Value], out: &mut Predicate) {
    out.sql(&format!("({column} IN ("));
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.sql(", ");
        }
        match value {
            Value::Words(word) => out.text(word),
            Value::Id(id) => out.id(*id),
            Value::Bool(is) => out.yes_no(*is),
        }
    }
    out.sql("))");
}
