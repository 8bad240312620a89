//! TLS to PostgreSQL. libpq is built without it, so a connection that asks for TLS goes through a socket of
//! our own, in which rustls speaks to the server. `sslmode` means what it means to libpq: `require` encrypts
//! without asking who answers (and checks the chain where `sslrootcert` is given), `verify-ca` checks the
//! chain, `verify-full` the host name too. `disable`, `allow`, `prefer` and nothing are plain: a mode that may
//! fall back to plain protects nobody, and is said so in the log where the server is another machine.

mod forward;
mod verify;

use std::path::PathBuf;

use super::DbError;
pub use forward::close;

/// How much of the server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Check {
    Nothing,
    Chain,
    ChainAndName,
}

/// A server to be reached by TLS, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Target {
    host: String,
    /// Where to connect to, if not to `host` (libpq's `hostaddr`).
    address: String,
    port: u16,
    check: Check,
    /// A file of authorities; the public ones where none is given.
    roots: Option<PathBuf>,
}

/// A PostgreSQL URL taken apart as far as TLS is concerned. Values stay percent-encoded.
struct Parts<'a> {
    login: &'a str,
    host: String,
    port: u16,
    name: &'a str,
    mode: String,
    roots: Option<String>,
    binding: Option<String>,
    address: Option<String>,
    rest: Vec<&'a str>,
}

/// The address libpq shall use for `url`.
pub(super) fn address(url: &str) -> Result<String, DbError> {
    let parts = Parts::read(url)?;
    let Some(target) = parts.target()? else {
        return Ok(url.to_owned());
    };
    let folder = forward::folder(&target)?;
    let folder = percent_encoding::utf8_percent_encode(
        &folder.to_string_lossy(),
        percent_encoding::NON_ALPHANUMERIC,
    )
    .to_string();
    let mut address = format!(
        "postgresql://{}/{}?host={folder}&port={}&sslmode=disable&gssencmode=disable&channel_binding=disable",
        parts.login,
        parts.name,
        forward::SOCKET_PORT
    );
    for pair in parts.rest {
        address.push('&');
        address.push_str(pair);
    }
    Ok(address)
}

/// Whether the password and the data cross a network as they are; the host, for the warning.
pub fn open_line(url: &str) -> Option<String> {
    let parts = Parts::read(url).ok()?;
    let is_here = parts.host.is_empty()
        || parts.host.starts_with('/')
        || parts.host.starts_with("%2F")
        || ["localhost", "127.0.0.1", "[::1]", "::1"].contains(&parts.host.as_str());
    let is_plain = matches!(parts.target(), Ok(None));
    (is_plain && !is_here).then_some(parts.host)
}

/// What libpq says of a failure, without the socket that nobody asked for.
pub(super) fn in_words(message: &str) -> String {
    let is_ours = message.contains("on socket") && message.contains("/rapport-");
    let told = message.split_once("failed: ").filter(|_| is_ours);
    let told = told.map_or(message, |(_, rest)| rest);
    told.trim_start_matches("FATAL:").trim().to_owned()
}

impl<'a> Parts<'a> {
    fn read(url: &'a str) -> Result<Self, DbError> {
        let wrong = |why: String| DbError::Url(why);
        let rest = url
            .strip_prefix("postgresql://")
            .or_else(|| url.strip_prefix("postgres://"))
            .ok_or_else(|| wrong("write postgres://USER:PASSWORD@HOST/NAME".to_owned()))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, name) = place.split_once('/').unwrap_or((place, ""));
        let (login, server) = match authority.rfind('@') {
            Some(at) => authority.split_at(at + 1),
            None => ("", authority),
        };
        let (host, port) = split_port(server)?;
        let mut parts = Self {
            login,
            host,
            port,
            name,
            mode: "prefer".to_owned(),
            roots: None,
            binding: None,
            address: None,
            rest: Vec::new(),
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_encoding::percent_decode_str(value)
                .decode_utf8_lossy()
                .into_owned();
            match key {
                "sslmode" => parts.mode = value,
                "sslrootcert" => parts.roots = Some(value).filter(|file| file != "system"),
                "channel_binding" => parts.binding = Some(value),
                "hostaddr" => parts.address = Some(value),
                "host" => parts.host = value,
                "port" => {
                    parts.port = value
                        .parse()
                        .map_err(|_| wrong(format!("{value:?} is no port")))?;
                }
                // Ways of asking for TLS that this house decides itself.
                "gssencmode" | "sslnegotiation" | "ssl_min_protocol_version" | "sslsni" => {}
                _ => parts.rest.push(pair),
            }
        }
        Ok(parts)
    }

    /// The server to reach by TLS; none where the line is plain.
    fn target(&self) -> Result<Option<Target>, DbError> {
        let check = match (self.mode.as_str(), &self.roots) {
            ("disable" | "allow" | "prefer", _) => return Ok(None),
            ("require", None) => Check::Nothing,
            ("require", Some(_)) | ("verify-ca", _) => Check::Chain,
            ("verify-full", _) => Check::ChainAndName,
            (other, _) => {
                return Err(DbError::Url(format!(
                    "sslmode={other} is none of disable, allow, prefer, require, verify-ca, verify-full"
                )));
            }
        };
        if self.host.starts_with('/') || self.host.is_empty() {
            return Err(DbError::Url(format!(
                "sslmode={} needs a host; a socket on this machine needs no TLS",
                self.mode
            )));
        }
        if self.host.contains(',') {
            return Err(DbError::Url(
                "one host only together with TLS; put a proxy before several servers".to_owned(),
            ));
        }
        if self
            .rest
            .iter()
            .any(|pair| pair.starts_with("sslcert=") || pair.starts_with("sslkey="))
        {
            return Err(DbError::Url(
                "client certificates (sslcert, sslkey) are not supported; use a password"
                    .to_owned(),
            ));
        }
        if self.binding.as_deref() == Some("require") && check != Check::ChainAndName {
            return Err(DbError::Url(
                "channel_binding=require is not supported; sslmode=verify-full protects as well"
                    .to_owned(),
            ));
        }
        let host = self.host.trim_matches(['[', ']']).to_owned();
        Ok(Some(Target {
            address: self.address.clone().unwrap_or_else(|| host.clone()),
            host,
            port: self.port,
            check,
            roots: self.roots.as_ref().map(PathBuf::from),
        }))
    }
}

/// `host`, `host:port`, `[::1]:port`.
fn split_port(server: &str) -> Result<(String, u16), DbError> {
    match server.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => port
            .parse()
            .map(|port| (host.to_owned(), port))
            .map_err(|_| DbError::Url(format!("{port:?} is no port"))),
        _ => Ok((server.to_owned(), 5432)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Option<Target> {
        Parts::read(url).expect(url).target().expect(url)
    }

    fn refusal(url: &str) -> String {
        match Parts::read(url).and_then(|parts| parts.target()) {
            Ok(_) => panic!("{url} was taken"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_mode_says_what_is_checked() {
        for (mode, check) in [
            ("require", Check::Nothing),
            ("require&sslrootcert=/ca.pem", Check::Chain),
            ("verify-ca", Check::Chain),
            ("verify-full", Check::ChainAndName),
            (
                "verify-full&sslrootcert=system&channel_binding=require",
                Check::ChainAndName,
            ),
        ] {
            let url = format!("postgres://ada:s%3A3@db.example:6432/crm?sslmode={mode}");
            let target = target(&url).expect(mode);
            assert_eq!((target.check, target.port), (check, 6432), "{mode}");
            assert_eq!(target.host, "db.example");
        }
        for plain in ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=allow"] {
            assert_eq!(target(&format!("postgres://db.example/crm{plain}")), None);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused_with_a_reason() {
        assert!(refusal("postgres://db/crm?sslmode=verify").contains("verify-full"));
        assert!(refusal("postgres:///crm?sslmode=require").contains("needs a host"));
        assert!(refusal("postgres://a,b/crm?sslmode=require").contains("one host"));
        assert!(refusal("postgres://a/crm?sslmode=require&sslcert=x").contains("password"));
        assert!(
            refusal("postgres://a/crm?sslmode=require&channel_binding=require")
                .contains("verify-full")
        );
        assert!(refusal("postgres://a:x/crm").contains("no port"));
    }

    #[test]
    fn an_open_line_to_another_machine_is_noticed() {
        assert_eq!(
            open_line("postgres://a:b@db.example/crm").as_deref(),
            Some("db.example")
        );
        for url in [
            "postgres://a:b@db.example/crm?sslmode=verify-full",
            "postgres://a:b@localhost/crm",
            "postgres:///crm?host=/run/postgresql",
            "postgres://a@[::1]:5432/crm",
        ] {
            assert_eq!(open_line(url), None, "{url}");
        }
    }
}
