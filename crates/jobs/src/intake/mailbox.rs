//! What waits in a mailbox, read to the last message.
//!
//! In: a maildir, or the folder of an account. Out: every message in its place, and the count. Always: what cannot be read or moved
//! is passed over, and those behind it are read.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use pulse_mailbox::MOST_BYTES;
use pulse_mailbox::imap::{Account, Connection, ImapError, ImapSettings};
use pulse_mailbox::maildir::Maildir;

use super::{Desk, Fate, IntakeError, Tally};

/// How many messages of a maildir are looked for at once.
const BATCH: usize = 500;
/// After so many that could not be moved, something is wrong with the folder.
const MOST_STUCK: usize = 100;

/// Reads what waits in a maildir, to the last message.
///
/// # Errors
/// [`IntakeError::Maildir`], or the store is away; what was read before that is done.
pub async fn read_maildir(desk: &Desk, folder: &Path) -> Result<Tally, IntakeError> {
    let wrong = |cause| IntakeError::Maildir { folder: folder.to_owned(), cause };
    let maildir = Maildir::open(folder).map_err(wrong)?;
    let mut tally = Tally::default();
    let mut stuck = HashSet::new();
    loop {
        let batch = maildir.waiting(BATCH, &stuck).map_err(wrong)?;
        if batch.is_empty() {
            return Ok(tally);
        }
        for path in batch {
            let fate = match maildir.read(&path, MOST_BYTES) {
                Ok(None) => continue,
                Ok(Some(message)) => desk.read(message, None).await?,
                Err(_) => Fate::Poison,
            };
            if let Err(cause) = maildir.put_away(&path, fate.place()) {
                stuck.insert(path);
                tally.stuck += 1;
                if stuck.len() >= MOST_STUCK {
                    return Err(wrong(cause));
                }
            } else {
                tally.add(fate);
            }
        }
    }
}

/// After so many messages that broke the connection, the server is left alone until the next time.
const MOST_BROKEN: usize = 5;

/// Reads what waits in a folder of an account, to the last message. One that breaks the connection is passed over on another.
///
/// # Errors
/// [`IntakeError::Settings`] and [`IntakeError::Imap`], or the store is away; what was read before that is done.
pub async fn read_imap(desk: &Desk, settings: &ImapSettings) -> Result<Tally, IntakeError> {
    let account = Arc::new(settings.account()?);
    let mut tally = Tally::default();
    let mut broken = HashSet::new();
    loop {
        let before = broken.len();
        match read_account(desk, &account, &mut broken, &mut tally).await {
            Ok(()) => return Ok(tally),
            Err(IntakeError::Imap(_)) if broken.len() > before && broken.len() <= MOST_BROKEN => tally.stuck += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn read_account(desk: &Desk, account: &Arc<Account>, broken: &mut HashSet<u32>, tally: &mut Tally) -> Result<(), IntakeError> {
    let mut connection = Connection::open(Arc::clone(account)).await?;
    loop {
        let uids = connection.waiting().await?;
        if uids.is_empty() {
            connection.close().await;
            return Ok(());
        }
        let mut read = Vec::with_capacity(uids.len());
        let mut outcome = Ok(());
        for uid in uids {
            if broken.contains(&uid) {
                continue;
            }
            match connection.fetch(uid, MOST_BYTES).await {
                Ok(None) => {}
                Ok(Some(message)) => match desk.read(message, None).await {
                    Ok(fate) => {
                        read.push((uid, fate.place()));
                        tally.add(fate);
                    }
                    Err(error) => {
                        outcome = Err(error);
                        break;
                    }
                },
                // The server does not give it now; those behind it need not wait.
                Err(ImapError::Refused { .. }) => tally.stuck += 1,
                Err(error) => {
                    broken.insert(uid);
                    return Err(error.into());
                }
            }
        }
        // What was read is done, whatever became of those behind it.
        connection.put_away(&read).await?;
        outcome?;
    }
}
