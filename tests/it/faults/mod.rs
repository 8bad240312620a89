//! Stories of what goes wrong around the program: it is killed, another one runs beside it, the database goes away.
//! After each, everything that was answered with 200 is there exactly once, and counted once.

mod killed;
mod ledger;
mod sender;
mod together;
