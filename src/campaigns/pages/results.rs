//! What became of a campaign: figures, funnel, links, what did not arrive.

use actix_web::{Either, Responder, web};
use askama::Template;

use super::campaign;
use crate::accounts::rights::{EditCampaigns, ReadCampaigns, Right, SendCampaigns};
use crate::accounts::{Can, Viewer};
use crate::campaigns::model::{Campaign, Delivery, State, Tally, held_back};
use crate::campaigns::store;
use crate::campaigns::store::recipients;
use crate::contacts;
use crate::db::{Conn, Db};
use crate::privacy;
use crate::web::{Page, Result, When, number, redirect};

/// The page.
#[derive(Template)]
#[template(path = "campaigns/results.html")]
pub struct ResultsPage {
    campaign: Campaign,
    tally: Tally,
    line: String,
    when: Option<When>,
    tiles: Vec<Tile>,
    steps: Vec<Step>,
    links: Vec<Bar>,
    lost: Vec<Lost>,
    held: Vec<Lost>,
    machines: String,
    progress: i64,
    audience: String,
    topic: String,
    may_send: bool,
    may_edit: bool,
}

struct Tile {
    label: &'static str,
    value: String,
    note: String,
}

/// A step of the funnel.
struct Step {
    name: &'static str,
    percent: String,
    figure: String,
    share: String,
}

struct Bar {
    label: String,
    figure: String,
    percent: String,
}

/// Recipients without a mail, by the reason.
struct Lost {
    words: String,
    tone: &'static str,
    figure: String,
}

/// `GET /campaigns/{id}`. Needs: see campaigns. A draft leads to where it is written.
pub async fn show(
    viewer: Can<ReadCampaigns>,
    db: web::Data<Db>,
    path: web::Path<String>,
) -> Result<impl Responder> {
    let campaign = campaign(&db, &path).await?;
    let may_edit = EditCampaigns::allows(&viewer.access);
    if campaign.state == State::Draft && may_edit {
        let to = format!("/campaigns/{}/content", campaign.id);
        return Ok(Either::Left(redirect(to)));
    }
    let reader = (*viewer).clone();
    let page = db
        .read(move |conn| ResultsPage::read(conn, &reader, campaign))
        .await?;
    Ok(Either::Right(Page::new(viewer.shell(), page)))
}

impl ResultsPage {
    fn read(conn: &mut Conn, viewer: &Viewer, campaign: Campaign) -> Result<Self> {
        let id = campaign.id;
        let tally = store::tally(conn, id)?;
        let (at, verb) = match campaign.state {
            State::Scheduled => (campaign.scheduled_at, "goes out"),
            _ => (campaign.launched_at, "sent off"),
        };
        let by = contacts::store::user_names(conn, campaign.launched_by)?;
        let by = campaign.launched_by.and_then(|id| by.get(&id).cloned());
        let view = match campaign.view_id {
            Some(id) => contacts::views::find(conn, id)?,
            None => None,
        };
        let topic = match campaign.topic_id {
            Some(id) => privacy::store::topic(conn, id)?,
            None => None,
        };
        let access = &viewer.access;
        let settled = tally.recipients - tally.waiting();
        Ok(Self {
            line: match by {
                Some(name) => format!("{verb} by {name}"),
                None => verb.to_owned(),
            },
            when: at.map(|at| When::new(at, viewer.now, viewer.zone())),
            tiles: tiles(&tally),
            steps: steps(&tally),
            links: links(conn, &campaign)?,
            lost: lost(conn, &campaign, &tally)?,
            held: held(&tally),
            machines: machines(&tally),
            progress: settled * 100 / tally.recipients.max(1),
            audience: view.map(|view| view.name).unwrap_or_default(),
            topic: topic.map(|topic| topic.name).unwrap_or_default(),
            may_send: SendCampaigns::allows(access),
            may_edit: EditCampaigns::allows(access),
            campaign,
            tally,
        })
    }
}

fn tiles(tally: &Tally) -> Vec<Tile> {
    let tile = |label, value, note| Tile { label, value, note };
    let people = |n: i64| match n {
        1 => "1 person".to_owned(),
        n => format!("{} people", number(n)),
    };
    vec![
        tile(
            "Sent",
            number(tally.sent),
            format!("of {}", number(tally.recipients - tally.skipped)),
        ),
        tile(
            "Opened",
            percent(tally.opened, tally.sent),
            format!("{}, an estimate", people(tally.opened)),
        ),
        tile(
            "Clicked",
            percent(tally.clicked, tally.sent),
            people(tally.clicked),
        ),
        tile(
            "Unsubscribed",
            percent(tally.unsubscribed, tally.sent),
            people(tally.unsubscribed),
        ),
    ]
}

fn steps(tally: &Tally) -> Vec<Step> {
    let all = tally.audience.max(1);
    let mut before = tally.audience;
    let mut step = |name, n: i64, is_share: bool| {
        let step = Step {
            name,
            percent: format!("{:.1}", n as f64 * 100.0 / all as f64),
            figure: number(n),
            share: if is_share {
                percent(n, before)
            } else {
                String::new()
            },
        };
        before = n;
        step
    };
    vec![
        step("In the audience", tally.audience, false),
        step("To be written to", tally.recipients - tally.skipped, true),
        step("Sent", tally.sent, true),
        step("Opened, estimate", tally.opened, true),
        step("Clicked", tally.clicked, true),
    ]
}

fn links(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<Bar>> {
    let found = recipients::links(conn, campaign.id)?;
    let most = found.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    let bar = |(url, n): (String, i64)| Bar {
        label: url
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .to_owned(),
        figure: number(n),
        percent: format!("{:.1}", n as f64 * 100.0 / most as f64),
    };
    Ok(found.into_iter().map(bar).collect())
}

fn lost(conn: &mut Conn, campaign: &Campaign, tally: &Tally) -> Result<Vec<Lost>> {
    let mut lost = Vec::new();
    let kinds = [
        (Delivery::Failed, tally.failed > 0),
        (Delivery::Unknown, tally.in_doubt > 0),
        (Delivery::Deferred, tally.waiting() > 0),
    ];
    for (state, _) in kinds.into_iter().filter(|(_, is_there)| *is_there) {
        let (reasons, is_cut) = recipients::reasons(conn, campaign.id, state)?;
        for (why, n) in reasons {
            let more = if is_cut { "+" } else { "" };
            lost.push(Lost {
                words: why,
                tone: state.tone(),
                figure: format!("{}{more}", number(n)),
            });
        }
    }
    Ok(lost)
}

fn held(tally: &Tally) -> Vec<Lost> {
    let mut held = Vec::new();
    if tally.without_address > 0 {
        held.push(Lost {
            words: "without an e-mail address".to_owned(),
            tone: "",
            figure: number(tally.without_address),
        });
    }
    let words = [
        (held_back("no_consent"), tally.no_consent),
        (held_back("suppressed"), tally.suppressed),
        (held_back("cancelled"), tally.cancelled),
        (
            "deleted or with another address meanwhile",
            tally.skipped_otherwise(),
        ),
    ];
    for (words, n) in words.into_iter().filter(|(_, n)| *n > 0) {
        held.push(Lost {
            words: words.to_owned(),
            tone: "",
            figure: number(n),
        });
    }
    held
}

/// What programs did, in a sentence; empty where none did anything.
fn machines(tally: &Tally) -> String {
    let mails = |n: i64| match n {
        1 => "1 mail".to_owned(),
        n => format!("{} mails", number(n)),
    };
    let what = match (tally.machine_opened, tally.machine_clicked) {
        (0, 0) => return String::new(),
        (opened, 0) => format!("opened {}", mails(opened)),
        (0, clicked) => format!("followed links in {}", mails(clicked)),
        (opened, clicked) => {
            format!(
                "opened {} and followed links in {}",
                mails(opened),
                mails(clicked)
            )
        }
    };
    format!(
        "Besides, machines {what}: mail proxies that fetch in advance, scanners that try every link. They count nowhere above."
    )
}

/// "6.8%"; a dash where there is nothing to share.
pub(super) fn percent(n: i64, of: i64) -> String {
    if of <= 0 {
        return "–".to_owned();
    }
    let tenths = (n * 1_000 + of / 2) / of;
    if tenths % 10 == 0 {
        format!("{}%", tenths / 10)
    } else {
        format!("{}.{}%", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_have_one_decimal_where_it_says_something() {
        for (n, of, want) in [
            (0, 0, "–"),
            (0, 10, "0%"),
            (1, 3, "33.3%"),
            (2, 3, "66.7%"),
            (10, 10, "100%"),
            (88, 41_873, "0.2%"),
        ] {
            assert_eq!(percent(n, of), want);
        }
    }
}
