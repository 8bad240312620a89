//! Running it: TLS to the database, health, the command line.

mod tls;
