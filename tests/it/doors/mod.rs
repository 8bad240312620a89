//! Every door of the house at once: the routes as the source lists them, so that a new one is tried without being named.

mod hostile;
mod leaks;
mod rights;
mod sides;
mod team_views;
mod teams;

use std::path::Path;

/// A route: its method, and its path with 1 for every part that is filled in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Door {
    method: String,
    pattern: String,
}

impl Door {
    fn path(&self) -> String {
        let filled = |part: &str| match part.strip_prefix('{') {
            Some(_) => "1".to_owned(),
            None => part.to_owned(),
        };
        let parts: Vec<String> = self.pattern.split('/').map(filled).collect();
        parts.join("/")
    }
}

/// Every `.route("path", method().to(…))` of the source.
fn doors() -> Vec<Door> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs")
                && !path.ends_with("gallery.rs")
            {
                read(&std::fs::read_to_string(path).expect("a file"), &mut found);
            }
        }
    }
    found.sort();
    found
}

fn read(source: &str, found: &mut Vec<Door>) {
    let constant = source
        .split_once("const PATH: &str = \"")
        .and_then(|(_, rest)| rest.split('"').next());
    for call in source.split(".route(").skip(1) {
        let call = call.trim_start();
        let pattern = match call.strip_prefix('"') {
            Some(rest) => rest.split('"').next(),
            None => call.strip_prefix("PATH").and(constant),
        };
        let Some((_, rest)) = call.split_once(',') else {
            continue;
        };
        let method = rest.trim_start().split('(').next().unwrap_or_default();
        let method = method.rsplit("::").next().unwrap_or_default();
        let pattern = pattern.filter(|pattern| pattern.starts_with('/'));
        if let (Some(pattern), "get" | "post" | "patch") = (pattern, method) {
            found.push(Door {
                method: method.to_owned(),
                pattern: pattern.to_owned(),
            });
        }
    }
}
