//! Rules for what the browser gets: templates without inline code or queries, assets that exist and are small.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;

use crate::reader::{attributes, blank, paths, tags, tokens};
use crate::tree::{bytes, here, kind, numbered, report, sources, templates, text, walk};

/// Where unescaped HTML is allowed and why, one `path: reason` a line.
pub const SAFE_LIST: &str = "templates/safe.txt";

#[test]
fn templates_hold_no_inline_code() {
    let mut found = Vec::new();
    for template in templates() {
        // Mail readers know no style sheets, and no policy guards them: only there may a style stand inline.
        let is_mail =
            template.path.starts_with("templates/mail/") || template.path.ends_with("/mail.html");
        for (line, tag, body) in tags(&template.html()) {
            let name = tag
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default();
            for attribute in attributes(&tag) {
                let is_style = attribute == "style" && !is_mail;
                let is_handler = attribute.len() > 2 && attribute.starts_with("on");
                if is_style || is_handler {
                    found.push(format!(
                        "{}:{line}: `{attribute}=` on <{name}>",
                        template.path
                    ));
                }
            }
            if name == "script" && !body.trim_start().to_lowercase().starts_with("</script") {
                found.push(format!("{}:{line}: a script with a body", template.path));
            }
            if name == "style" && !is_mail {
                found.push(format!(
                    "{}:{line}: a style sheet inside the page",
                    template.path
                ));
            }
        }
        for (line, content) in numbered(&template.code) {
            if content.to_lowercase().contains("javascript:") {
                found.push(format!("{}:{line}: a `javascript:` address", template.path));
            }
        }
    }
    report("templates hold no inline script, style or handler", found);
}

#[test]
fn templates_hold_no_query() {
    let modules = ["diesel", "sql_query", "store", "actions"];
    let calls = [
        "load",
        "get_result",
        "get_results",
        "execute",
        "read",
        "write",
    ];
    let mut found = Vec::new();
    for template in templates() {
        for (line, path) in paths(&template.logic()) {
            if path.iter().any(|part| modules.contains(&part.as_str())) {
                found.push(format!("{}:{line}: `{}`", template.path, path.join("::")));
            }
        }
        for three in tokens(&template.logic()).windows(3) {
            if let [(line, dot), (_, call), (_, open)] = three
                && dot == "."
                && open == "("
                && calls.contains(&call.as_str())
            {
                found.push(format!("{}:{line}: `.{call}()`", template.path));
            }
        }
    }
    report("a template shows what it was given and asks nothing", found);
}

#[test]
fn unescaped_html_is_listed_with_its_reason() {
    let mut found = Vec::new();
    let list = Some(SAFE_LIST).filter(|list| here(list).exists());
    let listed = list.and_then(text).unwrap_or_default();
    let mut reasons = BTreeMap::new();
    let entries = numbered(&listed).filter(|(_, entry)| !entry.is_empty());
    for (line, entry) in entries {
        match entry.split_once(": ") {
            Some((path, reason)) if reason.len() > 10 => {
                reasons.insert(path.to_owned(), line);
            }
            _ => found.push(format!("{SAFE_LIST}:{line}: write `path: reason`")),
        }
    }
    let mut uses = BTreeMap::new();
    for template in templates() {
        for (line, content) in numbered(&template.logic()) {
            let bare: String = content.chars().filter(|c| !c.is_whitespace()).collect();
            if bare.contains("|safe")
                || bare.contains("|escape(\"none\")")
                || bare.contains("autoescapefalse")
            {
                uses.entry(template.path.clone()).or_insert(line);
            }
        }
    }
    for source in sources() {
        for (line, path) in paths(&source.production()) {
            let is_safe =
                |pair: &[String]| pair == ["filters", "Safe"] || pair == ["filters", "safe"];
            if path.windows(2).any(is_safe) {
                uses.entry(source.path.clone()).or_insert(line);
            }
        }
    }
    let unlisted = uses.iter().filter(|(path, _)| !reasons.contains_key(*path));
    found.extend(
        unlisted.map(|(path, line)| format!("{path}:{line}: unescaped, and not in {SAFE_LIST}")),
    );
    let unused = reasons.iter().filter(|(path, _)| !uses.contains_key(*path));
    found.extend(
        unused.map(|(path, line)| format!("{SAFE_LIST}:{line}: {path} escapes everything")),
    );
    report("unescaped HTML is listed with its reason", found);
}

#[test]
fn every_template_is_used() {
    let templates = templates();
    let sources: Vec<String> = sources().iter().map(|s| blank(&s.text, true)).collect();
    let mut found = Vec::new();
    for template in &templates {
        let name = template.path.trim_start_matches("templates/");
        let quoted = format!("\"{name}\"");
        let is_named = sources.iter().any(|code| code.contains(&quoted))
            || templates
                .iter()
                .any(|other| other.path != template.path && other.code.contains(&quoted));
        if !is_named {
            found.push(format!(
                "{}: named by no source and no template",
                template.path
            ));
        }
    }
    report("every template is used", found);
}

#[test]
fn every_named_asset_exists() {
    let mut found = Vec::new();
    let mut texts: Vec<(String, String)> =
        templates().into_iter().map(|t| (t.path, t.code)).collect();
    texts.extend(
        sources()
            .into_iter()
            .map(|s| (s.path, blank(&s.text, true))),
    );
    for (path, code) in texts {
        for (line, content) in numbered(&code) {
            for name in content
                .split("asset(\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                if name != "app.css" && !here(&format!("static/{name}")).is_file() {
                    found.push(format!("{path}:{line}: static/{name} does not exist"));
                }
            }
        }
    }
    report("every asset that is named exists", found);
}

#[test]
fn the_style_sheet_order_is_complete() {
    let files: BTreeSet<String> = walk("static/css")
        .iter()
        .filter(|path| kind(path) == "css")
        .map(|path| path.trim_start_matches("static/css/").to_owned())
        .collect();
    let order = if files.is_empty() {
        String::new()
    } else {
        text("static/css/order.txt").unwrap_or_default()
    };
    let mut listed = BTreeSet::new();
    let mut found = Vec::new();
    for (line, name) in numbered(&order).filter(|(_, name)| !name.is_empty()) {
        if !files.contains(name) {
            found.push(format!(
                "static/css/order.txt:{line}: `{name}` does not exist"
            ));
        }
        if !listed.insert(name.to_owned()) {
            found.push(format!(
                "static/css/order.txt:{line}: `{name}` stands twice"
            ));
        }
    }
    found.extend(
        files
            .difference(&listed)
            .map(|name| format!("static/css/{name}: not in order.txt")),
    );
    report("static/css/order.txt lists exactly the sheets", found);
}

#[test]
fn assets_stay_within_their_budget() {
    let (mut css, mut js, mut tracker) = (Vec::new(), Vec::new(), Vec::new());
    for path in walk("static") {
        match kind(&path) {
            "css" => css.extend(bytes(&path)),
            "js" if path.ends_with("/tracker.js") => tracker.push(bytes(&path)),
            "js" => js.push(bytes(&path)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    // What is served as one file is measured as one file: the sheets together, each module apart.
    for (name, parts, packed, raw) in [
        ("static/css", vec![css], 30_000, 160_000),
        ("static/js", js, 30_000, 120_000),
        ("tracker.js", tracker, 4_000, 16_000),
    ] {
        let size: usize = parts.iter().map(Vec::len).sum();
        match parts
            .iter()
            .map(|part| gzipped(part))
            .sum::<Option<usize>>()
        {
            Some(small) if small > packed => {
                found.push(format!("{name}: {small} bytes gzipped, budget {packed}"));
            }
            None if size > raw => {
                found.push(format!("{name}: {size} bytes, budget without gzip {raw}"));
            }
            _ => {}
        }
    }
    report("assets stay within their budget", found);
}

/// Size after `gzip -9`; `None` where there is no gzip.
fn gzipped(input: &[u8]) -> Option<usize> {
    let mut gzip = Command::new("gzip")
        .arg("-9")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut pipe = gzip.stdin.take()?;
    thread::scope(|scope| {
        scope.spawn(move || pipe.write_all(input));
        gzip.wait_with_output()
            .ok()
            .map(|answer| answer.stdout.len())
    })
}
