//! A mailbox that receives publishers' alerts: each message is put away when its records, and the files that came with it, are kept.

use pulse_harvest::{Door, Look, Memory, mailbox};
use pulse_store::SourceRow;
use tokio::sync::watch;

use super::documents::sentence;
use super::rhythm::Went;
use super::turn::{Tally, fetch, keep};
use super::{Brought, Harvester, Reader, add};
use crate::error::JobError;
use crate::harvest_mailbox::{Mailbox, MailboxError, Place};

/// Reads what waits, message by message; how that went.
pub(super) async fn read<D: Door, R: Reader>(
    harvester: &Harvester<D, R>,
    row: &SourceRow,
    at: &str,
    memory: &Memory,
    halt: &watch::Receiver<bool>,
    tally: &mut Tally,
) -> Result<(Went, String), JobError> {
    let mut mailbox = match Mailbox::open(at, &harvester.mailboxes).await {
        Ok(mailbox) => mailbox,
        Err(error) => return Ok(failed(&error)),
    };
    while !*halt.borrow() {
        let message = match mailbox.next().await {
            Ok(Some(message)) => message,
            Ok(None) => break,
            Err(error) => return Ok(failed(&error)),
        };
        let alert = mailbox::read(&message.bytes, harvester.now());
        let place = if alert.records.is_empty() && alert.attachments.is_empty() { Place::People } else { Place::Done };
        let mut look = Look { records: alert.records, memory: memory.clone(), problems: alert.problems, ..Look::default() };
        for file in alert.attachments {
            look.records.push(add::record(&harvester.originals, &Brought::File { name: file.name, bytes: file.bytes.into() }).await?);
        }
        if !keep(harvester, row, look, memory, None, tally).await? {
            break;
        }
        if let Err(error) = mailbox.put_away(message, place).await {
            return Ok(failed(&error));
        }
    }
    mailbox.close().await;
    fetch(harvester, row, halt, &|_| {}, tally).await?;
    Ok((Went::Well, String::new()))
}

fn failed(error: &MailboxError) -> (Went, String) {
    let went = if error.is_passing() { Went::Passing { retry_after_s: None } } else { Went::Broken };
    (went, sentence(error))
}
