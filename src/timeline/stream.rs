//! The story as pages show it. Every record page has one, so its markup is compiled here and once.

use askama::Template;
use askama::filters::HtmlSafe;

use super::day::Line;
use super::story::Story;

/// The stream of a record and the tabs above it.
#[derive(Template)]
#[template(path = "timeline/_story.html")]
pub struct Stream<'a> {
    /// What is told.
    pub story: &'a Story,
    /// Whether the reader may change it.
    pub can_edit: &'a bool,
}

/// One line of the stream.
#[derive(Template)]
#[template(path = "timeline/_line.html")]
pub struct StreamLine<'a> {
    /// What it says.
    pub line: &'a Line,
    /// Whether the reader may change it.
    pub can_edit: &'a bool,
}

impl Story {
    /// The stream of it, for a page to write.
    pub fn stream<'a>(&'a self, can_edit: &'a bool) -> Stream<'a> {
        Stream {
            story: self,
            can_edit,
        }
    }
}

// Both escape what they show.
impl HtmlSafe for Stream<'_> {}
impl HtmlSafe for StreamLine<'_> {}
