//! One connection to one mail server, from the greeting to QUIT.
//!
//! In: a [`Server`], then envelopes and bodies, one message at a time. Out: the server's replies, or an [`SmtpError`] that
//! has a verdict. A message goes in three steps, so that a caller can write down that it is under way before it can arrive:
//!
//! 1. [`Connection::offer`]: MAIL, RCPT and DATA, together where the server offers PIPELINING. One round trip.
//! 2. [`Offered::body`]: the message without its end. It waits for nothing.
//! 3. [`Undotted::finish`]: the final dot, and the reply. One round trip.
//!
//! Invariants: no server has a message before step 3, so whatever fails earlier may be tried again; a failure in step 3 is
//! [`Verdict::Uncertain`](super::Verdict::Uncertain) only when the dot had left and no answer came. A connection that was
//! left in the middle, by an error or because a future was dropped, takes no further message.
//! Not here: which server, when, and what a verdict leads to.

use std::time::Duration;

use pulse_access::{Login, LoginError, TlsPolicy, Trust};

use super::body::Body;
use super::envelope::Envelope;
use super::error::SmtpError;
use super::extensions::Extensions;
use super::login;
use super::reply::Reply;
use super::timeouts::Timeouts;
use super::verdict::Stage;
use super::wire::Wire;

/// How long is waited for an answer to QUIT. Nothing depends on it.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// Where to connect, and how.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name, or an address in numbers. A certificate has to be for exactly this.
    pub host: String,
    /// 25, 465 or 587, as a rule.
    pub port: u16,
    /// What Pulse calls itself in EHLO: the name of the machine, as the world sees it (RFC 5321 section 4.1.1.1).
    pub hello_name: String,
    /// Whether and how it is secured.
    pub tls: TlsPolicy,
    /// Who may sign its certificate. Needed unless `tls` is [`TlsPolicy::Off`].
    pub trust: Option<Trust>,
    /// Who Pulse is there, where it has to say.
    pub login: Option<Login>,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// After so many the connection takes no more.
    pub messages_per_connection: u32,
}

/// An open connection.
pub struct Connection {
    wire: Wire,
    offered: Extensions,
    timeouts: Timeouts,
    /// Whether the server waits for a command, and is known to.
    is_ready: bool,
    /// The server may still have a sender from a message that it refused.
    needs_reset: bool,
    messages_left: u32,
}

/// The server waits for the message. Dropped, the connection is of no further use.
#[must_use = "the server waits for the message"]
pub struct Offered<'c, 'b> {
    connection: &'c mut Connection,
    body: Body<'b>,
}

/// The server has all of the message but its end. Dropped, the server throws the message away.
#[must_use = "the server waits for the end of the message"]
pub struct Undotted<'c> {
    connection: &'c mut Connection,
}

impl Connection {
    /// Connects, secures, and logs in.
    ///
    /// # Errors
    /// [`SmtpError`] says how far it came.
    pub async fn open(server: &Server) -> Result<Self, SmtpError> {
        check_name(&server.hello_name)?;
        let mut wire = Wire::connect(&server.host, server.port, server.timeouts.limit(Stage::Connect)).await?;
        match greet(&mut wire, server).await {
            Ok(offered) => {
                Ok(Self { wire, offered, timeouts: server.timeouts, is_ready: true, needs_reset: false, messages_left: server.messages_per_connection.max(1) })
            }
            Err(error) => {
                // So that the server need not wonder (RFC 5321 section 4.1.1.10).
                let _ = wire.send(Stage::Hello, QUIT_LIMIT, b"QUIT\r\n").await;
                Err(error)
            }
        }
    }

    /// What the server offers, as it said last.
    pub fn extensions(&self) -> &Extensions {
        &self.offered
    }

    /// Whether it goes through TLS.
    pub fn is_secured(&self) -> bool {
        self.wire.is_secured
    }

    /// Whether another message can be offered. If not, [`Connection::quit`] and open another.
    pub fn is_open(&self) -> bool {
        self.is_ready && self.messages_left > 0
    }

    /// Asks whether the server takes a message for this recipient. After an error with a reply the connection may go on:
    /// ask [`Connection::is_open`].
    ///
    /// # Errors
    /// [`SmtpError::Refused`] with the first reply that was not what it should be; [`SmtpError::Unfit`] before anything is
    /// sent; [`SmtpError::Spent`] when this connection has come to its end, also because the server ended it while nothing
    /// was going on: the same message can go at once over another. Any other when the connection fails.
    pub async fn offer<'c, 'b>(&'c mut self, envelope: &Envelope, body: &Body<'b>) -> Result<Offered<'c, 'b>, SmtpError> {
        if !self.is_open() {
            return Err(SmtpError::Spent);
        }
        envelope.fits(&self.offered, body)?;
        self.is_ready = false;
        self.messages_left -= 1;
        self.wire.expect_silence(Stage::Mail).await.map_err(idle_end)?;
        let (mail, rcpt) = (envelope.mail(&self.offered, body), envelope.rcpt(&self.offered));
        if self.offered.pipelining {
            self.ask_together(&mail, &rcpt).await?;
        } else {
            self.ask_singly(&mail, &rcpt).await?;
        }
        Ok(Offered { connection: self, body: *body })
    }

    /// Takes leave. Errors no longer matter.
    pub async fn quit(mut self) {
        if self.is_ready && self.wire.send(Stage::Mail, QUIT_LIMIT, b"QUIT\r\n").await.is_ok() {
            let _ = self.wire.reply(Stage::Mail, QUIT_LIMIT).await;
        }
        self.wire.close(QUIT_LIMIT).await;
    }

    async fn ask_together(&mut self, mail: &str, rcpt: &str) -> Result<(), SmtpError> {
        let had_reset = std::mem::take(&mut self.needs_reset);
        let reset = if had_reset { "RSET\r\n" } else { "" };
        self.send(Stage::Mail, &[reset, mail, rcpt, "DATA\r\n"].concat()).await?;
        if had_reset {
            self.positive(Stage::Mail).await.map_err(no_reset)?;
        }
        let refused = self.sender_and_recipient().await?;
        match (refused, self.go_ahead().await) {
            (None, Ok(())) => Ok(()),
            (None, Err(error)) => Err(self.refused(error)),
            (Some(error), Ok(())) => {
                // It waits for a message that has no recipient: a single dot ends that (RFC 2920 section 3.1).
                self.is_ready = self.end().await.is_ok_and(|reply| has_ended(&reply));
                Err(error)
            }
            (Some(error), Err(at_data)) if keeps_step(&at_data) => Err(self.refused(error)),
            (Some(error), Err(_)) => Err(error),
        }
    }

    /// The answers to MAIL and RCPT: whichever refusal came first. Both have to be read, and the one to DATA too, whatever
    /// they say, or the next message would get them.
    async fn sender_and_recipient(&mut self) -> Result<Option<SmtpError>, SmtpError> {
        let mut refused = None;
        for stage in [Stage::Mail, Stage::Rcpt] {
            if let Err(error) = self.positive(stage).await {
                let goes_on = keeps_step(&error);
                let first = refused.unwrap_or(error);
                if !goes_on {
                    return Err(first);
                }
                refused = Some(first);
            }
        }
        Ok(refused)
    }

    async fn ask_singly(&mut self, mail: &str, rcpt: &str) -> Result<(), SmtpError> {
        if std::mem::take(&mut self.needs_reset) {
            self.send(Stage::Mail, "RSET\r\n").await?;
            self.positive(Stage::Mail).await.map_err(no_reset)?;
        }
        for (stage, command) in [(Stage::Mail, mail), (Stage::Rcpt, rcpt)] {
            self.send(stage, command).await?;
            let answer = self.positive(stage).await;
            answer.map_err(|error| self.refused(error))?;
        }
        self.send(Stage::Data, "DATA\r\n").await?;
        let go = self.go_ahead().await;
        go.map_err(|error| self.refused(error))
    }

    /// Notes that a message was refused and whether the server waits for another.
    fn refused(&mut self, error: SmtpError) -> SmtpError {
        self.is_ready = keeps_step(&error);
        self.needs_reset = true;
        error
    }

    async fn send(&mut self, stage: Stage, commands: &str) -> Result<(), SmtpError> {
        self.wire.send(stage, self.timeouts.limit(stage), commands.as_bytes()).await
    }

    async fn reply(&mut self, stage: Stage) -> Result<Reply, SmtpError> {
        self.wire.reply(stage, self.timeouts.limit(stage)).await
    }

    async fn positive(&mut self, stage: Stage) -> Result<(), SmtpError> {
        let reply = self.reply(stage).await?;
        if reply.is_positive() { Ok(()) } else { Err(SmtpError::Refused { stage, reply }) }
    }

    async fn go_ahead(&mut self) -> Result<(), SmtpError> {
        let reply = self.reply(Stage::Data).await?;
        if reply.code == 354 { Ok(()) } else { Err(SmtpError::Refused { stage: Stage::Data, reply }) }
    }

    /// The final dot and the reply to it.
    async fn end(&mut self) -> Result<Reply, SmtpError> {
        // The dot cannot have arrived when writing it failed: the server would have had to read what never left. So this
        // still counts as a part of the message.
        self.send(Stage::Body, ".\r\n").await?;
        self.reply(Stage::End).await
    }
}

impl<'c> Offered<'c, '_> {
    /// Sends the message, all but its end.
    ///
    /// # Errors
    /// When the connection fails, or the server hangs up with a reply. The message has not arrived.
    pub async fn body(self) -> Result<Undotted<'c>, SmtpError> {
        let Self { connection, body } = self;
        let limit = connection.timeouts.limit(Stage::Body);
        connection.wire.stream(Stage::Body, limit, body.stuffed()).await?;
        Ok(Undotted { connection })
    }
}

impl Undotted<'_> {
    /// Ends the message. The reply is the server's receipt.
    ///
    /// # Errors
    /// [`SmtpError::verdict`] tells whether the message may be tried again, or may have arrived. Dropping the future before
    /// it is done leaves that open too.
    pub async fn finish(self) -> Result<Reply, SmtpError> {
        let connection = self.connection;
        connection.wire.expect_silence(Stage::Body).await?;
        let reply = connection.end().await?;
        connection.is_ready = has_ended(&reply);
        if reply.is_positive() { Ok(reply) } else { Err(SmtpError::Refused { stage: Stage::End, reply }) }
    }
}

/// Whether a reply refuses, as it may, and does not end the connection.
fn is_refusal(reply: &Reply) -> bool {
    matches!(reply.code, 400..=420 | 422..=599)
}

/// Whether the server, after this error, waits for the next command.
fn keeps_step(error: &SmtpError) -> bool {
    error.reply().is_some_and(is_refusal)
}

/// Whether the server, after this reply to the end of a message, waits for the next command.
fn has_ended(reply: &Reply) -> bool {
    reply.is_positive() || is_refusal(reply)
}

/// A server may hang up between two messages, or say why it does. That is nobody's failure.
fn idle_end(error: SmtpError) -> SmtpError {
    if matches!(error, SmtpError::Lost { .. } | SmtpError::Refused { .. }) { SmtpError::Spent } else { error }
}

/// A server that does not know RSET takes no further message, and that is not the message's fault.
fn no_reset(error: SmtpError) -> SmtpError {
    if error.reply().is_some() { SmtpError::Spent } else { error }
}

/// From the greeting to the login: what the server offers at the end of it.
async fn greet(wire: &mut Wire, server: &Server) -> Result<Extensions, SmtpError> {
    if server.tls == TlsPolicy::Implicit {
        secure(wire, server).await?;
    }
    let greeting = wire.reply(Stage::Greeting, server.timeouts.limit(Stage::Greeting)).await?;
    if greeting.code != 220 {
        return Err(SmtpError::Refused { stage: Stage::Greeting, reply: greeting });
    }
    let mut offered = hello(wire, server).await?;
    if matches!(server.tls, TlsPolicy::Opportunistic | TlsPolicy::Required) && start_tls(wire, server, &offered).await? {
        secure(wire, server).await?;
        // What was offered in the clear could have come from anybody (RFC 3207 section 4.2).
        offered = hello(wire, server).await?;
    }
    if let Some(login) = &server.login {
        log_in(wire, server, login, &offered).await?;
    }
    Ok(offered)
}

/// EHLO, or HELO to a server that does not know it.
async fn hello(wire: &mut Wire, server: &Server) -> Result<Extensions, SmtpError> {
    let reply = ask(wire, server, Stage::Hello, &format!("EHLO {}", server.hello_name)).await?;
    if reply.is_positive() {
        return Ok(Extensions::read(&reply));
    }
    if !matches!(reply.code, 500 | 502) {
        return Err(SmtpError::Refused { stage: Stage::Hello, reply });
    }
    let reply = ask(wire, server, Stage::Hello, &format!("HELO {}", server.hello_name)).await?;
    if reply.is_positive() { Ok(Extensions::default()) } else { Err(SmtpError::Refused { stage: Stage::Hello, reply }) }
}

/// Whether the server is ready for the handshake. Where TLS is opportunistic it need not be.
async fn start_tls(wire: &mut Wire, server: &Server, offered: &Extensions) -> Result<bool, SmtpError> {
    let is_required = server.tls == TlsPolicy::Required;
    if !offered.start_tls {
        return if is_required { Err(SmtpError::NoTls { host: server.host.clone() }) } else { Ok(false) };
    }
    let reply = ask(wire, server, Stage::Tls, "STARTTLS").await?;
    if reply.code == 220 {
        return Ok(true);
    }
    let refused = SmtpError::Refused { stage: Stage::Tls, reply };
    if is_required || !keeps_step(&refused) { Err(refused) } else { Ok(false) }
}

async fn secure(wire: &mut Wire, server: &Server) -> Result<(), SmtpError> {
    let trust = server.trust.as_ref().ok_or_else(|| SmtpError::NoTrust { host: server.host.clone() })?;
    wire.secure(trust, &server.host, server.timeouts.limit(Stage::Tls)).await
}

async fn log_in(wire: &mut Wire, server: &Server, login: &Login, offered: &Extensions) -> Result<(), SmtpError> {
    let cannot = |cause| SmtpError::Login { host: server.host.clone(), cause };
    if !(wire.is_secured || login.allow_plain_on_loopback && wire.is_loopback) {
        return Err(cannot(LoginError::NotSecured));
    }
    let mut lines = login::lines(login, offered).map_err(cannot)?.into_iter();
    loop {
        // When a token is refused, XOAUTH2 says why as if it asked for more, and refuses after an empty line.
        let line = lines.next().unwrap_or_default();
        let reply = ask(wire, server, Stage::Login, &line).await?;
        match reply.code {
            235 => return Ok(()),
            334 if !(lines.len() == 0 && line.is_empty()) => {}
            _ => return Err(SmtpError::Refused { stage: Stage::Login, reply }),
        }
    }
}

async fn ask(wire: &mut Wire, server: &Server, stage: Stage, line: &str) -> Result<Reply, SmtpError> {
    let limit = server.timeouts.limit(stage);
    wire.send(stage, limit, format!("{line}\r\n").as_bytes()).await?;
    wire.reply(stage, limit).await
}

/// What goes into EHLO is one word.
fn check_name(name: &str) -> Result<(), SmtpError> {
    let is_word = (1..=255).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
    if is_word { Ok(()) } else { Err(SmtpError::Name { name: name.escape_default().to_string() }) }
}
