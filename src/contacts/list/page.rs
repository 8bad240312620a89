//! The page of the list.

use actix_web::web;
use askama::Template;

use super::ask::{Ask, OwnerFilter, Params, Sort, View};
use super::columns::{self, BuiltIn, Column};
use super::did;
use super::lines::{self, Cell, Line};
use super::query::{self, Rows};
use super::rows;
use super::{catalog, reader};
use crate::accounts::rights::{DeleteContacts, EditContacts, ExportContacts, ReadContacts, Right};
use crate::accounts::{Can, Viewer};
use crate::base::ids::{SourceId, UserId};
use crate::contacts::fields::Field;
use crate::contacts::model::Stage;
use crate::contacts::store;
use crate::contacts::tags::{self, Tag};
use crate::contacts::views::{self, SavedView};
use crate::db::{Conn, Db, Memo};
use crate::filters::{Catalog, Node, Sentence};
use crate::web::{self as kit, Page, Result};

/// Choices in a filter's menu.
const MOST_CHOICES: usize = 60;

/// The head of a column.
pub struct Head {
    /// Its words.
    pub label: String,
    /// Class of its cells.
    pub class: &'static str,
    /// The order that its address gives.
    pub sort: Option<Sort>,
    /// Which form of a record edits its cells; empty: none.
    pub cell: String,
}

/// A filter in force.
pub struct Chip {
    /// What is filtered.
    pub field: String,
    /// How.
    pub verb: String,
    /// By what.
    pub value: String,
    /// The list without it.
    pub without: String,
    /// Where it is changed; empty: only dropped.
    pub edit: String,
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
    builder: String,
    is_cut: bool,
    menus: Vec<Menu>,
    saved: Vec<SavedView>,
    shown: Option<Shown>,
    may_save: bool,
    heads: Vec<Head>,
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
    can_export: bool,
}

/// The view that the list was opened from.
pub struct Shown {
    /// It.
    pub view: SavedView,
    /// Whether the list is another by now.
    pub is_edited: bool,
    /// Whether the reader may save it.
    pub may_change: bool,
    /// Whether it is in their sidebar.
    pub is_pinned: bool,
}

impl Shown {
    fn new(view: SavedView, ask: &Ask, viewer: &Viewer) -> Self {
        let saved = view.shown();
        Self {
            is_edited: ask.with(|ask| ask.q.clear()) != saved,
            may_change: super::views::may_change(&view, viewer)
                && EditContacts::allows(&viewer.access),
            is_pinned: viewer.pins.iter().any(|pin| pin.href == saved.href()),
            view,
        }
    }
}

impl ListPage {
    /// Whether a saved view is the one that is shown.
    fn is_shown(&self, view: &SavedView) -> bool {
        self.ask.saved == Some(view.id)
    }

    /// What is saved of the list as it stands; empty: nothing is worth it.
    fn save_query(&self) -> String {
        let href = self.ask.with(|ask| ask.saved = None).href();
        match href.split_once('?') {
            Some((_, query)) if self.may_save => query.to_owned(),
            _ => String::new(),
        }
    }

    /// Where the columns are chosen.
    fn columns_href(&self) -> String {
        let href = self.ask.with(|_| {}).href();
        let query = href.split_once('?').map_or("", |(_, query)| query);
        let list = serde_urlencoded::to_string([("list", query)]).unwrap_or_default();
        format!("/contacts/columns?{list}")
    }

    /// Where the view is taken away as a file.
    fn export_href(&self) -> String {
        let list = serde_urlencoded::to_string([("list", self.ask.with(|_| {}).query())]);
        format!("/contacts/export?{}", list.unwrap_or_default())
    }

    /// The list in this order; in the one it has, from the other end.
    fn sort_href(&self, sort: Sort) -> String {
        let next = if self.ask.sort == sort {
            sort.turned()
        } else {
            sort
        };
        if self.ask.sorts().contains(&next) && self.ask.q.is_empty() {
            self.ask.with(|ask| ask.sort = next).href()
        } else {
            String::new()
        }
    }

    fn sorted(&self, sort: Sort) -> &'static str {
        let is_it = self.ask.sort.key() == sort.key() && self.ask.q.is_empty();
        match (is_it, self.ask.sort.is_rising()) {
            (false, _) => "",
            (true, true) => "ascending",
            (true, false) => "descending",
        }
    }

    fn caption(&self) -> String {
        let order = if self.ask.q.is_empty() {
            self.ask.sort.label()
        } else {
            "newest first"
        };
        format!(
            "Contacts, {}, {order}",
            self.ask.view.label().to_lowercase()
        )
    }
}

fn heads(columns: &[Column], fields: &[Field], can_edit: bool) -> Vec<Head> {
    let is_usual = columns == columns::USUAL;
    let head = |column: &Column| {
        Some(Head {
            label: column.label(fields)?,
            class: column.class(fields, is_usual),
            cell: if can_edit {
                column.form(fields)
            } else {
                String::new()
            },
            sort: match column {
                Column::Own(BuiltIn::Seen) => Some(Sort::Seen),
                Column::Own(BuiltIn::Created) => Some(Sort::Created),
                _ => None,
            },
        })
    };
    columns.iter().filter_map(head).collect()
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
        let rows = rows::page(conn, &ask, &reader(viewer))?;
        let count = count(conn, memo, &ask, &rows, viewer)?;
        let is_bare = rows.rows.is_empty() && !ask.is_filtered() && query::is_empty(conn)?;
        let owners = memo.recall("owners", conn, store::owners)?;
        let tags = memo.recall("tags", conn, tags::all)?;
        let sources = memo.recall("sources", conn, store::source_names)?;
        let fields = lines::fields(conn, memo, viewer)?;
        let columns = lines::columns(&ask, &fields);
        let saved = memo.recall(&format!("views.{}", viewer.id()), conn, |conn| {
            views::visible(conn, viewer.id())
        })?;
        let shown = ask
            .saved
            .and_then(|id| saved.iter().find(|view| view.id == id).cloned());
        let page_of = |from| ask.with(|ask| ask.from = from).href();
        let address = |cursor: Option<&kit::Cursor>, from: fn(kit::Cursor) -> super::ask::From| {
            cursor.map_or_else(String::new, |c| page_of(from(c.clone())))
        };
        let access = &viewer.access;
        Ok(Self {
            views: views(&ask),
            chips: chips(conn, memo, &ask, &tags, &sources, &fields)?,
            builder: builder(&ask),
            menus: menus(&ask, &owners, &tags, &sources),
            shown: shown.map(|view| Shown::new(view, &ask, viewer)),
            saved: saved.to_vec(),
            may_save: ask.q.is_empty() && EditContacts::allows(access),
            is_cut: rows.is_cut,
            before: address(rows.before.as_ref(), super::ask::From::Before),
            after: address(rows.after.as_ref(), super::ask::From::After),
            heads: heads(&columns, &fields, EditContacts::allows(access)),
            lines: lines::read(conn, memo, rows, &columns, &fields, viewer)?,
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
            can_edit: EditContacts::allows(access),
            can_delete: DeleteContacts::allows(access),
            can_export: ExportContacts::allows(access),
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
        (true, Some(_)) if rows.is_cut => return Ok(String::new()),
        (true, Some(_)) if !ask.q.is_empty() || !ask.rest.is_everything() => {
            return Ok(format!("{}+", query::PAGE));
        }
        (true, Some(_)) => {
            let reader = reader(viewer);
            let question = format!("contacts of {}: {}", reader.user, ask.href());
            let asked = memo.recall(&question, conn, |conn| query::count(conn, ask, &reader))?;
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
            ask.saved = None;
            ask.sort = Sort::Seen;
        })
        .href()
    };
    View::ALL.iter().map(|view| (*view, href(*view))).collect()
}

/// Where the filter in force is put together.
fn builder(ask: &Ask) -> String {
    let href = ask.with(|_| {}).href();
    let query = href.split_once('?').map_or("", |(_, query)| query);
    let list = serde_urlencoded::to_string([("list", query)]).unwrap_or_default();
    format!("/contacts/filter?{list}")
}

/// The conditions of the tree, each a chip.
fn rest(ask: &Ask, catalog: &Catalog) -> Vec<Chip> {
    let conditions = ask.rest.conditions();
    let chip = |(at, node): (usize, &Node)| {
        let others = conditions.iter().enumerate().filter(|(own, _)| *own != at);
        let others = Node::all(others.map(|(_, node)| node.clone()).collect()).canonical();
        let sentence = Sentence::new(node, catalog);
        Chip {
            field: sentence.field,
            verb: sentence.verb,
            value: sentence.value,
            without: ask.with(|ask| ask.rest = others).href(),
            edit: builder(ask),
        }
    };
    conditions.iter().enumerate().map(chip).collect()
}

fn chips(
    conn: &mut Conn,
    memo: &Memo,
    ask: &Ask,
    tags: &[Tag],
    sources: &[(SourceId, String)],
    fields: &[Field],
) -> Result<Vec<Chip>> {
    let mut chips = Vec::new();
    let mut add = |field: &str, value: String, without: Ask| {
        chips.push(Chip {
            field: field.to_owned(),
            verb: "is".to_owned(),
            value,
            without: without.href(),
            edit: String::new(),
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
            field: "Did".to_owned(),
            verb: did.verb(),
            value: did.shown(),
            without: ask.with(|ask| ask.did = None).href(),
            edit: String::new(),
        });
    }
    if !ask.rest.is_everything() {
        let catalog = catalog::named(conn, memo, fields)?;
        chips.extend(rest(ask, &catalog));
    }
    if !ask.q.is_empty() {
        chips.push(Chip {
            field: "Words".to_owned(),
            verb: "begin with".to_owned(),
            value: ask.q.clone(),
            without: ask.with(|ask| ask.q.clear()).href(),
            edit: String::new(),
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
