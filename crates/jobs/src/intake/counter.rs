//! What a mail server of this machine hands in, over LMTP.
//!
//! In: messages, each with the address it came to. Out: 250 once it is counted or kept for people, 451 while it cannot be, 550 for
//! addresses that are not ours.

use std::path::Path;
use std::sync::Arc;

use pulse_deliver::outbox::Outbox;
use pulse_mailbox::lmtp::{self, ListenAt, Listener, Taken};
use pulse_mailbox::{MOST_BYTES, Place};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch::Receiver;

use super::{Desk, IntakeError};
use crate::returns;

/// Takes what a mail server delivers over LMTP, until `stopped` changes or has no other end. What is left for people, and what is
/// set aside, goes into a maildir at `folder`.
///
/// # Errors
/// [`IntakeError::Listen`], and [`IntakeError::Maildir`] where that folder cannot be made.
pub async fn serve_lmtp(desk: Desk, at: &ListenAt, name: &str, folder: &Path, stopped: Receiver<bool>) -> Result<(), IntakeError> {
    let open = |folder: &Path| Outbox::open(folder).map_err(|cause| IntakeError::Maildir { folder: folder.to_owned(), cause });
    let (people, aside) = (open(folder)?, open(&folder.join(".Aside"))?);
    let listener = Listener::bind(at).await?;
    lmtp::serve(listener, Arc::new(Counter { desk, people, aside }), name, stopped).await;
    Ok(())
}

/// Where the mail server hands its messages in.
struct Counter {
    desk: Desk,
    people: Outbox,
    aside: Outbox,
}

impl lmtp::Desk for Counter {
    fn is_ours(&self, address: &str) -> bool {
        returns::is_return_path(&self.desk.post, address)
    }

    async fn take(&self, message: &[u8], address: &str) -> Taken {
        let beginning = message[..message.len().min(MOST_BYTES)].to_vec();
        let fate = match self.desk.read(beginning, Some(address.to_owned())).await {
            Ok(fate) => fate,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a message that came back cannot be taken now");
                return Taken::Later;
            }
        };
        let kept = match fate.place() {
            Place::Done => Ok(()),
            Place::People => put(&self.people, message),
            Place::Aside => put(&self.aside, message),
        };
        if let Err(cause) = kept {
            tracing::error!(error = &cause as &dyn std::error::Error, "a message for people could not be kept");
            return Taken::Later;
        }
        Taken::Kept
    }
}

/// The same message again is one message.
fn put(folder: &Outbox, message: &[u8]) -> std::io::Result<()> {
    let name: String = Sha256::digest(message).iter().map(|byte| format!("{byte:02x}")).collect();
    folder.put(&name, [message])
}
