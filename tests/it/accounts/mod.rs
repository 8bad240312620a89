//! Stories of accounts.

mod set_up;
mod sign_in;
