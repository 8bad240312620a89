//! The page of the list.

use std::collections::HashMap;

use actix_web::web;
use askama::Template;

use super::ask::{Ask, OwnerFilter, Params, Sort, View};
use super::did;
use super::query::{self, Row, Rows};
use crate::accounts::rights::{DeleteContacts, EditContacts, ReadContacts, Right};
use crate::accounts::{Can, Viewer};
use crate::base::ids::{ContactId, SourceId, UserId};
use crate::base::text;
use crate::contacts::model::{self, Stage};
use crate::contacts::store;
use crate::contacts::tags::{self, Tag};
use crate::contacts::views::{self, SavedView};
use crate::db::{Conn, Db, Memo};
use crate::web::{self as kit, Page, Result};

/// Days of the column of events.
const DAYS: i64 = 30;
/// Choices in a filter's menu.
const MOST_CHOICES: usize = 60;

/// One line of the table.
pub struct Line {
    /// Id.
    pub id: ContactId,
    /// What it is called.
    pub name: String,
    /// For the avatar.
    pub initials: String,
    /// For the avatar.
    pub tone: &'static str,
    /// `person` or `visitor`.
    pub kind: &'static str,
    /// Name of its company, or empty.
    pub company: String,
    /// Stage.
    pub stage: Stage,
    /// Name of its owner, or empty.
    pub owner: String,
    /// For the owner's avatar.
    pub owner_initials: String,
    /// For the owner's avatar.
    pub owner_tone: &'static str,
    /// Events in 30 days; empty: none.
    pub events: String,
    /// Tags.
    pub tags: Vec<Tag>,
    /// RFC 3339.
    pub seen_iso: String,
    /// "6 min".
    pub seen: String,
    /// In full.
    pub seen_exact: String,
}

/// A filter in force.
pub struct Chip {
    /// What is filtered.
    pub field: &'static str,
    /// How.
    pub verb: String,
    /// By what.
    pub value: String,
    /// The list without it.
    pub without: String,
}

/// A menu of filters.
pub struct Menu {
    /// What is filtered.
    pub label: &'static str,
    /// Icon.
    pub icon: &'static str,
    /// Words and addresses.
    pub choices: Vec<(String, String)>,
}

/// The filter by what people did: a form, as any name may be asked for.
pub struct DidForm {
    /// What else the list asks for.
    pub kept: Vec<(&'static str, String)>,
    /// Names there are.
    pub names: Vec<String>,
}

/// What the bulk bar offers.
pub struct Choices {
    /// People who can look after contacts.
    pub owners: Vec<(String, String)>,
    /// Tags there are.
    pub tags: Vec<Tag>,
}

#[derive(Template)]
#[template(path = "contacts/index.html")]
pub struct ListPage {
    ask: Ask,
    views: Vec<(View, String)>,
    chips: Vec<Chip>,
    menus: Vec<Menu>,
    saved: Vec<SavedView>,
    may_save: bool,
    lines: Vec<Line>,
    count: String,
    before: String,
    after: String,
    did: DidForm,
    choices: Choices,
    stages: Vec<(&'static str, &'static str)>,
    here: String,
    is_bare: bool,
    can_edit: bool,
    can_delete: bool,
}

impl ListPage {
    /// Whether a saved filter is the one that is shown.
    fn is_shown(&self, view: &SavedView) -> bool {
        self.ask.with(|ask| ask.sort = Sort::Seen).href() == view.href()
    }

    /// Where the filter in force is saved; empty: nothing to save.
    fn save_href(&self) -> String {
        let href = self.ask.with(|_| {}).href();
        match href.split_once('?') {
            Some((_, query)) if self.may_save => format!("/contacts/views/new?{query}"),
            _ => String::new(),
        }
    }

    fn sort_href(&self, sort: Sort) -> String {
        if self.ask.sorts().contains(&sort) && self.ask.sorts().len() > 1 {
            self.ask.with(|ask| ask.sort = sort).href()
        } else {
            String::new()
        }
    }

    fn sorted(&self, sort: Sort) -> &'static str {
        match (self.ask.sort == sort && self.ask.q.is_empty(), sort) {
            (false, _) => "",
            (true, Sort::Name) => "ascending",
            (true, _) => "descending",
        }
    }

    fn caption(&self) -> String {
        let order = match self.ask.sort {
            _ if !self.ask.q.is_empty() => "newest first",
            Sort::Seen => "last seen first",
            Sort::Name => "by name",
            Sort::Created => "newest first",
        };
        format!(
            "Contacts, {}, {order}",
            self.ask.view.label().to_lowercase()
        )
    }
}

/// `GET /contacts`. Needs: see contacts.
pub async fn index(
    viewer: Can<ReadContacts>,
    db: web::Data<Db>,
    params: web::Query<Params>,
) -> Result<Page<ListPage>> {
    let ask = Ask::new(&params);
    let (reader, memo): (Viewer, Memo) = ((*viewer).clone(), db.memo());
    let page = db
        .read(move |conn| ListPage::read(conn, &memo, ask, &reader))
        .await?;
    Ok(Page::new(viewer.shell(), page))
}

impl ListPage {
    fn read(conn: &mut Conn, memo: &Memo, ask: Ask, viewer: &Viewer) -> Result<Self> {
        let rows = query::page(conn, &ask, viewer.id(), viewer.now)?;
        let count = count(conn, memo, &ask, &rows, viewer)?;
        let is_bare = rows.rows.is_empty() && !ask.is_filtered() && query::is_empty(conn)?;
        let owners = memo.recall("owners", conn, store::owners)?;
        let tags = memo.recall("tags", conn, tags::all)?;
        let sources = memo.recall("sources", conn, store::source_names)?;
        let page_of = |from| ask.with(|ask| ask.from = from).href();
        let address = |cursor: Option<&kit::Cursor>, from: fn(kit::Cursor) -> super::ask::From| {
            cursor.map_or_else(String::new, |c| page_of(from(c.clone())))
        };
        let role = viewer.user.role;
        Ok(Self {
            views: views(&ask),
            chips: chips(conn, &ask, &tags, &sources)?,
            menus: menus(&ask, &owners, &tags, &sources),
            saved: memo.recall("views", conn, views::all)?.to_vec(),
            may_save: ask.q.is_empty() && EditContacts::allows(role),
            before: address(rows.before.as_ref(), super::ask::From::Before),
            after: address(rows.after.as_ref(), super::ask::From::After),
            lines: lines(conn, memo, rows, viewer)?,
            count,
            did: DidForm {
                kept: ask.with(|ask| ask.did = None).pairs(),
                names: memo.recall("event names", conn, did::names)?.to_vec(),
            },
            choices: Choices {
                owners: owners
                    .iter()
                    .map(|(id, name)| (id.to_string(), name.clone()))
                    .collect(),
                tags: tags.to_vec(),
            },
            stages: Stage::options(),
            here: ask.href(),
            is_bare,
            can_edit: EditContacts::allows(role),
            can_delete: DeleteContacts::allows(role),
            ask,
        })
    }
}

/// Only counted where the page does not show it: at the top of a list that goes on.
fn count(conn: &mut Conn, memo: &Memo, ask: &Ask, rows: &Rows, viewer: &Viewer) -> Result<String> {
    let is_top = ask.from == super::ask::From::Top;
    let n = match (is_top, &rows.after) {
        (false, _) => return Ok(String::new()),
        (true, None) => rows.rows.len(),
        (true, Some(_)) if !ask.q.is_empty() => return Ok(format!("{}+", query::PAGE)),
        (true, Some(_)) => {
            let (reader, now) = (viewer.id(), viewer.now);
            let question = format!("contacts of {reader}: {}", ask.href());
            let asked =
                memo.recall(&question, conn, |conn| query::count(conn, ask, reader, now))?;
            match *asked {
                Some(n) => n,
                None => return Ok(String::new()),
            }
        }
    };
    Ok(if n > query::MOST_COUNTED {
        format!("{}+", kit::number(query::MOST_COUNTED as i64))
    } else {
        kit::number(n as i64)
    })
}

fn views(ask: &Ask) -> Vec<(View, String)> {
    let href = |view: View| {
        ask.with(|ask| {
            ask.view = view;
            ask.sort = Sort::Seen;
        })
        .href()
    };
    View::ALL.iter().map(|view| (*view, href(*view))).collect()
}

fn chips(
    conn: &mut Conn,
    ask: &Ask,
    tags: &[Tag],
    sources: &[(SourceId, String)],
) -> Result<Vec<Chip>> {
    let mut chips = Vec::new();
    let mut add = |field, value: String, without: Ask| {
        chips.push(Chip {
            field,
            verb: "is".to_owned(),
            value,
            without: without.href(),
        });
    };
    if let Some(owner) = ask.owner {
        let value = match owner {
            OwnerFilter::Me => "you".to_owned(),
            OwnerFilter::Nobody => "nobody".to_owned(),
            OwnerFilter::User(id) => store::user_names(conn, [id])?
                .remove(&id)
                .unwrap_or_else(|| "somebody who is gone".to_owned()),
        };
        add("Owner", value, ask.with(|ask| ask.owner = None));
    }
    if let Some(stage) = ask.stage {
        add(
            "Stage",
            stage.label().to_owned(),
            ask.with(|ask| ask.stage = None),
        );
    }
    if let Some(tag) = ask.tag {
        let name = tags.iter().find(|t| t.id == tag).map(|t| t.name.clone());
        let name = name.unwrap_or_else(|| "a tag that is gone".to_owned());
        add("Tag", name, ask.with(|ask| ask.tag = None));
    }
    if let Some(source) = ask.source {
        let name = sources.iter().find(|(id, _)| *id == source);
        let name = name.map_or("a source that is gone", |(_, name)| name.as_str());
        add("Source", name.to_owned(), ask.with(|ask| ask.source = None));
    }
    if let Some(did) = &ask.did {
        chips.push(Chip {
            field: "Did",
            verb: did.verb(),
            value: did.shown(),
            without: ask.with(|ask| ask.did = None).href(),
        });
    }
    if !ask.q.is_empty() {
        chips.push(Chip {
            field: "Words",
            verb: "begin with".to_owned(),
            value: ask.q.clone(),
            without: ask.with(|ask| ask.q.clear()).href(),
        });
    }
    Ok(chips)
}

fn menus(
    ask: &Ask,
    owners: &[(UserId, String)],
    tags: &[Tag],
    sources: &[(SourceId, String)],
) -> Vec<Menu> {
    let mut menus = Vec::new();
    let mut add = |label, icon, choices: Vec<(String, String)>| {
        if !choices.is_empty() {
            menus.push(Menu {
                label,
                icon,
                choices,
            });
        }
    };
    let owned = |owner| ask.with(|ask| ask.owner = Some(owner)).href();
    let mut choices = vec![
        ("You".to_owned(), owned(OwnerFilter::Me)),
        ("Nobody".to_owned(), owned(OwnerFilter::Nobody)),
    ];
    let each = owners.iter().take(MOST_CHOICES);
    choices.extend(each.map(|(id, name)| (name.clone(), owned(OwnerFilter::User(*id)))));
    if ask.view != View::Mine {
        add("Owner", "person", choices);
    }
    if !matches!(ask.view, View::Customers | View::Visitors) {
        let staged = |stage: Stage| {
            let href = ask.with(|ask| ask.stage = Some(stage)).href();
            (stage.label().to_owned(), href)
        };
        add(
            "Stage",
            "flag",
            Stage::OFFERED.iter().map(|s| staged(*s)).collect(),
        );
    }
    let tagged = |tag: &Tag| {
        (
            tag.name.clone(),
            ask.with(|ask| ask.tag = Some(tag.id)).href(),
        )
    };
    add(
        "Tag",
        "tag",
        tags.iter().take(MOST_CHOICES).map(tagged).collect(),
    );
    let from = |source: &(SourceId, String)| {
        (
            source.1.clone(),
            ask.with(|ask| ask.source = Some(source.0)).href(),
        )
    };
    add(
        "Source",
        "bolt",
        sources.iter().take(MOST_CHOICES).map(from).collect(),
    );
    menus
}

/// The page's rows with everything that stands beside them, one query per kind.
fn lines(conn: &mut Conn, memo: &Memo, rows: Rows, viewer: &Viewer) -> Result<Vec<Line>> {
    let rows = rows.rows;
    let ids: Vec<ContactId> = rows.iter().map(|row| row.id).collect();
    let visitors: Vec<ContactId> = rows
        .iter()
        .filter(|row| !row.is_known)
        .map(|row| row.id)
        .collect();
    let from_day = viewer.now.day() - DAYS + 1;
    let events = memo.figures("events of contacts", &ids, conn, |conn, ids| {
        query::events_since(conn, ids, from_day)
    })?;
    let mut tags = tags::of_contacts(conn, &ids)?;
    let owners = store::user_names(conn, rows.iter().filter_map(|row| row.owner_id))?;
    let companies = store::company_names(conn, rows.iter().filter_map(|row| row.company_id))?;
    let codes = query::anonymous_ids(conn, &visitors)?;
    let line = |row: Row| {
        let company = row.company_id.and_then(|id| companies.get(&id)).cloned();
        let owner = row.owner_id.and_then(|id| owners.get(&id)).cloned();
        Line {
            tags: tags.remove(&row.id).unwrap_or_default(),
            events: events
                .get(&row.id)
                .filter(|n| **n > 0)
                .map_or_else(String::new, |n| kit::number(*n)),
            company: company.unwrap_or_default(),
            owner_initials: owner.as_deref().map(text::initials).unwrap_or_default(),
            owner_tone: row.owner_id.map_or("", |id| text::tone(id.0)),
            owner: owner.unwrap_or_default(),
            ..Line::new(&row, &codes, viewer)
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

impl Line {
    fn new(row: &Row, codes: &HashMap<ContactId, String>, viewer: &Viewer) -> Self {
        let name = match codes.get(&row.id) {
            Some(code) => format!("Visitor {}", crate::contacts::identities::short(code)),
            None => model::shown(
                row.id,
                &row.name,
                row.email.as_deref(),
                row.phone.as_deref(),
                row.is_known,
            ),
        };
        let at = row.last_seen_at;
        let has_been_seen = !at.is_zero();
        let zone = viewer.zone();
        let exact = at.utc().with_timezone(&zone).format("%-d %B %Y, %H:%M");
        let when = |words: String| if has_been_seen { words } else { String::new() };
        Self {
            id: row.id,
            initials: text::initials(&name),
            tone: text::tone(row.id.0),
            kind: if row.is_known { "person" } else { "visitor" },
            name,
            company: String::new(),
            stage: row.stage,
            owner: String::new(),
            owner_initials: String::new(),
            owner_tone: "",
            events: String::new(),
            tags: Vec::new(),
            seen_iso: when(at.rfc3339()),
            seen: when(kit::ago(at, viewer.now, zone)),
            seen_exact: when(exact.to_string()),
        }
    }
}
