//! What the palette offers besides records: pages to go to and things to make, for whom they are open.

use crate::web::{Shell, ShellViewer};

/// A page to go to, or something to make.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// What it is called.
    pub label: &'static str,
    /// Where it is.
    pub href: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Other words for it.
    pub also: &'static str,
}

const fn place(
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    also: &'static str,
) -> Place {
    Place {
        label,
        href,
        icon,
        also,
    }
}

type Entry = (fn(&ShellViewer) -> bool, Place);

const PAGES: &[Entry] = &[
    (|_| true, place("Home", "/", "home", "start")),
    (
        |_| true,
        place("Contacts", "/contacts", "people", "people persons"),
    ),
    (
        |_| true,
        place(
            "Companies",
            "/companies",
            "company",
            "organisations accounts",
        ),
    ),
    (
        |v| v.may.see_deals,
        place("Deals", "/deals", "deals", "board pipeline opportunities"),
    ),
    (
        |v| v.may.see_deals,
        place("Tasks", "/tasks", "tasks", "to do activities"),
    ),
    (
        |v| v.may.see_tickets,
        place("Tickets", "/tickets", "inbox", "desk support inbox"),
    ),
    (
        |v| v.may.see_campaigns,
        place(
            "Campaigns",
            "/campaigns",
            "campaigns",
            "mailings newsletter",
        ),
    ),
    (
        |v| v.may.see_campaigns,
        place("Templates", "/campaigns/templates", "file", "mailings"),
    ),
    (
        |v| v.may.add_contacts,
        place("Duplicates", "/contacts/duplicates", "merge", "merge twins"),
    ),
    (
        |v| v.may.import_contacts,
        place(
            "Import and export",
            "/imports",
            "upload",
            "csv excel vcard files",
        ),
    ),
    (
        |_| true,
        place(
            "My account",
            "/settings/account",
            "person",
            "settings password language theme",
        ),
    ),
    (
        |_| true,
        place("API keys", "/settings/keys", "key", "settings programs"),
    ),
    (
        |v| v.is_admin,
        place(
            "Workspace",
            "/settings/workspace",
            "settings",
            "settings general name",
        ),
    ),
    (
        |v| v.is_admin,
        place(
            "People",
            "/settings/people",
            "people",
            "settings users invite",
        ),
    ),
    (
        |v| v.is_admin,
        place(
            "Roles",
            "/settings/roles",
            "shield",
            "settings rights access",
        ),
    ),
    (
        |v| v.is_admin,
        place("Teams", "/settings/teams", "people", "settings groups"),
    ),
    (
        |v| v.is_admin,
        place(
            "Mailboxes",
            "/settings/mailboxes",
            "mail",
            "settings desk addresses",
        ),
    ),
    (
        |v| v.may.manage_fields,
        place(
            "Fields",
            "/settings/fields",
            "columns",
            "settings custom traits",
        ),
    ),
    (
        |v| v.may.manage_tags,
        place("Tags", "/settings/tags", "tag", "settings labels"),
    ),
    (
        |v| v.may.manage_pipelines,
        place("Pipeline", "/settings/pipeline", "deals", "settings stages"),
    ),
    (
        |v| v.may.see_sources,
        place(
            "Sources",
            "/settings/sources",
            "globe",
            "settings events tracking",
        ),
    ),
    (
        |v| v.may.see_sources,
        place(
            "Quarantine",
            "/settings/quarantine",
            "shield",
            "settings events rejected",
        ),
    ),
    (
        |v| v.may.see_campaigns,
        place("Topics", "/settings/topics", "mail", "settings consent"),
    ),
    (
        |v| v.may.see_campaigns,
        place(
            "Suppressed addresses",
            "/settings/suppressed",
            "block",
            "settings bounces",
        ),
    ),
    (
        |v| v.is_admin,
        place(
            "Jobs",
            "/settings/jobs",
            "refresh",
            "settings queue dead letters",
        ),
    ),
    (
        |v| v.is_admin,
        place("Audit", "/settings/audit", "list", "settings log history"),
    ),
];

const NEW: &[Entry] = &[
    (
        |v| v.may.add_contacts,
        place(
            "New contact",
            "/contacts/new",
            "person",
            "create add person",
        ),
    ),
    (
        |v| v.may.add_contacts,
        place(
            "New company",
            "/companies/new",
            "company",
            "create add organisation",
        ),
    ),
    (
        |v| v.may.add_deals,
        place("New deal", "/deals/new", "deals", "create add opportunity"),
    ),
    (
        |v| v.may.add_tickets,
        place(
            "New ticket",
            "/tickets/new",
            "ticket",
            "create add conversation",
        ),
    ),
    (
        |v| v.may.add_tasks,
        place(
            "New task",
            "/tasks/new",
            "tasks",
            "create add activity call",
        ),
    ),
    (
        |v| v.may.add_campaigns,
        place(
            "New campaign",
            "/campaigns/new",
            "campaigns",
            "create add mailing",
        ),
    ),
];

/// Pages that are open to whom the frame is for.
pub fn pages(shell: &Shell) -> Vec<Place> {
    open(PAGES, shell)
}

/// What they may make.
pub fn new(shell: &Shell) -> Vec<Place> {
    open(NEW, shell)
}

fn open(entries: &[Entry], shell: &Shell) -> Vec<Place> {
    let Some(viewer) = &shell.viewer else {
        return Vec::new();
    };
    let open = entries.iter().filter(|(is_open, _)| is_open(viewer));
    open.map(|(_, place)| *place).collect()
}
