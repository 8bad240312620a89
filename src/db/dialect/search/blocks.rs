//! Words on PostgreSQL. Its inverted index has no order: of a word that a hundred thousand have, it would fetch them all to
//! find the newest fifty. So every word is stored with the block of ids it is of (`07a/canna`), and a search goes from the
//! newest block to the oldest, as many at a time as are likely to be needed. A common word is found in the first block; a
//! rare one costs a step in the index for each.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};

use super::ID_BITS;
use crate::db::dialect::prepared::prepared;

/// Ids of a block, as a power of two: a rare word costs a step for each block there is, a common one the rows of a block.
const BLOCK_BITS: u32 = 14;
/// Blocks asked for at a time at the most.
const MOST_BLOCKS: i64 = 1_024;

#[derive(QueryableByName)]
struct Hit {
    #[diesel(sql_type = BigInt)]
    rowid: i64,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<BigInt>)]
    newest: Option<i64>,
}

/// What a word of this row begins with in the index.
fn label(rowid: i64) -> String {
    let id = rowid & ((1 << ID_BITS) - 1);
    format!("{:x}{:x}/", rowid >> ID_BITS, id >> BLOCK_BITS)
}

/// The same in SQL, around words with spaces between them.
pub(in crate::db::dialect) fn stored(rowid: &str, words: &str) -> String {
    format!(
        "array_to_tsvector(ARRAY(SELECT to_hex({rowid} >> {ID_BITS}) || to_hex(({rowid} & ((1::bigint << {ID_BITS}) - 1)) >> {BLOCK_BITS}) \
         || '/' || word FROM unnest(string_to_array({words}, ' ')) AS word))"
    )
}

/// The words again, with spaces between them.
pub(in crate::db::dialect) fn shown(column: &str) -> String {
    format!(
        "array_to_string(ARRAY(SELECT split_part(word, '/', 2) FROM unnest(tsvector_to_array({column})) AS word), ' ')"
    )
}

/// Writes words of rows that have none.
pub(super) fn put_all(conn: &mut PgConnection, rows: &[(i64, String)]) -> QueryResult<()> {
    let ids: Vec<i64> = rows.iter().map(|(rowid, _)| *rowid).collect();
    let words: Vec<&str> = rows.iter().map(|(_, words)| words.as_str()).collect();
    prepared(format!(
        "INSERT INTO search_words (rowid, words) SELECT t.id, {} FROM unnest($1, $2) AS t (id, words)",
        stored("t.id", "t.words")
    ))
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Text>, _>(words)
    .execute(conn)
    .map(|_| ())
}

/// Takes the words of rows away.
pub(super) fn remove_all(conn: &mut PgConnection, rowids: Vec<i64>) -> QueryResult<()> {
    prepared("DELETE FROM search_words WHERE rowid = ANY($1)")
        .bind::<Array<BigInt>, _>(rowids)
        .execute(conn)
        .map(|_| ())
}

/// The newest row between each pair of bounds, neither included.
pub(super) fn newest(
    conn: &mut PgConnection,
    bounds: &[(i64, i64)],
) -> QueryResult<Vec<Option<i64>>> {
    let (above, below): (Vec<i64>, Vec<i64>) = bounds.iter().copied().unzip();
    let rows: Vec<Newest> = prepared(
        "SELECT (SELECT max(rowid) FROM search_words WHERE rowid > b.above AND rowid < b.below) AS newest \
         FROM unnest($1, $2) WITH ORDINALITY AS b (above, below, n) ORDER BY b.n",
    )
    .bind::<Array<BigInt>, _>(above)
    .bind::<Array<BigInt>, _>(below)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.newest).collect())
}

/// Rows from `newest` down to `above`, which is not included, that answer a question; `query` puts it for the block whose
/// label it is given.
pub(super) fn find(
    conn: &mut PgConnection,
    query: impl Fn(&str) -> String,
    above: i64,
    newest: i64,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let (last, below) = (above >> BLOCK_BITS, newest + 1);
    let mut next = newest >> BLOCK_BITS;
    let mut hits: Vec<i64> = Vec::new();
    let mut many = 1;
    while next >= last && (hits.len() as i64) < limit {
        let end = (next - many + 1).max(last);
        hits.extend(in_blocks(conn, &query, end, next, below)?);
        let asked = (newest >> BLOCK_BITS) - end + 1;
        many = blocks_for(limit, hits.len() as i64, asked);
        next = end - 1;
    }
    hits.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(hits)
}

/// How many blocks are likely to hold what is still missing, by what those asked have given; eight times as many as before
/// at the most, since words are not spread evenly.
fn blocks_for(limit: i64, found: i64, asked: i64) -> i64 {
    let missing = (limit - found).max(0);
    let likely = match found {
        0 => i64::MAX,
        found => (missing * asked).div_euclid(found) + 1,
    };
    likely.min(asked * 8).clamp(1, MOST_BLOCKS)
}

/// What the blocks from `newest` down to `oldest` hold.
fn in_blocks(
    conn: &mut PgConnection,
    query: &impl Fn(&str) -> String,
    oldest: i64,
    newest: i64,
    below: i64,
) -> QueryResult<Vec<i64>> {
    let queries: Vec<String> = (oldest..=newest)
        .map(|block| query(&label(block << BLOCK_BITS)))
        .collect();
    // The bound on ids stands outside, or the planner fetches all that are within it from the other index, for each block.
    let hits: Vec<Hit> = prepared(
        "SELECT s.rowid FROM unnest($1) AS q (words), \
         LATERAL (SELECT rowid FROM search_words WHERE words @@ q.words::tsquery OFFSET 0) s \
         WHERE s.rowid < $2 ORDER BY s.rowid DESC",
    )
    .bind::<Array<Text>, _>(queries)
    .bind::<BigInt, _>(below)
    .load(conn)?;
    Ok(hits.into_iter().map(|hit| hit.rowid).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_tell_kinds_and_blocks_apart() {
        assert_eq!(label(0), "00/");
        assert_eq!(label(16_383), "00/");
        assert_eq!(label(16_384), "01/");
        assert_eq!(label((3 << ID_BITS) + (0x7a << BLOCK_BITS) + 5), "37a/");
    }

    #[test]
    fn as_many_blocks_are_asked_as_are_likely_to_be_needed() {
        assert_eq!(blocks_for(50, 0, 1), 8, "nothing yet: further out");
        assert_eq!(blocks_for(50, 10, 1), 5, "five more would do");
        assert_eq!(blocks_for(50, 40, 5), 2);
        assert_eq!(blocks_for(50, 1, 5_000), MOST_BLOCKS);
    }
}
