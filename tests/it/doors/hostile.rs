//! What others write is never markup, wherever it comes in: by form, mail, event or address.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::json;

use crate::events::Site;
use crate::support::Agent;

const EVIL: &str = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'{{7*7}}";

/// Pages of one shape that are looked at.
const ENOUGH: usize = 3;

#[actix_web::test]
async fn what_others_write_is_markup_nowhere() {
    let site = Site::new().await;
    let ada = site.app.admin().await;
    people_write(&ada).await;
    machines_send(&site).await;

    let mut waiting: VecDeque<String> = [
        "/",
        "/contacts",
        "/contacts/1",
        "/companies/1",
        "/deals/1",
        "/tickets/1",
    ]
    .map(str::to_owned)
    .into();
    let mut known: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
    let mut looked = 0;
    while let Some(path) = waiting.pop_front() {
        let answer = ada.get(&path).await;
        assert!(answer.status.as_u16() < 500, "{path} {}", answer.status);
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        looked += 1;
        let body = answer.body();
        for sign in ["<img src=x", "<script>alert", "\"><img"] {
            assert!(!body.contains(sign), "{path} shows {sign}");
        }
        for href in body.split("href=\"/").skip(1) {
            let href = href.split('"').next().unwrap_or_default();
            let next = format!("/{}", href.replace("&amp;", "&"));
            let next = next.split('#').next().unwrap_or_default().to_owned();
            let seen = shapes.entry(shape(&next)).or_default();
            let is_left_out = next.starts_with("/static/") || next.ends_with("/live");
            if *seen < ENOUGH && !is_left_out && known.insert(next.clone()) {
                *seen += 1;
                waiting.push_back(next);
            }
        }
    }
    assert!(looked > 100, "only {looked} pages");
}

/// `/contacts/7?q=x` is `/contacts/# q`.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_hexdigit());
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if is_number(&part) { "#" } else { part })
        .collect();
    let keys: Vec<&str> = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .collect();
    format!("{} {}", parts.join("/"), keys.join(" "))
}

/// What people type, and where.
const FORMS: &[(&str, &[(&str, &str)])] = &[
    ("/settings/workspace", &[("name", EVIL), ("country", "NO")]),
    (
        "/settings/account",
        &[
            ("name", EVIL),
            ("language", "en"),
            ("time_zone", "UTC"),
            ("theme", "system"),
        ],
    ),
    (
        "/contacts",
        &[
            ("name", EVIL),
            ("email", "evil@evil.example"),
            ("job_title", EVIL),
            ("city", EVIL),
        ],
    ),
    ("/contacts/1/tags", &[("tag", EVIL)]),
    ("/contacts/1/notes", &[("body", EVIL)]),
    ("/contacts/views", &[("name", EVIL), ("query", "tag=1")]),
    (
        "/companies",
        &[
            ("name", EVIL),
            ("industry", EVIL),
            ("website", "javascript:alert(1)"),
        ],
    ),
    ("/companies/1/tags", &[("tag", EVIL)]),
    ("/companies/1/notes", &[("body", EVIL)]),
    (
        "/settings/pipeline",
        &[("name", EVIL), ("kind", "open"), ("probability", "5")],
    ),
    (
        "/deals",
        &[
            ("title", EVIL),
            ("amount", "5"),
            ("contact", EVIL),
            ("company", EVIL),
        ],
    ),
    ("/tasks", &[("body", EVIL), ("deal", "1")]),
    (
        "/settings/mailboxes",
        &[
            ("address", "help@tidewater.example"),
            ("name", EVIL),
            ("sender_name", EVIL),
            ("signature", EVIL),
        ],
    ),
    ("/settings/topics", &[("name", EVIL), ("description", EVIL)]),
    (
        "/settings/keys",
        &[("name", EVIL), ("scopes", "contacts:read")],
    ),
    (
        "/settings/suppressed",
        &[("email", "no@evil.example"), ("note", EVIL)],
    ),
    ("/campaigns", &[("name", EVIL)]),
    (
        "/campaigns/1/content",
        &[
            ("from_name", EVIL),
            ("from_email", "news@tidewater.example"),
            ("subject", EVIL),
            ("preheader", EVIL),
            ("format", "html"),
            ("body", EVIL),
        ],
    ),
];

async fn people_write(ada: &Agent) {
    for (path, form) in FORMS {
        let answer = ada.post(path, form).await;
        assert!(answer.status.as_u16() < 500, "{path} {}", answer.status);
    }
}

async fn machines_send(site: &Site) {
    site.send(json!([
        { "type": "identify", "userId": EVIL, "anonymousId": EVIL, "traits": { "name": EVIL, "email": "other@evil.example", EVIL: EVIL, "plan": EVIL },
          "context": { "userAgent": EVIL, "locale": EVIL, "timezone": EVIL } },
        { "type": "page", "anonymousId": EVIL, "name": EVIL,
          "properties": { "title": EVIL, "path": EVIL, "url": format!("https://x.example/{EVIL}"), "referrer": format!("javascript:{EVIL}") },
          "context": { "campaign": { "source": EVIL, "medium": EVIL, "name": EVIL } } },
        { "type": "track", "userId": EVIL, "event": EVIL, "properties": { EVIL: EVIL } },
        { "type": "group", "userId": EVIL, "groupId": EVIL, "traits": { "name": EVIL, "website": EVIL, EVIL: EVIL } },
        { "type": EVIL, "userId": EVIL },
    ]))
    .await;
    let server = site.app.browser();
    let key = site.app.key("mail:in").await;
    server.sends("authorization", &format!("Bearer {key}"));
    let mail = format!(
        "From: \"{}\" <mail@evil.example>\r\nTo: help@tidewater.example\r\nSubject: {EVIL}\r\nMessage-ID: <1@evil.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=seam\r\n\r\n\
         --seam\r\nContent-Type: text/html\r\n\r\n<p>Hello {EVIL}<a href=\"javascript:alert(1)\">x</a><style>@import 'x'</style></p>\r\n\
         --seam\r\nContent-Type: image/svg+xml; name=\"e.svg\"\r\nContent-Disposition: attachment; filename=\"<img src=x>.svg\"\r\n\r\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>\r\n--seam--\r\n",
        EVIL.replace('"', "\\\"")
    );
    server
        .post_body("/api/v1/mail-in", "message/rfc822", mail)
        .await
        .is(202);
    site.app.work().await;
    let ada = site.app.browser();
    ada.sign_in("ada@rapport.example", crate::support::PASSWORD)
        .await;
    // An SVG is a program: it is saved, never shown.
    let drawing = ada.get("/tickets/1/files/1").await.is(200);
    assert_eq!(drawing.header("content-type"), "application/octet-stream");
    assert!(
        drawing
            .header("content-disposition")
            .starts_with("attachment")
    );
    assert!(
        drawing
            .header("content-security-policy")
            .contains("sandbox")
    );
}
