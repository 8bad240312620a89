//! `rapport bench pages`: how long pages take, alone and while events flow in, and what the server needs to stand there.

use std::time::Duration;

use clap::Args;

use super::super::{Failure, instance, say_error};
use super::load::Load;
use super::machine::Machine;
use super::places::Places;
use super::reader::{Kind, read};
use super::report::Report;
use super::sender::{Pace, send};
use super::server::Server;
use super::stand::Stand;
use crate::base::clock;
use crate::config::Config;
use crate::db::{Conn, DatabaseUrl};

/// How long pages take.
#[derive(Debug, Args)]
pub(super) struct Pages {
    /// Connections that read.
    #[arg(long, value_name = "N", default_value_t = 8)]
    connections: u64,
    /// How long to read each kind of page.
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u64,
    /// Events a second that flow in meanwhile, in the second half; they stay.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    rate: u64,
    /// Read only the kinds of this name (list, record, search, …).
    #[arg(long, value_name = "KIND")]
    only: Vec<String>,
    /// An instance that runs already, over the same database (default: one is started).
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is read while events flow in.
const UNDER_LOAD: [&str; 3] = ["list", "record", "search"];

impl Pages {
    pub fn run(&self, config: &Config) -> Result<(), Failure> {
        let machine = Machine::look();
        let url = DatabaseUrl::parse(&config.database_url())?;
        let mut conn = instance::open(config)?;
        let stand = Stand::set_up(&mut conn, clock::now())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut report = Report::new(format!("Pages on {url}: {machine}"));
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
        let server = match &self.url {
            Some(url) => Server::running(url)?,
            None => Server::start(config).await?,
        };
        footprint(report, &server).await?;
        let address = server.address;
        let time = Duration::from_secs(self.seconds);
        let kinds = Places {
            conn,
            stand,
            address,
        }
        .all()?;
        let wanted =
            |kind: &&Kind| self.only.is_empty() || self.only.iter().any(|key| key == kind.key);
        for kind in kinds.iter().filter(wanted) {
            say_error(kind.label);
            let reading = read(kind, address, self.connections, time).await?;
            reading.tell(report, kind.key, kind.label);
        }
        let load = Load::new(
            clock::now().0.unsigned_abs(),
            20_000,
            address,
            &stand.write_key,
        );
        for (n, kind) in kinds
            .iter()
            .filter(wanted)
            .filter(|k| UNDER_LOAD.contains(&k.key))
            .enumerate()
        {
            say_error(&format!("{}, with events", kind.label));
            let sending = send(load.another(n as u64), address, self.flow(time));
            let (sent, reading) =
                tokio::join!(sending, read(kind, address, self.connections, time));
            let key = format!("{}_loaded", kind.key);
            reading?.tell(report, &key, &format!("{} with events", kind.label));
            let sent = sent?;
            report.add(
                format!("{key}_events_per_second"),
                format!("{}, events meanwhile", kind.label),
                sent.events as f64 / sent.took.as_secs_f64(),
                "events/s",
            );
        }
        report.add(
            "peak_mb",
            "most memory of the server",
            server.peak_mb(),
            "MB",
        );
        server.stop();
        Ok(())
    }

    fn flow(&self, time: Duration) -> Pace {
        Pace {
            connections: 4,
            batch: 50,
            rate: Some(self.rate),
            time,
        }
    }
}

async fn footprint(report: &mut Report, server: &Server) -> Result<(), Failure> {
    let first = server.started_in.as_secs_f64() * 1_000.0;
    report.add("first_answer_ms", "first answer after start", first, "ms");
    tokio::time::sleep(Duration::from_secs(2)).await;
    report.add("idle_mb", "memory when idle", server.resident_mb(), "MB");
    let binary = std::fs::metadata(std::env::current_exe()?)?.len();
    report.add(
        "binary_mb",
        "size of the program",
        binary as f64 / f64::from(1 << 20),
        "MB",
    );
    Ok(())
}
