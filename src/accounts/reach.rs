//! Whose records somebody reaches, as the one condition that every question about such records takes.

use std::sync::Arc;

use crate::base::ids::UserId;
use crate::db::Predicate;

/// Whose records are in reach. Records of nobody are in reach of everybody's, and else only where the role says so: an
/// unassigned ticket waits for whoever takes it, an unassigned contact is nobody's business yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// No record.
    Nothing,
    /// Those of some users.
    Of {
        /// Theirs.
        users: Arc<[UserId]>,
        /// And nobody's.
        unassigned: bool,
    },
    /// Every record.
    All,
}

impl Reach {
    /// Whether no question has to be narrowed.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// Whether a record of this owner is in reach.
    pub fn covers(&self, owner: Option<UserId>) -> bool {
        match (self, owner) {
            (Self::Nothing, _) => false,
            (Self::All, _) => true,
            (Self::Of { users, .. }, Some(owner)) => users.contains(&owner),
            (Self::Of { unassigned, .. }, None) => *unassigned,
        }
    }

    /// The one condition, over the column of the owner; none where every record is in reach, so that the question stays as
    /// it is.
    pub fn on(&self, column: &'static str) -> Option<Predicate> {
        let (users, unassigned) = match self {
            Self::All => return None,
            Self::Nothing => return Some(Predicate::never()),
            Self::Of { users, unassigned } => (users, *unassigned),
        };
        let mut held = Predicate::default();
        if unassigned {
            held.sql("(");
            held.sql(column);
            held.sql(" IS NULL OR ");
        }
        held.sql(column);
        match users.as_ref() {
            [one] => {
                held.sql(" = ");
                held.id(one.0);
            }
            many => {
                held.sql(" IN (");
                for (at, user) in many.iter().enumerate() {
                    if at > 0 {
                        held.sql(", ");
                    }
                    held.id(user.0);
                }
                held.sql(")");
            }
        }
        if unassigned {
            held.sql(")");
        }
        Some(held)
    }

    /// The condition as part of a larger one of the house's own SQL, ids written out; `1 = 1` where every record is in reach.
    pub fn written(&self, column: &str) -> String {
        let (users, unassigned) = match self {
            Self::All => return "1 = 1".to_owned(),
            Self::Nothing => return "1 = 0".to_owned(),
            Self::Of { users, unassigned } => (users, *unassigned),
        };
        let ids: Vec<String> = users.iter().map(ToString::to_string).collect();
        let held = format!("{column} IN ({})", ids.join(", "));
        if unassigned {
            format!("({column} IS NULL OR {held})")
        } else {
            held
        }
    }
}
