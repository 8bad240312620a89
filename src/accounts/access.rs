//! What somebody may do, and with whose records. A built-in role is fixed; a role of the workspace's own is a list of words
//! ([`Grants`]). Either becomes an [`Access`], which the viewer carries; of it comes a [`Reach`] per kind of record and act,
//! and a reach is the one condition that every question about such records takes.
//! Invariants: nobody changes what they cannot see, or deletes what they cannot change; a built-in role reaches everything
//! that it may do at all, and its questions are what they would be without any of this.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Role;
use super::reach::Reach;
use crate::base::ids::{RoleId, UserId};
use crate::text_enum;

text_enum!(
    /// Kinds of records that belong to somebody.
    Object {
        /// Contacts and companies, by owner.
        Contacts => "contacts",
        /// Deals, by owner.
        Deals => "deals",
        /// Tickets, by assignee.
        Tickets => "tickets",
    }
);

text_enum!(
    /// What is done with a record.
    Action {
        /// Seeing it.
        Read => "read",
        /// Making and changing it.
        Edit => "edit",
        /// Moving it to the trash and back.
        Delete => "delete",
    }
);

text_enum!(
    /// Whose records.
    Scope {
        /// Nobody's.
        None => "none",
        /// One's own.
        Own => "own",
        /// Those of one's teams and of the teams below.
        Team => "team",
        /// Everybody's.
        All => "all",
    }
);

impl Object {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contacts => "Contacts and companies",
            Self::Deals => "Deals",
            Self::Tickets => "Tickets",
        }
    }

    /// The word of a grant: whether records of nobody are in reach of "own" and "team".
    pub fn unassigned(self) -> &'static str {
        match self {
            Self::Contacts => "unassigned_contacts",
            Self::Deals => "unassigned_deals",
            Self::Tickets => "unassigned_tickets",
        }
    }

    /// What can be done with such records; tickets are never deleted.
    pub fn actions(self) -> &'static [Action] {
        match self {
            Self::Contacts | Self::Deals => Action::ALL,
            Self::Tickets => &[Action::Read, Action::Edit],
        }
    }
}

impl Action {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "See",
            Self::Edit => "Change",
            Self::Delete => "Delete",
        }
    }
}

impl Scope {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Own => "Their own",
            Self::Team => "Their teams’",
            Self::All => "All",
        }
    }
}

/// What a role of the workspace's own grants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    scopes: [[Option<Scope>; 3]; 3],
    switches: BTreeSet<String>,
}

impl Grants {
    /// From its text form: `contacts.read:team`, or the word of a switch; what nobody knows grants nothing.
    pub fn read(text: &str) -> Self {
        let mut grants = Self::default();
        for word in text.split_whitespace() {
            if let Some((what, scope)) = word.split_once(':') {
                let (object, action) = what.split_once('.').unwrap_or_default();
                let found = (
                    Object::from_word(object),
                    Action::from_word(action),
                    Scope::from_word(scope),
                );
                if let (Some(object), Some(action), Some(scope)) = found {
                    grants.set(object, action, scope);
                }
            } else {
                grants.switch(word);
            }
        }
        grants
    }

    /// Sets a scope, as long as there is such an act.
    pub fn set(&mut self, object: Object, action: Action, scope: Scope) {
        if object.actions().contains(&action) {
            let row = self.scopes.get_mut(object as usize);
            if let Some(own) = row.and_then(|row| row.get_mut(action as usize)) {
                *own = Some(scope);
            }
        }
    }

    /// Grants a switch; a word that no right has grants nothing.
    pub fn switch(&mut self, word: &str) {
        self.switches.insert(word.to_owned());
    }

    /// Whose records, with what must hold between acts.
    pub fn scope(&self, object: Object, action: Action) -> Scope {
        let row = self.scopes.get(object as usize);
        let own = row.and_then(|row| row.get(action as usize).copied().flatten());
        let own = own.unwrap_or(Scope::None);
        match action {
            Action::Read => own,
            Action::Edit => own.min(self.scope(object, Action::Read)),
            Action::Delete => own.min(self.scope(object, Action::Edit)),
        }
    }

    /// Whether a switch is on.
    pub fn has(&self, word: &str) -> bool {
        self.switches.contains(word)
    }

    /// Whether every contact is seen and of no kind only some: what works on the whole house at once asks for that.
    pub fn sees_all(&self) -> bool {
        let sees = |object: &Object| self.scope(*object, Action::Read);
        let is_whole = |object: &Object| matches!(sees(object), Scope::None | Scope::All);
        sees(&Object::Contacts) == Scope::All && Object::ALL.iter().all(is_whole)
    }

    fn asks_for_team(&self) -> bool {
        self.scopes.as_flattened().contains(&Some(Scope::Team))
    }

    /// Its one text form.
    pub fn print(&self) -> String {
        let mut words = Vec::new();
        for object in Object::ALL {
            for action in object.actions() {
                let scope = self.scope(*object, *action);
                if scope != Scope::None {
                    words.push(format!("{object}.{action}:{scope}"));
                }
            }
        }
        words.extend(self.switches.iter().cloned());
        words.join(" ")
    }
}

/// A role that the workspace made itself.
#[derive(Debug, Clone)]
pub struct OwnRole {
    /// Id.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// What it grants.
    pub grants: Grants,
    /// Everybody in the teams of whoever has it, and in the teams below; asked only where a grant needs it.
    pub team: Vec<UserId>,
}

/// What somebody may do. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Access {
    user: UserId,
    role: Role,
    /// Of a built-in role: all of what it does at all.
    does: [[bool; 3]; 3],
    own: Option<Arc<OwnRole>>,
}

impl Access {
    /// That of a built-in role, which does some things with everybody's records.
    pub(super) fn of_role(role: Role, user: UserId, does: impl Fn(Object, Action) -> bool) -> Self {
        let each =
            |object: Object| [Action::Read, Action::Edit, Action::Delete].map(|a| does(object, a));
        Self {
            user,
            role,
            does: [Object::Contacts, Object::Deals, Object::Tickets].map(each),
            own: None,
        }
    }

    /// That of a role of the workspace's own.
    pub fn own(role: OwnRole, user: UserId) -> Self {
        Self {
            user,
            role: Role::ReadOnly,
            does: [[false; 3]; 3],
            own: Some(Arc::new(role)),
        }
    }

    /// That of the house itself in somebody's name: everything.
    pub fn everything(user: UserId) -> Self {
        Self::of_role(Role::Admin, user, |_, _| true)
    }

    /// Who a new record belongs to where nobody is said: whoever makes it, where they would not see it otherwise.
    pub fn owner_of_new(&self, object: Object) -> Option<UserId> {
        let is_seen = self.sees(object).covers(None);
        Some(self.user).filter(|_| !is_seen)
    }

    /// Who.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The built-in role; none where they have one of the workspace's own.
    pub fn role(&self) -> Option<Role> {
        Some(self.role).filter(|_| self.own.is_none())
    }

    /// The role of the workspace's own, if they have one.
    pub fn own_role(&self) -> Option<&OwnRole> {
        self.own.as_deref()
    }

    /// What the role is called.
    pub fn label(&self) -> &str {
        match &self.own {
            Some(own) => &own.name,
            None => self.role.label(),
        }
    }

    /// Whether they look after the work of others.
    pub fn leads(&self) -> bool {
        matches!(self.role(), Some(Role::Admin | Role::Manager))
    }

    /// Whether nothing that they may do is held to some records only.
    pub fn is_whole(&self) -> bool {
        let whole = |own: &Arc<OwnRole>| {
            let mut scopes = own.grants.scopes.as_flattened().iter().flatten();
            scopes.all(|scope| matches!(scope, Scope::None | Scope::All))
        };
        self.own.as_ref().is_none_or(whole)
    }

    /// With whose records they may do something.
    pub fn reach(&self, object: Object, action: Action) -> Reach {
        let Some(own) = &self.own else {
            let row = self.does.get(object as usize);
            return if row.and_then(|row| row.get(action as usize)) == Some(&true) {
                Reach::All
            } else {
                Reach::Nothing
            };
        };
        let mut users = match own.grants.scope(object, action) {
            Scope::None => return Reach::Nothing,
            Scope::All => return Reach::All,
            Scope::Own => Vec::new(),
            Scope::Team => own.team.clone(),
        };
        if !users.contains(&self.user) {
            users.push(self.user);
        }
        Reach::Of {
            users: users.into(),
            unassigned: own.grants.has(object.unassigned()),
        }
    }

    /// What they may see.
    pub fn sees(&self, object: Object) -> Reach {
        self.reach(object, Action::Read)
    }

    /// Whether a role needs its teams to be looked up.
    pub fn needs_team(grants: &Grants) -> bool {
        grants.asks_for_team()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(grants: &str, team: &[i64]) -> Access {
        let own = OwnRole {
            id: RoleId(1),
            name: "North".to_owned(),
            grants: Grants::read(grants),
            team: team.iter().copied().map(UserId).collect(),
        };
        Access::own(own, UserId(7))
    }

    #[test]
    fn nobody_changes_what_they_cannot_see() {
        for (grants, read, edit, delete) in [
            ("", Scope::None, Scope::None, Scope::None),
            ("deals.edit:all", Scope::None, Scope::None, Scope::None),
            (
                "deals.read:team deals.edit:all deals.delete:own",
                Scope::Team,
                Scope::Team,
                Scope::Own,
            ),
            (
                "deals.read:all deals.delete:all",
                Scope::All,
                Scope::None,
                Scope::None,
            ),
            (
                "deals.read:everything deals.fly:all tickets.delete:all",
                Scope::None,
                Scope::None,
                Scope::None,
            ),
        ] {
            let grants = Grants::read(grants);
            let scope = |action| grants.scope(Object::Deals, action);
            let found = (
                scope(Action::Read),
                scope(Action::Edit),
                scope(Action::Delete),
            );
            assert_eq!(found, (read, edit, delete), "{grants:?}");
            assert_eq!(Grants::read(&grants.print()).print(), grants.print());
            assert_eq!(grants.scope(Object::Tickets, Action::Delete), Scope::None);
        }
    }

    #[test]
    fn a_reach_covers_what_its_condition_finds() {
        let words = "contacts.read:team deals.read:own tickets.read:team unassigned_tickets";
        let access = access(words, &[3, 4]);
        for (object, owner, want) in [
            (Object::Contacts, Some(3), true),
            (Object::Contacts, Some(7), true),
            (Object::Contacts, Some(9), false),
            (Object::Contacts, None, false),
            (Object::Deals, Some(3), false),
            (Object::Deals, Some(7), true),
            (Object::Tickets, None, true),
            (Object::Tickets, Some(9), false),
        ] {
            let reach = access.sees(object);
            assert_eq!(reach.covers(owner.map(UserId)), want, "{object} {owner:?}");
        }
        assert_eq!(access.sees(Object::Deals).written("o"), "o IN (7)");
        let tickets = access.sees(Object::Tickets).written("o");
        assert_eq!(tickets, "(o IS NULL OR o IN (3, 4, 7))");
    }
}
