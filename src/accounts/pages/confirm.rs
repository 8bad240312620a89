//! The password once more, before something that a borrowed browser must not do.

use crate::accounts::actions::throttle;
use crate::accounts::password::Passwords;
use crate::accounts::{Viewer, store};
use crate::db::Db;
use crate::web::{Error, Result};

/// Whether this is the viewer's password. Tries are counted as at sign-in.
pub async fn is_own_password(
    viewer: &Viewer,
    db: &Db,
    passwords: &Passwords,
    typed: String,
) -> Result<bool> {
    let (user, now) = (viewer.id(), viewer.now);
    let key = format!("password:own:{user}");
    let counted = key.clone();
    let hash = db
        .write(move |conn| {
            throttle::count(conn, &counted, throttle::PASSWORD, now)?;
            Ok::<_, crate::accounts::AccountError>(store::password_hash(conn, user)?)
        })
        .await?;
    let is_right = passwords.check(typed, hash).await?;
    if is_right {
        db.write(move |conn| store::forget_count(conn, &key))
            .await
            .map_err(Error::from)?;
    }
    Ok(is_right)
}
