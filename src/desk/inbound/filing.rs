//! Mail is filed by a job: whatever is wrong with one mail, the next one is not kept waiting.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::mail::Mail;
use super::model::{InboundMail, State};
use super::{html, parse, settling, store};
use crate::accounts::keyring::Keyring;
use crate::base::ids::InboundId;
use crate::desk::tickets::actions::files::Kept;
use crate::desk::tickets::actions::receive::{self, Arrived};
use crate::files::Files;
use crate::jobs::{self, Context, Fault, Job, Outcome};

/// What filing needs besides the database.
#[derive(Clone)]
pub struct Tools {
    /// Where bytes are.
    pub files: Files,
    /// By what our own ids are known.
    pub keys: Keyring,
}

/// Makes a message of a mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileMail {
    /// Which.
    pub id: InboundId,
    /// Whether it becomes a message whatever it is by nature: somebody looked at it and said so.
    #[serde(default)]
    pub force: bool,
}

impl Job for FileMail {
    type Tools = Tools;
    const KIND: &'static str = "desk.file";
    const PRIORITY: i64 = jobs::URGENT;
    const MAX_ATTEMPTS: i64 = 8;

    fn unique_key(&self) -> Option<String> {
        Some(format!("desk.file:{}", self.id))
    }

    async fn run(self, context: Context<Tools>) -> Outcome {
        let id = self.id;
        let row = context.db.read(move |conn| store::find(conn, id)).await?;
        let Some(row) = row.filter(|row| row.state == State::Waiting) else {
            return context.finish(|_| Ok(())).await;
        };
        let is_last = context.attempt >= Self::MAX_ATTEMPTS;
        match self.file(&context, &row).await {
            // Whatever keeps failing waits for a person, under the cause, and not among the dead jobs.
            Err(Fault::Later(why)) if is_last => quarantine(&context, id, why).await,
            outcome => outcome,
        }
    }
}

impl FileMail {
    async fn file(&self, context: &Context<Tools>, row: &InboundMail) -> Outcome {
        let (id, force, now) = (self.id, self.force, context.now);
        let files = &context.tools.files;
        let later = |error: crate::files::FileError| Fault::Later(error.to_string());
        let Some(bytes) = files.bytes_at(&row.key).await.map_err(later)? else {
            return quarantine(
                context,
                id,
                "Its bytes are not in the file store.".to_owned(),
            )
            .await;
        };
        let understood = tokio::task::spawn_blocking(move || understand(&bytes)).await;
        let (mail, html) = match understood {
            Ok(Ok(understood)) => understood,
            Ok(Err(why)) => return quarantine(context, id, why).await,
            Err(_) => return quarantine(context, id, "It broke the parser.".to_owned()).await,
        };
        let mut kept = Vec::with_capacity(mail.attached.len());
        for part in &mail.attached {
            let key = files.keep(Bytes::from(part.bytes.clone())).await;
            kept.push(Kept {
                key: key.map_err(later)?,
                name: part.name.clone(),
                media_type: part.media_type.clone(),
                size: part.bytes.len() as i64,
                content_id: part.content_id.clone(),
            });
        }
        let (row, keys) = (row.clone(), context.tools.keys.clone());
        context
            .finish(move |conn| {
                let arrived = Arrived {
                    row: &row,
                    mail: &mail,
                    html,
                    files: &kept,
                    force,
                };
                receive::file(conn, &keys, arrived, now)
            })
            .await
    }
}

fn understand(bytes: &[u8]) -> Result<(Mail, Option<String>), String> {
    let mail = parse::parse(bytes)?;
    let html = html::cleaned(&mail.html);
    Ok((mail, html))
}

async fn quarantine(context: &Context<Tools>, id: InboundId, why: String) -> Outcome {
    let now = context.now;
    context
        .finish(move |conn| settling::settle(conn, id, State::Quarantined, &why, None, now))
        .await
}
