//! The audit, newest first.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::accounts::model::AuditEntry;
use crate::accounts::rights::ReadAudit;
use crate::accounts::{Can, Viewer, browser, store};
use crate::db::Db;
use crate::web::{Cursor, Page, Paged, Result, When};

const HERE: &str = "/settings/audit";
const ROWS: usize = 50;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    before: String,
}

/// The list.
#[derive(Template)]
#[template(path = "accounts/audit.html")]
pub struct AuditPage {
    rows: Vec<Line>,
    first: String,
    older: String,
}

struct Line {
    at: When,
    actor: String,
    what: String,
    detail: String,
    ip: String,
}

/// `GET /settings/audit`.
pub async fn index(
    viewer: Can<ReadAudit>,
    db: Data<Db>,
    query: Query<From>,
) -> Result<Page<AuditPage>> {
    let before = Cursor::decode(&query.before).map(|cursor| cursor.id);
    let entries = db
        .read(move |conn| store::audit(conn, before, ROWS as i64 + 1))
        .await?;
    let paged = Paged::from_loaded(entries, ROWS, |entry| Cursor {
        key: String::new(),
        id: entry.id,
    });
    let page = AuditPage {
        rows: paged
            .rows
            .into_iter()
            .map(|entry| line(entry, &viewer))
            .collect(),
        first: before.map_or_else(String::new, |_| HERE.to_owned()),
        older: paged
            .next
            .map_or_else(String::new, |next| format!("{HERE}?before={next}")),
    };
    Ok(Page::new(viewer.shell(), page))
}

fn line(entry: AuditEntry, viewer: &Viewer) -> Line {
    let detail = match entry.action.as_str() {
        "session.begun" => browser::name(&entry.detail),
        _ => entry.detail,
    };
    Line {
        at: When::new(entry.at, viewer.now, viewer.zone()),
        actor: entry.actor,
        what: in_words(&entry.action),
        detail,
        ip: entry.ip.unwrap_or_default(),
    }
}

/// An action for people; what another slice wrote is shown by its own words.
fn in_words(action: &str) -> String {
    let words = match action {
        "sign_in.failed" => "Failed to sign in",
        "second_factor.failed" => "Gave a wrong code",
        "session.begun" => "Signed in",
        "session.ended" => "Ended a session",
        "sessions.ended" => "Ended all other sessions",
        "password.reset_requested" => "Asked for a new password",
        "password.reset" => "Set a new password by mail",
        "password.changed" => "Changed their password",
        "second_factor.enabled" => "Switched the second factor on",
        "second_factor.disabled" => "Switched the second factor off",
        "recovery_codes.renewed" => "Made new recovery codes",
        "profile.changed" => "Changed their profile",
        "invitation.sent" => "Invited somebody",
        "invitation.withdrawn" => "Withdrew an invitation",
        "user.joined" => "Took up an invitation",
        "user.created" => "Made an account",
        "user.role_changed" => "Changed a role",
        "user.deactivated" => "Deactivated an account",
        "user.reactivated" => "Reactivated an account",
        "key.created" => "Made an API key",
        "key.revoked" => "Revoked an API key",
        "workspace.set_up" => "Set the workspace up",
        "workspace.changed" => "Changed the workspace",
        "demo.loaded" => "Loaded the demo world",
        other => {
            let mut words = other.replace(['.', '_'], " ");
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            return words;
        }
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_reads_well_enough() {
        assert_eq!(in_words("session.begun"), "Signed in");
        assert_eq!(in_words("source.key_replaced"), "Source key replaced");
        assert_eq!(in_words(""), "");
    }
}
