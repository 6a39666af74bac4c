//! Every way in that the settings name, kept open side by side.
//!
//! Invariant: one that fails is tried again after a while, and stops no other. Errors are logged once each time, without addresses.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::watch::Receiver;

use super::{Desk, IntakeError, ReturnsSettings, Tally, read_imap, read_maildir, serve_lmtp};

/// What to keep open.
#[derive(Clone, Debug)]
pub struct Intakes {
    /// As the settings file has them.
    pub settings: ReturnsSettings,
    /// What this machine calls itself to a mail server that delivers.
    pub name: String,
    /// The maildir for what comes by LMTP and is left for people.
    pub folder: PathBuf,
}

/// Takes in what comes back, until `stopped` changes or has no other end. It may be stopped at any moment: what is under way is read
/// again.
pub async fn watch(desk: Desk, intakes: Intakes, stopped: Receiver<bool>) {
    let Intakes { settings, name, folder } = intakes;
    let every = Duration::from_secs(settings.every_s.max(1).into());
    let maildir = async {
        let Some(maildir) = &settings.maildir else { return };
        loop {
            note("maildir", read_maildir(&desk, maildir).await);
            tokio::time::sleep(every).await;
        }
    };
    let imap = async {
        let Some(imap) = &settings.imap else { return };
        loop {
            note("imap", read_imap(&desk, imap).await);
            tokio::time::sleep(every).await;
        }
    };
    let lmtp = async {
        let Some(at) = &settings.lmtp else { return };
        while let Err(error) = serve_lmtp(desk.clone(), at, &name, &folder, stopped.clone()).await {
            note("lmtp", Err(error));
            tokio::time::sleep(every).await;
        }
    };
    let mut until = stopped.clone();
    tokio::select! {
        _ = until.changed() => {}
        _ = async { tokio::join!(maildir, imap, lmtp) } => {}
    }
}

fn note(way: &str, outcome: Result<Tally, IntakeError>) {
    match outcome {
        Ok(tally) if tally.is_empty() => {}
        Ok(tally) if tally.stuck > 0 || tally.aside > 0 => tracing::warn!(way, "mail that came back, not all of which could be read: {tally}"),
        Ok(tally) => tracing::info!(way, "mail that came back: {tally}"),
        Err(error) => tracing::error!(way, error = &error as &dyn std::error::Error, "mail that came back could not be read"),
    }
}
