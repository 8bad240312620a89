//! The command line, run as people run it: the program itself, in a folder of its own.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::support::{Place, text};

/// An instance with somebody in it, a source and a key.
fn filled(place: &Place) -> String {
    place.has_ada();
    place.says(&["key", "create", "--user", "ada@example.com"]);
    place.says(&[
        "source",
        "create",
        "--name",
        "Gräsmattan 🌱",
        "--kind",
        "web",
    ])
}

#[test]
fn accounts_sources_and_keys_can_be_made_by_script() {
    let place = Place::new();
    let words = filled(&place);
    assert!(
        words.lines().last().expect("a key").starts_with("wk_"),
        "{words}"
    );
    let words = place.says(&[
        "key",
        "create",
        "--user",
        "ada@example.com",
        "--scopes",
        "contacts:read",
    ]);
    assert!(
        words.lines().last().expect("a key").starts_with("rk_"),
        "{words}"
    );
    assert!(
        place
            .refuses(&["key", "create", "--user", "bo@example.com"])
            .contains("bo@example.com")
    );
    let again = [
        "user",
        "create",
        "--email",
        "ada@example.com",
        "--name",
        "Ada",
        "--role",
        "admin",
    ];
    assert!(place.refuses(&again).contains("is here already"));
    let usage = place.run(&["user", "create", "--role", "boss"]);
    assert_eq!(usage.status.code(), Some(2));
    assert!(text(&usage.stderr).contains("read_only"));
}

#[test]
fn an_unknown_setting_is_refused_with_the_right_one() {
    let place = Place::new();
    std::fs::write(place.path().join("rapport.toml"), "smpt_url = \"x\"").expect("a file");
    assert!(
        place
            .refuses(&["doctor"])
            .contains("did you mean smtp_url?")
    );
    let mut command = place.command(&["doctor"]);
    std::fs::remove_file(place.path().join("rapport.toml")).expect("gone");
    let output = command
        .env("RAPPORT_LISTN", "x")
        .output()
        .expect("the program");
    assert!(text(&output.stderr).contains("did you mean RAPPORT_LISTEN?"));
}

#[test]
fn one_server_per_file_and_per_address_and_a_polite_end() {
    let place = Place::new();
    let server = place.serve();
    assert!(
        place
            .refuses(&["serve", "--listen", "127.0.0.1:0"])
            .contains("in use by another Rapport")
    );
    let other = Place::new();
    let words = other.refuses(&["serve", "--listen", &server.address]);
    assert!(words.contains("taken by another program"), "{words}");
    // Other commands work beside it.
    filled(&place);
    assert!(
        place
            .refuses(&["migrate", "--to", "sqlite:other.db"])
            .contains("in use")
    );
    server.stops();
    place.serve().stops();
}

#[test]
fn a_newer_database_is_refused() {
    let place = Place::new();
    filled(&place);
    let file = place.path().join("data/rapport.db");
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the file");
    conn.batch_execute(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')",
    )
    .expect("a migration of tomorrow");
    drop(conn);
    for args in [
        &["serve"][..],
        &["migrate"],
        &["key", "create", "--user", "ada@example.com"],
    ] {
        let words = place.refuses(args);
        assert!(words.contains("newer Rapport"), "{words}");
    }
    assert!(text(&place.run(&["doctor"]).stdout).contains("fail  schema"));
}

#[test]
fn a_backup_of_a_running_instance_becomes_another_one() {
    let place = Place::new();
    let key = filled(&place);
    let server = place.serve();
    place.says(&["backup", "b.tar"]);
    assert!(
        place
            .refuses(&["backup", "b.tar"])
            .contains("is there already")
    );
    assert!(place.refuses(&["restore", "b.tar"]).contains("in use"));
    drop(server);
    let file = place.path().join("b.tar").to_string_lossy().into_owned();
    let other = Place::new();
    let words = other.says(&["restore", &file]);
    assert!(words.contains("counts equal"), "{words}");
    let (old, new) = (dump(&place), dump(&other));
    assert_eq!(old, new);
    assert!(old.contains(key.lines().last().expect("a key")), "{old}");
    assert!(
        other
            .refuses(&["restore", &file])
            .contains("has data already; give an empty database, or say --replace")
    );
    assert!(
        other
            .says(&["restore", &file, "--replace"])
            .contains("what was there before")
    );
    assert_eq!(dump(&other), old);
    other.serve().stops();
}

#[test]
fn a_damaged_backup_changes_nothing() {
    let place = Place::new();
    filled(&place);
    place.says(&["backup", "b.tar"]);
    let whole = std::fs::read(place.path().join("b.tar")).expect("a backup");
    let other = Place::new();
    let bad = other.path().join("bad.tar");
    std::fs::write(&bad, &whole[..whole.len() / 2]).expect("half of it");
    assert!(
        other
            .refuses(&["restore", "bad.tar"])
            .contains("no whole backup")
    );
    let mut flipped = whole.clone();
    flipped[600] ^= 1;
    std::fs::write(&bad, flipped).expect("a file");
    assert!(
        other
            .refuses(&["restore", "bad.tar"])
            .contains("no whole backup")
    );
    assert!(!other.path().join("data/rapport.db").exists());
}

#[test]
fn the_doctor_says_what_to_do() {
    let place = Place::new();
    filled(&place);
    let output = place.run(&["doctor"]);
    let words = text(&output.stdout);
    assert!(output.status.success(), "{words}");
    for part in [
        "ok    schema",
        "its structure is sound",
        "warn  mail",
        "MB free",
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
    let mut command = place.command(&["doctor"]);
    let output = command
        .env("RAPPORT_SMTP_URL", "smtp://127.0.0.1:1")
        .output()
        .expect("the program");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("fail  mail"));
    let output = place.run(&[
        "doctor",
        "--database",
        "postgres://ada:secret@127.0.0.1:1/crm",
    ]);
    assert!(
        text(&output.stdout).contains("fail  database") && !text(&output.stdout).contains("secret")
    );
}

#[test]
fn an_instance_moves_to_postgresql_and_back() {
    let Some(server) = std::env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
    else {
        println!("skipped: TEST_DATABASE_URL names no PostgreSQL");
        return;
    };
    let schema = format!("t_{}", rapport::base::token::readable(16));
    let joint = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{joint}options=-csearch_path%3D{schema}");
    let mut conn = PgConnection::establish(&server).expect("PostgreSQL");
    conn.batch_execute(&format!("CREATE SCHEMA {schema}"))
        .expect("a schema");
    let place = Place::new();
    filled(&place);
    let before = dump(&place);
    assert!(
        place
            .says(&["migrate", "--to", &url])
            .contains("counts equal")
    );
    assert!(
        place
            .refuses(&["migrate", "--to", &url])
            .contains("has data already")
    );
    let there = Place::on(&url);
    // Ids go on where they were.
    there.says(&["source", "create", "--name", "Second", "--kind", "server"]);
    there.says(&["backup", "pg.tar"]);
    assert!(
        there
            .says(&["migrate", "--to", "sqlite:back.db"])
            .contains("counts equal")
    );
    let back = Place::new();
    std::fs::create_dir(back.path().join("data")).expect("a folder");
    std::fs::rename(
        there.path().join("back.db"),
        back.path().join("data/rapport.db"),
    )
    .expect("moved");
    let after = dump(&back);
    // Everything that was there; only the counters of ids went on.
    for line in before
        .lines()
        .filter(|line| !line.starts_with("sqlite_sequence"))
    {
        assert!(after.contains(line), "{line} in {after}");
    }
    assert!(after.contains("Second"));
    let restored = Place::new();
    let file = there.path().join("pg.tar").to_string_lossy().into_owned();
    restored.says(&["restore", &file]);
    assert_eq!(dump(&restored), after);
    conn.batch_execute(&format!("DROP SCHEMA {schema} CASCADE"))
        .expect("gone");
}

/// What is in some tables, as text.
fn dump(place: &Place) -> String {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        line: String,
    }
    let file = place.path().join("data/rapport.db");
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the file");
    let mut all = String::new();
    for (table, columns) in [
        ("users", "id, email, name, password_hash, created_at"),
        ("sources", "id, name, kind, write_key, is_enabled, settings"),
        ("api_keys", "id, user_id, hex(key_hash), scopes"),
        ("audit_entries", "id, action, detail"),
        ("sqlite_sequence WHERE name <> 'jobs'", "name, seq"),
    ] {
        let lines: Vec<Line> = diesel::sql_query(format!(
            "SELECT json_array({columns}) AS line FROM {table} ORDER BY 1"
        ))
        .load(&mut conn)
        .expect(table);
        for line in lines {
            all.extend([table, " ", &line.line, "\n"]);
        }
    }
    all
}
