//! The demo world, really built: small, and in a minute of its own.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use rapport::accounts::audit::By;
use rapport::base::Timestamp;
use rapport::base::clock::{self, DAY};
use rapport::db::schema::{
    companies, contacts, events, identities, quarantine, sessions, trait_keys, trait_values, users,
};
use rapport::demo::{self, Ground, Plan, Pump, Size, World};
use rapport::events::enrich;
use rapport::events::inbox::NewRequest;
use rapport::events::sources::{NewSource, actions};

use crate::support::TestApp;

const SECRET: &str = "low tide, high tide";

async fn built(now: Timestamp) -> (TestApp, World) {
    let app = TestApp::empty().await;
    let world = build(&app, now).await.expect("a world");
    (app, world)
}

async fn build(app: &TestApp, now: Timestamp) -> Result<World, demo::DemoError> {
    let ground = Ground {
        db: app.house.db.clone(),
        inbox: app.house.inbox.clone(),
        pump: Pump::Own(app.house.enrich()),
        live: app.house.live.clone(),
    };
    let secret = Some(SECRET.to_owned());
    let work = move || demo::build(&ground, Size::Small, now, secret, |_| {});
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

#[actix_web::test]
async fn a_small_world_has_its_people_and_its_stories() {
    let now = clock::now();
    let (app, world) = built(now).await;
    assert_eq!((world.team.len(), world.sources.len()), (8, 4));

    let (team, roles) = app
        .read(|conn| {
            let roles: Vec<String> = users::table.select(users::role).load(conn)?;
            Ok::<_, diesel::result::Error>((
                roles.len(),
                roles.into_iter().collect::<BTreeSet<_>>(),
            ))
        })
        .await;
    assert_eq!((team, roles.len()), (8, 6), "eight people in all roles");

    let live = || contacts::table.filter(contacts::deleted_at.is_null());
    let (known, visitors) = app
        .read(move |conn| {
            let known: i64 = live()
                .filter(contacts::is_known.eq(true))
                .count()
                .get_result(conn)?;
            let all: i64 = live().count().get_result(conn)?;
            Ok::<_, diesel::result::Error>((known, all - known))
        })
        .await;
    let planned = Plan::new(Size::Small, now);
    assert_eq!(known as usize, planned.known());
    assert_eq!(visitors as usize, planned.visitors());

    let names: Vec<String> = app
        .read(move |conn| live().select(contacts::name).load(conn))
        .await;
    let all: String = names.concat();
    for (script, first, last) in [
        ("Latin with marks", 'À', 'ſ'),
        ("Greek", 'Α', 'ω'),
        ("Cyrillic", 'А', 'я'),
        ("Hebrew", 'א', 'ת'),
        ("Arabic", 'ء', 'ي'),
        ("Devanagari", 'अ', 'ह'),
        ("Thai", 'ก', 'ฮ'),
        ("Korean", '가', '힣'),
        ("Chinese characters", '一', '龥'),
        ("Vietnamese", 'Ạ', 'ỹ'),
    ] {
        assert!(all.chars().any(|c| (first..=last).contains(&c)), "{script}");
    }
}

#[actix_web::test]
async fn nothing_is_there_twice_and_what_broke_lies_in_the_quarantine() {
    let (app, world) = built(clock::now()).await;
    let (stored, set_aside) = app
        .read(|conn| {
            let stored: i64 = events::table.count().get_result(conn)?;
            let set_aside: i64 = quarantine::table.count().get_result(conn)?;
            Ok::<_, diesel::result::Error>((stored, set_aside))
        })
        .await;
    assert!(set_aside >= 5, "{set_aside}");
    assert_eq!((stored + set_aside) as usize, world.events);

    let emails: Vec<Option<String>> = app
        .read(|conn| {
            contacts::table
                .filter(contacts::deleted_at.is_null())
                .filter(contacts::email.is_not_null())
                .select(contacts::email)
                .load(conn)
        })
        .await;
    let distinct: BTreeSet<&Option<String>> = emails.iter().collect();
    assert_eq!(distinct.len(), emails.len());
    let firms: Vec<String> = app
        .read(|conn| companies::table.select(companies::name).load(conn))
        .await;
    let distinct: BTreeSet<&String> = firms.iter().collect();
    assert_eq!(distinct.len(), firms.len());
    assert_eq!(firms.len(), Size::Small.firms());
}

#[actix_web::test]
async fn who_read_before_signing_up_has_it_all_on_one_record() {
    let (app, _) = built(clock::now()).await;
    let (before, known_since) = app
        .read(|conn| {
            let zoe: i64 = contacts::table
                .filter(contacts::email.eq("zoe@voltafisheries.example"))
                .select(contacts::id)
                .first(conn)?;
            let theirs: Vec<(i64, String)> = identities::table
                .filter(identities::contact_id.eq(zoe))
                .select((identities::id, identities::namespace))
                .load(conn)?;
            let of = |wanted: &str| -> Vec<i64> {
                let found = theirs.iter().filter(|(_, namespace)| namespace == wanted);
                found.map(|(id, _)| *id).collect()
            };
            let named: Option<Timestamp> = events::table
                .filter(events::identity_id.eq_any(of("user_id")))
                .select(diesel::dsl::min(events::at))
                .first(conn)?;
            let anonymous: Vec<Timestamp> = sessions::table
                .filter(sessions::identity_id.eq_any(of("anonymous_id")))
                .select(sessions::started_at)
                .load(conn)?;
            Ok::<_, diesel::result::Error>((anonymous, named))
        })
        .await;
    let known_since = known_since.expect("Zoë signed up");
    let earlier = before.iter().filter(|at| **at < known_since);
    assert!(earlier.count() >= 3);
}

#[actix_web::test]
async fn who_left_is_not_seen_again_and_who_stays_is() {
    let now = clock::now();
    let (app, _) = built(now).await;
    let seen = |email: &'static str| {
        app.read(move |conn| {
            contacts::table
                .filter(contacts::email.eq(email))
                .select((contacts::last_seen_at, contacts::stage))
                .first::<(Timestamp, String)>(conn)
        })
    };
    let (at, stage) = seen("nattawut@andamanreef.example").await;
    assert!(now.since(at) > 60 * DAY);
    assert_eq!(stage, "former");
    let (at, stage) = seen("ingrid.lovas@nordfjordhavbruk.example").await;
    assert!(now.since(at) < DAY / 24);
    assert_eq!(stage, "customer");
}

#[actix_web::test]
async fn sources_disagree_about_how_many_sites_there_are() {
    let (app, _) = built(clock::now()).await;
    let values: BTreeSet<String> = app
        .read(|conn| {
            trait_values::table
                .inner_join(identities::table.on(identities::id.eq(trait_values::identity_id)))
                .inner_join(contacts::table.on(contacts::id.eq(identities::contact_id)))
                .inner_join(trait_keys::table.on(trait_keys::id.eq(trait_values::key_id)))
                .filter(trait_keys::key.eq("sites"))
                .filter(contacts::email.eq("ingrid.lovas@nordfjordhavbruk.example"))
                .select(trait_values::value)
                .load::<String>(conn)
        })
        .await
        .into_iter()
        .collect();
    assert_eq!(values.len(), 2, "{values:?}");
}

#[actix_web::test]
async fn the_team_signs_in_and_finds_a_workspace_at_work() {
    let (app, _) = built(clock::now()).await;
    let alma = app.browser();
    alma.sign_in("alma@tidewater.example", SECRET).await;
    alma.get("/contacts")
        .await
        .is(200)
        .says("Ingrid Sæther Løvås")
        .says("Nordfjord Havbruk AS");
    alma.get("/companies")
        .await
        .is(200)
        .says("瀬戸内水産株式会社");
    let refused = build(&app, clock::now()).await;
    let why = refused.err().map(|error| error.to_string());
    assert!(why.is_some_and(|why| why.contains("empty instance only")));
}

/// Who turns out to be one: every identifier with the others of its contact.
async fn partition(posts: Vec<demo::Post>) -> BTreeSet<BTreeSet<String>> {
    let app = TestApp::empty().await;
    let sources = app
        .write(|conn| {
            let by = By::house();
            let new = demo::SOURCES.map(|(name, kind)| NewSource {
                name: name.to_owned(),
                kind,
            });
            let made = new.map(|new| actions::create(conn, &new, &by, clock::now()));
            made.into_iter().collect::<QueryResult<Vec<_>>>()
        })
        .await;
    for post in posts {
        let request = NewRequest {
            source_id: sources[post.source].id,
            received_at: post.received_at,
            kind: "batch".to_owned(),
            ip: post.ip,
            user_agent: post.user_agent,
            body: post.body.into_bytes(),
        };
        app.house.inbox.append(request).await.expect("kept");
    }
    let worker = app.house.enrich();
    tokio::task::spawn_blocking(move || enrich::process_waiting(&worker))
        .await
        .expect("no panic")
        .expect("enriched");
    let rows: Vec<(i64, String, String)> = app
        .read(|conn| {
            identities::table
                .select((
                    identities::contact_id,
                    identities::namespace,
                    identities::value,
                ))
                .load(conn)
        })
        .await;
    let mut people: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for (contact, namespace, value) in rows {
        people
            .entry(contact)
            .or_default()
            .insert(format!("{namespace} {value}"));
    }
    people.into_values().collect()
}

#[actix_web::test]
async fn whatever_order_the_year_arrives_in_the_people_are_the_same() {
    let now = Timestamp::parse("2026-11-22T11:00:00Z").expect("a time");
    // The computer that two people share goes to whoever comes first: it alone may differ.
    let shared = ["sindre.aasen", "oddny.rimstad"];
    let is_plain = |post: &demo::Post| !shared.iter().any(|name| post.body.contains(name));
    let posts: Vec<demo::Post> = Plan::new(Size::Small, now)
        .posts()
        .filter(is_plain)
        .collect();
    let mut backwards = posts.clone();
    backwards.reverse();
    assert_eq!(partition(posts).await, partition(backwards).await);
}
