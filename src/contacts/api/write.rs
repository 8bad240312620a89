//! Making and changing contacts.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono_tz::Tz;

use super::body::Body;
use super::read::{self, ContactJson};
use crate::accounts::ApiCan;
use crate::accounts::rights::EditContacts;
use crate::base::EmailAddress;
use crate::base::ids::{ContactId, UserId};
use crate::config::Config;
use crate::contacts::actions::{self, Change};
use crate::contacts::companies;
use crate::contacts::duplicates;
use crate::contacts::fields::{self, Object, Ways};
use crate::contacts::model::{By, NewContact};
use crate::contacts::pages::country;
use crate::contacts::refusal::Refusal;
use crate::contacts::{identities, store, words};
use crate::db::{Conn, Db};
use crate::web::{ApiError, ApiResult, client_ip, path_id};

/// `POST /api/v1/contacts`. Needs: contacts:write.
pub async fn create(
    program: ApiCan<EditContacts>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    request: HttpRequest,
    body: Body,
) -> ApiResult<HttpResponse> {
    let (by, access) = (by(&program, &request), program.access.clone());
    let config = config.into_inner();
    let made = db
        .write(move |conn| {
            let ways = fields::ways(conn, &access, Tz::UTC, by.now)?;
            make(conn, &body, &config, &ways, &by)
        })
        .await?;
    let place = format!("/api/v1/contacts/{}", made.0);
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, place))
        .json(made.1))
}

/// `PATCH /api/v1/contacts/{id}`: only what is said changes; null takes away. Needs: contacts:write.
pub async fn change(
    program: ApiCan<EditContacts>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    request: HttpRequest,
    path: web::Path<String>,
    body: Body,
) -> ApiResult<web::Json<ContactJson>> {
    let id: ContactId = path_id(&path)?;
    let (by, access) = (by(&program, &request), program.access.clone());
    let config = config.into_inner();
    let changed = db
        .write(move |conn| {
            let id = store::survivor(conn, id)?;
            let ways = fields::ways(conn, &access, Tz::UTC, by.now)?;
            patch(conn, id, &body, &config, &ways, &by)?;
            read::one(conn, id, &ways, &by.access)?.ok_or(Refusal::Missing)
        })
        .await;
    changed.map(web::Json).map_err(ApiError::from)
}

fn make(
    conn: &mut Conn,
    body: &Body,
    config: &Config,
    ways: &Ways,
    by: &By,
) -> Result<(ContactId, ContactJson), Refusal> {
    let required = fields::all(conn, Object::Contact)?;
    let is_given = |key: &str| body.traits.iter().any(|(k, v)| k == key && v.is_some());
    for field in required.iter().filter(|field| field.is_required) {
        if !is_given(&field.key) {
            let why = format!("{} must be filled in.", field.label);
            return Err(Refusal::invalid(&format!("traits.{}", field.key), why));
        }
    }
    let country = country(conn, config)?;
    let given = |namespace, typed: &Option<Option<String>>| match typed {
        Some(Some(typed)) => actions::normalised(namespace, typed, country.as_deref()).map(Some),
        _ => Ok(None),
    };
    let email = given("email", &body.email)?;
    let new = NewContact {
        facts: body.facts.clone(),
        email: email.as_deref().and_then(EmailAddress::parse),
        phone: given("phone", &body.phone)?,
        stage: body.stage,
        owner_id: owner(conn, body)?.flatten(),
        company: body.company.clone().unwrap_or_default(),
        role: String::new(),
    };
    let id = actions::create(conn, &new, by)?;
    set_traits(conn, id, body, ways, by)?;
    duplicates::note_contact(conn, id, by.now)?;
    let made = read::one(conn, id, ways, &by.access)?.ok_or(Refusal::Missing)?;
    Ok((id, made))
}

fn patch(
    conn: &mut Conn,
    id: ContactId,
    body: &Body,
    config: &Config,
    ways: &Ways,
    by: &By,
) -> Result<(), Refusal> {
    actions::touch(conn, id, by)?;
    let country = country(conn, config)?;
    for (namespace, typed) in [("email", &body.email), ("phone", &body.phone)] {
        match typed {
            Some(Some(typed)) => {
                let country = country.as_deref();
                let identity = actions::add_identity(conn, id, namespace, typed, "", country, by)?;
                actions::set_primary(conn, id, identity, by)?;
            }
            Some(None) => {
                let own = identities::of(conn, id)?;
                let primary = own
                    .iter()
                    .find(|i| i.namespace == namespace && i.is_primary);
                if let Some(primary) = primary {
                    actions::remove_identity(conn, id, primary.id, by)?;
                }
            }
            None => {}
        }
    }
    let change = |(field, to): &(_, String)| Change {
        field: *field,
        was: None,
        to: to.clone(),
    };
    let changes: Vec<Change> = body.facts.iter().map(change).collect();
    actions::change(conn, id, &changes, by)?;
    if let Some(stage) = body.stage {
        actions::set_stage(conn, id, stage, by)?;
    }
    if let Some(owner) = owner(conn, body)? {
        actions::set_owner(conn, id, owner, by)?;
    }
    if let Some(name) = body
        .company
        .as_deref()
        .filter(|name| !name.trim().is_empty())
    {
        let company = companies::actions::named(conn, name, by)?;
        companies::people::link(conn, company, id, "", by)?;
        companies::people::make_primary(conn, Some(company), id)?;
        words::refresh(conn, id)?;
    }
    set_traits(conn, id, body, ways, by)?;
    Ok(())
}

fn set_traits(
    conn: &mut Conn,
    id: ContactId,
    body: &Body,
    ways: &Ways,
    by: &By,
) -> Result<(), Refusal> {
    for (key, value) in &body.traits {
        actions::set_trait(conn, id, key, value.as_ref(), ways, by)?;
    }
    Ok(())
}

fn owner(conn: &mut Conn, body: &Body) -> Result<Option<Option<UserId>>, Refusal> {
    match &body.owner {
        None => Ok(None),
        Some(None) => Ok(Some(None)),
        Some(Some(email)) => match store::user_by_email(conn, &email.trim().to_lowercase())? {
            Some(id) => Ok(Some(Some(id))),
            None => Err(Refusal::invalid("owner", "Nobody here has this address.")),
        },
    }
}

fn by(program: &ApiCan<EditContacts>, request: &HttpRequest) -> By {
    By {
        user: program.user.id,
        name: program.user.name.clone(),
        ip: client_ip(request),
        now: program.now,
        access: program.access.clone(),
    }
}
