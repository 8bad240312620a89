//! One stream from many strands: each gives its newest lines below a mark, the story keeps the newest of all.

use chrono_tz::Tz;
use diesel::QueryResult;

use super::day::{self, Day};
use super::mark::{Bound, Mark, bound};
use super::model::{About, Show, StoryItem};
use super::{entries, notes};
use crate::accounts::Access;
use crate::base::Timestamp;
use crate::base::ids::ContactId;
use crate::db::Conn;

/// Lines on one page of a story.
const PAGE: usize = 50;

/// What a strand is asked for.
#[derive(Debug, Clone)]
pub struct StrandAsk {
    /// Whose story.
    pub contact: ContactId,
    /// Below which line; none: from the top.
    pub before: Option<Mark>,
    /// Which lines.
    pub show: Show,
    /// How many at most.
    pub limit: i64,
    /// What the reader may do, for lines that need a right of their own.
    pub access: Access,
    /// Now.
    pub now: Timestamp,
}

impl StrandAsk {
    /// Where rows of the strand with this rank begin.
    pub fn bound(&self, rank: i64) -> Bound {
        bound(self.before, rank)
    }
}

/// One kind of line of a contact's story, newest first, each with the strand's own rank. Built in are
/// entries (rank 0) and notes (rank 1); `app` hands in those of the slices to the right.
pub type Strand = fn(&mut Conn, &StrandAsk) -> QueryResult<Vec<StoryItem>>;

/// Every strand of the house beyond the built-in ones.
#[derive(Debug, Clone, Default)]
pub struct Strands(pub Vec<Strand>);

/// What a page asks of a story.
#[derive(Debug, Clone)]
pub struct StoryAsk {
    /// Whose.
    pub about: About,
    /// Below which line; none: from the top.
    pub before: Option<Mark>,
    /// Which lines.
    pub show: Show,
    /// Now.
    pub now: Timestamp,
    /// The reader's zone.
    pub zone: Tz,
    /// What the reader may do.
    pub access: Access,
}

/// One page of a story, ready to show.
pub struct Story {
    /// Notes that stay on top; on the first page only.
    pub pinned: Vec<day::Line>,
    /// Lines by day.
    pub days: Vec<Day>,
    /// Which lines.
    pub show: Show,
    /// Whether this is not the first page.
    pub is_older: bool,
    /// Mark of the next page, if there is one.
    pub next: Option<String>,
    /// The page it stands on.
    pub path: String,
    /// The filters that apply to it.
    pub shows: Vec<Show>,
}

impl Story {
    /// Reads one page.
    pub fn read(conn: &mut Conn, strands: &Strands, ask: &StoryAsk) -> QueryResult<Self> {
        let mut items = Vec::new();
        let limit = PAGE as i64 + 1;
        if ask.show.wants(Show::Changes) {
            let below = bound(ask.before, entries::RANK);
            items.extend(entries::strand(conn, ask.about, below, limit, &ask.access)?);
        }
        if ask.show.wants(Show::Notes) {
            let below = bound(ask.before, notes::RANK);
            items.extend(notes::strand(conn, ask.about, below, limit)?);
        }
        let mut shows = vec![Show::All];
        if let About::Contact(contact) = ask.about {
            shows.extend([Show::Web, Show::Mail]);
            let ask = StrandAsk {
                contact,
                before: ask.before,
                show: ask.show,
                limit,
                access: ask.access.clone(),
                now: ask.now,
            };
            for strand in &strands.0 {
                items.extend(strand(conn, &ask)?);
            }
        }
        shows.extend([Show::Notes, Show::Changes]);
        let pinned = if ask.before.is_none() && ask.show.wants(Show::Notes) {
            notes::pinned(conn, ask.about)?
        } else {
            Vec::new()
        };
        let next = cut(&mut items);
        Ok(Self {
            pinned: pinned
                .into_iter()
                .map(|item| day::Line::dated(item, ask.now, ask.zone))
                .collect(),
            days: day::by_day(items, ask.now, ask.zone),
            show: ask.show,
            is_older: ask.before.is_some(),
            next,
            path: ask.about.path(),
            shows,
        })
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty() && self.pinned.is_empty()
    }

    /// The address of a filter.
    pub fn show_href(&self, show: &Show) -> String {
        if *show == Show::All {
            format!("{}#timeline", self.path)
        } else {
            format!("{}?show={show}#timeline", self.path)
        }
    }

    /// The address of what is older.
    pub fn older_href(&self) -> String {
        self.next.as_ref().map_or_else(String::new, |mark| {
            format!("{}?show={}&before={mark}#timeline", self.path, self.show)
        })
    }
}

/// Keeps the newest page of `items` and says where the next begins.
fn cut(items: &mut Vec<StoryItem>) -> Option<String> {
    items.sort_by_key(|item| std::cmp::Reverse((item.at, item.rank, item.id)));
    let has_more = items.len() > PAGE;
    items.truncate(PAGE);
    items
        .last()
        .filter(|_| has_more)
        .map(|item| Mark::of(item).encode())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(at: i64, rank: i64, id: i64) -> StoryItem {
        StoryItem::new(Timestamp(at), rank, id, Show::Changes, Vec::new())
    }

    #[test]
    fn pages_neither_lose_nor_repeat_lines_of_one_instant() {
        let all: Vec<_> = (0..180).map(|n| (n / 45, n % 3, n)).collect();
        let mut before = None;
        let mut seen = Vec::new();
        loop {
            let mut items: Vec<StoryItem> = (0..3)
                .flat_map(|rank| {
                    let below = bound(before, rank);
                    let mut rows: Vec<_> = all
                        .iter()
                        .filter(|row| row.1 == rank && (row.0, row.2) < (below.at.0, below.id))
                        .map(|row| item(row.0, row.1, row.2))
                        .collect();
                    rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
                    rows.truncate(PAGE + 1);
                    rows
                })
                .collect();
            let next = cut(&mut items);
            seen.extend(items.iter().map(|item| item.id));
            let Some(next) = next else { break };
            before = Mark::decode(&next);
            assert!(before.is_some());
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..180).collect::<Vec<_>>());
    }
}
