//! Two teams and what belongs to them: one record of every kind on either side.

use std::collections::BTreeMap;

use diesel::prelude::*;
use rapport::accounts::access::{Action, Object, Scope};
use rapport::accounts::model::AnyRole;
use rapport::accounts::rights::grants_of;
use rapport::accounts::{Role, store};
use rapport::base::clock;
use rapport::base::ids::{RoleId, UserId};
use rapport::db::schema::{
    activities, companies, contact_tags, contacts, deal_contacts, deals, duplicates, merges, teams,
    ticket_messages, tickets, timeline_entries,
};

use crate::support::{Agent, TestApp, email_of};

/// How the south stands, in figures that any change would move.
#[expect(clippy::too_many_lines, reason = "one table after the other")]
pub async fn figures(app: &TestApp) -> Vec<String> {
    app.read(|conn| {
        let contacts: Vec<(i64, i64, Option<i64>, Option<i64>)> = contacts::table
            .order(contacts::id)
            .filter(contacts::name.like(format!("{}%", super::leaks::MARK)))
            .select((
                contacts::id,
                contacts::revision,
                contacts::deleted_at,
                contacts::owner_id,
            ))
            .load(conn)?;
        let companies: Vec<(i64, i64, Option<i64>)> = companies::table
            .order(companies::id)
            .filter(companies::name.like(format!("{}%", super::leaks::MARK)))
            .select((companies::id, companies::revision, companies::deleted_at))
            .load(conn)?;
        let deals: Vec<(i64, i64, Option<i64>)> = deals::table
            .order(deals::id)
            .filter(deals::title.like(format!("{}%", super::leaks::MARK)))
            .select((deals::id, deals::revision, deals::deleted_at))
            .load(conn)?;
        let tickets: Vec<(i64, i64)> = tickets::table
            .order(tickets::id)
            .filter(tickets::subject.like(format!("{}%", super::leaks::MARK)))
            .select((tickets::id, tickets::revision))
            .load(conn)?;
        let activities: Vec<(i64, i64, Option<i64>, Option<i64>)> = activities::table
            .order(activities::id)
            .filter(activities::body.like(format!("{}%", super::leaks::MARK)))
            .select((
                activities::id,
                activities::updated_at,
                activities::done_at,
                activities::deleted_at,
            ))
            .load(conn)?;
        let ids: Vec<i64> = contacts.iter().map(|row| row.0).collect();
        let tags: i64 = contact_tags::table
            .filter(contact_tags::contact_id.eq_any(&ids))
            .count()
            .get_result(conn)?;
        let on_deals: i64 = deal_contacts::table
            .filter(deal_contacts::contact_id.eq_any(&ids))
            .count()
            .get_result(conn)?;
        let told: i64 = timeline_entries::table
            .filter(timeline_entries::contact_id.eq_any(&ids))
            .count()
            .get_result(conn)?;
        let undone: i64 = merges::table
            .filter(merges::undone_at.is_not_null())
            .count()
            .get_result(conn)?;
        let messages: i64 = ticket_messages::table.count().get_result(conn)?;
        let all = [
            format!("{contacts:?}"),
            format!("{companies:?}"),
            format!("{deals:?}"),
            format!("{tickets:?}"),
            format!("{activities:?}"),
            format!("{tags} {on_deals} {told} {undone} {messages}"),
        ];
        Ok::<_, diesel::result::Error>(all.to_vec())
    })
    .await
}

pub async fn user_id(app: &TestApp, name: &str) -> UserId {
    let email = email_of(name);
    let user = app
        .read(move |conn| store::user_by_email(conn, &email))
        .await;
    user.expect("a user").id
}

/// A team with these people, made through the form.
pub async fn team(
    app: &TestApp,
    ada: &Agent,
    name: &str,
    parent: &str,
    people: &[UserId],
) -> String {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let mut form = vec![("name", name), ("parent", parent)];
    form.extend(ids.iter().map(|id| ("member", id.as_str())));
    ada.post("/settings/teams", &form)
        .await
        .leads_to("/settings/teams");
    let name = name.to_owned();
    let id: i64 = app
        .read(move |conn| {
            teams::table
                .filter(teams::name.eq(name))
                .select(teams::id)
                .first(conn)
        })
        .await;
    id.to_string()
}

/// Every kind of record of one side: `mark` stands in all of its texts.
#[expect(clippy::too_many_lines, reason = "one of each kind")]
pub async fn furnish(
    app: &TestApp,
    ada: &Agent,
    mark: &str,
    owner: UserId,
) -> BTreeMap<&'static str, i64> {
    let (low, owner) = (mark.to_lowercase(), owner.to_string());
    let company = format!("{mark} Works");
    ada.post(
        "/companies",
        &[
            ("name", company.as_str()),
            ("owner", &owner),
            ("industry", mark),
            ("domain", &format!("{low}.example")),
        ],
    )
    .await
    .is(303);
    // There is one already on the second side.
    let mailbox = [
        ("address", "help@rapport.example"),
        ("name", "Help"),
        ("sender_name", "Help"),
    ];
    ada.post("/settings/mailboxes", &mailbox).await;
    let mailbox = app.read(rapport::desk::mailboxes::store::all).await;
    let mailbox = mailbox.first().expect("a mailbox").id.to_string();
    let mut ids = BTreeMap::new();
    for (n, kind) in ["contact", "other", "loser", "gone"].iter().enumerate() {
        let name = format!("{mark} Person{n}");
        let email = format!("{low}{n}@south.example");
        let form = [
            ("name", name.as_str()),
            ("email", &email),
            ("job_title", mark),
            ("company", &company),
            ("owner", &owner),
            ("anyway", "yes"),
        ];
        ada.post("/contacts", &form).await.is(303);
        let id: i64 = app
            .read(move |conn| {
                contacts::table
                    .filter(contacts::name.eq(name))
                    .select(contacts::id)
                    .first(conn)
            })
            .await;
        ids.insert(*kind, id);
    }
    let (contact, loser) = (ids["contact"], ids["loser"]);
    let [one, two] = [contact, loser].map(|id| id.to_string());
    ada.post(
        "/contacts/merge",
        &[("id", &one), ("id", &two), ("keep", &one)],
    )
    .await
    .is(303);
    ada.post(&format!("/contacts/{}/delete", ids["gone"]), &[])
        .await
        .is(303);
    ada.post(&format!("/contacts/{contact}/notes"), &[("body", mark)])
        .await
        .is(303);
    ada.post(
        &format!("/contacts/{contact}/traits"),
        &[("key", "motto"), ("value", mark)],
    )
    .await;
    let deal = format!("{mark} Deal");
    for title in [deal.clone(), format!("{mark} Old deal")] {
        ada.post(
            "/deals",
            &[
                ("title", title.as_str()),
                ("amount", "5"),
                ("contact", &format!("{low}0@south.example")),
                ("company", &company),
                ("owner", &owner),
            ],
        )
        .await
        .is(303);
    }
    let titles = [deal.clone(), format!("{mark} Old deal")];
    let found: Vec<(String, i64)> = app
        .read(move |conn| {
            deals::table
                .filter(deals::title.eq_any(titles))
                .select((deals::title, deals::id))
                .load(conn)
        })
        .await;
    for (title, id) in found {
        ids.insert(if title == deal { "deal" } else { "old deal" }, id);
    }
    ada.post(&format!("/deals/{}/delete", ids["old deal"]), &[])
        .await
        .is(303);
    let on = ids["deal"].to_string();
    ada.post(
        "/tasks",
        &[("body", mark), ("deal", &on), ("assignee", &owner)],
    )
    .await
    .is(303);
    ada.post(
        "/tickets",
        &[
            ("subject", &format!("{mark} Ticket")),
            ("text", mark),
            ("contact", &one),
            ("assignee", &owner),
            ("mailbox", &mailbox),
            ("direction", "in"),
        ],
    )
    .await
    .is(303);
    let (text, subject) = (mark.to_owned(), format!("{mark} Ticket"));
    let rest = app
        .read(move |conn| {
            let of_kind = |kind: &'static str| {
                activities::table
                    .filter(activities::body.eq(text.clone()))
                    .filter(activities::kind.eq(kind))
                    .select(activities::id)
            };
            let note: i64 = of_kind("note").first(conn)?;
            let task: i64 = of_kind("task").first(conn)?;
            let company: i64 = companies::table
                .filter(companies::name.eq(company))
                .select(companies::id)
                .first(conn)?;
            let ticket: i64 = tickets::table
                .filter(tickets::subject.eq(subject))
                .select(tickets::id)
                .first(conn)?;
            let message: i64 = ticket_messages::table
                .filter(ticket_messages::ticket_id.eq(ticket))
                .select(ticket_messages::id)
                .first(conn)?;
            let merge: i64 = merges::table
                .filter(merges::winner_id.eq(contact))
                .select(merges::id)
                .first(conn)?;
            Ok::<_, diesel::result::Error>([
                ("note", note),
                ("task", task),
                ("company", company),
                ("ticket", ticket),
                ("message", message),
                ("merge", merge),
            ])
        })
        .await;
    ids.extend(rest);
    let (a, b) = (
        ids["contact"].min(ids["other"]),
        ids["contact"].max(ids["other"]),
    );
    let duplicate: i64 = app
        .write(move |conn| {
            diesel::delete(
                duplicates::table
                    .filter(duplicates::a.eq(a))
                    .filter(duplicates::b.eq(b)),
            )
            .execute(conn)?;
            diesel::insert_into(duplicates::table)
                .values((
                    duplicates::kind.eq("contact"),
                    duplicates::a.eq(a),
                    duplicates::b.eq(b),
                    duplicates::reason.eq("alike"),
                    duplicates::confidence.eq(90),
                    duplicates::evidence.eq(""),
                    duplicates::state.eq("open"),
                    duplicates::at.eq(1),
                ))
                .returning(duplicates::id)
                .get_result(conn)
        })
        .await;
    ids.insert("duplicate", duplicate);
    ids
}

/// A built-in role, held to own records or to those of the team.
pub async fn narrowed(app: &TestApp, role: Role, scope: Scope) -> RoleId {
    let mut grants = grants_of(role);
    for object in Object::ALL {
        for action in [Action::Delete, Action::Edit, Action::Read] {
            if grants.scope(*object, action) == Scope::All {
                grants.set(*object, action, scope);
            }
        }
    }
    app.write(move |conn| {
        let name = format!("{role} {scope}");
        store::insert_role(conn, (&name, "", &grants), clock::now())
    })
    .await
}

pub async fn given(app: &TestApp, user: UserId, role: AnyRole) {
    app.write(move |conn| store::set_role(conn, user, role, clock::now()))
        .await;
}
