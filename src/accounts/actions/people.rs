//! Inviting people, changing their roles, letting them go.

use crate::accounts::AccountError;
use crate::accounts::audit::{self, By};
use crate::accounts::model::{AnyRole, LinkKind, OneTimeLink, Role, User};
use crate::accounts::post::MailLink;
use crate::accounts::store::{self, NewLink};
use crate::base::clock::DAY;
use crate::base::ids::UserId;
use crate::base::{EmailAddress, Timestamp, token};
use crate::db::Conn;
use crate::jobs;

/// How long an invitation can be taken up.
const INVITED_FOR: i64 = 7 * DAY;

/// Invites somebody by mail. A second invitation to the same address takes the place of the first.
pub fn invite(
    conn: &mut Conn,
    by: &By,
    email: &str,
    role: AnyRole,
    base_url: &str,
    now: Timestamp,
) -> Result<EmailAddress, AccountError> {
    let email = super::checked_email(email)?;
    if store::user_by_email(conn, email.as_str())?.is_some() {
        return Err(AccountError::EmailTaken);
    }
    if let AnyRole::Own(own) = role
        && store::role(conn, own)?.is_none()
    {
        let why = "Choose a role from the list.".to_owned();
        return Err(AccountError::Field("role", why));
    }
    store::delete_links(conn, LinkKind::Invitation, email.as_str())?;
    let link = NewLink {
        kind: LinkKind::Invitation,
        user: None,
        email: email.as_str(),
        role: Some(role),
        created_by: by.user,
        expires_at: now.plus(INVITED_FOR),
    };
    let id = store::insert_link(conn, &link, now)?;
    jobs::enqueue(conn, &MailLink::new(id, base_url), now)?;
    audit::record(
        conn,
        by,
        "invitation.sent",
        Some(("invitation", id)),
        &format!("{email}, {}", role.word()),
        now,
    )?;
    Ok(email)
}

/// Sends an invitation once more, with a new link; the old one opens nothing any more.
pub fn resend_invitation(
    conn: &mut Conn,
    by: &By,
    id: i64,
    base_url: &str,
    now: Timestamp,
) -> Result<EmailAddress, AccountError> {
    let link = store::invitation(conn, id)?.ok_or(AccountError::NotFound)?;
    invite(conn, by, &link.email, invited_as(&link), base_url, now)
}

/// The role that an invitation gives.
fn invited_as(link: &OneTimeLink) -> AnyRole {
    AnyRole::of(link.role.unwrap_or(Role::ReadOnly), link.role_id)
}

/// Takes an invitation back.
pub fn withdraw_invitation(
    conn: &mut Conn,
    by: &By,
    id: i64,
    now: Timestamp,
) -> Result<String, AccountError> {
    let link = store::invitation(conn, id)?.ok_or(AccountError::NotFound)?;
    store::delete_links(conn, LinkKind::Invitation, &link.email)?;
    audit::record(
        conn,
        by,
        "invitation.withdrawn",
        Some(("invitation", id)),
        &link.email,
        now,
    )?;
    Ok(link.email)
}

/// The invitation behind a token.
pub fn open_invitation(
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<OneTimeLink, AccountError> {
    store::open_link(conn, LinkKind::Invitation, token::hash(token), now)?
        .ok_or(AccountError::LinkGone)
}

/// Makes the account an invitation is for.
pub fn accept_invitation(
    conn: &mut Conn,
    token: &str,
    name: &str,
    password_hash: &str,
    ip: &str,
    now: Timestamp,
) -> Result<User, AccountError> {
    let link = open_invitation(conn, token, now)?;
    if !store::spend_link(conn, link.id, now)? {
        return Err(AccountError::LinkGone);
    }
    let email = EmailAddress::parse(&link.email).ok_or(AccountError::LinkGone)?;
    let role = invited_as(&link);
    let id = super::add_user(conn, &email, name, role, password_hash, now)?;
    let user = store::user(conn, id)?.ok_or(AccountError::NotFound)?;
    let by = By {
        user: Some(id),
        name: user.name.clone(),
        ip: ip.to_owned(),
    };
    audit::record(
        conn,
        &by,
        "user.joined",
        Some(("user", id.0)),
        &role.word(),
        now,
    )?;
    Ok(user)
}

/// Gives somebody another role.
pub fn change_role(
    conn: &mut Conn,
    by: &By,
    id: UserId,
    role: AnyRole,
    now: Timestamp,
) -> Result<User, AccountError> {
    let user = store::user(conn, id)?.ok_or(AccountError::NotFound)?;
    let stays = role == AnyRole::BuiltIn(Role::Admin);
    if user.role == Role::Admin && !stays && !store::has_other_admin(conn, id, now)? {
        return Err(AccountError::LastAdmin);
    }
    if let AnyRole::Own(own) = role {
        store::role(conn, own)?.ok_or(AccountError::NotFound)?;
    }
    store::set_role(conn, id, role, now)?;
    let was = AnyRole::of(user.role, user.role_id);
    let detail = format!("{}: {} → {}", user.email, was.word(), role.word());
    audit::record(
        conn,
        by,
        "user.role_changed",
        Some(("user", id.0)),
        &detail,
        now,
    )?;
    Ok(user)
}

/// Lets somebody in no longer: every session and link of theirs ends, their keys rest.
pub fn deactivate(
    conn: &mut Conn,
    by: &By,
    id: UserId,
    now: Timestamp,
) -> Result<User, AccountError> {
    if by.user == Some(id) {
        return Err(AccountError::OwnAccount);
    }
    let user = store::user(conn, id)?.ok_or(AccountError::NotFound)?;
    if user.role == Role::Admin && !store::has_other_admin(conn, id, now)? {
        return Err(AccountError::LastAdmin);
    }
    store::set_deactivated(conn, id, Some(now), now)?;
    store::delete_sessions(conn, id, None)?;
    store::delete_links(conn, LinkKind::PasswordReset, &user.email)?;
    audit::record(
        conn,
        by,
        "user.deactivated",
        Some(("user", id.0)),
        &user.email,
        now,
    )?;
    Ok(user)
}

/// Lets somebody in again.
pub fn reactivate(
    conn: &mut Conn,
    by: &By,
    id: UserId,
    now: Timestamp,
) -> Result<User, AccountError> {
    let user = store::user(conn, id)?.ok_or(AccountError::NotFound)?;
    store::set_deactivated(conn, id, None, now)?;
    audit::record(
        conn,
        by,
        "user.reactivated",
        Some(("user", id.0)),
        &user.email,
        now,
    )?;
    Ok(user)
}
