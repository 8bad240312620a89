//! Many rows at once. SQLite is quickest row by row with a statement that stays prepared; PostgreSQL with many rows a
//! statement. Rows must derive `Insertable` with `treat_none_as_default_value = false`.

/// From how many rows on PostgreSQL's COPY is quicker than a statement that has to be parsed.
pub const MANY: usize = 100;

/// Runs the same statement on whichever connection it is; for what the derive's common dialect cannot say.
#[macro_export]
macro_rules! each_backend {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Pg($c) => $body,
            $crate::db::Conn::Sqlite($c) => $body,
        }
    };
}

/// Inserts all rows of a slice or vector: none of their keys may be there.
#[macro_export]
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        use diesel::RunQueryDsl;
        match $conn {
            $crate::db::Conn::Pg(c) if $rows.len() >= $crate::db::dialect::insert::MANY => {
                use diesel::ExecuteCopyFromDsl;
                diesel::copy_from($table)
                    .from_insertable($rows.as_slice())
                    .execute(c)?;
            }
            $crate::db::Conn::Pg(c) => {
                if !$rows.is_empty() {
                    diesel::insert_into($table)
                        .values($rows.as_slice())
                        .execute(c)?;
                }
            }
            $crate::db::Conn::Sqlite(c) => {
                for row in $rows {
                    diesel::insert_into($table).values(row).execute(c)?;
                }
            }
        }
    }};
}

/// Inserts the rows of a slice whose keys are not there yet.
#[macro_export]
macro_rules! insert_missing {
    ($conn:expr, $table:expr, $rows:expr) => {{
        use diesel::RunQueryDsl;
        match $conn {
            $crate::db::Conn::Pg(c) => {
                for chunk in $rows.chunks(1_000) {
                    diesel::insert_into($table)
                        .values(chunk)
                        .on_conflict_do_nothing()
                        .execute(c)?;
                }
            }
            $crate::db::Conn::Sqlite(c) => {
                for row in $rows {
                    diesel::insert_into($table)
                        .values(row)
                        .on_conflict_do_nothing()
                        .execute(c)?;
                }
            }
        }
    }};
}

/// Inserts all rows of a slice; where a row's key is there already, runs `$set` instead. A key may occur once a slice.
#[macro_export]
macro_rules! upsert_all {
    ($conn:expr, $table:expr, $rows:expr, $target:expr, $set:expr) => {{
        use diesel::RunQueryDsl;
        match $conn {
            $crate::db::Conn::Pg(c) => {
                for chunk in $rows.chunks(1_000) {
                    diesel::insert_into($table)
                        .values(chunk)
                        .on_conflict($target)
                        .do_update()
                        .set($set)
                        .execute(c)?;
                }
            }
            $crate::db::Conn::Sqlite(c) => {
                for row in $rows {
                    diesel::insert_into($table)
                        .values(row)
                        .on_conflict($target)
                        .do_update()
                        .set($set)
                        .execute(c)?;
                }
            }
        }
    }};
}
