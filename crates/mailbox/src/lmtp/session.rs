//! One connection of a mail server, from the greeting to QUIT.
//!
//! In: its commands. Out: replies, each with an enhanced code as RFC 2033 section 5 asks. Always: a line, a message and a wait have
//! limits; who keeps talking nonsense is shown out.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

use super::text::{MAX_MESSAGE_BYTES, Text};
use super::{Desk, Taken};

/// The longest command, in bytes: RFC 5321 section 4.5.3.1 has 512, and extensions add to it.
const MAX_LINE_BYTES: usize = 4096;
/// The most recipients of one message (RFC 5321 section 4.5.3.1.8 asks for as many).
const MAX_RECIPIENTS: usize = 100;
/// After so many refused commands the connection ends. A recipient that is not ours is none of them.
const MAX_MISTAKES: usize = 20;
/// How long is waited for a command (RFC 5321 section 4.5.3.2.7).
const COMMAND_LIMIT: Duration = Duration::from_secs(300);
/// How long a whole message may take.
const MESSAGE_LIMIT: Duration = Duration::from_secs(600);
/// How long the other side may take to hear a reply.
const REPLY_LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(stream: S, desk: &impl Desk, name: &str) -> io::Result<()> {
    let mut session = Session { line: BufReader::new(stream), desk, name, has_met: false, has_sender: false, recipients: Vec::new(), mistakes: 0 };
    session.say(&format!("220 {name} LMTP Pulse")).await?;
    while session.step().await? {}
    session.line.get_mut().shutdown().await
}

struct Session<'s, S, D> {
    line: BufReader<S>,
    desk: &'s D,
    name: &'s str,
    has_met: bool,
    has_sender: bool,
    /// Those of the message that were accepted.
    recipients: Vec<String>,
    mistakes: usize,
}

/// What was heard.
enum Heard {
    Command(String),
    TooLong,
    Nothing,
}

impl<S: AsyncRead + AsyncWrite + Unpin, D: Desk> Session<'_, S, D> {
    /// Answers one command. False when it was the last.
    async fn step(&mut self) -> io::Result<bool> {
        let Ok(heard) = timeout(COMMAND_LIMIT, self.hear()).await else {
            self.say(&format!("421 4.4.2 {} has waited too long", self.name)).await?;
            return Ok(false);
        };
        let command = match heard? {
            Heard::Command(command) => command,
            Heard::TooLong => return self.mistake("500 5.5.2 The line is too long").await,
            Heard::Nothing => return Ok(false),
        };
        let (verb, rest) = command.split_once(' ').unwrap_or((&command, ""));
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" => self.meet().await,
            "QUIT" => self.say(&format!("221 2.0.0 {} says goodbye", self.name)).await.map(|()| false),
            "NOOP" => self.good("250 2.0.0 OK").await,
            "RSET" => {
                self.forget();
                self.good("250 2.0.0 OK").await
            }
            "VRFY" => self.good("252 2.1.5 Send it, and see").await,
            "HELO" | "EHLO" => self.mistake("500 5.5.1 This is LMTP: say LHLO").await,
            _ if !self.has_met => self.mistake("503 5.5.1 Say LHLO first").await,
            "MAIL" => self.mail(rest).await,
            "RCPT" => self.rcpt(rest).await,
            "DATA" => self.data().await,
            _ => self.mistake("500 5.5.1 There is no such command here").await,
        }
    }

    async fn meet(&mut self) -> io::Result<bool> {
        self.forget();
        self.has_met = true;
        let name = self.name;
        let offers = format!("250-{name}\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {MAX_MESSAGE_BYTES}");
        self.good(&offers).await
    }

    async fn mail(&mut self, rest: &str) -> io::Result<bool> {
        let Some(rest) = after_word(rest, "FROM:") else { return self.mistake("501 5.5.4 Write it as MAIL FROM:<address>").await };
        if self.has_sender {
            return self.mistake("503 5.5.1 There is a sender already").await;
        }
        let size = rest.split(' ').find_map(|parameter| after_word(parameter, "SIZE=")).and_then(|size| size.parse::<u64>().ok());
        if size.is_some_and(|size| size > MAX_MESSAGE_BYTES as u64) {
            return self.good("552 5.3.4 The message is too large").await;
        }
        self.has_sender = true;
        self.good("250 2.1.0 OK").await
    }

    async fn rcpt(&mut self, rest: &str) -> io::Result<bool> {
        let Some(address) = after_word(rest, "TO:").and_then(path) else { return self.mistake("501 5.5.4 Write it as RCPT TO:<address>").await };
        if !self.has_sender {
            return self.mistake("503 5.5.1 MAIL comes before RCPT").await;
        }
        if !self.desk.is_ours(address) {
            return self.good("550 5.1.1 No mail is read at this address").await;
        }
        if self.recipients.len() >= MAX_RECIPIENTS {
            return self.good("452 4.5.3 Too many recipients; send the others in another message").await;
        }
        self.recipients.push(address.to_owned());
        self.good("250 2.1.5 OK").await
    }

    async fn data(&mut self) -> io::Result<bool> {
        if self.recipients.is_empty() {
            return self.good("503 5.5.1 There is no recipient").await;
        }
        self.say("354 Go ahead, and end with a dot on a line of its own").await?;
        let Ok(message) = timeout(MESSAGE_LIMIT, self.text()).await else {
            self.say(&format!("421 4.4.2 {} has waited too long", self.name)).await?;
            return Ok(false);
        };
        let Some(text) = message? else { return Ok(false) };
        let message = text.message();
        for address in std::mem::take(&mut self.recipients) {
            let reply = match &message {
                None => "552 5.3.4 The message is too large",
                Some(message) => match self.desk.take(message, &address).await {
                    Taken::Kept => "250 2.0.0 OK",
                    Taken::Later => "451 4.3.0 It cannot be kept now; try again",
                },
            };
            self.say(reply).await?;
        }
        self.forget();
        Ok(true)
    }

    fn forget(&mut self) {
        self.has_sender = false;
        self.recipients.clear();
    }

    async fn good(&mut self, reply: &str) -> io::Result<bool> {
        self.say(reply).await.map(|()| true)
    }

    async fn mistake(&mut self, reply: &str) -> io::Result<bool> {
        self.mistakes += 1;
        if self.mistakes > MAX_MISTAKES {
            self.say(&format!("421 4.7.0 {} has heard too many mistakes", self.name)).await?;
            return Ok(false);
        }
        self.good(reply).await
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        let stream = self.line.get_mut();
        let said = async {
            stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
            stream.flush().await
        };
        timeout(REPLY_LIMIT, said).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// The next line, without its end.
    async fn hear(&mut self) -> io::Result<Heard> {
        let mut line = Vec::new();
        let mut is_too_long = false;
        loop {
            let bytes = self.line.fill_buf().await?;
            if bytes.is_empty() {
                return Ok(Heard::Nothing);
            }
            let end = memchr::memchr(b'\n', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            is_too_long |= line.len() + part.len() > MAX_LINE_BYTES;
            if !is_too_long {
                line.extend_from_slice(part);
            }
            let count = part.len() + usize::from(end.is_some());
            self.line.consume(count);
            if end.is_some() {
                let line = line.strip_suffix(b"\r").unwrap_or(&line);
                return Ok(if is_too_long { Heard::TooLong } else { Heard::Command(String::from_utf8_lossy(line).into_owned()) });
            }
        }
    }

    /// A message to its end; `None` when the other side hung up before.
    async fn text(&mut self) -> io::Result<Option<Text>> {
        let mut text = Text::default();
        while !text.has_ended() {
            let bytes = self.line.fill_buf().await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let count = text.push(bytes);
            self.line.consume(count);
        }
        Ok(Some(text))
    }
}

/// What follows a word, in any case of letters.
fn after_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then(|| rest.trim_start())
}

/// The address in `<@relay:ada@mill.example> NOTIFY=NEVER`, without a route (RFC 5321 section 4.1.1.3).
fn path(text: &str) -> Option<&str> {
    let (path, _) = text.strip_prefix('<')?.split_once('>')?;
    let address = if path.starts_with('@') { path.split_once(':')?.1 } else { path };
    address.contains('@').then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written_in_a_command() {
        assert_eq!(after_word("to: <ada@mill.example>", "TO:").and_then(path), Some("ada@mill.example"));
        assert_eq!(path("<@a.example,@b.example:ada@mill.example> NOTIFY=NEVER"), Some("ada@mill.example"));
        for none in ["ada@mill.example", "<>", "<ada>", "<ada@mill.example", "<@a.example>", ""] {
            assert_eq!(path(none), None, "{none}");
        }
        assert_eq!(after_word("TÖ:<a@b>", "TO:"), None);
    }
}
