//! A full page: a template inside a frame. The frame (`shell`) reaches templates as a run-time value, so that
//! no page struct repeats it.

use std::any::Any;

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;

use super::{Flash, Shell, flash};

/// Bytes a page starts with: enough for most, and a long list grows but once or twice. askama counts only what stands in
/// the page's own template, not the parts it is made of.
const ROOM: usize = 32 * 1024;

/// A template and the frame it stands in.
pub struct Page<T> {
    shell: Shell,
    template: T,
    status: StatusCode,
    cookies: Vec<Cookie<'static>>,
    headers: Vec<(&'static str, String)>,
}

impl<T: Template> Page<T> {
    /// A page in a frame.
    pub fn new(shell: Shell, template: T) -> Self {
        Self {
            shell,
            template,
            status: StatusCode::OK,
            cookies: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// With a status of its own: 422 for a form that comes back.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With one more header.
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets a cookie with the page.
    pub fn cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }
}

/// Renders with the frame in reach of `"shell"|value`.
pub(super) fn render<T: Template>(template: &T, shell: &Shell) -> askama::Result<String> {
    let values: (&str, &dyn Any) = ("shell", shell);
    let mut page = String::with_capacity(ROOM.max(T::SIZE_HINT));
    template.render_into_with_values(&mut page, &values)?;
    Ok(page)
}

impl<T: Template> Responder for Page<T> {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse {
        if self.shell.here.is_empty() {
            let mut steps = request.path().trim_start_matches('/').split('/');
            self.shell.here = steps.next().map(str::to_owned).unwrap_or_default();
        }
        let flash = flash::take(request);
        let had_flash = flash.is_some();
        self.shell.flash = flash;
        match render(&self.template, &self.shell) {
            Ok(body) => {
                let mut answer = HttpResponse::build(self.status);
                for cookie in self.cookies {
                    answer.cookie(cookie);
                }
                for header in self.headers {
                    answer.insert_header(header);
                }
                if had_flash {
                    answer.cookie(flash::gone());
                }
                answer
                    .insert_header((header::CACHE_CONTROL, "no-store"))
                    .content_type("text/html; charset=utf-8")
                    .body(body)
            }
            Err(error) => HttpResponse::from_error(super::Error::internal(error)),
        }
    }
}

/// Where to go after a POST, and what to say there.
pub struct Redirect {
    to: String,
    flash: Option<Flash>,
    cookies: Vec<Cookie<'static>>,
}

/// Goes on to `to` with GET.
pub fn redirect(to: impl Into<String>) -> Redirect {
    Redirect {
        to: to.into(),
        flash: None,
        cookies: Vec::new(),
    }
}

impl Redirect {
    /// Says on the next page what was done.
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.flash = Some(Flash {
            text: text.into(),
            tone: "done".to_owned(),
            undo: None,
        });
        self
    }

    /// Says on the next page what did not work.
    pub fn failing(mut self, text: impl Into<String>) -> Self {
        self.flash = Some(Flash {
            text: text.into(),
            tone: "failed".to_owned(),
            undo: None,
        });
        self
    }

    /// Sets a cookie on the way.
    pub fn cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// Offers to take it back by a POST to `path`.
    pub fn undo(mut self, path: impl Into<String>) -> Self {
        if let Some(flash) = &mut self.flash {
            flash.undo = Some(path.into());
        }
        self
    }
}

impl Responder for Redirect {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::SeeOther();
        answer.insert_header((header::LOCATION, self.to));
        if let Some(flash) = &self.flash {
            answer.cookie(flash::cookie(flash));
        }
        for cookie in self.cookies {
            answer.cookie(cookie);
        }
        answer.finish()
    }
}
