//! Content, compiled; and filled in.

use std::io;

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, context};
use mrml::prelude::render::RenderOptions;

use super::fault::Fault;
use super::{html, text};
use crate::base::ids::RecipientId;
use crate::campaigns::links::Links;
use crate::campaigns::model::{Content, Format};
use crate::campaigns::people::Person;

/// Steps of a template before it counts as endless.
const FUEL: u64 = 200_000;
/// Bytes of a filled-in part.
const LARGEST: usize = 1 << 20;
/// Bytes of a body as it is written.
const LONGEST_BODY: usize = 512 * 1024;
/// What is added where a body has no way out of its own.
const WAY_OUT: &str = "<p style=\"font:12px/1.5 sans-serif;color:#666;text-align:center;padding:16px\">\
     <a href=\"{{ preferences_url }}\" style=\"color:#666\">What we may send you</a> · \
     <a href=\"{{ unsubscribe_url }}\" style=\"color:#666\">Unsubscribe</a></p>";

/// Content that can be filled in.
pub struct Compiled {
    env: Environment<'static>,
    links: Links,
    has_own_way_out: bool,
}

/// A mail for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// On one line.
    pub subject: String,
    /// HTML.
    pub html: String,
    /// Text.
    pub text: String,
}

/// Compiles content, or says what is wrong with it.
pub fn compile(content: &Content, links: &Links) -> Result<Compiled, Fault> {
    if content.body.len() > LONGEST_BODY {
        return Err(Fault::new("body", None, "the body is longer than 512 kB"));
    }
    let mut env = environment(links);
    let mut add = |name: &'static str, source: String| {
        env.add_template_owned(name, source)
            .map_err(|error| Fault::of(&error))
    };
    // As it was written: the lines of its faults are those of the editor.
    add("body.html", content.body.clone())?;
    add("subject.txt", content.subject.clone())?;
    add("preheader.txt", content.preheader.clone())?;
    let has_own_way_out = content.body.contains("unsubscribe_url");
    let page = page(content, has_own_way_out)?;
    let marked = html::mark_links(&page);
    add("mail.txt", text::of_html(&marked))?;
    add("mail.html", framed(&marked))?;
    Ok(Compiled {
        env,
        links: links.clone(),
        has_own_way_out,
    })
}

/// The body as HTML, with a way out.
fn page(content: &Content, has_own_way_out: bool) -> Result<String, Fault> {
    let mut page = match content.format {
        Format::Html => content.body.clone(),
        Format::Mjml => {
            let parsed = mrml::parse(&content.body)
                .map_err(|error| Fault::of_mjml(&error, &content.body))?;
            let page = parsed
                .element
                .render(&RenderOptions::default())
                .map_err(|error| Fault::new("body", None, format!("MJML: {error}")))?;
            // What it does not know it leaves as it is, and no mail program knows it either.
            if let Some((_, rest)) = page.split_once("<mj-") {
                return Err(Fault::of_unknown_block(rest, &content.body));
            }
            page
        }
    };
    if !has_own_way_out {
        insert(&mut page, "</body", WAY_OUT);
    }
    Ok(page)
}

/// With the words behind the subject at its beginning and the picture of openings at its end.
fn framed(page: &str) -> String {
    let mut page = page.to_owned();
    let at = page
        .to_ascii_lowercase()
        .find("<body")
        .and_then(|body| Some(body + page.get(body..)?.find('>')? + 1))
        .unwrap_or(0);
    let preheader = "{% if __preheader %}<div style=\"display:none;max-height:0;overflow:hidden\">{{ __preheader }}</div>{% endif %}";
    page.insert_str(at, preheader);
    let pixel =
        "{% if __pixel %}<img src=\"{{ __pixel }}\" width=\"1\" height=\"1\" alt=\"\">{% endif %}";
    insert(&mut page, "</body", pixel);
    page
}

/// Puts `piece` before the last `seam`, or at the end.
fn insert(page: &mut String, seam: &str, piece: &str) {
    let at = page.to_ascii_lowercase().rfind(seam).unwrap_or(page.len());
    page.insert_str(at, piece);
}

fn environment(links: &Links) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_debug(true);
    env.add_filter("fallback", |value: Value, other: Value| {
        let is_empty = value.is_undefined() || value.is_none() || value.as_str() == Some("");
        if is_empty { other } else { value }
    });
    let links = links.clone();
    env.add_filter(
        "tracked",
        move |state: &State<'_, '_>, href: Value, position: usize| {
            let href = html::decoded(href.to_string().trim());
            let url = url::Url::parse(&href)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            let Some(url) = url else {
                let why = format!("link {position} leads nowhere: “{href}” is no address");
                return Err(Error::new(ErrorKind::InvalidOperation, why));
            };
            let recipient = state.lookup("__recipient").and_then(|id| id.as_i64());
            let way = match recipient {
                Some(id) if id > 0 => links.click(RecipientId(id), position, url.as_str()),
                _ => url.as_str().replace('&', "&amp;").replace('"', "%22"),
            };
            Ok(Value::from_safe_string(way))
        },
    );
    env
}

impl Compiled {
    /// Whether the body itself leads out, rather than by what was added.
    pub fn has_own_way_out(&self) -> bool {
        self.has_own_way_out
    }

    /// Fills it in. A recipient of zero is a preview: its links lead straight on, nothing is counted, and whoever is shown
    /// it does not get the page of the person it is shown as.
    pub fn render(&self, person: &Person, recipient: RecipientId) -> Result<Rendered, Fault> {
        // Addresses of ours hold no sign that HTML minds.
        let leave = self.links.unsubscribe(recipient);
        let (pixel, choose) = match recipient.0 {
            0 => (String::new(), leave.clone()),
            _ => (
                self.links.pixel(recipient),
                self.links.preferences(person.contact),
            ),
        };
        let words = context! {
            unsubscribe_url => Value::from_safe_string(leave),
            preferences_url => Value::from_safe_string(choose),
            __recipient => recipient.0,
            __pixel => Value::from_safe_string(pixel),
            ..person.values.clone(),
        };
        let preheader = self.fill("preheader.txt", words.clone())?;
        let subject = self.fill("subject.txt", words.clone())?;
        let words = context! { __preheader => preheader.trim(), ..words };
        let html = match self.fill("mail.html", words.clone()) {
            Ok(html) => html,
            // The same fault in the body as it was written has the line the editor knows.
            Err(fault) => {
                let body = self.fill("body.html", words).err();
                return Err(body.unwrap_or(Fault {
                    line: None,
                    ..fault
                }));
            }
        };
        let text = self.fill("mail.txt", words)?;
        Ok(Rendered {
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            html,
            text: tidied(&text),
        })
    }

    fn fill(&self, name: &str, words: Value) -> Result<String, Fault> {
        let template = self.env.get_template(name).map_err(|e| Fault::of(&e))?;
        let mut out = Capped(Vec::with_capacity(4_096));
        template
            .render_captured_to(words, &mut out)
            .map_err(|error| Fault::of(&error))?;
        Ok(String::from_utf8_lossy(&out.0).into_owned())
    }
}

/// Empty lines that conditions left behind are gone.
fn tidied(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Takes so much and no more.
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
