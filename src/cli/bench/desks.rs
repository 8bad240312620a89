//! Pages of the desks that are read: the board, lists, records.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{deals, stages, users};
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
        .order((deals::sort_amount.desc(), deals::id.desc()))
        .offset(20_000)
        .select((deals::id, deals::sort_amount))
        .first(conn)
        .optional()?;
    let deep = deep.map_or_else(String::new, |(id, key)| {
        let key = key.to_string();
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
