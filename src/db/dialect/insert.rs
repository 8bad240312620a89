//! Inserting a row unless its key is there already, and the time-honoured question whether it was.

/// Runs a statement that both arms can print but only the concrete connection accepts: batch inserts.
#[macro_export]
macro_rules! each_backend {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Pg($c) => $body,
            $crate::db::Conn::Sqlite($c) => $body,
        }
    };
}
