//! Stories of accounts.

mod account;
mod keys;
mod passwords;
mod people;
mod second_factor;
mod set_up;
mod sign_in;
mod workspace;

use rapport::mail::Message;

/// The path of the one-time link in a mail.
#[track_caller]
fn link_in(mail: &Message, door: &str) -> String {
    let from = mail.text.find(door).expect("a link");
    mail.text[from..]
        .split_whitespace()
        .next()
        .expect("a link")
        .to_owned()
}
