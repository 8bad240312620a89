//! Rules for files whatever they hold: names, sizes, ends of lines, and nothing of one machine.

use std::collections::BTreeSet;

use crate::reader::tokens;
use crate::tree::{numbered, report, sources, text, tracked, walk};

const BANNED_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];
const LONGEST_FILE: usize = 500;
const LONGEST_MEDIAN: usize = 150;

#[test]
fn every_name_says_something() {
    let mut found = Vec::new();
    for path in ["src", "tests", "templates", "static", "benches"]
        .iter()
        .flat_map(|dir| walk(dir))
    {
        for part in path
            .split('/')
            .map(|part| part.split('.').next().unwrap_or(part))
        {
            if BANNED_NAMES.contains(&part.trim_start_matches('_')) {
                found.push(format!("{path}: `{part}`"));
            }
        }
    }
    for source in sources() {
        for pair in tokens(&source.code).windows(2) {
            if let [(_, word), (line, name)] = pair
                && word == "mod"
                && BANNED_NAMES.contains(&name.as_str())
            {
                found.push(format!("{}:{line}: `mod {name}`", source.path));
            }
        }
    }
    report("no module is called util, helper, common or misc", found);
}

#[test]
fn files_stay_small() {
    let mut found = Vec::new();
    let mut sizes = Vec::new();
    for source in sources() {
        let size = source.text.lines().count();
        sizes.push(size);
        if size > LONGEST_FILE && source.path != "src/db/schema.rs" {
            found.push(format!(
                "{}:{size}: longer than {LONGEST_FILE} lines",
                source.path
            ));
        }
    }
    sizes.sort_unstable();
    let median = sizes.get(sizes.len() / 2).copied().unwrap_or(0);
    if median > LONGEST_MEDIAN {
        found.push(format!(
            "src: the median is {median} lines, more than {LONGEST_MEDIAN}"
        ));
    }
    report("files stay small", found);
}

#[test]
fn every_file_says_what_it_holds() {
    let silent = sources().into_iter().filter(|s| !s.text.starts_with("//!"));
    report(
        "a source file opens with `//!`",
        silent.map(|s| format!("{}:1", s.path)).collect(),
    );
}

#[test]
fn both_migration_trees_agree() {
    let mut found = Vec::new();
    let [sqlite, postgres] = ["sqlite", "postgres"].map(|tree| {
        let dir = format!("migrations/{tree}");
        let files = walk(&dir);
        let inside = |path: &String| {
            path.strip_prefix(&dir)?
                .strip_prefix('/')
                .map(str::to_owned)
        };
        files
            .iter()
            .filter_map(inside)
            .collect::<BTreeSet<String>>()
    });
    for (tree, other, missing) in [
        ("sqlite", "postgres", sqlite.difference(&postgres)),
        ("postgres", "sqlite", postgres.difference(&sqlite)),
    ] {
        found.extend(
            missing.map(|file| format!("migrations/{other}/{file}: stands only under {tree}")),
        );
    }
    let folders: BTreeSet<&str> = sqlite
        .union(&postgres)
        .filter_map(|file| Some(file.split_once('/')?.0))
        .collect();
    for folder in &folders {
        for file in ["up.sql", "down.sql"].map(|name| format!("{folder}/{name}")) {
            if !sqlite.contains(&file) && !postgres.contains(&file) {
                found.push(format!("migrations/*/{file}: missing"));
            }
        }
    }
    if folders.is_empty() && sources().iter().any(|s| s.top() == Some("db")) {
        found.push("migrations: there are none".to_owned());
    }
    report(
        "both migration trees hold the same folders, each with up.sql and down.sql",
        found,
    );
}

#[test]
fn no_line_ends_in_space() {
    let mut found = Vec::new();
    let dirs = [
        "src",
        "templates",
        "static/css",
        "static/js",
        "migrations",
        "tests",
    ];
    for path in dirs.iter().flat_map(|dir| walk(dir)) {
        let Some(text) = text(&path) else { continue };
        for (line, content) in numbered(&text) {
            if content.ends_with([' ', '\t', '\r']) {
                found.push(format!("{path}:{line}"));
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            found.push(format!("{path}: the last line has no end"));
        }
    }
    report("no line ends in white space", found);
}

#[test]
fn nothing_names_one_machine() {
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let hosts = [
        concat!("registry.", "npmjs.org"),
        concat!("registry.", "yarnpkg.com"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("pypi.", "org"),
        concat!("files.", "pythonhosted.org"),
        concat!("deb.", "debian.org"),
        concat!("security.", "debian.org"),
    ];
    let mut found = Vec::new();
    for path in tracked() {
        let Some(text) = text(&path) else { continue };
        for (line, content) in numbered(&text) {
            // A place begins a path; what follows a host or a folder is somebody else's.
            let begins = |at: usize| {
                let before = content.split_at(at).0.chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && !"./_-~}".contains(c))
            };
            let has_place = |place: &str| content.match_indices(place).any(|(at, _)| begins(at));
            let named_places = places.iter().filter(|place| has_place(place));
            let named_hosts = hosts.iter().filter(|host| content.contains(**host));
            let named = named_places.chain(named_hosts);
            found.extend(named.map(|name| format!("{path}:{line}: `{name}`")));
        }
    }
    report(
        "no local path and no registry host stands in the repository",
        found,
    );
}
