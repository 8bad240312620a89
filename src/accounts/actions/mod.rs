//! What can be done in accounts: check, change, audit, in the transaction of the caller.

mod keys;
mod set_up;
mod sign_in;
pub mod throttle;
mod users;

pub use keys::create_api_key;
pub use set_up::{SetUp, set_up};
pub use sign_in::{
    Attempt, Begun, Candidate, Place, begin_session, begin_sign_in, fail_sign_in, sign_out,
};
pub use users::{NewUser, add_user, checked_email, checked_name, create_user};
