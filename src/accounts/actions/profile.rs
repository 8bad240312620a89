//! What somebody says about themselves, and the browsers they are signed in on.

use crate::accounts::audit::{self, By};
use crate::accounts::model::{Profile, Theme};
use crate::accounts::{AccountError, store};
use crate::base::Timestamp;
use crate::base::ids::{FileId, UserId};
use crate::db::Conn;

/// Languages of the interface, with their names.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("en-GB", "English (United Kingdom)"),
    ("en-US", "English (United States)"),
];

/// Checks a profile as typed.
pub fn checked_profile(
    name: &str,
    language: &str,
    time_zone: &str,
    theme: &str,
) -> Result<Profile, AccountError> {
    let unknown =
        |field, what: &str| AccountError::Field(field, format!("Choose {what} from the list."));
    if !LANGUAGES.iter().any(|(code, _)| *code == language) {
        return Err(unknown("language", "a language"));
    }
    let zone: chrono_tz::Tz = time_zone
        .parse()
        .map_err(|_| unknown("time_zone", "a time zone"))?;
    Ok(Profile {
        name: super::checked_name(name)?,
        language: language.to_owned(),
        time_zone: zone.name().to_owned(),
        theme: Theme::from_word(theme).ok_or_else(|| unknown("theme", "a theme"))?,
    })
}

/// Keeps a profile.
pub fn change_profile(
    conn: &mut Conn,
    user: UserId,
    by: &By,
    profile: &Profile,
    now: Timestamp,
) -> Result<(), AccountError> {
    store::set_profile(conn, user, profile, now)?;
    Ok(audit::record(
        conn,
        by,
        "profile.changed",
        Some(("user", user.0)),
        &profile.name,
        now,
    )?)
}

/// Puts a picture in place of the old one, whose file is handed back to be removed.
pub fn change_picture(
    conn: &mut Conn,
    user: UserId,
    file: Option<FileId>,
    now: Timestamp,
) -> Result<Option<FileId>, AccountError> {
    let before = store::user(conn, user)?
        .ok_or(AccountError::NotFound)?
        .avatar_file_id;
    store::set_avatar(conn, user, file, now)?;
    Ok(before)
}

/// Ends one session.
pub fn end_session(
    conn: &mut Conn,
    user: UserId,
    by: &By,
    session: i64,
    now: Timestamp,
) -> Result<(), AccountError> {
    if !store::delete_session(conn, user, session)? {
        return Err(AccountError::NotFound);
    }
    Ok(audit::record(
        conn,
        by,
        "session.ended",
        Some(("session", session)),
        "",
        now,
    )?)
}

/// Ends every session but this one; how many there were.
pub fn end_other_sessions(
    conn: &mut Conn,
    user: UserId,
    by: &By,
    but: i64,
    now: Timestamp,
) -> Result<usize, AccountError> {
    let ended = store::delete_sessions(conn, user, Some(but))?;
    audit::record(
        conn,
        by,
        "sessions.ended",
        Some(("user", user.0)),
        &ended.to_string(),
        now,
    )?;
    Ok(ended)
}
