//! Chance that falls the same way every time: a small generator (splitmix64) with the few throws the world needs.

/// A stream of chance. Two streams of one seed are the same.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// A stream for one matter: `of` says which, so that a new story does not change the others.
    pub fn new(seed: u64, of: &str) -> Self {
        Self(seed ^ xxhash_rust::xxh3::xxh3_64(of.as_bytes()))
    }

    /// A stream of its own for number `n` of the same matter.
    pub fn nth(&self, n: usize) -> Self {
        let mut dice = Self(self.0 ^ (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.roll();
        dice
    }

    /// 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % (n.max(1) as u64)) as usize
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// From 0 to below 1.
    pub fn part(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    /// One of several.
    #[expect(
        clippy::indexing_slicing,
        reason = "below the length; every list of the cast has something in it"
    )]
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of several, each with its weight.
    pub fn weighted<'a, T>(&mut self, from: &'a [(u32, T)]) -> &'a T {
        let sum: u32 = from.iter().map(|(weight, _)| *weight).sum();
        let mut left = self.below(sum as usize) as u32;
        let found = from.iter().find(|(weight, _)| {
            let hit = left < *weight;
            left = left.saturating_sub(*weight);
            hit
        });
        found.map_or_else(|| &self.pick(from).1, |(_, value)| value)
    }

    /// An id of the shape SDKs make.
    pub fn uuid(&mut self) -> String {
        let (a, b) = (self.roll(), self.roll());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | (b >> 48) & 0x3fff,
            b & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way() {
        let throws = |of| {
            let mut dice = Dice::new(7, of);
            (dice.between(1, 6), dice.uuid(), dice.chance(50))
        };
        assert_eq!(throws("people"), throws("people"));
        assert_ne!(throws("people"), throws("visits"));
    }

    #[test]
    fn weights_are_kept_and_ids_have_their_shape() {
        let mut dice = Dice::new(1, "weights");
        let heads = (0..1_000)
            .filter(|_| *dice.weighted(&[(9, true), (1, false)]))
            .count();
        assert!((850..950).contains(&heads), "{heads}");
        assert!((0..1_000).all(|_| (3..=5).contains(&dice.between(3, 5))));
        assert_eq!(dice.uuid().len(), 36);
    }
}
