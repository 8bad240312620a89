//! The panels of Home: what waits for somebody, and what just happened. Every slice can hand some in through `app`.

use chrono_tz::Tz;
use diesel::QueryResult;

use super::access::Access;
use crate::base::Timestamp;
use crate::base::ids::UserId;
use crate::db::Conn;

/// Whose Home it is.
#[derive(Debug, Clone)]
pub struct PanelAsk {
    /// Who looks.
    pub user: UserId,
    /// What they may do.
    pub access: Access,
    /// Now.
    pub now: Timestamp,
    /// Their zone.
    pub zone: Tz,
}

impl PanelAsk {
    /// Whether they look after the work of others: where nothing is their own, they see what the team has open.
    pub fn leads(&self) -> bool {
        self.access.leads()
    }
}

/// Makes one panel, or none where there is nothing for this role.
pub type PanelProvider = fn(&mut Conn, &PanelAsk) -> QueryResult<Option<Panel>>;

/// Every panel of the house, in order. A role sees those of its own work.
#[derive(Debug, Clone, Default)]
pub struct Panels(pub Vec<PanelProvider>);

/// A title and up to ten lines.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// "My tasks".
    pub title: &'static str,
    /// Beside the title ("3 overdue").
    pub note: String,
    /// Where all of it is shown.
    pub href: String,
    /// Whether it stands in the narrow column at the side.
    pub is_aside: bool,
    /// Lines.
    pub rows: Vec<PanelRow>,
    /// What is said where there are none.
    pub empty: &'static str,
}

/// A line: what, about whom, why it stands here.
#[derive(Debug, Clone, Default)]
pub struct PanelRow {
    /// "Send the revised quote".
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Behind the label, softer: "Nguyễn Thị Hồng Nhung".
    pub about: String,
    /// Below: "Proposal · €12,000".
    pub why: String,
    /// An icon before that.
    pub icon: &'static str,
    /// At the right end: "2 d late".
    pub side: String,
    /// Its tone: "", "soft", "soon", "overdue", "good".
    pub tone: &'static str,
    /// Where a POST says that it is done.
    pub done: Option<String>,
}

impl Panels {
    /// All panels for somebody.
    pub fn read(&self, conn: &mut Conn, ask: &PanelAsk) -> QueryResult<Vec<Panel>> {
        let mut panels = Vec::with_capacity(self.0.len());
        for provider in &self.0 {
            panels.extend(provider(conn, ask)?);
        }
        Ok(panels)
    }
}
