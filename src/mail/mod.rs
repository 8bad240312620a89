//! Mail that the house itself sends. The only place that names lettre. Nothing is sent inside a request:
//! `enqueue` puts the message into the job queue, in the transaction of what it speaks about.

mod jobs;
mod lane;
mod letter;
mod mailer;
mod message;
mod secure;
mod smtp;

pub use jobs::{Send, SendLetter, enqueue, enqueue_letter};
pub use lane::{Fate, Line};
pub use letter::{Letter, Sealed};
pub use mailer::{MailError, Mailer};
pub use message::{Attached, Exchange, Message, addressed};
