//! `rapport seed demo`, and what `serve --demo` does first.

use clap::Args;

use super::{Failure, say};
use crate::app::House;
use crate::base::clock;
use crate::config::Config;
use crate::db::{DatabaseUrl, lock};
use crate::demo::{self, Ground, Pump, Size, World};

/// The demo world.
#[derive(Debug, Args)]
pub struct Demo {
    /// Password of everybody in the team (default: one is made and printed).
    #[arg(long, value_name = "PASSWORD")]
    password: Option<String>,
    /// Only the named people and a few more: quick to build.
    #[arg(long)]
    small: bool,
}

impl Demo {
    pub(super) fn run(self, config: Config) -> Result<(), Failure> {
        let url = DatabaseUrl::parse(&config.database_url())?;
        // A running instance has its own hands on the database: set-up loads the world there.
        let _hold = lock::hold(&url)?;
        let house = House::build(config)?;
        let size = if self.small { Size::Small } else { Size::Full };
        build(&house, size, self.password)?;
        house.db.checkpoint()?;
        Ok(())
    }
}

/// Builds the demo world on this thread, and says who can sign in.
pub(super) fn build(house: &House, size: Size, password: Option<String>) -> Result<(), Failure> {
    let begun = clock::now();
    let ground = Ground {
        db: house.db.clone(),
        inbox: house.inbox.clone(),
        pump: Pump::Own(house.enrich()),
        live: house.live.clone(),
    };
    let world = demo::build(&ground, size, begun, password, say)?;
    let secs = clock::now().since(begun) / clock::SECOND;
    summary(&world, secs);
    Ok(())
}

fn summary(world: &World, secs: i64) {
    say(&format!(
        "The demo world is there: {} people, {} visitors, {} events in {secs} s.",
        world.known, world.visitors, world.events
    ));
    for source in &world.sources {
        say(&format!(
            "  {:<8} write key {}",
            source.name, source.write_key
        ));
    }
    say(&format!(
        "Sign in as one of them, with the password {}",
        world.password
    ));
    for (email, role) in &world.team {
        say(&format!("  {email:<25} {role}"));
    }
}
