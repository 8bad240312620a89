//! Rows and words of pipelines: the road deals take, and its stages.

use diesel::prelude::*;

use crate::base::ids::{PipelineId, StageId};
use crate::base::{Timestamp, text};
use crate::db::schema::{pipelines, stages};
use crate::text_enum;

/// Stages a pipeline can have.
pub const MOST_STAGES: usize = 30;

text_enum!(
    /// What being in a stage means.
    StageKind {
        /// Under way.
        Open => "open",
        /// Bought.
        Won => "won",
        /// Did not come to be.
        Lost => "lost",
    }
);

impl StageKind {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Won => "Won",
            Self::Lost => "Lost",
        }
    }

    /// The tone of its dot.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Open => "accent",
            Self::Won => "green",
            Self::Lost => "",
        }
    }

    /// Choices of a form.
    pub fn options() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|k| (k.word(), k.label())).collect()
    }
}

/// A pipeline as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = pipelines)]
pub struct Pipeline {
    /// Id.
    pub id: PipelineId,
    /// What it is called.
    pub name: String,
}

/// A stage as it is stored.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = stages)]
pub struct Stage {
    /// Id.
    pub id: StageId,
    /// Of which pipeline.
    pub pipeline_id: PipelineId,
    /// What it is called.
    pub name: String,
    /// Its place.
    pub position: i64,
    /// What being in it means.
    pub kind: StageKind,
    /// Percent of its deals that are expected to be won.
    pub probability: i64,
    /// Days after which a deal in it has waited too long.
    pub rotting_days: Option<i64>,
    /// Since when nothing enters it any more.
    pub removed_at: Option<Timestamp>,
}

impl Stage {
    /// Whether deals in it are under way.
    pub fn is_open(&self) -> bool {
        self.kind == StageKind::Open
    }
}

/// A stage as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageForm {
    /// Name.
    pub name: String,
    /// What being in it means; only for a new one.
    pub kind: StageKind,
    /// Percent.
    pub probability: i64,
    /// Days after which a deal has waited too long.
    pub rotting_days: Option<i64>,
}

impl StageForm {
    /// From what was typed; what is wrong with it, by field.
    pub fn read(
        name: &str,
        kind: StageKind,
        probability: &str,
        rotting_days: &str,
    ) -> Result<Self, (&'static str, &'static str)> {
        let name = text::line(name, 60);
        if name.is_empty() {
            return Err(("name", "A stage needs a name."));
        }
        let probability = match kind {
            StageKind::Won => 100,
            StageKind::Lost => 0,
            StageKind::Open => percent(probability)
                .ok_or(("probability", "Write a whole number from 0 to 100."))?,
        };
        let rotting_days = match rotting_days.trim() {
            "" => None,
            days => match days.parse::<u16>() {
                Ok(days) if (1..=1_000).contains(&days) => Some(i64::from(days)),
                _ => return Err(("rotting_days", "Write a number of days, or nothing.")),
            },
        };
        Ok(Self {
            name,
            kind,
            probability,
            rotting_days: rotting_days.filter(|_| kind == StageKind::Open),
        })
    }
}

/// "75", "75 %": a share of a hundred.
pub fn percent(typed: &str) -> Option<i64> {
    let figures = typed.trim().trim_end_matches('%').trim_end();
    figures
        .parse::<u8>()
        .ok()
        .filter(|n| *n <= 100)
        .map(i64::from)
}

/// The pipeline a new workspace begins with.
pub const FIRST: &[(&str, StageKind, i64, Option<i64>)] = &[
    ("Lead", StageKind::Open, 10, Some(21)),
    ("Qualified", StageKind::Open, 25, Some(21)),
    ("Proposal", StageKind::Open, 50, Some(30)),
    ("Negotiation", StageKind::Open, 75, Some(30)),
    ("Won", StageKind::Won, 100, None),
    ("Lost", StageKind::Lost, 0, None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_of_a_stage_is_checked() {
        let read = |name, p, days| StageForm::read(name, StageKind::Open, p, days);
        assert_eq!(
            read(" Demo ", "40 %", ""),
            Ok(StageForm {
                name: "Demo".to_owned(),
                kind: StageKind::Open,
                probability: 40,
                rotting_days: None,
            })
        );
        for (name, p, days, field) in [
            ("", "40", "", "name"),
            ("Demo", "101", "", "probability"),
            ("Demo", "-1", "", "probability"),
            ("Demo", "", "", "probability"),
            ("Demo", "40", "0", "rotting_days"),
            ("Demo", "40", "soon", "rotting_days"),
        ] {
            assert_eq!(read(name, p, days).map_err(|(f, _)| f), Err(field));
        }
        let won = StageForm::read("Signed", StageKind::Won, "", "9");
        assert_eq!(
            won.map(|s| (s.probability, s.rotting_days)),
            Ok((100, None))
        );
    }
}
