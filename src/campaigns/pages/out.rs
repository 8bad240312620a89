//! What recipients meet: the picture of an opening, the way through a link, the way out. Nothing but a POST changes anything
//! about what they allow.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::accounts::keyring::Keyring;
use crate::accounts::{Guest, store as accounts};
use crate::base::ids::RecipientId;
use crate::base::{clock, text};
use crate::campaigns::events::Hit;
use crate::campaigns::hits::Hits;
use crate::campaigns::machines::{self, Sign};
use crate::campaigns::store::recipients;
use crate::campaigns::{actions, links, store};
use crate::db::{Conn, Db};
use crate::privacy;
use crate::privacy::Proof;
use crate::privacy::model::ConsentSource;
use crate::web::{Error, Page, Result, Shell, client_ip, redirect};

/// One transparent dot.
const DOT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// `GET /mail/o/{token}.gif`. Open to everybody; a wrong token gets the picture too.
pub async fn open(
    keys: web::Data<Keyring>,
    hits: web::Data<Hits>,
    db: web::Data<Db>,
    path: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let token = path.trim_end_matches(".gif");
    if let Some(recipient) = links::opened(&keys, token) {
        let hit = Hit {
            recipient,
            link: None,
            at: clock::now(),
            sign: sign(&request),
        };
        hits.note(&db, hit).await;
    }
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .content_type("image/gif")
        .body(DOT)
}

/// `GET /mail/c/{token}`. Open to whoever has the link. Where it leads stands in the signed token, so it leads nowhere else,
/// and also where the database is away.
pub async fn click(
    keys: web::Data<Keyring>,
    hits: web::Data<Hits>,
    db: web::Data<Db>,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (recipient, position, url) = links::clicked(&keys, &path).ok_or(Error::NotFound)?;
    let answer = HttpResponse::Found()
        .insert_header((header::LOCATION, url.as_str()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish();
    let hit = Hit {
        recipient,
        link: Some((position, url)),
        at: clock::now(),
        sign: sign(&request),
    };
    hits.note(&db, hit).await;
    Ok(answer)
}

/// What a request says of itself.
fn sign(request: &HttpRequest) -> Sign {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value.and_then(|value| value.to_str().ok())
    };
    let purpose = ["sec-purpose", "purpose", "x-moz", "x-purpose"];
    let purpose = purpose.into_iter().find_map(header).unwrap_or_default();
    let agent = header("user-agent").unwrap_or_default();
    machines::sign(request.method() == Method::HEAD, agent, purpose)
}

/// The page behind the unsubscribe link of a mail.
#[derive(Template)]
#[template(path = "campaigns/unsubscribe.html")]
pub struct LeavePage {
    token: String,
    workspace: String,
    topic: String,
    preferences: String,
    is_test: bool,
    is_done: bool,
}

/// `GET /mail/u/{token}`: asks, and changes nothing: mail scanners follow links. Open to whoever has the link.
pub async fn leave(
    guest: Guest,
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    path: web::Path<String>,
) -> Result<Page<LeavePage>> {
    let token = path.into_inner();
    let id = links::leaving(&keys, &token).ok_or(Error::NotFound)?;
    let page = db
        .read(move |conn| LeavePage::read(conn, &keys, id, token))
        .await?;
    Ok(Page::new(guest.shell(page.workspace.clone()), page))
}

/// `POST /mail/u/{token}`: by the button of a mail program (RFC 8058) or of our page. The signed token is the key; whoever
/// posts needs no cookie. Open to whoever has the link.
pub async fn unsubscribe(
    db: web::Data<Db>,
    keys: web::Data<Keyring>,
    path: web::Path<String>,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse> {
    let token = path.into_inner();
    let id = links::leaving(&keys, &token).ok_or(Error::NotFound)?;
    let is_by_program = body
        .split(|b| *b == b'&')
        .any(|pair| pair.eq_ignore_ascii_case(b"List-Unsubscribe=One-Click"));
    let agent = request.headers().get(header::USER_AGENT);
    let agent = agent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let proof = Proof {
        source: ConsentSource::OneClick,
        wording: if is_by_program {
            "List-Unsubscribe=One-Click".to_owned()
        } else {
            "Unsubscribe, on the page behind the link".to_owned()
        },
        actor: None,
        ip: client_ip(&request),
        agent: text::line(agent, 300),
    };
    let now = clock::now();
    if id.0 > 0 {
        db.write(move |conn| actions::unsubscribe(conn, id, &proof, now))
            .await
            .map_err(|error: diesel::result::Error| Error::from(error))?;
    }
    if is_by_program {
        return Ok(HttpResponse::Ok()
            .content_type("text/plain")
            .body("Unsubscribed\n"));
    }
    let to = redirect(format!("/mail/u/{token}"));
    Ok(actix_web::Responder::respond_to(to, &request).map_into_boxed_body())
}

impl LeavePage {
    fn read(conn: &mut Conn, keys: &Keyring, id: RecipientId, token: String) -> Result<Self> {
        let workspace = accounts::setting(conn, "workspace.name")?;
        let mut page = Self {
            token,
            workspace: workspace.unwrap_or_else(|| Shell::default().workspace),
            topic: String::new(),
            preferences: String::new(),
            is_test: id.0 <= 0,
            is_done: false,
        };
        if page.is_test {
            return Ok(page);
        }
        let recipient = recipients::find(conn, id)?.ok_or(Error::NotFound)?;
        let campaign = store::find(conn, recipient.campaign_id)?.ok_or(Error::NotFound)?;
        if let Some(topic) = campaign.topic_id {
            let found = privacy::store::topic(conn, topic)?;
            page.topic = found.map(|topic| topic.name).unwrap_or_default();
            let said = privacy::store::said(conn, recipient.contact_id, topic)?;
            page.is_done = said != Some(privacy::ConsentState::Given);
        }
        page.preferences = privacy::links::path(keys, recipient.contact_id);
        Ok(page)
    }
}
