//! Two teams side by side: whatever door somebody of one tries, nothing of the other comes out, and nothing of it changes.

use std::collections::BTreeMap;

use actix_web::http::Method;
use rapport::accounts::Role;
use rapport::accounts::access::Scope;
use rapport::accounts::model::AnyRole;
use rapport::base::ids::UserId;
use serde_json::json;

use super::sides::{figures, furnish, given, narrowed, team, user_id};
use super::{Door, doors};
use crate::support::{Agent, Answer, TestApp, email_of};

/// It stands in every text of the south, and in nothing else.
pub const MARK: &str = "Qzsouthmark";
/// What is searched for: pages may say it back.
const WORDS: &str = "Qzsouthm";

/// The other team's records, by the part of an address that names one.
struct South {
    ids: BTreeMap<&'static str, i64>,
    /// Whoever works there.
    sven: UserId,
}

/// Addresses that name a record, with whose id goes in.
const NAMED: &[(&str, &str)] = &[
    ("/contacts/{id}", "contact"),
    ("/api/v1/contacts/{id}", "contact"),
    ("/companies/{id}", "company"),
    ("/api/v1/companies/{id}", "company"),
    ("/deals/{id}", "deal"),
    ("/api/v1/deals/{id}", "deal"),
    ("/tickets/{id}", "ticket"),
    ("/api/v1/tickets/{id}", "ticket"),
    ("/tasks/{id}", "task"),
    ("/notes/{id}", "note"),
    ("/contacts/merges/{id}", "merge"),
    ("/api/v1/merges/{id}", "merge"),
    ("/contacts/duplicates/{id}", "duplicate"),
];

impl South {
    /// The kind of record that the address is about.
    fn kind(door: &Door) -> Option<&'static str> {
        let is_it = |(before, _): &&(&str, &str)| {
            let rest = door.pattern.strip_prefix(before);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        NAMED.iter().find(is_it).map(|(_, kind)| *kind)
    }

    fn id(&self, kind: &str) -> i64 {
        self.ids.get(kind).copied().unwrap_or(1)
    }

    /// The address with their ids in it.
    fn path(&self, door: &Door) -> String {
        let filled = |part: &str| match part {
            "{id}" => self.id(Self::kind(door).unwrap_or_default()).to_string(),
            "{verb}" => "done".to_owned(),
            "{field}" => "name".to_owned(),
            part => match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
                Some(name) => self.id(name).to_string(),
                None => part.to_owned(),
            },
        };
        let parts: Vec<String> = door.pattern.split('/').map(filled).collect();
        parts.join("/")
    }

    /// What programs say: their ids wherever one may stand.
    fn body(&self, door: &Door) -> serde_json::Value {
        let contact = self.id("contact");
        let pattern = door.pattern.as_str();
        if pattern.ends_with("/merge") {
            json!({ "others": [self.id("other")] })
        } else if pattern.ends_with("/undo") {
            json!({ "goes": [] })
        } else if pattern.ends_with("/messages") {
            json!({ "text": "x" })
        } else if pattern.starts_with("/api/v1/contacts") {
            json!({ "name": "x", "email": "qzsouthmark1@south.example" })
        } else if pattern.starts_with("/api/v1/deals") {
            json!({ "title": "x", "contacts": [{ "id": contact, "role": "" }] })
        } else {
            json!({ "subject": "x", "text": "x", "contact_id": contact })
        }
    }

    /// What forms say besides: their ids wherever one may stand.
    fn form(&self) -> Vec<(&'static str, String)> {
        let [contact, other, company] = ["contact", "other", "company"].map(|k| self.id(k));
        vec![
            ("id", contact.to_string()),
            ("id", other.to_string()),
            ("ids", format!("{contact}.{other}")),
            ("keep", contact.to_string()),
            ("contact", contact.to_string()),
            ("contacts", contact.to_string()),
            ("company", company.to_string()),
            ("companies", company.to_string()),
            ("company_id", company.to_string()),
            ("deal", self.id("deal").to_string()),
            ("to", "1".to_owned()),
            ("act", "delete".to_owned()),
            ("what", "delete".to_owned()),
            ("was", format!(".{contact}.{other}")),
            ("at", "1".to_owned()),
            ("verb", "done".to_owned()),
            ("owner", self.sven.to_string()),
            ("field", "name".to_owned()),
            ("key", "x".to_owned()),
            ("name", "x".to_owned()),
            ("namespace", "email".to_owned()),
            ("tag", "x".to_owned()),
            ("until", "1".to_owned()),
            ("value", "qzsouthmark1@south.example".to_owned()),
        ]
    }
}

async fn tried(agent: &Agent, door: &Door, south: &South) -> Answer {
    let path = south.path(door);
    if door.pattern.ends_with("/live") {
        let opened = agent.open(&path).await;
        return Answer {
            status: opened.status,
            headers: opened.headers,
            bytes: Vec::new(),
        };
    }
    let body = south.body(door);
    match door.method.as_str() {
        "get" => agent.get(&path).await,
        "patch" => agent.json(Method::PATCH, &path, &body).await,
        _ if path.starts_with("/api/") => agent.json(Method::POST, &path, &body).await,
        _ => {
            let form = south.form();
            let query: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let path = format!("{path}?what=delete&was=.{}&ids=1&at=1", south.id("contact"));
            agent.post(&path, &query).await
        }
    }
}

/// Lists with a question that would find the other team, and forms that begin with one of its records.
fn questions(south: &South) -> Vec<String> {
    let id = |kind| south.id(kind);
    let (contact, other, company, deal) = (id("contact"), id("other"), id("company"), id("deal"));
    let sven = south.sven;
    vec![
        format!("/contacts?q={WORDS}"),
        format!("/contacts?owner={sven}"),
        "/contacts?sort=name".to_owned(),
        "/contacts?sort=created".to_owned(),
        "/contacts?view=visitors".to_owned(),
        "/contacts?view=unassigned".to_owned(),
        format!("/companies?q={WORDS}"),
        "/companies?sort=name".to_owned(),
        format!("/companies/suggest?q={WORDS}"),
        format!("/deals?q={WORDS}"),
        format!("/deals?owner={sven}"),
        "/deals?view=list".to_owned(),
        format!("/deals?view=list&q={WORDS}"),
        format!("/deals?view=list&sort=amount&owner={sven}"),
        format!("/deals/people?q={WORDS}"),
        format!("/deals/new?contact={contact}"),
        format!("/deals/new?company={company}"),
        format!("/tasks/new?deal={deal}"),
        format!("/tasks/new?contact={contact}"),
        format!("/tasks?who={sven}"),
        "/tasks?who=everybody".to_owned(),
        "/tasks?who=all".to_owned(),
        format!("/tickets?view=all&q={WORDS}"),
        "/tickets?view=all".to_owned(),
        "/tickets?view=unassigned".to_owned(),
        format!("/tickets/new?contact={contact}"),
        format!("/contacts/merge?id={contact}"),
        format!("/contacts/merge?id={contact}&id={other}"),
        format!("/companies/merge?id={company}"),
        "/contacts/duplicates".to_owned(),
        "/contacts/like?name=Qzsouthm+Person0&email=qzsouthmark0@south.example".to_owned(),
        "/companies/like?name=Qzsouthm+Works&domain=qzsouthmark.example".to_owned(),
        format!("/contacts/like?own=/contacts/{contact}"),
        "/api/v1/contacts?email=qzsouthmark0@south.example".to_owned(),
        format!("/api/v1/deals?contact={contact}"),
        format!("/api/v1/tickets?contact={contact}"),
        format!("/search?q={WORDS}"),
        format!("/search/hits?q={WORDS}"),
        "/search/hits?q=Qzsouhtmark".to_owned(),
        "/search/hits?q=zsouthm".to_owned(),
        "/search/hits?q=qzsouthm+northern".to_owned(),
        "/search/hits?q=northern".to_owned(),
        "/search/palette".to_owned(),
        format!("/api/v1/search?q={WORDS}"),
        "/api/v1/search?q=northern".to_owned(),
        "/".to_owned(),
        format!("/search?q={WORDS}"),
        format!("/search/hits?q={WORDS}"),
        format!("/api/v1/search?q={WORDS}"),
        format!("/api/v1/search?q=%23{}", id("ticket")),
        format!("/search?q={}", id("deal")),
    ]
}

/// Everything that keys can be made for.
const SCOPES: &str = "contacts:read contacts:write deals:read deals:write tickets:read tickets:write campaigns:read \
                      campaigns:write sources:read mail:in";

#[actix_web::test]
async fn nothing_of_another_team_comes_out_of_any_door() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let nora = app.agent("nora", Role::Sales).await;
    app.user("sven", Role::Sales).await;
    let (nora_id, sven) = (user_id(&app, "nora").await, user_id(&app, "sven").await);
    let everybody = team(&app, &ada, "Everybody", "", &[]).await;
    team(&app, &ada, "North", &everybody, &[nora_id]).await;
    team(&app, &ada, "South", &everybody, &[sven]).await;
    let north = furnish(&app, &ada, "Northern", nora_id).await;
    let south = South {
        ids: furnish(&app, &ada, MARK, sven).await,
        sven,
    };
    crossed(&ada, &north, &south).await;

    let before = figures(&app).await;
    let doors = doors();
    assert!(doors.len() > 250, "only {} doors", doors.len());
    let mut leaks = Vec::new();
    let (mut shut, mut seen) = (0, 0);
    for role in Role::ALL {
        for scope in [Scope::Own, Scope::Team] {
            let own = narrowed(&app, *role, scope).await;
            given(&app, nora_id, AnyRole::Own(own)).await;
            let program = app.browser();
            let key = app.key_of(&email_of("nora"), SCOPES).await;
            program.sends("authorization", &format!("Bearer {key}"));
            let whom = format!("{role} {scope}");
            for door in &doors {
                if door.pattern == "/sign-out" || door.pattern.starts_with("/settings/account") {
                    continue;
                }
                let is_api = door.pattern.starts_with("/api/");
                let answer = tried(if is_api { &program } else { &nora }, door, &south).await;
                let status = answer.status.as_u16();
                let said = answer.text();
                let lacks_right = status == 403 && !said.contains("You may see this record");
                if South::kind(door).is_some() {
                    shut += 1;
                    if status != 404 && !lacks_right {
                        leaks.push(format!(
                            "{whom} {door:?} answers {status} {}",
                            answer.location()
                        ));
                    }
                }
                let is_broken = status >= 500 && door.pattern != "/readyz";
                if answer.body().contains(MARK) || answer.location().contains(MARK) || is_broken {
                    leaks.push(format!("{whom} {door:?} {status}: {said}"));
                }
            }
            for path in questions(&south) {
                let agent = if path.starts_with("/api/") {
                    &program
                } else {
                    &nora
                };
                let answer = agent.get(&path).await;
                if answer.body().contains(MARK) || answer.status.as_u16() >= 500 {
                    leaks.push(format!(
                        "{whom} {path} {}: {}",
                        answer.status,
                        answer.text()
                    ));
                }
            }
            for kind in ["contact", "company", "deal", "ticket"] {
                let path = match kind {
                    "company" => format!("/companies/{}", north[kind]),
                    kind => format!("/{kind}s/{}", north[kind]),
                };
                let answer = nora.get(&path).await;
                seen += usize::from(answer.status == 200);
                if answer.body().contains(MARK) {
                    leaks.push(format!("{whom} {path}: {}", answer.text()));
                }
            }
            let after = figures(&app).await;
            if after != before {
                leaks.push(format!("{whom} changed {before:?} to {after:?}"));
                break;
            }
        }
    }
    assert!(
        leaks.is_empty(),
        "{} leaks\n{}",
        leaks.len(),
        leaks.join("\n")
    );
    // Doors of records there are, and their own records they do see.
    assert!(shut > 800 && seen > 30, "{shut} {seen}");
}

/// Records of either side that hang on each other: whoever sees one does not see the other through it.
async fn crossed(ada: &Agent, north: &BTreeMap<&'static str, i64>, south: &South) {
    let (deal, contact) = (north["deal"], north["contact"]);
    ada.post(
        &format!("/deals/{deal}/people"),
        &[("contact", "qzsouthmark1@south.example"), ("role", "Buyer")],
    )
    .await
    .is(303);
    ada.post(
        &format!("/deals/{}/people", south.id("deal")),
        &[("contact", "northern0@south.example"), ("role", "Buyer")],
    )
    .await
    .is(303);
    ada.post(
        &format!("/contacts/{contact}/companies"),
        &[("company", &format!("{MARK} Works")), ("role", "Guest")],
    )
    .await
    .is(303);
}
