//! Stopping a server on which somebody still looks at a live page.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{Place, Server};

const PASSWORD: &str = "correct horse battery";

/// Sends a request and leaves the answer to be read.
fn send(server: &Server, request: &str, cookie: &str, form: &str) -> TcpStream {
    let mut line = TcpStream::connect(&server.address).expect("the server");
    line.set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a limit");
    let text = format!(
        "{request} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        server.address,
        form.len()
    );
    line.write_all(text.as_bytes()).expect("a request");
    line
}

/// Reads to the end.
fn answer(mut line: TcpStream) -> String {
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("an answer");
    answer
}

fn header(answer: &str, name: &str) -> String {
    let line = answer.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name} in {answer}"))
        .to_owned()
}

#[test]
fn open_streams_do_not_hold_up_the_end() {
    let place = Place::new();
    let mut adding = place
        .command(&[
            "user",
            "create",
            "--email",
            "ada@example.com",
            "--name",
            "Ada",
            "--role",
            "admin",
        ])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program");
    writeln!(adding.stdin.take().expect("its ear"), "{PASSWORD}").expect("a password");
    assert!(adding.wait().expect("an end").success());

    let server = place.serve();
    let form = format!(
        "email=ada%40example.com&password={}",
        PASSWORD.replace(' ', "+")
    );
    let signed_in = answer(send(&server, "POST /sign-in", "", &form));
    let cookie = header(&signed_in, "set-cookie: ");
    let cookie = cookie.split(';').next().unwrap_or_default();
    let made = answer(send(&server, "POST /contacts", cookie, "name=Ingrid"));
    let record = header(&made, "location: ");

    let mut stream = send(&server, &format!("GET {record}/live"), cookie, "");
    let mut heard = String::new();
    while !heard.contains(": here") {
        let mut piece = [0; 1024];
        let n = stream.read(&mut piece).expect("a piece");
        assert!(n > 0, "it goes on: {heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..n]));
    }
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
    let asked = Instant::now();
    server.stops();
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
}
