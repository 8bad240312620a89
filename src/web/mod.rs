//! The HTTP kit every slice is served with: pages, forms, errors, assets, guards. Knows no slice.

mod assets;
mod conditional;
mod csrf;
mod error;
mod filters;
mod flash;
mod form;
#[cfg(debug_assertions)]
pub mod gallery;
mod head;
mod headers;
pub mod layout;
pub mod live;
mod methods;
mod page;
mod paging;
mod request;
mod shell;
pub mod spool;
pub mod streams;
pub mod ui;
mod upload;

pub use assets::{asset, serve as serve_asset, text as asset_text};
pub use conditional::conditional;
pub use csrf::{SESSION_COOKIE, form_token, guard as csrf_guard};
pub use error::{ApiError, ApiResult, Error, Result, not_found, query_config};
pub use filters::{When, ago, number};
pub use flash::{FLASH_COOKIE, take as take_flash};
pub use form::{Errors, Form};
pub use head::head;
pub use headers::{request_frame, security};
pub use methods::{get, options, patch, post};
pub use page::{Page, Redirect, redirect};
pub use paging::{Cursor, Paged};
pub use request::{base_url, client_ip, is_https, path_id, wants_html};
pub use shell::{Doors, Flash, NavCount, NavPin, Shell, ShellViewer};
pub use upload::{Part, Upload};
