//! Which of the values claimed about a record is shown, chosen anew when what they hang on changes hands.

use diesel::prelude::*;

use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::choose;
use crate::contacts::fields::{Object, index};
use crate::db::Conn;
use crate::db::schema::{company_traits, identities, trait_values};

/// Chooses anew among all claims that now hang on the winner. The claims themselves hang on identities and moved with them.
pub(super) fn join(conn: &mut Conn, winner: ContactId, loser: ContactId) -> QueryResult<()> {
    let lost = choose::give_up(conn, loser)?;
    choose::choose(conn, winner, &lost)
}

/// Identities went from one contact to another: both choose anew.
pub(super) fn part(conn: &mut Conn, from: ContactId, to: ContactId) -> QueryResult<()> {
    let keys: Vec<i64> = trait_values::table
        .inner_join(identities::table.on(identities::id.eq(trait_values::identity_id)))
        .filter(identities::contact_id.eq(to.0))
        .select(trait_values::key_id)
        .distinct()
        .load(conn)?;
    choose::choose_all(conn, &[to, from], &keys)
}

/// Traits of companies hang on the company itself and have changed hands: lists learn of it.
pub(super) fn list_companies(conn: &mut Conn, ids: [CompanyId; 2]) -> QueryResult<()> {
    let declared = index::Declared::load(conn, Object::Company)?;
    if declared.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, i64, String)> = company_traits::table
        .filter(company_traits::company_id.eq_any(ids.map(|id| id.0)))
        .select((
            company_traits::company_id,
            company_traits::key_id,
            company_traits::value,
        ))
        .load(conn)?;
    let mut keys: Vec<i64> = rows.iter().map(|(_, key, _)| *key).collect();
    keys.sort_unstable();
    keys.dedup();
    let shown = |id: i64, key: i64| {
        let row = rows.iter().find(|(of, k, _)| *of == id && *k == key);
        (id, key, row.map(|(_, _, value)| value.as_str()))
    };
    let all = ids
        .iter()
        .flat_map(|id| keys.iter().map(|key| shown(id.0, *key)));
    index::write(conn, &declared, all)
}
