//! Reading HTML with template tags in it, just well enough to find links and words. It is our users' own HTML and is shown
//! in mail programs and in a sandboxed frame, so nothing is sanitised here.

use std::ops::Range;

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Words.
    Text(&'a str),
    /// `<a href="…">`, `</a>`.
    Tag(&'a str),
    /// `<!-- … -->`, `<!doctype …>`.
    Comment(&'a str),
    /// `{{ … }}`, `{% … %}`.
    Expression(&'a str),
}

/// Cuts HTML into pieces; together they are the whole.
pub(super) fn tokens(html: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (token, length) = next(rest);
        found.push(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

fn next(rest: &str) -> (Token<'_>, usize) {
    let upto = |end: &str, from: usize| {
        rest.get(from..)
            .and_then(|text| text.find(end))
            .map_or(rest.len(), |at| from + at + end.len())
    };
    let piece = |length: usize| rest.get(..length).unwrap_or(rest);
    if let Some(length) = expression(rest) {
        return (Token::Expression(piece(length)), length);
    }
    if rest.starts_with("<!--") {
        let length = upto("-->", 4);
        return (Token::Comment(piece(length)), length);
    }
    if rest.starts_with("<!") || rest.starts_with("<?") {
        let length = upto(">", 2);
        return (Token::Comment(piece(length)), length);
    }
    if is_tag(rest) {
        let length = tag_length(rest);
        return (Token::Tag(piece(length)), length);
    }
    // Words end where something else begins.
    let end = rest
        .char_indices()
        .skip(1)
        .find(|(at, c)| {
            let here = rest.get(*at..).unwrap_or_default();
            (*c == '{' && expression(here).is_some())
                || (*c == '<' && (is_tag(here) || here.starts_with("<!") || here.starts_with("<?")))
        })
        .map_or(rest.len(), |(at, _)| at);
    (Token::Text(piece(end)), end)
}

fn is_tag(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('<')
        && chars
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '/')
}

/// How long the template tag is that begins here.
fn expression(text: &str) -> Option<usize> {
    let end = match text.get(..2)? {
        "{{" => "}}",
        "{%" => "%}",
        "{#" => "#}",
        _ => return None,
    };
    text.find(end).map(|at| at + 2)
}

/// Up to the `>` that ends a tag: not one inside quotes or template tags.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        if c == '{'
            && let Some(length) = text.get(at..).and_then(expression)
        {
            skip = at + length;
            continue;
        }
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Name of a tag, lower case, with its slash if it closes.
pub(super) fn name(tag: &str) -> String {
    let inner = tag.trim_start_matches('<');
    let end = inner
        .char_indices()
        .skip(1)
        .find(|(_, c)| !c.is_ascii_alphanumeric())
        .map_or(inner.len(), |(at, _)| at);
    inner.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// Where the value of an attribute stands in a tag.
pub(super) fn attribute(tag: &str, wanted: &str) -> Option<Range<usize>> {
    let bytes = tag.as_bytes();
    let is = |at: usize, test: fn(&u8) -> bool| bytes.get(at).is_some_and(test);
    let mut at = 1;
    while is(at, |b| !b.is_ascii_whitespace()) {
        at += 1;
    }
    while at < bytes.len() {
        while is(at, |b| b.is_ascii_whitespace() || *b == b'/') {
            at += 1;
        }
        let start = at;
        while is(at, |b| !b.is_ascii_whitespace() && !b"=>".contains(b)) {
            at += 1;
        }
        let name = tag.get(start..at).unwrap_or_default();
        while is(at, u8::is_ascii_whitespace) {
            at += 1;
        }
        if !is(at, |b| *b == b'=') {
            if at == start {
                return None;
            }
            continue;
        }
        at += 1;
        while is(at, u8::is_ascii_whitespace) {
            at += 1;
        }
        let value = value(tag, at);
        at = value.end + 1;
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
    }
    None
}

/// The value that begins here, without its quotes.
fn value(tag: &str, at: usize) -> Range<usize> {
    let rest = tag.get(at..).unwrap_or_default();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let from = at + usize::from(quote.is_some());
    let mut skip = 0;
    let text = tag.get(from..).unwrap_or_default();
    for (offset, c) in text.char_indices() {
        if offset < skip {
            continue;
        }
        if c == '{'
            && let Some(length) = text.get(offset..).and_then(expression)
        {
            skip = offset + length;
            continue;
        }
        let ends = match quote {
            Some(quote) => c == quote,
            None => c.is_ascii_whitespace() || c == '>',
        };
        if ends {
            return from..from + offset;
        }
    }
    from..tag.len()
}

/// HTML with every link to a page marked, so that filling it in makes it one of ours.
pub(super) fn mark_links(html: &str) -> String {
    let mut marked = String::with_capacity(html.len() + 2_048);
    let mut position = 0;
    for token in tokens(html) {
        match token {
            Token::Tag(tag) if matches!(name(tag).as_str(), "a" | "area") => {
                match attribute(tag, "href") {
                    Some(range) if is_page(tag.get(range.clone()).unwrap_or_default()) => {
                        position += 1;
                        let part = |range: Range<usize>| tag.get(range).unwrap_or_default();
                        marked.push_str(part(0..range.start));
                        marked.push_str("{% filter tracked(");
                        marked.push_str(&position.to_string());
                        marked.push_str(") %}");
                        marked.push_str(part(range.clone()).trim());
                        marked.push_str("{% endfilter %}");
                        marked.push_str(part(range.end..tag.len()));
                    }
                    _ => marked.push_str(tag),
                }
            }
            Token::Text(text)
            | Token::Tag(text)
            | Token::Comment(text)
            | Token::Expression(text) => {
                marked.push_str(text);
            }
        }
    }
    marked
}

/// Whether a link leads to a page whose visit can be told, rather than to a place in the mail, a phone, or a page of ours.
fn is_page(href: &str) -> bool {
    let href = href.trim();
    let is_ours = href.contains("unsubscribe_url") || href.contains("preferences_url");
    let is_web = href.starts_with("http://") || href.starts_with("https://");
    !is_ours && (is_web || href.starts_with("{{"))
}

/// Text with the entities that occur in links and words made into what they stand for.
pub(super) fn decoded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        let known = entity.and_then(|(name, behind)| Some((sign(name)?, behind)));
        let (sign, behind) = known.unwrap_or(('&', after));
        plain.push(sign);
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

fn sign(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        "pound" => '£',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "rarr" => '→',
        "larr" => '←',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "zwnj" => '\u{200c}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_are_marked_and_nothing_else() {
        for (html, want) in [
            (
                "<p><a class=x href='https://a.example/?b=1&amp;c=2'>A</a>",
                "<p><a class=x href='{% filter tracked(1) %}https://a.example/?b=1&amp;c=2{% endfilter %}'>A</a>",
            ),
            (
                "<A HREF=\"https://a.example/{{ contact.id }}\" style=\"a>b\">A</A>",
                "<A HREF=\"{% filter tracked(1) %}https://a.example/{{ contact.id }}{% endfilter %}\" style=\"a>b\">A</A>",
            ),
            ("<a href=\"#top\">A</a>", "<a href=\"#top\">A</a>"),
            (
                "<a href=\"mailto:a@b.example\">A</a>",
                "<a href=\"mailto:a@b.example\">A</a>",
            ),
            (
                "<a href=\"{{ unsubscribe_url }}\">A</a>",
                "<a href=\"{{ unsubscribe_url }}\">A</a>",
            ),
            ("<a name=x>A</a> 1 < 2 <", "<a name=x>A</a> 1 < 2 <"),
            (
                "<!-- <a href=\"https://x.example\"> --><a href=https://y.example>",
                "<!-- <a href=\"https://x.example\"> --><a href={% filter tracked(1) %}https://y.example{% endfilter %}>",
            ),
        ] {
            assert_eq!(mark_links(html), want);
        }
    }

    #[test]
    fn pieces_together_are_the_whole_whatever_it_is() {
        for html in [
            "",
            "<",
            "a{",
            "{{ a > b }}<b",
            "<a b=\"{% if x > 'y' %}>{% endif %}\">ø</a>",
            "{% x",
            "<!doctype html><?x?>é",
        ] {
            let whole: String = tokens(html)
                .into_iter()
                .map(|token| match token {
                    Token::Text(t) | Token::Tag(t) | Token::Comment(t) | Token::Expression(t) => t,
                })
                .collect();
            assert_eq!(whole, html);
        }
    }

    #[test]
    fn entities_become_signs_and_the_rest_stays() {
        assert_eq!(decoded("a&amp;b&#39;&#x20AC;&nbsp;&foo;&"), "a&b'€ &foo;&");
        assert_eq!(decoded("?copy=1&copy=2"), "?copy=1&copy=2");
    }
}
