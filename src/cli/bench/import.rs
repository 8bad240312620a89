//! `rapport bench import`: how long a file of contacts takes through the front door, what the server needs for it, and how
//! long pages take meanwhile.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use diesel::prelude::*;

use super::super::chance::Chance;
use super::super::{Failure, instance, say_error};
use super::client::Client;
use super::machine::Machine;
use super::report::{Report, percentile};
use super::server::Server;
use super::stand::Stand;
use crate::base::clock;
use crate::base::ids::{ContactId, ImportId};
use crate::config::Config;
use crate::contacts::import::model::State;
use crate::db::schema::{contacts, imports};
use crate::db::{Conn, DatabaseUrl};
use crate::web::form_token;

/// How long a file of contacts takes to come in, and pages meanwhile. The contacts stay: use an instance made for it.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Rows of the file; of a hundred, three cannot be taken and five repeat somebody.
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    rows: u64,
    /// Connections that read a page every 40 ms meanwhile.
    #[arg(long, value_name = "N", default_value_t = 2)]
    connections: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Lists that are read meanwhile, and as many records.
const MEANWHILE: [&str; 6] = [
    "/contacts",
    "/contacts?q=anna",
    "/contacts?sort=name",
    "/contacts?stage=customer",
    "/companies",
    "/contacts?view=mine",
];
/// Between two pages of one connection.
const PAUSE: Duration = Duration::from_millis(40);
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(100);
/// When to give up.
const PATIENCE: Duration = Duration::from_mins(30);
const BORDER: &str = "rapport-bench";

impl Import {
    pub fn run(&self, config: &Config) -> Result<(), Failure> {
        let machine = Machine::look();
        let url = DatabaseUrl::parse(&config.database_url())?;
        let mut conn = instance::open(config)?;
        let stand = Stand::set_up(&mut conn, clock::now())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut report = Report::new(format!("Import into {url}: {machine}"));
        let result = runtime.block_on(self.measure(config, &mut conn, &stand, &mut report));
        stand.clear(&mut conn)?;
        result?;
        report.print(self.json);
        Ok(())
    }

    async fn measure(
        &self,
        config: &Config,
        conn: &mut Conn,
        stand: &Stand,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let server = Server::start(config).await?;
        let address = server.address;
        let pages = Arc::new(pages(conn, &stand.cookie, address)?);
        let desk = Desk {
            address,
            cookie: &stand.cookie,
        };
        let file = file(self.rows, clock::now().0.unsigned_abs());
        report.add("file_mb", "size of the file", megabytes(file.len()), "MB");
        say_error("handing the file in");
        let asked = Instant::now();
        desk.hand_in(&file).await?;
        report.add("handed_in_s", "file handed in", seconds(asked), "s");
        drop(file);
        let id: ImportId = imports::table
            .order(imports::id.desc())
            .select(imports::id)
            .first(conn)?;
        let columns = [("key", "email"), ("country", "NO")];
        desk.post(&format!("/imports/{id}/columns"), &columns)
            .await?;
        say_error("importing");
        let started = Instant::now();
        desk.post(&format!("/imports/{id}/start"), &[]).await?;
        let is_done = Arc::new(AtomicBool::new(false));
        let lanes: Vec<_> = (0..self.connections)
            .map(|lane| tokio::spawn(glance(pages.clone(), address, lane, is_done.clone())))
            .collect();
        let ended = wait(conn, id, started).await;
        is_done.store(true, Ordering::Relaxed);
        let took = seconds(started);
        let mut waits = Vec::new();
        for lane in lanes {
            waits.extend(lane.await??);
        }
        tell(report, &ended?, took);
        for (key, share) in [("p50", 0.5), ("p99", 0.99)] {
            let ms = percentile(&mut waits, share);
            report.add(
                format!("pages_{key}_ms"),
                format!("pages meanwhile, {key}"),
                ms,
                "ms",
            );
        }
        report.add("pages", "pages read meanwhile", waits.len() as f64, "");
        report.add(
            "peak_mb",
            "most memory of the server",
            server.peak_mb(),
            "MB",
        );
        server.stop();
        Ok(())
    }
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// What became of the rows.
struct Ended {
    created: i64,
    others: [i64; 3],
    failed: i64,
}

fn tell(report: &mut Report, ended: &Ended, took: f64) {
    let [updated, unchanged, duplicates] = ended.others;
    let all = ended.created + updated + unchanged + duplicates + ended.failed;
    report.add("took_s", "imported in", took, "s");
    report.add("rows_per_second", "rate", all as f64 / took, "rows/s");
    report.add("created", "created", ended.created as f64, "");
    let again = (updated + unchanged + duplicates) as f64;
    report.add("again", "rows of somebody who was there", again, "");
    report.add("failed", "not taken", ended.failed as f64, "");
}

/// Somebody's browser at the pages of imports.
struct Desk<'a> {
    address: SocketAddr,
    cookie: &'a str,
}

impl Desk<'_> {
    async fn hand_in(&self, file: &str) -> Result<(), Failure> {
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"bench.csv\"";
        let body = format!(
            "--{BORDER}\r\n{head}\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--{BORDER}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={BORDER}");
        self.send("/imports", &kind, &body).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<(), Failure> {
        let secret = self.cookie.split_once('=').map_or("", |(_, secret)| secret);
        let token = form_token(secret);
        let mut all = vec![("_csrf", token.as_str())];
        all.extend_from_slice(form);
        let body = serde_urlencoded::to_string(&all)?;
        self.send(path, "application/x-www-form-urlencoded", &body)
            .await
    }

    async fn send(&self, path: &str, kind: &str, body: &str) -> Result<(), Failure> {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            self.cookie,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body.as_bytes());
        let mut client = Client::connect(self.address).await?;
        let answer = client.send(&request).await?;
        if answer.status != 303 {
            return Err(format!("{path} was answered {}", answer.status).into());
        }
        Ok(())
    }
}

/// Finished requests for the pages that are read meanwhile.
fn pages(conn: &mut Conn, cookie: &str, address: SocketAddr) -> QueryResult<Vec<Vec<u8>>> {
    let known: Vec<ContactId> = contacts::table
        .filter(contacts::deleted_at.is_null())
        .filter(contacts::is_known)
        .order(contacts::id.desc())
        .limit(MEANWHILE.len() as i64)
        .select(contacts::id)
        .load(conn)?;
    let records = known.iter().map(|id| format!("/contacts/{id}"));
    let paths = MEANWHILE
        .iter()
        .map(|path| (*path).to_owned())
        .chain(records);
    let request = |path: String| {
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n").into_bytes()
    };
    Ok(paths.map(request).collect())
}

/// Reads a page every now and then until the import is through; milliseconds of each answer.
async fn glance(
    pages: Arc<Vec<Vec<u8>>>,
    address: SocketAddr,
    lane: usize,
    is_done: Arc<AtomicBool>,
) -> Result<Vec<f64>, std::io::Error> {
    let mut client = Client::connect(address).await?;
    let mut waits = Vec::new();
    for request in pages.iter().cycle().skip(lane * 7) {
        if is_done.load(Ordering::Relaxed) {
            break;
        }
        let asked = Instant::now();
        client.send(request).await?;
        waits.push(asked.elapsed().as_secs_f64() * 1_000.0);
        tokio::time::sleep(PAUSE).await;
    }
    Ok(waits)
}

/// Looks until all rows are through.
async fn wait(conn: &mut Conn, id: ImportId, started: Instant) -> Result<Ended, Failure> {
    while started.elapsed() < PATIENCE {
        type Row = (State, i64, i64, i64, i64, i64, String);
        let row: Row = imports::table
            .filter(imports::id.eq(id))
            .select((
                imports::state,
                imports::created,
                imports::updated,
                imports::unchanged,
                imports::duplicates,
                imports::failed,
                imports::trouble,
            ))
            .first(conn)?;
        let (state, created, updated, unchanged, duplicates, failed, trouble) = row;
        match state {
            State::Done => {
                return Ok(Ended {
                    created,
                    others: [updated, unchanged, duplicates],
                    failed,
                });
            }
            State::Failed => return Err(format!("the import failed: {trouble}").into()),
            _ => tokio::time::sleep(LOOK).await,
        }
    }
    Err("the import did not end".into())
}

/// A file of so many rows, of people nobody has seen before.
fn file(rows: u64, run: u64) -> String {
    const GIVEN: [&str; 8] = [
        "Ingrid",
        "José",
        "Søren",
        "Олена",
        "美咲",
        "Amara",
        "Zoë",
        "Nguyễn",
    ];
    let mut text = String::from("Name,Email,Phone,Company,Job title,City,Country\n");
    let mut chance = Chance::new(run);
    for n in 0..rows {
        let given = GIVEN.get(chance.below(8) as usize).unwrap_or(&"Ada");
        // Of a hundred rows three have no address that is one, and five are of somebody further up.
        let who = match chance.below(100) {
            3..8 if n > 0 => chance.below(n),
            _ => n,
        };
        let email = match chance.below(100) {
            0..3 => format!("person {who} at nowhere"),
            _ => format!("p{who}.{run:x}@firm{}.example", who % 20_000),
        };
        let _ = writeln!(
            text,
            "{given} Person{who},{email},+4757{:06},Firm {},Buyer,Bergen,Norway",
            who % 1_000_000,
            who % 20_000
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_bad_rows_and_people_who_come_twice() {
        let text = file(10_000, 7);
        let rows: Vec<&str> = text.lines().skip(1).collect();
        let emails: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.split(',').nth(1))
            .collect();
        let bad = emails.iter().filter(|email| !email.contains('@')).count();
        let mut good: Vec<&&str> = emails.iter().filter(|email| email.contains('@')).collect();
        let all = good.len();
        good.sort_unstable();
        good.dedup();
        assert_eq!(rows.len(), 10_000);
        assert!((250..350).contains(&bad), "{bad}");
        assert!(
            (400..600).contains(&(all - good.len())),
            "{}",
            all - good.len()
        );
    }
}
