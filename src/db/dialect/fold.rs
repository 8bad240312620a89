//! How filters compare text: lower case, accents off, the same in the program, on SQLite (which is taught the function at
//! every connection) and on PostgreSQL (where it is an expression).

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use unicode_normalization::UnicodeNormalization;

use crate::db::Conn;

diesel::define_sql_function! {
    /// As [`folded`].
    fn folded_text(value: Text) -> Text;
}

/// Gives a connection the function.
pub(in crate::db) fn teach(conn: &mut SqliteConnection) -> QueryResult<()> {
    folded_text_utils::register_impl(conn, |value: String| folded(&value))
}

/// Lower case, accents of Latin, Greek and Cyrillic letters off; the signs of other scripts are letters and stay.
pub fn folded(value: &str) -> String {
    let plain = |c: &char| !('\u{300}'..='\u{36f}').contains(c);
    let lower = value.nfd().filter(plain).flat_map(char::to_lowercase);
    // A capital with a dot has it split off by now; at the end of a word a small sigma looks different.
    lower.map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// The expression for it.
pub fn expression(conn: &Conn, column: &str) -> String {
    match conn {
        Conn::Sqlite(_) => format!("folded_text({column})"),
        Conn::Pg(_) => format!(
            "translate(lower(regexp_replace(normalize({column}, NFD), '[\u{300}-\u{36f}]', '', 'g')), 'ς', 'σ')"
        ),
    }
}

/// The function that says where letters begin in others: 1 is the front, 0 nowhere.
pub fn position(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "instr",
        Conn::Pg(_) => "strpos",
    }
}
