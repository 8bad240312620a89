//! `rapport serve`: builds the house, answers HTTP until told to stop, then finishes what it began.

use std::net::SocketAddr;

use actix_web::HttpServer;
use clap::Args;

use super::{Failure, say};
use crate::app::{self, House};
use crate::config::Config;

/// Start the server.
#[derive(Debug, Default, Args)]
pub struct Serve {
    /// Address and port to listen on (default: 127.0.0.1:8080).
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Load the demo world into an empty instance first.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub(super) fn run(self, mut config: Config) -> Result<(), Failure> {
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        log(&config);
        let house = House::build(config)?;
        actix_web::rt::System::new().block_on(answer(house))
    }
}

async fn answer(house: House) -> Result<(), Failure> {
    let listen = house.config.listen;
    let workers = house.config.workers;
    let server = HttpServer::new(move || app::app(&house))
        .workers(workers)
        .shutdown_timeout(20)
        .bind(listen)
        .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    say(&format!("Rapport is at http://{listen}"));
    server.run().await?;
    Ok(())
}

/// Text or JSON lines on standard error, filtered by the `log` setting.
fn log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let result = if config.log_json {
        lines.json().try_init()
    } else {
        lines.try_init()
    };
    // A second start within one process (tests) keeps the first log.
    let _ = result;
}
