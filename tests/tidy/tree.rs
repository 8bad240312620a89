//! The tree the rules look at: sources with their place among the modules, templates with their owner.

#![expect(
    clippy::panic,
    reason = "a file that cannot be read must fail the rule, not pass it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::reader::{blank, keep, tokens};
use crate::{SLICES, floor, room};

/// A file of `src`: its place in the module tree, and its text with comments and strings blanked out.
pub struct Source {
    pub path: String,
    pub module: Vec<String>,
    pub text: String,
    pub code: String,
}

impl Source {
    /// The top module it belongs to; none for `lib.rs` and `main.rs`.
    pub fn top(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// Whether it stands above files of its own, which it names and which name it.
    pub fn is_door(&self, sources: &[Source]) -> bool {
        let is_below = |other: &Source| other.module.len() > self.module.len();
        sources
            .iter()
            .any(|s| is_below(s) && s.module.starts_with(&self.module))
    }

    /// Which room of a slice it is, if it is one.
    pub fn room(&self) -> Option<usize> {
        let is_slice = self
            .top()
            .and_then(floor)
            .is_some_and(|floor| SLICES.contains(&floor));
        room(&self.module).filter(|_| is_slice)
    }

    /// The code that ships: without what stands under `#[cfg(test)]`.
    pub fn production(&self) -> String {
        if self.module.iter().any(|part| part == "tests") {
            return String::new();
        }
        let mut code = String::new();
        let mut rest = self.code.as_str();
        while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
            let mut depth = 0_usize;
            let end = after.char_indices().find(|(_, c)| {
                match c {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0 && matches!(c, '}' | ';')
            });
            let (tests, left) = after.split_at(end.map_or(after.len(), |(at, _)| at + 1));
            code.push_str(before);
            code.extend(tests.chars().filter(|c| *c == '\n'));
            rest = left;
        }
        code + rest
    }
}

/// A file of `templates` without its comments.
pub struct Template {
    pub path: String,
    pub code: String,
}

impl Template {
    /// The module it is drawn by: its folder's, or the HTTP kit's for layouts and macros.
    pub fn owner(&self) -> &str {
        let folder = self.path.split('/').nth(1).unwrap_or_default();
        if floor(folder).is_some() {
            folder
        } else {
            "web"
        }
    }

    /// Only what the browser gets.
    pub fn html(&self) -> String {
        keep(&keep(&self.code, "{%", "%}", false), "{{", "}}", false)
    }

    /// Only what is computed.
    pub fn logic(&self) -> String {
        let statements = keep(&self.code, "{%", "%}", true);
        let values = keep(&self.code, "{{", "}}", true);
        let pairs = statements.lines().zip(values.lines());
        pairs.flat_map(|(a, b)| [a, " ", b, "\n"]).collect()
    }
}

/// Every Rust file of `src`.
pub fn sources() -> Vec<Source> {
    let files = walk("src").into_iter().filter(|path| kind(path) == "rs");
    let read = |path: String| {
        let text = text(&path).unwrap_or_else(|| panic!("{path} is no text"));
        let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
        let module = match inside {
            "lib" | "main" => Vec::new(),
            _ => inside
                .trim_end_matches("/mod")
                .split('/')
                .map(str::to_owned)
                .collect(),
        };
        let code = blank(&text, false);
        Source {
            path,
            module,
            text,
            code,
        }
    };
    files.map(read).collect()
}

/// Every template.
pub fn templates() -> Vec<Template> {
    let files = walk("templates")
        .into_iter()
        .filter(|path| path != crate::pages::SAFE_LIST);
    let read = |path: String| {
        let text = text(&path).unwrap_or_else(|| panic!("{path} is no text"));
        Template {
            path,
            code: keep(&text, "{#", "#}", false),
        }
    };
    files.map(read).collect()
}

/// Where each macro is written, by name: `crate::name!` is an arrow to there.
pub fn macro_homes(sources: &[Source]) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    for source in sources {
        for three in tokens(&source.code).windows(3) {
            if let [(_, word), (_, bang), (_, name)] = three
                && word == "macro_rules"
                && bang == "!"
                && let Some(top) = source.top()
            {
                homes.insert(name.clone(), top.to_owned());
            }
        }
    }
    homes
}

/// The path seen from the crate's root, if it stays inside the crate.
pub fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let base = match path.first()?.as_str() {
        "crate" => &[],
        "self" => module,
        "super" => module.get(..module.len().checked_sub(ups)?)?,
        _ => return None,
    };
    Some(
        base.iter()
            .chain(path.iter().skip(ups.max(1)))
            .cloned()
            .collect(),
    )
}

/// A path of the repository, as this machine names it.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What follows the last dot of a file's name.
pub fn kind(path: &str) -> &str {
    let kind = Path::new(path).extension();
    kind.and_then(|kind| kind.to_str()).unwrap_or_default()
}

/// Every file below a folder of the repository, by its path from the root; none if there is no such folder.
pub fn walk(dir: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop().filter(|dir| here(dir).is_dir()) {
        let entries = fs::read_dir(here(&dir)).unwrap_or_else(|e| panic!("{dir}: {e}"));
        for entry in entries {
            let entry = entry.unwrap_or_else(|e| panic!("{dir}: {e}"));
            let path = format!("{dir}/{}", entry.file_name().to_string_lossy());
            let is_ours = !path.ends_with("/node_modules") && !path.ends_with("/target");
            let list = if entry.path().is_dir() {
                &mut open
            } else {
                &mut found
            };
            list.extend(Some(path).filter(|_| is_ours));
        }
    }
    found.sort();
    found
}

/// The files that git knows or would take; without git, everything that is certainly ours.
pub fn tracked() -> Vec<String> {
    let list = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let answer = Command::new("git")
        .args(list)
        .current_dir(here(""))
        .output();
    let listed = answer
        .ok()
        .filter(|answer| answer.status.success())
        .map(|answer| answer.stdout);
    let Some(listed) = listed else {
        return [
            "src",
            "templates",
            "static",
            "migrations",
            "tests",
            "benches",
        ]
        .iter()
        .flat_map(|d| walk(d))
        .collect();
    };
    let names = String::from_utf8_lossy(&listed);
    names
        .split('\0')
        .filter(|name| here(name).is_file())
        .map(str::to_owned)
        .collect()
}

/// The file as it is.
pub fn bytes(path: &str) -> Vec<u8> {
    fs::read(here(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The file as text; `None` for a picture.
pub fn text(path: &str) -> Option<String> {
    String::from_utf8(bytes(path)).ok()
}

/// Lines with their numbers.
pub fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n')
        .enumerate()
        .map(|(at, line)| (at + 1, line))
}

/// Fails with every offender on a line of its own.
#[track_caller]
pub fn report(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "\n{rule}:\n  {}\n", found.join("\n  "));
}
