//! One filter language, asked three ways: random trees over random people give the same answer in memory and in the
//! database in use. The suite runs on both databases, so all three agree.

use diesel::prelude::*;
use rapport::accounts::Role;
use rapport::base::Timestamp;
use rapport::base::ids::UserId;
use rapport::db::schema::contacts;
use rapport::filters::{
    Catalog, Facts, Field, Kind, Node, Op, Place, Reader, Record, Rule, text, url,
};

use crate::support::TestApp;

/// A generator that gives the same numbers on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.roll(of.len())]
    }
}

#[derive(Debug, Clone, Queryable)]
struct Person {
    id: i64,
    city: String,
    email: Option<String>,
    stage: String,
    owner_id: Option<i64>,
    is_known: bool,
    last_seen_at: i64,
    tags: Vec<i64>,
}

impl Record for Person {
    fn facts(&self, key: &str) -> Facts {
        match key {
            "city" => Facts::Text(self.city.clone()),
            "email" => self.email.clone().map_or(Facts::None, Facts::Text),
            "stage" => Facts::Text(self.stage.clone()),
            "owner" => self.owner_id.map_or(Facts::None, Facts::Id),
            "known" => Facts::Bool(self.is_known),
            "seen" if self.last_seen_at == 0 => Facts::None,
            "seen" => Facts::Time(self.last_seen_at),
            "half" if self.id % 7 == 0 => Facts::None,
            "half" => Facts::Number(self.id as f64 / 2.0),
            "tags" => Facts::Ids(self.tags.clone()),
            _ => Facts::None,
        }
    }
}

const CITIES: [&str; 12] = [
    "",
    "Oslo",
    "oslo",
    "São Paulo",
    "SAO PAULO",
    "Århus",
    "Αθήνα",
    "ΟΔΟΣ οδός",
    "東京",
    "İzmir",
    "50% _off_",
    "O'Neill \"x\"",
];

fn catalog() -> Catalog {
    let tags = Place::Rows {
        from: "contact_tags x WHERE x.contact_id = contacts.id".into(),
        value: "x.tag_id".into(),
        is_id: true,
    };
    Catalog {
        fields: vec![
            Field::new("city", "City", Kind::Text, Place::Text("contacts.city".into())),
            Field::new("email", "E-mail", Kind::Text, Place::NullableText("contacts.email".into())),
            Field::new("stage", "Stage", Kind::Choice, Place::Word("contacts.stage".into())),
            Field::new("owner", "Owner", Kind::Choice, Place::Id("contacts.owner_id".into())).with_me(),
            Field::new("known", "Known", Kind::YesNo, Place::Bool("contacts.is_known".into())),
            Field::new("seen", "Last seen", Kind::Moment, Place::Micros("contacts.last_seen_at".into())),
            Field::new(
                "half",
                "Half",
                Kind::Number,
                Place::Number("CASE WHEN contacts.id % 7 = 0 THEN NULL ELSE CAST(contacts.id AS DOUBLE PRECISION) / 2 END".into()),
            ),
            Field::new("tags", "Tags", Kind::Many, tags),
        ],
    }
}

fn value(dice: &mut Dice, field: &Field) -> String {
    match field.kind {
        Kind::Text if dice.roll(3) == 0 => dice
            .one(&["o", "%", "_", "ς", "i", "Å", "a", "@", "京"])
            .to_owned(),
        Kind::Text => dice.one(&CITIES[1..]).to_owned(),
        Kind::Number => format!("{}", dice.roll(60) as f64 / 2.0),
        Kind::Moment | Kind::Day => dice
            .one(&[
                "today",
                "last_7_days",
                "next_month",
                "this_week",
                "last_2_quarters",
                "2026-03-02",
                "2026-02-28",
            ])
            .to_owned(),
        Kind::YesNo => dice.one(&["yes", "no"]).to_owned(),
        _ if field.has_me => dice.one(&["me", "1", "999"]).to_owned(),
        Kind::Choice => dice.one(&["lead", "customer", "visitor"]).to_owned(),
        Kind::Many => (dice.roll(4) + 1).to_string(),
    }
}

fn tree(dice: &mut Dice, catalog: &Catalog, depth: usize) -> Node {
    match dice.roll(if depth == 0 { 1 } else { 5 }) {
        1 | 2 => {
            let members = (0..dice.roll(4))
                .map(|_| tree(dice, catalog, depth - 1))
                .collect();
            if dice.roll(2) == 0 {
                Node::all(members)
            } else {
                Node::any(members)
            }
        }
        3 => tree(dice, catalog, depth - 1).negated(),
        _ => {
            let field = &catalog.fields[dice.roll(catalog.fields.len())];
            let ops = field.kind.ops();
            let op = ops[dice.roll(ops.len())].0;
            let n = match op {
                Op::Empty | Op::Filled => 0,
                Op::Between => 2,
                Op::AnyOf | Op::NoneOf | Op::AllOf => 1 + dice.roll(3),
                _ => 1,
            };
            let values: Vec<String> = (0..n).map(|_| value(dice, field)).collect();
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            Node::test(&field.key, op, &values)
        }
    }
}

#[actix_web::test]
async fn random_trees_mean_the_same_in_memory_and_in_the_database() {
    let app = TestApp::new().await;
    let me = app.user("grace", Role::Sales).await.id.0;
    let now = Timestamp::parse("2026-03-04T22:30:00Z").expect("a moment");
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut people = Vec::new();
    for id in 1..=120_i64 {
        let tags = (1..=4).filter(|_| dice.roll(3) == 0).collect();
        people.push(Person {
            id,
            city: dice.one(&CITIES).to_owned(),
            email: (dice.roll(3) > 0)
                .then(|| format!("{}@x.example", dice.one(&["ÅSE", "bo", "I"]))),
            stage: dice.one(&["lead", "customer", "visitor"]).to_owned(),
            owner_id: (dice.roll(2) == 0).then_some(me),
            is_known: dice.roll(2) == 0,
            last_seen_at: match dice.roll(5) {
                0 => 0,
                // Around the reader's midnights, to the microsecond.
                1 => {
                    Timestamp::parse("2026-03-04T23:00:00Z")
                        .expect("a moment")
                        .0
                        - (dice.roll(3) as i64 - 1)
                }
                _ => {
                    now.plus(-(dice.roll(400) as i64) * 12 * 3_600 * 1_000_000)
                        .0
                }
            },
            tags,
        });
    }
    let rows = people.clone();
    app.write(move |conn| insert(conn, &rows, now)).await;
    let catalog = catalog();
    let reader = Reader {
        reach: rapport::accounts::Reach::All,
        user: UserId(me),
        now,
        zone: chrono_tz::Europe::Oslo,
        is_trusted: true,
    };
    let (mut some, mut few) = (0, 0);
    for _ in 0..400 {
        let node = tree(&mut dice, &catalog, 4);
        let canonical = node.canonical();
        assert_eq!(canonical.canonical(), canonical, "{node}");
        assert_eq!(text::read(&canonical.to_string()).as_ref(), Ok(&canonical));
        assert_eq!(
            url::read(&url::print(&canonical)).as_ref(),
            Some(&canonical),
            "{canonical}"
        );
        let rule = Rule::new(&node, &catalog, &reader).unwrap_or_else(|no| panic!("{node}: {no}"));
        let want: Vec<i64> = people
            .iter()
            .filter(|p| rule.matches(*p))
            .map(|p| p.id)
            .collect();
        let (catalog, node, reader) = (catalog.clone(), node.clone(), reader.clone());
        let words = node.to_string();
        let found: Vec<i64> = app
            .read(move |conn| {
                let rule = Rule::new(&node, &catalog, &reader).expect("seen above");
                let predicate = rule.predicate(conn);
                contacts::table
                    .filter(predicate)
                    .order(contacts::id)
                    .select(contacts::id)
                    .load(conn)
            })
            .await;
        assert_eq!(found, want, "{words}");
        some += usize::from(!want.is_empty());
        few += usize::from(want.len() < people.len());
    }
    assert!(
        some > 100 && few > 100,
        "the trees must tell people apart: {some}, {few}"
    );
}

#[expect(clippy::too_many_lines, reason = "rows of many columns")]
fn insert(conn: &mut rapport::db::Conn, people: &[Person], now: Timestamp) -> QueryResult<()> {
    use rapport::db::schema::{contact_tags, tags};
    for id in 1..=4_i64 {
        diesel::insert_into(tags::table)
            .values((
                tags::id.eq(id),
                tags::name.eq(format!("t{id}")),
                tags::tone.eq("teal"),
                tags::created_at.eq(now),
            ))
            .execute(conn)?;
    }
    for person in people {
        diesel::insert_into(contacts::table)
            .values((
                (
                    contacts::id.eq(person.id),
                    contacts::is_known.eq(person.is_known),
                    contacts::is_person_owned.eq(false),
                ),
                (
                    contacts::name.eq("x"),
                    contacts::sort_name.eq("x"),
                    contacts::given_name.eq(""),
                    contacts::family_name.eq(""),
                ),
                (
                    contacts::job_title.eq(""),
                    contacts::email.eq(&person.email),
                    contacts::stage.eq(&person.stage),
                ),
                (
                    contacts::owner_id.eq(person.owner_id),
                    contacts::street.eq(""),
                    contacts::city.eq(&person.city),
                ),
                (
                    contacts::region.eq(""),
                    contacts::postal_code.eq(""),
                    contacts::country.eq(""),
                    contacts::time_zone.eq(""),
                ),
                (
                    contacts::language.eq(""),
                    contacts::source_id.eq(1_i64),
                    contacts::revision.eq(0_i64),
                ),
                (
                    contacts::created_at.eq(now),
                    contacts::updated_at.eq(now),
                    contacts::last_seen_at.eq(Timestamp(person.last_seen_at)),
                ),
            ))
            .execute(conn)?;
        for tag in &person.tags {
            diesel::insert_into(contact_tags::table)
                .values((
                    contact_tags::contact_id.eq(person.id),
                    contact_tags::tag_id.eq(tag),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}
