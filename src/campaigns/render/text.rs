//! The plain-text part, made from the HTML before it is filled in: template tags stay where they stand.

use super::html::{Token, attribute, decoded, name, tokens};

/// Tags that begin a new line.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "tr",
    "table",
    "ul",
    "ol",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "header",
    "footer",
    "article",
    "td",
    "th",
    "center",
    "hr",
    "pre",
];
/// What nobody reads.
const UNSEEN: &[&str] = &["head", "style", "script", "title", "noscript", "template"];

/// Words of HTML, with addresses of links in brackets behind them.
pub(super) fn of_html(html: &str) -> String {
    let mut writer = Writer::default();
    for token in tokens(html) {
        match token {
            Token::Text(text) => writer.words(&decoded(text)),
            Token::Expression(text) => writer.expression(text),
            Token::Comment(_) => {}
            Token::Tag(tag) => writer.tag(tag),
        }
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    text: String,
    unseen: Option<String>,
    link: Option<String>,
}

impl Writer {
    fn words(&mut self, words: &str) {
        if self.unseen.is_some() {
            return;
        }
        for (n, word) in words.split_whitespace().enumerate() {
            let needs_space = n > 0 || words.starts_with(char::is_whitespace);
            if needs_space && !self.text.ends_with([' ', '\n']) && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
        let ends_wide = words.ends_with(char::is_whitespace);
        if ends_wide && !self.text.ends_with([' ', '\n']) && !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    fn expression(&mut self, text: &str) {
        // Inside a head there may still be a {% set %} that the body needs.
        if self.unseen.is_none() || text.starts_with("{%") {
            self.text.push_str(text);
        }
    }

    fn tag(&mut self, tag: &str) {
        let name = name(tag);
        let bare = name.trim_start_matches('/');
        if let Some(open) = &self.unseen {
            if name.starts_with('/') && bare == open {
                self.unseen = None;
            }
            return;
        }
        match (name.as_str(), bare) {
            (open, _) if UNSEEN.contains(&open) && !tag.ends_with("/>") => {
                self.unseen = Some(open.to_owned());
            }
            ("br", _) => self.text.push('\n'),
            ("li", _) => {
                self.new_line();
                self.text.push_str("- ");
            }
            ("img", _) => {
                if let Some(alt) = attribute(tag, "alt").and_then(|range| tag.get(range)) {
                    self.words(&decoded(alt));
                }
            }
            ("a", _) => {
                self.link = attribute(tag, "href")
                    .and_then(|range| tag.get(range))
                    .map(str::trim)
                    .filter(|href| !href.is_empty() && !href.starts_with('#'))
                    .map(str::to_owned);
            }
            ("/a", _) => {
                if let Some(href) = self.link.take() {
                    self.text.push_str(" (");
                    self.text.push_str(&href);
                    self.text.push(')');
                }
            }
            (_, "p" | "h1" | "h2" | "h3" | "h4" | "table" | "ul" | "ol") => {
                self.new_line();
                self.text.push('\n');
            }
            (_, bare) if BLOCKS.contains(&bare) => self.new_line(),
            _ => {}
        }
    }

    fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// At most one empty line in a row, none at the ends.
    fn finish(self) -> String {
        let mut lines: Vec<&str> = Vec::new();
        for line in self.text.lines().map(str::trim) {
            let is_second_gap = line.is_empty() && lines.last().is_none_or(|last| last.is_empty());
            if !is_second_gap && line != "-" {
                lines.push(line);
            }
        }
        lines.join("\n").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_links_and_lists_survive() {
        let html = "<html><head><title>T</title><style>p{}</style></head><body><h1>Hello  {{ contact.first_name }}</h1>\
            <p>One<br>two &amp; <b>three</b>.</p><ul><li>A</li><li>B</li></ul>\
            <a href=\"https://a.example/\"><img src=x alt=\"Go\"></a><!--[if mso]><p>no</p><![endif]--></body></html>";
        assert_eq!(
            of_html(html),
            "Hello {{ contact.first_name }}\n\nOne\ntwo & three.\n\n- A\n- B\n\nGo (https://a.example/)"
        );
    }
}
