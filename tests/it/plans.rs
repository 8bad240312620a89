//! Every question a page asks walks an index: no list may read a whole table to find its rows, or sort one to order
//! them. The statements are overheard while pages are opened, and SQLite is asked how it would answer each.
//! (PostgreSQL plans by the size of tables, which are empty here; there `bench pages` is the judge.)

use std::collections::BTreeSet;
use std::sync::RwLock;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use serde_json::json;

use crate::events::Site;

/// Tables that grow with the business. The others (users, tags, sources, stages) are a handful of rows; jobs that are
/// done are removed.
const GROWING: &[&str] = &[
    "activities",
    "audit_entries",
    "companies",
    "company_domains",
    "company_people",
    "company_tags",
    "consent_entries",
    "consents",
    "contact_tags",
    "contacts",
    "deal_contacts",
    "deals",
    "duplicates",
    "event_days",
    "event_keys",
    "events",
    "identities",
    "inbound_mails",
    "inbox",
    "merge_moves",
    "merges",
    "quarantine",
    "message_refs",
    "recipients",
    "search_pieces",
    "sessions",
    "stage_changes",
    "suppressions",
    "ticket_changes",
    "ticket_files",
    "ticket_messages",
    "ticket_tags",
    "tickets",
    "timeline_entries",
    "trait_values",
    "traits",
];

/// Pages of a workspace with people and behaviour in it.
const PAGES: &[&str] = &[
    "/",
    "/contacts",
    "/contacts?view=mine&sort=name",
    "/contacts?view=customers&sort=created",
    "/contacts?view=visitors",
    "/contacts?view=visitors&sort=created",
    "/contacts?view=everyone",
    "/contacts?owner=none",
    "/contacts?owner=1&sort=name",
    "/contacts?owner=1&sort=created",
    "/contacts?stage=lead",
    "/contacts?stage=lead&owner=none",
    "/contacts?stage=lead&sort=name",
    "/contacts?source=2",
    "/contacts?tag=1",
    "/contacts?sort=name",
    "/contacts?sort=created",
    "/contacts?q=ingrid",
    "/contacts?did=%2Fpricing",
    "/search",
    "/search?q=ingrid",
    "/search?q=nordfjrod",
    "/search/hits?q=0171+234",
    "/search/palette",
    "/contacts/1",
    "/contacts/1?show=visits",
    "/contacts/1?show=notes",
    "/contacts/1/edit",
    "/contacts/trash",
    "/contacts/duplicates",
    "/contacts/duplicates?kind=company",
    "/contacts/like?name=ingrid&company=nordfjord",
    "/companies",
    "/companies?sort=name",
    "/companies?owner=1",
    "/companies?stage=lead",
    "/companies?q=nord",
    "/companies/1",
    "/companies/trash",
    "/deals",
    "/deals?owner=me",
    "/deals?owner=none",
    "/deals?q=fjord",
    "/deals/lane/1",
    "/deals/lane/1?owner=1",
    "/deals?view=list",
    "/deals?view=list&sort=amount",
    "/deals?view=list&sort=created&state=won",
    "/deals?view=list&owner=1",
    "/deals?view=list&owner=1&sort=amount",
    "/deals?view=list&owner=none&sort=created",
    "/deals?view=list&stage=1",
    "/deals?view=list&stage=1&sort=amount",
    "/deals?view=list&stage=1&sort=created",
    "/deals?view=list&stage=1&owner=1",
    "/deals?view=list&stage=1&owner=1&sort=amount",
    "/deals?view=list&stage=1&owner=none&sort=created",
    "/deals?view=list&q=fjord",
    "/deals/1",
    "/deals/1?show=notes",
    "/deals/new?contact=1",
    "/deals/people?q=ingrid",
    "/deals/trash",
    "/tasks",
    "/tasks?show=done",
    "/tasks?who=all",
    "/tasks?who=all&show=done",
    "/settings/pipeline",
    "/tickets",
    "/tickets?view=mine",
    "/tickets?view=unassigned&status=solved",
    "/tickets?mailbox=1",
    "/tickets?q=valve",
    "/tickets/1",
    "/tickets/quarantine",
    "/tickets/quarantine?state=aside",
    "/contacts/1/consents",
    "/campaigns",
    "/campaigns?q=news",
    "/campaigns?state=sending",
    "/campaigns/1/audience",
    "/campaigns/1/content",
    "/campaigns/1/recipients",
    "/campaigns/1/recipients?state=failed",
    "/campaigns/1/recipients?state=opened",
    "/settings/suppressed",
    "/settings/tags",
    "/settings/sources",
    "/settings/sources/2",
    "/settings/quarantine",
    "/settings/jobs",
    "/settings/audit",
    "/settings/people",
    "/settings/account",
];

#[actix_web::test]
async fn every_question_of_a_page_walks_an_index() {
    set_default_instrumentation(listen).expect("a listener");
    let site = Site::new().await;
    if !site.app.house.db.url().is_sqlite() {
        println!("skipped: plans are asked of SQLite");
        return;
    }
    let ada = site.app.admin().await;
    let ingrid = json!([
        { "type": "identify", "userId": "u1", "anonymousId": "a1", "traits": { "name": "Ingrid Sæther" } },
        { "type": "page", "userId": "u1", "anonymousId": "a1", "properties": { "path": "/pricing" } },
        { "type": "group", "userId": "u1", "groupId": "g1", "traits": { "name": "Nordfjord" } },
        { "type": "track" },
    ]);
    site.send(ingrid).await;
    ada.post("/contacts/1/tags", &[("tag", "boat")]).await;
    ada.post("/contacts/1/notes", &[("body", "Called.")]).await;
    let deal = [
        ("title", "Fjord monitoring"),
        ("owner", "1"),
        ("company", "Nordfjord"),
        ("contact", "Ingrid Sæther"),
    ];
    ada.post("/deals", &deal).await.leads_to("/deals/1");
    ada.post("/tasks", &[("body", "Call"), ("deal", "1")]).await;
    let mailbox = [
        ("address", "support@tidewater.example"),
        ("name", "Support"),
    ];
    ada.post("/settings/mailboxes", &mailbox).await.is(303);
    let ticket = [
        ("contact", "1"),
        ("subject", "Valve"),
        ("text", "It leaks."),
        ("mailbox", "1"),
    ];
    ada.post("/tickets", &ticket).await;
    ada.post("/settings/topics", &[("name", "News")]).await;
    ada.post("/campaigns", &[("name", "Spring")]).await;

    WATCHED.write().expect("a lock").insert(file_of(&site));
    for page in PAGES {
        ada.get(page).await.is(200);
    }
    WATCHED.write().expect("a lock").remove(&file_of(&site));

    let heard: BTreeSet<String> = HEARD.read().expect("a lock").clone();
    assert!(
        heard.len() > 60,
        "only {} questions were heard",
        heard.len()
    );
    let bad = site
        .app
        .read(move |conn| {
            let mut bad = Vec::new();
            for question in heard {
                let plan: Vec<Step> =
                    diesel::sql_query(format!("EXPLAIN QUERY PLAN {question}")).load(conn)?;
                let wrong = plan.iter().filter_map(|step| step.wrong(&question));
                bad.extend(wrong.map(|why| format!("{why}\n    {question}")));
            }
            Ok::<_, diesel::result::Error>(bad)
        })
        .await;
    assert!(
        bad.is_empty(),
        "{} questions:\n{}",
        bad.len(),
        bad.join("\n")
    );
}

/// A step of a plan.
#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

impl Step {
    fn wrong(&self, question: &str) -> Option<String> {
        let reads = self.detail.strip_prefix("SCAN ").is_some_and(|rest| {
            let (table, how) = rest.split_once(' ').unwrap_or((rest, ""));
            let is_bounded = how.starts_with("USING") && question.contains(" LIMIT ");
            // A list of nothing asks for nothing.
            is_growing(table, question) && !is_bounded && !question.contains("(1=0)")
        });
        reads.then(|| self.detail.clone())
    }
}

/// A plan names a table as the question does: by its name or by what it calls it there.
fn is_growing(name: &str, question: &str) -> bool {
    GROWING.iter().any(|table| {
        *table == name
            || question.contains(&format!("{table} {name} "))
            || question.contains(&format!("{table} AS {name} "))
    })
}

static WATCHED: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());
static HEARD: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

fn file_of(site: &Site) -> String {
    let file = site.app.folder().join("rapport.db");
    file.display().to_string()
}

/// One connection's ears; it learns at its first event which file it is on.
#[derive(Default)]
struct Ears(String);

impl Instrumentation for Ears {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                url.clone_into(&mut self.0);
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let is_watched = WATCHED.read().expect("a lock").contains(&self.0);
                let question = is_watched.then(|| query.to_string());
                let question = question
                    .as_deref()
                    .and_then(|text| text.split(" -- binds").next());
                if let Some(question) = question.filter(|text| text.starts_with("SELECT")) {
                    HEARD.write().expect("a lock").insert(question.to_owned());
                }
            }
            _ => {}
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "diesel asks for it so")]
fn listen() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(Ears::default()))
}
