//! What stands in the database, for comparing, and what must hold of it at any time.

use std::collections::BTreeMap;

use diesel::prelude::*;
use rapport::db::Conn;
use rapport::db::dialect::{catalog, rows};
use serde_json::Value;

use crate::support::TestApp;

/// Tables that a merge and its undoing write into and leave so: the journal, the audit, what must not be merged again.
const BOOKS: &[&str] = &[
    "merges",
    "merge_moves",
    "no_merges",
    "duplicates",
    "audit_entries",
    "jobs",
    "search_pieces",
    "search_words",
];

/// Every other row of the database, table by table, without when it was last changed and without what tells of merges.
pub async fn snapshot(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    app.read(|conn| {
        let mut all = BTreeMap::new();
        for table in catalog::tables(conn)? {
            if BOOKS.contains(&table.name.as_str()) {
                continue;
            }
            let names = table.names();
            let kind = (table.name == "timeline_entries").then(|| {
                names
                    .iter()
                    .position(|name| name == "kind")
                    .expect("a kind")
            });
            let mut lines = Vec::new();
            rows::read(conn, &table, |chunk| {
                let found: Vec<Vec<Value>> = serde_json::from_str(&chunk.json).expect("JSON");
                for row in found {
                    let tells = kind
                        .is_some_and(|at| matches!(row[at].as_str(), Some("merged" | "unmerged")));
                    if !tells {
                        lines.push(line(&names, row));
                    }
                }
                Ok::<_, diesel::result::Error>(())
            })?;
            lines.sort();
            all.insert(table.name.clone(), lines);
        }
        Ok::<_, diesel::result::Error>(all)
    })
    .await
}

fn line(names: &[String], row: Vec<Value>) -> String {
    let cells = names.iter().zip(row);
    let cells = cells.filter(|(name, _)| *name != "updated_at");
    let cells: Vec<String> = cells.map(|(name, cell)| format!("{name}={cell}")).collect();
    cells.join(" ")
}

/// Fails where two states differ, and says in which rows.
#[track_caller]
pub fn same(
    before: &BTreeMap<String, Vec<String>>,
    after: &BTreeMap<String, Vec<String>>,
    when: &str,
) {
    for (table, rows) in before {
        let now = &after[table];
        let gone: Vec<_> = rows.iter().filter(|row| !now.contains(row)).collect();
        let new: Vec<_> = now.iter().filter(|row| !rows.contains(row)).collect();
        assert!(
            gone.is_empty() && new.is_empty(),
            "{when}: {table}\nwas  {gone:#?}\nis   {new:#?}"
        );
    }
}

/// Tables with rows of contacts, and the column that says whose.
const OF_CONTACTS: &[&str] = &[
    "identities",
    "company_people",
    "contact_tags",
    "traits",
    "activities",
    "timeline_entries",
    "deal_contacts",
    "tickets",
    "ticket_messages",
    "consents",
    "consent_entries",
    "recipients",
];

/// What holds of any state: a question that finds nothing, and what it would mean.
const NEVER: &[(&str, &str)] = &[
    (
        "SELECT COUNT(*) AS n FROM contacts c WHERE c.email IS NOT NULL AND c.deleted_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM identities i WHERE i.contact_id = c.id AND i.namespace = 'email' AND i.value = c.email AND i.is_primary)",
        "an address that is shown is the primary one of its contact",
    ),
    (
        "SELECT COUNT(*) AS n FROM (SELECT contact_id FROM identities WHERE is_primary GROUP BY contact_id, namespace HAVING COUNT(*) > 1) x",
        "one primary of each kind",
    ),
    (
        "SELECT COUNT(*) AS n FROM contacts c WHERE c.company_id IS NOT NULL AND c.deleted_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM company_people p WHERE p.contact_id = c.id AND p.company_id = c.company_id AND p.is_primary)",
        "the main company is linked, and marked",
    ),
    (
        "SELECT COUNT(*) AS n FROM traits t WHERE NOT EXISTS \
         (SELECT 1 FROM identities i WHERE i.id = t.identity_id AND i.contact_id = t.contact_id)",
        "a shown value hangs on an identity of its contact",
    ),
    (
        "SELECT COUNT(*) AS n FROM contacts c WHERE c.merged_into IS NOT NULL AND (SELECT COUNT(*) FROM merges m \
         WHERE m.kind = 'contact' AND m.loser_id = c.id AND m.winner_id = c.merged_into AND m.undone_at IS NULL) <> 1",
        "whoever lives on in another does so by one merge",
    ),
    (
        "SELECT COUNT(*) AS n FROM merges m JOIN contacts c ON c.id = m.loser_id \
         WHERE m.kind = 'contact' AND m.undone_at IS NULL AND c.merged_into IS NULL",
        "a merge that holds has a loser that is merged",
    ),
    (
        "SELECT COUNT(*) AS n FROM contacts c WHERE c.is_known AND c.deleted_at IS NULL AND c.name = '' AND c.email IS NULL \
         AND c.phone IS NULL AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.contact_id = c.id AND i.namespace IN ('user_id', 'email', 'phone'))",
        "who is known is known by something",
    ),
    (
        "SELECT COUNT(*) AS n FROM identities i WHERE i.event_count <> (SELECT COUNT(*) FROM events e WHERE e.identity_id = i.id)",
        "identities count their events",
    ),
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// Fails where the state is not one that may be.
pub async fn holds(app: &TestApp, when: &str) {
    let when = when.to_owned();
    app.read(move |conn| {
        for table in OF_CONTACTS {
            let orphans = format!(
                "SELECT COUNT(*) AS n FROM {table} t WHERE t.contact_id IS NOT NULL AND NOT EXISTS \
                 (SELECT 1 FROM contacts c WHERE c.id = t.contact_id AND c.merged_into IS NULL)"
            );
            assert_eq!(
                count(conn, &orphans)?,
                0,
                "{when}: rows of nobody in {table}"
            );
        }
        for (question, what) in NEVER {
            assert_eq!(count(conn, question)?, 0, "{when}: {what}");
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await;
}

fn count(conn: &mut Conn, question: &str) -> QueryResult<i64> {
    let row: Count = diesel::sql_query(question).get_result(conn)?;
    Ok(row.n)
}
