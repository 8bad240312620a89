//! Chance that repeats: the same seed gives the same numbers on every machine.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of one thing among many, independent of its neighbours'.
    pub fn of(seed: u64, n: u64) -> Self {
        Self(mix(seed ^ mix(n)))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// One of 0, 1, … `n` - 1.
    pub fn below(&mut self, n: u64) -> u64 {
        // The high half of a product: no division, and even enough for n far below 2^64.
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// Between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something happens that does so in `percent` of all cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn pick<T: Copy + Default>(&mut self, all: &[T]) -> T {
        let n = self.below(all.len() as u64) as usize;
        all.get(n).copied().unwrap_or_default()
    }
}

/// Spreads a number over all 64 bits.
pub(super) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_numbers_stay_below() {
        let (mut a, mut b) = (Chance::new(7), Chance::new(7));
        for _ in 0..1_000 {
            let n = a.below(10);
            assert_eq!(n, b.below(10));
            assert!(n < 10);
            assert!((0.0..1.0).contains(&a.unit()));
            b.unit();
        }
        assert_ne!(Chance::of(7, 1).next(), Chance::of(7, 2).next());
    }
}
