//! Forms that come back filled in: what was typed stays, the message stands beside its field.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::Error;

/// Messages by field name; the empty name is the form as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors {
    by_field: BTreeMap<String, String>,
}

impl Errors {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// One message and nothing else.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::new();
        errors.add(field, message);
        errors
    }

    /// Puts a message beside a field; the first one stays.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.by_field
            .entry(field.to_owned())
            .or_insert_with(|| message.into());
    }

    /// The message of a field, empty where there is none.
    pub fn of(&self, field: &str) -> &str {
        self.by_field.get(field).map_or("", String::as_str)
    }

    /// Whether anything is wrong.
    pub fn is_empty(&self) -> bool {
        self.by_field.is_empty()
    }

    /// All messages with their fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_field
            .iter()
            .map(|(field, message)| (field.as_str(), message.as_str()))
    }
}

/// The fields of a posted form, at most 1 MB. Repeated fields become a list where the type asks for one.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = actix_web::web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let body = body
                .await
                .map_err(|error| Error::Invalid(format!("The form could not be read: {error}.")))?;
            serde_html_form::from_bytes(&body)
                .map(Form)
                .map_err(|error| {
                    Error::Invalid(format!(
                        "A field of the form is missing or not as it should be: {error}."
                    ))
                })
        })
    }
}
