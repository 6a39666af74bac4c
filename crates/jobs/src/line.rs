//! One connection, over which messages to single people go out one after another: notices, test messages, seeds.
//!
//! In: a filled message with its envelope. Out: what was answered. Not here: which messages, and what an answer leads to. A send to
//! readers has lanes of its own ([`crate::send`]).

use std::io;

use pulse_deliver::message::Filled;
use pulse_deliver::relay::RelaySettings;
use pulse_deliver::smtp::{Body, Connection, Envelope, Server, SmtpError, Verdict};
use pulse_store::Reply;

use crate::post::{Post, Route};

/// Where messages go out.
pub(crate) struct Line<'p> {
    post: &'p Post,
    /// With the name of its relay.
    connection: Option<(String, Connection)>,
}

/// Why a message did not go out.
pub(crate) enum Refused {
    Outbox(io::Error),
    Relay { error: SmtpError, host: String },
}

impl Refused {
    /// What it means for the message; an outbox may have room again tomorrow.
    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::Outbox(_) => Verdict::OurFault,
            Self::Relay { error, .. } => error.verdict(),
        }
    }

    /// Whether the next message would fare the same.
    pub(crate) fn is_for_all(&self) -> bool {
        match self {
            Self::Outbox(_) => true,
            Self::Relay { error, .. } => error.is_about_connection() || error.verdict() == Verdict::OurFault,
        }
    }

    /// As it is written down.
    pub(crate) fn said(&self) -> Reply {
        let (error, host) = match self {
            Self::Outbox(error) => return said_by_us(error),
            Self::Relay { error, host } => (error, host),
        };
        match error.reply() {
            Some(reply) => reply_of(reply, host),
            None => Reply { relay: host.clone(), ..said_by_us(error) },
        }
    }
}

impl<'p> Line<'p> {
    /// No connection yet.
    pub(crate) fn new(post: &'p Post) -> Self {
        Self { post, connection: None }
    }

    /// Sends one message. `id` tells it from all others.
    pub(crate) async fn pass(&mut self, id: &str, filled: &Filled<'_>, envelope: &Envelope) -> Result<Reply, Refused> {
        match &self.post.route {
            Route::Outbox(outbox) => {
                outbox.put(id, filled.pieces()).map_err(Refused::Outbox)?;
                Ok(Reply { code: Some(250), text: "put into the outbox".to_owned(), relay: "outbox".to_owned(), ..Reply::default() })
            }
            Route::Relays(relays) => self.send(relays, filled, envelope).await,
        }
    }

    async fn send(&mut self, relays: &[(RelaySettings, Server)], filled: &Filled<'_>, envelope: &Envelope) -> Result<Reply, Refused> {
        let pieces: Vec<&[u8]> = filled.pieces().collect();
        let (host, connection) = self.connect(relays).await?;
        let refused = |error| Refused::Relay { error, host: host.clone() };
        let body = Body::check(&pieces).map_err(|cause| refused(cause.into()))?;
        let reply = connection.offer(envelope, &body).await.map_err(refused)?.body().await.map_err(refused)?.finish().await.map_err(refused)?;
        Ok(reply_of(&reply, host))
    }

    /// The connection there is, or one to the first relay that answers.
    async fn connect(&mut self, relays: &[(RelaySettings, Server)]) -> Result<(&String, &mut Connection), Refused> {
        if self.connection.as_ref().is_some_and(|(_, connection)| !connection.is_open()) {
            self.connection = None;
        }
        if self.connection.is_none() {
            self.connection = Some(open(relays).await?);
        }
        match &mut self.connection {
            Some((host, connection)) => Ok((host, connection)),
            None => Err(Refused::Relay { error: SmtpError::Spent, host: String::new() }),
        }
    }

    /// Takes leave.
    pub(crate) async fn close(self) {
        if let Some((_, connection)) = self.connection {
            connection.quit().await;
        }
    }
}

async fn open(relays: &[(RelaySettings, Server)]) -> Result<(String, Connection), Refused> {
    let mut last = Refused::Relay { error: SmtpError::Spent, host: String::new() };
    for (settings, server) in relays {
        let login = match settings.login() {
            Ok(login) => login,
            Err(error) => {
                tracing::warn!(relay = server.host, error = &error as &dyn std::error::Error, "the relay cannot be used");
                continue;
            }
        };
        match Connection::open(&Server { login, ..server.clone() }).await {
            Ok(connection) => return Ok((server.host.clone(), connection)),
            Err(error) => last = Refused::Relay { error, host: server.host.clone() },
        }
    }
    Err(last)
}

fn reply_of(reply: &pulse_deliver::smtp::Reply, host: &str) -> Reply {
    let enhanced = reply.enhanced.map(|enhanced| enhanced.to_string()).unwrap_or_default();
    Reply { code: Some(reply.code), enhanced, text: reply.text.clone(), relay: host.to_owned() }
}

/// An error with its causes, on one line.
pub(crate) fn said_by_us(error: &dyn std::error::Error) -> Reply {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    Reply { text: causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}")), ..Reply::default() }
}
