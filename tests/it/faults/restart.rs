//! PostgreSQL itself is restarted under load: once as an administrator does it, once as a power cut does.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::ends_well;
use super::sender::{self, Events};
use crate::support::Place;

#[test]
fn a_server_restarted_under_load_loses_nothing_and_needs_no_restart_of_ours() {
    let Some(postgres) = Postgres::start() else {
        println!("skipped: TEST_POSTGRES_BIN names no folder with a PostgreSQL server");
        return;
    };
    let place = Place::on(&postgres.url);
    let key = place.has_website();
    let events = Arc::new(Events::default());
    let server = place.serve();
    let stop = Arc::new(AtomicBool::new(false));
    let senders = sender::start(&server.address, &key, &events, &stop);
    for mode in ["fast", "immediate", "immediate"] {
        std::thread::sleep(Duration::from_millis(900));
        postgres.control(&["restart", "-m", mode]);
    }
    std::thread::sleep(Duration::from_secs(2));
    stop.store(true, Ordering::SeqCst);
    let known = sender::join(senders);
    let page = sender::page(&server.address, "/readyz");
    assert_eq!(page, Some(200), "it found its way back by itself");
    ends_well(&place, server, &key, known);
}

/// A PostgreSQL server for this story alone.
struct Postgres {
    folder: TempDir,
    bin: PathBuf,
    options: String,
    url: String,
}

impl Postgres {
    fn start() -> Option<Self> {
        let bin = PathBuf::from(std::env::var_os("TEST_POSTGRES_BIN")?);
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let this = Self {
            options: format!(
                "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off",
                folder.path().display()
            ),
            url: format!("postgres://rapport@127.0.0.1:{port}/postgres"),
            folder,
            bin,
        };
        if is_root() {
            let folder = this.folder.path();
            let given = Command::new("chown").arg("postgres").arg(folder).status();
            assert!(given.expect("chown").success());
        }
        this.run(
            "initdb",
            &[
                "-U",
                "rapport",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
        );
        this.control(&["start"]);
        Some(this)
    }

    fn control(&self, act: &[&str]) {
        let log = self.folder.path().join("log").display().to_string();
        let mut args = vec!["-w", "-t", "60", "-l", &log, "-o", &self.options];
        args.extend(act);
        self.run("pg_ctl", &args);
    }

    /// Root lends the server another user: it refuses to be root.
    fn run(&self, program: &str, args: &[&str]) {
        let file = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(file);
            command
        } else {
            Command::new(file)
        };
        let status = command
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(args)
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.expect(program).success(), "{program} {args:?}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.control(&["stop", "-m", "immediate"]);
        } else if let Ok(pid) = fs::read_to_string(self.folder.path().join("data/postmaster.pid")) {
            let pid = pid.lines().next().unwrap_or_default();
            let _ = Command::new("kill").args(["-QUIT", pid]).status();
        }
    }
}

fn is_root() -> bool {
    let user = fs::metadata("/proc/self").map(|about| about.uid());
    user.is_ok_and(|id| id == 0)
}
