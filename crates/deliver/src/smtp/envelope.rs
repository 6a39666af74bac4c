//! From whom and to whom one message goes, as SMTP commands.
//!
//! Invariant: a command is one line; what stands in it was checked by [`EmailAddress`] or is xtext (RFC 3461 section 4).
//! Not here: the headers, which may say something else.

use std::fmt::Write as _;

use pulse_model::EmailAddress;

use super::body::Body;
use super::extensions::Extensions;

/// The longest ENVID, in bytes as it stands in the command (RFC 3461 section 5.4).
pub const MAX_ENVELOPE_ID_BYTES: usize = 100;

/// The envelope of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    sender: Option<EmailAddress>,
    recipient: EmailAddress,
    /// As xtext.
    id: String,
}

/// The envelope's id cannot be told to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an envelope's id has at most {MAX_ENVELOPE_ID_BYTES} printable ASCII characters; \u{201c}+\u{201d} and \u{201c}=\u{201d} count three times")]
pub struct EnvelopeIdError;

/// What the server must offer and does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// SIZE.
    #[error("the message has {bytes} bytes, and the server takes {most_bytes}")]
    TooLarge {
        /// Of the message.
        bytes: u64,
        /// As the server says.
        most_bytes: u64,
    },
    /// 8BITMIME.
    #[error("the message has bytes above 127, and the server does not offer 8BITMIME")]
    EightBit,
    /// SMTPUTF8.
    #[error("the address has letters beyond ASCII before the @, and the server does not offer SMTPUTF8")]
    SmtpUtf8,
}

impl Envelope {
    /// `sender` is where bounces go; without one there are none, as for messages that answer automatically
    /// (RFC 3834 section 3.3). `id` comes back in bounces (ENVID), where the server and those behind it offer DSN.
    ///
    /// # Errors
    /// [`EnvelopeIdError`] when the id is too long, or has what is not printable ASCII (a space is not).
    pub fn new(sender: Option<EmailAddress>, recipient: EmailAddress, id: &str) -> Result<Self, EnvelopeIdError> {
        let id = if id.bytes().all(|byte| byte.is_ascii_graphic()) { xtext(id) } else { return Err(EnvelopeIdError) };
        if id.len() > MAX_ENVELOPE_ID_BYTES { Err(EnvelopeIdError) } else { Ok(Self { sender, recipient, id }) }
    }

    /// Whether the server can take it with this body.
    pub(super) fn fits(&self, offered: &Extensions, body: &Body<'_>) -> Result<(), Unfit> {
        let bytes = body.len() as u64;
        if let Some(most_bytes) = offered.most_bytes.filter(|&most_bytes| bytes > most_bytes) {
            return Err(Unfit::TooLarge { bytes, most_bytes });
        }
        if !body.is_ascii() && !offered.eight_bit {
            return Err(Unfit::EightBit);
        }
        if self.needs_smtputf8() && !offered.smtp_utf8 {
            return Err(Unfit::SmtpUtf8);
        }
        Ok(())
    }

    fn needs_smtputf8(&self) -> bool {
        self.recipient.needs_smtputf8() || self.sender.as_ref().is_some_and(EmailAddress::needs_smtputf8)
    }

    /// `MAIL FROM`, with CRLF.
    pub(super) fn mail(&self, offered: &Extensions, body: &Body<'_>) -> String {
        let mut line = format!("MAIL FROM:<{}>", self.sender.as_ref().map(EmailAddress::envelope).unwrap_or_default());
        if offered.size {
            let _ = write!(line, " SIZE={}", body.len());
        }
        if !body.is_ascii() {
            line.push_str(" BODY=8BITMIME");
        }
        if self.needs_smtputf8() {
            line.push_str(" SMTPUTF8");
        }
        if offered.dsn {
            line.push_str(" RET=HDRS");
            if !self.id.is_empty() {
                let _ = write!(line, " ENVID={}", self.id);
            }
        }
        line + "\r\n"
    }

    /// `RCPT TO`, with CRLF. The original recipient is told where it is ASCII; RFC 6533 has a form for others, which few
    /// servers know, and the envelope's id says the same.
    pub(super) fn rcpt(&self, offered: &Extensions) -> String {
        let recipient = self.recipient.envelope();
        let mut line = format!("RCPT TO:<{recipient}>");
        if offered.dsn {
            line.push_str(" NOTIFY=FAILURE,DELAY");
            if recipient.is_ascii() {
                let _ = write!(line, " ORCPT=rfc822;{}", xtext(&recipient));
            }
        }
        line + "\r\n"
    }
}

/// RFC 3461 section 4: printable ASCII without `+` and `=` as it is, everything else as `+` and two hexadecimal digits.
fn xtext(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' if !matches!(byte, b'+' | b'=') => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "+{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn commands(recipient: &str, offered: &Extensions, text: &[u8]) -> String {
        let envelope = Envelope::new(Some(address("bounce+a=b@news.example")), address(recipient), "may+7").unwrap();
        let slices = [text, b"\r\n"];
        let body = Body::check(&slices).unwrap();
        envelope.mail(offered, &body) + &envelope.rcpt(offered)
    }

    #[test]
    fn only_what_is_offered_is_used() {
        let plain = commands("ada@reader.example", &Extensions::default(), b"hello");
        assert_eq!(plain, "MAIL FROM:<bounce+a=b@news.example>\r\nRCPT TO:<ada@reader.example>\r\n");
        let all = Extensions { size: true, dsn: true, eight_bit: true, smtp_utf8: true, ..Extensions::default() };
        assert_eq!(
            commands("ada+may@b\u{fc}cher.example", &all, "h\u{e9}llo".as_bytes()),
            "MAIL FROM:<bounce+a=b@news.example> SIZE=8 BODY=8BITMIME RET=HDRS ENVID=may+2B7\r\n\
             RCPT TO:<ada+may@xn--bcher-kva.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada+2Bmay@xn--bcher-kva.example\r\n"
        );
        assert_eq!(
            commands("zo\u{eb}@reader.example", &all, b"hello"),
            "MAIL FROM:<bounce+a=b@news.example> SIZE=7 SMTPUTF8 RET=HDRS ENVID=may+2B7\r\nRCPT TO:<zo\u{eb}@reader.example> NOTIFY=FAILURE,DELAY\r\n"
        );
    }

    #[test]
    fn what_the_server_cannot_take_is_not_offered_to_it() {
        let fits = |recipient: &str, offered: Extensions, text: &str| {
            let envelope = Envelope::new(None, address(recipient), "").unwrap();
            let slices = [text.as_bytes(), b"\r\n"];
            envelope.fits(&offered, &Body::check(&slices).unwrap())
        };
        let small = Extensions { size: true, most_bytes: Some(6), ..Extensions::default() };
        assert_eq!(fits("ada@reader.example", small, "1234"), Ok(()));
        assert_eq!(fits("ada@reader.example", small, "12345"), Err(Unfit::TooLarge { bytes: 7, most_bytes: 6 }));
        assert_eq!(fits("ada@reader.example", Extensions::default(), "\u{e9}"), Err(Unfit::EightBit));
        assert_eq!(fits("zo\u{eb}@reader.example", Extensions::default(), "a"), Err(Unfit::SmtpUtf8));
    }

    #[test]
    fn an_id_that_cannot_be_told_is_refused() {
        let with_id = |id: &str| Envelope::new(None, address("ada@reader.example"), id);
        assert!(with_id(&"a".repeat(100)).is_ok());
        for id in ["a".repeat(101).as_str(), "=".repeat(34).as_str(), "two words", "a\r\nRSET", "\u{e9}"] {
            assert_eq!(with_id(id), Err(EnvelopeIdError), "{id:?}");
        }
    }

    proptest! {
        /// Whatever address is accepted, a server sees two lines that begin as they should.
        #[test]
        fn an_address_adds_no_command(local in ".{1,30}", quoted: bool, id in "[!-~]{0,30}") {
            let text = if quoted { format!("\"{local}\"@reader.example") } else { format!("{local}@reader.example") };
            let Ok(recipient) = EmailAddress::parse(&text) else { return Ok(()) };
            let envelope = Envelope::new(Some(recipient.clone()), recipient, &id).unwrap();
            let all = Extensions { size: true, dsn: true, eight_bit: true, smtp_utf8: true, ..Extensions::default() };
            let slices: [&[u8]; 1] = [b"a\r\n"];
            let lines = envelope.mail(&all, &Body::check(&slices).unwrap()) + &envelope.rcpt(&all);
            prop_assert_eq!(lines.matches('\n').count(), 2);
            prop_assert_eq!(lines.matches('\r').count(), 2);
            prop_assert!(lines.starts_with("MAIL FROM:<") && lines.contains("\r\nRCPT TO:<") && lines.ends_with("\r\n"));
        }
    }
}
