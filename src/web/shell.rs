//! What every full page needs besides its own content: plain display data, so that the HTTP kit
//! knows no slice. `accounts::Viewer` builds one; layouts read it as the run-time value `shell`.

/// The frame around a page.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// Name of the workspace, top left.
    pub workspace: String,
    /// First segment of the path, which marks the current sidebar entry ("contacts").
    pub here: String,
    /// Who is signed in; `None` on public pages.
    pub viewer: Option<ShellViewer>,
    /// Token of the form guard; every form posts it as `_csrf`.
    pub csrf: String,
    /// "light", "dark", or empty for the system's choice.
    pub theme: String,
    /// BCP 47 language of the interface.
    pub language: String,
    /// A message left by the request before this one.
    pub flash: Option<Flash>,
    /// Extra figures of the sidebar, by entry.
    pub counts: Vec<NavCount>,
    /// What the viewer keeps in the sidebar, below its entry.
    pub pins: Vec<NavPin>,
}

/// The signed-in person, as the frame shows them.
#[derive(Debug, Clone, Default)]
pub struct ShellViewer {
    /// Name to show.
    pub name: String,
    /// One or two characters for the avatar.
    pub initials: String,
    /// Avatar tone, derived from the id: `accent`, `teal`, `amber`, `violet`, `red`, `green`.
    pub tone: &'static str,
    /// Picture, where one was uploaded.
    pub avatar_url: Option<String>,
    /// Whether settings of the workspace are shown to them.
    pub is_admin: bool,
    /// Which doors of the house are open to them.
    pub may: Doors,
}

/// What the frame offers somebody; each page asks for its right itself.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one entry of a menu, and any mixture occurs"
)]
pub struct Doors {
    /// Sources and their events.
    pub see_sources: bool,
    /// Deals and tasks.
    pub see_deals: bool,
    /// Fields.
    pub manage_fields: bool,
    /// Tags.
    pub manage_tags: bool,
    /// Stages of the pipeline.
    pub manage_pipelines: bool,
    /// Tickets.
    pub see_tickets: bool,
    /// Campaigns.
    pub see_campaigns: bool,
    /// New contacts and companies.
    pub add_contacts: bool,
    /// Bringing files of contacts in.
    pub import_contacts: bool,
    /// New deals.
    pub add_deals: bool,
    /// New tasks.
    pub add_tasks: bool,
    /// New tickets.
    pub add_tickets: bool,
    /// New campaigns.
    pub add_campaigns: bool,
}

/// A figure beside a sidebar entry.
#[derive(Debug, Clone)]
pub struct NavCount {
    /// Entry, by its first path segment.
    pub entry: &'static str,
    /// Figure, ready to show ("1,000+").
    pub figure: String,
    /// Whether somebody must act.
    pub is_due: bool,
}

/// A view that somebody keeps in the sidebar.
#[derive(Debug, Clone)]
pub struct NavPin {
    /// Entry it stands below, by its first path segment.
    pub entry: &'static str,
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
}

/// A toast shown once on the next page.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Flash {
    /// What was done, in words.
    pub text: String,
    /// "done" or "failed".
    pub tone: String,
    /// Where a POST takes it back, if it can be taken back.
    pub undo: Option<String>,
}

impl Shell {
    /// Whether `entry` is the current sidebar entry.
    pub fn is_here(&self, entry: &str) -> bool {
        self.here == entry
    }

    /// What the viewer keeps below `entry`.
    pub fn pins_of(&self, entry: &str) -> Vec<&NavPin> {
        self.pins.iter().filter(|pin| pin.entry == entry).collect()
    }

    /// The figure beside `entry`, if there is one.
    pub fn count(&self, entry: &str) -> Option<&NavCount> {
        self.counts.iter().find(|count| count.entry == entry)
    }
}
