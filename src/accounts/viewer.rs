//! Who is asking. A handler that takes a `Can<Right>` can only be reached by somebody who has that right.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::access::Access;
use super::audit::By;
use super::figures::Figures;
use super::gates::Gates;
use super::pins::Pins;
use super::rights::{self, Right};
use super::store::SignedIn;
use super::{User, store};
use crate::base::clock::{self, MINUTE, Timestamp};
use crate::base::ids::UserId;
use crate::base::{text, token};
use crate::db::Db;
use crate::web::live::Seat;
use crate::web::streams::Streams;
use crate::web::{
    Error, NavCount, NavPin, SESSION_COOKIE, Shell, ShellViewer, client_ip, form_token,
};

/// Somebody signed in, and their session.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The user.
    pub user: User,
    /// What they may do, and with whose records.
    pub access: Access,
    /// Their session.
    pub session_id: i64,
    /// Its form token.
    pub csrf: String,
    /// Name of the workspace.
    pub workspace: String,
    /// When the request came.
    pub now: Timestamp,
    /// From where.
    pub ip: String,
    /// Figures of the sidebar.
    pub counts: Vec<NavCount>,
    /// What they keep in the sidebar.
    pub pins: Vec<NavPin>,
}

/// Whom a request was answered to; left with it for whoever looks at it afterwards.
#[derive(Debug, Clone, Copy)]
pub struct SeenAs(pub UserId);

impl Viewer {
    /// As the one who acts, for the audit.
    pub fn by(&self) -> By {
        By {
            user: Some(self.user.id),
            name: self.user.name.clone(),
            ip: self.ip.clone(),
        }
    }

    /// Their id.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// Their zone.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.user.zone()
    }

    /// The frame of their pages.
    pub fn shell(&self) -> Shell {
        let user = &self.user;
        Shell {
            workspace: self.workspace.clone(),
            viewer: Some(ShellViewer {
                name: user.name.clone(),
                initials: text::initials(&user.name),
                tone: text::tone(user.id.0),
                avatar_url: user.avatar_file_id.map(|id| format!("/files/{id}")),
                is_admin: user.role == super::Role::Admin,
                may: rights::doors(&self.access),
            }),
            csrf: self.csrf.clone(),
            theme: match user.theme {
                super::model::Theme::System => String::new(),
                theme => theme.word().to_owned(),
            },
            language: user.language.clone(),
            counts: self.counts.clone(),
            pins: self.pins.clone(),
            ..Shell::default()
        }
    }
}

impl FromRequest for Viewer {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let back = request
            .uri()
            .path_and_query()
            .map_or("/", |p| p.as_str())
            .to_owned();
        let db = request.app_data::<web::Data<Db>>().cloned();
        let ip = client_ip(request);
        // What changes something is never done on the word of a moment ago.
        let may_be_remembered = request.method().is_safe();
        // Only their own sidebar shows figures.
        let figures = request
            .app_data::<web::Data<Figures>>()
            .filter(|_| request.path().starts_with("/settings"))
            .cloned();
        let pins = request.app_data::<web::Data<Pins>>().cloned();
        let asked = request.clone();
        let cookie = request
            .cookie(SESSION_COOKIE)
            .map(|c| (token::hash(c.value()), form_token(c.value())));
        Box::pin(async move {
            let (Some(db), Some((hash, csrf))) = (db, cookie) else {
                return Err(Error::SignIn(back));
            };
            let now = clock::now();
            let who = who(&db, hash, now, may_be_remembered, pins).await?;
            let Some(Who {
                signed_in,
                access,
                workspace,
                pins,
            }) = who
            else {
                return Err(Error::SignIn(back));
            };
            let counts = match figures {
                Some(figures) => {
                    let access = access.clone();
                    db.read(move |conn| figures.read(conn, &access)).await?
                }
                None => Vec::new(),
            };
            if now.since(signed_in.last_seen_at) > 5 * MINUTE {
                let (session, user) = (signed_in.session_id, signed_in.user.id);
                db.write(move |conn| store::touch_session(conn, session, user, now))
                    .await
                    .map_err(Error::from)?;
            }
            asked.extensions_mut().insert(SeenAs(signed_in.user.id));
            Ok(Self {
                user: signed_in.user,
                access,
                session_id: signed_in.session_id,
                csrf,
                workspace: workspace.unwrap_or_else(|| "Rapport".to_owned()),
                now,
                ip,
                counts,
                pins,
            })
        })
    }
}

/// Somebody, and where they are.
#[derive(Debug, Clone)]
struct Who {
    signed_in: SignedIn,
    access: Access,
    workspace: Option<String>,
    pins: Vec<NavPin>,
}

/// Whose session it is. A page asks a moment later for the same again and again, so it is remembered as other small
/// answers are: a session that ends in this process is forgotten at once, one that ends in another within two seconds.
async fn who(
    db: &Db,
    hash: Vec<u8>,
    now: Timestamp,
    may_be_remembered: bool,
    pins: Option<web::Data<Pins>>,
) -> Result<Option<Who>, Error> {
    let memo = db.memo();
    let question = format!("session.{}", text::hex(&hash));
    if may_be_remembered && let Some(known) = memo.peek::<Who>(&question) {
        return Ok(Some(known.as_ref().clone()));
    }
    let who = db.read(move |conn| {
        memo.recall_found(&question, conn, |conn| {
            let Some(signed_in) = store::session_by_token(conn, hash, now)? else {
                return Ok(None);
            };
            let access = store::access_of(conn, &signed_in.user)?;
            let workspace = store::setting(conn, "workspace.name")?;
            let pins = match pins {
                Some(pins) => pins.read(conn, signed_in.user.id)?,
                None => Vec::new(),
            };
            Ok(Some(Who {
                signed_in,
                access,
                workspace,
                pins,
            }))
        })
    });
    let found: Result<_, diesel::result::Error> = who.await;
    Ok(found?.map(|who| who.as_ref().clone()))
}

/// A viewer who has the right `R`.
#[derive(Debug, Clone)]
pub struct Can<R> {
    viewer: Viewer,
    right: PhantomData<R>,
}

impl<R: Right> Can<R> {
    /// A seat before a stream, for as long as they are signed in and have the right.
    pub fn seat(&self, db: &Db, streams: &Streams) -> Seat {
        let (db, session) = (db.clone(), self.viewer.session_id);
        Seat::new(streams.take(self.id()), move || {
            let (db, now) = (db.clone(), clock::now());
            async move {
                let access = db.read(move |conn| {
                    let user = store::user_of_session(conn, session, now)?;
                    user.map(|user| store::access_of(conn, &user)).transpose()
                });
                // A database that is away for a moment is no reason to stop; the next sign of life asks again.
                let access: Result<_, diesel::result::Error> = access.await;
                access.map_or(true, |access| access.is_some_and(|a| R::allows(&a)))
            }
        })
    }
}

impl<R> Deref for Can<R> {
    type Target = Viewer;
    fn deref(&self) -> &Viewer {
        &self.viewer
    }
}

impl<R: Right> FromRequest for Can<R> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let viewer = Viewer::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let viewer = viewer.await?;
            if !R::allows(&viewer.access) {
                return Err(Error::Forbidden(format!(
                    "Your role, {}, may not {}. An administrator can change it under Settings, People.",
                    viewer.access.label(),
                    R::WHAT
                )));
            }
            pass::<R>(&request, &viewer.access).await?;
            Ok(Self {
                viewer,
                right: PhantomData,
            })
        })
    }
}

/// Past the gates, for who does not reach everything.
pub(super) async fn pass<R: Right>(request: &HttpRequest, access: &Access) -> Result<(), Error> {
    if access.is_whole() {
        return Ok(());
    }
    let gates = request.app_data::<web::Data<Gates>>();
    let db = request.app_data::<web::Data<Db>>();
    match (gates, db) {
        (Some(gates), Some(db)) => gates.pass::<R>(request, db, access).await,
        // Without them nobody knows whose anything is.
        _ => Err(Error::NotFound),
    }
}
