//! The gallery of `/_ui`, in debug builds only: every part of the kit in every state, for eyes, for the browser
//! stories and for axe. Its data are made up here; nothing it posts is kept. A section is a template of its own, so that no
//! one function grows with all of them.

use actix_web::web::{ServiceConfig, get, post, resource};
use askama::Template;
use askama::filters::HtmlSafe;

use super::{Doors, Page, Redirect, Shell, ShellViewer, asset_text, redirect};

type Pairs = &'static [(&'static str, &'static str)];

const COLOURS: Pairs = &[
    ("sunken", "the desk"),
    ("paper", "what is read"),
    ("well", "pressed in"),
    ("hover", "under the pointer"),
    ("selected", "picked"),
    ("line", "divides"),
    ("edge", "outlines"),
    ("ink", "words"),
    ("ink-2", "softer words"),
    ("ink-3", "the small grey voice"),
    ("ink-4", "strokes, never words"),
    ("accent", "the main act"),
    ("accent-soft", "where you are"),
    ("green-mark", "met"),
    ("amber-mark", "soon"),
    ("red-mark", "late"),
    ("violet-mark", "another person"),
    ("teal-mark", "for information"),
    ("series-1", "charts"),
    ("series-2", "charts"),
    ("series-3", "charts"),
    ("series-4", "charts"),
];
const COMPANIES: Pairs = &[
    ("Nordfjord Havbruk AS", "12 contacts"),
    ("Nordic Aqua Partners A/S", "lead"),
    ("Bantry Bay Mussels", "customer"),
    ("Volta Fisheries", "2 contacts"),
];
const STAGES: Pairs = &[
    ("visitor", "Visitor"),
    ("lead", "Lead"),
    ("qualified", "Qualified"),
    ("customer", "Customer"),
    ("former", "Former"),
];
const OWNERS: Pairs = &[
    ("1", "Alma Reyes"),
    ("2", "Jonas Berg"),
    ("3", "Priya Raman"),
];
const DAYS: [i64; 30] = [
    4, 6, 3, 0, 0, 8, 11, 9, 4, 6, 1, 0, 12, 9, 7, 14, 10, 2, 1, 9, 16, 12, 18, 22, 9, 4, 15, 27,
    38, 31,
];
const HOURS: [i64; 12] = [8, 11, 9, 15, 13, 19, 18, 22, 21, 30, 27, 36];
const WON: [i64; 6] = [96, 113, 158, 138, 241, 118];

/// One line of a chart.
struct Line {
    name: &'static str,
    values: Vec<i64>,
    shown: Vec<String>,
}

#[derive(Template)]
#[template(path = "gallery/index.html")]
struct Gallery {
    basics: Basics,
    forms: Forms,
    lists: Lists,
    records: Records,
    overlays: Overlays,
    figures: Figures,
    later: Later,
}

#[derive(Template)]
#[template(path = "gallery/_basics.html")]
struct Basics {
    colours: Pairs,
    icons_all: Vec<String>,
}

#[derive(Template)]
#[template(path = "gallery/_forms.html")]
struct Forms {
    companies: Pairs,
    stages: Pairs,
    owners: Pairs,
}

#[derive(Template)]
#[template(path = "gallery/_lists.html")]
struct Lists;

#[derive(Template)]
#[template(path = "gallery/_records.html")]
struct Records {
    days: Vec<i64>,
    stages: Pairs,
}

#[derive(Template)]
#[template(path = "gallery/_overlays.html")]
struct Overlays;

#[derive(Template)]
#[template(path = "gallery/_figures.html")]
struct Figures {
    days: Vec<i64>,
    hours: Vec<i64>,
    won: Vec<i64>,
    won_shown: Vec<String>,
    months: [&'static str; 6],
    weeks: [&'static str; 6],
    countries: Vec<Line>,
}

#[derive(Template)]
#[template(path = "gallery/_later.html")]
struct Later {
    stages: Pairs,
}

impl HtmlSafe for Basics {}
impl HtmlSafe for Forms {}
impl HtmlSafe for Lists {}
impl HtmlSafe for Records {}
impl HtmlSafe for Overlays {}
impl HtmlSafe for Figures {}
impl HtmlSafe for Later {}

#[derive(Template)]
#[template(path = "gallery/dialog.html")]
struct Dialog;

/// Mounts the gallery.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(
        resource("/_ui")
            .route(get().to(index))
            .route(post().to(nothing)),
    )
    .service(resource("/_ui/dialog").route(get().to(dialog)));
}

async fn index() -> Page<Gallery> {
    let gallery = Gallery {
        basics: Basics {
            colours: COLOURS,
            icons_all: icons(),
        },
        forms: Forms {
            companies: COMPANIES,
            stages: STAGES,
            owners: OWNERS,
        },
        lists: Lists,
        records: Records {
            days: DAYS.to_vec(),
            stages: STAGES,
        },
        overlays: Overlays,
        figures: figures(),
        later: Later { stages: STAGES },
    };
    Page::new(shell(), gallery)
}

fn figures() -> Figures {
    Figures {
        days: DAYS.to_vec(),
        hours: HOURS.to_vec(),
        won: WON.to_vec(),
        won_shown: WON.iter().map(|won| format!("€{won},000")).collect(),
        months: ["Dec", "Jan", "Feb", "Mar", "Apr", "May"],
        weeks: ["13 Apr", "20 Apr", "27 Apr", "4 May", "11 May", "18 May"],
        countries: vec![
            line("Norway", &[222, 244, 266, 310, 346, 382]),
            line("Japan", &[168, 177, 204, 195, 231, 266]),
            line("Spain", &[133, 155, 142, 177, 186, 213]),
            line("Vietnam", &[71, 88, 133, 124, 151, 177]),
        ],
    }
}

async fn dialog() -> Page<Dialog> {
    Page::new(shell(), Dialog)
}

async fn nothing() -> Redirect {
    redirect("/_ui")
        .saying("Nothing was kept: this is the gallery")
        .undo("/_ui")
}

fn shell() -> Shell {
    Shell {
        workspace: "Tidewater".to_owned(),
        viewer: Some(ShellViewer {
            name: "Alma Reyes".to_owned(),
            initials: "AR".to_owned(),
            tone: "accent",
            avatar_url: None,
            is_admin: true,
            may: Doors {
                manage_fields: true,
                manage_tags: true,
                manage_pipelines: true,
                see_sources: true,
                see_deals: true,
                see_tickets: true,
                see_campaigns: true,
                add_contacts: true,
                import_contacts: true,
                add_deals: true,
                add_tasks: true,
                add_tickets: true,
                add_campaigns: true,
            },
        }),
        ..Shell::default()
    }
}

/// The names of the drawings, from the sprite itself.
fn icons() -> Vec<String> {
    let sprite = asset_text("icons/icons.svg").unwrap_or_default();
    String::from_utf8_lossy(&sprite)
        .split("<symbol id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn line(name: &'static str, values: &[i64]) -> Line {
    Line {
        name,
        values: values.to_vec(),
        shown: values.iter().map(i64::to_string).collect(),
    }
}
