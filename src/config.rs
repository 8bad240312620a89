//! The one commented tree of settings: a file, then the environment. All optional; an unknown key is an
//! error that suggests the right one. Only this file reads the environment.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::base::token;

/// A value that prints as dots.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "none"
        } else {
            "•••"
        })
    }
}

/// Everything an operator can set. `rapport.toml` uses the same names; the environment uses
/// `RAPPORT_` and the name in capitals (`RAPPORT_SMTP_URL`).
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Folder of everything that is not in PostgreSQL.
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; empty means `rapport.db` in the data folder.
    pub database: String,
    /// Where people and SDKs reach this instance, without a slash at the end. Empty: from each request.
    pub public_url: String,
    /// `smtp://…` or `smtps://USER:PASSWORD@HOST:PORT`; empty: mails are written to files in the data folder.
    pub smtp_url: Secret,
    /// Sender of the house's own mail.
    pub mail_from: String,
    /// Encrypts secrets at rest. Empty: made at the first start and kept in the data folder.
    pub secret_key: Secret,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Key that may read `/metrics` from elsewhere than this machine.
    pub metrics_key: Secret,
    /// Country in which phone numbers without `+` are read (ISO 3166-1 alpha-2).
    pub default_country: String,
    /// What to log: `error`, `warn`, `info`, `debug`, or tracing's filter syntax.
    pub log: String,
    /// One JSON object a line instead of text.
    pub log_json: bool,
    /// Threads that answer HTTP.
    pub workers: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("data"),
            database: String::new(),
            public_url: String::new(),
            smtp_url: Secret::default(),
            mail_from: "Rapport <rapport@localhost.localdomain>".to_owned(),
            secret_key: Secret::default(),
            trusted_proxies: Vec::new(),
            metrics_key: Secret::default(),
            default_country: String::new(),
            log: "info".to_owned(),
            log_json: false,
            workers: 2,
        }
    }
}

/// Every key, for the environment and for suggestions.
pub const KEYS: &[&str] = &[
    "listen",
    "data",
    "database",
    "public_url",
    "smtp_url",
    "mail_from",
    "secret_key",
    "trusted_proxies",
    "metrics_key",
    "default_country",
    "log",
    "log_json",
    "workers",
];

/// What is wrong with the settings, in words for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads `file` (or `rapport.toml` in the current folder, if it is there), then the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let default = Path::new("rapport.toml");
        let mut table = match (file, default.exists()) {
            (Some(path), _) => read_file(path)?,
            (None, true) => read_file(default)?,
            (None, false) => toml::Table::new(),
        };
        overlay(&mut table, std::env::vars())?;
        Self::from_table(table)
    }

    /// Checks and types a table of settings.
    pub fn from_table(table: toml::Table) -> Result<Self, ConfigError> {
        for key in table.keys() {
            known(key, "")?;
        }
        let config: Self = table.try_into().map_err(|error: toml::de::Error| {
            ConfigError(format!("configuration: {}", error.message()))
        })?;
        if !config.public_url.is_empty() && url::Url::parse(&config.public_url).is_err() {
            return Err(ConfigError(format!(
                "public_url {:?} is no URL; write it as https://crm.example.com",
                config.public_url
            )));
        }
        Ok(config)
    }

    /// The database URL with its default filled in.
    pub fn database_url(&self) -> String {
        if self.database.is_empty() {
            format!("sqlite:{}", self.data.join("rapport.db").display())
        } else {
            self.database.clone()
        }
    }

    /// The key for secrets at rest: configured, or made once and kept in the data folder, readable by its owner only.
    pub fn secret_key(&self) -> Result<[u8; 32], ConfigError> {
        use sha2::{Digest, Sha256};
        let text = if self.secret_key.0.is_empty() {
            self.kept_secret_key()?
        } else {
            self.secret_key.0.clone()
        };
        Ok(Sha256::digest(text.as_bytes()).into())
    }

    fn kept_secret_key(&self) -> Result<String, ConfigError> {
        let path = self.data.join("secret.key");
        let failed = |error: std::io::Error| ConfigError(format!("{}: {error}", path.display()));
        if let Ok(text) = std::fs::read_to_string(&path)
            && !text.trim().is_empty()
        {
            return Ok(text.trim().to_owned());
        }
        std::fs::create_dir_all(&self.data).map_err(failed)?;
        let key = token::secret();
        write_private(&path, &key).map_err(failed)?;
        Ok(key)
    }
}

/// Writes a file only its owner may read.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn read_file(path: &Path) -> Result<toml::Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError(format!("{}: {error}", path.display())))?;
    text.parse().map_err(|error: toml::de::Error| {
        ConfigError(format!("{}: {}", path.display(), error.to_string().trim()))
    })
}

/// Lays `RAPPORT_…` variables over the file's values.
fn overlay(
    table: &mut toml::Table,
    vars: impl Iterator<Item = (String, String)>,
) -> Result<(), ConfigError> {
    for (name, value) in vars {
        let Some(key) = name.strip_prefix("RAPPORT_").map(str::to_lowercase) else {
            continue;
        };
        // Names the test lanes and the snippets in the README use for themselves.
        if key.starts_with("test_")
            || [
                "url",
                "key",
                "api_key",
                "email",
                "password",
                "setup_token",
                "shots",
                "fast",
            ]
            .contains(&key.as_str())
        {
            continue;
        }
        known(&key, "RAPPORT_")?;
        let value =
            match key.as_str() {
                "log_json" => toml::Value::Boolean(matches!(value.as_str(), "1" | "true" | "yes")),
                "workers" => toml::Value::Integer(value.parse().map_err(|_e| {
                    ConfigError(format!("{name}={value:?}: write a whole number"))
                })?),
                "trusted_proxies" => toml::Value::Array(
                    value
                        .split(',')
                        .map(|ip| toml::Value::String(ip.trim().to_owned()))
                        .collect(),
                ),
                _ => toml::Value::String(value),
            };
        table.insert(key, value);
    }
    Ok(())
}

fn known(key: &str, prefix: &str) -> Result<(), ConfigError> {
    if KEYS.contains(&key) {
        return Ok(());
    }
    let shown = |k: &str| {
        if prefix.is_empty() {
            k.to_owned()
        } else {
            format!("{prefix}{}", k.to_uppercase())
        }
    };
    let nearest = KEYS
        .iter()
        .map(|known| (strsim::jaro_winkler(known, key), *known))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Err(ConfigError(match nearest {
        Some((_, name)) => format!(
            "unknown setting {}; did you mean {}?",
            shown(key),
            shown(name)
        ),
        None => format!(
            "unknown setting {}; known are {}",
            shown(key),
            KEYS.iter().map(|k| shown(k)).collect::<Vec<_>>().join(", ")
        ),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let table = text.parse().expect("valid TOML");
        Config::from_table(table).expect_err("refused").to_string()
    }

    #[test]
    fn an_unknown_key_suggests_the_right_one() {
        assert!(error_of("publik_url = \"x\"").contains("did you mean public_url?"));
        assert!(error_of("zzz = 1").contains("known are listen"));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let mut table: toml::Table = "listen = \"127.0.0.1:1\"".parse().expect("valid TOML");
        let vars = [
            ("RAPPORT_LISTEN", "127.0.0.1:2"),
            ("HOME", "/"),
            ("RAPPORT_WORKERS", "3"),
        ];
        overlay(
            &mut table,
            vars.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter(),
        )
        .expect("known");
        let config = Config::from_table(table).expect("valid");
        assert_eq!((config.listen.port(), config.workers), (2, 3));
    }

    #[test]
    fn an_unknown_variable_is_refused_too() {
        let vars = [("RAPPORT_LISTENN".to_owned(), "x".to_owned())];
        let error = overlay(&mut toml::Table::new(), vars.into_iter()).expect_err("refused");
        assert!(error.to_string().contains("RAPPORT_LISTEN?"));
    }

    #[test]
    fn every_field_is_a_known_key() {
        let shown = format!("{:?}", Config::default());
        for key in KEYS {
            assert!(shown.contains(&format!("{key}:")), "{key}");
        }
        assert_eq!(shown.matches(": ").count(), KEYS.len());
    }
}
