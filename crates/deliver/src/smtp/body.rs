//! The message as SMTP wants it: checked once, dot-stuffed on the way out.
//!
//! In: slices that make up one message, lines ended by CRLF. Out: the same bytes with a dot before each line that begins
//! with one (RFC 5321 section 4.5.2). Invariant: a [`Body`] has no bare CR or LF and ends with CRLF, so no server can see an
//! end of the message where there is none (SMTP smuggling); nothing is mended silently.
//! Not here: the final dot ([`super::connection`]).

/// The longest line of a message, in bytes without CRLF (RFC 5322 section 2.1.1).
pub const MAX_TEXT_LINE_BYTES: usize = 998;

/// A message that can be sent as it is.
#[derive(Clone, Copy, Debug)]
pub struct Body<'b> {
    slices: &'b [&'b [u8]],
    bytes: usize,
    is_ascii: bool,
}

/// Why a message cannot be sent. Positions are bytes from the beginning of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Nothing.
    #[error("the message is empty")]
    Empty,
    /// A CR without LF, or an LF without CR.
    #[error("the message has a bare CR or LF at byte {at}")]
    BareLineBreak {
        /// Where.
        at: usize,
    },
    /// [`MAX_TEXT_LINE_BYTES`].
    #[error("the message has a line of more than {MAX_TEXT_LINE_BYTES} bytes at byte {at}")]
    LongLine {
        /// Where the line begins.
        at: usize,
    },
    /// The last line has no CRLF.
    #[error("the last line of the message has no end")]
    NoLastLineEnd,
}

impl<'b> Body<'b> {
    /// Checks a message. A line may go over from one slice into the next, and so may a CRLF.
    ///
    /// ```
    /// use pulse_deliver::smtp::{Body, BodyError};
    /// let head: &[u8] = b"Subject: May\r\n\r\nDear ";
    /// assert_eq!(Body::check(&[head, b"Ada,\r\n"]).unwrap().len(), 27);
    /// assert_eq!(Body::check(&[head, b"Ada\n.\r\n"]).unwrap_err(), BodyError::BareLineBreak { at: 24 });
    /// ```
    ///
    /// # Errors
    /// [`BodyError`] says what is wrong and where.
    pub fn check(slices: &'b [&'b [u8]]) -> Result<Self, BodyError> {
        let mut check = Check::default();
        let mut is_ascii = true;
        for slice in slices {
            check.slice(slice)?;
            is_ascii &= slice.is_ascii();
        }
        check.finish()?;
        Ok(Self { slices, bytes: check.before, is_ascii })
    }

    /// Its size in bytes, as SIZE counts it (RFC 1870 section 5): with line ends, without stuffed dots.
    #[expect(clippy::len_without_is_empty, reason = "an empty message is refused")]
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Whether no byte is above 127.
    pub fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// The slices that go over the wire, in order: the message's own, cut where a dot comes in.
    pub fn stuffed(&self) -> impl Iterator<Item = &'b [u8]> {
        let mut at_line_start = true;
        self.slices.iter().flat_map(move |slice| {
            let stuffing = Stuffing { rest: slice, at_line_start };
            // A body has no bare LF, so behind one a line begins.
            at_line_start = slice.last().map_or(at_line_start, |&byte| byte == b'\n');
            stuffing
        })
    }
}

/// One slice, cut where a dot comes in.
struct Stuffing<'b> {
    rest: &'b [u8],
    at_line_start: bool,
}

impl<'b> Iterator for Stuffing<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        if self.at_line_start && self.rest.starts_with(b".") {
            self.at_line_start = false;
            return Some(b".");
        }
        self.at_line_start = false;
        let dot = memchr::memmem::find(self.rest, b"\n.");
        let (now, later) = self.rest.split_at(dot.map_or(self.rest.len(), |at| at + 1));
        self.rest = later;
        self.at_line_start = dot.is_some();
        Some(now)
    }
}

#[derive(Default)]
struct Check {
    /// How many bytes were before this slice.
    before: usize,
    line_start: usize,
    /// The slice before ended with CR.
    after_cr: bool,
}

impl Check {
    fn slice(&mut self, slice: &[u8]) -> Result<(), BodyError> {
        let Some((&first, _)) = slice.split_first() else { return Ok(()) };
        if self.after_cr {
            if first != b'\n' {
                return Err(BodyError::BareLineBreak { at: self.before - 1 });
            }
            self.end_line(self.before)?;
        }
        let mut rest = usize::from(self.after_cr);
        self.after_cr = false;
        while let Some(found) = memchr::memchr2(b'\r', b'\n', &slice[rest..]) {
            let at = rest + found;
            match (slice[at], slice.get(at + 1)) {
                (b'\r', Some(b'\n')) => self.end_line(self.before + at + 1)?,
                (b'\r', None) => self.after_cr = true,
                _ => return Err(BodyError::BareLineBreak { at: self.before + at }),
            }
            rest = (at + 2).min(slice.len());
        }
        self.before += slice.len();
        // A line without end is noticed before all of it was looked through.
        self.end_is_near(self.before)
    }

    /// A line ended with the LF at this position.
    fn end_line(&mut self, lf: usize) -> Result<(), BodyError> {
        self.end_is_near(lf - 1)?;
        self.line_start = lf + 1;
        Ok(())
    }

    fn end_is_near(&self, end: usize) -> Result<(), BodyError> {
        // A CR whose LF comes with the next slice is not counted.
        let bytes = end.saturating_sub(self.line_start + usize::from(self.after_cr));
        if bytes > MAX_TEXT_LINE_BYTES { Err(BodyError::LongLine { at: self.line_start }) } else { Ok(()) }
    }

    fn finish(&self) -> Result<(), BodyError> {
        if self.before == 0 {
            Err(BodyError::Empty)
        } else if self.after_cr {
            Err(BodyError::BareLineBreak { at: self.before - 1 })
        } else if self.line_start != self.before {
            Err(BodyError::NoLastLineEnd)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, byte by byte.
    fn stuffed_slowly(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'.' && (at == 0 || bytes[at - 1] == b'\n') {
                out.push(b'.');
            }
            out.push(byte);
        }
        out
    }

    /// What is wrong, byte by byte.
    fn is_good_slowly(bytes: &[u8]) -> bool {
        let is_paired = (0..bytes.len()).all(|at| match bytes[at] {
            b'\r' => bytes.get(at + 1) == Some(&b'\n'),
            b'\n' => at > 0 && bytes[at - 1] == b'\r',
            _ => true,
        });
        is_paired && bytes.ends_with(b"\r\n") && bytes.split(|&byte| byte == b'\n').all(|line| line.len() <= MAX_TEXT_LINE_BYTES + 1)
    }

    fn check(slices: &[&[u8]]) -> Result<usize, BodyError> {
        Body::check(slices).map(|body| body.len())
    }

    #[test]
    fn what_a_server_could_misread_is_refused() {
        assert_eq!(check(&[]), Err(BodyError::Empty));
        assert_eq!(check(&[b"", b""]), Err(BodyError::Empty));
        assert_eq!(check(&[b"a\n.\r\n"]), Err(BodyError::BareLineBreak { at: 1 }));
        assert_eq!(check(&[b"a\r.\r\n"]), Err(BodyError::BareLineBreak { at: 1 }));
        assert_eq!(check(&[b"a\r", b".\r\n"]), Err(BodyError::BareLineBreak { at: 1 }));
        assert_eq!(check(&[b"a", b"\n\r\n"]), Err(BodyError::BareLineBreak { at: 1 }));
        assert_eq!(check(&[b"\n"]), Err(BodyError::BareLineBreak { at: 0 }));
        assert_eq!(check(&[b"a\r\r\n"]), Err(BodyError::BareLineBreak { at: 1 }));
        assert_eq!(check(&[b"a\r\n\r"]), Err(BodyError::BareLineBreak { at: 3 }));
        assert_eq!(check(&[b"a\r\nb"]), Err(BodyError::NoLastLineEnd));
        assert_eq!(check(&[b"a\r", b"\n"]), Ok(3));
    }

    #[test]
    fn the_longest_line_is_taken_and_no_longer_one() {
        let longest = "a".repeat(MAX_TEXT_LINE_BYTES);
        assert!(check(&[format!("b\r\n{longest}\r\n").as_bytes()]).is_ok());
        assert_eq!(check(&[b"b\r\na", longest.as_bytes(), b"\r\n"]), Err(BodyError::LongLine { at: 3 }));
        assert!(check(&[longest.as_bytes(), b"\r", b"\n"]).is_ok());
        assert_eq!(check(&[b"a", longest.as_bytes(), b"\r", b"\n"]), Err(BodyError::LongLine { at: 0 }));
    }

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            8 => Just("\r\n".to_owned()),
            8 => Just(".".to_owned()),
            8 => "[a-z.]{0,5}",
            1 => "[\r\n]",
            1 => (900..1000_usize).prop_map(|bytes| "x".repeat(bytes)),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| (pieces.concat() + "\r\n").into_bytes())
    }

    proptest! {
        #[test]
        fn however_it_is_cut_it_is_checked_and_stuffed_alike(bytes in bytes(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let slices: Vec<&[u8]> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
            match Body::check(&slices) {
                Ok(body) => {
                    prop_assert!(is_good_slowly(&bytes));
                    prop_assert_eq!(body.len(), bytes.len());
                    let stuffed = body.stuffed().collect::<Vec<_>>().concat();
                    prop_assert_eq!(&stuffed, &stuffed_slowly(&bytes));
                    // The only end of the message is the one that follows it.
                    let wire = [&stuffed[..], b".\r\n"].concat();
                    let end = if wire.starts_with(b".\r\n") { Some(0) } else { memchr::memmem::find(&wire, b"\r\n.\r\n").map(|at| at + 2) };
                    prop_assert_eq!(end, Some(stuffed.len()));
                }
                Err(_) => prop_assert!(!is_good_slowly(&bytes)),
            }
        }
    }
}
