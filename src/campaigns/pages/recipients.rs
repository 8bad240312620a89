//! Who got it, who did not, and why.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use super::campaign;
use crate::accounts::Can;
use crate::accounts::rights::{ReadCampaigns, Right, SendCampaigns};
use crate::base::ids::{ContactId, RecipientId};
use crate::base::text;
use crate::campaigns::model::{Campaign, Delivery, Recipient, held_back};
use crate::campaigns::store::audience;
use crate::campaigns::store::recipients::{self, Which};
use crate::db::Db;
use crate::web::{Page, Result, When};

const PAGE: usize = 50;

/// The list.
#[derive(Template)]
#[template(path = "campaigns/recipients.html")]
pub struct RecipientsPage {
    campaign: Campaign,
    which: Which,
    tabs: Vec<(Which, String)>,
    lines: Vec<Line>,
    next: String,
    may_retry: bool,
}

struct Line {
    row: Recipient,
    name: String,
    initials: String,
    tone: &'static str,
    reason: String,
    sent: Option<When>,
    opened: Option<When>,
    is_machine_opened: bool,
    is_machine_clicked: bool,
    clicked: Option<When>,
}

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    state: String,
    after: String,
}

/// `GET /campaigns/{id}/recipients?state=…`. Needs: see campaigns.
pub async fn index(
    viewer: Can<ReadCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
    params: web::Query<Params>,
) -> Result<Page<RecipientsPage>> {
    let campaign = campaign(&db, &path).await?;
    let which = Which::from_word(&params.state).unwrap_or(Which::All);
    let above = RecipientId(params.after.parse().unwrap_or(0));
    let id = campaign.id;
    let (mut rows, names) = db
        .read(move |conn| {
            let rows = recipients::page(conn, id, which, above, PAGE as i64 + 1)?;
            let ids: Vec<ContactId> = rows.iter().map(|row| row.contact_id).collect();
            let names = audience::named(conn, &ids)?;
            Ok::<_, diesel::result::Error>((rows, names))
        })
        .await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let href = |which: Which| format!("/campaigns/{id}/recipients?state={which}");
    let next = rows.last().filter(|_| has_more);
    let next = next.map_or_else(String::new, |row| {
        format!("{}&after={}", href(which), row.id)
    });
    let when = |at: Option<_>| at.map(|at| When::new(at, viewer.now, viewer.zone()));
    let line = |row: Recipient| {
        let name = names.iter().find(|(id, _)| *id == row.contact_id);
        let name = name.map_or_else(|| row.address.clone(), |(_, name)| name.clone());
        Line {
            initials: text::initials(&name),
            tone: text::tone(row.contact_id.0),
            reason: match row.state {
                Delivery::Sent => String::new(),
                _ => held_back(&row.reason).to_owned(),
            },
            sent: when(row.sent_at),
            opened: when(row.opened_at),
            is_machine_opened: row.machine_opened_at.is_some(),
            is_machine_clicked: row.machine_clicked_at.is_some(),
            clicked: when(row.clicked_at),
            name,
            row,
        }
    };
    let page = RecipientsPage {
        lines: rows.into_iter().map(line).collect(),
        tabs: Which::ALL.iter().map(|w| (*w, href(*w))).collect(),
        next,
        may_retry: SendCampaigns::allows(&viewer.access)
            && matches!(which, Which::Failed | Which::Unknown),
        which,
        campaign,
    };
    Ok(Page::new(viewer.shell(), page))
}
