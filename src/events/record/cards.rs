//! Figures beside the story: activity of the last thirty days, and where the person came from.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::super::enrich::Touch;
use crate::base::Timestamp;
use crate::base::clock::DAY;
use crate::base::ids::ContactId;
use crate::contacts::{Card, CardAsk, CardRow, Spark};
use crate::db::schema::{event_days, identities};
use crate::db::{Cached, Conn, padded};
use crate::web::{ago, number};

pub(super) const DAYS: i64 = 30;

/// What an identity adds to the figures.
#[derive(Queryable, Selectable)]
#[diesel(table_name = identities)]
struct Part {
    id: i64,
    event_count: i64,
    page_count: i64,
    session_count: i64,
    first_seen_at: Timestamp,
    last_seen_at: Timestamp,
    device: Option<String>,
}

/// "Last 30 days": a column a day, and what all of it adds up to.
pub fn activity(conn: &mut Conn, contact: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    let first = ask.now.day() - DAYS + 1;
    let parts: Vec<Part> = identities::table
        .filter(identities::contact_id.eq(contact.0))
        .filter(identities::event_count.gt(0))
        .order(identities::last_seen_at.desc())
        .limit(1_000)
        .select(Part::as_select())
        .load(conn)?;
    if parts.is_empty() {
        return Ok(None);
    }
    let values = columns(conn, parts.iter().map(|part| part.id).collect(), first)?;
    let month: i64 = values.iter().sum();
    Ok(Some(Card {
        title: "Last 30 days".to_owned(),
        count: if month == 1 {
            "1 event".to_owned()
        } else {
            format!("{} events", number(month))
        },
        spark: Some(spark(values, first)),
        rows: figures(&parts, ask),
        ..Card::default()
    }))
}

/// The columns, with what is seen in them.
pub(super) fn spark(values: Vec<i64>, first: i64) -> Spark {
    Spark {
        label: format!("{} events in 30 days", number(values.iter().sum())),
        middle: trend(&values),
        left: Timestamp(first * DAY).utc().format("%-d %b").to_string(),
        right: "today".to_owned(),
        values,
    }
}

/// How many events each day had, from the first on.
pub(super) fn columns(conn: &mut Conn, own: Vec<i64>, first: i64) -> QueryResult<Vec<i64>> {
    let total = sql::<Nullable<BigInt>>("CAST(SUM(event_days.n) AS BIGINT)");
    let query = event_days::table
        .filter(event_days::day.ge(first))
        .group_by(event_days::day)
        .select((event_days::day, total));
    let days: Vec<(i64, Option<i64>)> = match own.as_slice() {
        [one] => Cached(query.filter(event_days::identity_id.eq(*one))).load(conn)?,
        _ => Cached(query.filter(event_days::identity_id.eq_any(padded(own)))).load(conn)?,
    };
    let mut values = vec![0; DAYS as usize];
    for (day, n) in days {
        if let Some(value) = usize::try_from(day - first)
            .ok()
            .and_then(|at| values.get_mut(at))
        {
            *value = n.unwrap_or(0);
        }
    }
    Ok(values)
}

/// What the identities add up to, the latest of them first.
fn figures(parts: &[Part], ask: &CardAsk) -> Vec<CardRow> {
    let sum = |pick: fn(&Part) -> i64| number(parts.iter().map(pick).sum::<i64>());
    let first_seen = parts
        .iter()
        .map(|part| part.first_seen_at)
        .filter(|at| !at.is_zero())
        .min()
        .unwrap_or_default();
    let last_seen = parts.iter().map(|part| part.last_seen_at).max();
    let figure = |label: &str, value: String| CardRow {
        label: label.to_owned(),
        value,
        ..CardRow::default()
    };
    let mut figures = vec![
        figure("First seen", ago(first_seen, ask.now, ask.zone)),
        figure(
            "Last seen",
            ago(last_seen.unwrap_or_default(), ask.now, ask.zone),
        ),
        figure("Sessions", sum(|part| part.session_count)),
        figure("Page views", sum(|part| part.page_count)),
        figure("Events", sum(|part| part.event_count)),
    ];
    if let Some(device) = parts.iter().find_map(|part| part.device.clone()) {
        figures.push(figure("Device", device));
    }
    figures
}

/// The second half of the month against the first.
fn trend(values: &[i64]) -> String {
    let (before, after) = values.split_at(values.len() / 2);
    let (before, after): (i64, i64) = (before.iter().sum(), after.iter().sum());
    match (before, after) {
        (0, _) | (_, 0) => String::new(),
        _ => format!("Trend {:+}%", (after - before) * 100 / before),
    }
}

/// First and last touch: source, campaign, landing page.
pub fn touches(conn: &mut Conn, contact: ContactId, ask: &CardAsk) -> QueryResult<Option<Card>> {
    let rows: Vec<(Option<String>, Option<String>)> = identities::table
        .filter(identities::contact_id.eq(contact.0))
        .filter(identities::first_touch.is_not_null())
        .limit(1_000)
        .select((identities::first_touch, identities::last_touch))
        .load(conn)?;
    let read = |json: &Option<String>| {
        json.as_deref()
            .and_then(|json| serde_json::from_str::<Touch>(json).ok())
    };
    let first = rows
        .iter()
        .filter_map(|(first, _)| read(first))
        .min_by_key(|touch| touch.at);
    let last = rows
        .iter()
        .filter_map(|(_, last)| read(last))
        .max_by_key(|touch| touch.at);
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(None);
    };
    let row = |label: &str, touch: &Touch| CardRow {
        label: format!("{label}: {}", touch.source),
        value: ago(touch.at, ask.now, ask.zone),
        hint: [&touch.medium, &touch.campaign, &touch.landing]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" · "),
        ..CardRow::default()
    };
    Ok(Some(Card {
        title: "Came from".to_owned(),
        rows: vec![row("First", &first), row("Last", &last)],
        ..Card::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_needs_both_halves() {
        assert_eq!(trend(&[1, 1, 2, 2]), "Trend +100%");
        assert_eq!(trend(&[2, 2, 1, 1]), "Trend -50%");
        assert_eq!(trend(&[0, 0, 1, 1]), "");
        assert_eq!(trend(&[]), "");
    }
}
