//! `rapport serve`: builds the house, answers HTTP until told to stop, then finishes what it began.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, log, say};
use crate::accounts;
use crate::app::{self, House};
use crate::base::clock;
use crate::config::Config;
use crate::db::{DatabaseUrl, lock, tls};
use crate::web::streams::Streams;

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
        log::start(&config);
        let url = DatabaseUrl::parse(&config.database_url())?;
        let hold = lock::hold(&url)?;
        let house = House::build(config)?;
        if self.demo && !house.db.read_now(accounts::store::has_users)? {
            super::seed_demo::build(&house, crate::demo::Size::Full, None)?;
        }
        let background = actix_web::rt::System::new().block_on(answer(&house))?;
        // HTTP has stopped: nothing new comes in, what came in is finished.
        background.stop();
        house.db.checkpoint()?;
        tracing::info!("stopped");
        drop(hold);
        Ok(())
    }
}

/// Answers until a signal comes and every request at hand is answered.
async fn answer(house: &House) -> Result<app::Background, Failure> {
    let listen = house.config.listen;
    let shared = house.clone();
    let server = HttpServer::new(move || app::app(&shared))
        .workers(house.config.workers.max(1))
        .shutdown_timeout(20)
        .disable_signals()
        .bind(listen)
        .map_err(|error| cannot_listen(listen, &error))?;
    let listens = server.addrs().first().copied().unwrap_or(listen);
    let background = house.start()?;
    let server = server.run();
    actix_web::rt::spawn(stop_on_signal(server.handle(), house.streams.clone())?);
    greet(house, listens).await?;
    server.await?;
    Ok(background)
}

/// What somebody who has just started it needs to know.
async fn greet(house: &House, listens: SocketAddr) -> Result<(), Failure> {
    let shown = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let here = SocketAddr::new(shown, listens.port());
    if let DatabaseUrl::Postgres(url) = house.db.url()
        && let Some(host) = tls::open_line(url)
    {
        tracing::warn!(%host, "the line to the database is not encrypted; add sslmode=verify-full to its URL");
    }
    tracing::info!(listen = %listens, database = %house.db.url(), mail = %house.mailer.describe(), "started");
    say(&format!("Rapport is at http://{here}"));
    if !house.db.read(accounts::store::has_users).await? {
        let token = accounts::setup_token::offer(&house.config)?;
        say(&format!("Set it up at http://{here}/setup?token={token}"));
    }
    Ok(())
}

fn cannot_listen(listen: SocketAddr, error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "{listen} is taken by another program; stop that one, or choose another address with --listen"
        ),
        ErrorKind::PermissionDenied => format!(
            "{listen} may not be used by this user; choose a port above 1023 with --listen"
        ),
        ErrorKind::AddrNotAvailable => format!("{listen} is not an address of this machine"),
        _ => format!("cannot listen on {listen}: {error}"),
    }
    .into()
}

/// The first signal asks for an orderly end, the second one gets its way at once.
fn stop_on_signal(
    server: ServerHandle,
    streams: Streams,
) -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let started = clock::now();
        tracing::info!("stopping: finishing requests and jobs");
        // Requests without an end of their own.
        streams.close();
        actix_web::rt::spawn(async move {
            server.stop(true).await;
            tracing::debug!(micros = clock::now().since(started), "HTTP has stopped");
        });
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::warn!("stopped at once; what was running will be done again");
        std::process::exit(130);
    })
}
