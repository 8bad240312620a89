//! What somebody keeps in the sidebar: every slice can hand its own in through `app`.

use diesel::QueryResult;

use crate::base::ids::UserId;
use crate::db::Conn;
use crate::web::NavPin;

/// The pins of somebody, in order. Asked on every page that is not remembered.
pub type PinProvider = fn(&mut Conn, UserId) -> QueryResult<Vec<NavPin>>;

/// Every provider of the house.
#[derive(Debug, Clone, Default)]
pub struct Pins(pub Vec<PinProvider>);

impl Pins {
    pub(super) fn read(&self, conn: &mut Conn, user: UserId) -> QueryResult<Vec<NavPin>> {
        let mut pins = Vec::new();
        for provider in &self.0 {
            pins.extend(provider(conn, user)?);
        }
        Ok(pins)
    }
}
