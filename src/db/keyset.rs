//! Walking a list along an index, from a row on: page 10,000 costs what page 1 costs.

/// Orders a query by a key, `asc` or `desc`, ties by id, and begins behind the row `$from`, an optional pair of key and id.
/// The bound on the key alone says nothing new, but by it the planners find the place in the index.
#[macro_export]
macro_rules! keyset {
    ($query:expr, asc, $key:expr, $id:expr, $from:expr) => {{
        let query = $query.order(($key.asc(), $id.asc()));
        match $from {
            Some((last_key, last_id)) => query
                .filter($key.ge(Clone::clone(&last_key)))
                .filter($key.gt(last_key).or($id.gt(last_id))),
            None => query,
        }
    }};
    ($query:expr, desc, $key:expr, $id:expr, $from:expr) => {{
        let query = $query.order(($key.desc(), $id.desc()));
        match $from {
            Some((last_key, last_id)) => query
                .filter($key.le(Clone::clone(&last_key)))
                .filter($key.lt(last_key).or($id.lt(last_id))),
            None => query,
        }
    }};
}
