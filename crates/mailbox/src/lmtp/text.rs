//! The text of one message as it comes over the line, to its end.
//!
//! In: bytes, in pieces of any size. Out: the message without stuffed dots. Always: only CRLF, a dot and CRLF end it, so that nobody
//! can put a second message, or commands, into a first (RFC 5321 section 4.5.2); what is beyond the limit is not kept.

/// The largest message that is taken, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// A message that is arriving.
#[derive(Debug)]
pub struct Text {
    at: At,
    bytes: Vec<u8>,
    is_too_large: bool,
}

/// What stood before the next byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    LineStart,
    /// A dot at the start of a line.
    Dot,
    /// That, and CR.
    DotCr,
    Within,
    Cr,
    End,
}

impl Default for Text {
    fn default() -> Self {
        Self { at: At::LineStart, bytes: Vec::new(), is_too_large: false }
    }
}

impl Text {
    /// Takes what belongs to the message, and says how many bytes that were. What follows them comes after its end.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        for (count, &byte) in bytes.iter().enumerate() {
            self.push_byte(byte);
            if self.has_ended() {
                return count + 1;
            }
        }
        bytes.len()
    }

    /// Whether all of it is there.
    pub fn has_ended(&self) -> bool {
        self.at == At::End
    }

    /// The message; `None` when it was too large.
    pub fn message(self) -> Option<Vec<u8>> {
        (!self.is_too_large).then_some(self.bytes)
    }

    fn push_byte(&mut self, byte: u8) {
        self.at = match (self.at, byte) {
            (At::LineStart, b'.') => At::Dot,
            (At::Dot, b'\r') => At::DotCr,
            (At::DotCr, b'\n') => At::End,
            (At::DotCr, _) => {
                self.keep(b'\r');
                self.keep(byte);
                after(At::Cr, byte)
            }
            (at, _) => {
                self.keep(byte);
                after(at, byte)
            }
        };
    }

    fn keep(&mut self, byte: u8) {
        if self.bytes.len() < MAX_MESSAGE_BYTES {
            self.bytes.push(byte);
        } else {
            self.is_too_large = true;
        }
    }
}

fn after(at: At, byte: u8) -> At {
    match (at, byte) {
        (_, b'\r') => At::Cr,
        (At::Cr, b'\n') => At::LineStart,
        _ => At::Within,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> (Option<Vec<u8>>, usize, bool) {
        let mut text = Text::default();
        let count = text.push(bytes);
        let has_ended = text.has_ended();
        (text.message(), count, has_ended)
    }

    #[test]
    fn only_its_end_ends_it() {
        assert_eq!(read(b"a\r\n..b\r\n.c\r\n.\r\nQUIT\r\n"), (Some(b"a\r\n.b\r\nc\r\n".to_vec()), 15, true));
        assert_eq!(read(b".\r\n"), (Some(vec![]), 3, true));
        for never in [&b"a\n.\n"[..], b"a\n.\r\n", b"a\r\n.\n", b"a\r\n.\r", b"a\r.\r\n", b"a\r\n.\r\r\n"] {
            assert!(!read(never).2, "{}", never.escape_ascii());
        }
    }

    #[test]
    fn one_that_is_too_large_is_heard_to_its_end_and_not_kept() {
        let mut line = vec![b'x'; MAX_MESSAGE_BYTES + 1];
        line.extend_from_slice(b"\r\n.\r\n");
        assert_eq!(read(&line), (None, line.len(), true));
    }

    proptest! {
        /// What is stuffed (RFC 5321 section 4.5.2) comes out as it was, however it is cut.
        #[test]
        fn stuffed_text_comes_back(lines in prop::collection::vec("[.a-c\u{e9} ]{0,6}", 1..12), cut in 1usize..9) {
            let whole = lines.iter().map(|line| format!("{line}\r\n")).collect::<String>();
            let dot = |line: &str| if line.starts_with('.') { "." } else { "" };
            let sent = lines.iter().map(|line| format!("{}{line}\r\n", dot(line))).collect::<String>() + ".\r\n";
            let mut text = Text::default();
            for piece in sent.as_bytes().chunks(cut) {
                prop_assert!(!text.has_ended());
                prop_assert_eq!(text.push(piece), piece.len());
            }
            prop_assert!(text.has_ended());
            prop_assert_eq!(text.message().unwrap(), whole.into_bytes());
        }

        #[test]
        fn nothing_makes_it_take_more_than_it_is_given(bytes in prop::collection::vec(prop::sample::select(b".\r\na".to_vec()), 0..60)) {
            let (message, count, has_ended) = read(&bytes);
            prop_assert!(count <= bytes.len() && message.unwrap().len() <= count);
            prop_assert_eq!(has_ended, bytes.starts_with(b".\r\n") || bytes.windows(5).any(|five| five == b"\r\n.\r\n"));
        }
    }
}
