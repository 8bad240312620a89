//! Saved views of contacts: a name, the canonical query of the list, its columns and its order. Shown on the list and in the
//! sidebar of who pinned them, and the audience of a mailing.

use diesel::prelude::*;

use super::list::ask::{Ask, OwnerFilter, Sort, View};
use super::list::columns;
use crate::accounts::store::teams;
use crate::base::Timestamp;
use crate::base::ids::{TeamId, UserId, ViewId};
use crate::db::schema::{view_pins, views};
use crate::db::{Conn, PortableExt};
use crate::text_enum;
use crate::web::NavPin;

/// More than this nobody looks through.
pub const MOST: i64 = 200;
/// Views in one sidebar.
const MOST_PINS: i64 = 12;

text_enum!(
    /// Who sees a view.
    Sharing {
        /// Who made it, and their team if it was given to one.
        Private => "private",
        /// Everybody who sees contacts.
        Everybody => "everybody",
    }
);

/// Choices of a form for somebody in these teams: words and labels.
pub fn audiences(circles: &[(TeamId, String)]) -> Vec<(String, String)> {
    let mut all = vec![(Sharing::Everybody.to_string(), "Everybody".to_owned())];
    let team = |(id, name): &(TeamId, String)| (format!("team:{id}"), format!("Team {name}"));
    all.extend(circles.iter().map(team));
    all.push((Sharing::Private.to_string(), "Only me".to_owned()));
    all
}

/// Who is meant by a word of [`audiences`]; a team must be one of theirs.
pub fn audience(word: &str, circles: &[(TeamId, String)]) -> Option<(Sharing, Option<TeamId>)> {
    let Some(id) = word.strip_prefix("team:") else {
        let sharing = match word {
            "" => Sharing::Everybody,
            word => Sharing::from_word(word)?,
        };
        return Some((sharing, None));
    };
    let id = id.parse().ok()?;
    let is_theirs = circles.iter().any(|(own, _)| *own == id);
    is_theirs.then_some((Sharing::Private, Some(id)))
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = views)]
pub struct SavedView {
    /// Id.
    pub id: ViewId,
    /// Name.
    pub name: String,
    /// Query of the list, without order, columns and place.
    pub query: String,
    /// Columns, as the URL has them; empty: the usual ones.
    pub cols: String,
    /// Order, as the URL has it; empty: the usual one.
    pub sort: String,
    /// Who sees it.
    pub sharing: Sharing,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// The team that sees it, too, with those below it.
    pub team_id: Option<TeamId>,
}

impl SavedView {
    /// Its list.
    pub fn href(&self) -> String {
        self.shown().href()
    }

    /// Whom it asks for.
    pub fn ask(&self) -> Ask {
        Ask::read(&self.query)
    }

    /// The list as it was saved.
    pub fn shown(&self) -> Ask {
        let mut ask = self.ask();
        ask.cols = columns::read(&self.cols);
        let sort = Sort::from_word(&self.sort).unwrap_or(Sort::Seen);
        if ask.sorts().contains(&sort) {
            ask.sort = sort;
        }
        ask.saved = Some(self.id);
        ask
    }

    /// Whether somebody sees it who belongs to these teams.
    fn is_for(&self, reader: UserId, circles: &[TeamId]) -> bool {
        self.sharing == Sharing::Everybody
            || self.created_by == Some(reader)
            || self.team_id.is_some_and(|team| circles.contains(&team))
    }
}

/// The query that is saved of a list: without order, columns and place, and "mine" as the one who saves it means it, so that
/// it asks for the same people whoever looks.
pub fn canonical(ask: &Ask, reader: UserId) -> String {
    let fixed = ask.with(|ask| {
        ask.sort = Sort::Seen;
        ask.cols.clear();
        ask.saved = None;
        ask.q.clear();
        if ask.view == View::Mine {
            ask.view = View::Known;
            ask.owner = ask.owner.or(Some(OwnerFilter::Me));
        }
        if ask.owner == Some(OwnerFilter::Me) {
            ask.owner = Some(OwnerFilter::User(reader));
        }
        ask.rest = ask.rest.replacing("owner", "me", &reader.to_string());
    });
    let href = fixed.href();
    href.split_once('?')
        .map_or_else(String::new, |(_, query)| query.to_owned())
}

/// All of them, whoever sees them, by name.
pub fn every(conn: &mut Conn) -> QueryResult<Vec<SavedView>> {
    SavedView::query()
        .order((views::name, views::id))
        .limit(MOST * 10)
        .load(conn)
}

/// Those that somebody sees, by name.
pub fn visible(conn: &mut Conn, reader: UserId) -> QueryResult<Vec<SavedView>> {
    let circles = circles(conn, reader)?;
    SavedView::query()
        .filter(
            views::sharing
                .eq(Sharing::Everybody)
                .or(views::created_by.eq(reader))
                .or(views::team_id.eq_any(circles)),
        )
        .order((views::name, views::id))
        .limit(MOST)
        .load(conn)
}

fn circles(conn: &mut Conn, user: UserId) -> QueryResult<Vec<TeamId>> {
    let circles = teams::circles(conn, user)?;
    Ok(circles.into_iter().map(|(id, _)| id).collect())
}

/// One, if somebody sees it.
pub fn find_for(conn: &mut Conn, id: ViewId, reader: UserId) -> QueryResult<Option<SavedView>> {
    let Some(view) = find(conn, id)? else {
        return Ok(None);
    };
    let circles = circles(conn, reader)?;
    Ok(Some(view).filter(|view| view.is_for(reader, &circles)))
}

/// One.
pub fn find(conn: &mut Conn, id: ViewId) -> QueryResult<Option<SavedView>> {
    SavedView::query()
        .filter(views::id.eq(id))
        .first(conn)
        .optional()
}

/// What is saved of a list.
#[derive(Debug, Clone)]
pub struct NewView {
    /// Name.
    pub name: String,
    /// Canonical query.
    pub query: String,
    /// Columns.
    pub cols: String,
    /// Order.
    pub sort: String,
    /// Who sees it.
    pub sharing: Sharing,
    /// The team that sees it, too.
    pub team: Option<TeamId>,
}

impl NewView {
    /// A filter for everybody, in the usual columns and order.
    pub fn plain(name: &str, query: &str) -> Self {
        Self {
            name: name.to_owned(),
            query: query.to_owned(),
            cols: String::new(),
            sort: String::new(),
            sharing: Sharing::Everybody,
            team: None,
        }
    }

    /// A list as it stands.
    pub fn of(
        ask: &Ask,
        name: &str,
        (sharing, team): (Sharing, Option<TeamId>),
        by: UserId,
    ) -> Self {
        Self {
            name: name.to_owned(),
            query: canonical(ask, by),
            cols: columns::print(&ask.cols),
            sort: match ask.sort {
                Sort::Seen => String::new(),
                other => other.to_string(),
            },
            sharing,
            team,
        }
    }
}

/// Saves one. None: the name is taken.
pub fn save(
    conn: &mut Conn,
    new: &NewView,
    by: Option<UserId>,
    now: Timestamp,
) -> QueryResult<Option<ViewId>> {
    let twin: Option<ViewId> = views::table
        .filter(views::name.eq(&new.name))
        .select(views::id)
        .first(conn)
        .optional()?;
    if twin.is_some() {
        return Ok(None);
    }
    diesel::insert_into(views::table)
        .values((
            views::name.eq(&new.name),
            views::query.eq(&new.query),
            views::cols.eq(&new.cols),
            views::sort.eq(&new.sort),
            views::sharing.eq(new.sharing),
            views::team_id.eq(new.team),
            views::created_by.eq(by),
            views::created_at.eq(now),
            views::updated_at.eq(now),
        ))
        .returning(views::id)
        .get_result(conn)
        .map(Some)
}

/// Gives a view another filter, other columns and another order; its name and who sees it stay.
pub fn change(conn: &mut Conn, id: ViewId, new: &NewView, now: Timestamp) -> QueryResult<usize> {
    diesel::update(views::table.filter(views::id.eq(id)))
        .set((
            views::query.eq(&new.query),
            views::cols.eq(&new.cols),
            views::sort.eq(&new.sort),
            views::updated_at.eq(now),
        ))
        .execute(conn)
}

/// Removes one. False where something still uses it.
pub fn remove(conn: &mut Conn, id: ViewId) -> QueryResult<bool> {
    use diesel::result::{DatabaseErrorKind, Error};
    // A savepoint: on PostgreSQL a refused statement would end the whole transaction.
    let removed = conn
        .transaction(|conn| diesel::delete(views::table.filter(views::id.eq(id))).execute(conn));
    match removed {
        Ok(0) => Err(Error::NotFound),
        Ok(_) => Ok(true),
        Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Keeps a view in somebody's sidebar, or no longer.
pub fn pin(
    conn: &mut Conn,
    view: ViewId,
    user: UserId,
    is_pinned: bool,
    now: Timestamp,
) -> QueryResult<usize> {
    if !is_pinned {
        return diesel::delete(view_pins::table)
            .filter(view_pins::user_id.eq(user))
            .filter(view_pins::view_id.eq(view))
            .execute(conn);
    }
    diesel::insert_into(view_pins::table)
        .values((
            view_pins::user_id.eq(user),
            view_pins::view_id.eq(view),
            view_pins::at.eq(now),
        ))
        .on_conflict((view_pins::user_id, view_pins::view_id))
        .do_nothing()
        .portable()
        .execute(conn)
}

/// The views that somebody keeps in the sidebar, the oldest pin first.
pub fn pins(conn: &mut Conn, user: UserId) -> QueryResult<Vec<NavPin>> {
    let found: Vec<SavedView> = views::table
        .inner_join(view_pins::table.on(view_pins::view_id.eq(views::id)))
        .filter(view_pins::user_id.eq(user))
        .order((view_pins::at, views::id))
        .limit(MOST_PINS)
        .select(SavedView::as_select())
        .load(conn)?;
    let circles = if found.iter().any(|view| view.team_id.is_some()) {
        circles(conn, user)?
    } else {
        Vec::new()
    };
    let seen = found.into_iter().filter(|view| view.is_for(user, &circles));
    Ok(seen
        .map(|view| NavPin {
            entry: "contacts",
            href: view.href(),
            label: view.name,
        })
        .collect())
}
