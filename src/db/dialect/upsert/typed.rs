//! Values of fields by the thousand, typed, for lists: what a record had before is replaced.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Nullable, Text};

use super::super::prepared::prepared;
use crate::db::Conn;

/// Rows of one statement on PostgreSQL.
const CHUNK: usize = 5_000;

/// One part of a value: a figure, words, or both.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// What figures are compared by.
    pub number: Option<f64>,
    /// What words are compared by.
    pub text: Option<String>,
}

/// All that a record has in a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// Which field.
    pub key_id: i64,
    /// Which contact or company.
    pub record_id: i64,
    /// None: nothing that reads.
    pub parts: Vec<Part>,
}

/// Replaces what records have. A record and field may occur once a call.
#[expect(clippy::too_many_lines, reason = "one statement a database")]
pub fn replace(conn: &mut Conn, rows: &[Typed]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            for row in rows {
                prepared(
                    "DELETE FROM field_values WHERE key_id = $1 AND record_id = $2 AND part >= $3",
                )
                .bind::<BigInt, _>(row.key_id)
                .bind::<BigInt, _>(row.record_id)
                .bind::<BigInt, _>(row.parts.len() as i64)
                .execute(c)?;
                for (n, part) in row.parts.iter().enumerate() {
                    prepared(
                        "INSERT INTO field_values (key_id, record_id, part, number, text) VALUES ($1, $2, $3, $4, $5) \
                         ON CONFLICT (key_id, record_id, part) DO UPDATE SET number = excluded.number, text = excluded.text",
                    )
                    .bind::<BigInt, _>(row.key_id)
                    .bind::<BigInt, _>(row.record_id)
                    .bind::<BigInt, _>(n as i64)
                    .bind::<Nullable<Double>, _>(part.number)
                    .bind::<Nullable<Text>, _>(part.text.as_deref())
                    .execute(c)?;
                }
            }
        }
        Conn::Pg(c) => {
            for rows in rows.chunks(CHUNK) {
                prepared(
                    "DELETE FROM field_values v USING (SELECT * FROM unnest($1, $2, $3)) AS u (key_id, record_id, parts) \
                     WHERE v.key_id = u.key_id AND v.record_id = u.record_id AND v.part >= u.parts",
                )
                .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.key_id).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(rows.iter().map(|row| row.record_id).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(
                    rows.iter().map(|row| row.parts.len() as i64).collect::<Vec<_>>(),
                )
                .execute(c)?;
                let parts: Vec<(&Typed, i64, &Part)> = rows
                    .iter()
                    .flat_map(|row| {
                        (0_i64..)
                            .zip(&row.parts)
                            .map(move |(n, part)| (row, n, part))
                    })
                    .collect();
                if parts.is_empty() {
                    continue;
                }
                prepared(
                    "INSERT INTO field_values (key_id, record_id, part, number, text) \
                     SELECT * FROM unnest($1, $2, $3, $4, $5) \
                     ON CONFLICT (key_id, record_id, part) DO UPDATE SET number = excluded.number, text = excluded.text",
                )
                .bind::<Array<BigInt>, _>(parts.iter().map(|(row, ..)| row.key_id).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(parts.iter().map(|(row, ..)| row.record_id).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(parts.iter().map(|(_, n, _)| *n).collect::<Vec<_>>())
                .bind::<Array<Nullable<Double>>, _>(
                    parts.iter().map(|(.., part)| part.number).collect::<Vec<_>>(),
                )
                .bind::<Array<Nullable<Text>>, _>(
                    parts.iter().map(|(.., part)| part.text.as_deref()).collect::<Vec<_>>(),
                )
                .execute(c)?;
            }
        }
    }
    Ok(())
}
