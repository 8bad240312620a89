//! Stories over HTTP against the real application, one module per slice. SQLite by default;
//! `TEST_DATABASE_URL` makes the same stories run on PostgreSQL.

mod accounts;
mod contacts;
mod demo;
mod events;
mod faults;
mod jobs;
mod ops;
mod quarantine;
mod sources;
mod support;
