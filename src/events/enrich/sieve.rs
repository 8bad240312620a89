//! What the table of keys certainly does not hold, without asking it: a Bloom filter (Bloom 1970) for each range of keys,
//! in blocks of a cache line (Putze, Sanders, Singler 2007). Nearly every key of a flood is new, and on PostgreSQL asking
//! for each in a table of millions was a sixth of the worker's time. A range has its filter once its keys have been read,
//! some ranges a batch while a flood lasts.

/// Bits for each key: with four of them set, one new key in fifty looks like an old one.
const BITS: usize = 10;
/// Words of a block.
const BLOCK: usize = 8;
/// Bytes of all filters at the most: about twenty million keys. Ranges without a filter are asked for as ever.
const MOST_BYTES: usize = 24 << 20;

/// The filters, by range.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    parts: Vec<Option<Filter>>,
    bytes: usize,
}

#[derive(Debug)]
struct Filter {
    blocks: Vec<[u64; BLOCK]>,
    /// Keys it may still take before it lets too many through.
    room: usize,
}

impl Sieve {
    /// Whether the table may hold a key of this range.
    pub fn may_hold(&self, part: usize, key: i64) -> bool {
        match self.parts.get(part) {
            Some(Some(filter)) => filter.may_hold(key),
            _ => true,
        }
    }

    /// The next range that has no filter, as long as there is memory for one.
    pub fn missing(&self, parts: usize) -> Option<usize> {
        if self.bytes >= MOST_BYTES {
            return None;
        }
        (0..parts).find(|part| !matches!(self.parts.get(*part), Some(Some(_))))
    }

    /// Makes the filter of a range from all the keys that the table holds of it.
    pub fn learn(&mut self, part: usize, keys: &[i64]) {
        let mut filter = Filter::new(keys.len() + keys.len() / 2);
        for key in keys {
            filter.add(*key);
        }
        self.bytes += filter.bytes();
        if self.parts.len() <= part {
            self.parts.resize_with(part + 1, || None);
        }
        if let Some(slot) = self.parts.get_mut(part) {
            *slot = Some(filter);
        }
    }

    /// A key of this range goes to the table. A filter that is full is given up, to be made anew.
    pub fn add(&mut self, part: usize, key: i64) {
        let Some(slot) = self.parts.get_mut(part) else {
            return;
        };
        if let Some(filter) = slot {
            if filter.room > 0 {
                filter.add(key);
            } else {
                self.bytes -= filter.bytes();
                *slot = None;
            }
        }
    }
}

impl Filter {
    /// A filter for `n` keys and some more.
    fn new(n: usize) -> Self {
        let room = n.max(2_000);
        let blocks = (room * BITS).div_ceil(BLOCK * 64);
        Self {
            blocks: vec![[0; BLOCK]; blocks],
            room,
        }
    }

    fn bytes(&self) -> usize {
        self.blocks.len() * BLOCK * 8
    }

    fn may_hold(&self, key: i64) -> bool {
        let (block, bits) = self.place(key);
        self.blocks.get(block).is_none_or(|words| {
            bits.iter()
                .all(|(word, bit)| words.get(*word).is_some_and(|w| w & bit != 0))
        })
    }

    fn add(&mut self, key: i64) {
        let (block, bits) = self.place(key);
        if let Some(words) = self.blocks.get_mut(block) {
            for (word, bit) in bits {
                if let Some(w) = words.get_mut(word) {
                    *w |= bit;
                }
            }
        }
        self.room = self.room.saturating_sub(1);
    }

    /// The block of a key, and its four bits in it: word, and bit of the word.
    fn place(&self, key: i64) -> (usize, [(usize, u64); 4]) {
        // Keys are hashes, but those of a range share their highest byte: mixed once more (constants of SplitMix64).
        let mut mixed = (key as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^= mixed >> 27;
        let block = (u128::from(mixed) * self.blocks.len() as u128) >> 64;
        let mut rest = mixed.wrapping_mul(0x94D0_49BB_1331_11EB) >> 28;
        let bits = std::array::from_fn(|_| {
            let at = rest & 511;
            rest >>= 9;
            ((at >> 6) as usize, 1 << (at & 63))
        });
        (block as usize, bits)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::model::message_key;
    use super::*;
    use crate::base::ids::SourceId;

    /// Keys as they are, all of one range: hashes that share their highest byte.
    fn keys(seed: i64, n: i64) -> impl Iterator<Item = i64> {
        (1..=n).map(move |i| message_key(SourceId(seed), &format!("m{i}")) & 0x00FF_FFFF_FFFF_FFFF)
    }

    #[test]
    fn no_key_that_was_added_is_ever_denied() {
        let mut sieve = Sieve::default();
        let stored: Vec<i64> = keys(1, 5_000).collect();
        sieve.learn(3, &stored);
        let later: Vec<i64> = keys(2, 2_500).collect();
        for key in &later {
            sieve.add(3, *key);
        }
        assert!(
            stored
                .iter()
                .chain(&later)
                .all(|key| sieve.may_hold(3, *key))
        );
    }

    #[test]
    fn of_new_keys_few_look_old_even_in_a_full_filter() {
        let mut sieve = Sieve::default();
        sieve.learn(0, &keys(1, 20_000).collect::<Vec<_>>());
        for key in keys(2, 10_000) {
            sieve.add(0, key);
        }
        let suspects = keys(3, 50_000)
            .filter(|key| sieve.may_hold(0, *key))
            .count();
        assert!((1..2_000).contains(&suspects), "{suspects} of 50,000");
    }

    #[test]
    fn a_full_filter_is_given_up_and_asked_for_again() {
        let mut sieve = Sieve::default();
        assert_eq!(sieve.missing(2), Some(0));
        sieve.learn(0, &[]);
        assert_eq!(sieve.missing(2), Some(1));
        assert!(!sieve.may_hold(0, 7) && sieve.may_hold(1, 7));
        for key in keys(1, 2_001) {
            sieve.add(0, key);
        }
        assert_eq!(sieve.missing(2), Some(0));
        assert!(sieve.may_hold(0, 7));
        assert_eq!(sieve.bytes, 0);
    }
}
