//! What a reply means for the message, its reader, and the send.
//!
//! In: the stage and the reply (RFC 5321 section 4.2, RFC 3463). Out: one [`Verdict`]. Invariant: only a server that says
//! of the address itself that it is dead makes it [`Verdict::DeadAddress`]; a refusal that may be about us never does.
//! Not here: what is done about it (retry, suppression, stopping), and bounces that come back later (returns).

use std::fmt;

use super::reply::Reply;

/// What the connection was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Looking up the host and connecting.
    Connect,
    /// Waiting for the server's first words.
    Greeting,
    /// EHLO or HELO.
    Hello,
    /// STARTTLS and the handshake, also where TLS comes first.
    Tls,
    /// AUTH.
    Login,
    /// MAIL FROM, and RSET before it.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, until the server says go on.
    Data,
    /// The message itself.
    Body,
    /// The final dot and the reply to it.
    End,
}

impl Stage {
    /// The command, or what a person would call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Greeting => "the greeting",
            Self::Hello => "EHLO",
            Self::Tls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Mail => "MAIL FROM",
            Self::Rcpt => "RCPT TO",
            Self::Data => "DATA",
            Self::Body => "the message",
            Self::End => "the end of the message",
        }
    }

    /// Whether a refusal here can be about the one recipient.
    fn is_about_recipient(self) -> bool {
        matches!(self, Self::Rcpt | Self::Data | Self::Body | Self::End)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What became of one message, or why none can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The server has it.
    Accepted,
    /// Not now; the same may work later.
    Deferred(Level),
    /// The server says that the address is dead. It may be suppressed at once.
    DeadAddress,
    /// The mailbox is full. It counts against the address only over several editions.
    FullMailbox {
        /// The server said 4xx: it may be tried again. Otherwise this edition does not reach it.
        is_passing: bool,
    },
    /// This message does not reach this reader, for a reason that does not make the address dead. The send goes on.
    Rejected,
    /// Something about us: no right to send, a bad sender, a message too large. Each further message would be refused
    /// too, so the send stops and a person looks. Nobody is suppressed.
    OurFault,
    /// The connection was lost after the end of the message: it may have arrived (RFC 1047).
    Uncertain,
}

/// Whom a deferral concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The server: it has no time or no room, or is not there. It says nothing of this message, which can go another way.
    Connection,
    /// The one recipient, as when a server greylists.
    Recipient,
    /// The one message.
    Message,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Deferred(Level::Connection) => "deferred (connection)",
            Self::Deferred(Level::Recipient) => "deferred (recipient)",
            Self::Deferred(Level::Message) => "deferred (message)",
            Self::DeadAddress => "dead address",
            Self::FullMailbox { is_passing: true } => "full mailbox (for now)",
            Self::FullMailbox { is_passing: false } => "full mailbox",
            Self::Rejected => "rejected",
            Self::OurFault => "our fault",
            Self::Uncertain => "uncertain",
        })
    }
}

impl Verdict {
    /// What a reply at a stage means. A reply that has no business there (a 3xx, or a 2xx before the end) breaks the
    /// protocol: the connection is at fault, and after the final dot nobody knows.
    ///
    /// ```
    /// use pulse_deliver::smtp::{ReplyLines, Stage, Verdict};
    /// let reply = ReplyLines::default().push(b"550 5.1.1 no such user").unwrap().unwrap();
    /// assert_eq!(Verdict::of(Stage::Rcpt, &reply), Verdict::DeadAddress);
    /// assert_eq!(Verdict::of(Stage::Mail, &reply), Verdict::OurFault);
    /// ```
    pub fn of(stage: Stage, reply: &Reply) -> Self {
        match (reply.code / 100, stage) {
            (2, Stage::End) => Self::Accepted,
            (4, _) => deferral(stage, reply),
            (5, _) => refusal(stage, reply),
            (_, Stage::End) => Self::Uncertain,
            _ => Self::Deferred(Level::Connection),
        }
    }

    /// Whether the same message may be tried again, to the same reader.
    pub fn can_retry(self) -> bool {
        matches!(self, Self::Deferred(_) | Self::FullMailbox { is_passing: true })
    }
}

/// What its enhanced code is about, and the detail.
fn about(reply: &Reply) -> Option<(u16, u16)> {
    reply.enhanced.map(|status| (status.subject, status.detail))
}

fn deferral(stage: Stage, reply: &Reply) -> Verdict {
    if reply.code == 421 {
        return Verdict::Deferred(Level::Connection);
    }
    let level = match (about(reply), stage) {
        (Some((2, 2)), stage) if stage.is_about_recipient() => return Verdict::FullMailbox { is_passing: true },
        // The mail system as a whole: its disk is full, or it takes no mail now (RFC 3463 section 3.4).
        (Some((3, 1 | 2)), _) => Level::Connection,
        (Some((1 | 2, _)), stage) if stage.is_about_recipient() => Level::Recipient,
        (_, Stage::Rcpt) => Level::Recipient,
        (_, Stage::Mail | Stage::Data | Stage::Body | Stage::End) => Level::Message,
        _ => Level::Connection,
    };
    Verdict::Deferred(level)
}

fn refusal(stage: Stage, reply: &Reply) -> Verdict {
    if !stage.is_about_recipient() || matches!(reply.code, 530 | 534 | 535 | 538) {
        return Verdict::OurFault;
    }
    match about(reply) {
        // The sender's address is bad; the policy or our login is; the message is too large.
        Some((1, 7 | 8) | (7, _) | (2, 3) | (3, 4)) => Verdict::OurFault,
        Some((1, 1 | 2 | 3 | 6 | 10) | (2, 1) | (4, 4)) => Verdict::DeadAddress,
        Some((2, 2)) => Verdict::FullMailbox { is_passing: false },
        // 5.0.0 says no more than the 5 before it.
        None | Some((0, 0)) => bare_refusal(stage, reply),
        Some(_) => Verdict::Rejected,
    }
}

/// A refusal without an enhanced code.
fn bare_refusal(stage: Stage, reply: &Reply) -> Verdict {
    match (stage, reply.code) {
        _ if is_about_us(&reply.text) => Verdict::OurFault,
        // RFC 5321 section 4.2.2; 556 is a domain that takes no mail (RFC 7504).
        (Stage::Rcpt, 550 | 551 | 553 | 556) => Verdict::DeadAddress,
        // "Exceeded storage allocation" of the mailbox; once the message is known, of the message (RFC 1870 section 6.3).
        (Stage::Rcpt, 552) => Verdict::FullMailbox { is_passing: false },
        (_, 552) => Verdict::OurFault,
        // Commands in an order or a form that the server does not know.
        (Stage::Data | Stage::Body, 500..=504) => Verdict::OurFault,
        _ => Verdict::Rejected,
    }
}

/// Whether the words of a refusal speak of the sender rather than of the address. Servers that deny relaying, or that have
/// the sender on a block list, often use the very code for a dead address, and a whole audience would be suppressed.
fn is_about_us(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "relay",
        "authenticat",
        "sender",
        "spam",
        "blocked",
        "block list",
        "blocklist",
        "blacklist",
        "banned",
        "reputation",
        "spf",
        "dkim",
        "dmarc",
        "rcpthosts",
    ];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use pulse_model::EnhancedStatus;

    use super::*;
    use crate::smtp::reply::ReplyLines;

    /// Stage, reply, verdict: one line a case.
    const CASES: &str = "
        end   250 2.0.0 Ok: queued as 4F2A                         = accepted
        end   250                                                  = accepted
        end   354 go on                                            = uncertain
        rcpt  354 go on                                            = deferred (connection)

        greet 421 4.3.2 too many connections                       = deferred (connection)
        greet 450 busy                                             = deferred (connection)
        login 454 4.7.0 temporary authentication failure           = deferred (connection)
        mail  452 4.3.1 insufficient system storage                = deferred (connection)
        mail  451 4.7.1 try again later                            = deferred (message)
        rcpt  421 4.2.2 closing                                    = deferred (connection)
        rcpt  450 4.2.1 mailbox is busy                            = deferred (recipient)
        rcpt  451 4.7.1 greylisted, try again in 5 minutes         = deferred (recipient)
        rcpt  450                                                  = deferred (recipient)
        rcpt  450 4.3.2 system not accepting messages              = deferred (connection)
        rcpt  452 4.2.2 mailbox full                               = full mailbox (for now)
        end   452 4.2.2 mailbox full                               = full mailbox (for now)
        end   452 4.3.1 queue file write error                     = deferred (connection)
        rcpt  451 4.3.0 temporary lookup failure                   = deferred (recipient)
        end   451 4.6.0 later                                      = deferred (message)
        end   450 4.2.0 locked                                     = deferred (recipient)

        rcpt  550 5.1.1 no such user                               = dead address
        rcpt  550 5.1.2 no such domain                             = dead address
        rcpt  501 5.1.3 bad syntax of address                      = dead address
        rcpt  551 5.1.6 mailbox has moved                          = dead address
        rcpt  556 5.1.10 domain takes no mail                      = dead address
        rcpt  550 5.2.1 mailbox disabled                           = dead address
        rcpt  550 5.4.4 unable to route                            = dead address
        end   550 5.1.1 no such user                               = dead address
        rcpt  550 no such user here                                = dead address
        rcpt  550 5.0.0 unknown                                    = dead address
        rcpt  551 user not local                                   = dead address
        rcpt  553 mailbox name not allowed                         = dead address
        rcpt  550 sorry, no mailbox here by that name. (#5.1.1)    = dead address

        rcpt  552 5.2.2 over quota                                 = full mailbox
        rcpt  552 exceeded storage allocation                      = full mailbox
        end   552 5.2.2 over quota                                 = full mailbox

        rcpt  550 5.4.1 recipient address rejected                 = rejected
        rcpt  550 5.1.0 address rejected                           = rejected
        rcpt  501 5.5.4 invalid argument                           = rejected
        rcpt  553 5.6.7 non-ASCII addresses not permitted          = rejected
        rcpt  554 no                                               = rejected
        end   554 5.6.0 message content rejected                   = rejected
        end   550 no such user here                                = rejected
        end   554 transaction failed                               = rejected

        greet 554 no SMTP service here                             = our fault
        greet 521 this host takes no mail                          = our fault
        hello 550 who are you                                      = our fault
        login 535 5.7.8 authentication failed                      = our fault
        mail  550 5.1.1 no such user                               = our fault
        mail  552 message size exceeds fixed maximum message size  = our fault
        mail  553 5.1.8 sender's domain not found                  = our fault
        rcpt  530 5.7.0 must issue a STARTTLS command first        = our fault
        rcpt  550 5.1.8 sender's domain not found                  = our fault
        rcpt  550 5.7.26 unauthenticated sender                    = our fault
        rcpt  554 5.7.1 relay access denied                        = our fault
        rcpt  550 relay not permitted                              = our fault
        rcpt  550 Relaying denied                                  = our fault
        rcpt  550 your host is on our block list                   = our fault
        rcpt  550 authentication required                          = our fault
        rcpt  553 sorry, that domain isn't in my list of allowed rcpthosts = our fault
        rcpt  553 sorry, that domain isn't in my list (#5.7.1)     = our fault
        data  503 bad sequence of commands                         = our fault
        end   552 5.3.4 message too big                            = our fault
        end   552 5.2.3 message exceeded our maximum size          = our fault
        end   552 too large                                        = our fault
        end   550 5.7.1 this looks like spam                       = our fault
        end   554 rejected as spam                                 = our fault
    ";

    fn stage(name: &str) -> Stage {
        match name {
            "greet" => Stage::Greeting,
            "hello" => Stage::Hello,
            "login" => Stage::Login,
            "mail" => Stage::Mail,
            "rcpt" => Stage::Rcpt,
            "data" => Stage::Data,
            "end" => Stage::End,
            _ => panic!("no stage {name}"),
        }
    }

    #[test]
    fn each_reply_means_what_it_says() {
        for case in CASES.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (said, verdict) = case.rsplit_once(" = ").unwrap();
            let (name, line) = said.split_once(' ').unwrap();
            let reply = ReplyLines::default().push(line.trim().as_bytes()).unwrap().unwrap();
            assert_eq!(Verdict::of(stage(name), &reply).to_string(), verdict, "{case}");
        }
    }

    #[test]
    fn no_refusal_before_a_recipient_is_known_suppresses_anybody() {
        for code in 200..600_u16 {
            for subject in 0..8 {
                for detail in 0..12 {
                    let class = u8::try_from(code / 100).unwrap();
                    let reply = Reply { code, enhanced: Some(EnhancedStatus { class, subject, detail }), text: String::new() };
                    for stage in [Stage::Greeting, Stage::Hello, Stage::Tls, Stage::Login, Stage::Mail] {
                        assert_ne!(Verdict::of(stage, &reply), Verdict::DeadAddress);
                    }
                    if Verdict::of(Stage::Rcpt, &reply) == Verdict::DeadAddress {
                        assert_eq!(code / 100, 5);
                        assert_ne!(subject, 7);
                    }
                }
            }
        }
    }
}
