//! The frame around a page, in pieces that are compiled once: the layouts write them between their blocks.

use askama::Template;
use askama::filters::HtmlSafe;

use super::Shell;

/// What every page begins with, up to its title.
#[derive(Template)]
#[template(path = "layouts/_opening.html")]
pub struct Opening<'a> {
    /// The frame.
    pub shell: &'a Shell,
}

/// The end of every title, the style sheet and the script.
#[derive(Template)]
#[template(path = "layouts/_assets.html")]
pub struct Assets;

/// The main navigation of a wide screen.
#[derive(Template)]
#[template(path = "layouts/_sidebar.html")]
pub struct Sidebar<'a> {
    /// The frame.
    pub shell: &'a Shell,
}

/// The right end of the top bar.
#[derive(Template)]
#[template(path = "layouts/_topbar.html")]
pub struct Topbar<'a> {
    /// The frame.
    pub shell: &'a Shell,
}

/// The main navigation of a phone.
#[derive(Template)]
#[template(path = "layouts/_bottombar.html")]
pub struct Bottombar<'a> {
    /// The frame.
    pub shell: &'a Shell,
}

/// Messages above the page.
#[derive(Template)]
#[template(path = "layouts/_toasts.html")]
pub struct Toasts<'a> {
    /// The frame.
    pub shell: &'a Shell,
}

/// The figure beside an entry of the settings.
#[derive(Template)]
#[template(path = "layouts/_figure.html")]
pub struct NavFigure<'a> {
    /// The frame.
    pub shell: &'a Shell,
    /// The entry, as [`Shell::count`] knows it.
    pub entry: &'a str,
}

// Each escapes what it shows.
impl HtmlSafe for Opening<'_> {}
impl HtmlSafe for Assets {}
impl HtmlSafe for Sidebar<'_> {}
impl HtmlSafe for Topbar<'_> {}
impl HtmlSafe for Bottombar<'_> {}
impl HtmlSafe for Toasts<'_> {}
impl HtmlSafe for NavFigure<'_> {}
