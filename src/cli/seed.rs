//! `rapport seed`: fills an empty instance with made-up data.

use clap::{Args, Subcommand};

use super::Failure;
use super::scale::Scale;
use super::seed_demo::Demo;
use crate::config::Config;

/// Fill an empty instance.
#[derive(Debug, Args)]
pub struct Seed {
    #[command(subcommand)]
    with: With,
}

#[derive(Debug, Subcommand)]
enum With {
    /// Tidewater: a team of 8, 60 companies, 2,000 people, 8,000 visitors, a year of behaviour.
    Demo(Demo),
    /// Made-up data of any size, quickly.
    Scale(Scale),
}

impl Seed {
    pub(super) fn run(self, config: Config) -> Result<(), Failure> {
        match self.with {
            With::Demo(demo) => demo.run(config),
            With::Scale(scale) => scale.run(&config),
        }
    }
}
