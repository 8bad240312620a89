//! Which hit comes first: what is called exactly so, then whose name has the words, then whose name's words begin so, then
//! what has them elsewhere, then what was guessed; among these what was touched last.

use std::cmp::Reverse;

use super::finder::Hit;
use crate::base::terms::{self, Asked};

/// How well a hit answers, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// It is called exactly so.
    Exact,
    /// Its name has all the words.
    Words,
    /// Words of its name begin so.
    Beginnings,
    /// An address, a number, its company.
    Elsewhere,
    /// A word like it, or one that has it in it.
    Guessed,
}

/// A hit and how well it answers.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// The hit.
    pub hit: Hit,
    /// How well.
    pub tier: Tier,
}

/// The hits in their order.
pub fn rank(
    typed: &str,
    asked: &Asked,
    hits: Vec<Hit>,
    exact: &[i64],
    guessed: &[i64],
) -> Vec<Ranked> {
    let typed = terms::fold(typed.trim());
    let mut ranked: Vec<Ranked> = hits
        .into_iter()
        .map(|hit| {
            let tier = if exact.contains(&hit.id) || terms::fold(&hit.label) == typed {
                Tier::Exact
            } else {
                by_name(asked, &hit.label, guessed.contains(&hit.id))
            };
            Ranked { hit, tier }
        })
        .collect();
    ranked.sort_by_key(|one| (one.tier, Reverse(one.hit.at), Reverse(one.hit.id)));
    ranked
}

fn by_name(asked: &Asked, name: &str, is_guessed: bool) -> Tier {
    let words = terms::indexed(name);
    let meets = |fits: fn(&str, &str) -> bool| {
        asked.groups.iter().all(|group| {
            let is_there = |begun: &String| words.iter().any(|word| fits(word, begun));
            group.ways.iter().any(|way| way.iter().all(is_there))
        })
    };
    if meets(|word, begun| word == begun) {
        Tier::Words
    } else if meets(|word, begun| word.starts_with(begun)) {
        Tier::Beginnings
    } else if is_guessed {
        Tier::Guessed
    } else {
        Tier::Elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;

    #[test]
    fn names_come_before_what_stands_elsewhere_and_ties_are_stable() {
        let hit = |id: i64, label: &str, at: i64| Hit {
            id,
            label: label.to_owned(),
            at: Timestamp(at),
            ..Hit::default()
        };
        let hits = vec![
            hit(1, "Bo Li", 9),
            hit(2, "Annabel Lee", 9),
            hit(3, "Anna Sol", 1),
            hit(4, "Anna Vik", 5),
            hit(5, "Anna Ek", 5),
            hit(6, "ÄNNA", 0),
        ];
        let ranked = rank("anna", &Asked::read("anna"), hits, &[], &[]);
        let order: Vec<i64> = ranked.iter().map(|one| one.hit.id).collect();
        assert_eq!(order, [6, 5, 4, 3, 2, 1]);
    }
}
