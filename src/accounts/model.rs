//! Rows and words of accounts.

use diesel::prelude::*;

use crate::base::Timestamp;
use crate::base::ids::{FileId, RoleId, TeamId, UserId};
use crate::db::schema::{api_keys, audit_entries, roles, teams, user_sessions, user_tokens, users};
use crate::text_enum;

text_enum!(
    /// What somebody is here for; what they may do follows from it (`rights`).
    Role {
        /// Everything.
        Admin => "admin",
        /// All records and the sources; not people and keys of others.
        Manager => "manager",
        /// Contacts, companies, deals.
        Sales => "sales",
        /// Contacts and tickets.
        Support => "support",
        /// Contacts, segments, campaigns, sources.
        Marketing => "marketing",
        /// Looks only.
        ReadOnly => "read_only",
    }
);

impl Role {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Admin => "Administrator",
            Self::Manager => "Manager",
            Self::Sales => "Sales",
            Self::Support => "Support",
            Self::Marketing => "Marketing",
            Self::ReadOnly => "Read-only",
        }
    }

    /// What it is for, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Self::Admin => "everything, people and settings included",
            Self::Manager => "all records and the sources",
            Self::Sales => "contacts, companies and deals",
            Self::Support => "contacts and tickets",
            Self::Marketing => "contacts, segments, campaigns and sources",
            Self::ReadOnly => "looks at everything, changes nothing",
        }
    }
}

/// A role that somebody can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyRole {
    /// One of the six.
    BuiltIn(Role),
    /// One of the workspace's own.
    Own(RoleId),
}

impl AnyRole {
    /// From a form: `sales`, `own-3`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.strip_prefix("own-") {
            Some(id) => id.parse().ok().map(Self::Own),
            None => Role::from_word(word).map(Self::BuiltIn),
        }
    }

    /// As a form has it.
    pub fn word(self) -> String {
        match self {
            Self::BuiltIn(role) => role.word().to_owned(),
            Self::Own(id) => format!("own-{id}"),
        }
    }

    /// As rows keep it: of a role of one's own, the built-in one that looks only, and its id.
    pub fn columns(self) -> (Role, Option<RoleId>) {
        match self {
            Self::BuiltIn(role) => (role, None),
            Self::Own(id) => (Role::ReadOnly, Some(id)),
        }
    }

    /// The other way round.
    pub fn of(role: Role, own: Option<RoleId>) -> Self {
        own.map_or(Self::BuiltIn(role), Self::Own)
    }
}

impl From<Role> for AnyRole {
    fn from(role: Role) -> Self {
        Self::BuiltIn(role)
    }
}

/// A role of the workspace's own, as it is kept.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = roles)]
pub struct RoleRow {
    /// Id.
    pub id: RoleId,
    /// Name.
    pub name: String,
    /// What it is for, in a line.
    pub about: String,
    /// What it grants, as words.
    pub grants: String,
}

/// A team.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = teams)]
pub struct Team {
    /// Id.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// The team above.
    pub parent_id: Option<TeamId>,
}

text_enum!(
    /// Light, dark, or as the system says.
    Theme {
        /// The system's choice.
        System => "system",
        /// Light.
        Light => "light",
        /// Dark.
        Dark => "dark",
    }
);

/// Somebody who works in Rapport.
#[derive(Debug, Clone, HasQuery, Identifiable)]
#[diesel(table_name = users)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Normalised address; the name to sign in with.
    pub email: String,
    /// Name as they write it.
    pub name: String,
    /// Built-in role; of who has a role of the workspace's own, the one that looks only.
    pub role: Role,
    /// A role of the workspace's own, which counts instead.
    pub role_id: Option<RoleId>,
    /// BCP 47.
    pub language: String,
    /// IANA name.
    pub time_zone: String,
    /// Theme.
    pub theme: Theme,
    /// Picture.
    pub avatar_file_id: Option<FileId>,
    /// Since when a second factor is asked for.
    pub totp_enabled_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Last page asked for, to a few minutes.
    pub last_seen_at: Option<Timestamp>,
    /// Since when they may not sign in.
    pub deactivated_at: Option<Timestamp>,
}

text_enum!(
    /// What a one-time link opens.
    LinkKind {
        /// An account of one's own.
        Invitation => "invitation",
        /// A new password.
        PasswordReset => "password_reset",
    }
);

/// What somebody says about themselves; everything checked.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Name as they write it.
    pub name: String,
    /// BCP 47.
    pub language: String,
    /// IANA name.
    pub time_zone: String,
    /// Theme.
    pub theme: Theme,
}

/// A one-time link that was sent.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = user_tokens)]
pub struct OneTimeLink {
    /// Id.
    pub id: i64,
    /// What it opens.
    pub kind: LinkKind,
    /// For whom, where they have an account.
    pub user_id: Option<UserId>,
    /// Where it was sent.
    pub email: String,
    /// The role an invitation gives.
    pub role: Option<Role>,
    /// A role of the workspace's own, which counts instead.
    pub role_id: Option<RoleId>,
    /// Who invites.
    pub created_by: Option<UserId>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it stops opening anything.
    pub expires_at: Timestamp,
}

/// A browser somebody is signed in on.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = user_sessions)]
pub struct Session {
    /// Id.
    pub id: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// Last page asked for, to a few minutes.
    pub last_seen_at: Timestamp,
    /// Where it began.
    pub ip: String,
    /// The browser, as it calls itself.
    pub user_agent: String,
}

/// A key of a program.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = api_keys)]
pub struct ApiKey {
    /// Id.
    pub id: i64,
    /// For whom it acts.
    pub user_id: UserId,
    /// What it is for.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// What it may do, separated by spaces.
    pub scopes: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last request, to a few minutes.
    pub last_used_at: Option<Timestamp>,
}

/// A line of the audit.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = audit_entries)]
pub struct AuditEntry {
    /// Id, in order of time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as they were called then.
    pub actor: String,
    /// What, as `noun.done`.
    pub action: String,
    /// What more there is to say.
    pub detail: String,
    /// From where.
    pub ip: Option<String>,
}

/// A user about to be added; everything checked and normalised.
pub struct NewUserRow<'a> {
    /// Address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Role.
    pub role: AnyRole,
    /// Hash of the password.
    pub password_hash: &'a str,
    /// BCP 47.
    pub language: &'a str,
    /// IANA name.
    pub time_zone: &'a str,
}

impl User {
    /// Their zone; UTC where the name is unknown.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.parse().unwrap_or(chrono_tz::UTC)
    }
}
