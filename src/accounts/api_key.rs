//! Programs: `Authorization: Bearer <key>`. A key acts for its user, within its scopes.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, web};

use super::access::Access;
use super::rights::Right;
use super::{User, store, viewer};
use crate::base::clock::{self, MINUTE, Timestamp};
use crate::base::token;
use crate::db::Db;
use crate::web::ApiError;

/// A program whose key and user have the right `R`.
#[derive(Debug, Clone)]
pub struct ApiCan<R> {
    /// For whom the key acts.
    pub user: User,
    /// What they may do, and with whose records.
    pub access: Access,
    /// When the request came.
    pub now: Timestamp,
    scopes: String,
    right: PhantomData<R>,
}

impl<R> ApiCan<R> {
    /// Whether the key has a scope besides the one that its right asks for.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.split_whitespace().any(|own| own == scope)
    }
}

impl<R: Right> FromRequest for ApiCan<R> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let db = request.app_data::<web::Data<Db>>().cloned();
        let key = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(|key| token::hash(key.trim()));
        let request = request.clone();
        Box::pin(async move {
            let refused = || {
                ApiError::new(
                    StatusCode::UNAUTHORIZED,
                    "unauthorized",
                    "Send an API key: Authorization: Bearer <key>. Keys are made under Settings, API keys.",
                )
            };
            let (Some(db), Some(hash)) = (db, key) else {
                return Err(refused());
            };
            let found = db
                .read(move |conn| store::holder_of_key(conn, hash))
                .await?;
            let Some(holder) = found else {
                return Err(refused());
            };
            let (user, access, scopes, now) =
                (holder.user, holder.access, holder.scopes, clock::now());
            let is_own = |scope: &str| scopes.split_whitespace().any(|own| own == scope);
            let has_scope = R::SCOPE.is_some_and(|any| any.split(' ').any(is_own));
            if !has_scope || !R::allows(&access) {
                return Err(ApiError::new(
                    StatusCode::FORBIDDEN,
                    "forbidden",
                    format!(
                        "This key may not {}; it needs the scope {}.",
                        R::WHAT,
                        R::SCOPE
                            .unwrap_or("(none: not by key)")
                            .replace(' ', " or ")
                    ),
                ));
            }
            viewer::pass::<R>(&request, &access).await?;
            let is_noted = holder
                .last_used_at
                .is_some_and(|at| now.since(at) < 5 * MINUTE);
            if !is_noted {
                let key = holder.key_id;
                db.write(move |conn| store::touch_key(conn, key, now))
                    .await?;
            }
            Ok(Self {
                user,
                access,
                now,
                scopes,
                right: PhantomData,
            })
        })
    }
}
