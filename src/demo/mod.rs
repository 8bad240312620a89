//! The demo world: Tidewater, which makes sensors for fish farms, ports and water works, with its team, its customers
//! and a year of what they did. It is planned on paper first (`plan`), always the same way for the same now, then built
//! like any other workspace: by the actions people use, and by requests in the inbox. It may use every slice.

mod build;
mod calendar;
mod cast;
mod dice;
pub mod load;
mod mishaps;
mod office;
mod plan;
mod site;
mod stories;
mod visit;
mod wire;

pub use build::{DemoError, Ground, Pump, World, build};
pub use plan::Plan;
pub use wire::Post;

use crate::events::sources::SourceKind;

/// How large a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// For looking around in.
    Full,
    /// For tests: the named people and a few more.
    Small,
}

impl Size {
    /// People who are known.
    pub fn known(self) -> usize {
        match self {
            Self::Full => 2_000,
            Self::Small => 60,
        }
    }

    /// Who only passes by.
    pub fn visitors(self) -> usize {
        match self {
            Self::Full => 8_000,
            Self::Small => 60,
        }
    }

    /// Companies.
    pub fn firms(self) -> usize {
        match self {
            Self::Full => cast::FIRMS.len(),
            Self::Small => 17,
        }
    }

    /// By how much less people use the app than in the full world.
    fn slowness(self) -> i64 {
        match self {
            Self::Full => 1,
            Self::Small => 8,
        }
    }

    /// Visits of the last day that happen whatever day it is.
    fn pulse(self) -> i64 {
        match self {
            Self::Full => 150,
            Self::Small => 12,
        }
    }
}

/// Name and kind of the four sources, in the order of [`Post::source`].
pub const SOURCES: [(&str, SourceKind); 4] = [
    ("Website", SourceKind::Web),
    ("App", SourceKind::Mobile),
    ("Backend", SourceKind::Server),
    ("Billing", SourceKind::Server),
];
