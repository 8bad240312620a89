//! `rapport seed scale`: fills an empty instance of any size, quickly, with data that a seed repeats: few busy people
//! and many quiet ones, half a year of visits, counters and indexes as the enrichment worker would have left them.

mod behaviour;
mod campaigns;
mod companies;
mod deals;
mod names;
mod people;
mod person;
mod plan;
pub(super) mod rows;
mod tickets;
mod world;
mod write;

use std::time::Instant;

use clap::Args;
use diesel::prelude::*;

use super::{Failure, say, say_error};
use crate::base::clock;
use crate::config::Config;
use crate::db::dialect::bulk;
use crate::db::dialect::search::spelling::{self, Keep};
use crate::db::schema::{companies as company_table, contacts, events};
use crate::db::{Conn, DatabaseUrl, Db, lock, migrate};
use crate::search::jobs::mark_filled;
use plan::{Plan, Size};
use world::World;

/// Fill an empty instance with made-up data, as large as you like. Owners are the users that exist already.
#[derive(Debug, Args)]
pub struct Scale {
    /// Contacts; three in ten of them known.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=50_000_000))]
    contacts: u32,
    /// Events over 180 days.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(..=1_000_000_000))]
    events: u64,
    /// Companies (default: one for a hundred contacts).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    companies: Option<u32>,
    /// Deals (default: one for ten contacts).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    deals: Option<u32>,
    /// Tickets, two or three messages each (default: one for ten contacts).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=100_000_000))]
    tickets: Option<u32>,
    /// Mailings, the first to everybody with an address, the next to half of them, and so on; with them who allowed what
    /// (default: one for 25,000 contacts).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    campaigns: Option<u32>,
    /// Another number makes other people.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

impl Scale {
    pub(super) fn run(&self, config: &Config) -> Result<(), Failure> {
        let url = DatabaseUrl::parse(&config.database_url())?;
        let hold = lock::hold(&url)?;
        migrate::run(&url)?;
        let mut conn = Db::connect_to(&url)?;
        refuse_filled(&mut conn)?;
        let started = Instant::now();
        let plan = Plan::new(Size {
            contacts: self.contacts,
            events: self.events,
            companies: self.companies.unwrap_or(self.contacts / 100),
            deals: self.deals.unwrap_or(self.contacts / 10),
            seed: self.seed,
        });
        let many = Many {
            tickets: self.tickets.unwrap_or(self.contacts / 10),
            campaigns: self.campaigns.unwrap_or(self.contacts.div_ceil(25_000)),
        };
        fill(&mut conn, plan, &many)?;
        drop(hold);
        say(&format!(
            "{} contacts, {} events in {:.0} s",
            self.contacts,
            self.events,
            started.elapsed().as_secs_f64()
        ));
        Ok(())
    }
}

/// What there is of what the plan does not decide.
struct Many {
    tickets: u32,
    campaigns: u32,
}

fn fill(conn: &mut Conn, mut plan: Plan, many: &Many) -> Result<(), Failure> {
    let world = World::make(conn, clock::now())?;
    say_error("do not interrupt: a half-filled database has to be thrown away");
    let loading = bulk::begin(conn)?;
    write::write_companies(conn, &plan, &world)?;
    write::write_people(conn, &plan, &world)?;
    deals::write(conn, &plan, &world, clock::now())?;
    tickets::write(conn, &plan, &world, many.tickets)?;
    campaigns::write(conn, &plan, &world, many.campaigns, clock::now())?;
    plan.by_time();
    write::write_events(conn, &plan, &world)?;
    write::write_keys(conn, &plan, &world)?;
    drop(plan);
    let started = Instant::now();
    let n = loading.len();
    loading.finish(conn)?;
    deals::count(conn)?;
    spell(conn)?;
    say_error(&format!(
        "indexes: {n} in {:.0} s",
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// How names are spelled, once the index of it is there. Every record has its words by now.
fn spell(conn: &mut Conn) -> Result<(), Failure> {
    let companies: Vec<String> = company_table::table
        .select(company_table::name)
        .load(conn)?;
    let people = names::CULTURES
        .iter()
        .flat_map(|culture| culture.given.iter().chain(culture.family));
    let people: Vec<&str> = people.flat_map(|(own, latin)| [*own, *latin]).collect();
    Db::transaction_on(conn, |conn| {
        spelling::learn(conn, Keep::Parts, companies.iter().map(String::as_str))?;
        spelling::learn(conn, Keep::Spelling, people)?;
        mark_filled(conn, clock::now())
    })?;
    Ok(())
}

fn refuse_filled(conn: &mut Conn) -> Result<(), Failure> {
    let contact: Option<i64> = contacts::table
        .select(contacts::id)
        .first(conn)
        .optional()?;
    let event: Option<i64> = events::table.select(events::id).first(conn).optional()?;
    let company: Option<i64> = company_table::table
        .select(company_table::id)
        .first(conn)
        .optional()?;
    if contact.or(event).or(company).is_some() {
        return Err(
            "this instance has data of its own; give an empty one with --data or --database".into(),
        );
    }
    Ok(())
}
