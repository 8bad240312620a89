//! The body of a write: at most 1 MB of JSON, every field checked for what it is.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, web};
use serde_json::{Map, Value};

use crate::contacts::model::{Field, Stage};
use crate::web::{ApiError, ApiResult};

/// Traits in one request.
const MOST_TRAITS: usize = 200;

/// What a program wants a contact to be. `None`: not said; `Some(None)`: null, which takes the value away.
#[derive(Debug, Default)]
pub struct Body {
    /// Columns.
    pub facts: Vec<(Field, String)>,
    /// Address, as written.
    pub email: Option<Option<String>>,
    /// Number, as written.
    pub phone: Option<Option<String>>,
    /// Stage.
    pub stage: Option<Stage>,
    /// Address of a user.
    pub owner: Option<Option<String>>,
    /// Name of a company.
    pub company: Option<String>,
    /// Everything else; null takes back.
    pub traits: Vec<(String, Option<Value>)>,
}

impl FromRequest for Body {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|error| {
                let message =
                    format!("The body could not be read: {error}. At most 1 MB is taken.");
                ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
            })?;
            match serde_json::from_slice::<Value>(&bytes) {
                Ok(Value::Object(fields)) => Self::read(fields),
                Ok(_) => Err(ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "invalid_json",
                    "Send a JSON object.",
                )),
                Err(error) => Err(ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "invalid_json",
                    format!("The body is no JSON: {error}."),
                )),
            }
        })
    }
}

impl Body {
    fn read(fields: Map<String, Value>) -> ApiResult<Self> {
        let mut body = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "email" => body.email = Some(text(&name, value)?),
                "phone" => body.phone = Some(text(&name, value)?),
                "owner" => body.owner = Some(text(&name, value)?),
                "company" => body.company = text(&name, value)?,
                "stage" => {
                    let word = text(&name, value)?.unwrap_or_default();
                    body.stage = Some(Stage::offered(&word).ok_or_else(|| {
                        let words: Vec<&str> = Stage::OFFERED.iter().map(|s| s.word()).collect();
                        ApiError::invalid("stage", format!("Write one of {}.", words.join(", ")))
                    })?);
                }
                "traits" => body.traits = traits(value)?,
                name => {
                    let field = Field::from_word(name).ok_or_else(|| {
                        let message = "There is no such field. What is no field goes into traits.";
                        ApiError::invalid(name, message)
                    })?;
                    let value = text(name, value)?.unwrap_or_default();
                    let clean = field
                        .clean(&value)
                        .map_err(|why| ApiError::invalid(name, why))?;
                    body.facts.push((field, clean));
                }
            }
        }
        Ok(body)
    }
}

fn text(field: &str, value: Value) -> ApiResult<Option<String>> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        _ => Err(ApiError::invalid(field, "Write a text, or null.")),
    }
}

fn traits(value: Value) -> ApiResult<Vec<(String, Option<Value>)>> {
    let Value::Object(traits) = value else {
        return Err(ApiError::invalid("traits", "Write an object of traits."));
    };
    if traits.len() > MOST_TRAITS {
        return Err(ApiError::invalid("traits", "At most 200 traits at once."));
    }
    let mut read = Vec::with_capacity(traits.len());
    for (key, value) in traits {
        let is_same = crate::base::text::line(&key, 120) == key;
        if key.is_empty() || !is_same || value.to_string().len() > 20_000 {
            let message = "Keys are 1 to 120 characters, values at most 20 kB.";
            return Err(ApiError::invalid(&format!("traits.{key}"), message));
        }
        read.push((key, Some(value).filter(|value| !value.is_null())));
    }
    Ok(read)
}
