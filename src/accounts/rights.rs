//! What a route needs, as types that stand in its signature: `Can<EditContacts>`. One table says which role
//! has what; finer rights (own, team) come later and change this file, not the handlers.

use super::Role;
use crate::web::Doors;

/// Something a person may or may not do.
pub trait Right: 'static {
    /// For the refusal: "You may not …".
    const WHAT: &'static str;
    /// The API key scope that grants it; `None`: never by key.
    const SCOPE: Option<&'static str>;
    /// Whether a role has it.
    fn allows(role: Role) -> bool;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident: $what:literal, $scope:expr, [$($role:ident)|+];)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Right for $name {
                const WHAT: &'static str = $what;
                const SCOPE: Option<&'static str> = $scope;
                fn allows(role: Role) -> bool {
                    matches!(role, $(Role::$role)|+)
                }
            }
        )+
    };
}

rights! {
    /// Being signed in; one's own account.
    SignedIn: "be here", None, [Admin | Manager | Sales | Support | Marketing | ReadOnly];
    /// Contacts, companies and their timelines.
    ReadContacts: "see contacts", Some("contacts:read"), [Admin | Manager | Sales | Support | Marketing | ReadOnly];
    /// Creating and changing them.
    EditContacts: "change contacts", Some("contacts:write"), [Admin | Manager | Sales | Support | Marketing];
    /// Moving them to the trash and back.
    DeleteContacts: "delete contacts", Some("contacts:write"), [Admin | Manager | Sales | Support];
    /// Making two records one, and two again.
    MergeContacts: "merge records", Some("contacts:write"), [Admin | Manager | Sales | Support];
    /// Fields that are marked sensitive.
    ReadSensitive: "see sensitive fields", None, [Admin | Manager];
    /// Fields of contacts and companies: their types, groups and rules.
    ManageFields: "change fields", None, [Admin];
    /// Bringing files of contacts in, and taking that back.
    ImportContacts: "import contacts", None, [Admin | Manager | Sales | Marketing];
    /// Writing contacts into files to take away.
    ExportContacts: "export contacts", None, [Admin | Manager | Sales | Marketing];
    /// Names, colours and ends of tags.
    ManageTags: "change tags", None, [Admin | Manager | Marketing];
    /// Sources, their events and their health.
    ReadSources: "see sources", Some("sources:read"), [Admin | Manager | Marketing | Support];
    /// Creating sources, keys, settings of sources.
    ManageSources: "change sources", None, [Admin | Manager | Marketing];
    /// Repairing and replaying quarantined events.
    ManageQuarantine: "repair events", None, [Admin | Manager | Marketing];
    /// Deals, the board, tasks.
    ReadDeals: "see deals", Some("deals:read"), [Admin | Manager | Sales | Support | Marketing | ReadOnly];
    /// Creating, changing and moving them.
    EditDeals: "change deals", Some("deals:write"), [Admin | Manager | Sales];
    /// Making tasks and doing one's own; those of others need `EditDeals`.
    DoTasks: "do tasks", Some("deals:write"), [Admin | Manager | Sales | Support | Marketing];
    /// Pipelines and their stages.
    ManagePipelines: "change pipelines", None, [Admin | Manager];
    /// Tickets and their messages.
    ReadTickets: "see tickets", Some("tickets:read"), [Admin | Manager | Sales | Support | ReadOnly];
    /// Answering, assigning, solving.
    EditTickets: "answer tickets", Some("tickets:write"), [Admin | Manager | Support];
    /// Addresses that tickets arrive at, and the quarantine of mail.
    ManageMailboxes: "change mailboxes", None, [Admin];
    /// Handing in mail as a mail server does.
    TakeMail: "hand in mail", Some("mail:in"), [Admin | Support];
    /// Campaigns, templates, results.
    ReadCampaigns: "see campaigns", Some("campaigns:read"), [Admin | Manager | Sales | Marketing | ReadOnly];
    /// Writing them, test sends, topics.
    EditCampaigns: "change campaigns", Some("campaigns:write"), [Admin | Marketing];
    /// Launching, pausing, cancelling.
    SendCampaigns: "send campaigns", None, [Admin | Marketing];
    /// Inviting people, changing roles.
    ManagePeople: "manage people", None, [Admin];
    /// The workspace: name, mail, demo data.
    ManageWorkspace: "change the workspace", None, [Admin];
    /// Jobs and dead letters.
    ManageJobs: "manage jobs", None, [Admin];
    /// The audit.
    ReadAudit: "read the audit", None, [Admin];
}

/// What the frame offers somebody with a role.
pub fn doors(role: Role) -> Doors {
    Doors {
        see_sources: ReadSources::allows(role),
        see_deals: ReadDeals::allows(role),
        manage_fields: ManageFields::allows(role),
        manage_tags: ManageTags::allows(role),
        manage_pipelines: ManagePipelines::allows(role),
        see_tickets: ReadTickets::allows(role),
        see_campaigns: ReadCampaigns::allows(role),
        add_contacts: EditContacts::allows(role),
        import_contacts: ImportContacts::allows(role),
        add_deals: EditDeals::allows(role),
        add_tasks: DoTasks::allows(role),
        add_tickets: EditTickets::allows(role),
        add_campaigns: EditCampaigns::allows(role),
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

/// The scopes that are of use to somebody with this role.
pub fn scopes_of(role: Role) -> Vec<(&'static str, &'static str)> {
    let is_of_use = |scope: &str| match scope {
        "contacts:read" => ReadContacts::allows(role),
        "contacts:write" => EditContacts::allows(role),
        "sources:read" => ReadSources::allows(role),
        "deals:read" => ReadDeals::allows(role),
        "deals:write" => EditDeals::allows(role),
        "tickets:read" => ReadTickets::allows(role),
        "tickets:write" => EditTickets::allows(role),
        "mail:in" => TakeMail::allows(role),
        "campaigns:read" => ReadCampaigns::allows(role),
        "campaigns:write" => EditCampaigns::allows(role),
        _ => true,
    };
    SCOPES
        .iter()
        .copied()
        .filter(|(scope, _)| is_of_use(scope))
        .collect()
}
