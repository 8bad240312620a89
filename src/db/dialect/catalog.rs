//! What tables there are, as the database itself says: their columns, keys, and which must be filled first.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::db::Conn;

/// A table whose rows can be carried elsewhere.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Columns of the key, in its order.
    key: Vec<String>,
    /// Whether it gives out ids.
    pub gives_ids: bool,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An integer.
    Whole,
    /// A real number.
    Real,
    /// Yes or no.
    Flag,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Indexed words.
    Lexemes,
}

impl Kind {
    fn parse(declared: &str) -> Self {
        match declared.to_ascii_uppercase().as_str() {
            "BIGINT" | "INTEGER" => Self::Whole,
            "DOUBLE PRECISION" | "REAL" => Self::Real,
            "BOOLEAN" => Self::Flag,
            "BYTEA" | "BLOB" => Self::Bytes,
            _ => Self::Text,
        }
    }

    /// Its type in PostgreSQL.
    pub(super) fn postgres(self) -> &'static str {
        match self {
            Self::Whole => "bigint",
            Self::Real => "double precision",
            Self::Flag => "boolean",
            Self::Text => "text",
            Self::Bytes => "bytea",
            Self::Lexemes => "tsvector",
        }
    }
}

/// The event inbox: a table of PostgreSQL, a file of its own beside SQLite's.
const INBOX: &str = "inbox";
const INDEX: &str = "search_words";

impl Table {
    /// Whether this is the index of words, which each database keeps in a way of its own.
    pub(super) fn is_index(&self) -> bool {
        self.name == INDEX
    }

    /// The columns in the order of another list of names; none where the lists differ.
    pub fn in_order_of(&self, names: &[String]) -> Option<Self> {
        let columns: Option<Vec<Column>> = names
            .iter()
            .map(|name| {
                self.columns
                    .iter()
                    .find(|column| column.name == *name)
                    .cloned()
            })
            .collect();
        let columns = columns.filter(|columns| columns.len() == self.columns.len())?;
        Some(Self {
            columns,
            ..self.clone()
        })
    }

    /// Names of the columns.
    pub fn names(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }

    pub(super) fn column_list(&self) -> String {
        quoted(&self.names())
    }

    pub(super) fn key_list(&self) -> String {
        quoted(&self.key)
    }
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    declared: String,
    #[diesel(sql_type = BigInt)]
    key_at: i64,
    #[diesel(sql_type = BigInt)]
    gives_ids: i64,
}

#[derive(QueryableByName)]
struct Arrow {
    #[diesel(sql_type = Text)]
    child: String,
    #[diesel(sql_type = Text)]
    parent: String,
}

const SQLITE_COLUMNS: &str = "SELECT m.name AS of, c.name AS name, c.type AS declared, c.pk AS key_at, \
     (c.pk = 1 AND c.type = 'INTEGER') AS gives_ids \
     FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT GLOB 'sqlite_*' \
     AND m.name NOT GLOB 'search_words*' AND m.name NOT GLOB '__*' ORDER BY m.name, c.cid";
const SQLITE_ARROWS: &str = "SELECT m.name AS child, f.\"table\" AS parent FROM sqlite_master m \
     JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2";
const POSTGRES_COLUMNS: &str = "SELECT c.table_name::text AS of, c.column_name::text AS name, c.data_type::text AS declared, \
     COALESCE((SELECT k.ordinal_position FROM information_schema.table_constraints t \
       JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name) \
       WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = c.table_schema AND t.table_name = c.table_name \
       AND k.column_name = c.column_name), 0)::bigint AS key_at, \
     (c.is_identity = 'YES')::int::bigint AS gives_ids \
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) \
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'search_words' \
     AND c.table_name NOT LIKE '\\_\\_%' ORDER BY c.table_name, c.ordinal_position";
const POSTGRES_ARROWS: &str = "SELECT c.relname::text AS child, p.relname::text AS parent FROM pg_constraint k \
     JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid \
     WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace ORDER BY 1, 2";

/// Every table but the inbox, each after those it refers to, and the index of words at the end.
pub fn tables(conn: &mut Conn) -> QueryResult<Vec<Table>> {
    let mut tables = all(conn)?;
    tables.remove(INBOX);
    let statement = match conn {
        Conn::Sqlite(_) => SQLITE_ARROWS,
        Conn::Pg(_) => POSTGRES_ARROWS,
    };
    let arrows: Vec<Arrow> = diesel::sql_query(statement).load(conn)?;
    let mut sorted: Vec<Table> = Vec::new();
    let mut done: BTreeSet<String> = BTreeSet::new();
    while !tables.is_empty() {
        let is_free = |name: &str| {
            arrows
                .iter()
                .filter(|arrow| arrow.child == name && arrow.parent != name)
                .all(|arrow| done.contains(&arrow.parent))
        };
        let name = tables
            .keys()
            .find(|name| is_free(name))
            .or_else(|| tables.keys().next());
        let Some(name) = name.cloned() else { break };
        sorted.extend(tables.remove(&name));
        done.insert(name);
    }
    sorted.push(index());
    Ok(sorted)
}

/// The inbox, on a connection that has it.
pub fn inbox(conn: &mut Conn) -> QueryResult<Table> {
    all(conn)?
        .remove(INBOX)
        .ok_or(diesel::result::Error::NotFound)
}

fn all(conn: &mut Conn) -> QueryResult<BTreeMap<String, Table>> {
    let statement = match conn {
        Conn::Sqlite(_) => SQLITE_COLUMNS,
        Conn::Pg(_) => POSTGRES_COLUMNS,
    };
    let found: Vec<Found> = diesel::sql_query(statement).load(conn)?;
    let mut tables: BTreeMap<String, (Table, Vec<(i64, String)>)> = BTreeMap::new();
    for column in found {
        let (table, key) = tables.entry(column.of.clone()).or_insert_with(|| {
            let table = Table {
                name: column.of.clone(),
                columns: Vec::new(),
                key: Vec::new(),
                gives_ids: false,
            };
            (table, Vec::new())
        });
        table.gives_ids |= column.gives_ids != 0;
        if column.key_at > 0 {
            key.push((column.key_at, column.name.clone()));
        }
        table.columns.push(Column {
            kind: Kind::parse(&column.declared),
            name: column.name,
        });
    }
    let finished = tables.into_iter().map(|(name, (table, mut key))| {
        key.sort();
        let key = key.into_iter().map(|(_, name)| name).collect();
        (name, Table { key, ..table })
    });
    Ok(finished.collect())
}

fn index() -> Table {
    let column = |name: &str, kind| Column {
        name: name.to_owned(),
        kind,
    };
    Table {
        name: INDEX.to_owned(),
        columns: vec![column("rowid", Kind::Whole), column("words", Kind::Lexemes)],
        key: vec!["rowid".to_owned()],
        gives_ids: false,
    }
}
