//! `rapport mail-in`: a mail server pipes one mail in. It is answered for only when its bytes and its row are on the disk.

use std::io::Read;
use std::process::ExitCode;

use bytes::Bytes;
use clap::Args;

use super::{Failure, instance, say_error};
use crate::base::clock;
use crate::config::Config;
use crate::db::Db;
use crate::desk::inbound::actions::{self, LARGEST};
use crate::desk::inbound::model::Via;
use crate::desk::mailboxes::store as mailboxes;
use crate::files::Files;

/// What mail servers take as "try again later" (sysexits' TEMPFAIL).
const TRY_AGAIN: u8 = 75;
/// What they take as "this can never be delivered" (sysexits' DATAERR and NOUSER).
const NO_DATA: u8 = 65;
const NO_MAILBOX: u8 = 67;

/// Take one mail from standard input, as a mail server pipes it.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 stored, 65 nothing or too much came, 67 no such mailbox, 75 try again later.\n\n\
    Example for postfix, in master.cf:\n  rapport unix - n n - 4 pipe flags=DRhu user=rapport argv=/usr/local/bin/rapport mail-in --mailbox ${recipient}"
)]
pub(super) struct MailIn {
    /// Address of the mailbox it is for (default: the first mailbox among its recipients).
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Option<String>,
}

impl MailIn {
    pub(super) fn run(&self, config: &Config) -> ExitCode {
        let code = match self.take(config) {
            Ok(code) => code,
            // The mail is still the mail server's: it is to come again once whatever is wrong is mended.
            Err(error) => {
                say_error(&format!("not stored, try again: {error}"));
                TRY_AGAIN
            }
        };
        ExitCode::from(code)
    }

    fn take(&self, config: &Config) -> Result<u8, Failure> {
        let mut bytes = Vec::new();
        let most = LARGEST as u64 + 1;
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
        if bytes.is_empty() || bytes.len() > LARGEST {
            say_error("the mail is empty, or larger than 256 MB");
            return Ok(NO_DATA);
        }
        let mut conn = instance::open(config)?;
        let mailbox = match &self.mailbox {
            Some(address) => {
                let Some(mailbox) = mailboxes::by_address(&mut conn, address)? else {
                    say_error(&format!("there is no mailbox {address}"));
                    return Ok(NO_MAILBOX);
                };
                Some(mailbox.id)
            }
            None => None,
        };
        let files = Files::open(config)?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let kept = runtime.block_on(actions::keep(
            &files,
            Bytes::from(bytes),
            mailbox,
            Via::Pipe,
        ))?;
        Db::transaction_on(&mut conn, |conn| actions::record(conn, &kept, clock::now()))?;
        Ok(0)
    }
}
