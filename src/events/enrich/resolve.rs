//! Whose event is it? The rule alone, without a database: given what is known of each identifier, attach, create,
//! merge, or leave identifiers out. Shuffling the stream gives the same contacts as long as no limit is hit.
//! (The algorithm is ours; the order of namespaces and the limit of one user id follow what identity graphs of this
//! field do: drop the weakest identifier until the union breaks no limit.)

/// What is known of the contact an identifier belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub contact: i64,
    /// A person works with it: it outranks what events say, and two of these never merge by themselves.
    pub is_owned: bool,
    pub is_known: bool,
    /// User ids it has.
    pub users: Vec<String>,
}

/// What to do with an event's identifiers; `kept` counts from the strongest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// Nobody has any of them.
    Create { kept: usize },
    /// They belong to one contact, or to nobody yet.
    Attach { kept: usize, contact: i64 },
    /// They belong to several, which turn out to be one.
    Merge {
        kept: usize,
        winner: i64,
        losers: Vec<i64>,
    },
}

/// What stood in the way of keeping all identifiers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Obstacles {
    /// Two contacts that people work with and that should perhaps be one.
    pub both_owned: Option<(i64, i64)>,
    /// Another user id was there already: a shared device, most likely.
    pub other_user: bool,
}

/// Decides. `owners`: per identifier, strongest first, whose it is. `user`: the user id among them.
/// `may_join_users`: an alias says outright that two user ids are one person.
pub(super) fn decide(
    owners: &[Option<Facts>],
    user: Option<&str>,
    may_join_users: bool,
    never: impl Fn(i64, i64) -> bool,
) -> (Decision, Obstacles) {
    let mut obstacles = Obstacles::default();
    let mut kept = owners.len();
    loop {
        let mut found: Vec<&Facts> = Vec::new();
        for facts in owners.iter().take(kept).flatten() {
            if !found.iter().any(|f| f.contact == facts.contact) {
                found.push(facts);
            }
        }
        if fits(&found, user, may_join_users, &never, &mut obstacles) || kept <= 1 {
            return (conclude(kept, &found), obstacles);
        }
        kept -= 1;
    }
}

fn fits(
    found: &[&Facts],
    user: Option<&str>,
    may_join_users: bool,
    never: &impl Fn(i64, i64) -> bool,
    obstacles: &mut Obstacles,
) -> bool {
    let mut users: Vec<&str> = user.into_iter().collect();
    users.extend(
        found
            .iter()
            .flat_map(|f| f.users.iter().map(String::as_str)),
    );
    users.sort_unstable();
    users.dedup();
    if users.len() > 1 && !may_join_users && !is_one_contact_with_all(found, &users) {
        obstacles.other_user = true;
        return false;
    }
    let mut owned = found.iter().filter(|f| f.is_owned);
    if let (Some(a), Some(b)) = (owned.next(), owned.next()) {
        obstacles.both_owned = Some((a.contact.min(b.contact), a.contact.max(b.contact)));
        return false;
    }
    !found.iter().enumerate().any(|(n, a)| {
        found
            .iter()
            .skip(n + 1)
            .any(|b| never(a.contact, b.contact))
    })
}

/// A contact may have several user ids from an alias; its own events are no conflict.
fn is_one_contact_with_all(found: &[&Facts], users: &[&str]) -> bool {
    matches!(found, [one] if users.iter().all(|user| one.users.iter().any(|u| u == user)))
}

fn conclude(kept: usize, found: &[&Facts]) -> Decision {
    match found {
        [] => Decision::Create { kept },
        [one] => Decision::Attach {
            kept,
            contact: one.contact,
        },
        _ => {
            // A person's record outranks a known one, which outranks a visitor; among equals the oldest stays.
            let mut order: Vec<&Facts> = found.to_vec();
            order.sort_by_key(|f| (!f.is_owned, !f.is_known, f.contact));
            let winner = order.first().map_or(0, |f| f.contact);
            let losers = order.iter().skip(1).map(|f| f.contact).collect();
            Decision::Merge {
                kept,
                winner,
                losers,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(contact: i64, users: &[&str]) -> Facts {
        Facts {
            contact,
            is_owned: false,
            is_known: !users.is_empty(),
            users: users.iter().map(|u| (*u).to_owned()).collect(),
        }
    }

    fn owned(contact: i64) -> Facts {
        Facts {
            contact,
            is_owned: true,
            is_known: true,
            users: Vec::new(),
        }
    }

    fn plain(owners: &[Option<Facts>], user: Option<&str>) -> Decision {
        decide(owners, user, false, |_, _| false).0
    }

    #[test]
    fn nobody_somebody_several() {
        assert_eq!(
            plain(&[None, None], Some("u")),
            Decision::Create { kept: 2 }
        );
        assert_eq!(
            plain(&[None, Some(contact(7, &[]))], Some("u")),
            Decision::Attach {
                kept: 2,
                contact: 7
            }
        );
        assert_eq!(
            plain(
                &[Some(contact(9, &["u"])), Some(contact(7, &[]))],
                Some("u")
            ),
            Decision::Merge {
                kept: 2,
                winner: 9,
                losers: vec![7]
            }
        );
    }

    #[test]
    fn a_second_user_on_a_device_gets_a_contact_of_their_own() {
        let (decision, obstacles) = decide(
            &[None, Some(contact(7, &["first"]))],
            Some("second"),
            false,
            |_, _| false,
        );
        assert_eq!(decision, Decision::Create { kept: 1 });
        assert!(obstacles.other_user);
    }

    #[test]
    fn an_alias_may_join_two_users() {
        let owners = [Some(contact(9, &["new"])), Some(contact(7, &["old"]))];
        assert_eq!(
            decide(&owners, Some("new"), true, |_, _| false).0,
            Decision::Merge {
                kept: 2,
                winner: 7,
                losers: vec![9]
            }
        );
        let joined = [Some(contact(7, &["new", "old"]))];
        assert_eq!(
            plain(&joined, Some("new")),
            Decision::Attach {
                kept: 1,
                contact: 7
            }
        );
    }

    #[test]
    fn what_people_own_wins_and_two_of_those_never_merge() {
        assert_eq!(
            plain(&[Some(contact(1, &["u"])), Some(owned(5))], Some("u")),
            Decision::Merge {
                kept: 2,
                winner: 5,
                losers: vec![1]
            }
        );
        let (decision, obstacles) =
            decide(&[Some(owned(5)), Some(owned(6))], None, false, |_, _| false);
        assert_eq!(
            decision,
            Decision::Attach {
                kept: 1,
                contact: 5
            }
        );
        assert_eq!(obstacles.both_owned, Some((5, 6)));
    }

    #[test]
    fn a_pair_kept_apart_stays_apart() {
        let owners = [Some(contact(1, &["u"])), Some(contact(2, &[]))];
        assert_eq!(
            decide(&owners, Some("u"), false, |_, _| true).0,
            Decision::Attach {
                kept: 1,
                contact: 1
            }
        );
    }
}
