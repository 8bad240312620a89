//! `rapport seed`: fills an empty instance with an invented world.

use clap::{Args, Subcommand};

use super::Failure;
use super::scale::Scale;
use crate::config::Config;

/// Fill an empty instance.
#[derive(Debug, Args)]
pub struct Seed {
    #[command(subcommand)]
    with: With,
}

#[derive(Debug, Subcommand)]
enum With {
    /// Made-up data of any size, quickly.
    Scale(Scale),
}

impl Seed {
    pub(super) fn run(self, config: Config) -> Result<(), Failure> {
        match self.with {
            With::Scale(scale) => scale.run(&config),
        }
    }
}
