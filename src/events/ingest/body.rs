//! The bytes of a request: bounded before and after inflating, gzip known by header or by its first two bytes.

use std::io::Read;

use actix_web::http::header;
use actix_web::{HttpRequest, web};

/// The most a request may hold, inflated: what the largest SDK sends.
pub(super) const MOST_BYTES: usize = 4 << 20;

/// Why there are no bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    TooLarge,
    /// Not gzip though it says so, or cut on the way.
    Broken(String),
}

/// Reads and inflates the body.
pub(super) async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Vec<u8>, Refused> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MOST_BYTES) {
        return Err(Refused::TooLarge);
    }
    let bytes = match payload.to_bytes_limited(MOST_BYTES).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(Refused::Broken(error.to_string())),
        Err(_) => return Err(Refused::TooLarge),
    };
    inflate(&bytes)
}

/// Inflates what is gzip; hands on what is not.
pub(super) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut plain = Vec::with_capacity(bytes.len().saturating_mul(4).min(MOST_BYTES));
    flate2::read::MultiGzDecoder::new(bytes)
        .take(MOST_BYTES as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|error| Refused::Broken(error.to_string()))?;
    if plain.len() > MOST_BYTES {
        Err(Refused::TooLarge)
    } else {
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn gzip_is_known_by_its_magic_and_bombs_are_refused() {
        assert_eq!(inflate(b"{}").expect("plain"), b"{}");
        assert_eq!(inflate(&gzip(b"{}")).expect("gzip"), b"{}");
        assert_eq!(
            inflate(&gzip(&vec![b' '; 64 << 20])),
            Err(Refused::TooLarge)
        );
        let cut = gzip(b"{\"a\": 1234567890}");
        assert!(matches!(
            inflate(&cut[..cut.len() - 6]),
            Err(Refused::Broken(_))
        ));
    }
}
