//! One connection of the server.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::script::{Act, Script};
use super::{Received, Seen};

/// How much is read at once, in bytes: all that a client sends at once.
const READ_BYTES: usize = 64 * 1024;
/// How much an endless reply has: more than any client may read, and yet an end.
const ENDLESS_BYTES: usize = 1024 * 1024;

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

pub(super) struct Session {
    number: usize,
    script: Arc<Script>,
    acceptor: TlsAcceptor,
    seen: Arc<Seen>,
    /// Read and not used yet.
    inbox: Vec<u8>,
    /// How much of `inbox` is known not to have the end of the message.
    searched: usize,
    /// To be sent when nothing is left to read.
    outbox: Vec<u8>,
    /// What the last answer begins with; 0 when there was none.
    class: u8,
    is_secured: bool,
    mode: Mode,
    mail: Option<String>,
    rcpt: Vec<String>,
}

/// What the next bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Command,
    /// A line of AUTH; so many more follow.
    Login(u8),
    Message {
        has_begun: bool,
    },
    /// Of no interest.
    Stalled,
}

/// What comes after a step.
enum Next {
    /// The next line or message.
    Go,
    /// The handshake.
    Secure,
    /// Nothing.
    Stop,
}

impl Session {
    pub(super) fn new(number: usize, script: Arc<Script>, acceptor: TlsAcceptor, seen: Arc<Seen>) -> Self {
        Self {
            number,
            script,
            acceptor,
            seen,
            inbox: Vec::new(),
            searched: 0,
            outbox: Vec::new(),
            class: 0,
            is_secured: false,
            mode: Mode::Command,
            mail: None,
            rcpt: Vec::new(),
        }
    }

    /// Speaks until one side ends it. That a client breaks off is what many tests are about.
    pub(super) async fn run(mut self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let _ = self.talk(Box::new(stream)).await;
        self.seen.lock().open_connections -= 1;
    }

    async fn talk(&mut self, mut io: Box<dyn Io>) -> io::Result<()> {
        if self.script.is_tls_implicit {
            let Some(secured) = self.secure(io).await? else { return Ok(()) };
            io = secured;
        }
        let mut next = self.answer("GREETING", "", "220 localhost ESMTP");
        loop {
            self.flush(&mut io).await?;
            match next {
                Next::Go => next = self.step(&mut io).await?,
                Next::Secure => {
                    let Some(secured) = self.secure(io).await? else { return Ok(()) };
                    io = secured;
                    next = Next::Go;
                }
                Next::Stop => return Ok(()),
            }
        }
    }

    /// Takes everything that has come, then has the answers to all of it sent.
    async fn step(&mut self, io: &mut Box<dyn Io>) -> io::Result<Next> {
        loop {
            let next = match self.mode {
                Mode::Command | Mode::Login(_) => self.line(),
                Mode::Message { .. } => self.message(),
                Mode::Stalled => {
                    self.inbox.clear();
                    None
                }
            };
            match next {
                Some(Next::Go) => {}
                Some(next) => return Ok(next),
                None if !self.outbox.is_empty() => return Ok(Next::Go),
                None => {
                    self.inbox.reserve(READ_BYTES);
                    if io.read_buf(&mut self.inbox).await? == 0 {
                        return Ok(Next::Stop);
                    }
                }
            }
        }
    }

    async fn flush(&mut self, io: &mut Box<dyn Io>) -> io::Result<()> {
        if !self.outbox.is_empty() {
            self.seen.lock().answer_count += 1;
            tokio::time::sleep(self.script.delay).await;
            io.write_all(&self.outbox).await?;
            io.flush().await?;
            self.outbox.clear();
        }
        Ok(())
    }

    async fn secure(&mut self, mut io: Box<dyn Io>) -> io::Result<Option<Box<dyn Io>>> {
        match self.rule("TLS", "") {
            None => {}
            Some(Act::Stall) => {
                while io.read_buf(&mut self.inbox).await? > 0 {}
                return Ok(None);
            }
            // The client has begun, so that it is in the middle.
            Some(_) => {
                io.read_buf(&mut self.inbox).await?;
                return Ok(None);
            }
        }
        let secured = self.acceptor.accept(io).await?;
        self.heard("TLS");
        self.inbox.clear();
        self.is_secured = true;
        Ok(Some(Box::new(secured)))
    }

    /// The next command, if all of it is there.
    fn line(&mut self) -> Option<Next> {
        let end = self.inbox.windows(2).position(|pair| pair == b"\r\n")?;
        let line = String::from_utf8_lossy(&self.inbox[..end]).into_owned();
        self.inbox.drain(..end + 2);
        self.heard(&line);
        if let Mode::Login(more) = self.mode {
            self.mode = if more > 1 { Mode::Login(more - 1) } else { Mode::Command };
            return Some(self.answer("AUTH", &line, if more > 1 { "334 UGFzc3dvcmQ6" } else { "235 2.7.0 welcome" }));
        }
        let upper = line.to_ascii_uppercase();
        let verb = upper.split([' ', ':']).next().unwrap_or_default();
        Some(match verb {
            "EHLO" => {
                let hello = self.hello();
                self.answer("EHLO", &line, &hello)
            }
            "HELO" => self.answer("HELO", &line, "250 localhost"),
            "STARTTLS" => self.start_tls(&line),
            "AUTH" => self.auth(&line, upper.split(' ').nth(1).unwrap_or_default()),
            "MAIL" => self.mail(&line),
            "RCPT" => self.rcpt(&line),
            "DATA" => self.data(&line),
            "RSET" => {
                self.forget();
                self.answer("RSET", &line, "250 2.0.0 forgotten")
            }
            "QUIT" => self.answer("QUIT", &line, "221 2.0.0 bye, then close"),
            _ => self.say(Act::read("500 5.5.2 unknown command")),
        })
    }

    fn hello(&self) -> String {
        let mut lines = vec!["localhost".to_owned()];
        lines.extend(self.script.offer.iter().filter(|word| !(self.is_secured && *word == "STARTTLS")).cloned());
        let last = lines.len() - 1;
        let lines: Vec<String> = lines.iter().enumerate().map(|(at, line)| format!("250{}{line}", if at == last { ' ' } else { '-' })).collect();
        lines.join("|")
    }

    fn start_tls(&mut self, line: &str) -> Next {
        let next = self.answer("STARTTLS", line, "220 2.0.0 go ahead");
        if matches!(next, Next::Go) && self.class == b'2' { Next::Secure } else { next }
    }

    fn auth(&mut self, line: &str, mechanism: &str) -> Next {
        let is_login = mechanism == "LOGIN";
        let next = self.answer("AUTH", line, if is_login { "334 VXNlcm5hbWU6" } else { "235 2.7.0 welcome" });
        if self.class == b'3' {
            self.mode = Mode::Login(if is_login { 2 } else { 1 });
        }
        next
    }

    fn mail(&mut self, line: &str) -> Next {
        let is_nested = self.mail.is_some();
        let next = self.answer("MAIL", line, if is_nested { "503 5.5.1 nested MAIL command" } else { "250 2.1.0 ok" });
        if self.class == b'2' {
            self.mail = Some(line.get(10..).unwrap_or_default().to_owned());
        }
        next
    }

    fn rcpt(&mut self, line: &str) -> Next {
        let next = self.answer("RCPT", line, if self.mail.is_some() { "250 2.1.5 ok" } else { "503 5.5.1 need MAIL command" });
        if self.class == b'2' {
            self.rcpt.push(line.get(8..).unwrap_or_default().to_owned());
        }
        next
    }

    fn data(&mut self, line: &str) -> Next {
        let next = self.answer("DATA", line, if self.rcpt.is_empty() { "554 5.5.1 no valid recipients" } else { "354 go ahead" });
        if self.class == b'3' {
            self.mode = Mode::Message { has_begun: false };
        }
        next
    }

    /// The message, if all of it is there.
    fn message(&mut self) -> Option<Next> {
        if self.mode == (Mode::Message { has_begun: false }) && !self.inbox.is_empty() {
            self.mode = Mode::Message { has_begun: true };
            if let Some(act) = self.rule("BODY", "") {
                return Some(self.say(act));
            }
        }
        // The end may be that of an empty message.
        let end = if self.inbox.starts_with(b".\r\n") {
            0
        } else {
            let from = self.searched.saturating_sub(4);
            let found = memchr::memmem::find(&self.inbox[from..], b"\r\n.\r\n");
            self.searched = self.inbox.len();
            from + found? + 2
        };
        let bytes = if self.script.forgets { Vec::new() } else { unstuffed(&self.inbox[..end]) };
        self.inbox.drain(..end + 3);
        self.searched = 0;
        self.mode = Mode::Command;
        self.heard("END");
        Some(self.end(bytes))
    }

    fn end(&mut self, bytes: Vec<u8>) -> Next {
        let recipients = self.rcpt.join(" ");
        let next = self.answer("END", &recipients, if self.rcpt.is_empty() { "554 5.5.1 no valid recipients" } else { "250 2.0.0 taken" });
        let (mail, rcpt) = (self.mail.take().unwrap_or_default(), std::mem::take(&mut self.rcpt));
        if self.class == b'2' {
            let mut inner = self.seen.lock();
            inner.message_count += 1;
            if !self.script.forgets {
                inner.messages.push(Received { connection: self.number, mail, rcpt, bytes });
            }
        }
        next
    }

    fn forget(&mut self) {
        self.mail = None;
        self.rcpt.clear();
    }

    fn heard(&self, line: &str) {
        if !self.script.forgets {
            self.seen.lock().commands.push((self.number, line.to_owned()));
        }
    }

    /// What the script says of this step, or what a good server does.
    fn answer(&mut self, step: &str, command: &str, good: &str) -> Next {
        let act = self.rule(step, command).unwrap_or_else(|| Act::read(good));
        self.say(act)
    }

    fn rule(&self, step: &str, command: &str) -> Option<Act> {
        let mut inner = self.seen.lock();
        let mut first = None;
        for (rule, count) in self.script.rules.iter().zip(&mut inner.rule_counts) {
            if rule.step == step && rule.word.as_ref().is_none_or(|word| command.contains(word.as_str())) {
                *count += 1;
                first = first.or_else(|| rule.time.is_none_or(|time| time == *count).then(|| rule.act.clone()));
            }
        }
        first
    }

    fn say(&mut self, act: Act) -> Next {
        self.class = 0;
        match act {
            Act::Say { lines, then_close } => {
                self.class = lines.first().and_then(|line| line.bytes().next()).unwrap_or_default();
                for line in lines {
                    self.outbox.extend_from_slice(line.as_bytes());
                    self.outbox.extend_from_slice(b"\r\n");
                }
                if then_close { Next::Stop } else { Next::Go }
            }
            Act::Close => Next::Stop,
            Act::Stall => {
                self.mode = Mode::Stalled;
                Next::Go
            }
            Act::EndlessLine => {
                self.outbox.extend(std::iter::repeat_n(b'2', ENDLESS_BYTES));
                Next::Go
            }
            Act::EndlessReply => {
                self.outbox.extend(b"250-more\r\n".repeat(ENDLESS_BYTES / 10));
                Next::Go
            }
        }
    }
}

/// Without the dots that were put before lines that begin with one.
fn unstuffed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.strip_prefix(b".").unwrap_or(bytes);
    while let Some(at) = memchr::memmem::find(rest, b"\r\n.") {
        out.extend_from_slice(&rest[..at + 2]);
        rest = &rest[at + 3..];
    }
    out.extend_from_slice(rest);
    out
}
