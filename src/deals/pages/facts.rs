//! Facts of a deal, edited in place; one that fails comes back open, with what was typed.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::model::{Deal, DealField, day};
use super::super::pipelines::model::Stage;
use crate::base::Money;

/// A form of the page that comes back open.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Which.
    pub field: Option<DealField>,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub error: String,
}

/// A fact on the page.
pub struct Fact {
    /// Which.
    pub field: DealField,
    /// What is shown.
    pub shown: String,
    /// What stands in the field.
    pub typed: String,
    /// What stood there when the form was made.
    pub was: String,
    /// Below it, in grey.
    pub source: &'static str,
    /// What is wrong with what was typed.
    pub error: String,
    /// Whether its form is open.
    pub is_open: bool,
}

impl Fact {
    /// The kind of control.
    pub fn kind(&self) -> &'static str {
        if self.field == DealField::ClosesOn {
            "date"
        } else {
            "text"
        }
    }
}

/// A fact and the form that changes it.
#[derive(Template)]
#[template(path = "deals/_fact.html")]
pub struct FactForm<'a> {
    /// What is shown.
    pub fact: &'a Fact,
    /// Where the form is sent.
    pub action: String,
    /// Whether the reader may change it.
    pub can_edit: &'a bool,
}

impl HtmlSafe for FactForm<'_> {}

/// All facts of a deal.
pub fn of(deal: &Deal, company: &str, stage: &Stage, open: &Open) -> Vec<Fact> {
    let fact = |field: &DealField| {
        let now = field.of(deal, company);
        let own = Some(open).filter(|open| open.field == Some(*field));
        let shown = match field {
            DealField::Amount => deal.money().map_or_else(String::new, Money::exact),
            DealField::ClosesOn => deal
                .closes_on
                .map_or_else(String::new, |on| day(on).format("%a %-d %b %Y").to_string()),
            DealField::Probability => format!("{}%", deal.probability),
            _ => now.clone(),
        };
        let source = match field {
            DealField::Probability if !stage.is_open() => "closed",
            DealField::Probability if deal.manual_probability.is_some() => "set by hand",
            DealField::Probability => "by stage",
            _ => "",
        };
        Fact {
            field: *field,
            shown,
            typed: own.map_or_else(|| now.clone(), |open| open.typed.clone()),
            was: now,
            source,
            error: own.map_or_else(String::new, |open| open.error.clone()),
            is_open: own.is_some(),
        }
    };
    DealField::ALL.iter().map(fact).collect()
}
