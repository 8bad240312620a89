//! Pages of the desks that are read: the board, lists, records.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{campaign_tallies, campaigns, deals, recipients, stages, users};
use crate::web::Cursor;

/// Records whose pages are read.
const SAMPLES: i64 = 100;

/// Key, label and addresses of a kind.
pub(super) type Paths = (&'static str, &'static str, Vec<String>);

/// Pages of deals.
pub(super) fn deals(conn: &mut Conn) -> QueryResult<Vec<Paths>> {
    let owner: Option<i64> = users::table
        .order(users::id)
        .select(users::id)
        .first(conn)
        .optional()?;
    let owner = owner.unwrap_or(1);
    let stage: Option<i64> = stages::table
        .filter(stages::kind.eq("open"))
        .order(stages::position)
        .select(stages::id)
        .first(conn)
        .optional()?;
    let stage = stage.unwrap_or(1);
    let deep: Option<(i64, i64)> = deals::table
        .filter(deals::deleted_at.is_null())
        .filter(deals::stage_kind.eq("won"))
        .filter(deals::currency.eq("EUR"))
        .order((deals::sort_amount.desc(), deals::id.desc()))
        .offset(10_000)
        .select((deals::id, deals::sort_amount))
        .first(conn)
        .optional()?;
    let deep = deep.map_or_else(String::new, |(id, key)| {
        let key = format!("EUR {key}");
        format!("&after={}", Cursor { key, id }.encode())
    });
    let last: Option<i64> = deals::table
        .select(diesel::dsl::max(deals::id))
        .first(conn)?;
    let step = (last.unwrap_or(0) / SAMPLES).max(1);
    let records = (0..SAMPLES).map(|n| format!("/deals/{}", n * step + 1));
    let one = |path: &str| vec![path.to_owned()];
    Ok(vec![
        ("board", "board of deals", one("/deals")),
        (
            "board_owner",
            "board of one owner",
            vec![format!("/deals?owner={owner}")],
        ),
        ("board_search", "board, searched", searches()),
        (
            "lane",
            "next cards of a lane",
            vec![format!("/deals/lane/{stage}")],
        ),
        ("deals", "list of deals", lists(owner, stage, &deep)),
        ("deal", "page of a deal", records.collect()),
        (
            "tasks",
            "tasks",
            vec![
                format!("/tasks?who={owner}"),
                format!("/tasks?show=done&who={owner}"),
            ],
        ),
    ])
}

/// States of recipients that have a list of their own.
const STATES: [&str; 8] = [
    "all",
    "sent",
    "opened",
    "clicked",
    "unsubscribed",
    "waiting",
    "failed",
    "skipped",
];

/// The largest campaign that went out, a recipient in its middle, and drafts with an audience.
fn mailings(conn: &mut Conn) -> QueryResult<Option<(i64, i64, Vec<i64>)>> {
    let largest: Option<i64> = campaign_tallies::table
        .order(campaign_tallies::recipients.desc())
        .select(campaign_tallies::campaign_id)
        .first(conn)
        .optional()?;
    let Some(id) = largest else {
        return Ok(None);
    };
    let last: Option<i64> = recipients::table
        .filter(recipients::campaign_id.eq(id))
        .select(diesel::dsl::max(recipients::id))
        .first(conn)?;
    let drafts = campaigns::table
        .filter(campaigns::state.eq("draft"))
        .filter(campaigns::view_id.is_not_null())
        .order(campaigns::id)
        .select(campaigns::id)
        .limit(20)
        .load(conn)?;
    Ok(Some((id, last.unwrap_or(0) / 2, drafts)))
}

/// Pages of campaigns.
pub(super) fn campaigns(conn: &mut Conn) -> QueryResult<Vec<Paths>> {
    let Some((id, deep, drafts)) = mailings(conn)? else {
        return Ok(Vec::new());
    };
    let of = |after: i64| -> Vec<String> {
        let path = |state| format!("/campaigns/{id}/recipients?state={state}&after={after}");
        STATES.iter().map(path).collect()
    };
    let step = |name: &str| -> Vec<String> {
        let path = |draft| format!("/campaigns/{draft}/{name}");
        drafts.iter().map(path).collect()
    };
    let lists = [
        "/campaigns",
        "/campaigns?state=sent",
        "/campaigns?state=sending",
        "/campaigns?q=news",
    ];
    let mut kinds = vec![
        (
            "campaigns",
            "list of campaigns",
            lists.map(str::to_owned).to_vec(),
        ),
        (
            "campaign",
            "results of a campaign",
            vec![format!("/campaigns/{id}")],
        ),
        ("recipients", "recipients by state", of(0)),
        ("recipients_deep", "deep in the recipients", of(deep)),
    ];
    if !drafts.is_empty() {
        kinds.push(("audience", "audience, counted", step("audience")));
        kinds.push(("review", "review of a campaign", step("review")));
    }
    Ok(kinds)
}

/// The list in every order, narrowed in every way.
fn lists(owner: i64, stage: i64, deep: &str) -> Vec<String> {
    vec![
        "/deals?view=list".to_owned(),
        "/deals?view=list&sort=amount".to_owned(),
        "/deals?view=list&state=lost&sort=created".to_owned(),
        format!("/deals?view=list&owner={owner}"),
        format!("/deals?view=list&owner={owner}&state=won&sort=amount"),
        format!("/deals?view=list&stage={stage}&sort=amount"),
        format!("/deals?view=list&stage={stage}&owner={owner}"),
        format!("/deals?view=list&state=won&sort=amount{deep}"),
    ]
}

fn searches() -> Vec<String> {
    ["renewal", "pilot 42", "fleet"]
        .map(|words| format!("/deals?q={}", words.replace(' ', "+")))
        .to_vec()
}
