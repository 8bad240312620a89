//! `rapport bench`: measures what the README claims, on this machine, on the data of the instance.

mod client;
mod counts;
mod desks;
mod floor;
mod import;
mod ingest;
mod load;
mod machine;
mod pages;
mod places;
mod reader;
mod report;
mod sender;
mod server;
mod sight;
mod stand;

use clap::{Args, Subcommand};

use super::Failure;
use crate::config::Config;

/// Measure how fast this machine is with this instance's data.
#[derive(Debug, Args)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How fast events come in. They stay: use an instance made for it.
    Ingest(ingest::Ingest),
    /// How long pages take, alone and while events flow in.
    Pages(pages::Pages),
    /// How long a file of contacts takes to come in, and pages meanwhile. They stay: use an instance made for it.
    Import(import::Import),
}

impl Bench {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        match self.what {
            What::Ingest(ingest) => ingest.run(config),
            What::Pages(pages) => pages.run(config),
            What::Import(import) => import.run(config),
        }
    }
}
