//! What is wrong with content, where, in words for whoever writes it.

use minijinja::ErrorKind;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `subject`, `preheader` or `body`.
    pub field: &'static str,
    /// Line of that field, where it is known.
    pub line: Option<usize>,
    /// What.
    pub message: String,
}

impl Fault {
    /// One of our own.
    pub fn new(field: &'static str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            field,
            line,
            message: message.into(),
        }
    }

    /// What the template language says.
    pub(super) fn of(error: &minijinja::Error) -> Self {
        let field = match error.name() {
            Some("subject.txt") => "subject",
            Some("preheader.txt") => "preheader",
            _ => "body",
        };
        let detail = error.detail().unwrap_or_default();
        let message = match error.kind() {
            ErrorKind::UndefinedError => {
                let what = written(error).unwrap_or_else(|| "a field".to_owned());
                format!(
                    "{what} is empty here. Say what stands there instead: {{{{ {what} | fallback(\"…\") }}}}."
                )
            }
            ErrorKind::OutOfFuel => "this never ends, or takes far too long".to_owned(),
            ErrorKind::UnknownFilter => format!("there is no such filter: {detail}"),
            ErrorKind::WriteFailure => "the mail becomes larger than a megabyte".to_owned(),
            kind if detail.is_empty() => kind.to_string(),
            _ => detail.to_owned(),
        };
        Self::new(field, error.line(), message)
    }

    /// What is wrong with MJML.
    pub(super) fn of_mjml(error: &mrml::prelude::parser::Error, source: &str) -> Self {
        let words = error.to_string();
        let place = words.rsplit("position ").next();
        let start = place.and_then(|span| span.split(':').next()?.parse::<usize>().ok());
        let line = start.map(|at| 1 + source.bytes().take(at).filter(|b| *b == b'\n').count());
        let what = words.split(" in root template").next().unwrap_or_default();
        let message = format!(
            "MJML: {what}. Text and {{% … %}} stand inside mj-text, mj-button or mj-raw, never between blocks."
        );
        Self::new("body", line, message)
    }
}

impl Fault {
    /// A block that MJML does not have; `rest` begins behind its `<mj-`.
    pub(super) fn of_unknown_block(rest: &str, source: &str) -> Self {
        let name = rest
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .next();
        let name = name.unwrap_or_default();
        let at = source.find(&format!("<mj-{name}"));
        let line = at.map(|at| 1 + source.bytes().take(at).filter(|b| *b == b'\n').count());
        let message = format!("MJML: there is no block mj-{name}, or not in this place");
        Self::new("body", line, message)
    }
}

/// The expression the fault speaks of, as it was written.
fn written(error: &minijinja::Error) -> Option<String> {
    let (source, range) = (error.template_source()?, error.range()?);
    let text = source.get(range)?.trim();
    let text = text.trim_matches(|c| "{}% ".contains(c)).trim();
    (!text.is_empty() && text.len() < 80 && !text.contains('<')).then(|| text.to_owned())
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.field, self.message),
            None => write!(f, "{}: {}", self.field, self.message),
        }
    }
}
