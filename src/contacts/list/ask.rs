//! What a list shows, as its URL says it.

use serde::Deserialize;

use super::columns::{self, Column};
use super::did::Did;
use crate::base::ids::{SourceId, TagId, UserId, ViewId};
use crate::base::text;
use crate::contacts::model::Stage;
use crate::filters::{Node, Op, Test, url};
use crate::text_enum;
use crate::web::Cursor;

text_enum!(
    /// The views above the list.
    View {
        /// Everybody with a name, an address, a number or a user id.
        Known => "known",
        /// Those the reader looks after.
        Mine => "mine",
        /// Customers.
        Customers => "customers",
        /// Those nobody knows yet.
        Visitors => "visitors",
        /// Known ones and visitors.
        Everyone => "everyone",
    }
);

impl View {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "All known",
            Self::Mine => "Mine",
            Self::Customers => "Customers",
            Self::Visitors => "Visitors",
            Self::Everyone => "Everyone",
        }
    }
}

text_enum!(
    /// The order of the list.
    Sort {
        /// Who was here last, first.
        Seen => "seen",
        /// By name.
        Name => "name",
        /// The newest record first.
        Created => "created",
        /// Who was away longest, first.
        Unseen => "-seen",
        /// By name, from its end.
        NameDown => "-name",
        /// The oldest record first.
        Oldest => "-created",
    }
);

/// What an order goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// When they were last here.
    Seen,
    /// What they are called.
    Name,
    /// When the record was made.
    Created,
}

impl Sort {
    /// What it goes by.
    pub fn key(self) -> Key {
        match self {
            Self::Seen | Self::Unseen => Key::Seen,
            Self::Name | Self::NameDown => Key::Name,
            Self::Created | Self::Oldest => Key::Created,
        }
    }

    /// Whether the least comes first.
    pub fn is_rising(self) -> bool {
        matches!(self, Self::Name | Self::Unseen | Self::Oldest)
    }

    /// The same from its other end.
    pub fn turned(self) -> Self {
        match self {
            Self::Seen => Self::Unseen,
            Self::Unseen => Self::Seen,
            Self::Name => Self::NameDown,
            Self::NameDown => Self::Name,
            Self::Created => Self::Oldest,
            Self::Oldest => Self::Created,
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Seen => "last seen first",
            Self::Unseen => "away longest first",
            Self::Name => "by name",
            Self::NameDown => "by name, from the end",
            Self::Created => "newest first",
            Self::Oldest => "oldest first",
        }
    }
}

/// Who looks after the contacts that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerFilter {
    /// The reader.
    Me,
    /// Nobody.
    Nobody,
    /// Somebody.
    User(UserId),
}

impl OwnerFilter {
    fn word(self) -> String {
        match self {
            Self::Me => "me".to_owned(),
            Self::Nobody => "none".to_owned(),
            Self::User(id) => id.to_string(),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "me" => Some(Self::Me),
            "none" => Some(Self::Nobody),
            id => id.parse().ok().map(Self::User),
        }
    }
}

/// Which way a page lies from its cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// The first page.
    Top,
    /// Below a row.
    After(Cursor),
    /// Above a row.
    Before(Cursor),
}

/// The query of the URL, as it comes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    view: String,
    q: String,
    owner: String,
    stage: String,
    tag: String,
    source: String,
    filter: String,
    cols: String,
    v: String,
    did: String,
    times: String,
    days: String,
    sort: String,
    after: String,
    before: String,
}

/// What a list shows. What the URL says wrongly is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// View.
    pub view: View,
    /// Words.
    pub q: String,
    /// Owner.
    pub owner: Option<OwnerFilter>,
    /// Stage.
    pub stage: Option<Stage>,
    /// Tag.
    pub tag: Option<TagId>,
    /// Source.
    pub source: Option<SourceId>,
    /// What they did.
    pub did: Option<Did>,
    /// What else must hold.
    pub rest: Node,
    /// Columns; none: the usual ones.
    pub cols: Vec<Column>,
    /// The saved view it was opened from.
    pub saved: Option<ViewId>,
    /// Order.
    pub sort: Sort,
    /// Page.
    pub from: From,
}

impl Ask {
    /// Reads the URL's query.
    pub fn new(params: &Params) -> Self {
        let from = match (
            Cursor::decode(&params.after),
            Cursor::decode(&params.before),
        ) {
            (Some(cursor), _) => From::After(cursor),
            (None, Some(cursor)) => From::Before(cursor),
            (None, None) => From::Top,
        };
        let mut ask = Self {
            view: View::from_word(&params.view).unwrap_or(View::Known),
            q: text::line(&params.q, 200),
            owner: OwnerFilter::from_word(&params.owner),
            stage: Stage::offered(&params.stage),
            tag: params.tag.parse().ok(),
            source: params.source.parse().ok(),
            did: Did::new(&params.did, &params.times, &params.days),
            rest: Node::default(),
            cols: columns::read(&params.cols),
            saved: params.v.parse().ok(),
            sort: Sort::from_word(&params.sort).unwrap_or(Sort::Seen),
            from,
        };
        // A filter that cannot be read asks for nobody: everybody would be the wrong audience of a mailing.
        ask.narrow(&url::read(&params.filter).unwrap_or_else(|| Node::any(Vec::new())));
        if !ask.sorts().contains(&ask.sort) {
            ask.sort = Sort::Seen;
        }
        ask
    }

    /// Takes a tree apart: conditions that an index serves go where the walk looks for them, the others stay a tree.
    fn narrow(&mut self, filter: &Node) {
        let kept: Vec<Node> = filter
            .conditions()
            .iter()
            .filter(|condition| !matches!(condition, Node::Test(test) if self.takes(test)))
            .cloned()
            .collect();
        self.rest = Node::all(kept).canonical();
    }

    /// Whether a condition is one of those, and its place still free.
    fn takes(&mut self, test: &Test) -> bool {
        let value = match (test.op, test.values.as_slice()) {
            (Op::Is | Op::AnyOf, [one]) => one.as_str(),
            (Op::Empty, []) if test.field == "owner" => "none",
            _ => return false,
        };
        match test.field.as_str() {
            "owner" if self.owner.is_none() => self.owner = OwnerFilter::from_word(value),
            "stage" if self.stage.is_none() => self.stage = Stage::offered(value),
            "tag" if self.tag.is_none() => self.tag = value.parse().ok(),
            "source" if self.source.is_none() => self.source = value.parse().ok(),
            _ => return false,
        }
        match test.field.as_str() {
            "owner" => self.owner.is_some(),
            "stage" => self.stage.is_some(),
            "tag" => self.tag.is_some(),
            _ => self.source.is_some(),
        }
    }

    /// Everything but view, words and acts as one tree, for whoever builds on it.
    pub fn tree(&self) -> Node {
        let is = |field: &str, value: String| Node::test(field, Op::Is, &[&value]);
        let owner = self.owner.map(|owner| match owner {
            OwnerFilter::Nobody => Node::test("owner", Op::Empty, &[]),
            other => is("owner", other.word()),
        });
        let stage = self.stage.map(|stage| is("stage", stage.to_string()));
        let tag = self
            .tag
            .map(|id| Node::test("tag", Op::AnyOf, &[&id.to_string()]));
        let source = self.source.map(|id| is("source", id.to_string()));
        let mut all: Vec<Node> = [owner, stage, tag, source].into_iter().flatten().collect();
        all.extend(self.rest.conditions().iter().cloned());
        Node::all(all).canonical()
    }

    /// The same view with another tree.
    pub fn with_tree(&self, tree: &Node) -> Self {
        self.with(|ask| {
            (ask.owner, ask.stage, ask.tag, ask.source) = (None, None, None, None);
            ask.narrow(tree);
        })
    }

    /// Reads a query as it stands behind the `?`.
    pub fn read(query: &str) -> Self {
        Self::new(&serde_urlencoded::from_str(query).unwrap_or_default())
    }

    /// The orders that an index serves in this state.
    pub fn sorts(&self) -> &'static [Sort] {
        let is_narrow = self.source.is_some() || self.tag.is_some() || self.did.is_some();
        match self.view {
            _ if !self.q.is_empty() => &[Sort::Seen],
            _ if is_narrow => &[Sort::Seen, Sort::Unseen],
            View::Known | View::Mine | View::Customers => Sort::ALL,
            View::Visitors => &[Sort::Seen, Sort::Unseen, Sort::Created, Sort::Oldest],
            View::Everyone => &[Sort::Seen, Sort::Unseen],
        }
    }

    /// The owner that is asked for, by the view or the filter.
    pub fn owner_of(&self, reader: UserId) -> Option<Option<UserId>> {
        match (self.owner, self.view) {
            (Some(OwnerFilter::User(id)), _) => Some(Some(id)),
            (Some(OwnerFilter::Nobody), _) => Some(None),
            (Some(OwnerFilter::Me), _) | (None, View::Mine) => Some(Some(reader)),
            (None, _) => None,
        }
    }

    /// The stage that is asked for, by the view or the filter.
    pub fn stage_of(&self) -> Option<Stage> {
        match self.view {
            View::Customers => Some(Stage::Customer),
            _ => self.stage,
        }
    }

    /// Whether known ones (`Some(true)`), visitors (`Some(false)`) or both are asked for.
    pub fn is_known(&self) -> Option<bool> {
        match self.view {
            View::Visitors => Some(false),
            View::Everyone if self.stage.is_none() => None,
            _ => Some(true),
        }
    }

    /// Whether more than the view narrows the list.
    pub fn is_filtered(&self) -> bool {
        !self.q.is_empty()
            || self.owner.is_some()
            || self.stage.is_some()
            || self.tag.is_some()
            || self.source.is_some()
            || self.did.is_some()
            || !self.rest.is_everything()
    }

    /// This list from the top, changed.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut ask = self.clone();
        ask.from = From::Top;
        change(&mut ask);
        ask
    }

    /// What its address says, as a form says it in hidden fields.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        let mut add = |key, value: String| {
            if !value.is_empty() {
                pairs.push((key, value));
            }
        };
        if self.view != View::Known {
            add("view", self.view.to_string());
        }
        add("q", self.q.clone());
        add(
            "owner",
            self.owner.map_or_else(String::new, OwnerFilter::word),
        );
        add(
            "stage",
            self.stage.map_or_else(String::new, |s| s.to_string()),
        );
        add(
            "tag",
            self.tag.map_or_else(String::new, |id| id.to_string()),
        );
        add(
            "source",
            self.source.map_or_else(String::new, |id| id.to_string()),
        );
        for (key, value) in self.did.iter().flat_map(Did::pairs) {
            add(key, value);
        }
        add("filter", url::print(&self.rest));
        add("cols", columns::print(&self.cols));
        if self.sort != Sort::Seen {
            add("sort", self.sort.to_string());
        }
        add(
            "v",
            self.saved.map_or_else(String::new, |id| id.to_string()),
        );
        match &self.from {
            From::Top => {}
            From::After(cursor) => add("after", cursor.encode()),
            From::Before(cursor) => add("before", cursor.encode()),
        }
        pairs
    }

    /// Its address.
    pub fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() {
            return "/contacts".to_owned();
        }
        format!("/contacts?{query}")
    }

    /// What stands behind the `?` of its address.
    pub fn query(&self) -> String {
        serde_urlencoded::to_string(self.pairs()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Ask {
        Ask::new(&serde_urlencoded::from_str(query).expect("a query"))
    }

    #[test]
    fn the_url_holds_the_whole_state() {
        for (query, href) in [
            ("", "/contacts"),
            ("view=known&sort=seen", "/contacts"),
            (
                "view=mine&owner=none&sort=name",
                "/contacts?view=mine&owner=none&sort=name",
            ),
            (
                "q=%C3%85se+L&stage=lead",
                "/contacts?q=%C3%85se+L&stage=lead",
            ),
            (
                "stage=visitor&tag=x&source=9999999999999999999&view=zzz",
                "/contacts",
            ),
            ("tag=7&sort=name", "/contacts?tag=7"),
            ("tag=7&sort=-seen", "/contacts?tag=7&sort=-seen"),
            ("q=a&sort=-seen", "/contacts?q=a"),
            ("view=visitors&sort=-name", "/contacts?view=visitors"),
            ("did=%2Fpricing", "/contacts?did=%2Fpricing&times=1&days=30"),
            (
                "did=Order+Completed&times=3&days=0",
                "/contacts?did=Order+Completed&times=3&days=0",
            ),
            ("did=&times=3", "/contacts"),
            ("did=A&times=-1&days=x", "/contacts?did=A&times=1&days=30"),
            ("after=%F0&before=", "/contacts"),
            (
                "filter=stage.is.customer*city.is.Oslo*owner.empty",
                "/contacts?owner=none&stage=customer&filter=city.is.Oslo",
            ),
            (
                "stage=lead&filter=stage.is.customer",
                "/contacts?stage=lead&filter=stage.is.customer",
            ),
            ("filter=all*any*tag.any_of.7*end*end", "/contacts?tag=7"),
            ("filter=broken", "/contacts?filter=any*end"),
        ] {
            assert_eq!(ask(query).href(), href, "{query}");
            let again = href.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(ask(again), ask(query), "{query}");
        }
    }
}
