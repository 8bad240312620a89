//! What a route needs, as types that stand in its signature: `Can<EditContacts>`. One table says which built-in role has
//! what, and what a role of the workspace's own must grant for it; with whose records is a matter of [`super::access`].

use super::Role;
use super::access::{Access, Action, Grants, Object, Scope};
use crate::base::ids::UserId;
use crate::web::Doors;

/// What a role of the workspace's own must grant for a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: whoever is signed in has it.
    Nothing,
    /// An act on records of a kind, within some scope.
    Scope(Object, Action),
    /// A switch.
    Switch,
    /// A switch, for who sees every record: it works on all of them at once, or shows them beside each other.
    Whole,
    /// Being an administrator.
    Admin,
}

/// Something a person may or may not do.
pub trait Right: 'static {
    /// Its word in the grants of a role.
    const KEY: &'static str;
    /// For the refusal: "You may not …".
    const WHAT: &'static str;
    /// The API key scope that grants it, or several, each of which does; `None`: never by key.
    const SCOPE: Option<&'static str>;
    /// What a role of the workspace's own must grant.
    const NEED: Need;
    /// Whether a built-in role has it.
    fn of_role(role: Role) -> bool;

    /// Whether somebody has it, for some records at least.
    fn allows(access: &Access) -> bool {
        let Some(own) = access.own_role() else {
            return access.role().is_some_and(Self::of_role);
        };
        let grants = &own.grants;
        match Self::NEED {
            Need::Nothing => true,
            Need::Scope(object, action) => grants.scope(object, action) != Scope::None,
            Need::Switch => grants.has(Self::KEY),
            Need::Whole => grants.sees_all() && grants.has(Self::KEY),
            Need::Admin => false,
        }
    }
}

/// A right that a role of the workspace's own grants by a switch.
pub struct Switch {
    /// Its word.
    pub key: &'static str,
    /// "Export contacts", but for the first letter.
    pub what: &'static str,
    /// Whether it asks for seeing every record.
    pub is_whole: bool,
    /// Whether a built-in role has it.
    pub of_role: fn(Role) -> bool,
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident $key:literal: $what:literal, $scope:expr, $need:expr, [$($role:ident)|+];)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Right for $name {
                const KEY: &'static str = $key;
                const WHAT: &'static str = $what;
                const SCOPE: Option<&'static str> = $scope;
                const NEED: Need = $need;
                fn of_role(role: Role) -> bool {
                    matches!(role, $(Role::$role)|+)
                }
            }
        )+

        const EVERY: &[(Need, Switch)] = &[$(
            ($need, Switch { key: $key, what: $what, is_whole: matches!($need, Need::Whole), of_role: $name::of_role }),
        )+];
    };
}

/// Every switch, in the order of the table.
pub fn switches() -> impl Iterator<Item = &'static Switch> {
    let is_switch = |need: Need| matches!(need, Need::Switch | Need::Whole);
    let found = EVERY.iter().filter(move |(need, _)| is_switch(*need));
    found.map(|(_, switch)| switch)
}

/// What somebody with a built-in role may do.
pub fn built_in(role: Role, user: UserId) -> Access {
    Access::of_role(role, user, |object, action| {
        let need = Need::Scope(object, action);
        let mut found = EVERY.iter().filter(|(own, _)| *own == need);
        found.any(|(_, right)| (right.of_role)(role))
    })
}

/// What a built-in role grants, as a beginning for a role of one's own.
pub fn grants_of(role: Role) -> Grants {
    let mut grants = Grants::default();
    let access = built_in(role, UserId(0));
    for object in Object::ALL {
        for action in object.actions() {
            if access.reach(*object, *action).is_all() {
                grants.set(*object, *action, Scope::All);
            }
        }
    }
    // A ticket of nobody waits for whoever takes it; a contact of nobody is nobody's business yet.
    grants.switch(Object::Tickets.unassigned());
    for switch in switches() {
        if (switch.of_role)(role) {
            grants.switch(switch.key);
        }
    }
    grants
}

rights! {
    /// Being signed in; one's own account.
    SignedIn "signed_in": "be here", None, Need::Nothing, [Admin | Manager | Sales | Support | Marketing | ReadOnly];
    /// Contacts, companies and their timelines.
    ReadContacts "read_contacts": "see contacts", Some("contacts:read"), Need::Scope(Object::Contacts, Action::Read), [Admin | Manager | Sales | Support | Marketing | ReadOnly];
    /// Creating and changing them.
    EditContacts "edit_contacts": "change contacts", Some("contacts:write"), Need::Scope(Object::Contacts, Action::Edit), [Admin | Manager | Sales | Support | Marketing];
    /// Moving them to the trash and back.
    DeleteContacts "delete_contacts": "delete contacts", Some("contacts:write"), Need::Scope(Object::Contacts, Action::Delete), [Admin | Manager | Sales | Support];
    /// Deleting what is in the trash for good, before its time.
    PurgeRecords "purge_records": "delete for good", None, Need::Admin, [Admin];
    /// Making two records one, and two again.
    MergeContacts "merge_contacts": "merge records", Some("contacts:write"), Need::Switch, [Admin | Manager | Sales | Support];
    /// Fields that are marked sensitive.
    ReadSensitive "read_sensitive": "see sensitive fields", None, Need::Switch, [Admin | Manager];
    /// Fields of contacts and companies: their types, groups and rules.
    ManageFields "manage_fields": "change fields", None, Need::Whole, [Admin];
    /// Bringing files of contacts in, and taking that back.
    ImportContacts "import_contacts": "import contacts", None, Need::Whole, [Admin | Manager | Sales | Marketing];
    /// Writing contacts into files to take away.
    ExportContacts "export_contacts": "export contacts", None, Need::Switch, [Admin | Manager | Sales | Marketing];
    /// Names, colours and ends of tags.
    ManageTags "manage_tags": "change tags", None, Need::Whole, [Admin | Manager | Marketing];
    /// Asking the search; what it shows needs the right to read it.
    Search "search": "search", Some("contacts:read deals:read tickets:read campaigns:read"), Need::Nothing, [Admin | Manager | Sales | Support | Marketing | ReadOnly];
    /// Sources, their events and their health.
    ReadSources "read_sources": "see sources", Some("sources:read"), Need::Whole, [Admin | Manager | Marketing | Support];
    /// Creating sources, keys, settings of sources.
    ManageSources "manage_sources": "change sources", None, Need::Whole, [Admin | Manager | Marketing];
    /// Repairing and replaying quarantined events.
    ManageQuarantine "manage_quarantine": "repair events", None, Need::Whole, [Admin | Manager | Marketing];
    /// Deals, the board, tasks.
    ReadDeals "read_deals": "see deals", Some("deals:read"), Need::Scope(Object::Deals, Action::Read), [Admin | Manager | Sales | Support | Marketing | ReadOnly];
    /// Creating, changing and moving them.
    EditDeals "edit_deals": "change deals", Some("deals:write"), Need::Scope(Object::Deals, Action::Edit), [Admin | Manager | Sales];
    /// Moving them to the trash and back.
    DeleteDeals "delete_deals": "delete deals", Some("deals:write"), Need::Scope(Object::Deals, Action::Delete), [Admin | Manager | Sales];
    /// Making tasks and doing one's own; those of others need `EditDeals`.
    DoTasks "do_tasks": "do tasks", Some("deals:write"), Need::Switch, [Admin | Manager | Sales | Support | Marketing];
    /// Pipelines and their stages.
    ManagePipelines "manage_pipelines": "change pipelines", None, Need::Whole, [Admin | Manager];
    /// Tickets and their messages.
    ReadTickets "read_tickets": "see tickets", Some("tickets:read"), Need::Scope(Object::Tickets, Action::Read), [Admin | Manager | Sales | Support | ReadOnly];
    /// Answering, assigning, solving.
    EditTickets "edit_tickets": "answer tickets", Some("tickets:write"), Need::Scope(Object::Tickets, Action::Edit), [Admin | Manager | Support];
    /// Addresses that tickets arrive at, and the quarantine of mail.
    ManageMailboxes "manage_mailboxes": "change mailboxes", None, Need::Admin, [Admin];
    /// Handing in mail as a mail server does.
    TakeMail "take_mail": "hand in mail", Some("mail:in"), Need::Whole, [Admin | Support];
    /// Campaigns, templates, results.
    ReadCampaigns "read_campaigns": "see campaigns", Some("campaigns:read"), Need::Whole, [Admin | Manager | Sales | Marketing | ReadOnly];
    /// Writing them, test sends, topics.
    EditCampaigns "edit_campaigns": "change campaigns", Some("campaigns:write"), Need::Whole, [Admin | Marketing];
    /// Launching, pausing, cancelling.
    SendCampaigns "send_campaigns": "send campaigns", None, Need::Whole, [Admin | Marketing];
    /// Inviting people, changing roles.
    ManagePeople "manage_people": "manage people", None, Need::Admin, [Admin];
    /// The workspace: name, mail, demo data.
    ManageWorkspace "manage_workspace": "change the workspace", None, Need::Admin, [Admin];
    /// Jobs and dead letters.
    ManageJobs "manage_jobs": "manage jobs", None, Need::Admin, [Admin];
    /// The audit.
    ReadAudit "read_audit": "read the audit", None, Need::Admin, [Admin];
}

/// What the frame offers somebody.
pub fn doors(access: &Access) -> Doors {
    Doors {
        see_sources: ReadSources::allows(access),
        see_deals: ReadDeals::allows(access),
        manage_fields: ManageFields::allows(access),
        manage_tags: ManageTags::allows(access),
        manage_pipelines: ManagePipelines::allows(access),
        see_tickets: ReadTickets::allows(access),
        see_campaigns: ReadCampaigns::allows(access),
        add_contacts: EditContacts::allows(access),
        import_contacts: ImportContacts::allows(access),
        add_deals: EditDeals::allows(access),
        add_tasks: DoTasks::allows(access),
        add_tickets: EditTickets::allows(access),
        add_campaigns: EditCampaigns::allows(access),
    }
}

/// The scopes an API key can have, with what they are for.
pub const SCOPES: &[(&str, &str)] = &[
    (
        "contacts:read",
        "Read contacts, companies, traits and counters",
    ),
    ("contacts:write", "Create and change contacts and companies"),
    ("sources:read", "Read sources and their health"),
    ("deals:read", "Read deals and tasks"),
    ("deals:write", "Create, change and move deals"),
    ("tickets:read", "Read tickets and their messages"),
    ("tickets:write", "Create tickets and answer them"),
    ("mail:in", "Hand in mail for mailboxes"),
    ("campaigns:read", "Read campaigns and their results"),
    ("campaigns:write", "Change campaigns and templates"),
];

/// The scopes that are of use to somebody.
pub fn scopes_of(access: &Access) -> Vec<(&'static str, &'static str)> {
    let is_of_use = |scope: &str| match scope {
        "contacts:read" => ReadContacts::allows(access),
        "contacts:write" => EditContacts::allows(access),
        "sources:read" => ReadSources::allows(access),
        "deals:read" => ReadDeals::allows(access),
        "deals:write" => EditDeals::allows(access),
        "tickets:read" => ReadTickets::allows(access),
        "tickets:write" => EditTickets::allows(access),
        "mail:in" => TakeMail::allows(access),
        "campaigns:read" => ReadCampaigns::allows(access),
        "campaigns:write" => EditCampaigns::allows(access),
        _ => true,
    };
    SCOPES
        .iter()
        .copied()
        .filter(|(scope, _)| is_of_use(scope))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Reach;

    #[test]
    fn a_built_in_role_reaches_all_or_nothing() {
        for role in Role::ALL {
            let access = built_in(*role, UserId(7));
            assert!(access.is_whole());
            for object in Object::ALL {
                for action in object.actions() {
                    let reach = access.reach(*object, *action);
                    assert!(matches!(reach, Reach::All | Reach::Nothing));
                    assert!(reach.on("owner_id").is_none() == reach.is_all());
                }
            }
            let grants = grants_of(*role);
            assert_eq!(Grants::read(&grants.print()), grants);
        }
    }
}
