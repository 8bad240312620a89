//! Figures, as a small table or as JSON.

use super::super::say;

/// One measured number.
#[derive(Debug, Clone)]
struct Figure {
    key: String,
    label: String,
    value: f64,
    unit: &'static str,
}

/// What one run measured.
#[derive(Debug, Default)]
pub(super) struct Report {
    title: String,
    figures: Vec<Figure>,
}

impl Report {
    pub fn new(title: String) -> Self {
        Self {
            title,
            figures: Vec::new(),
        }
    }

    /// Adds a number; `key` names it in JSON.
    pub fn add(
        &mut self,
        key: impl Into<String>,
        label: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) {
        self.figures.push(Figure {
            key: key.into(),
            label: label.into(),
            value,
            unit,
        });
    }

    /// A number that was added.
    pub fn value(&self, key: &str) -> f64 {
        let found = self.figures.iter().find(|figure| figure.key == key);
        found.map_or(0.0, |figure| figure.value)
    }

    /// Prints it.
    pub fn print(&self, as_json: bool) {
        if as_json {
            let figures: serde_json::Map<String, serde_json::Value> = self
                .figures
                .iter()
                .map(|figure| (figure.key.clone(), rounded(figure.value).into()))
                .collect();
            say(&serde_json::json!({ "title": self.title, "figures": figures }).to_string());
            return;
        }
        say(&self.title);
        let width = self
            .figures
            .iter()
            .map(|figure| figure.label.chars().count())
            .max()
            .unwrap_or(0);
        for figure in &self.figures {
            let gap = " ".repeat(width - figure.label.chars().count());
            say(&format!(
                "  {}{gap}  {:>12} {}",
                figure.label,
                shown(figure.value),
                figure.unit
            ));
        }
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// Thousands in groups; decimals only where they matter.
fn shown(value: f64) -> String {
    if value.abs() < 100.0 && value.fract() != 0.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 {
        text.insert(0, '-');
    }
    text
}

/// The value that `share` of all are at or below; sorts them.
pub(super) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let n = (values.len() as f64 * share).ceil() as usize;
    values
        .get(n.saturating_sub(1).min(last))
        .copied()
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_in_groups() {
        assert_eq!(shown(1_234_567.0), "1,234,567");
        assert_eq!(shown(12.345), "12.35");
        assert_eq!(shown(999.0), "999");
        assert_eq!(shown(0.0), "0");
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&mut values, 0.5).to_bits(), 50.0_f64.to_bits());
        assert_eq!(percentile(&mut values, 0.99).to_bits(), 99.0_f64.to_bits());
        assert_eq!(percentile(&mut [], 0.99).to_bits(), 0.0_f64.to_bits());
    }
}
