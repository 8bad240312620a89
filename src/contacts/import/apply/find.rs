//! Everything about a chunk that is there already, read in a few questions.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::super::draft::Draft;
use super::decision::Decision;
use super::{Ground, remember};
use crate::base::Timestamp;
use crate::base::ids::{CompanyId, ContactId, IdentityId, TagId, TraitKeyId};
use crate::base::text;
use crate::contacts::companies::is_free_mail;
use crate::contacts::model::Contact;
use crate::contacts::survivorship::Claim;
use crate::db::dialect::reserve;
use crate::db::schema::{
    companies, company_domains, company_people, contact_tags, contacts, identities, import_rows,
    tags, trait_values, traits,
};
use crate::db::{Cached, Conn, padded};
use crate::insert_missing;

/// Values of one statement.
const CHUNK: usize = 500;

/// A link of a contact to a company.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub company: CompanyId,
    pub is_primary: bool,
}

/// What is there.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Whose an identifier is: namespace and value.
    pub holders: HashMap<(String, String), ContactId>,
    /// Contacts that rows may mean.
    pub contacts: HashMap<ContactId, Contact>,
    /// What they have of primary addresses and numbers.
    pub records: HashMap<ContactId, IdentityId>,
    /// Claims by hand and by imports.
    pub claims: HashMap<(ContactId, TraitKeyId), Vec<Claim>>,
    /// What is shown of their traits: key and JSON.
    pub shown: HashMap<ContactId, Vec<(TraitKeyId, String)>>,
    /// Their companies.
    pub links: HashMap<ContactId, Vec<Link>>,
    /// Their tags.
    pub tagged: HashSet<(ContactId, TagId)>,
    /// Contacts of earlier rows of this import.
    pub seen: HashSet<ContactId>,
    /// Companies by folded name.
    pub by_name: HashMap<String, CompanyId>,
    /// Companies by domain.
    pub by_domain: HashMap<String, CompanyId>,
    /// What companies are called.
    pub names: HashMap<CompanyId, String>,
    /// Tags by name.
    pub tags: HashMap<String, TagId>,
}

/// A claim as it is stored.
type Row = (
    ContactId,
    TraitKeyId,
    IdentityId,
    crate::base::ids::SourceId,
    String,
    Timestamp,
    Option<Timestamp>,
);

impl Found {
    pub fn read(conn: &mut Conn, ground: &Ground, drafts: &[Draft]) -> QueryResult<Self> {
        let mut found = Self::default();
        let drafts: Vec<&Draft> = drafts
            .iter()
            .filter(|draft| draft.fault.is_none())
            .collect();
        found.read_holders(conn, &drafts)?;
        let ids: BTreeSet<ContactId> = found.holders.values().copied().collect();
        let ids: Vec<ContactId> = ids.into_iter().collect();
        for chunk in ids.chunks(CHUNK) {
            found.read_contacts(conn, ground, chunk)?;
        }
        found.read_companies(conn, &drafts)?;
        found.read_tags(conn, &drafts)?;
        Ok(found)
    }

    /// The contact that has an identifier.
    pub fn holder(&self, namespace: &str, value: &str) -> Option<&Contact> {
        let key = (namespace.to_owned(), value.to_owned());
        self.holders.get(&key).and_then(|id| self.contacts.get(id))
    }

    /// The company a row names, else the one that has its address's domain.
    pub fn company_of(&self, draft: &Draft) -> Option<CompanyId> {
        let company = &draft.company;
        let by_domain = self.by_domain.get(&company.domain).copied();
        if !company.name.is_empty() {
            let by_name = || self.by_name.get(&text::fold(&company.name)).copied();
            return by_domain.or_else(by_name);
        }
        by_domain.or_else(|| {
            let domain = mail_domain(draft)?;
            above(domain).find_map(|domain| self.by_domain.get(domain).copied())
        })
    }

    fn read_holders(&mut self, conn: &mut Conn, drafts: &[&Draft]) -> QueryResult<()> {
        let wanted: BTreeSet<(&str, &str)> = drafts
            .iter()
            .flat_map(|draft| &draft.identifiers)
            .map(|i| (i.namespace.as_str(), i.value.as_str()))
            .collect();
        let values: BTreeSet<&str> = wanted.iter().map(|(_, value)| *value).collect();
        let values: Vec<&str> = values.into_iter().collect();
        for chunk in values.chunks(CHUNK) {
            let query = identities::table
                .filter(identities::value.eq_any(padded(chunk.to_vec())))
                .filter(identities::namespace.ne("record"))
                .select((
                    identities::namespace,
                    identities::value,
                    identities::contact_id,
                ));
            let rows: Vec<(String, String, ContactId)> = Cached(query).load(conn)?;
            let meant = rows.into_iter().filter(|(namespace, value, _)| {
                wanted.contains(&(namespace.as_str(), value.as_str()))
            });
            self.holders
                .extend(meant.map(|(namespace, value, id)| ((namespace, value), id)));
        }
        Ok(())
    }

    /// Contacts with what is claimed of them.
    fn read_contacts(
        &mut self,
        conn: &mut Conn,
        ground: &Ground,
        ids: &[ContactId],
    ) -> QueryResult<()> {
        let list = || padded(ids.to_vec());
        let rows: Vec<Contact> =
            Cached(Contact::query().filter(contacts::id.eq_any(list()))).load(conn)?;
        self.contacts
            .extend(rows.into_iter().map(|contact| (contact.id, contact)));
        let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let query = identities::table
            .filter(identities::value.eq_any(padded(names)))
            .filter(identities::namespace.eq("record"))
            .select((identities::contact_id, identities::id));
        let rows: Vec<(ContactId, IdentityId)> = Cached(query).load(conn)?;
        self.records.extend(rows);
        let query = trait_values::table
            .inner_join(identities::table.on(identities::id.eq(trait_values::identity_id)))
            .filter(identities::contact_id.eq_any(list()))
            .select((
                identities::contact_id,
                trait_values::key_id,
                trait_values::identity_id,
                trait_values::source_id,
                trait_values::value,
                trait_values::at,
                trait_values::pinned_at,
            ));
        let rows: Vec<Row> = Cached(query).load(conn)?;
        for (contact, key, identity_id, source_id, value, at, pinned_at) in rows {
            let claim = Claim {
                identity_id,
                source_id,
                value,
                at,
                pinned_at,
            };
            self.claims.entry((contact, key)).or_default().push(claim);
        }
        self.read_relations(conn, ground, ids)
    }

    /// What they show, where they work, their tags, and whether an earlier row meant them.
    fn read_relations(
        &mut self,
        conn: &mut Conn,
        ground: &Ground,
        ids: &[ContactId],
    ) -> QueryResult<()> {
        let list = || padded(ids.to_vec());
        let query = traits::table
            .filter(traits::contact_id.eq_any(list()))
            .select((traits::contact_id, traits::key_id, traits::value));
        let rows: Vec<(ContactId, TraitKeyId, String)> = Cached(query).load(conn)?;
        for (contact, key, value) in rows {
            self.shown.entry(contact).or_default().push((key, value));
        }
        let query = company_people::table
            .filter(company_people::contact_id.eq_any(list()))
            .select((
                company_people::contact_id,
                company_people::company_id,
                company_people::is_primary,
            ));
        let rows: Vec<(ContactId, CompanyId, bool)> = Cached(query).load(conn)?;
        for (contact, company, is_primary) in rows {
            self.links.entry(contact).or_default().push(Link {
                company,
                is_primary,
            });
        }
        let query = contact_tags::table
            .filter(contact_tags::contact_id.eq_any(list()))
            .select((contact_tags::contact_id, contact_tags::tag_id));
        let rows: Vec<(ContactId, TagId)> = Cached(query).load(conn)?;
        self.tagged.extend(rows);
        let query = import_rows::table
            .filter(import_rows::contact_id.is_not_null())
            .filter(import_rows::contact_id.eq_any(list()))
            .filter(import_rows::import_id.eq(ground.import))
            .select(import_rows::contact_id);
        let rows: Vec<Option<ContactId>> = Cached(query).load(conn)?;
        self.seen.extend(rows.into_iter().flatten());
        Ok(())
    }

    fn read_companies(&mut self, conn: &mut Conn, drafts: &[&Draft]) -> QueryResult<()> {
        let named = drafts.iter().map(|draft| text::fold(&draft.company.name));
        let folded: BTreeSet<String> = named.filter(|name| !name.is_empty()).collect();
        let folded: Vec<String> = folded.into_iter().collect();
        for chunk in folded.chunks(CHUNK) {
            let query = companies::table
                .filter(companies::sort_name.eq_any(padded(chunk.to_vec())))
                .filter(companies::deleted_at.is_null())
                .order(companies::id)
                .select((companies::sort_name, companies::id, companies::name));
            let rows: Vec<(String, CompanyId, String)> = Cached(query).load(conn)?;
            for (folded, id, name) in rows {
                self.names.insert(id, name);
                // The oldest of a name.
                self.by_name.entry(folded).or_insert(id);
            }
        }
        let given = drafts.iter().map(|draft| draft.company.domain.as_str());
        let mailed = drafts
            .iter()
            .filter(|draft| draft.company.name.is_empty())
            .filter_map(|draft| mail_domain(draft))
            .flat_map(above);
        let domains: BTreeSet<String> = given
            .chain(mailed)
            .filter(|d| !d.is_empty())
            .map(str::to_owned)
            .collect();
        let domains: Vec<String> = domains.into_iter().collect();
        for chunk in domains.chunks(CHUNK) {
            let query = company_domains::table
                .inner_join(companies::table.on(companies::id.eq(company_domains::company_id)))
                .filter(company_domains::domain.eq_any(padded(chunk.to_vec())))
                .filter(companies::deleted_at.is_null())
                .select((company_domains::domain, companies::id, companies::name));
            let rows: Vec<(String, CompanyId, String)> = Cached(query).load(conn)?;
            for (domain, id, name) in rows {
                self.names.insert(id, name);
                self.by_domain.insert(domain, id);
            }
        }
        Ok(())
    }

    fn read_tags(&mut self, conn: &mut Conn, drafts: &[&Draft]) -> QueryResult<()> {
        let names: BTreeSet<String> = drafts
            .iter()
            .flat_map(|draft| draft.tags.iter().cloned())
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        for chunk in names.chunks(CHUNK) {
            let query = tags::table
                .filter(tags::name.eq_any(padded(chunk.to_vec())))
                .select((tags::name, tags::id));
            let rows: Vec<(String, TagId)> = Cached(query).load(conn)?;
            self.tags.extend(rows);
        }
        Ok(())
    }
}

/// The domain of a row's address, unless it is a mail provider's.
fn mail_domain(draft: &Draft) -> Option<&str> {
    let (_, domain) = draft.first("email")?.rsplit_once('@')?;
    (!is_free_mail(domain)).then_some(domain)
}

/// `mail.example.co.uk`, `example.co.uk`, `co.uk`; a bare ending is nobody's.
fn above(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| {
        domain.split_once('.').map(|(_, rest)| rest)
    })
    .filter(|domain| domain.contains('.'))
}

#[derive(Debug, Insertable)]
#[diesel(table_name = tags, treat_none_as_default_value = false)]
struct TagRow {
    id: TagId,
    name: String,
    tone: &'static str,
    created_at: Timestamp,
}

/// Makes the tags that nobody has used yet.
pub(super) fn make_tags(
    conn: &mut Conn,
    ground: &Ground,
    found: &mut Found,
    decided: &[(Draft, Decision)],
) -> QueryResult<()> {
    let taken = decided.iter().filter(|(_, decision)| decision.writes());
    let wanted: BTreeSet<&String> = taken
        .flat_map(|(draft, _)| &draft.tags)
        .filter(|name| !found.tags.contains_key(*name))
        .collect();
    let ids = reserve::ids(conn, "tags", wanted.len())?;
    let rows: Vec<TagRow> = wanted
        .into_iter()
        .zip(ids)
        .map(|(name, id)| TagRow {
            id: TagId(id),
            name: name.clone(),
            tone: "",
            created_at: ground.by.now,
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    insert_missing!(conn, tags::table, &rows);
    // Somebody else may have been quicker with the same word.
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    for chunk in names.chunks(CHUNK) {
        let made: Vec<(String, TagId)> = tags::table
            .filter(tags::name.eq_any(chunk.to_vec()))
            .select((tags::name, tags::id))
            .load(conn)?;
        found.tags.extend(made);
    }
    let made: Vec<i64> = rows
        .iter()
        .filter(|row| found.tags.get(&row.name) == Some(&row.id))
        .map(|row| row.id.0)
        .collect();
    remember(conn, ground, "tag", made.into_iter())
}
