//! Running it: TLS to the database, health, the command line.

mod cli;
mod jobs_page;
mod probes;
mod stopping;
mod tls;
