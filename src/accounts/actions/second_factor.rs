//! The second factor: switching it on and off, and asking for it at sign-in.

use super::Place;
use super::throttle::{self, CODE, CODE_ANYWHERE};
use crate::accounts::audit::{self, By};
use crate::accounts::keyring::Keyring;
use crate::accounts::model::User;
use crate::accounts::totp::Seed;
use crate::accounts::{AccountError, mails, store};
use crate::base::ids::UserId;
use crate::base::{Timestamp, token};
use crate::db::Conn;

/// How many recovery codes somebody gets.
const RECOVERY_CODES: usize = 10;

/// Makes a seed that is asked for once a first code has proved that an app has it.
pub fn begin_second_factor(
    conn: &mut Conn,
    keys: &Keyring,
    user: &User,
    now: Timestamp,
) -> Result<(), AccountError> {
    if user.totp_enabled_at.is_some() {
        return Ok(());
    }
    let seed = Seed::random();
    let sealed = keys.seal(&purpose(user.id), seed.bytes());
    let sealed =
        sealed.ok_or_else(|| AccountError::Hashing("a seed could not be sealed".to_owned()))?;
    Ok(store::put_seed(conn, user.id, &sealed, now)?)
}

/// The seed of a user, on or not yet on, and the step of the last code.
pub fn seed(
    conn: &mut Conn,
    keys: &Keyring,
    user: UserId,
) -> Result<Option<(Seed, i64)>, AccountError> {
    let Some((sealed, step)) = store::sealed_seed(conn, user)? else {
        return Ok(None);
    };
    let Some(bytes) = keys.open(&purpose(user), &sealed) else {
        // The instance's secret key was changed or lost: only a recovery code helps.
        tracing::error!(
            user = user.0,
            "a TOTP seed cannot be opened with this secret_key"
        );
        return Ok(None);
    };
    Ok(Some((Seed::from_bytes(bytes), step)))
}

/// Switches it on with a first code; the recovery codes are told only here.
pub fn confirm_second_factor(
    conn: &mut Conn,
    keys: &Keyring,
    user: &User,
    by: &By,
    code: &str,
    now: Timestamp,
) -> Result<Vec<String>, AccountError> {
    throttle::count(conn, &format!("code:confirm:{}", user.id), CODE, now)?;
    let Some((seed, used)) = seed(conn, keys, user.id)? else {
        return Err(AccountError::NotFound);
    };
    let step = seed
        .step_of(code, now, used)
        .filter(|_| user.totp_enabled_at.is_none());
    let wrong = || {
        AccountError::Field(
            "code",
            "This is not the code your app shows now.".to_owned(),
        )
    };
    store::spend_step(conn, user.id, step.ok_or_else(wrong)?)?;
    store::enable_totp(conn, user.id, Some(now), now)?;
    store::forget_count(conn, &format!("code:confirm:{}", user.id))?;
    audit::record(
        conn,
        by,
        "second_factor.enabled",
        Some(("user", user.id.0)),
        "",
        now,
    )?;
    mails::second_factor(conn, user, true, now)?;
    new_recovery_codes(conn, keys, user.id)
}

/// Switches it off.
pub fn disable_second_factor(
    conn: &mut Conn,
    user: &User,
    by: &By,
    now: Timestamp,
) -> Result<(), AccountError> {
    store::enable_totp(conn, user.id, None, now)?;
    audit::record(
        conn,
        by,
        "second_factor.disabled",
        Some(("user", user.id.0)),
        "",
        now,
    )?;
    mails::second_factor(conn, user, false, now)
}

/// Ten new recovery codes in place of the old ones.
pub fn renew_recovery_codes(
    conn: &mut Conn,
    keys: &Keyring,
    user: UserId,
    by: &By,
    now: Timestamp,
) -> Result<Vec<String>, AccountError> {
    audit::record(
        conn,
        by,
        "recovery_codes.renewed",
        Some(("user", user.0)),
        "",
        now,
    )?;
    new_recovery_codes(conn, keys, user)
}

/// Checks a code of the app, or a recovery code, at sign-in. The try is counted before.
pub fn count_code(
    conn: &mut Conn,
    user: UserId,
    place: &Place,
    now: Timestamp,
) -> Result<(), AccountError> {
    for (key, rule) in code_keys(user, place) {
        throttle::count(conn, &key, rule, now)?;
    }
    Ok(())
}

/// Whether the code is right; then it is used up, and the tries are forgotten.
pub fn spend_code(
    conn: &mut Conn,
    keys: &Keyring,
    user: UserId,
    code: &str,
    place: &Place,
    now: Timestamp,
) -> Result<bool, AccountError> {
    let step = seed(conn, keys, user)?.and_then(|(seed, used)| seed.step_of(code, now, used));
    let is_right = match step {
        Some(step) => store::spend_step(conn, user, step)?,
        None => store::spend_recovery_code(conn, user, &recovery_hash(keys, user, code), now)?,
    };
    if is_right {
        for (key, _) in code_keys(user, place) {
            store::forget_count(conn, &key)?;
        }
    }
    Ok(is_right)
}

fn code_keys(user: UserId, place: &Place) -> Vec<(String, throttle::Rule)> {
    match &place.device {
        Some((owner, device)) if *owner == user => {
            vec![(format!("code:device:{user}:{device}"), CODE)]
        }
        _ => vec![
            (format!("code:{}:{user}", throttle::place(&place.ip)), CODE),
            (format!("code:{user}"), CODE_ANYWHERE),
        ],
    }
}

fn new_recovery_codes(
    conn: &mut Conn,
    keys: &Keyring,
    user: UserId,
) -> Result<Vec<String>, AccountError> {
    let word = || format!("{}-{}", token::readable(5), token::readable(5));
    let codes: Vec<String> = std::iter::repeat_with(word).take(RECOVERY_CODES).collect();
    let hashes: Vec<Vec<u8>> = codes
        .iter()
        .map(|code| recovery_hash(keys, user, code))
        .collect();
    store::replace_recovery_codes(conn, user, &hashes)?;
    Ok(codes)
}

/// Short enough to type is short enough to try them all, so the hash needs the instance's secret too.
fn recovery_hash(keys: &Keyring, user: UserId, code: &str) -> Vec<u8> {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    keys.fingerprint(&format!("recovery:{user}"), &code.to_ascii_lowercase())
}

fn purpose(user: UserId) -> String {
    format!("totp:{user}")
}
