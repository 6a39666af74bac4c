//! A listener that a mail server on this machine delivers to, over LMTP (RFC 2033).
//!
//! In: connections, and a [`Desk`] that says which addresses are ours and takes messages. Out: an answer to each recipient. Always:
//! 250 only when the desk has the message, and 451 when it cannot have it now, so that the mail server keeps it; one message at a
//! time on each connection, a limit to connections, sizes and times. Not here: TLS and passwords, so it listens on this machine alone.

mod place;
mod session;
mod text;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use place::{ListenAt, ListenError, Listener};
pub use text::{MAX_MESSAGE_BYTES, Text};

/// The most connections at a time. A mail server waits and tries again.
pub const MAX_CONNECTIONS: usize = 10;
/// How long until a connection is accepted again after one could not be, as when there are too many open files.
const AFTER_A_FAULT: Duration = Duration::from_secs(1);
/// How long somebody who is turned away may take to hear it.
const FAREWELL: Duration = Duration::from_secs(5);

/// Who takes the messages.
pub trait Desk: Send + Sync + 'static {
    /// Whether mail to this address is for us.
    fn is_ours(&self, address: &str) -> bool;

    /// Keeps a message that came to an address of ours.
    fn take(&self, message: &[u8], address: &str) -> impl Future<Output = Taken> + Send;
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is kept, and all that follows from it is done.
    Kept,
    /// It cannot be taken now; the mail server keeps it and tries again.
    Later,
}

/// Serves connections until `stopped` changes or has no other end. A message that is under way then gets no answer, and comes again.
pub async fn serve(listener: Listener, desk: Arc<impl Desk>, name: &str, mut stopped: watch::Receiver<bool>) {
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let name: Arc<str> = name.into();
    // Dropped with this future, and every session with it.
    let mut sessions = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => accepted,
        };
        while sessions.try_join_next().is_some() {}
        match (accepted, Arc::clone(&free).try_acquire_owned()) {
            (Ok(stream), Ok(permit)) => {
                let (desk, name) = (Arc::clone(&desk), Arc::clone(&name));
                sessions.spawn(async move {
                    // Whatever ended it, the other side knows as much as we do.
                    let _ = session::run(stream, &*desk, &name).await;
                    drop(permit);
                });
            }
            (Ok(stream), Err(_)) => turn_away(stream, &name).await,
            (Err(cause), _) => {
                tracing::warn!(error = &cause as &dyn std::error::Error, "a connection that brings mail could not be accepted");
                tokio::time::sleep(AFTER_A_FAULT).await;
            }
        }
    }
}

async fn turn_away(mut stream: impl AsyncRead + AsyncWrite + Unpin, name: &str) {
    let words = format!("421 4.3.2 {name} has too many connections\r\n");
    let _ = timeout(FAREWELL, async {
        stream.write_all(words.as_bytes()).await?;
        stream.shutdown().await
    })
    .await;
}
