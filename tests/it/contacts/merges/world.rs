//! A few people with everything that can hang on a contact, and things that happen to them, drawn from a seed.

use diesel::prelude::*;
use rapport::app::FOLLOWERS;
use rapport::base::clock;
use rapport::base::ids::{ContactId, MergeId, UserId};
use rapport::contacts::actions;
use rapport::contacts::fields::Ways;
use rapport::contacts::merge::{self, Ask, Kind, Supply, Undo};
use rapport::contacts::model::{By, Field};
use rapport::db::Conn;
use rapport::db::schema::{contacts, merges};
use serde_json::json;

use crate::events::Site;
use crate::support::Agent;

/// Numbers that look drawn and are the same for one seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).expect("small")
    }

    pub fn likely(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

pub struct World {
    pub site: Site,
    pub ada: Agent,
}

const NAMES: &[&str] = &["Ingrid Sæther", "Grace Hopper", "山田 由紀", "Omar", ""];
const TAGS: &[&str] = &["VIP", "Partner", "Newsletter"];
const COMPANIES: &[&str] = &["Nordfjord", "Venezia", "Tidewater"];

impl World {
    /// `people` known contacts and a visitor, with whatever the dice give them.
    pub async fn new(dice: &mut Dice, people: usize) -> Self {
        let site = Site::new().await;
        let ada = site.app.admin().await;
        let mailbox = [("address", "help@tidewater.example"), ("name", "Help")];
        ada.post("/settings/mailboxes", &mailbox).await.is(303);
        ada.post("/settings/topics", &[("name", "News"), ("description", "")])
            .await
            .is(303);
        let world = Self { site, ada };
        for n in 1..=people {
            world.somebody(dice, n).await;
        }
        world
            .site
            .send(json!([{"type": "page", "anonymousId": "stray", "properties": {"path": "/"}}]))
            .await;
        world
    }

    #[expect(clippy::too_many_lines, reason = "a world is a list of rows")]
    async fn somebody(&self, dice: &mut Dice, n: usize) {
        let email = format!("p{n}@example.com");
        let phone = format!("+47578512{n:02}");
        let mut fields = vec![("name", dice.of(NAMES)), ("anyway", "true")];
        if fields[0].1.is_empty() || dice.likely(60) {
            fields.push(("email", &email));
        }
        if dice.likely(50) {
            fields.push(("phone", &phone));
        }
        if dice.likely(60) {
            fields.push(("company", dice.of(COMPANIES)));
        }
        let made = self.ada.post("/contacts", &fields).await.is(303);
        let place = made.location().to_owned();
        for tag in TAGS {
            if dice.likely(50) {
                self.ada
                    .post(&format!("{place}/tags"), &[("tag", tag)])
                    .await
                    .is(303);
            }
        }
        if dice.likely(60) {
            let note = [("body", "Called"), ("pin", "")];
            self.ada
                .post(&format!("{place}/notes"), &note)
                .await
                .is(303);
        }
        let city = [("value", "Bergen"), ("was", "")];
        if dice.likely(40) {
            self.ada
                .post(&format!("{place}/fields/city"), &city)
                .await
                .is(303);
        }
        if dice.likely(50) {
            let plan = [("key", "plan"), ("value", dice.of(&["pro", "free"]))];
            self.ada
                .post(&format!("{place}/traits"), &plan)
                .await
                .is(303);
        }
        let has_email = fields.iter().any(|(name, _)| *name == "email");
        if dice.likely(60) && has_email {
            let deal = [("title", "Lagoon"), ("contact", &*email)];
            let deal = self.ada.post("/deals", &deal).await.is(303);
            let people = format!("{}/people", deal.location());
            // Somebody else may be in it too: two who become one are in it once.
            let other = [("contact", "p1@example.com"), ("role", "Buyer")];
            self.ada.post(&people, &other).await;
        }
        if dice.likely(40) {
            let consent = [
                ("topic", "1"),
                ("state", dice.of(&["given", "given", "withdrawn"])),
                ("wording", "On the telephone"),
            ];
            self.ada.post(&format!("{place}/consents"), &consent).await;
        }
        if dice.likely(40) && has_email {
            let ticket = [
                ("mailbox", "1"),
                ("email", &*email),
                ("subject", "Pump"),
                ("text", "It leaks."),
            ];
            self.ada.post("/tickets", &ticket).await.is(303);
        }
        if dice.likely(50) {
            let user = format!("u{n}");
            self.site
                .send(json!([
                    {"type": "identify", "anonymousId": format!("a{n}"), "userId": user,
                     "traits": {"plan": "team", "city": "Oslo", "score": n}},
                    {"type": "page", "anonymousId": format!("a{n}"), "userId": user, "properties": {"path": "/"}},
                ]))
                .await;
        }
    }

    /// Contacts that are neither merged nor in the trash.
    pub async fn living(&self) -> Vec<i64> {
        self.site
            .app
            .read(|conn| {
                contacts::table
                    .filter(contacts::deleted_at.is_null())
                    .order(contacts::id)
                    .select(contacts::id)
                    .load(conn)
            })
            .await
    }

    /// Merges that hold.
    pub async fn merges(&self) -> Vec<MergeId> {
        self.site
            .app
            .read(|conn| {
                merges::table
                    .filter(merges::undone_at.is_null())
                    .order(merges::id)
                    .select(merges::id)
                    .load(conn)
            })
            .await
    }

    /// Two of the living become one, by hand or by a rule, with fields chosen or not.
    pub async fn merge(&self, dice: &mut Dice) -> Option<String> {
        let living = self.living().await;
        if living.len() < 2 {
            return None;
        }
        let winner = dice.of(&living);
        let loser = *living
            .iter()
            .filter(|id| **id != winner)
            .nth(dice.below(living.len() - 1))?;
        let mut supply = Supply::default();
        let by_hand = dice.likely(60);
        if by_hand {
            for group in Kind::Contact.groups() {
                if dice.likely(30) {
                    supply
                        .0
                        .insert(group.word.to_owned(), dice.of(&[winner, loser]));
                }
            }
        }
        let done = format!("{loser} into {winner}, {supply:?}");
        self.site
            .app
            .write(move |conn| {
                let ask = Ask {
                    kind: Kind::Contact,
                    winner,
                    loser,
                    rule: "test",
                    evidence: "{}",
                    actor: by_hand.then_some(UserId(1)),
                    at: clock::now(),
                    supply: &supply,
                };
                merge::unite(conn, &ask, FOLLOWERS)
            })
            .await;
        Some(done)
    }

    /// A merge is undone; what was made since is dealt out.
    pub async fn undo(&self, id: MergeId, dice: &mut Dice) {
        let deals_out = dice.likely(50);
        self.site
            .app
            .write(move |conn| {
                let merge = merge::find(conn, id)?.expect("a merge");
                let since = merge::since(conn, &merge, FOLLOWERS)?;
                let goes: Vec<String> = since
                    .iter()
                    .filter(|_| deals_out)
                    .map(merge::Since::name)
                    .collect();
                let how = Undo {
                    goes: &goes,
                    by: &by(),
                };
                merge::undo(conn, id, &how, FOLLOWERS)
            })
            .await;
    }

    /// Somebody does something to one of the living.
    pub async fn edit(&self, dice: &mut Dice, turn: usize) -> Option<String> {
        let living = self.living().await;
        let id = ContactId(dice.of(&living));
        let what = dice.below(7);
        let tag = dice.of(TAGS);
        self.site
            .app
            .write(move |conn| change(conn, id, what, tag, turn))
            .await;
        Some(format!("edit {what} of {id}"))
    }
}

/// Refusals are part of life here: what is refused has not happened.
fn change(conn: &mut Conn, id: ContactId, what: usize, tag: &str, turn: usize) -> QueryResult<()> {
    let by = by();
    let field = |field, to: &str| actions::Change {
        field,
        was: None,
        to: to.to_owned(),
    };
    let outcome = conn.transaction(|conn| match what {
        0 => actions::tag(conn, id, tag, &by).map(|_| ()),
        1 => actions::add_identity(
            conn,
            id,
            "email",
            &format!("t{turn}@example.com"),
            "",
            None,
            &by,
        )
        .map(|_| ()),
        2 => actions::change(conn, id, &[field(Field::City, "Stavanger")], &by).map(|_| ()),
        3 => actions::set_owner(conn, id, Some(UserId(1)), &by).map(|_| ()),
        4 => actions::set_trait(
            conn,
            id,
            "plan",
            Some(&json!("gold")),
            &Ways::plain(by.now),
            &by,
        )
        .map(|_| ()),
        5 => {
            let tags = rapport::contacts::tags::of_contact(conn, id)?;
            match tags.first() {
                Some(tag) => actions::untag(conn, id, tag.id, &by),
                None => Ok(()),
            }
        }
        _ => {
            let own = rapport::contacts::identities::of(conn, id)?;
            match own.iter().rfind(|i| i.is_by_hand()) {
                Some(last) => actions::set_primary(conn, id, last.id, &by).map(|_| ()),
                None => Ok(()),
            }
        }
    });
    match outcome {
        Err(rapport::contacts::refusal::Refusal::Query(error)) => Err(error),
        _ => Ok(()),
    }
}

pub fn by() -> By {
    By {
        user: UserId(1),
        name: "Ada Lovelace".to_owned(),
        ip: String::new(),
        now: clock::now(),
        access: rapport::accounts::Access::everything(UserId(1)),
    }
}
