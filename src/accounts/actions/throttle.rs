//! Tries that cost more and more time. A try is counted before it is judged, so that many at once gain nothing.

use crate::accounts::{AccountError, store};
use crate::base::Timestamp;
use crate::base::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::db::Conn;

/// How many tries are free, and how the pause after each further one grows.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    free: i64,
    first_pause: i64,
    longest_pause: i64,
    forgotten_after: i64,
    is_shared: bool,
}

/// Passwords of one account from one place.
pub const PASSWORD: Rule = Rule {
    free: 5,
    first_pause: 30 * SECOND,
    longest_pause: HOUR,
    forgotten_after: DAY,
    is_shared: false,
};
/// Passwords of any account from one place: a shared office has to fit in.
pub const PLACE: Rule = Rule {
    free: 40,
    first_pause: 30 * SECOND,
    longest_pause: HOUR,
    forgotten_after: HOUR,
    is_shared: true,
};
/// Second factors of one account from one place.
pub const CODE: Rule = Rule {
    free: 5,
    first_pause: MINUTE,
    longest_pause: HOUR,
    forgotten_after: DAY,
    is_shared: false,
};
/// Second factors of one account from places unknown to it: only who has the password comes this far.
pub const CODE_ANYWHERE: Rule = Rule {
    free: 20,
    first_pause: 5 * MINUTE,
    longest_pause: HOUR,
    forgotten_after: DAY,
    is_shared: false,
};
/// One-time tokens and links from one place.
pub const LINK: Rule = Rule {
    free: 10,
    first_pause: MINUTE,
    longest_pause: HOUR,
    forgotten_after: HOUR,
    is_shared: false,
};
/// Mails somebody asks for from one place, or to one address.
pub const MAIL: Rule = Rule {
    free: 5,
    first_pause: 5 * MINUTE,
    longest_pause: HOUR,
    forgotten_after: HOUR,
    is_shared: false,
};

impl Rule {
    /// Whether many people share one count, so that one person's success says nothing about the others.
    pub fn is_shared(self) -> bool {
        self.is_shared
    }

    /// The pause that `n` tries have earned.
    fn pause(self, n: i64) -> i64 {
        match n - self.free {
            over if over < 0 => 0,
            over => self
                .first_pause
                .saturating_mul(1 << over.min(20))
                .min(self.longest_pause),
        }
    }
}

/// Counts a try under `key`; how many more are free, or how long to wait. A refused try is not counted.
pub fn count(conn: &mut Conn, key: &str, rule: Rule, now: Timestamp) -> Result<i64, AccountError> {
    let (kept, at) = store::hold_count(conn, key, now)?;
    let n = if now.since(at) > rule.forgotten_after {
        0
    } else {
        kept
    };
    let left = rule.pause(n) - now.since(at);
    if left > 0 {
        return Err(AccountError::TooMany((left as u64).div_ceil(SECOND as u64)));
    }
    store::set_count(conn, key, n + 1, now)?;
    Ok((rule.free - n - 1).max(0))
}

/// Takes back a try that turned out well, where others share the key.
pub fn uncount(conn: &mut Conn, key: &str, now: Timestamp) -> Result<(), AccountError> {
    let (n, at) = store::hold_count(conn, key, now)?;
    Ok(store::set_count(conn, key, (n - 1).max(0), at)?)
}

/// The place of an address: itself, or the /64 of IPv6, which one household has to itself.
pub fn place(ip: &str) -> String {
    match ip.parse::<std::net::Ipv6Addr>() {
        Ok(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{:x}/64", v6.to_bits() >> 64),
        },
        Err(_) => ip.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        for (n, secs) in [
            (0, 0),
            (4, 0),
            (5, 30),
            (6, 60),
            (7, 120),
            (11, 1920),
            (12, 3600),
            (500, 3600),
        ] {
            assert_eq!(PASSWORD.pause(n), secs * SECOND, "{n}");
        }
    }

    #[test]
    fn neighbours_in_ipv6_are_one_place() {
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_eq!(place("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
    }
}
