//! The one-time token of a new instance: whoever can read the terminal or the data folder may make the first
//! administrator. It lies in a file of its own and goes once it was used.

use std::path::{Path, PathBuf};

use crate::base::token;
use crate::config::{Config, write_private};

/// Makes the token of this instance, or finds the one made before.
pub fn offer(config: &Config) -> std::io::Result<String> {
    if let Some(token) = kept(config) {
        return Ok(token);
    }
    std::fs::create_dir_all(&config.data)?;
    let token = token::readable(20);
    write_private(&file(&config.data), &token)?;
    Ok(token)
}

/// Whether this is the token.
pub fn is_right(config: &Config, typed: &str) -> bool {
    kept(config).is_some_and(|token| token::same(token.as_bytes(), typed.trim().as_bytes()))
}

/// Forgets the token: nobody needs it any more.
pub fn spend(config: &Config) {
    if let Err(error) = std::fs::remove_file(file(&config.data))
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the set-up token could not be removed; it opens nothing any more");
    }
}

fn kept(config: &Config) -> Option<String> {
    let text = std::fs::read_to_string(file(&config.data)).ok()?;
    Some(text.trim().to_owned()).filter(|token| !token.is_empty())
}

fn file(data: &Path) -> PathBuf {
    data.join("setup-token")
}
