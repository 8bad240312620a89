//! Who looks like somebody: a few questions to indexes, then a comparison of those found. Cheap enough for a keystroke.

use diesel::QueryResult;

use super::likeness::{self, Likeness, Verdict, WORTH_ASKING};
use super::store::{self, Known};
use crate::accounts::{Access, Action, seen};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId};
use crate::contacts::companies::store as companies;
use crate::contacts::identities;
use crate::contacts::merge::Kind;
use crate::db::Conn;
use crate::db::dialect::search;

/// Found by the words of a name.
const BY_NAME: i64 = 40;
/// Found by a domain, and people of a company.
const BY_PLACE: i64 = 150;
/// Per cent from which a form asks.
const SURE: i64 = 80;
/// Offered.
const OFFERED: usize = 3;

/// A record that looks like what is typed.
#[derive(Debug, Clone)]
pub struct Match {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub name: String,
    /// By what else it is told.
    pub about: String,
    /// Why.
    pub reason: &'static str,
    /// How sure, per cent.
    pub confidence: i64,
}

impl Match {
    /// Whether a form asks before it makes another one.
    pub fn is_sure(&self) -> bool {
        self.confidence >= SURE
    }
}

/// Contacts that look like somebody who is being typed.
pub fn ask_person(
    conn: &mut Conn,
    name: &str,
    email: Option<&str>,
    phone: Option<&str>,
    company: &str,
    own: Option<ContactId>,
    access: &Access,
) -> QueryResult<Vec<Match>> {
    let own_like = Likeness::of_person(name, email, phone, company);
    let company = companies::by_name(conn, company.trim())?.filter(|_| !company.trim().is_empty());
    let place = (email.and_then(|email| email.split_once('@')), company);
    let domain = place.0.map_or("", |(_, domain)| domain);
    let mut found = near_people(conn, name, domain, place.1.map(|id| id.0))?;
    let ids = found.iter().map(|known| ContactId(known.id));
    let seen = seen::contacts(conn, access, Action::Read, ids)?;
    found.retain(|known| seen.has(ContactId(known.id)));
    let own = own.map(|id| id.0);
    Ok(best(Kind::Contact, &own_like, own, &found))
}

/// Whoever has the address or the number already, and then those who look like what is typed.
pub fn exact_and_near(
    conn: &mut Conn,
    name: &str,
    (email, phone): (Option<String>, Option<String>),
    company: &str,
    own: Option<ContactId>,
    access: &Access,
) -> QueryResult<Vec<Match>> {
    let mut all = Vec::new();
    for (namespace, value, reason) in [
        ("email", &email, "has this e-mail address"),
        ("phone", &phone, "has this number"),
    ] {
        let Some(value) = value else { continue };
        let holder = identities::holder(conn, namespace, value)?.filter(|id| Some(*id) != own);
        let Some(holder) = holder else { continue };
        if !seen::contact(conn, access, Action::Read, holder.0)? {
            continue;
        }
        let found = store::contacts_of(conn, &[holder.0])?;
        all.extend(found.into_iter().map(|known| Match {
            href: Kind::Contact.path(known.id),
            name: known.name,
            about: known.about,
            reason,
            confidence: 100,
        }));
    }
    let (email, phone) = (email.as_deref(), phone.as_deref());
    let near = ask_person(conn, name, email, phone, company, own, access)?;
    for one in near {
        if !all.iter().any(|other: &Match| other.href == one.href) {
            all.push(one);
        }
    }
    all.truncate(OFFERED);
    Ok(all)
}

/// Companies that look like one that is being typed.
pub fn ask_company(
    conn: &mut Conn,
    name: &str,
    domain: &str,
    own: Option<CompanyId>,
    access: &Access,
) -> QueryResult<Vec<Match>> {
    let own_like = Likeness::of_company(name, domain, None);
    let mut found = near_companies(conn, name, domain)?;
    let ids = found.iter().map(|known| CompanyId(known.id));
    let seen = seen::companies(conn, access, Action::Read, ids)?;
    found.retain(|known| seen.has(CompanyId(known.id)));
    let own = own.map(|id| id.0);
    Ok(best(Kind::Company, &own_like, own, &found))
}

fn best(kind: Kind, own_like: &Likeness, own: Option<i64>, found: &[Known]) -> Vec<Match> {
    let mut all: Vec<(Verdict, &Known)> = found
        .iter()
        .filter(|known| Some(known.id) != own)
        .filter_map(|known| Some((verdict(kind, own_like, &known.likeness)?, known)))
        .collect();
    all.sort_by_key(|(verdict, known)| (-verdict.confidence, known.id));
    all.truncate(OFFERED);
    all.into_iter()
        .map(|(verdict, known)| Match {
            href: kind.path(known.id),
            name: known.name.clone(),
            about: known.about.clone(),
            reason: verdict.reason,
            confidence: verdict.confidence,
        })
        .collect()
}

pub(super) fn verdict(kind: Kind, a: &Likeness, b: &Likeness) -> Option<Verdict> {
    let verdict = match kind {
        Kind::Contact => likeness::people(a, b),
        Kind::Company => likeness::companies(a, b),
    };
    verdict.filter(|verdict| verdict.confidence >= WORTH_ASKING)
}

fn near_people(
    conn: &mut Conn,
    name: &str,
    domain: &str,
    company: Option<i64>,
) -> QueryResult<Vec<Known>> {
    let mut ids = search::find(conn, search::Kind::Contact, name, None, BY_NAME)?;
    if !domain.is_empty() && !crate::contacts::companies::is_free_mail(domain) {
        ids.extend(search::find(
            conn,
            search::Kind::Contact,
            domain,
            None,
            BY_PLACE,
        )?);
    }
    if let Some(company) = company {
        ids.extend(store::colleagues(conn, company, BY_PLACE)?);
    }
    ids.sort_unstable();
    ids.dedup();
    store::contacts_of(conn, &ids)
}

fn near_companies(conn: &mut Conn, name: &str, domain: &str) -> QueryResult<Vec<Known>> {
    let bare = likeness::bare_company(name);
    let mut ids = search::find(conn, search::Kind::Company, &bare, None, BY_NAME)?;
    if let Some(first) = bare.split(' ').next().filter(|word| word.len() > 3) {
        let begins: String = first.chars().take(4).collect();
        ids.extend(search::find(
            conn,
            search::Kind::Company,
            &begins,
            None,
            BY_PLACE,
        )?);
    }
    if !domain.is_empty() {
        ids.extend(search::find(
            conn,
            search::Kind::Company,
            domain,
            None,
            BY_NAME,
        )?);
    }
    ids.sort_unstable();
    ids.dedup();
    store::companies_of(conn, &ids)
}

/// Somebody has changed a contact: whoever looks like it now is noted for the queue.
pub fn note_contact(conn: &mut Conn, id: ContactId, now: Timestamp) -> QueryResult<()> {
    let Some(own) = store::contacts_of(conn, &[id.0])?.into_iter().next() else {
        return Ok(());
    };
    let domain = own.likeness.domain().to_owned();
    let found = near_people(conn, &own.name, &domain, own.company_id)?;
    note(conn, Kind::Contact, &own, &found, now)
}

/// Somebody has changed a company: whoever looks like it now is noted for the queue.
pub fn note_company(conn: &mut Conn, id: CompanyId, now: Timestamp) -> QueryResult<()> {
    let Some(own) = store::companies_of(conn, &[id.0])?.into_iter().next() else {
        return Ok(());
    };
    let domain = own.likeness.domain().to_owned();
    let found = near_companies(conn, &own.name, &domain)?;
    note(conn, Kind::Company, &own, &found, now)
}

fn note(
    conn: &mut Conn,
    kind: Kind,
    own: &Known,
    found: &[Known],
    now: Timestamp,
) -> QueryResult<()> {
    let pairs: Vec<(i64, i64, Verdict)> = found
        .iter()
        .filter(|known| known.id != own.id)
        .filter_map(|known| {
            let verdict = verdict(kind, &own.likeness, &known.likeness)?;
            Some((own.id, known.id, verdict))
        })
        .collect();
    store::put(conn, kind, &pairs, now)
}
