//! Rows and words of sources: kinds, settings, write keys, and which web pages may send with one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::base::clock::{DAY, Timestamp};
use crate::base::ids::SourceId;
use crate::base::token;
use crate::db::schema::sources;
use crate::text_enum;

/// How long the key before the current one still works.
pub const OLD_KEY_LIFE: i64 = DAY;

text_enum!(
    /// What sends the events.
    SourceKind {
        /// A website, by our tracker or a browser SDK.
        Web => "web",
        /// A program on a server.
        Server => "server",
        /// An app.
        Mobile => "mobile",
        /// Files and history brought in.
        Import => "import",
        /// Rapport itself.
        Crm => "crm",
    }
);

impl SourceKind {
    /// The kinds people can make.
    pub const OFFERED: &'static [Self] = &[Self::Web, Self::Server, Self::Mobile, Self::Import];

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Web => "Website",
            Self::Server => "Server",
            Self::Mobile => "Mobile app",
            Self::Import => "Import",
            Self::Crm => "Rapport",
        }
    }

    /// What it is for.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Web => "Pages and web apps, by a script tag or a browser SDK.",
            Self::Server => "Your own programs, by a server SDK or plain HTTP.",
            Self::Mobile => "Apps, by a mobile SDK or plain HTTP.",
            Self::Import => "History from another system, at its own times.",
            Self::Crm => "What people do in Rapport.",
        }
    }

    /// The name of its icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Web => "globe",
            Self::Server => "code",
            Self::Mobile => "mobile",
            Self::Import => "download",
            Self::Crm => "people",
        }
    }
}

/// A source as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = sources)]
pub struct Source {
    /// Id.
    pub id: SourceId,
    /// Name as people gave it.
    pub name: String,
    /// What sends the events.
    pub kind: SourceKind,
    /// The key it sends with; it can only write, so it may be public.
    pub write_key: String,
    /// The key before, while it still works.
    pub old_write_key: Option<String>,
    /// Until when the key before works.
    pub old_key_until: Option<Timestamp>,
    /// Whether what it sends is taken.
    pub is_enabled: bool,
    /// Whether what it says goes before what others say.
    pub is_verified: bool,
    /// What is done with it.
    pub settings: SourceSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Source {
    /// The key before the current one, if it still works.
    pub fn old_key(&self, now: Timestamp) -> Option<&str> {
        let until = self.old_key_until?;
        self.old_write_key.as_deref().filter(|_| until > now)
    }
}

/// A source to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SourceKind,
}

/// What may come from a source and what is done with it. Kept as JSON; what is missing has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromSqlRow)]
#[serde(default)]
pub struct SourceSettings {
    /// Web origins that may send (`https://www.example.com`, `https://*.example.com`); empty: any.
    pub allowed_origins: Vec<String>,
    /// Whether unknown people become contacts; otherwise events only enrich who is there already.
    pub create_contacts: bool,
    /// Whether the last part of addresses is dropped before anything is stored.
    pub anonymise_ip: bool,
    /// Whether events say what their sender allows, and are dropped where they refuse.
    pub respect_consent: bool,
    /// The consent category that must not be refused; empty: dropped only if every category is refused.
    pub consent_category: String,
    /// Whether "do not track" and Global Privacy Control are honoured.
    pub honour_dnt: bool,
    /// Country in which phone numbers without `+` are read (ISO 3166-1 alpha-2); empty: the workspace's.
    pub default_country: String,
}

impl Default for SourceSettings {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            create_contacts: true,
            anonymise_ip: false,
            respect_consent: true,
            consent_category: String::new(),
            honour_dnt: true,
            default_country: String::new(),
        }
    }
}

impl SourceSettings {
    /// Whether a page of `origin` may send with this source's key.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.allowed_origins.is_empty()
            || self
                .allowed_origins
                .iter()
                .any(|allowed| is_origin_within(origin, allowed))
    }

    /// Names of what differs in `new`, as people see them.
    pub fn changed(&self, new: &Self) -> Vec<&'static str> {
        let differs = [
            (
                self.allowed_origins != new.allowed_origins,
                "allowed origins",
            ),
            (
                self.create_contacts != new.create_contacts,
                "unknown people",
            ),
            (self.anonymise_ip != new.anonymise_ip, "anonymise addresses"),
            (
                self.respect_consent != new.respect_consent,
                "respect consent",
            ),
            (
                self.consent_category != new.consent_category,
                "consent category",
            ),
            (self.honour_dnt != new.honour_dnt, "honour do not track"),
            (self.default_country != new.default_country, "country"),
        ];
        let names = differs.into_iter().filter(|(differs, _)| *differs);
        names.map(|(_, name)| name).collect()
    }
}

/// `https://*.example.com` covers every name below `example.com`, not `example.com` itself.
fn is_origin_within(origin: &str, allowed: &str) -> bool {
    match allowed.split_once("*.") {
        None => origin.eq_ignore_ascii_case(allowed),
        Some((scheme, domain)) => origin
            .to_ascii_lowercase()
            .strip_prefix(scheme)
            .and_then(|host| host.strip_suffix(domain))
            .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
    }
}

/// A web origin as browsers write it, with a leading `*.` allowed; `None` where it is none.
pub fn origin(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/');
    let (scheme, host) = text.split_once("://")?;
    let (star, host) = match host.strip_prefix("*.") {
        Some(rest) => ("*.", rest),
        None => ("", host),
    };
    if !matches!(scheme, "https" | "http") || host.contains(['*', '/', '?', '#', '@', ' ']) {
        return None;
    }
    let url = url::Url::parse(&format!("{scheme}://{host}")).ok()?;
    let is_address = matches!(url.host()?, url::Host::Ipv4(_) | url::Host::Ipv6(_));
    if !star.is_empty() && (is_address || !host.contains('.')) {
        return None;
    }
    let plain = url.origin().ascii_serialization();
    Some(plain.replacen("://", &format!("://{star}"), 1))
}

/// A write key nobody can guess. No colon: SDKs put one behind it in `Authorization: Basic`.
pub fn new_write_key() -> String {
    let random = URL_SAFE_NO_PAD.encode(token::random_bytes::<18>());
    format!("wk_{random}")
}

impl<DB: Backend> FromSql<Text, DB> for SourceSettings
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(bytes)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_kept_as_browsers_send_them() {
        for (text, want) in [
            (
                " https://WWW.Example.com/ ",
                Some("https://www.example.com"),
            ),
            ("https://example.com:443", Some("https://example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("https://*.example.com", Some("https://*.example.com")),
            (
                "https://bücher.example",
                Some("https://xn--bcher-kva.example"),
            ),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("www.example.com", None),
            ("https://example.com/path", None),
            ("https://*.com", None),
            ("https://*", None),
            ("https://a.*.example.com", None),
            ("ftp://example.com", None),
            ("https://user@example.com", None),
            ("javascript://x", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(origin(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn only_listed_origins_may_send() {
        let mut settings = SourceSettings::default();
        assert!(settings.allows_origin("https://anything.example"));
        settings.allowed_origins = vec!["https://a.example".into(), "https://*.b.example".into()];
        for (origin, want) in [
            ("https://a.example", true),
            ("https://A.example", true),
            ("http://a.example", false),
            ("https://a.example:8443", false),
            ("https://x.b.example", true),
            ("https://y.x.b.example", true),
            ("https://b.example", false),
            ("https://evilb.example", false),
            ("https://.b.example", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(settings.allows_origin(origin), want, "{origin}");
        }
    }

    #[test]
    fn settings_written_by_another_version_are_read() {
        let read: SourceSettings =
            serde_json::from_str(r#"{"anonymise_ip": true, "from_tomorrow": 1}"#).expect("read");
        let want = SourceSettings {
            anonymise_ip: true,
            ..SourceSettings::default()
        };
        assert_eq!(read, want);
    }

    #[test]
    fn write_keys_are_random_and_hold_no_colon() {
        let (a, b) = (new_write_key(), new_write_key());
        assert_ne!(a, b);
        assert_eq!(a.len(), 27);
        assert!(a.starts_with("wk_") && !a.contains(':'));
    }

    #[test]
    fn an_old_key_works_only_for_its_time() {
        let source = Source {
            id: SourceId(2),
            name: "Website".into(),
            kind: SourceKind::Web,
            write_key: "wk_new".into(),
            old_write_key: Some("wk_old".into()),
            old_key_until: Some(Timestamp(10)),
            is_enabled: true,
            is_verified: false,
            settings: SourceSettings::default(),
            created_at: Timestamp::ZERO,
            updated_at: Timestamp::ZERO,
        };
        assert_eq!(source.old_key(Timestamp(9)), Some("wk_old"));
        assert_eq!(source.old_key(Timestamp(10)), None);
    }
}
