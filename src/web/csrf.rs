//! Forms may only be posted from our own pages: `Sec-Fetch-Site`, then `Origin`, decide; cookies are
//! SameSite=Lax besides. Paths that programs post to carry keys instead of cookies and are left alone.

use actix_web::ResponseError;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;

use super::Error;

/// Refuses unsafe requests that another site's page sent.
pub async fn guard(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let has_cookies = request.headers().contains_key(header::COOKIE);
    if is_safe || !has_cookies || shows_a_key(request.path()) || is_same_origin(&request) {
        return next.call(request).await;
    }
    let why = "The form was sent from another site. Open the page here and send it again.";
    let refusal = Error::Forbidden(why.to_owned()).error_response();
    Ok(request.into_response(refusal))
}

/// Addresses where keys count and cookies do not: a tracker on a sister site sends ours along without meaning to.
fn shows_a_key(path: &str) -> bool {
    ["/v1/", "/beacon/", "/api/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

fn is_same_origin(request: &ServiceRequest) -> bool {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split("://").nth(1) == Some(host),
        // Neither header: no browser of the last ten years; a script that has the cookie has the account.
        (None, _) => true,
        _ => false,
    }
}
