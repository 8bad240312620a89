//! What a handler can answer instead of what was asked. Pages get a page with a way on, the API a code and
//! a message. An internal error is logged once, with the number that the person sees.

use std::fmt;
use std::panic::Location;

use actix_web::http::{StatusCode, header};
use actix_web::web::QueryConfig;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::methods;
use crate::base::token;
use crate::db::is_passing;

/// A handler's answer.
pub type Result<T> = std::result::Result<T, Error>;
/// An API handler's answer.
pub type ApiResult<T> = std::result::Result<T, ApiError>;

/// Why there is no page.
#[derive(Debug)]
pub enum Error {
    /// Nothing there, or not for you: the two must look alike.
    NotFound,
    /// The path is known, the method is not one of its.
    WrongMethod,
    /// Signed in, but this is not yours to do.
    Forbidden(String),
    /// Nobody is signed in; the path to come back to.
    SignIn(String),
    /// The request makes no sense.
    Invalid(String),
    /// Somebody else was quicker.
    Conflict(String),
    /// Too much at once; seconds to wait.
    TooMany(u64),
    /// A passing fault: try again.
    Unavailable(String),
    /// Our fault.
    Internal(Internal),
}

/// An internal error: its cause, its place and the number by which it is found in the log.
#[derive(Debug)]
pub struct Internal {
    reference: String,
}

impl Error {
    /// Logs `cause` and keeps only a number for the person.
    #[track_caller]
    pub fn internal(cause: impl fmt::Display) -> Self {
        let reference = token::readable(8);
        let place = Location::caller();
        tracing::error!(%reference, place = %place, cause = %cause, "internal error");
        Self::Internal(Internal { reference })
    }

    fn parts(&self) -> (StatusCode, &str, String) {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "This page is not here",
                "It may have been moved or deleted, or it belongs to somebody else.".to_owned(),
            ),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "This address works another way",
                "It belongs to a button or a form. Go back to the page it is on and use it there.".to_owned(),
            ),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "This is not open to you", why.clone()),
            Self::SignIn(_) => {
                (StatusCode::UNAUTHORIZED, "Please sign in", "You are not signed in, or your session has ended.".to_owned())
            }
            Self::Invalid(why) => (StatusCode::BAD_REQUEST, "That request makes no sense here", why.clone()),
            Self::Conflict(why) => (StatusCode::CONFLICT, "Somebody was quicker", why.clone()),
            Self::TooMany(secs) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many tries",
                format!("Please wait {secs} seconds and try again."),
            ),
            Self::Unavailable(why) => (StatusCode::SERVICE_UNAVAILABLE, "Not just now", why.clone()),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something broke on our side",
                "What you did was not completed. Please try again; if it happens again, quote the number below.".to_owned(),
            ),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.parts().1)
    }
}

/// Where no route leads: a page for people, JSON for programs.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    let why = match methods::taken(&request) {
        Some(_) => Error::WrongMethod,
        None => Error::NotFound,
    };
    if request.path().starts_with("/api/") {
        return ApiError::from(why).error_response();
    }
    why.error_response()
}

/// How an address is refused whose question cannot be read: as every other request that makes no sense.
pub fn query_config() -> QueryConfig {
    QueryConfig::default().error_handler(|error, request| {
        let why = Error::Invalid(format!("The address cannot be read. {error}."));
        if request.path().starts_with("/api/") {
            return ApiError::from(why).into();
        }
        why.into()
    })
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    status: u16,
    title: &'a str,
    message: &'a str,
    reference: Option<&'a str>,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.parts().0
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::SignIn(back) = self {
            let query = serde_urlencoded::to_string([("next", back)]).unwrap_or_default();
            return HttpResponse::SeeOther()
                .insert_header((header::LOCATION, format!("/sign-in?{query}")))
                .finish();
        }
        let (status, title, message) = self.parts();
        let reference = match self {
            Self::Internal(internal) => Some(internal.reference.as_str()),
            _ => None,
        };
        let page = ErrorPage {
            status: status.as_u16(),
            title,
            message: &message,
            reference,
        };
        let shell = super::Shell {
            language: "en".to_owned(),
            ..super::Shell::default()
        };
        let body = super::page::render(&page, &shell).unwrap_or_else(|_| title.to_owned());
        let mut answer = HttpResponse::build(status);
        if let Self::TooMany(secs) = self {
            answer.insert_header((header::RETRY_AFTER, *secs));
        }
        if matches!(self, Self::Unavailable(_)) {
            answer.insert_header((header::RETRY_AFTER, 2_u64));
        }
        answer.content_type("text/html; charset=utf-8").body(body)
    }
}

impl From<diesel::result::Error> for Error {
    #[track_caller]
    fn from(error: diesel::result::Error) -> Self {
        if matches!(error, diesel::result::Error::NotFound) {
            return Self::NotFound;
        }
        if is_passing(&error) {
            tracing::warn!(%error, "database unavailable");
            return Self::Unavailable(
                "The database cannot be reached just now. Nothing was changed; please try again."
                    .to_owned(),
            );
        }
        Self::internal(error)
    }
}

impl From<askama::Error> for Error {
    #[track_caller]
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

/// The API's form of [`Error`]: JSON with a stable code and a message.
#[derive(Debug)]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code (`not_found`).
    pub code: &'static str,
    /// For the developer who reads it.
    pub message: String,
    /// The field at fault, if one is.
    pub field: Option<String>,
}

impl ApiError {
    /// An error with a code of its own.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            field: None,
        }
    }

    /// A value that cannot be taken.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: "invalid",
            message: message.into(),
            field: Some(field.to_owned()),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut body = serde_json::json!({ "code": self.code, "message": self.message });
        if let (Some(field), Some(object)) = (&self.field, body.as_object_mut()) {
            object.insert("field".to_owned(), field.clone().into());
        }
        let mut answer = HttpResponse::build(self.status);
        if self.status == StatusCode::SERVICE_UNAVAILABLE
            || self.status == StatusCode::TOO_MANY_REQUESTS
        {
            answer.insert_header((header::RETRY_AFTER, 1_u64));
        }
        answer.json(body)
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (status, _, message) = error.parts();
        let code = match &error {
            Error::NotFound => "not_found",
            Error::WrongMethod => "method_not_allowed",
            Error::Forbidden(_) => "forbidden",
            Error::SignIn(_) => "unauthorized",
            Error::Invalid(_) => "invalid_request",
            Error::Conflict(_) => "conflict",
            Error::TooMany(_) => "too_many_requests",
            Error::Unavailable(_) => "unavailable",
            Error::Internal(_) => "internal",
        };
        let message = match &error {
            Error::Internal(internal) => format!("{message} ({})", internal.reference),
            Error::NotFound => "There is nothing here under that id.".to_owned(),
            Error::WrongMethod => "This address does not take this method.".to_owned(),
            _ => message,
        };
        Self {
            status,
            code,
            message,
            field: None,
        }
    }
}

impl From<diesel::result::Error> for ApiError {
    #[track_caller]
    fn from(error: diesel::result::Error) -> Self {
        Error::from(error).into()
    }
}
