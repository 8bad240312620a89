//! What Sade sends: topics people were asked about at sign-up, two mailings with what came back, and one she is writing.

use diesel::prelude::*;

use crate::accounts::audit::By;
use crate::base::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::base::ids::{CampaignId, ContactId, RecipientId, TopicId, UserId};
use crate::base::{Timestamp, token};
use crate::campaigns::actions::{self, Audience, Refusal};
use crate::campaigns::events::{self, Hit};
use crate::campaigns::machines::Sign;
use crate::campaigns::model::{Content, Delivery, Format};
use crate::campaigns::store::claims::{self, Added};
use crate::contacts::views::{self, NewView};
use crate::db::Conn;
use crate::db::dialect::claim;
use crate::db::schema::contacts;
use crate::demo::dice::Dice;
use crate::privacy::actions::{self as privacy, TopicText};
use crate::privacy::model::ConsentSource;
use crate::privacy::{ConsentState, Proof};

/// Where links of the invented mails lead.
const HOME: &str = "https://crm.tidewater.example";
const SITE: &str = "https://tidewater.example";
/// Contacts asked for their consent in one transaction, and letters of one batch.
const AT_ONCE: i64 = 250;

/// What there is to subscribe to.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Topics {
    news: TopicId,
    events: TopicId,
}

/// Makes the topics.
pub(in crate::demo) fn topics(conn: &mut Conn, by: &By, at: Timestamp) -> QueryResult<Topics> {
    let mut topic = |name: &str, description: &str| {
        let typed = TopicText {
            name: name.to_owned(),
            description: description.to_owned(),
        };
        privacy::create_topic(conn, &typed, by, at)
    };
    Ok(Topics {
        news: topic("Product news", "What is new, about once a month")?,
        events: topic("Fairs and webinars", "Where you can meet us")?,
    })
}

/// Writes down what the next contacts above `above` said when they signed up; the last of them, if there were any.
pub(in crate::demo) fn ask(
    conn: &mut Conn,
    topics: Topics,
    above: ContactId,
    always: &[String],
    seed: u64,
) -> QueryResult<Option<ContactId>> {
    let rows: Vec<(ContactId, Option<String>, Timestamp)> = contacts::table
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::email.is_not_null())
        .filter(contacts::id.gt(above))
        .order(contacts::id)
        .limit(AT_ONCE)
        .select((contacts::id, contacts::email, contacts::created_at))
        .load(conn)?;
    let dice = Dice::new(seed, "consents");
    let proof = |wording: &str| Proof {
        source: ConsentSource::Import,
        wording: wording.to_owned(),
        actor: None,
        ip: String::new(),
        agent: String::new(),
    };
    for (id, email, at) in &rows {
        let mut dice = dice.nth(usize::try_from(id.0).unwrap_or_default());
        let is_certain = email.as_ref().is_some_and(|email| always.contains(email));
        let mut say = |topic, state, words: &str, at| {
            privacy::say(conn, *id, topic, state, &proof(words), at)
        };
        if is_certain || dice.chance(64) {
            let words = "Yes, tell me about new probes and software (sign-up form)";
            say(topics.news, ConsentState::Given, words, *at)?;
            if !is_certain && dice.chance(5) {
                let words = "Asked us at the fair to stop";
                let later = at.plus(dice.between(5, 60) * DAY);
                say(topics.news, ConsentState::Withdrawn, words, later)?;
            }
        }
        if is_certain || dice.chance(31) {
            let words = "Invite me to fairs and webinars (sign-up form)";
            say(topics.events, ConsentState::Given, words, *at)?;
        }
    }
    Ok(rows.last().map(|(id, _, _)| *id))
}

/// One mailing of the past.
struct Mailing {
    name: &'static str,
    view: (&'static str, &'static str),
    content: Content,
    days_ago: i64,
    opened: u32,
    clicked: u32,
    links: [&'static str; 3],
}

/// Sends the mailings of the past, and begins the next.
pub(in crate::demo) fn send(
    conn: &mut Conn,
    topics: Topics,
    sade: (UserId, &str),
    always: &[String],
    seed: u64,
    now: Timestamp,
) -> Result<usize, Refusal> {
    let by = By {
        user: Some(sade.0),
        name: sade.1.to_owned(),
        ip: String::new(),
    };
    let mut n = 0;
    for mailing in mailings() {
        let at = now.plus(-mailing.days_ago * DAY - 2 * HOUR);
        let (name, query) = mailing.view;
        let view = views::save(conn, &NewView::plain(name, query), by.user, at)?;
        let view = view.ok_or_else(|| Refusal::Unready(format!("{name} is there already")))?;
        let id = actions::create(conn, mailing.name, &mailing.content, &by, at.plus(-DAY))?;
        let audience = Audience {
            view,
            topic: topics.news,
            per_second: 0,
        };
        actions::save_audience(conn, id, audience, at)?;
        actions::launch(conn, id, HOME, &by, at)?;
        n += deliver(conn, id, &mailing, always, seed, at)?;
        actions::finish(conn, id, at.plus(10 * MINUTE))?;
    }
    let next = content(
        "Your probes before the ice",
        "Winter service: three dates left",
        [
            "Ice on the moorings is the commonest reason for a lost probe.",
            "Our people come to you in week 49, 50 and 51.",
        ],
        "/service/winter",
    );
    actions::create(conn, "Winter service", &next, &by, now.plus(-3 * HOUR))?;
    Ok(n)
}

/// As the sender does it, and then as recipients do.
fn deliver(
    conn: &mut Conn,
    id: CampaignId,
    mailing: &Mailing,
    always: &[String],
    seed: u64,
    at: Timestamp,
) -> Result<usize, Refusal> {
    let dice = Dice::new(seed, mailing.name);
    let (mut hits, mut leaving, mut n) = (Vec::new(), Vec::new(), 0);
    loop {
        let token = format!("demo.{}", token::readable(8));
        let batch = claim::recipients(conn, id, &token, at, at.plus(HOUR), AT_ONCE)?;
        if batch.is_empty() {
            break;
        }
        let ids: Vec<RecipientId> = batch.iter().map(|row| row.id).collect();
        claims::mark(conn, &token, &ids)?;
        let mut added = Added::default();
        let mut taken = Vec::with_capacity(ids.len());
        for row in &batch {
            let mut dice = dice.nth(usize::try_from(row.contact_id.0).unwrap_or_default());
            let is_certain = always.contains(&row.address);
            if !is_certain && dice.below(1_000) < 9 {
                let why = "permanent error (550): 5.1.1 no such mailbox";
                claims::settle(conn, &token, row.id, Delivery::Failed, why, None)?;
                added.failed += 1;
                continue;
            }
            taken.push(row.id);
            hits.extend(did(&mut dice, mailing, row.id, is_certain, at));
            if !is_certain && dice.below(1_000) < 5 {
                leaving.push((row.id, at.plus(dice.between(3, 900) * MINUTE)));
            }
        }
        added.sent = taken.len() as i64;
        claims::sent(conn, &token, &taken, at.plus(n as i64 * 10 * SECOND / 100))?;
        claims::add(conn, id, added)?;
        n += taken.len();
    }
    hits.sort_by_key(|hit| hit.at);
    events::write_down(conn, &hits, at)?;
    let proof = Proof {
        source: ConsentSource::OneClick,
        wording: "List-Unsubscribe=One-Click".to_owned(),
        actor: None,
        ip: String::new(),
        agent: String::new(),
    };
    for (id, at) in leaving {
        actions::unsubscribe(conn, id, &proof, at)?;
    }
    Ok(n)
}

/// Most open within hours or never; who clicks, does it a little later.
fn did(
    dice: &mut Dice,
    mailing: &Mailing,
    recipient: RecipientId,
    is_certain: bool,
    at: Timestamp,
) -> Vec<Hit> {
    let opens = dice.chance(mailing.opened);
    let clicks = dice.chance(mailing.clicked);
    // Their mail program fetches everything in advance.
    let fetches = dice.chance(18);
    let late = dice.part();
    let minutes = 2 + (late * late * late * 2_400.0) as i64;
    let mut hits = Vec::new();
    if fetches {
        hits.push(Hit {
            recipient,
            link: None,
            at: at.plus(dice.between(20, 600) * SECOND),
            sign: Sign::Agent,
        });
    }
    if !opens && !is_certain {
        return hits;
    }
    let opened = at.plus(minutes * MINUTE + dice.between(0, 59) * SECOND);
    hits.push(Hit {
        recipient,
        link: None,
        at: opened,
        sign: Sign::None,
    });
    if clicks || is_certain {
        let place = *dice.weighted(&[(6, 0_usize), (3, 1), (1, 2)]);
        let page = mailing.links.get(place).copied().unwrap_or_default();
        hits.push(Hit {
            recipient,
            link: Some((place as i64 + 1, format!("{SITE}{page}"))),
            at: opened.plus(dice.between(8, 90) * SECOND),
            sign: Sign::None,
        });
    }
    hits
}

fn mailings() -> Vec<Mailing> {
    vec![
        Mailing {
            name: "Algae season 2026",
            view: ("Everybody we know", ""),
            content: content(
                "The bloom is early this year",
                "Chlorophyll is 40% above last year. Three readings to watch.",
                [
                    "chlorophyll off the coast is 40% above last year. If the wind stays west, the bloom is three weeks early.",
                    "A calibrated oxygen probe warns about six hours earlier than one that drifted.",
                ],
                "/calibration/book",
            ),
            days_ago: 23,
            opened: 44,
            clicked: 24,
            links: [
                "/calibration/book",
                "/docs/calibration/optical-do",
                "/pricing",
            ],
        },
        Mailing {
            name: "Buoy 3 firmware 4.2",
            view: ("Customers", "view=customers"),
            content: content(
                "Firmware 4.2 for your buoys",
                "Half the battery, and readings every minute.",
                [
                    "your Buoy 3 runs twice as long on one charge with firmware 4.2, and can send a reading every minute.",
                    "The update takes four minutes over the air. Nothing has to come ashore.",
                ],
                "/docs/firmware/4-2",
            ),
            days_ago: 6,
            opened: 61,
            clicked: 38,
            links: [
                "/docs/firmware/4-2",
                "/docs/firmware/changes",
                "/stories/nordfjord-havbruk",
            ],
        },
    ]
}

fn content(title: &str, preheader: &str, words: [&str; 2], page: &str) -> Content {
    let [first, second] = words;
    let body = format!(
        r##"<mjml>
  <mj-head><mj-attributes><mj-all font-family="Helvetica, Arial, sans-serif" /><mj-text font-size="16px" line-height="1.5" color="#17323a" /></mj-attributes></mj-head>
  <mj-body background-color="#eef5f4">
    <mj-section background-color="#14646b"><mj-column><mj-text color="#ffffff" font-weight="bold">Tidewater</mj-text></mj-column></mj-section>
    <mj-section background-color="#ffffff"><mj-column>
      <mj-text font-size="24px" font-weight="bold">{title}</mj-text>
      <mj-text>Hello {{{{ contact.first_name | fallback("there") }}}},<br /><br />{first}</mj-text>
      <mj-text>{second}</mj-text>
      <mj-button background-color="#14646b" href="{SITE}{page}">Read more</mj-button>
    </mj-column></mj-section>
    <mj-section><mj-column><mj-text font-size="12px" align="center">Tidewater AS, Strandgaten 18, Bergen ·
      <a href="{{{{ preferences_url }}}}">What we may send you</a> · <a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a></mj-text></mj-column></mj-section>
  </mj-body>
</mjml>
"##
    );
    Content {
        subject: title.to_owned(),
        preheader: preheader.to_owned(),
        from_name: "Sade at Tidewater".to_owned(),
        from_email: "sade@news.tidewater.example".to_owned(),
        format: Format::Mjml,
        body,
    }
}
