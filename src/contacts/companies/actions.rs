//! Every change of a company by a person: checked, made, told on the timeline, searchable, in one transaction.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::model::{Company, CompanyField, NewCompany};
use super::{is_free_mail, store};
use crate::accounts::audit;
use crate::accounts::{Action, Object, seen};
use crate::base::ids::{CRM_SOURCE, CompanyId, TagId, UserId};
use crate::base::{EmailAddress, phone, text};
use crate::contacts::model::{By, Stage};
use crate::contacts::refusal::{Clash, Refusal};
use crate::contacts::{purge, store as people, tags};
use crate::db::Conn;
use crate::db::dialect::search::spelling::{self, Keep};
use crate::db::dialect::search::{self, Kind};
use crate::db::schema::{companies, company_domains};
use crate::jobs;
use crate::search::jobs::Follow;
use crate::timeline::{self, About, EntryKind, NewEntry};
use crate::web::Errors;

/// A fact somebody wants changed: which, what it said when they began, what they typed.
pub type Change = (CompanyField, Option<String>, String);

/// Makes a company.
pub fn create(conn: &mut Conn, new: &NewCompany, by: &By) -> Result<CompanyId, Refusal> {
    let mut errors = Errors::new();
    for field in CompanyField::ALL {
        if let Err(why) = field.clean(new.fact(*field)) {
            errors.add(field.word(), why);
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    if let Some(owner) = new.owner_id
        && !people::is_user(conn, owner)?
    {
        return Err(Refusal::invalid("owner", "Choose somebody who works here."));
    }
    let fact = |field: CompanyField| field.clean(new.fact(field)).unwrap_or_default();
    let name = fact(CompanyField::Name);
    let id: CompanyId = diesel::insert_into(companies::table)
        .values((
            companies::name.eq(&name),
            companies::sort_name.eq(text::fold(&name)),
            companies::owner_id.eq(new.owner_id.or(by.access.owner_of_new(Object::Contacts))),
            companies::stage.eq(new.stage.unwrap_or(Stage::Lead)),
            companies::industry.eq(fact(CompanyField::Industry)),
            companies::employees.eq(fact(CompanyField::Employees).parse::<i64>().ok()),
            companies::phone.eq(some(fact(CompanyField::Phone))),
            companies::website.eq(fact(CompanyField::Website)),
            companies::street.eq(fact(CompanyField::Street)),
            companies::city.eq(fact(CompanyField::City)),
            companies::region.eq(fact(CompanyField::Region)),
            companies::postal_code.eq(fact(CompanyField::PostalCode)),
            companies::country.eq(fact(CompanyField::Country)),
            (
                companies::source_id.eq(CRM_SOURCE),
                companies::created_by.eq(Some(by.user)),
                companies::revision.eq(1),
                companies::created_at.eq(by.now),
                companies::updated_at.eq(by.now),
                companies::last_seen_at.eq(by.now),
            ),
        ))
        .returning(companies::id)
        .get_result(conn)?;
    tell(conn, id, EntryKind::Created, by, json!({}))?;
    if !new.domain.trim().is_empty() {
        give_domain(conn, id, &new.domain, by)?;
    }
    index(conn, id)?;
    Ok(id)
}

/// The company of that name, made where there is none.
pub fn named(conn: &mut Conn, name: &str, by: &By) -> Result<CompanyId, Refusal> {
    // One of the same name that they may not see is another company to them.
    if let Some(id) = store::by_name(conn, name)?
        && seen::company(conn, &by.access, Action::Read, id.0)?
    {
        return Ok(id);
    }
    let new = NewCompany {
        facts: vec![(CompanyField::Name, name.to_owned())],
        ..NewCompany::default()
    };
    create(conn, &new, by)
}

/// Changes facts; what somebody else changed meanwhile is not overwritten.
pub fn change(
    conn: &mut Conn,
    id: CompanyId,
    changes: &[Change],
    by: &By,
) -> Result<Company, Refusal> {
    let company = take(conn, id, by)?;
    let mut errors = Errors::new();
    let mut clashes = Vec::new();
    for (field, was, typed) in changes {
        let now = field.of(&company);
        let to = match field.clean(typed) {
            Ok(to) => to,
            Err(why) => {
                errors.add(field.word(), why);
                continue;
            }
        };
        if to == now || was.as_ref() == Some(&to) {
            continue;
        }
        if was.as_ref().is_some_and(|was| *was != now) {
            clashes.push(Clash {
                field: field.word().to_owned(),
                label: field.label().to_owned(),
                now,
                typed: to,
            });
            continue;
        }
        set_column(conn, id, *field, &to)?;
        if *field == CompanyField::Name {
            jobs::enqueue(conn, &Follow { company: id }, by.now)?;
        }
        let data = json!({ "label": field.label(), "from": now, "to": to });
        tell(conn, id, EntryKind::Changed, by, data)?;
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    if !clashes.is_empty() {
        return Err(Refusal::Clash(clashes));
    }
    index(conn, id)?;
    store::live(conn, id)?.ok_or(Refusal::Missing)
}

/// Gives a company to somebody, or to nobody.
pub fn set_owner(
    conn: &mut Conn,
    id: CompanyId,
    owner: Option<UserId>,
    by: &By,
) -> Result<(), Refusal> {
    if let Some(owner) = owner
        && !people::is_user(conn, owner)?
    {
        return Err(Refusal::invalid("owner", "Choose somebody who works here."));
    }
    let company = take(conn, id, by)?;
    if company.owner_id == owner {
        return Ok(());
    }
    diesel::update(companies::table.filter(companies::id.eq(id)))
        .set(companies::owner_id.eq(owner))
        .execute(conn)?;
    let names = people::user_names(conn, company.owner_id.into_iter().chain(owner))?;
    let name = |user: Option<UserId>| user.and_then(|user| names.get(&user));
    let data = json!({ "from": name(company.owner_id), "to": name(owner) });
    tell(conn, id, EntryKind::Owner, by, data)?;
    Ok(())
}

/// Moves a company along. Gives the stage it was in.
pub fn set_stage(conn: &mut Conn, id: CompanyId, stage: Stage, by: &By) -> Result<Stage, Refusal> {
    let company = take(conn, id, by)?;
    if company.stage != stage {
        diesel::update(companies::table.filter(companies::id.eq(id)))
            .set(companies::stage.eq(stage))
            .execute(conn)?;
        let data = json!({ "from": company.stage.label(), "to": stage.label() });
        tell(conn, id, EntryKind::Stage, by, data)?;
    }
    Ok(company.stage)
}

/// Gives a company a domain that nobody has.
pub fn add_domain(conn: &mut Conn, id: CompanyId, typed: &str, by: &By) -> Result<(), Refusal> {
    take(conn, id, by)?;
    give_domain(conn, id, typed, by)?;
    index(conn, id)?;
    Ok(())
}

/// Takes a domain away; the next one becomes the primary.
pub fn remove_domain(conn: &mut Conn, id: CompanyId, domain: &str, by: &By) -> Result<(), Refusal> {
    take(conn, id, by)?;
    let gone = diesel::delete(company_domains::table)
        .filter(company_domains::company_id.eq(id))
        .filter(company_domains::domain.eq(domain))
        .execute(conn)?;
    if gone == 0 {
        return Err(Refusal::Missing);
    }
    if let Some(next) = store::domains(conn, id)?.first() {
        diesel::update(company_domains::table.filter(company_domains::domain.eq(next)))
            .set(company_domains::is_primary.eq(true))
            .execute(conn)?;
    }
    let data = json!({ "label": "Domain", "from": domain, "to": "" });
    tell(conn, id, EntryKind::Changed, by, data)?;
    index(conn, id)?;
    Ok(())
}

/// Puts a tag on, made where it is new.
pub fn tag(conn: &mut Conn, id: CompanyId, name: &str, by: &By) -> Result<(), Refusal> {
    take(conn, id, by)?;
    let Some(tag) = tags::named(conn, name, by.now)? else {
        return Err(Refusal::invalid("tag", "Write the tag."));
    };
    if store::put_tag(conn, id, tag.id)? {
        tell(conn, id, EntryKind::Tagged, by, json!({ "tag": tag.name }))?;
    }
    Ok(())
}

/// Takes a tag off.
pub fn untag(conn: &mut Conn, id: CompanyId, tag: TagId, by: &By) -> Result<(), Refusal> {
    take(conn, id, by)?;
    let Some(tag) = tags::find(conn, tag)? else {
        return Err(Refusal::Missing);
    };
    if store::take_off_tag(conn, id, tag.id)? {
        tell(
            conn,
            id,
            EntryKind::Untagged,
            by,
            json!({ "tag": tag.name }),
        )?;
    }
    Ok(())
}

/// To the trash. Its people stay where they are.
pub fn delete(conn: &mut Conn, id: CompanyId, by: &By) -> Result<Company, Refusal> {
    let company = take(conn, id, by)?;
    diesel::update(companies::table.filter(companies::id.eq(id)))
        .set(companies::deleted_at.eq(Some(by.now)))
        .execute(conn)?;
    tell(conn, id, EntryKind::Deleted, by, json!({}))?;
    search::put(conn, Kind::Company, id.0, "")?;
    Ok(company)
}

/// Back from the trash.
pub fn restore(conn: &mut Conn, id: CompanyId, by: &By) -> Result<Company, Refusal> {
    let restored = diesel::update(companies::table.filter(companies::id.eq(id)))
        .filter(companies::deleted_at.ge(purge::limit(by.now)))
        .filter(companies::merged_into.is_null())
        .set((
            companies::deleted_at.eq(None::<i64>),
            companies::updated_at.eq(by.now),
        ))
        .execute(conn)?;
    if restored > 0 {
        tell(conn, id, EntryKind::Restored, by, json!({}))?;
        index(conn, id)?;
    }
    store::live(conn, id)?.ok_or(Refusal::Missing)
}

pub(super) fn take(conn: &mut Conn, id: CompanyId, by: &By) -> Result<Company, Refusal> {
    store::take(conn, id, by.now)?.ok_or(Refusal::Missing)
}

fn give_domain(conn: &mut Conn, id: CompanyId, typed: &str, by: &By) -> Result<(), Refusal> {
    let bare = typed
        .trim()
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    let Some(domain) = EmailAddress::domain_name(bare) else {
        return Err(Refusal::invalid(
            "domain",
            "That is no domain. Write it as example.com.",
        ));
    };
    if is_free_mail(&domain) {
        let message =
            format!("{domain} is a mail provider’s: its addresses belong to many companies.");
        return Err(Refusal::invalid("domain", message));
    }
    match store::domain_holder(conn, &domain)? {
        Some((holder, _)) if holder == id => return Ok(()),
        Some((holder, _)) if !seen::company(conn, &by.access, Action::Read, holder.0)? => {
            let why = format!("{domain} belongs to a company that you may not see.");
            return Err(Refusal::invalid("domain", why));
        }
        Some((holder, name)) => {
            return Err(Refusal::DomainTaken {
                domain,
                holder,
                name,
            });
        }
        None => {}
    }
    let is_first = store::domains(conn, id)?.is_empty();
    diesel::insert_into(company_domains::table)
        .values((
            company_domains::domain.eq(&domain),
            company_domains::company_id.eq(id),
            company_domains::is_primary.eq(is_first),
        ))
        .execute(conn)?;
    let data = json!({ "label": "Domain", "from": "", "to": domain });
    tell(conn, id, EntryKind::Changed, by, data)?;
    Ok(())
}

fn set_column(conn: &mut Conn, id: CompanyId, field: CompanyField, to: &str) -> QueryResult<()> {
    use companies as c;
    let row = c::table.filter(c::id.eq(id));
    match field {
        CompanyField::Name => diesel::update(row)
            .set((c::name.eq(to), c::sort_name.eq(text::fold(to))))
            .execute(conn),
        CompanyField::Industry => diesel::update(row).set(c::industry.eq(to)).execute(conn),
        CompanyField::Employees => diesel::update(row)
            .set(c::employees.eq(to.parse::<i64>().ok()))
            .execute(conn),
        CompanyField::Phone => diesel::update(row)
            .set(c::phone.eq(some(to.to_owned())))
            .execute(conn),
        CompanyField::Website => diesel::update(row).set(c::website.eq(to)).execute(conn),
        CompanyField::Street => diesel::update(row).set(c::street.eq(to)).execute(conn),
        CompanyField::PostalCode => diesel::update(row).set(c::postal_code.eq(to)).execute(conn),
        CompanyField::City => diesel::update(row).set(c::city.eq(to)).execute(conn),
        CompanyField::Region => diesel::update(row).set(c::region.eq(to)).execute(conn),
        CompanyField::Country => diesel::update(row).set(c::country.eq(to)).execute(conn),
    }
    .map(|_| ())
}

/// Writes down the words by which it is found as it is now: its name, domains, city, number.
pub fn index(conn: &mut Conn, id: CompanyId) -> QueryResult<()> {
    let Some(company) = store::live(conn, id)? else {
        return Ok(());
    };
    let domains = store::domains(conn, id)?.join(" ");
    let number = company.phone.as_deref().map(dialled).unwrap_or_default();
    let words = format!("{} {domains} {} {number}", company.name, company.city);
    spelling::learn(conn, Keep::Parts, [company.name.as_str()])?;
    search::put(conn, Kind::Company, id.0, &words)
}

/// A number that stands as it was typed, with and without the country's digits.
fn dialled(typed: &str) -> String {
    if let Some(e164) = phone::parse(typed, None) {
        return format!("{e164} {}", phone::national(&e164).unwrap_or_default());
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

pub(super) fn tell(
    conn: &mut Conn,
    id: CompanyId,
    kind: EntryKind,
    by: &By,
    data: Value,
) -> QueryResult<()> {
    let entry = NewEntry::by(About::Company(id), kind, by.user, by.now, data);
    timeline::add(conn, &entry)?;
    let (action, object) = (format!("company.{kind}"), Some(("company", id.0)));
    audit::record(conn, &by.audited(), &action, object, &entry.words(), by.now)
}

fn some(value: String) -> Option<String> {
    Some(value).filter(|value| !value.is_empty())
}
