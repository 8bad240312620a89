//! The workspace: its name, its country, where it is reached.

use crate::accounts::audit::{self, By};
use crate::accounts::{AccountError, store};
use crate::base::{Timestamp, phone, text};
use crate::config::Config;
use crate::db::Conn;

/// Settings of the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workspace {
    /// Its name.
    pub name: String,
    /// Country in which phone numbers without `+` are read, ISO 3166-1 alpha-2; empty for none.
    pub country: String,
    /// Where people reach this instance, for links in mails; without a slash at the end.
    pub url: String,
}

/// The settings as they are.
pub fn workspace(conn: &mut Conn) -> Result<Workspace, AccountError> {
    let mut value = |key: &str| store::setting(conn, key).map(Option::unwrap_or_default);
    Ok(Workspace {
        name: value("workspace.name")?,
        country: value("workspace.country")?,
        url: value("workspace.url")?,
    })
}

/// The name, or the house's own.
pub fn workspace_name(conn: &mut Conn) -> Result<String, AccountError> {
    let name = store::setting(conn, "workspace.name")?;
    Ok(name.unwrap_or_else(|| "Rapport".to_owned()))
}

/// Where links in mails lead. Never what a stranger's request says: it could name any host.
pub fn mail_base_url(conn: &mut Conn, config: &Config) -> Result<String, AccountError> {
    if !config.public_url.is_empty() {
        return Ok(config.public_url.trim_end_matches('/').to_owned());
    }
    let kept = store::setting(conn, "workspace.url")?.filter(|url| !url.is_empty());
    Ok(kept.unwrap_or_else(|| format!("http://{}", config.listen)))
}

/// Changes the settings.
pub fn change_workspace(
    conn: &mut Conn,
    by: &By,
    typed: &Workspace,
    now: Timestamp,
) -> Result<(), AccountError> {
    let name = text::line(&typed.name, 80);
    if name.is_empty() {
        return Err(AccountError::Field("name", "Write a name.".to_owned()));
    }
    let country = typed.country.trim().to_uppercase();
    if !country.is_empty() && !phone::is_country(&country) {
        return Err(AccountError::Field(
            "country",
            "Choose a country from the list.".to_owned(),
        ));
    }
    let url = typed.url.trim().trim_end_matches('/');
    let is_address = url::Url::parse(url)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !url.is_empty() && !is_address {
        return Err(AccountError::Field(
            "url",
            "Write it as https://crm.example.com.".to_owned(),
        ));
    }
    store::put_setting(conn, "workspace.name", &name, now)?;
    store::put_setting(conn, "workspace.country", &country, now)?;
    store::put_setting(conn, "workspace.url", url, now)?;
    Ok(audit::record(
        conn,
        by,
        "workspace.changed",
        None,
        &format!("{name}, {country}, {url}"),
        now,
    )?)
}
