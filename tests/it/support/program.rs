//! The program itself, run as people run it, in a folder of its own.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::database::Database;

/// A folder, and the program working in it.
pub struct Place {
    folder: TempDir,
    url: Option<String>,
    database: Option<Database>,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            url: None,
            database: None,
        }
    }

    pub fn on(database: &str) -> Self {
        Self {
            url: Some(database.to_owned()),
            ..Self::new()
        }
    }

    /// On the kind of database that the stories run on.
    pub fn on_either() -> Self {
        let database = Database::fresh();
        let url = Some(database.url()).filter(|url| !url.is_empty());
        Self {
            url,
            database: Some(database),
            ..Self::new()
        }
    }

    /// The database, as the program is given it.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.path().join("data/rapport.db").display());
        self.url.clone().unwrap_or_else(file)
    }

    /// Ends the program's connections to PostgreSQL.
    pub fn cut(&self) -> usize {
        self.database.as_ref().map_or(0, Database::cut)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
        command
            .current_dir(self.path())
            .args(args)
            .stdin(Stdio::null());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RAPPORT_")) {
            command.env_remove(name);
        }
        if let Some(url) = &self.url {
            command.env("RAPPORT_DATABASE", url);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program")
    }

    #[track_caller]
    pub fn says(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// An administrator, ada@example.com.
    #[track_caller]
    pub fn has_ada(&self) {
        let who = "user create --email ada@example.com --name Ada --role admin";
        self.says(&who.split(' ').collect::<Vec<_>>());
    }

    /// A source of the web; gives its write key.
    #[track_caller]
    pub fn has_website(&self) -> String {
        let words = self.says(&["source", "create", "--name", "Website", "--kind", "web"]);
        words.lines().last().expect("a key").to_owned()
    }

    #[track_caller]
    pub fn refuses(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{args:?}: {}",
            text(&output.stdout)
        );
        text(&output.stderr)
    }

    pub fn serve(&self) -> Server {
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(
            child.stdout.take().expect("its words"),
        ));
        let first = lines.next().expect("a line").expect("text");
        let address = first
            .split("http://")
            .nth(1)
            .expect("an address")
            .trim()
            .to_owned();
        Server { child, address }
    }
}

/// A server that is killed with the story.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
}

impl Server {
    /// SIGKILL: it has no moment for anything.
    pub fn dies(mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("an end");
    }

    /// SIGTERM, and a good end.
    pub fn stops(mut self) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .expect("kill")
                .success()
        );
        let asked = Instant::now();
        let status = self.child.wait().expect("an end");
        assert!(
            status.success() && asked.elapsed() < Duration::from_secs(15),
            "{status}"
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
