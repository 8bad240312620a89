//! The figures beside the entries of the settings' sidebar: every slice can hand one in through `app`.

use diesel::QueryResult;

use super::access::Access;
use crate::db::Conn;
use crate::web::{NavCount, number};

/// Counts stop here: above it the sidebar says "1,000+".
pub const COUNTED: i64 = 1_000;

/// Counts for somebody; none where the entry is not shown or nothing is due. Asked on every page of the settings.
pub type FigureProvider = fn(&mut Conn, &Access) -> QueryResult<Option<NavCount>>;

/// Every figure of the house.
#[derive(Debug, Clone, Default)]
pub struct Figures(pub Vec<FigureProvider>);

impl Figures {
    pub(super) fn read(&self, conn: &mut Conn, access: &Access) -> QueryResult<Vec<NavCount>> {
        let mut counts = Vec::new();
        for figure in &self.0 {
            counts.extend(figure(conn, access)?);
        }
        Ok(counts)
    }
}

/// What somebody must look at, counted up to one more than [`COUNTED`]; none where there is nothing.
pub fn due(entry: &'static str, count: i64) -> Option<NavCount> {
    (count > 0).then(|| NavCount {
        entry,
        figure: match count {
            0..=COUNTED => number(count),
            _ => format!("{}+", number(COUNTED)),
        },
        is_due: true,
    })
}
