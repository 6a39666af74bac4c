//! What a mail server answers.
//!
//! In: lines as they arrive. Out: one [`Reply`], or what was said instead of one. Invariant: nothing of any size or shape
//! that a server sends does worse than a [`ReplyError`], and no control character gets through.
//! Not here: reading from the network, and what a reply means ([`super::verdict`]).

use std::fmt;

use pulse_model::EnhancedStatus;
use pulse_model::text::is_forbidden;

/// The longest line that is read, in bytes without its end. RFC 5321 section 4.5.3.1.5 allows 510.
pub const MAX_LINE_BYTES: usize = 4096;
/// The most lines of one reply.
pub const MAX_LINES: usize = 128;
/// The most of a server's words that an error or a sentence repeats, in characters.
const MAX_SAID_CHARS: usize = 300;

/// A complete reply (RFC 5321 section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// What the server says more exactly (RFC 2034, RFC 3463), where it does.
    pub enhanced: Option<EnhancedStatus>,
    /// The words, one line for each line, without the codes before them. They may quote an address.
    pub text: String,
}

impl Reply {
    /// 2xx.
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4xx: the same may work later.
    pub fn is_passing(&self) -> bool {
        self.code / 100 == 4
    }

    /// The codes alone, as in `550 5.1.1`, for places that must not show an address.
    pub fn status(&self) -> String {
        self.enhanced.map_or_else(|| self.code.to_string(), |enhanced| format!("{} {enhanced}", self.code))
    }
}

/// One line, at most a few hundred characters.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.status())?;
        let words = cut(&self.text);
        if words.is_empty() { Ok(()) } else { write!(f, " {words}") }
    }
}

/// Something that is no reply. What was said is cut and cleaned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The line does not begin with three digits and a space, a hyphen or nothing.
    #[error("the server does not speak SMTP: \u{201c}{said}\u{201d}")]
    NoCode {
        /// The line.
        said: String,
    },
    /// The lines of one reply have different codes.
    #[error("the server's reply begins with {first} and goes on with \u{201c}{said}\u{201d}")]
    CodeChanged {
        /// Of the first line.
        first: u16,
        /// The line with another.
        said: String,
    },
    /// [`MAX_LINE_BYTES`].
    #[error("the server's reply has a line of more than {MAX_LINE_BYTES} bytes: \u{201c}{said}\u{201d}")]
    LongLine {
        /// How it begins.
        said: String,
    },
    /// [`MAX_LINES`].
    #[error("the server's reply has more than {MAX_LINES} lines, the last \u{201c}{said}\u{201d}")]
    ManyLines {
        /// The line too many.
        said: String,
    },
    /// There was more than was asked for, so that no later reply could be told from it.
    #[error("the server answers before it is asked: \u{201c}{said}\u{201d}")]
    OutOfStep {
        /// How it begins.
        said: String,
    },
}

/// Gathers the lines of one reply.
#[derive(Debug, Default)]
pub struct ReplyLines {
    code: Option<u16>,
    enhanced: Option<EnhancedStatus>,
    text: String,
    count: usize,
}

impl ReplyLines {
    /// Takes the next line, without its end; gives the reply when it was the last.
    ///
    /// ```
    /// use pulse_deliver::smtp::ReplyLines;
    /// let mut lines = ReplyLines::default();
    /// assert_eq!(lines.push(b"550-5.1.1 nobody of that name"), Ok(None));
    /// let reply = lines.push(b"550 5.1.1 lives here").unwrap().unwrap();
    /// assert_eq!((reply.status().as_str(), reply.text.as_str()), ("550 5.1.1", "nobody of that name\nlives here"));
    /// ```
    ///
    /// # Errors
    /// [`ReplyError`]; the connection is of no use after it.
    pub fn push(&mut self, line: &[u8]) -> Result<Option<Reply>, ReplyError> {
        if line.len() > MAX_LINE_BYTES {
            return Err(ReplyError::LongLine { said: said(line) });
        }
        if self.count == MAX_LINES {
            return Err(ReplyError::ManyLines { said: said(line) });
        }
        let (code, is_last, words) = split(line).ok_or_else(|| ReplyError::NoCode { said: said(line) })?;
        let first = *self.code.get_or_insert(code);
        if code != first {
            return Err(ReplyError::CodeChanged { first, said: said(line) });
        }
        self.add(words);
        if !is_last {
            return Ok(None);
        }
        let whole = std::mem::take(self);
        Ok(Some(Reply { code, enhanced: whole.enhanced, text: whole.text }))
    }

    fn add(&mut self, words: &[u8]) {
        let words = clean(words);
        let class = self.code.unwrap_or_default() / 100;
        let (enhanced, rest) = split_enhanced(&words, class);
        self.enhanced = self.enhanced.or(enhanced);
        if self.count > 0 {
            self.text.push('\n');
        }
        self.text.push_str(rest.trim());
        self.count += 1;
    }
}

/// The code, whether this is the last line, and the words.
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (&[hundreds @ b'2'..=b'5', tens @ b'0'..=b'9', ones @ b'0'..=b'9'], rest) = line.split_first_chunk::<3>()? else { return None };
    let code = [hundreds, tens, ones].iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match rest.split_first() {
        None => Some((code, true, rest)),
        Some((b' ', words)) => Some((code, true, words)),
        Some((b'-', words)) => Some((code, false, words)),
        Some(_) => None,
    }
}

/// An enhanced code of the reply's own class at the beginning, or at the end in brackets as qmail has it, and what is left.
fn split_enhanced(words: &str, class: u16) -> (Option<EnhancedStatus>, &str) {
    let of_class = |text: &str| text.parse().ok().filter(|enhanced: &EnhancedStatus| u16::from(enhanced.class) == class);
    let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
    if let Some(enhanced) = of_class(first) {
        return (Some(enhanced), rest);
    }
    let in_brackets = words.rsplit_once("(#").and_then(|(_, rest)| rest.split_once(')')).and_then(|(code, _)| of_class(code));
    (in_brackets, words)
}

/// Bytes as text of one line: what is not UTF-8 is replaced, and so is what a terminal or a log would obey.
fn clean(bytes: &[u8]) -> String {
    let show = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() || is_forbidden(c) => '\u{fffd}',
        c => c,
    };
    String::from_utf8_lossy(bytes).chars().map(show).collect()
}

/// What was said, for an error.
pub(super) fn said(bytes: &[u8]) -> String {
    let first_line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let few = first_line.get(..MAX_LINE_BYTES).unwrap_or(first_line);
    cut(&clean(few.strip_suffix(b"\r").unwrap_or(few)))
}

/// One line of bounded length.
fn cut(text: &str) -> String {
    let mut chars = text.chars().map(|c| if c == '\n' { ' ' } else { c });
    let mut short: String = chars.by_ref().take(MAX_SAID_CHARS).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(lines: &[&str]) -> Result<Option<Reply>, ReplyError> {
        let mut reply = ReplyLines::default();
        lines.iter().try_fold(None, |_, line| reply.push(line.as_bytes()))
    }

    fn one(line: &str) -> Reply {
        parse(&[line]).unwrap().unwrap()
    }

    #[test]
    fn codes_come_off_the_words() {
        let reply = one("250 2.0.0 Ok: queued as 4F2");
        assert_eq!((reply.code, reply.enhanced, reply.text.as_str()), (250, "2.0.0".parse().ok(), "Ok: queued as 4F2"));
        assert_eq!(one("250").text, "");
        assert_eq!(one("250 ").to_string(), "250");
        assert_eq!(one("550 5.1.1").enhanced, "5.1.1".parse().ok());
        assert_eq!(one("550 sorry, no mailbox here by that name. (#5.1.1)").enhanced, "5.1.1".parse().ok());
        // A code of another class, or a version number, is no enhanced code.
        assert_eq!(one("450 5.1.1 later").enhanced, None);
        assert_eq!(one("220 2.11.1234 ready").enhanced, None);
        assert_eq!(one("550 5.1 no").enhanced, None);
    }

    #[test]
    fn what_is_no_reply_is_repeated_in_the_error() {
        let error = |lines: &[&str]| parse(lines).unwrap_err().to_string();
        assert_eq!(error(&["HTTP/1.1 400 Bad Request"]), "the server does not speak SMTP: “HTTP/1.1 400 Bad Request”");
        assert_eq!(error(&["25x ok"]), "the server does not speak SMTP: “25x ok”");
        assert_eq!(error(&["199 no"]), "the server does not speak SMTP: “199 no”");
        assert_eq!(error(&["2500 no"]), "the server does not speak SMTP: “2500 no”");
        assert_eq!(error(&[""]), "the server does not speak SMTP: “”");
        assert_eq!(error(&["250-a", "550 b"]), "the server's reply begins with 250 and goes on with “550 b”");
        assert!(matches!(parse(&[&format!("250 {}", "a".repeat(MAX_LINE_BYTES))]), Err(ReplyError::LongLine { said }) if said.chars().count() == 301));
        assert_eq!(parse(&["250-a"; MAX_LINES]), Ok(None));
        assert!(matches!(parse(&["250-a"; MAX_LINES + 1]), Err(ReplyError::ManyLines { .. })));
    }

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let reply = one("550 \u{1b}[2J\u{7}no\0body\u{202e}");
        assert_eq!(reply.text, "\u{fffd}[2J\u{fffd}no\u{fffd}body\u{fffd}");
        assert_eq!(ReplyLines::default().push(b"250 caf\xe9").unwrap().unwrap().text, "caf\u{fffd}");
    }

    /// Bytes that look like replies more often than chance would have it.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[1-6][0-9]{2}[- x]?([245]\\.[0-9]{1,4}\\.[0-9]{1,4})? ?.{0,40}".prop_map(String::into_bytes),
            "250-.{0,20}".prop_map(String::into_bytes),
        ]
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_reply_or_an_error(lines in prop::collection::vec(line(), 0..200)) {
            let mut reply = ReplyLines::default();
            for line in lines {
                match reply.push(&line) {
                    Ok(None) => {}
                    Ok(Some(whole)) => {
                        prop_assert!((200..600).contains(&whole.code));
                        prop_assert!(whole.enhanced.is_none_or(|enhanced| u16::from(enhanced.class) == whole.code / 100));
                        prop_assert!(whole.text.lines().count() <= MAX_LINES);
                        prop_assert!(!whole.text.chars().any(|c| c.is_control() && c != '\n'));
                        prop_assert!(whole.to_string().chars().count() <= MAX_SAID_CHARS + 20);
                        prop_assert!(!whole.to_string().contains('\n'));
                    }
                    Err(error) => {
                        prop_assert!(error.to_string().chars().count() <= MAX_SAID_CHARS + 100);
                        prop_assert!(!error.to_string().chars().any(char::is_control));
                        break;
                    }
                }
            }
        }

        #[test]
        fn what_is_written_is_read(code in 200..600_u16, texts in prop::collection::vec("[a-zA-Z<>@ ]{0,30}", 1..MAX_LINES)) {
            let mut reply = ReplyLines::default();
            let last = texts.len() - 1;
            let mut read = None;
            for (number, text) in texts.iter().enumerate() {
                prop_assert_eq!(&read, &None);
                read = reply.push(format!("{code}{}{text}", if number == last { ' ' } else { '-' }).as_bytes()).unwrap();
            }
            let expected: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
            prop_assert_eq!(read, Some(Reply { code, enhanced: None, text: expected.join("\n") }));
        }
    }
}
