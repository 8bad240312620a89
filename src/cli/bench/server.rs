//! The instance under test: a child process of the same binary, so that its memory and processor time are its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::super::Failure;
use super::client::Client;
use super::machine;
use crate::config::Config;

/// The server that is measured.
pub(super) struct Server {
    pub address: SocketAddr,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
    child: Option<Child>,
}

/// How long it may take to start; SQLite may have to be recovered.
const PATIENCE: Duration = Duration::from_mins(1);

impl Server {
    /// Starts one over the configured database, on a free port.
    pub async fn start(config: &Config) -> Result<Self, Failure> {
        let address = free_address()?;
        let started = Instant::now();
        let child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(["--listen", &address.to_string()])
            .arg("--data")
            .arg(&config.data)
            .args(["--database", &config.database_url()])
            .env("RAPPORT_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Self {
            address,
            started_in: Duration::ZERO,
            child: Some(child),
        };
        server.wait(started).await?;
        Ok(server)
    }

    /// One that runs already, at `http://HOST:PORT`.
    pub fn running(url: &str) -> Result<Self, Failure> {
        let wrong = || format!("{url} is no address of the form http://127.0.0.1:8080");
        let host = url.strip_prefix("http://").ok_or_else(wrong)?;
        let address = std::net::ToSocketAddrs::to_socket_addrs(host.trim_end_matches('/'))?
            .next()
            .ok_or_else(wrong)?;
        Ok(Self {
            address,
            started_in: Duration::ZERO,
            child: None,
        })
    }

    async fn wait(&mut self, started: Instant) -> Result<(), Failure> {
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        while started.elapsed() < PATIENCE {
            if let Some(status) = self
                .child
                .as_mut()
                .map(Child::try_wait)
                .transpose()?
                .flatten()
            {
                return Err(format!("the server under test ended at once ({status})").into());
            }
            if let Ok(mut client) = Client::connect(self.address).await
                && client.send(request.as_bytes()).await.is_ok()
            {
                self.started_in = started.elapsed();
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err("the server under test did not answer".into())
    }

    /// The most memory it ever had, in megabytes; 0 where it is not ours.
    pub fn peak_mb(&self) -> f64 {
        self.child
            .as_ref()
            .map_or(0.0, |c| machine::peak_mb(c.id()))
    }

    /// The memory it has now.
    pub fn resident_mb(&self) -> f64 {
        self.child
            .as_ref()
            .map_or(0.0, |c| machine::resident_mb(c.id()))
    }

    /// Processor time it has had.
    pub fn cpu_seconds(&self) -> f64 {
        self.child
            .as_ref()
            .map_or(0.0, |c| machine::cpu_seconds(c.id()))
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        if asked.is_ok_and(|status| status.success()) {
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    /// A bench that fails leaves no server behind.
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
