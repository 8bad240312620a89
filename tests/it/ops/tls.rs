//! TLS to PostgreSQL, against a server that `tests/run.sh` starts with a certificate of its own authority:
//! `TEST_DATABASE_TLS_URL` names it (host `localhost`), `TEST_DATABASE_CA` the authority.

use std::io::{Read, Write};

use diesel::prelude::*;
use diesel::sql_types::Bool;
use rapport::db::{Conn, DatabaseUrl, Db, DbError};

fn server() -> Option<(String, String)> {
    let (Ok(url), Ok(authority)) = (
        std::env::var("TEST_DATABASE_TLS_URL"),
        std::env::var("TEST_DATABASE_CA"),
    ) else {
        println!("skipped: TEST_DATABASE_TLS_URL and TEST_DATABASE_CA name no server");
        return None;
    };
    // Each story says its own mode.
    let bare = url.split('?').next().unwrap_or_default().to_owned();
    Some((bare, authority))
}

fn is_encrypted(url: &str) -> Result<bool, DbError> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Bool)]
        ssl: bool,
    }
    let db = Db::open(&DatabaseUrl::parse(url)?)?;
    let mut conn: Conn = db.connect()?;
    let line: Line = diesel::sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .get_result(&mut conn)?;
    Ok(line.ssl)
}

#[test]
fn every_mode_encrypts_and_checks_what_it_promises() {
    let Some((url, authority)) = server() else {
        return;
    };
    let by_address = url.replace("localhost", "127.0.0.1");
    for good in [
        format!("{url}?sslmode=verify-full&sslrootcert={authority}"),
        format!("{url}?sslmode=verify-full&sslrootcert={authority}&channel_binding=require"),
        format!("{by_address}?sslmode=verify-ca&sslrootcert={authority}"),
        format!("{by_address}?sslmode=require"),
        format!("{url}?sslmode=require&application_name=rapport"),
    ] {
        assert!(
            is_encrypted(&good).unwrap_or_else(|error| panic!("{good}: {error}")),
            "{good}"
        );
    }
    for (bad, why) in [
        (format!("{url}?sslmode=verify-full"), "sslrootcert"),
        (
            format!("{url}?sslmode=verify-ca"),
            "signed by nobody we trust",
        ),
        (
            format!("{by_address}?sslmode=verify-full&sslrootcert={authority}"),
            "another host than 127.0.0.1",
        ),
        (
            format!("{url}?sslmode=verify-full&sslrootcert=/nowhere.pem"),
            "/nowhere.pem",
        ),
    ] {
        let error = is_encrypted(&bad).expect_err(&bad).to_string();
        assert!(error.contains(why), "{bad}: {error}");
    }
}

#[test]
fn a_wrong_password_is_said_without_showing_it() {
    let Some((url, authority)) = server() else {
        return;
    };
    let (start, rest) = url.split_once('@').expect("a login");
    let user = start.rsplit_once(':').expect("a password").0;
    let url = format!("{user}:wrongpass@{rest}?sslmode=verify-full&sslrootcert={authority}");
    let error = is_encrypted(&url).expect_err("refused").to_string();
    assert!(error.contains("password authentication failed"), "{error}");
    assert!(
        !error.contains("wrongpass") && !error.contains(".s.PGSQL"),
        "{error}"
    );
}

#[test]
fn a_server_without_tls_is_not_spoken_to() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = [0; 8];
            stream.read_exact(&mut request).expect("a question");
            stream.write_all(b"N").expect("an answer");
        }
    });
    let url = format!("postgres://ada:secret@127.0.0.1:{port}/crm?sslmode=require");
    let error = is_encrypted(&url).expect_err("refused").to_string();
    assert!(error.contains("does not speak TLS"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let url = "postgres://ada@127.0.0.1:1/crm?sslmode=verify-full";
    let error = is_encrypted(url).expect_err("refused").to_string();
    assert!(error.contains("127.0.0.1:1"), "{error}");
}
