//! Stories over HTTP against the real application, one module per slice. SQLite by default;
//! `TEST_DATABASE_URL` makes the same stories run on PostgreSQL.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "all of it is test: clippy.toml lets only functions marked #[test] off"
)]

mod accounts;
mod campaigns;
mod contacts;
mod deals;
mod demo;
mod desk;
mod doors;
mod events;
mod faults;
mod filters;
mod jobs;
mod ops;
mod plans;
mod quarantine;
mod search;
mod sources;
mod support;
