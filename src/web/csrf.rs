//! Forms may only be posted from our own pages: `Sec-Fetch-Site`, then `Origin`, decide; where a request has neither, the
//! form's own token must be right. Cookies are SameSite=Lax besides. Paths that programs post to carry keys instead of
//! cookies and are left alone.

use actix_web::ResponseError;
use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream;

use super::Error;
use crate::base::token;

/// Cookie of a session. `__Host-` is not used: it would refuse plain http on a LAN.
pub const SESSION_COOKIE: &str = "rapport_session";
/// The field of a form that holds the token.
const FIELD: &str = "_csrf";

/// The token of a session's forms, made of the cookie's secret: only who knows the cookie knows it, and it does not tell
/// the cookie.
pub fn form_token(session: &str) -> String {
    let hash = token::hash(&format!("form:{session}"));
    URL_SAFE_NO_PAD.encode(hash.get(..18).unwrap_or(&hash))
}

/// Refuses unsafe requests that another site's page sent.
pub async fn guard(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let may_lose =
        request.headers().contains_key(header::COOKIE) || makes_a_session(request.path());
    if is_safe || !may_lose || shows_a_key(request.path()) {
        return next.call(request).await;
    }
    let is_ours = match from_here(&request) {
        Some(is_ours) => is_ours,
        None => shows_its_token(&mut request).await?,
    };
    if is_ours {
        return next.call(request).await;
    }
    let why = "The form was sent from another site. Open the page here and send it again.";
    let refusal = Error::Forbidden(why.to_owned()).error_response();
    Ok(request.into_response(refusal))
}

/// Addresses where keys count and cookies do not: a tracker on a sister site sends ours along without meaning to.
fn shows_a_key(path: &str) -> bool {
    ["/v1/", "/beacon/", "/api/", "/mail/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// Where a browser without cookies gets some: nobody may sign somebody else in as whom they like.
fn makes_a_session(path: &str) -> bool {
    ["/sign-in", "/setup", "/invitation/", "/reset-password/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// What the browser says of the page that sends it; none: it says nothing, as no browser of the last five years does.
fn from_here(request: &ServiceRequest) -> Option<bool> {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = text(header::ORIGIN)?;
    let host = text(header::HOST).unwrap_or_default();
    Some(origin.split("://").nth(1) == Some(host))
}

/// Whether a form carries the token of its session. Where nobody is signed in there is nothing to lose. The body is put
/// back for whoever reads it next; what is no plain form has no token.
async fn shows_its_token(request: &mut ServiceRequest) -> Result<bool, actix_web::Error> {
    let Some(session) = request.cookie(SESSION_COOKIE) else {
        return Ok(true);
    };
    let body = request.extract::<Bytes>().await?;
    let given = url::form_urlencoded::parse(&body)
        .find(|(name, _)| name == FIELD)
        .map(|(_, value)| value.into_owned());
    let body = stream::once(std::future::ready(Ok::<_, PayloadError>(body)));
    request.set_payload(Payload::Stream {
        payload: Box::pin(body),
    });
    let wanted = form_token(session.value());
    Ok(given.is_some_and(|given| token::same(given.as_bytes(), wanted.as_bytes())))
}
