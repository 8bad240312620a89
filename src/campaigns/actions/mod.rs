//! Every change of mailings: writing them, sending them off and holding them, what their recipients do.

mod launch;
mod unsubscribe;
mod write;

pub use launch::{
    Refusal, cancel, finish, launch, launch_due, pause, resume, retry, schedule, unschedule,
};
pub use unsubscribe::unsubscribe;
pub(super) use write::index;
pub use write::{
    Audience, copy, create, create_template, delete, delete_template, save_audience, save_content,
    save_template,
};
