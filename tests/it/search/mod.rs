//! Stories of the search: what finds whom, who is shown what, what was opened lately.

mod answers;
mod filling;
mod recent;
mod shown;

use serde_json::{Value, json};

use actix_web::http::Method;

use crate::support::{Agent, TestApp};

/// Every scope that reads records.
const ALL: &str = "contacts:read contacts:write deals:read tickets:read campaigns:read";

/// A program with these scopes.
async fn program(app: &TestApp, scopes: &str) -> Agent {
    let key = app.key(scopes).await;
    let program = app.browser();
    program.sends("authorization", &format!("Bearer {key}"));
    program
}

/// Makes a contact; its id.
async fn contact(program: &Agent, body: Value) -> i64 {
    let made = program.json(Method::POST, "/api/v1/contacts", &body).await;
    made.is(201).json()["id"].as_i64().expect("an id")
}

/// What is found, as `kind label`, in order.
async fn found(program: &Agent, typed: &str) -> Vec<String> {
    let query = serde_urlencoded::to_string([("q", typed)]).expect("a query");
    let answer = program.get(&format!("/api/v1/search?{query}")).await;
    let answer = answer.is(200).json();
    let hits = answer["hits"].as_array().expect("hits").iter();
    hits.map(|hit| {
        format!(
            "{} {}",
            hit["kind"].as_str().expect("a kind"),
            hit["label"].as_str().expect("a label")
        )
    })
    .collect()
}

/// José of Acme, Ingrid of Nordfjord, and a few others.
async fn people(program: &Agent) {
    for body in [
        json!({ "name": "José Muñoz", "email": "j.munoz@acme.example", "company": "Acme S.A.", "job_title": "Buyer" }),
        json!({ "name": "Ingrid Sæther Løvås", "email": "ingrid@nordfjord.example", "phone": "+49 171 2345678", "company": "Nordfjord Robotics" }),
        json!({ "name": "Jürgen Groß", "email": "groß.tester@post.example" }),
        json!({ "name": "田中美咲", "email": "tanaka@kaiyo.example" }),
        json!({ "name": "Łukasz O'Brien", "email": "lob@post.example" }),
        json!({ "name": "أحمد الفاروق", "email": "ahmad@post.example" }),
    ] {
        contact(program, body).await;
    }
}
