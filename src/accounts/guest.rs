//! Somebody who is not signed in, at one of the few doors that are open to them.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpRequest, web};

use super::actions::Place;
use super::keyring::Keyring;
use crate::base::clock::{self, Timestamp};
use crate::base::ids::UserId;
use crate::base::text;
use crate::web::{Error, Shell, base_url, client_ip, is_https};

/// Cookie that tells a device somebody has signed in on before.
pub const DEVICE_COOKIE: &str = "rapport_device";

/// A request without a session. Forms of other sites are refused here too, as there is no cookie to tell by.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Where it comes from.
    pub place: Place,
    /// When it came.
    pub now: Timestamp,
    /// Whether cookies may be marked as for TLS only.
    pub is_https: bool,
    /// Where this instance is reached.
    pub base_url: String,
}

impl Guest {
    /// The frame of pages without a session.
    pub fn shell(&self, workspace: impl Into<String>) -> Shell {
        Shell {
            workspace: workspace.into(),
            language: "en".to_owned(),
            ..Shell::default()
        }
    }
}

impl FromRequest for Guest {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let text_of = |name: &str| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let is_foreign =
            text_of("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
        if *request.method() == Method::POST && is_foreign {
            let why = "The form was sent from another site. Open the page here and send it again.";
            return ready(Err(Error::Forbidden(why.to_owned())));
        }
        let place = Place {
            ip: client_ip(request),
            user_agent: text::line(
                text_of(header::USER_AGENT.as_str()).unwrap_or_default(),
                300,
            ),
            device: device(request),
        };
        ready(Ok(Self {
            place,
            now: clock::now(),
            is_https: is_https(request),
            base_url: base_url(request),
        }))
    }
}

/// The signed device cookie: `<user>:<device>`.
fn device(request: &HttpRequest) -> Option<(UserId, String)> {
    let keys = request.app_data::<web::Data<Keyring>>()?;
    let words = keys.signed("device", request.cookie(DEVICE_COOKIE)?.value())?;
    let (user, device) = words.split_once(':')?;
    Some((user.parse().ok()?, device.to_owned()))
}
