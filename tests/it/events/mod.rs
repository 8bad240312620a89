//! Stories of events: what an SDK sends, and what stands on the contact afterwards.

mod acts;
mod answers;
mod bad_input;
mod identity;
mod kept;
mod once;
mod order;
mod traits;
mod visits;

use actix_web::http::Method;
use rapport::accounts::audit::By;
use rapport::base::clock;
use rapport::base::ids::SourceId;
use rapport::events::enrich::process_waiting;
use rapport::events::sources::{NewSource, SourceKind, actions};
use serde_json::{Value, json};

use crate::support::{Agent, TestApp};

/// A website that sends events with a key of its own.
pub struct Site {
    pub app: TestApp,
    pub key: String,
    pub source: SourceId,
    pub sdk: Agent,
}

impl Site {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let new = NewSource {
            name: "Website".to_owned(),
            kind: SourceKind::Web,
        };
        let source = app
            .write(move |conn| actions::create(conn, &new, &By::house(), clock::now()))
            .await;
        let sdk = app.browser();
        Self {
            app,
            key: source.write_key,
            source: source.id,
            sdk,
        }
    }

    /// Sends a batch as SDKs do, and lets the worker have it.
    pub async fn send(&self, events: Value) {
        self.post(&json!({ "writeKey": self.key, "batch": events }))
            .await;
        self.settle();
    }

    /// Sends a batch and leaves it in the inbox.
    pub async fn post(&self, body: &Value) {
        self.sdk.json(Method::POST, "/v1/batch", body).await.is(200);
    }

    /// Lets the worker do whatever waits.
    pub fn settle(&self) {
        let worker = self.app.house.enrich();
        std::thread::spawn(move || process_waiting(&worker))
            .join()
            .expect("the worker does not panic")
            .expect("the worker finishes");
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct One {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let sql = format!("SELECT CAST(({sql}) AS BIGINT) AS n");
        let rows: Vec<One> = self
            .app
            .read(move |conn| diesel::sql_query(sql).load::<One>(conn))
            .await;
        rows.first().map(|row| row.n).expect("a row")
    }

    /// One text out of the database; empty for null.
    pub async fn text(&self, sql: &str) -> String {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct One {
            #[diesel(sql_type = diesel::sql_types::Text)]
            t: String,
        }
        let sql = format!("SELECT COALESCE(({sql}), '') AS t");
        let rows: Vec<One> = self
            .app
            .read(move |conn| diesel::sql_query(sql).load::<One>(conn))
            .await;
        rows.into_iter().next().map(|row| row.t).expect("a row")
    }

    /// One column of text.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct One {
            #[diesel(sql_type = diesel::sql_types::Text)]
            t: String,
        }
        let sql = format!(
            "SELECT x.t FROM ({}) x",
            sql.replacen(" FROM ", " AS t FROM ", 1)
        );
        let rows: Vec<One> = self
            .app
            .read(move |conn| diesel::sql_query(sql).load::<One>(conn))
            .await;
        rows.into_iter().map(|row| row.t).collect()
    }

    /// The contact an identifier belongs to; 0 where nobody has it.
    pub async fn contact(&self, namespace: &str, value: &str) -> i64 {
        self.number(&format!(
            "SELECT COALESCE(MAX(contact_id), 0) FROM identities WHERE namespace = '{namespace}' AND value = '{value}'"
        ))
        .await
    }
}
