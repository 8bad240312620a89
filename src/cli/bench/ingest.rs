//! `rapport bench ingest`: events over HTTP until each is on its contact, with the floor measured in the same run.

use std::time::{Duration, Instant};

use clap::Args;

use super::super::{Failure, instance, say_error};
use super::counts::Counts;
use super::load::Load;
use super::machine::Machine;
use super::report::{Report, percentile};
use super::sender::{Pace, Sent, send};
use super::server::Server;
use super::stand::Stand;
use super::{floor, sight};
use crate::base::clock;
use crate::config::Config;
use crate::db::{Conn, DatabaseUrl};

/// How fast events come in.
#[derive(Debug, Args)]
pub(super) struct Ingest {
    /// How long to send.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Events of one request.
    #[arg(long, value_name = "N", default_value_t = 100)]
    batch: u64,
    /// How many people the events are of.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    people: u64,
    /// Connections to send over (default: 8; with --single 64).
    #[arg(long, value_name = "N")]
    connections: Option<u64>,
    /// One event a request, for how many are acknowledged.
    #[arg(long)]
    single: bool,
    /// Send this many events a second, one a request, and measure how long each takes to be acknowledged and seen.
    #[arg(long, value_name = "N")]
    rate: Option<u64>,
    /// An instance that runs already, over the same database (default: one is started).
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Leave the floor out.
    #[arg(long)]
    no_floor: bool,
    /// Rows of the floor at the most.
    #[arg(long, value_name = "N", default_value_t = 500_000)]
    floor_rows: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// How long the worker may take for what was sent.
const PATIENCE: Duration = Duration::from_mins(30);

impl Ingest {
    pub fn run(&self, config: &Config) -> Result<(), Failure> {
        let machine = Machine::look();
        let url = DatabaseUrl::parse(&config.database_url())?;
        let mut conn = instance::open(config)?;
        let stand = Stand::set_up(&mut conn, clock::now())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut report = Report::new(format!("Ingest on {url}: {machine}"));
        let result = runtime.block_on(self.measure(config, &mut conn, &stand, &mut report));
        stand.clear(&mut conn)?;
        let load = result?;
        if !self.no_floor && self.rate.is_none() && !self.single {
            say_error("measuring the floor");
            let (rows, rate) = (self.floor_rows, report.value("visible_per_second"));
            let floor = floor::measure(&mut conn, &load, stand.source, rows, clock::now())?;
            report.add("floor_per_second", "floor: rows alone", floor, "events/s");
            report.add("ratio", "share of the floor reached", rate / floor, "");
        }
        report.print(self.json);
        Ok(())
    }

    async fn measure(
        &self,
        config: &Config,
        conn: &mut Conn,
        stand: &Stand,
        report: &mut Report,
    ) -> Result<Load, Failure> {
        let server = match &self.url {
            Some(url) => Server::running(url)?,
            None => Server::start(config).await?,
        };
        Counts::settle(conn)?;
        let before = Counts::take(conn)?;
        let idle_cpu = server.cpu_seconds();
        let run = clock::now().0.unsigned_abs();
        let load = Load::new(run, self.people, server.address, &stand.write_key);
        let pace = self.pace();
        say_error(&format!("sending for {} s", self.seconds));
        let started = Instant::now();
        let sending = send(load.clone(), server.address, pace);
        let (sent, seen) = if self.rate.is_some() {
            let key = stand.api_key.clone();
            let watching = sight::watch(load.clone(), server.address, key, pace.time);
            let (sent, seen) = tokio::join!(sending, watching);
            (sent?, seen?)
        } else {
            (sending.await?, Vec::new())
        };
        let all = sent.events + seen.len() as u64;
        say_error(&format!(
            "{all} events acknowledged, waiting until all are seen"
        ));
        let done = before.wait_for(conn, all, PATIENCE)?;
        before.check(conn, all)?;
        tell(report, sent, seen, done.duration_since(started));
        report.add("rows_before", "events before", before.events as f64, "");
        report.add(
            "peak_mb",
            "most memory of the server",
            server.peak_mb(),
            "MB",
        );
        let cpu = server.cpu_seconds() - idle_cpu;
        report.add("cpu_seconds", "processor time of the server", cpu, "s");
        server.stop();
        Ok(load)
    }

    fn pace(&self) -> Pace {
        let one_by_one = self.single || self.rate.is_some();
        Pace {
            connections: self.connections.unwrap_or(if one_by_one { 64 } else { 8 }),
            batch: if one_by_one { 1 } else { self.batch.max(1) },
            rate: self.rate,
            time: Duration::from_secs(self.seconds),
        }
    }
}

fn tell(report: &mut Report, sent: Sent, mut seen: Vec<f64>, until_seen: Duration) {
    let (events, mut waits) = (sent.events as f64, sent.waits);
    let per_second = |time: Duration| events / time.as_secs_f64();
    report.add("events", "events, each stored once", events, "");
    report.add(
        "acknowledged_per_second",
        "acknowledged",
        per_second(sent.took),
        "events/s",
    );
    report.add(
        "visible_per_second",
        "on their contacts",
        per_second(until_seen),
        "events/s",
    );
    report.add(
        "ack_p50_ms",
        "acknowledged after, p50",
        percentile(&mut waits, 0.5),
        "ms",
    );
    report.add(
        "ack_p99_ms",
        "acknowledged after, p99",
        percentile(&mut waits, 0.99),
        "ms",
    );
    if !seen.is_empty() {
        report.add(
            "seen_p50_ms",
            "in the contacts API after, p50",
            percentile(&mut seen, 0.5),
            "ms",
        );
        report.add(
            "seen_p99_ms",
            "in the contacts API after, p99",
            percentile(&mut seen, 0.99),
            "ms",
        );
    }
    if sent.put_off > 0 {
        report.add(
            "put_off",
            "requests told to come again",
            sent.put_off as f64,
            "",
        );
    }
}
