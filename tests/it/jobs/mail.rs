//! Mail on its way out: kept in files, handed to a mail server, tried again or given up.

use std::sync::{Arc, Mutex};

use rapport::base::clock;
use rapport::config::{Config, Secret};
use rapport::jobs::{self, State};
use rapport::mail::{self, MailError, Mailer, Message};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::support::TestApp;

fn hello() -> Message {
    Message {
        to: "Grace Hopper <grace@example.com>".to_owned(),
        subject: "Grüße, 世界".to_owned(),
        text: "Hello\nthere.\n.\nA dot stood alone.".to_owned(),
        html: Some("<p>Hello there.</p>".to_owned()),
        ..Message::default()
    }
}

#[actix_web::test]
async fn a_queued_mail_is_sent_by_its_job() {
    let app = TestApp::empty().await;
    app.write(|conn| mail::enqueue(conn, &hello(), clock::now()))
        .await;
    assert_eq!(app.house.mailer.sent(), []);
    jobs::drain(&app.house.db, &app.house.config, &app.house.kinds()).await;
    assert_eq!(app.house.mailer.sent(), [hello()]);
}

#[actix_web::test]
async fn without_a_server_mail_becomes_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        data: folder.path().to_owned(),
        ..Config::default()
    };
    let mailer = Mailer::new(&config).expect("a mailer");
    assert!(!mailer.is_smtp());
    mailer
        .send(&hello(), "id1", clock::now())
        .await
        .expect("written");
    let files: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    assert_eq!(files.len(), 1);
    assert!(files[0].to_string_lossy().ends_with(".eml"));
    let text = std::fs::read_to_string(&files[0]).expect("a mail");
    for part in [
        "To: \"Grace Hopper\" <grace@example.com>",
        "Message-ID: <id1@",
        "multipart/alternative",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[actix_web::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mail"), "in the way").expect("a file");
    let config = Config {
        data: folder.path().to_owned(),
        ..Config::default()
    };
    let mailer = Mailer::new(&config).expect("a mailer");
    let error = mailer
        .send(&hello(), "id", clock::now())
        .await
        .expect_err("no folder");
    assert!(error.to_string().contains("/mail:"), "{error}");
}

#[actix_web::test]
async fn a_mail_server_gets_the_mail() {
    let server = MailServer::answering("250 taken").await;
    let mailer = mailer(&server.url("?tls=never"));
    mailer
        .send(&hello(), "id2", clock::now())
        .await
        .expect("sent");
    let heard = server.heard();
    assert!(
        heard.contains("MAIL FROM:<rapport@localhost.localdomain>"),
        "{heard}"
    );
    assert!(heard.contains("RCPT TO:<grace@example.com>"), "{heard}");
    assert!(
        heard.contains("Message-ID: <id2@localhost.localdomain>"),
        "{heard}"
    );
    mailer.check().await.expect("it answers");
}

#[actix_web::test]
async fn a_refusal_is_final_and_a_deferral_is_not() {
    let refusing = MailServer::answering("550 never").await;
    let error = mailer(&refusing.url(""))
        .send(&hello(), "id", clock::now())
        .await;
    assert!(matches!(error, Err(MailError::Refused(_))), "{error:?}");
    let full = MailServer::answering("452 disk full").await;
    let error = mailer(&full.url(""))
        .send(&hello(), "id", clock::now())
        .await;
    assert!(matches!(error, Err(MailError::Deferred(_))), "{error:?}");
}

#[actix_web::test]
async fn no_password_goes_over_an_open_line() {
    let server = MailServer::answering("250 taken").await;
    let url = server.url("").replace("smtp://", "smtp://ada:secret@");
    let error = mailer(&url)
        .send(&hello(), "id", clock::now())
        .await
        .expect_err("no TLS");
    assert!(error.to_string().contains("offers no TLS"), "{error}");
    assert!(!server.heard().contains("AUTH"));
    let error = mailer("smtp://127.0.0.1:1")
        .check()
        .await
        .expect_err("nobody there");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
}

#[actix_web::test]
async fn an_address_nobody_can_have_is_a_dead_letter() {
    let app = TestApp::empty().await;
    let bad = Message {
        to: "nobody".to_owned(),
        ..hello()
    };
    app.write(move |conn| mail::enqueue(conn, &bad, clock::now()))
        .await;
    jobs::drain(&app.house.db, &app.house.config, &app.house.kinds()).await;
    let dead = app
        .read(|conn| jobs::in_state(conn, State::Dead, None, 9))
        .await;
    assert_eq!(dead.len(), 1);
}

fn mailer(url: &str) -> Mailer {
    let config = Config {
        smtp_url: Secret(url.to_owned()),
        ..Config::default()
    };
    Mailer::new(&config).expect("a mailer")
}

/// A mail server that answers every message the same way, and remembers what it was told.
struct MailServer {
    port: u16,
    heard: Arc<Mutex<String>>,
}

impl MailServer {
    async fn answering(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(String::new()));
        let ear = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 test\r\n").await.expect("written");
                let mut in_data = false;
                while let Ok(Some(line)) = lines.next_line().await {
                    ear.lock().expect("an ear").extend([line.as_str(), "\n"]);
                    let reply = match line.get(..4) {
                        _ if in_data && line != "." => continue,
                        _ if in_data => {
                            in_data = false;
                            answer
                        }
                        Some("EHLO") => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8",
                        Some("DATA") => {
                            in_data = true;
                            "354 go on"
                        }
                        Some("QUIT") => "221 bye",
                        _ => "250 fine",
                    };
                    if write
                        .write_all(format!("{reply}\r\n").as_bytes())
                        .await
                        .is_err()
                    {
                        break;
                    }
                }
            }
        });
        Self { port, heard }
    }

    fn url(&self, query: &str) -> String {
        format!("smtp://127.0.0.1:{}{query}", self.port)
    }

    fn heard(&self) -> String {
        self.heard.lock().expect("an ear").clone()
    }
}
