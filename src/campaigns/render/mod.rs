//! From content to a mail: compiled once per revision (MJML, links, text part), then filled in for each recipient, with
//! fuel against endless loops, an end to its length, and a word for every field that somebody lacks.

mod compile;
mod fault;
mod html;
mod text;

pub use compile::{Compiled, Rendered, compile};
pub use fault::Fault;
