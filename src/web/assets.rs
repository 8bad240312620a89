//! Files of `static/`, inside the binary. One hash over all of them stands in every URL, so that a
//! stylesheet or module can be kept for a year, and modules import each other by relative path.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use rust_embed::RustEmbed;
use xxhash_rust::xxh3::Xxh3;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

struct Asset {
    media_type: &'static str,
    plain: web::Bytes,
    gzip: web::Bytes,
}

struct Assets {
    hash: String,
    by_path: HashMap<String, Asset>,
}

static ASSETS: OnceLock<Assets> = OnceLock::new();

/// The URL of a file in `static/`; `app.css` is all stylesheets in the order of `css/order.txt`.
pub fn asset(path: &'static str) -> AssetUrl {
    AssetUrl(path)
}

/// An address under `/static`; it is written piece by piece, because a list page has hundreds.
pub struct AssetUrl(&'static str);

impl Display for AssetUrl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        ["/static/", &all().hash, "/", self.0]
            .into_iter()
            .try_for_each(|part| f.write_str(part))
    }
}

impl FastWritable for AssetUrl {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        for part in ["/static/", &all().hash, "/", self.0] {
            dest.write_str(part)?;
        }
        Ok(())
    }
}

// The hash is hexadecimal, and the path is the name of a file of ours.
impl HtmlSafe for AssetUrl {}

/// The text of a file in `static/`, for those with an address of their own.
pub fn text(path: &str) -> Option<web::Bytes> {
    all().by_path.get(path).map(|asset| asset.plain.clone())
}

/// `GET /static/{hash}/{path}`. An old hash gets the file of today, but no promise to keep it.
pub async fn serve(request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    let (hash, path) = path.into_inner();
    let Some(found) = all().by_path.get(&path) else {
        return HttpResponse::NotFound().finish();
    };
    let cache = if hash == all().hash {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(found.media_type)
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, "Accept-Encoding"));
    if takes_gzip(&request) {
        answer
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .body(found.gzip.clone())
    } else {
        answer
            .insert_header((header::CONTENT_ENCODING, "identity"))
            .body(found.plain.clone())
    }
}

fn takes_gzip(request: &HttpRequest) -> bool {
    request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"))
}

fn all() -> &'static Assets {
    ASSETS.get_or_init(load)
}

fn load() -> Assets {
    let mut names: Vec<String> = Files::iter().map(|name| name.to_string()).collect();
    names.sort();
    let mut hasher = Xxh3::new();
    let mut by_path = HashMap::new();
    for name in names {
        if let Some(file) = Files::get(&name) {
            hasher.update(name.as_bytes());
            hasher.update(&file.data);
            by_path.insert(
                name.clone(),
                Asset::new(media_type(&name), file.data.into_owned()),
            );
        }
    }
    by_path.insert(
        "app.css".to_owned(),
        Asset::new("text/css; charset=utf-8", stylesheets()),
    );
    Assets {
        hash: format!("{:08x}", hasher.digest() >> 32),
        by_path,
    }
}

/// All sheets as one: the browser asks once.
fn stylesheets() -> Vec<u8> {
    let order = Files::get("css/order.txt")
        .map(|file| file.data.into_owned())
        .unwrap_or_default();
    let mut sheet = Vec::new();
    for name in String::from_utf8_lossy(&order)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if let Some(file) = Files::get(&format!("css/{name}")) {
            sheet.extend_from_slice(&file.data);
            sheet.push(b'\n');
        }
    }
    sheet
}

impl Asset {
    fn new(media_type: &'static str, plain: Vec<u8>) -> Self {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        let gzip = encoder
            .write_all(&plain)
            .and_then(|()| encoder.finish())
            .unwrap_or_default();
        Self {
            media_type,
            plain: plain.into(),
            gzip: gzip.into(),
        }
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "text/plain; charset=utf-8",
    }
}
