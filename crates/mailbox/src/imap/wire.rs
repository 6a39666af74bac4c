//! Bytes to and from an IMAP server, each with a limit of time and size.
//!
//! In: commands. Out: [`Unit`]s. Always: of a literal no more is kept than [`Wire::most_bytes`], and the rest is passed over; a line that
//! does not end, and lines without end, are an error. Not here: which command comes when ([`super::connection`]).

use std::io;
use std::time::Duration;

use pulse_access::Trust;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::{self, pki_types::ServerName};

use super::error::{ImapError, said};
use super::unit::Unit;
use crate::MOST_BYTES;

/// The longest line, in bytes, and the most of all lines of one answer. A search of one window is far shorter.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// The most literals in one response.
const MAX_LITERALS: usize = 20;

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// One connection, before or behind TLS.
pub(super) struct Wire {
    io: BufReader<Box<dyn Io>>,
    limit: Duration,
    /// So much is kept of a literal, in bytes.
    pub(super) most_bytes: usize,
    pub(super) is_secured: bool,
    pub(super) is_loopback: bool,
}

impl Wire {
    pub(super) async fn connect(host: &str, port: u16, limit: Duration) -> Result<Self, ImapError> {
        let step = "connecting";
        let lost = |cause| ImapError::Lost { step, cause };
        let stream = timeout(limit, TcpStream::connect((host, port))).await.map_err(|_| timed_out(step, limit))?.map_err(lost)?;
        let is_loopback = stream.peer_addr().map_err(lost)?.ip().to_canonical().is_loopback();
        Ok(Self { io: BufReader::new(Box::new(stream)), limit, most_bytes: MOST_BYTES, is_secured: false, is_loopback })
    }

    /// The TLS handshake. Nothing may have been said in the clear that was not asked for: it could be somebody else's.
    pub(super) async fn secure(self, trust: &Trust, host: &str) -> Result<Self, ImapError> {
        if !self.io.buffer().is_empty() {
            return Err(ImapError::Garbled { step: "STARTTLS", said: said(self.io.buffer()) });
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ImapError::Name { name: host.to_owned() })?;
        let handshake = timeout(self.limit, trust.connector().connect(name, self.io.into_inner())).await;
        let secured = handshake.map_err(|_| timed_out("the TLS handshake", self.limit))?.map_err(|cause| handshake_failed(host, cause))?;
        Ok(Self { io: BufReader::new(Box::new(secured)), is_secured: true, ..self })
    }

    pub(super) async fn send(&mut self, step: &'static str, line: &str) -> Result<(), ImapError> {
        let io = self.io.get_mut();
        let written = timeout(self.limit, async {
            io.write_all(format!("{line}\r\n").as_bytes()).await?;
            io.flush().await
        });
        written.await.map_err(|_| timed_out(step, self.limit))?.map_err(|cause| ImapError::Lost { step, cause })
    }

    /// Responses up to and with the first that ends the answer. All together have the limit of time.
    pub(super) async fn answer(&mut self, step: &'static str, ends: impl Fn(&Unit) -> bool) -> Result<Vec<Unit>, ImapError> {
        let limit = self.limit;
        timeout(limit, self.read_answer(step, ends)).await.map_err(|_| timed_out(step, limit))?
    }

    async fn read_answer(&mut self, step: &'static str, ends: impl Fn(&Unit) -> bool) -> Result<Vec<Unit>, ImapError> {
        let mut units: Vec<Unit> = Vec::new();
        let mut bytes = 0;
        loop {
            let unit = self.unit(step).await?;
            bytes += unit.text.len();
            if bytes > MAX_TEXT_BYTES {
                return Err(ImapError::Garbled { step, said: said(unit.text.as_bytes()) });
            }
            let is_last = ends(&unit);
            units.push(unit);
            if is_last {
                return Ok(units);
            }
        }
    }

    async fn unit(&mut self, step: &'static str) -> Result<Unit, ImapError> {
        let mut unit = Unit::default();
        loop {
            let line = self.line(step).await?;
            let text = String::from_utf8_lossy(&line);
            if text.contains('\0') {
                return Err(ImapError::Garbled { step, said: said(&line) });
            }
            let Some((before, length)) = literal_at_end(&text) else {
                unit.text.push_str(&text);
                return Ok(unit);
            };
            unit.text.push_str(before);
            unit.text.push('\0');
            if unit.literals.len() == MAX_LITERALS || unit.text.len() > MAX_TEXT_BYTES {
                return Err(ImapError::Garbled { step, said: said(&line) });
            }
            let literal = self.literal(step, length).await?;
            unit.literals.push(literal);
        }
    }

    /// A line without its end.
    async fn line(&mut self, step: &'static str) -> Result<Vec<u8>, ImapError> {
        let mut line = Vec::new();
        loop {
            let bytes = self.filled(step).await?;
            let end = memchr::memchr(b'\n', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if line.len() + part.len() > MAX_TEXT_BYTES {
                return Err(ImapError::Garbled { step, said: said(&line) });
            }
            line.extend_from_slice(part);
            let count = part.len() + usize::from(end.is_some());
            self.io.consume(count);
            if end.is_some() {
                line.truncate(line.strip_suffix(b"\r").map_or(line.len(), <[u8]>::len));
                return Ok(line);
            }
        }
    }

    async fn literal(&mut self, step: &'static str, mut length: u64) -> Result<Vec<u8>, ImapError> {
        let mut kept = Vec::new();
        let most_bytes = self.most_bytes;
        while length > 0 {
            let bytes = self.filled(step).await?;
            let count = bytes.len().min(usize::try_from(length).unwrap_or(usize::MAX));
            kept.extend_from_slice(&bytes[..count.min(most_bytes.saturating_sub(kept.len()))]);
            self.io.consume(count);
            length -= count as u64;
        }
        Ok(kept)
    }

    async fn filled(&mut self, step: &'static str) -> Result<&[u8], ImapError> {
        match self.io.fill_buf().await {
            Ok([]) => Err(ImapError::Lost { step, cause: io::ErrorKind::UnexpectedEof.into() }),
            Ok(bytes) => Ok(bytes),
            Err(cause) => Err(ImapError::Lost { step, cause }),
        }
    }
}

/// `… {310}`: what stands before it, and how many bytes follow the line.
fn literal_at_end(line: &str) -> Option<(&str, u64)> {
    let (before, length) = line.strip_suffix('}')?.rsplit_once('{')?;
    Some((before, length.strip_suffix('+').unwrap_or(length).parse().ok()?))
}

fn timed_out(step: &'static str, limit: Duration) -> ImapError {
    ImapError::TimedOut { step, limit_s: limit.as_secs() }
}

/// Tells a bad certificate, which a person has to look at, from a handshake that may work another time.
fn handshake_failed(host: &str, cause: io::Error) -> ImapError {
    let host = host.to_owned();
    match cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error @ rustls::Error::InvalidCertificate(_)) => ImapError::Certificate { host, cause: error.clone() },
        _ => ImapError::Handshake { host, cause },
    }
}
