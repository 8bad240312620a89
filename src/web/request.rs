//! What a request says about itself, with proxies believed only where the operator named them.

use std::net::IpAddr;

use actix_web::http::header;
use actix_web::{HttpRequest, web};

use super::{Error, Result};
use crate::config::Config;

/// The address of the client: the peer's, or what a trusted proxy says it is.
pub fn client_ip(request: &HttpRequest) -> String {
    let peer = request.peer_addr().map(|addr| addr.ip());
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|ip| ip.trim().parse::<IpAddr>().ok());
    let ip = match (peer, forwarded) {
        (Some(peer), Some(client)) if is_trusted(request, peer) => Some(client),
        (peer, _) => peer,
    };
    ip.map_or_else(String::new, |ip| ip.to_string())
}

/// Whether the client speaks TLS, to us or to a trusted proxy.
pub fn is_https(request: &HttpRequest) -> bool {
    let proxy_says = request
        .headers()
        .get("x-forwarded-proto")
        .is_some_and(|v| v.as_bytes() == b"https");
    let config_says = config(request).is_some_and(|c| c.public_url.starts_with("https://"));
    config_says
        || (proxy_says
            && request
                .peer_addr()
                .is_some_and(|addr| is_trusted(request, addr.ip())))
}

/// Where this instance is reached, without a slash at the end.
pub fn base_url(request: &HttpRequest) -> String {
    if let Some(config) = config(request)
        && !config.public_url.is_empty()
    {
        return config.public_url.trim_end_matches('/').to_owned();
    }
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|h| h.to_str().ok())
        .unwrap_or("localhost");
    format!(
        "{}://{host}",
        if is_https(request) { "https" } else { "http" }
    )
}

/// Whether a person's browser asks, rather than a program.
pub fn wants_html(request: &HttpRequest) -> bool {
    request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// An id in the path; what is no number is not there.
pub fn path_id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::NotFound)
}

fn config(request: &HttpRequest) -> Option<&Config> {
    request
        .app_data::<web::Data<Config>>()
        .map(|data| data.as_ref())
}

fn is_trusted(request: &HttpRequest, peer: IpAddr) -> bool {
    config(request).is_some_and(|config| config.trusted_proxies.contains(&peer))
}
