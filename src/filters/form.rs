//! A draft as the lines of a form: what each control offers and what is chosen.

use super::draft::{Draft, Join, ROOT};
use super::kind::Kind;
use super::op::{Arity, Op};
use super::{Catalog, Reader, Rule};

/// A line of the form.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its path.
    pub path: String,
    /// How deep it stands.
    pub depth: usize,
    /// What it is.
    pub part: Part,
}

/// What a line of the form shows.
#[derive(Debug, Clone)]
pub enum Part {
    /// The head of a group.
    Head(Join),
    /// A condition.
    Test(TestRow),
    /// The end of a group, with the buttons that add to it.
    Foot,
}

/// Values, words, and whether they are chosen.
pub type Options = Vec<(String, String, bool)>;

/// The controls of a condition.
#[derive(Debug, Clone)]
pub struct TestRow {
    /// Fields by heading.
    pub fields: Vec<(String, Options)>,
    /// Comparisons.
    pub ops: Options,
    /// Its values.
    pub control: Control,
    /// What is wrong with it.
    pub error: String,
}

/// How values are given.
#[derive(Debug, Clone)]
pub enum Control {
    /// Not at all.
    None,
    /// Letters.
    Text(String),
    /// Letters, one value a line.
    Lines(String),
    /// A number.
    Number(String),
    /// From and to.
    Numbers(String, String),
    /// A period by name, or a date.
    Period(Options, String),
    /// From and to.
    Dates(String, String),
    /// One of a list.
    One(Options),
    /// Some of a list.
    Some(Options),
}

impl Draft {
    /// The lines of the form. With a reader, each condition that cannot be asked says why.
    pub fn rows(&self, catalog: &Catalog, checked: Option<&Reader>) -> Vec<Row> {
        let mut rows = Vec::new();
        self.put(ROOT, 0, catalog, checked, &mut rows);
        rows
    }

    fn put(
        &self,
        path: &str,
        depth: usize,
        catalog: &Catalog,
        checked: Option<&Reader>,
        rows: &mut Vec<Row>,
    ) {
        let mut row = |part| {
            rows.push(Row {
                path: path.to_owned(),
                depth,
                part,
            });
        };
        match self {
            Self::Test { field, op, values } => {
                let mut test = TestRow::new(field, op, values, catalog);
                if let Some(reader) = checked.filter(|_| !field.is_empty()) {
                    let refused = Rule::new(&self.node(), catalog, reader).err();
                    test.error = refused.map_or_else(String::new, |refusal| refusal.to_string());
                }
                row(Part::Test(test));
            }
            Self::Group(join, members) => {
                row(Part::Head(*join));
                for (at, member) in members.iter().enumerate() {
                    member.put(&format!("{path}-{at}"), depth + 1, catalog, checked, rows);
                }
                rows.push(Row {
                    path: path.to_owned(),
                    depth,
                    part: Part::Foot,
                });
            }
        }
    }
}

impl TestRow {
    fn new(key: &str, op: &str, values: &[String], catalog: &Catalog) -> Self {
        let mut fields: Vec<(String, Options)> = Vec::new();
        for field in &catalog.fields {
            let option = (
                field.key.to_string(),
                field.label.to_string(),
                field.key == key,
            );
            match fields.iter_mut().find(|(group, _)| *group == field.group) {
                Some((_, options)) => options.push(option),
                None => fields.push((field.group.to_string(), vec![option])),
            }
        }
        let Some(field) = catalog.find(key) else {
            return Self {
                fields,
                ops: Vec::new(),
                control: Control::None,
                error: String::new(),
            };
        };
        let offered = field.kind.ops();
        let chosen = Op::from_word(op).filter(|op| field.kind.takes(*op));
        let chosen = chosen
            .or_else(|| offered.first().map(|(op, _)| *op))
            .unwrap_or(Op::Is);
        let ops = offered
            .iter()
            .map(|(op, label)| (op.word().to_owned(), (*label).to_owned(), *op == chosen));
        Self {
            fields,
            ops: ops.collect(),
            control: Control::new(field, chosen, values),
            error: String::new(),
        }
    }
}

impl Control {
    fn new(field: &super::Field, op: Op, values: &[String]) -> Self {
        let value = |at: usize| values.get(at).cloned().unwrap_or_default();
        let listed = |has_me: bool| {
            let me = has_me.then(|| ("me".to_owned(), "Me".to_owned()));
            let own = field
                .choices
                .iter()
                .map(|choice| (choice.value.clone(), choice.label.clone()));
            me.into_iter()
                .chain(own)
                .map(|(word, label)| {
                    let is_chosen = values.contains(&word);
                    (word, label, is_chosen)
                })
                .collect::<Options>()
        };
        match (field.kind, op.arity()) {
            (_, Arity::None) => Self::None,
            (Kind::Text, Arity::Many) => Self::Lines(values.join("\n")),
            (Kind::Text, _) => Self::Text(value(0)),
            (Kind::Number, Arity::Two) => Self::Numbers(value(0), value(1)),
            (Kind::Number, _) => Self::Number(value(0)),
            (Kind::Moment | Kind::Day, Arity::Two) => Self::Dates(value(0), value(1)),
            (Kind::Moment | Kind::Day, _) => {
                let word = value(0);
                let mut options: Options = super::Period::offered()
                    .into_iter()
                    .map(|(own, label)| {
                        let is_chosen = own == word;
                        (own, label, is_chosen)
                    })
                    .collect();
                let is_date = word.starts_with(|c: char| c.is_ascii_digit());
                if !is_date && !word.is_empty() && !options.iter().any(|(.., is_chosen)| *is_chosen)
                {
                    let shown = super::Period::read(&word)
                        .map_or_else(|| word.clone(), super::Period::shown);
                    options.push((word.clone(), shown, true));
                }
                Self::Period(options, if is_date { word } else { String::new() })
            }
            (Kind::YesNo, _) => Self::One(vec![
                ("yes".to_owned(), "Yes".to_owned(), value(0) == "yes"),
                ("no".to_owned(), "No".to_owned(), value(0) == "no"),
            ]),
            (Kind::Choice | Kind::Many, Arity::Many) => Self::Some(listed(field.has_me)),
            (Kind::Choice | Kind::Many, _) => Self::One(listed(field.has_me)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::Node;

    fn form(rows: &[Row]) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for row in rows {
            let mut add = |what: &str, value: &str| {
                pairs.push((format!("{what}-{}", row.path), value.to_owned()));
            };
            match &row.part {
                Part::Head(join) => add("g", join.word()),
                Part::Test(test) => {
                    let chosen = |options: &Options| {
                        options
                            .iter()
                            .find(|o| o.2)
                            .map(|o| o.0.clone())
                            .unwrap_or_default()
                    };
                    add(
                        "f",
                        &test
                            .fields
                            .iter()
                            .map(|(_, options)| chosen(options))
                            .collect::<String>(),
                    );
                    add("o", &chosen(&test.ops));
                    match &test.control {
                        Control::None => {}
                        Control::Text(one) | Control::Lines(one) | Control::Number(one) => {
                            add("v", one);
                        }
                        Control::Numbers(a, b) | Control::Dates(a, b) => {
                            add("v", a);
                            add("v", b);
                        }
                        Control::Period(options, date) => {
                            add("v", &chosen(options));
                            add("d", date);
                        }
                        Control::One(options) | Control::Some(options) => {
                            for (word, _, _) in options.iter().filter(|o| o.2) {
                                add("v", word);
                            }
                        }
                    }
                }
                Part::Foot => {}
            }
        }
        pairs
    }

    fn catalog() -> Catalog {
        let place = || super::super::Place::Text("x".into());
        let field = |key: &'static str, kind| super::super::Field::new(key, key, kind, place());
        let choices = [
            ("1".to_owned(), "one".to_owned()),
            ("2".to_owned(), "two".to_owned()),
        ];
        Catalog {
            fields: vec![
                field("city", Kind::Text),
                field("n", Kind::Number).under("Figures"),
                field("seen", Kind::Moment),
                field("tag", Kind::Many).of(choices.clone()),
                field("owner", Kind::Choice).of(choices).with_me(),
                field("known", Kind::YesNo),
            ],
        }
    }

    #[test]
    fn a_tree_goes_through_the_form_unchanged() {
        for words in [
            "city is Oslo and (tag any_of (1, 2) or not (seen in last_7_days or n between (1, 2)))",
            "seen in last_11_days and seen after 2026-03-01 and owner is me and known is no",
            "city any_of (Oslo, \"São Paulo\") and seen between (2026-01-01, 2026-02-01) and city empty",
        ] {
            let node = super::super::text::read(words).expect(words);
            let rows = Draft::begin(&node).rows(&catalog(), None);
            let again = Draft::read(&form(&rows))
                .expect("a draft")
                .node()
                .canonical();
            assert_eq!(again.to_string(), words);
        }
    }

    #[test]
    fn buttons_add_and_drop() {
        let mut draft = Draft::begin(&Node::default());
        assert!(
            draft.node().canonical().is_everything(),
            "a blank line asks for nothing"
        );
        assert!(draft.change("group-0") && draft.change("add-0-1"));
        assert_eq!(draft.rows(&catalog(), None).len(), 8);
        assert!(draft.change("drop-0-1-2") && draft.change("drop-0-1") && draft.change("drop-0-0"));
        assert_eq!(draft.rows(&catalog(), None).len(), 2);
        for act in [
            "drop-0",
            "drop-0-7",
            "add-0-9",
            "add",
            "burn-0",
            "drop-x",
            "group-0-0-0-0-0-0-0-0-0",
        ] {
            assert!(!draft.change(act), "{act}");
        }
        assert_eq!(
            Draft::read(&[("f-0-0".to_owned(), "city".to_owned())]),
            None
        );
    }
}
