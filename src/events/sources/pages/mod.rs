//! Settings, Sources: the list, a new one, one source with its figures, instructions, events and settings.

mod form;
mod index;
mod key;
mod new;
mod settings;
mod show;

use actix_web::web;

pub use index::SourcesPage;
pub use key::KeyPage;
pub use new::NewPage;
pub use show::ShowPage;

use crate::base::Timestamp;
use crate::base::ids::SourceId;
use crate::db::{Conn, Db};
use crate::events::sources::{Source, store};
use crate::web::{Error, Result, ago, get, path_id, post};

/// Mounts every page of sources.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/sources", get().to(index::index))
        .route("/settings/sources", post().to(new::create))
        .route("/settings/sources/new", get().to(new::form))
        .route("/settings/sources/{id}", get().to(show::show))
        .route("/settings/sources/{id}", post().to(settings::save))
        .route("/settings/sources/{id}/key", get().to(key::confirm))
        .route("/settings/sources/{id}/key", post().to(key::rotate))
        .route("/settings/sources/{id}/pause", post().to(key::pause))
        .route("/settings/sources/{id}/resume", post().to(key::resume));
}

/// The source an address names, if people made it.
async fn source(db: &Db, path: &str) -> Result<Source> {
    let id: SourceId = path_id(path)?;
    db.read(move |conn: &mut Conn| store::made_by_people(conn, id))
        .await?
        .ok_or(Error::NotFound)
}

/// How a source is doing, in a few words and the tone of a dot.
pub(super) struct Status {
    /// "Receiving, last event 2 s ago".
    pub words: String,
    /// Tone of the dot.
    pub tone: &'static str,
}

impl Status {
    fn of(source: &Source, last: Option<Timestamp>, now: Timestamp, zone: chrono_tz::Tz) -> Self {
        const RECENT: i64 = 15 * crate::base::clock::MINUTE;
        let last_words = last.map(|at| since(at, now, zone));
        let (words, tone) = match (source.is_enabled, last_words) {
            (false, None) => ("Paused".to_owned(), "amber"),
            (false, Some(when)) => (format!("Paused, last event {when}"), "amber"),
            (true, None) => ("No event yet".to_owned(), "hollow"),
            (true, Some(when)) if last.is_some_and(|at| now.since(at) < RECENT) => {
                (format!("Receiving, last event {when}"), "live")
            }
            (true, Some(when)) => (format!("Quiet, last event {when}"), ""),
        };
        Self { words, tone }
    }
}

/// "2 s ago", "6 min ago", "yesterday", "on 14 Mar".
fn since(at: Timestamp, now: Timestamp, zone: chrono_tz::Tz) -> String {
    let passed = now.since(at).max(0);
    if passed < crate::base::clock::MINUTE {
        return format!("{} s ago", passed / crate::base::clock::SECOND);
    }
    match ago(at, now, zone) {
        words if words == "Yesterday" => "yesterday".to_owned(),
        words if passed < 7 * crate::base::clock::DAY => format!("{words} ago"),
        date => format!("on {date}"),
    }
}

/// A count that was not carried on: "1,000+" above `most`.
pub(super) fn counted(n: i64, most: i64) -> String {
    if n > most {
        format!("{}+", crate::web::number(most))
    } else {
        crate::web::number(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_since_are_said_as_people_say_them() {
        let now = Timestamp::parse("2026-05-24T09:14:00Z").expect("a time");
        for (text, want) in [
            ("2026-05-24T09:13:58Z", "2 s ago"),
            ("2026-05-24T09:14:03Z", "0 s ago"),
            ("2026-05-24T09:08:00Z", "6 min ago"),
            ("2026-05-23T08:00:00Z", "yesterday"),
            ("2026-05-20T09:00:00Z", "4 d ago"),
            ("2026-03-14T09:00:00Z", "on 14 Mar"),
        ] {
            let at = Timestamp::parse(text).expect("a time");
            assert_eq!(since(at, now, chrono_tz::UTC), want);
        }
    }

    #[test]
    fn counts_stop_where_counting_stopped() {
        assert_eq!(counted(999, 1_000), "999");
        assert_eq!(counted(1_000, 1_000), "1,000");
        assert_eq!(counted(1_001, 1_000), "1,000+");
    }
}
