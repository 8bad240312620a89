//! Stories of mailings.

mod api;
mod content;
mod dying;
mod merged;
mod sending;
mod tracking;
mod writing;

use rapport::base::ids::{CampaignId, ContactId, TopicId};
use rapport::campaigns::sender;

use crate::support::{Agent, TestApp};

/// A contact who is a customer, made through the form.
async fn customer(agent: &Agent, name: &str, email: &str) -> ContactId {
    // Some stories have several of one name.
    let fields = [
        ("name", name),
        ("email", email),
        ("stage", "customer"),
        ("anyway", "true"),
    ];
    let answer = agent.post("/contacts", &fields).await.is(303);
    id_in(answer.location())
}

fn id_in(place: &str) -> ContactId {
    let id = place.rsplit('/').next().expect("an id");
    id.parse().unwrap_or_else(|_| panic!("{place}"))
}

/// The topic "Product news".
async fn topic(agent: &Agent) -> TopicId {
    agent
        .post("/settings/topics", &[("name", "Product news")])
        .await
        .is(303);
    let body = agent.get("/settings/topics").await.is(200).body();
    let id = between(&body, "href=\"/settings/topics/", "\"");
    match id.as_str() {
        "new" => {
            let rest = body.split("href=\"/settings/topics/new").last();
            TopicId(
                between(rest.unwrap_or_default(), "href=\"/settings/topics/", "\"")
                    .parse()
                    .expect("an id"),
            )
        }
        id => TopicId(id.parse().expect("an id")),
    }
}

async fn allows(agent: &Agent, contact: ContactId, topic: TopicId) {
    let form = [
        ("topic", &*topic.to_string()),
        ("state", "given"),
        ("wording", "Said so"),
    ];
    let path = format!("/contacts/{contact}/consents");
    agent.post(&path, &form).await.is(303);
}

/// The filter of all customers, saved.
async fn customers(agent: &Agent) {
    let form = [("name", "Customers"), ("query", "view=customers")];
    agent.post("/contacts/views", &form).await.is(303);
}

/// What most stories begin with: a campaign to Grace, a customer who allowed its topic.
struct Mailing {
    app: TestApp,
    ada: Agent,
    topic: TopicId,
    grace: ContactId,
    id: CampaignId,
}

impl Mailing {
    /// Written and given its audience.
    async fn drafted() -> Self {
        let app = TestApp::new().await;
        let ada = app.admin().await;
        let topic = topic(&ada).await;
        customers(&ada).await;
        let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
        allows(&ada, grace, topic).await;
        let id = draft(&ada, topic, BODY).await;
        Self {
            app,
            ada,
            topic,
            grace,
            id,
        }
    }

    /// Launched and sent.
    async fn sent() -> Self {
        let mailing = Self::drafted().await;
        mailing
            .ada
            .post(&format!("/campaigns/{}/launch", mailing.id), &[])
            .await
            .is(303);
        send(&mailing.app).await;
        mailing
    }
}

const BODY: &str = "<html><body><p>Hello {{ contact.first_name | fallback(\"there\") }}, <a href=\"https://shop.example/new?a=1&amp;b=2\">look</a>.</p>\
    <p><a href=\"{{ unsubscribe_url }}\">Out</a> <a href=\"{{ preferences_url }}\">Choose</a></p></body></html>";

/// A draft that goes to the customers about the topic.
async fn draft(agent: &Agent, topic: TopicId, body: &str) -> CampaignId {
    let answer = agent
        .post("/campaigns", &[("name", "Spring news")])
        .await
        .is(303);
    let id = between(answer.location(), "/campaigns/", "/");
    write(agent, &id, "1", body).await.is(303);
    let form = [("view", "1"), ("topic", &*topic.to_string())];
    agent
        .post(&format!("/campaigns/{id}/audience"), &form)
        .await
        .is(303);
    CampaignId(id.parse().expect("an id"))
}

async fn write(agent: &Agent, id: &str, seen: &str, body: &str) -> crate::support::Answer {
    let form = [
        ("name", "Spring news"),
        ("subject", "News for {{ contact.name | fallback('you') }}"),
        ("preheader", "What is new"),
        ("from_name", "Ada at Rapport"),
        ("from_email", "news@rapport.example"),
        ("format", "html"),
        ("body", body),
        ("seen", seen),
    ];
    agent.post(&format!("/campaigns/{id}/content"), &form).await
}

/// As if it had been delivered a minute ago: nobody reads a mail within a second.
async fn a_minute_later(app: &TestApp) {
    use diesel::prelude::*;
    use rapport::db::schema::recipients;
    app.write(|conn| {
        diesel::update(recipients::table)
            .set(recipients::sent_at.eq(recipients::sent_at - 60_000_000))
            .execute(conn)
    })
    .await;
}

/// Somebody who reads mail with a browser.
fn reader(app: &TestApp) -> Agent {
    let agent = app.browser();
    agent.sends(
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    );
    agent
}

/// Lets the sender do whatever is due.
async fn send(app: &TestApp) {
    sender::drain(&app.house.sending()).await;
}

/// What stands between two marks, the first time.
fn between(text: &str, from: &str, to: &str) -> String {
    text.split_once(from)
        .and_then(|(_, rest)| rest.split_once(to))
        .map_or_else(
            || panic!("nothing between {from} and {to} in {text}"),
            |(inside, _)| inside.to_owned(),
        )
}

/// Its HTML part.
fn html_of(mail: &str) -> String {
    mail.split("text/html").nth(1).expect("HTML").to_owned()
}

/// The text of a mail as a reader sees it: quoted-printable undone.
fn readable(mime: &str) -> String {
    let joined = mime.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| *first == b'=')
            .and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
