//! Stories over HTTP against the real application, one module per slice. SQLite by default;
//! `TEST_DATABASE_URL` makes the same stories run on PostgreSQL.

mod accounts;
<<<<<<< HEAD
mod contacts;
=======
>>>>>>> 5c72cd3 (demo: stories proved; people and claims meet under one trait key, created when received)
mod jobs;
mod ops;
mod quarantine;
mod sources;
mod support;
