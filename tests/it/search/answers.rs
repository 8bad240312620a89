//! What is typed, and whom it finds.

use actix_web::http::Method;
use serde_json::json;

use super::{ALL, contact, found, people, program};
use crate::support::TestApp;

#[actix_web::test]
async fn words_parts_digits_and_slips_find_whom_one_means() {
    let app = TestApp::new().await;
    let ada = program(&app, ALL).await;
    people(&ada).await;
    for (typed, who) in [
        ("munoz", "contact José Muñoz"),
        ("MUÑ jos", "contact José Muñoz"),
        ("j.munoz@acme.example", "contact José Muñoz"),
        ("cme", "company Acme S.A."),
        ("ordfjo", "company Nordfjord Robotics"),
        ("saether", "contact Ingrid Sæther Løvås"),
        ("lovas", "contact Ingrid Sæther Løvås"),
        ("0171 234", "contact Ingrid Sæther Løvås"),
        ("0171", "contact Ingrid Sæther Løvås"),
        ("+49 171", "contact Ingrid Sæther Løvås"),
        ("+49 (0)171 / 234 56 78", "contact Ingrid Sæther Løvås"),
        ("0049171", "contact Ingrid Sæther Løvås"),
        ("@nordfjord.example", "contact Ingrid Sæther Løvås"),
        ("ingird", "contact Ingrid Sæther Løvås"),
        ("nordfjrod", "company Nordfjord Robotics"),
        ("juergen gross", "contact Jürgen Groß"),
        ("jurgen", "contact Jürgen Groß"),
        ("groß", "contact Jürgen Groß"),
        ("田中", "contact 田中美咲"),
        ("美咲", "contact 田中美咲"),
        ("lukasz obrien", "contact Łukasz O'Brien"),
        ("o’brien", "contact Łukasz O'Brien"),
        ("احمد", "contact أحمد الفاروق"),
    ] {
        let hits = found(&ada, typed).await;
        assert!(hits.iter().any(|hit| hit == who), "{typed}: {hits:?}");
        assert!(hits.len() <= 3, "{typed} finds too much: {hits:?}");
    }
    assert!(found(&ada, "zzyzx").await.is_empty());
}

#[actix_web::test]
async fn who_is_called_so_comes_first_then_who_was_seen_last() {
    let app = TestApp::new().await;
    let ada = program(&app, ALL).await;
    let names = ["Annabel Lee", "Bo Ann", "Ann", "Carl Annen", "Ann Zu"];
    for name in names {
        contact(&ada, json!({ "name": name })).await;
    }
    let sales = json!({ "name": "Dora", "email": "ann@dora.example" });
    contact(&ada, sales).await;
    assert_eq!(
        found(&ada, "ann").await,
        [
            "contact Ann",
            "contact Ann Zu",
            "contact Bo Ann",
            "contact Carl Annen",
            "contact Annabel Lee",
            "contact Dora"
        ]
    );
}

#[actix_web::test]
async fn a_word_that_everybody_shares_is_answered_by_a_few_of_them() {
    let app = TestApp::new().await;
    let ada = program(&app, ALL).await;
    for n in 0..60 {
        let body = json!({ "name": format!("Person {n}"), "email": format!("p{n}@many.example") });
        contact(&ada, body).await;
    }
    let answer = ada
        .get("/api/v1/search?q=example&limit=5")
        .await
        .is(200)
        .json();
    assert_eq!(answer["hits"].as_array().expect("hits").len(), 5);
    assert_eq!(answer["more"], json!(["contact"]));
    let one = found(&ada, "p7 example").await;
    assert_eq!(one, ["contact Person 7"]);
}

#[actix_web::test]
async fn what_nobody_would_type_harms_nothing() {
    let app = TestApp::new().await;
    let program = program(&app, ALL).await;
    people(&program).await;
    let long = "x".repeat(5_000);
    let words = "ab ".repeat(700);
    for typed in [
        "\"",
        "*",
        "\"\"*",
        "AND",
        "NEAR(",
        "a OR",
        "NOT munoz",
        "^munoz",
        "munoz:*",
        "-",
        "()",
        "'; DROP TABLE contacts --",
        "\0",
        "mun\0oz",
        "🎉",
        "\u{202e}zonum",
        "ال",
        "%",
        "_",
        "\\",
        "{a b}",
        "words:munoz",
        "+",
        "#",
        "0",
        "00000",
        &long,
        &words,
        "99999999999999999999999999",
    ] {
        let query = serde_urlencoded::to_string([("q", typed)]).expect("a query");
        for path in ["/search", "/search/hits"] {
            let ada = app.admin().await;
            ada.get(&format!("{path}?{query}")).await.is(200);
        }
        let answer = program.get(&format!("/api/v1/search?{query}")).await;
        assert!(
            matches!(answer.status.as_u16(), 200 | 422 | 400),
            "{typed}: {}",
            answer.status
        );
    }
    assert_eq!(
        found(&program, "munoz").await.first().map(String::as_str),
        Some("contact José Muñoz")
    );
}

#[actix_web::test]
async fn who_is_renamed_is_found_by_the_new_name_only() {
    let app = TestApp::new().await;
    let ada = program(&app, ALL).await;
    let id = contact(&ada, json!({ "name": "Bo Li" })).await;
    for name in ["Nora Quist", "Una Zell"] {
        let body = json!({ "name": name });
        let path = format!("/api/v1/contacts/{id}");
        ada.json(Method::PATCH, &path, &body).await.is(200);
        let word = name.split(' ').next_back().expect("a word");
        assert_eq!(found(&ada, word).await, [format!("contact {name}")]);
    }
    assert!(found(&ada, "Quist").await.is_empty());
    assert!(found(&ada, "bo li").await.is_empty());
}
