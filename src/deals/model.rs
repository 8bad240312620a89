//! Rows and words of deals.

use diesel::prelude::*;

use super::pipelines::model::{Stage, StageKind, percent};
pub use crate::base::date::{day, read as date, shown as date_shown, word as date_word};
use crate::base::ids::{CompanyId, ContactId, DealId, PipelineId, StageId, UserId};
use crate::base::{Currency, Money, Timestamp, text};
use crate::db::schema::deals;
use crate::text_enum;

/// What sorts behind every date: no date.
pub const NEVER: i64 = i64::MAX;

text_enum!(
    /// Why a deal was lost.
    LostReason {
        /// Too dear.
        Price => "price",
        /// Somebody else got it.
        Competitor => "competitor",
        /// There is no money for it.
        Budget => "budget",
        /// Not now.
        Timing => "timing",
        /// It does not do what is needed.
        Fit => "fit",
        /// They stopped answering.
        Silence => "silence",
        /// Something else; then a note says what.
        Other => "other",
    }
);

impl LostReason {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Price => "Price",
            Self::Competitor => "Competitor",
            Self::Budget => "No budget",
            Self::Timing => "Bad timing",
            Self::Fit => "Does not fit",
            Self::Silence => "No answer",
            Self::Other => "Other",
        }
    }

    /// Choices of a form.
    pub fn options() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|r| (r.word(), r.label())).collect()
    }
}

text_enum!(
    /// A fact of a deal that people edit.
    DealField {
        /// What it is about.
        Title => "title",
        /// What it is worth, with its currency.
        Amount => "amount",
        /// When it is expected to close.
        ClosesOn => "closes_on",
        /// How likely it is, where a person knows better than the stage.
        Probability => "probability",
        /// Who buys.
        Company => "company",
        /// Where it came from.
        Source => "source",
        /// What comes next.
        NextStep => "next_step",
    }
);

impl DealField {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Amount => "Amount",
            Self::ClosesOn => "Expected close",
            Self::Probability => "Probability",
            Self::Company => "Company",
            Self::Source => "Source",
            Self::NextStep => "Next step",
        }
    }

    /// How it looks when right.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Amount => "1,250.00 or 1.250 EUR",
            Self::ClosesOn => "As 2026-06-12",
            Self::Probability => "In percent; empty: what the stage says",
            Self::Company => "Made, if there is none of that name",
            Self::Title | Self::Source | Self::NextStep => "",
        }
    }

    /// What a deal says in it; `company` is the name of its company.
    pub fn of(self, deal: &Deal, company: &str) -> String {
        match self {
            Self::Title => deal.title.clone(),
            Self::Amount => deal
                .money()
                .map_or_else(String::new, |m| format!("{} {}", m.plain(), m.currency)),
            Self::ClosesOn => deal.closes_on.map_or_else(String::new, date_word),
            Self::Probability => deal
                .manual_probability
                .map_or_else(String::new, |p| p.to_string()),
            Self::Company => company.to_owned(),
            Self::Source => deal.source.clone(),
            Self::NextStep => deal.next_step.clone(),
        }
    }

    /// What was typed as [`DealField::of`] would say it, or what is wrong with it.
    pub fn clean(self, typed: &str, currency: Currency) -> Result<String, &'static str> {
        match self {
            Self::Title => match text::line(typed, 200) {
                title if title.is_empty() => Err("A deal needs a title."),
                title => Ok(title),
            },
            Self::Amount => Ok(Money::parse(typed, currency)?
                .map_or_else(String::new, |m| format!("{} {}", m.plain(), m.currency))),
            Self::ClosesOn => Ok(date(typed)?.map_or_else(String::new, date_word)),
            Self::Probability => match typed.trim() {
                "" => Ok(String::new()),
                typed => percent(typed)
                    .map(|p| p.to_string())
                    .ok_or("Write a whole number from 0 to 100, or nothing."),
            },
            Self::Company => Ok(text::line(typed, 300)),
            Self::Source | Self::NextStep => Ok(text::line(typed, 200)),
        }
    }
}

/// A deal as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = deals)]
pub struct Deal {
    /// Id.
    pub id: DealId,
    /// Its road.
    pub pipeline_id: PipelineId,
    /// Where it stands.
    pub stage_id: StageId,
    /// What that means.
    pub stage_kind: StageKind,
    /// What it is about.
    pub title: String,
    /// What it is worth, in minor units.
    pub amount: Option<i64>,
    /// Of what.
    pub currency: Currency,
    /// What it sorts by.
    pub sort_amount: i64,
    /// When it is expected to close, in days since 1970.
    pub closes_on: Option<i64>,
    /// What it sorts by.
    pub sort_closes: i64,
    /// How likely it is to be won.
    pub probability: i64,
    /// What a person said of that.
    pub manual_probability: Option<i64>,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// Who buys.
    pub company_id: Option<CompanyId>,
    /// Where it came from.
    pub source: String,
    /// What comes next.
    pub next_step: String,
    /// Since when it is in its stage.
    pub entered_at: Timestamp,
    /// Since when it is won or lost.
    pub closed_at: Option<Timestamp>,
    /// Why it was lost.
    pub lost_reason: Option<LostReason>,
    /// In words.
    pub lost_note: String,
    /// Counts changes.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Since when it is in the trash.
    pub deleted_at: Option<Timestamp>,
}

impl Deal {
    /// What it is worth, if anybody said so.
    pub fn money(&self) -> Option<Money> {
        self.amount.map(|amount| Money::new(amount, self.currency))
    }

    /// Its part in the sum of what is to be expected.
    pub fn weighted(&self) -> Option<Money> {
        self.money().map(|money| money.percent(self.probability))
    }

    /// Where its page is.
    pub fn path(&self) -> String {
        format!("/deals/{}", self.id)
    }
}

/// How likely a deal in this stage is to be won: what a person said, while it is open.
pub fn probability(stage: &Stage, manual: Option<i64>) -> i64 {
    if stage.is_open() {
        manual.unwrap_or(stage.probability)
    } else {
        stage.probability
    }
}

/// What an amount sorts by; none sorts below everything.
pub fn sort_amount(money: Option<Money>) -> i64 {
    money.map_or(i64::MIN, Money::thousandths)
}

/// A deal to be made, as typed.
#[derive(Debug, Clone, Default)]
pub struct NewDeal {
    /// Facts, as typed.
    pub facts: Vec<(DealField, String)>,
    /// Where it begins; the first open stage where none is given.
    pub stage_id: Option<StageId>,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// Its company, where that is known by id; wins over a name.
    pub company_id: Option<CompanyId>,
    /// Its people.
    pub contacts: Vec<(ContactId, String)>,
}

impl NewDeal {
    /// A fact, empty where none was given.
    pub fn fact(&self, field: DealField) -> &str {
        let found = self.facts.iter().find(|(f, _)| *f == field);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// What deals add to the stream of their people: made, moved, won, lost, opened again.
pub const ACTS: [&str; 5] = [
    "Deal Created",
    "Deal Moved",
    "Deal Won",
    "Deal Lost",
    "Deal Reopened",
];

/// Roles that are offered; any other may be typed.
pub const ROLES: &[&str] = &[
    "Champion",
    "Decision maker",
    "Blocker",
    "User",
    "Buyer",
    "Legal",
];

/// How long, in words: "19 days", "3 h".
pub fn span(micros: i64) -> String {
    use crate::base::clock::{DAY, HOUR, MINUTE};
    match micros.max(0) {
        t if t >= 2 * DAY => format!("{} days", t / DAY),
        t if t >= DAY => "1 day".to_owned(),
        t if t >= HOUR => format!("{} h", t / HOUR),
        t if t >= MINUTE => format!("{} min", t / MINUTE),
        _ => "a moment".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_kept_as_they_would_be_said() {
        use DealField::{Amount, ClosesOn, Probability, Title};
        for (field, typed, want) in [
            (Amount, "€ 1.250", Ok("1250.00 EUR")),
            (Amount, "1250 jpy", Ok("1250 JPY")),
            (Amount, "", Ok("")),
            (Amount, "dear", Err(())),
            (ClosesOn, "2026-02-28", Ok("2026-02-28")),
            (ClosesOn, "2026-02-30", Err(())),
            (ClosesOn, "12/06/2026", Err(())),
            (ClosesOn, "0026-06-12", Err(())),
            (Probability, "75 %", Ok("75")),
            (Probability, "130", Err(())),
            (Title, " ", Err(())),
        ] {
            let got = field.clean(typed, Currency::EUR).map_err(|_| ());
            assert_eq!(got.as_deref(), want.as_deref().map_err(|()| &()), "{typed}");
        }
    }

    #[test]
    fn days_are_the_calendars() {
        assert_eq!(date("1970-01-02"), Ok(Some(1)));
        assert_eq!(date_word(20_616), "2026-06-12");
        let today = day(20_600);
        assert_eq!(date_shown(20_616, today), "12 Jun");
        assert_eq!(date_shown(20_900, today), "23 Mar 2027");
    }
}
