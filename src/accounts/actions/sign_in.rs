//! Signing in and out: the tries, the session, the device that is known from then on.

use super::throttle::{self, PASSWORD, PLACE};
use crate::accounts::AccountError;
use crate::accounts::audit::{self, By};
use crate::accounts::model::User;
use crate::accounts::store::{self, Credentials, NewSession};
use crate::base::clock::{DAY, HOUR};
use crate::base::ids::UserId;
use crate::base::{EmailAddress, Timestamp, text, token};
use crate::db::Conn;

/// How long a session lasts on a device to be kept.
const KEPT: i64 = 30 * DAY;
/// How long a session lasts otherwise; its cookie goes with the browser.
const PASSING: i64 = 12 * HOUR;

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Place {
    /// Address of the client.
    pub ip: String,
    /// Its browser.
    pub user_agent: String,
    /// The device of an earlier sign-in: whose, and which.
    pub device: Option<(UserId, String)>,
}

/// A try to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Address as typed.
    pub email: String,
    /// From where.
    pub place: Place,
}

/// Somebody whose password is to be checked; nobody, where the address is unknown.
pub struct Candidate {
    /// Who they say they are.
    pub credentials: Option<Credentials>,
    /// Tries left before a pause.
    pub tries_left: i64,
    keys: Vec<(String, throttle::Rule)>,
}

/// A session that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The token for the cookie.
    pub token: String,
    /// Whether the cookie outlives the browser.
    pub is_kept: bool,
    /// The device, for a cookie of its own.
    pub device: String,
}

/// Counts the try and looks the person up. A device of theirs has a count of its own, so that nobody who
/// guesses elsewhere can keep them out.
pub fn begin_sign_in(
    conn: &mut Conn,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Candidate, AccountError> {
    let email = EmailAddress::parse(&attempt.email);
    let credentials = match &email {
        Some(email) => store::credentials(conn, email.as_str())?,
        None => None,
    };
    let keys = match (&attempt.place.device, &credentials) {
        (Some((user, device)), Some(found)) if *user == found.user.id => {
            vec![(format!("password:device:{user}:{device}"), PASSWORD)]
        }
        _ => {
            let place = throttle::place(&attempt.place.ip);
            let typed = email.map_or_else(|| text::fold(&attempt.email), EmailAddress::into_string);
            vec![
                (password_key(&attempt.place.ip, &typed), PASSWORD),
                (format!("password:{place}"), PLACE),
            ]
        }
    };
    let mut tries_left = i64::MAX;
    for (key, rule) in &keys {
        tries_left = tries_left.min(throttle::count(conn, key, *rule, now)?);
    }
    let credentials = credentials.filter(|found| found.user.deactivated_at.is_none());
    Ok(Candidate {
        credentials,
        tries_left,
        keys,
    })
}

/// Under which the tries for one address from one place are counted.
pub fn password_key(ip: &str, email: &str) -> String {
    format!("password:{}:{email}", throttle::place(ip))
}

/// Writes down a try that failed.
pub fn fail_sign_in(
    conn: &mut Conn,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<(), AccountError> {
    let email = text::line(&attempt.email, 254);
    let by = By {
        user: None,
        name: email,
        ip: attempt.place.ip.clone(),
    };
    Ok(audit::record(conn, &by, "sign_in.failed", None, "", now)?)
}

impl Candidate {
    /// Forgets the tries once the password was right; of a shared count only this one.
    pub fn settle(&self, conn: &mut Conn, now: Timestamp) -> Result<(), AccountError> {
        for (key, rule) in &self.keys {
            if rule.is_shared() {
                throttle::uncount(conn, key, now)?;
            } else {
                store::forget_count(conn, key)?;
            }
        }
        Ok(())
    }
}

/// Begins a session for somebody who has shown who they are.
pub fn begin_session(
    conn: &mut Conn,
    user: &User,
    place: &Place,
    is_kept: bool,
    now: Timestamp,
) -> Result<Begun, AccountError> {
    let token = token::secret();
    let session = NewSession {
        user: user.id,
        token_hash: token::hash(&token),
        expires_at: now.plus(if is_kept { KEPT } else { PASSING }),
        ip: &place.ip,
        user_agent: text::cut(&place.user_agent, 300),
    };
    let id = store::insert_session(conn, &session, now)?;
    store::touch_session(conn, id, user.id, now)?;
    let by = By {
        user: Some(user.id),
        name: user.name.clone(),
        ip: place.ip.clone(),
    };
    audit::record(
        conn,
        &by,
        "session.begun",
        Some(("session", id)),
        &place.user_agent,
        now,
    )?;
    let device = match &place.device {
        Some((owner, device)) if *owner == user.id => device.clone(),
        _ => token::readable(16),
    };
    Ok(Begun {
        token,
        is_kept,
        device,
    })
}

/// Ends the session somebody is in.
pub fn sign_out(
    conn: &mut Conn,
    by: &By,
    session: i64,
    now: Timestamp,
) -> Result<(), AccountError> {
    let Some(user) = by.user else { return Ok(()) };
    if store::delete_session(conn, user, session)? {
        audit::record(
            conn,
            by,
            "session.ended",
            Some(("session", session)),
            "",
            now,
        )?;
    }
    Ok(())
}
