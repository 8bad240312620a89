//! Whose record an address names. Before a handler runs for somebody who reaches some records only, every id of a record in
//! its path is asked about: what they may not see answers as if it were not there, what they may see but not change is
//! refused with words. Every slice hands in the kinds of records it has, through `app`; whoever reaches everything is never
//! asked about.

use actix_web::HttpRequest;
use diesel::QueryResult;

use super::access::{Access, Action};
use super::rights::{Need, Right};
use crate::db::{Conn, Db};
use crate::web::Error;

/// Whether somebody may do this with the record of this id; a record that is gone is nobody's.
pub type Keeper = fn(&mut Conn, &Access, Action, i64) -> QueryResult<bool>;

/// Where an id stands, and who knows whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// How patterns begin that it stands before ("/contacts/{id}"); empty: any pattern.
    pub before: &'static str,
    /// The part of the path that is the id.
    pub part: &'static str,
    /// Who knows.
    pub keeper: Keeper,
}

/// Every gate of the house.
#[derive(Debug, Clone, Default)]
pub struct Gates(pub Vec<Gate>);

impl Gates {
    /// Asks about every id of the address.
    pub(super) async fn pass<R: Right>(
        &self,
        request: &HttpRequest,
        db: &Db,
        access: &Access,
    ) -> Result<(), Error> {
        let asked = self.asked::<R>(request);
        if asked.is_empty() {
            return Ok(());
        }
        let access = access.clone();
        let answer = db.read(move |conn| {
            let mut may = true;
            for (keeper, action, id) in asked {
                if !keeper(conn, &access, Action::Read, id)? {
                    return Ok(None);
                }
                may = may && (action == Action::Read || keeper(conn, &access, action, id)?);
            }
            Ok(Some(may))
        });
        let answer: Result<Option<bool>, diesel::result::Error> = answer.await;
        match answer? {
            None => Err(Error::NotFound),
            Some(true) => Ok(()),
            Some(false) => Err(Error::Forbidden(format!(
                "You may see this record, but not {} that belong to others.",
                R::WHAT
            ))),
        }
    }

    fn asked<R: Right>(&self, request: &HttpRequest) -> Vec<(Keeper, Action, i64)> {
        let Some(pattern) = request.match_pattern() else {
            return Vec::new();
        };
        let stands = |gate: &&Gate| {
            let rest = pattern.strip_prefix(gate.before);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // A link may name records behind the question mark, too: those that a form begins with.
        let query: Vec<(String, String)> =
            serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
        let ids = |gate: &Gate| {
            let named = query
                .iter()
                .filter(|(name, _)| gate.before.is_empty() && name == gate.part);
            let named = named.map(|(_, value)| value.as_str());
            let part = request.match_info().get(gate.part);
            let ids: Vec<i64> = part
                .into_iter()
                .chain(named)
                .filter_map(|id| id.parse().ok())
                .collect();
            let (keeper, action) = (gate.keeper, action::<R>(gate, request));
            ids.into_iter().map(move |id| (keeper, action, id))
        };
        self.0.iter().filter(stands).flat_map(ids).collect()
    }
}

/// What is done with the record: what the right says, of the record that the address is about; of others in it, and where a
/// right speaks of no act, looking is looking and the rest is changing.
fn action<R: Right>(gate: &Gate, request: &HttpRequest) -> Action {
    match R::NEED {
        _ if gate.before.is_empty() => Action::Read,
        Need::Scope(_, action) => action,
        _ if request.method().is_safe() => Action::Read,
        _ => Action::Edit,
    }
}
