//! The house rules as tests: which module may know which, and who alone may name a backend, lettre, the
//! environment or the time. Reads the tree as text, so it needs nothing but the standard library. Every rule
//! lists all its offenders as `file:line: what is wrong`.

#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/pages.rs"]
mod pages;
#[path = "tidy/reader.rs"]
mod reader;
#[path = "tidy/tree.rs"]
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use reader::{paths, tokens};
use tree::{Source, absolute, macro_homes, report, sources, templates};

/// Top modules from the ground up. A module may name only modules of the lines above its own here;
/// the slices stand side by side in the house, and each may look only to its left.
const FLOORS: &[&[&str]] = &[
    &["base", "metrics"],
    &["config"],
    &["db"],
    &["jobs", "mail", "files"],
    &["web"],
    &["accounts"],
    &["search"],
    &["filters"],
    &["timeline"],
    &["contacts"],
    &["events"],
    &["segments"],
    &["privacy"],
    &["deals"],
    &["desk"],
    &["campaigns"],
    &["journeys"],
    &["insights"],
    &["ops"],
    &["demo"],
    &["app"],
    &["cli"],
];
/// The one arrow between neighbours: mail is sent by jobs.
const NEIGHBOURS: &[(&str, &str)] = &[("mail", "jobs")];
/// Words that only `db` may say.
const BACKENDS: &[&str] = &[
    "SqliteConnection",
    "PgConnection",
    "libsqlite3_sys",
    "pq_sys",
];
/// Lines of `FLOORS` that hold slices.
const SLICES: std::ops::Range<usize> = 5..19;
/// Rooms of a slice from the bottom up; those on one line do not know each other.
const ROOMS: &[&[&str]] = &[
    &["model"],
    &["store"],
    &["actions"],
    &["pages", "api", "jobs"],
];

#[test]
fn every_module_stands_on_a_floor() {
    let mut found = Vec::new();
    for source in sources() {
        if let Some(top) = source.top()
            && floor(top).is_none()
        {
            found.push(format!(
                "{}: module `{top}` stands on no floor",
                source.path
            ));
        }
    }
    report("a module must stand on a floor of the design", found);
}

#[test]
fn arrows_point_down() {
    let sources = sources();
    let macros = macro_homes(&sources);
    let mut found = Vec::new();
    for source in &sources {
        let Some(from) = source.top() else { continue };
        for (line, path) in paths(&source.code) {
            let is_crate_path = path.first().is_some_and(|root| root == "crate");
            let Some(name) = absolute(&source.module, &path).and_then(|path| path.first().cloned())
            else {
                continue;
            };
            let to = macros.get(&name).unwrap_or(&name);
            if floor(to).is_none() {
                if is_crate_path {
                    found.push(format!(
                        "{}:{line}: `crate::{name}` is no module; name its home",
                        source.path
                    ));
                }
            } else if !may_name(from, to) {
                found.push(format!(
                    "{}:{line}: `{from}` may not know `{to}`",
                    source.path
                ));
            }
        }
    }
    for template in templates() {
        let from = template.owner();
        for (line, path) in paths(&template.logic()) {
            if let [root, to, ..] = path.as_slice()
                && root == "crate"
                && !may_name(from, to)
            {
                found.push(format!(
                    "{}:{line}: a template of `{from}` may not know `{to}`",
                    template.path
                ));
            }
        }
    }
    report(
        "an arrow may only point down, and among slices to the left",
        found,
    );
}

#[test]
fn no_files_form_a_circle() {
    let sources = sources();
    let homes: BTreeMap<&[String], &Source> =
        sources.iter().map(|s| (s.module.as_slice(), s)).collect();
    let doors = sources.iter().filter(|s| s.is_door(&sources));
    let doors: BTreeSet<&str> = doors.map(|s| s.path.as_str()).collect();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|s| !doors.contains(s.path.as_str())) {
        for (_, path) in paths(&source.production()) {
            let path = absolute(&source.module, &path).unwrap_or_default();
            let mut ends = (1..=path.len()).rev();
            let target = ends.find_map(|end| homes.get(path.get(..end)?).copied());
            let is_other = |t: &&Source| t.path != source.path && !doors.contains(t.path.as_str());
            if let Some(target) = target.filter(is_other) {
                arrows.entry(&source.path).or_default().insert(&target.path);
            }
        }
    }
    let leads_back = |from: &str, to: &str| {
        let mut seen = BTreeSet::from([to]);
        let mut open = vec![to];
        while let Some(at) = open.pop() {
            let next = arrows.get(at).into_iter().flatten();
            open.extend(next.filter(|next| seen.insert(next)));
        }
        seen.contains(from)
    };
    let mut found = Vec::new();
    for (from, to) in arrows
        .iter()
        .flat_map(|(from, all)| all.iter().map(move |to| (from, to)))
    {
        if leads_back(from, to) {
            found.push(format!("{from}: names {to}, which leads back to it"));
        }
    }
    report("files may not name each other in a circle", found);
}

#[test]
fn rooms_keep_their_order() {
    let mut found = Vec::new();
    for source in sources() {
        let Some(from) = source.room() else { continue };
        for pair in tokens(&source.production()).windows(2) {
            if let [(_, dot), (line, call)] = pair
                && dot == "."
                && call == "transaction"
                && from == 3
            {
                found.push(format!(
                    "{}:{line}: a transaction belongs into an action",
                    source.path
                ));
            }
        }
        for (line, path) in paths(&source.production()) {
            let starts = |root: &str| path.first().is_some_and(|first| first == root);
            let is_web = absolute(&source.module, &path)
                .is_some_and(|p| p.first().is_some_and(|m| m == "web"));
            if from < 2 && is_web {
                found.push(format!(
                    "{}:{line}: model and store know nothing of `web`",
                    source.path
                ));
            }
            if from < 3 && (starts("actix_web") || starts("actix_http")) {
                found.push(format!(
                    "{}:{line}: only pages and api see a request",
                    source.path
                ));
            }
            let target = absolute(&source.module, &path).unwrap_or_default();
            let is_own_slice = target.first().map(String::as_str) == source.top();
            if let Some(to) = room(&target)
                && is_own_slice
                && from < to
            {
                found.push(format!(
                    "{}:{line}: names `{}`, a room above",
                    source.path,
                    target.join("::")
                ));
            }
        }
    }
    report(
        "inside a slice: pages, api, jobs -> actions -> store -> model",
        found,
    );
}

#[test]
fn only_db_names_a_backend() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.top() != Some("db")) {
        let code = source.production();
        for (line, word) in tokens(&code) {
            if BACKENDS.contains(&word.as_str()) {
                found.push(format!("{}:{line}: `{word}`", source.path));
            }
        }
        for (line, path) in paths(&code) {
            if let [root, module, ..] = path.as_slice()
                && root == "diesel"
                && ["sqlite", "pg", "r2d2"].contains(&module.as_str())
            {
                found.push(format!("{}:{line}: `{}`", source.path, path.join("::")));
            }
        }
    }
    report("only src/db names a backend or a pool", found);
}

#[test]
fn only_mail_names_lettre() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.top() != Some("mail")) {
        let named = tokens(&source.production())
            .into_iter()
            .filter(|(_, word)| word == "lettre");
        found.extend(named.map(|(line, _)| format!("{}:{line}", source.path)));
    }
    report("only src/mail names lettre", found);
}

#[test]
fn only_config_reads_the_environment() {
    let mut found = Vec::new();
    for source in sources() {
        for (line, path) in paths(&source.production()) {
            let call = match path.as_slice() {
                [root, env, call, ..] if root == "std" && env == "env" => call,
                [env, call] if env == "env" => call,
                _ => continue,
            };
            let is_allowed = match call.as_str() {
                "var" | "var_os" | "vars" | "vars_os" | "set_var" | "*" => {
                    source.top() == Some("config")
                }
                "args" | "args_os" => source.top() == Some("cli") || source.path == "src/main.rs",
                _ => true,
            };
            if !is_allowed {
                found.push(format!("{}:{line}: `{}`", source.path, path.join("::")));
            }
        }
    }
    report(
        "only src/config reads the environment, only cli and main the arguments",
        found,
    );
}

#[test]
fn time_enters_through_the_clock() {
    let clocks = [
        ["Utc", "now"],
        ["Local", "now"],
        ["SystemTime", "now"],
        ["dsl", "now"],
    ];
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.path != "src/base/clock.rs") {
        for (line, path) in paths(&source.production()) {
            if path
                .windows(2)
                .any(|pair| clocks.iter().any(|clock| pair == clock))
            {
                found.push(format!("{}:{line}: `{}`", source.path, path.join("::")));
            }
        }
    }
    report("only src/base/clock.rs asks what time it is", found);
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn room(module: &[String]) -> Option<usize> {
    let inside = module.get(1..)?;
    inside
        .iter()
        .find_map(|part| ROOMS.iter().position(|room| room.contains(&part.as_str())))
}

fn may_name(from: &str, to: &str) -> bool {
    from == to || floor(to) < floor(from) || NEIGHBOURS.contains(&(from, to))
}
