//! A mail server for tests that does as a script says, keeps what it was given, and remembers what it heard.
//!
//! In: a [`Script`]. Out: an address on this machine, and afterwards [`SmtpServer::messages`] and
//! [`SmtpServer::commands`]. Without a script it is a good server: it keeps to RFC 5321, takes the end of a message for one
//! only where it is one, and answers commands that come together together.
//! Not here: a queue, a mailbox, or anything that a real server is asked for instead.

mod certificates;
mod script;
mod session;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use script::{Script, ScriptError};

/// A message that the server accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// On which connection, from 1.
    pub connection: usize,
    /// What stood behind `MAIL FROM:`.
    pub mail: String,
    /// What stood behind `RCPT TO:`, of each recipient that was accepted.
    pub rcpt: Vec<String>,
    /// The message, without stuffed dots. Empty where the script says `forget: messages`.
    pub bytes: Vec<u8>,
}

/// A running server. It stops when this is dropped.
pub struct SmtpServer {
    port: u16,
    authority_pem: String,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

/// What all connections share.
#[derive(Default)]
struct Seen(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    connections: usize,
    open_connections: usize,
    messages: Vec<Received>,
    message_count: usize,
    answer_count: usize,
    commands: Vec<(usize, String)>,
    /// How often each rule of the script fitted, its count apart.
    rule_counts: Vec<usize>,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SmtpServer {
    /// Starts a server on a free port of 127.0.0.1. Its certificate is for that address and for `localhost`.
    ///
    /// # Errors
    /// When there is no port, or no certificate can be made.
    pub async fn start(script: Script) -> io::Result<Self> {
        let certificates = certificates::make(script.certificate()).map_err(io::Error::other)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let seen = Arc::new(Seen::default());
        seen.lock().rule_counts = vec![0; script.rule_count()];
        let authority_pem = certificates.authority_pem.clone();
        let task = tokio::spawn(serve(listener, Arc::new(script), certificates, Arc::clone(&seen)));
        Ok(Self { port, authority_pem, seen, task })
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that a client has to believe.
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// What it accepted, in order.
    pub fn messages(&self) -> Vec<Received> {
        self.seen.lock().messages.clone()
    }

    /// How many it accepted, also those it forgot.
    pub fn message_count(&self) -> usize {
        self.seen.lock().message_count
    }

    /// How often a client had to wait: groups of replies, the greeting among them.
    pub fn answer_count(&self) -> usize {
        self.seen.lock().answer_count
    }

    /// Waits until every connection is closed, so that nothing more is heard. False after five seconds.
    pub async fn closed(&self) -> bool {
        for _ in 0..500 {
            if self.seen.lock().open_connections == 0 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// Each line it heard outside messages, with the number of its connection. `TLS` stands for a handshake, `END` for the
    /// end of a message.
    pub fn commands(&self) -> Vec<(usize, String)> {
        self.seen.lock().commands.clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, script: Arc<Script>, certificates: certificates::Certificates, seen: Arc<Seen>) {
    // Dropped with this task, and every session with it.
    let mut sessions = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = {
            let mut inner = seen.lock();
            inner.connections += 1;
            inner.open_connections += 1;
            inner.connections
        };
        let session = session::Session::new(number, Arc::clone(&script), certificates.acceptor.clone(), Arc::clone(&seen));
        sessions.spawn(session.run(stream));
        while sessions.try_join_next().is_some() {}
    }
}
