//! What can be done in accounts: check, change, audit, in the transaction of the caller.

mod keys;
mod passwords;
mod people;
mod profile;
mod roles;
mod second_factor;
mod set_up;
mod sign_in;
mod sweep;
pub mod throttle;
mod users;
mod workspace;

pub use keys::{create_api_key, make_key, revoke_key};
pub use passwords::{change_password, open_reset, request_reset, reset_password};
pub use people::{
    accept_invitation, change_role, deactivate, invite, open_invitation, reactivate,
    resend_invitation, withdraw_invitation,
};
pub use profile::{
    LANGUAGES, change_picture, change_profile, checked_profile, end_other_sessions, end_session,
};
pub use roles::{NewRole, NewTeam, delete_role, delete_team, save_role, save_team};
pub use second_factor::{
    begin_second_factor, confirm_second_factor, count_code, disable_second_factor,
    renew_recovery_codes, seed, spend_code,
};
pub use set_up::{SetUp, set_up};
pub use sign_in::{
    Attempt, Begun, Candidate, Place, begin_session, begin_sign_in, fail_sign_in, password_key,
    sign_out,
};
pub use sweep::sweep;
pub use users::{NewUser, add_user, checked_email, checked_name, create_user};
pub use workspace::{Workspace, change_workspace, mail_base_url, workspace, workspace_name};
