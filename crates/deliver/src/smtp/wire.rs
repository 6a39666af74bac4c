//! Bytes to and from one server, each with a limit of time and size.
//!
//! In: commands. Out: replies. Not here: which command comes when ([`super::connection`]).

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use pulse_access::Trust;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::{self, pki_types::ServerName};

use super::error::SmtpError;
use super::reply::{MAX_LINE_BYTES, Reply, ReplyError, ReplyLines, said};
use super::verdict::Stage;

/// How much is handed to the system at once, in bytes.
const BLOCK_BYTES: usize = 64 * 1024;
/// How much is read at once, in bytes.
const READ_BYTES: usize = 4096;
/// How long a server may take to say why it hung up. Its words are there already, or never come.
const LAST_WORDS: Duration = Duration::from_millis(200);

trait Io: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Io for T {}

/// One connection, before or behind TLS.
pub(super) struct Wire {
    io: Box<dyn Io>,
    /// Read and not used yet.
    inbox: Vec<u8>,
    /// Written and not sent yet.
    outbox: Vec<u8>,
    pub(super) is_secured: bool,
    pub(super) is_loopback: bool,
}

impl Wire {
    /// Connects to the first address of the host that answers.
    pub(super) async fn connect(host: &str, port: u16, limit: Duration) -> Result<Self, SmtpError> {
        let stream = within(Stage::Connect, limit, TcpStream::connect((host, port))).await?;
        // Commands are written in whole groups, so waiting for more to send with them only costs time.
        let is_loopback = stream.set_nodelay(true).and_then(|()| stream.peer_addr()).map_err(|cause| SmtpError::Lost { stage: Stage::Connect, cause })?;
        let is_loopback = is_loopback.ip().to_canonical().is_loopback();
        Ok(Self { io: Box::new(stream), inbox: Vec::with_capacity(READ_BYTES), outbox: Vec::new(), is_secured: false, is_loopback })
    }

    /// The TLS handshake. Nothing may have been said in the clear that was not asked for: it could be somebody else's.
    pub(super) async fn secure(&mut self, trust: &Trust, host: &str, limit: Duration) -> Result<(), SmtpError> {
        if !self.inbox.is_empty() {
            return Err(SmtpError::Garbled { stage: Stage::Tls, cause: ReplyError::OutOfStep { said: said(&self.inbox) } });
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| SmtpError::Name { name: host.to_owned() })?;
        let plain = std::mem::replace(&mut self.io, Box::new(tokio::io::empty()));
        let secured = timeout(limit, trust.connector().connect(name, plain)).await.map_err(|_| timed_out(Stage::Tls, limit))?;
        self.io = Box::new(secured.map_err(|cause| handshake_failed(host, cause))?);
        self.is_secured = true;
        Ok(())
    }

    /// Writes and sends.
    pub(super) async fn send(&mut self, stage: Stage, limit: Duration, bytes: &[u8]) -> Result<(), SmtpError> {
        self.outbox.extend_from_slice(bytes);
        self.flush(stage, limit).await
    }

    /// Writes, and sends whenever a block is full. Each block has the whole of the limit (RFC 5321 section 4.5.3.2.5).
    pub(super) async fn stream<'b>(&mut self, stage: Stage, limit: Duration, slices: impl Iterator<Item = &'b [u8]>) -> Result<(), SmtpError> {
        for slice in slices {
            for part in slice.chunks(BLOCK_BYTES) {
                if self.outbox.len() + part.len() > BLOCK_BYTES {
                    self.flush(stage, limit).await?;
                }
                self.outbox.extend_from_slice(part);
            }
        }
        self.flush(stage, limit).await
    }

    async fn flush(&mut self, stage: Stage, limit: Duration) -> Result<(), SmtpError> {
        let Self { io, outbox, .. } = self;
        let written = within(stage, limit, async {
            io.write_all(outbox).await?;
            io.flush().await
        });
        let written = written.await;
        self.outbox.clear();
        match written {
            Err(lost @ SmtpError::Lost { .. }) => Err(self.last_words(stage).await.unwrap_or(lost)),
            written => written,
        }
    }

    /// A server that has had enough says why before it hangs up, perhaps while it is still written to.
    async fn last_words(&mut self, stage: Stage) -> Option<SmtpError> {
        let reply = self.reply(stage, LAST_WORDS).await.ok().filter(|reply| reply.code >= 400)?;
        Some(SmtpError::Refused { stage, reply })
    }

    /// The next reply, whole, within the limit.
    pub(super) async fn reply(&mut self, stage: Stage, limit: Duration) -> Result<Reply, SmtpError> {
        timeout(limit, self.read_reply(stage)).await.map_err(|_| timed_out(stage, limit))?
    }

    /// Makes sure that the server has said nothing since its last reply. If it has, the next reply would be taken for
    /// another: a stray 250 must not stand for a message.
    pub(super) async fn expect_silence(&mut self, stage: Stage) -> Result<(), SmtpError> {
        if self.inbox.is_empty() {
            // Asked once: a time limit of nothing would still wait for the timer's next tick.
            let mut fill = pin!(self.fill(stage));
            if poll_fn(|context| Poll::Ready(fill.as_mut().poll(context))).await.is_pending() {
                return Ok(());
            }
        }
        match self.reply(stage, LAST_WORDS).await {
            Ok(reply) if reply.code >= 400 => Err(SmtpError::Refused { stage, reply }),
            Ok(reply) => Err(SmtpError::Garbled { stage, cause: ReplyError::OutOfStep { said: reply.to_string() } }),
            Err(error) => Err(error),
        }
    }

    async fn read_reply(&mut self, stage: Stage) -> Result<Reply, SmtpError> {
        let garbled = |cause| SmtpError::Garbled { stage, cause };
        let mut lines = ReplyLines::default();
        loop {
            let end = self.line_end(stage).await?;
            let line = &self.inbox[..end];
            let reply = lines.push(line.strip_suffix(b"\r").unwrap_or(line)).map_err(garbled)?;
            self.inbox.drain(..=end);
            if let Some(reply) = reply {
                return Ok(reply);
            }
        }
    }

    /// Where the LF is that ends the line at the front of the inbox.
    async fn line_end(&mut self, stage: Stage) -> Result<usize, SmtpError> {
        let mut searched = 0;
        loop {
            if let Some(found) = memchr::memchr(b'\n', &self.inbox[searched..]) {
                return Ok(searched + found);
            }
            searched = self.inbox.len();
            if searched > MAX_LINE_BYTES {
                return Err(SmtpError::Garbled { stage, cause: ReplyError::LongLine { said: said(&self.inbox) } });
            }
            self.fill(stage).await?;
        }
    }

    /// Reads some more.
    async fn fill(&mut self, stage: Stage) -> Result<(), SmtpError> {
        self.inbox.reserve(READ_BYTES);
        match self.io.read_buf(&mut self.inbox).await {
            Ok(0) => Err(lost(stage)),
            Ok(_) => Ok(()),
            Err(cause) => Err(SmtpError::Lost { stage, cause }),
        }
    }

    /// Ends the connection as the other side expects it. Whether that worked no longer matters.
    pub(super) async fn close(&mut self, limit: Duration) {
        let _ = timeout(limit, self.io.shutdown()).await;
    }
}

fn lost(stage: Stage) -> SmtpError {
    SmtpError::Lost { stage, cause: io::ErrorKind::UnexpectedEof.into() }
}

fn timed_out(stage: Stage, limit: Duration) -> SmtpError {
    SmtpError::TimedOut { stage, limit_s: limit.as_secs() }
}

async fn within<T>(stage: Stage, limit: Duration, what: impl Future<Output = io::Result<T>>) -> Result<T, SmtpError> {
    match timeout(limit, what).await {
        Ok(done) => done.map_err(|cause| SmtpError::Lost { stage, cause }),
        Err(_) => Err(timed_out(stage, limit)),
    }
}

/// Tells a bad certificate, which a person has to look at, from a handshake that may work another time.
fn handshake_failed(host: &str, cause: io::Error) -> SmtpError {
    let host = host.to_owned();
    match cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error @ rustls::Error::InvalidCertificate(_)) => SmtpError::Certificate { host, cause: error.clone() },
        _ => SmtpError::Handshake { host, cause },
    }
}
