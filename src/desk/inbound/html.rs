//! The HTML of mails: what may stay of it, by an allow-list, and the page on which it is shown. It stands in a frame without
//! scripts and forms, whose own policy lets no remote image load until the reader asks.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;

use ammonia::{Builder, UrlRelative};

/// Looks that may stay: none of them reaches outside its element or loads anything.
const LOOKS: [&str; 34] = [
    "color",
    "background-color",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "text-align",
    "text-decoration",
    "text-transform",
    "line-height",
    "letter-spacing",
    "white-space",
    "vertical-align",
    "width",
    "height",
    "max-width",
    "min-width",
    "padding",
    "padding-top",
    "padding-right",
    "padding-bottom",
    "padding-left",
    "margin",
    "margin-top",
    "margin-right",
    "margin-bottom",
    "margin-left",
    "border",
    "border-top",
    "border-bottom",
    "border-collapse",
    "border-radius",
    "list-style-type",
];

/// What is left of a mail's HTML; none where nothing can be made of it.
pub fn cleaned(html: &str) -> Option<String> {
    // What opens an element for each of its words takes a parser that follows the standard minutes.
    if html.trim().is_empty() || depth(html) > DEEPEST {
        return None;
    }
    let clean = std::panic::catch_unwind(AssertUnwindSafe(|| builder().clean(html).to_string()));
    clean
        .ok()
        .map(|html| html.replace('\0', ""))
        .filter(|html| !html.trim().is_empty())
}

/// How deep elements may stand in each other; no letter comes near it.
const DEEPEST: usize = 800;

/// How deep they may stand at the most, closing tags believed and the self-closing ones left out.
fn depth(html: &str) -> usize {
    const FLAT: [&str; 20] = [
        "br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "p", "li", "td",
        "th", "tr", "dt", "dd", "option", "tbody", "source",
    ];
    let (mut now, mut deepest) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        let closes = tag.starts_with('/');
        let name = tag
            .trim_start_matches('/')
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        if name.is_empty() || FLAT.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        if closes {
            now = now.saturating_sub(1);
        } else {
            now += 1;
            deepest = deepest.max(now);
        }
    }
    deepest
}

fn builder() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags([
            "font", "center", "u", "section", "article", "header", "footer", "main",
        ])
        .rm_tags(["map", "area"])
        .add_generic_attributes([
            "style", "dir", "lang", "align", "valign", "bgcolor", "title",
        ])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_tag_attributes("table", ["width", "border", "cellpadding", "cellspacing"])
        .add_tag_attributes("td", ["width", "height", "nowrap"])
        .add_tag_attributes("th", ["width", "height", "nowrap"])
        .filter_style_properties(HashSet::from(LOOKS))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .strip_comments(true);
    builder
}

/// Whether something in it would be fetched from elsewhere.
pub fn has_remote(html: &str) -> bool {
    html.contains("src=\"http://") || html.contains("src=\"https://")
}

/// The policy of the frame.
pub fn policy(shows_images: bool) -> String {
    let images = if shows_images { " http: https:" } else { "" };
    format!(
        "default-src 'none'; img-src 'self' data:{images}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )
}

/// The page in the frame. `files`: where the images are that the mail brought along, by their content ids.
#[expect(clippy::implicit_hasher, reason = "one caller, one map")]
pub fn page(html: &str, files: &HashMap<String, String>, shows_images: bool) -> String {
    let mut body = html.to_owned();
    if !shows_images {
        // The policy would refuse them; so nothing even asks.
        body = body
            .replace(" src=\"http://", " data-src=\"http://")
            .replace(" src=\"https://", " data-src=\"https://");
    }
    for (id, href) in files {
        body = body.replace(&format!("\"cid:{id}\""), &format!("\"{href}\""));
    }
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light\"><style>\
         html{{background:#fff;color:#1b1b18}}body{{margin:0;padding:8px 0;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}\
         img{{max-width:100%;height:auto}}table{{max-width:100%}}blockquote{{margin:0 0 0 8px;padding-left:8px;border-left:2px solid #ddd}}\
         </style></head><body>{body}</body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_active_survives() {
        for html in [
            "<script>alert(1)</script><p>a</p>",
            "<p onclick=\"alert(1)\">a</p>",
            "<a href=\"javascript:alert(1)\">a</a>",
            "<iframe src=\"https://x.example\"></iframe>a",
            "<p style=\"background:url(https://x.example/a)\">a</p>",
            "<form action=\"https://x.example\"><input name=\"a\"></form>a",
            "<style>p{color:red}</style><p>a</p>",
            "<meta http-equiv=\"refresh\" content=\"0;url=https://x.example\">a",
            "<svg><script>alert(1)</script></svg>a",
        ] {
            let clean = cleaned(html).expect("something");
            let low = clean.to_lowercase();
            for bad in [
                "script",
                "onclick",
                "javascript",
                "iframe",
                "url(",
                "<form",
                "<style",
                "<meta",
            ] {
                assert!(!low.contains(bad), "{html} → {clean}");
            }
        }
    }

    #[test]
    fn what_stands_too_deep_is_not_even_tried() {
        assert!(cleaned(&"<div>".repeat(100_000)).is_none());
        assert!(cleaned(&"<b><p>a<br></b>".repeat(10_000)).is_some());
    }

    #[test]
    fn links_leave_and_images_are_found() {
        let clean = cleaned("<a href=\"https://x.example\">a</a><img src=\"cid:a@b\"><img src=\"https://x.example/p\">")
            .expect("something");
        assert!(clean.contains("target=\"_blank\""), "{clean}");
        assert!(has_remote(&clean));
        let files = HashMap::from([("a@b".to_owned(), "/files/1".to_owned())]);
        let shown = page(&clean, &files, false);
        assert!(shown.contains("\"/files/1\"") && !shown.contains(" src=\"https:"));
        assert!(page(&clean, &files, true).contains(" src=\"https:"));
        assert!(!policy(false).contains("https:"));
    }
}
