//! The body: text and HTML in quoted-printable (RFC 2045 section 6.7), with holes.
//!
//! Every line has 75 characters and a soft break, or 75 at most and an end. Beyond what the encoding asks for, a byte is
//! escaped that somebody on the way would touch: a dot and the `F` of `From ` at the beginning of a line (RFC 2049 section 3),
//! a tab, and each space behind another.

use sha2::{Digest as _, Sha256};

use super::{Hole, MessageError};

/// The most a part may have before it is encoded, in bytes. A digest's is 50 kB; relays refuse messages above 10 MB or so.
pub const MAX_PART_BYTES: usize = 1_000_000;

/// A line ends here, softly or not.
const LINE: usize = 75;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Both parts with their boundaries.
#[derive(Clone, Debug)]
pub(super) struct Body {
    bytes: Vec<u8>,
    /// Where in `bytes` a value goes, rising.
    holes: Vec<(usize, Hole)>,
    boundary: String,
}

impl Body {
    pub(super) fn new(text: &str, html: &str) -> Result<Self, MessageError> {
        // No line of quoted-printable has `=_` in it, so no part can hold the boundary (RFC 2045 section 6.7).
        let hash = Sha256::new().chain_update(text).chain_update([0]).chain_update(html).finalize();
        let boundary = format!("=_{}", data_encoding::HEXLOWER.encode(&hash).get(..24).unwrap_or_default());
        let mut body = Self { bytes: Vec::with_capacity((text.len() + html.len()) * 11 / 10 + 500), holes: Vec::new(), boundary };
        body.part("plain", "text", text)?;
        body.part("html", "HTML", html)?;
        body.bytes.extend(format!("--{}--\r\n", body.boundary).bytes());
        Ok(body)
    }

    pub(super) fn boundary(&self) -> &str {
        &self.boundary
    }

    /// The body with a value in each hole, in order.
    pub(super) fn pieces<'a>(&'a self, values: &'a [Vec<u8>; 2]) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.bytes.as_slice();
        let mut from = 0;
        let filled = self.holes.iter().flat_map(move |&(at, hole)| {
            let (before, behind) = rest.split_at(at - from);
            (rest, from) = (behind, at);
            [before, values[hole as usize].as_slice()]
        });
        filled.chain(std::iter::once(&self.bytes[self.holes.last().map_or(0, |&(at, _)| at)..]))
    }

    fn part(&mut self, subtype: &str, name: &'static str, text: &str) -> Result<(), MessageError> {
        if text.len() > MAX_PART_BYTES {
            return Err(MessageError::TooLong(name));
        }
        let head = format!("--{}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", self.boundary);
        self.bytes.extend(head.bytes());
        let text = tidy(text);
        let mut encoder = Encoder { out: &mut self.bytes, column: 0 };
        let mut rest = text.as_str();
        while let Some((at, hole)) = next_hole(rest) {
            let (before, behind) = rest.split_at(at);
            encoder.write(before);
            encoder.hole(hole, &mut self.holes);
            rest = &behind[hole.marker().len()..];
            if !(rest.is_empty() || rest.starts_with('\n')) {
                encoder.soft_break();
            }
        }
        encoder.write(rest);
        self.bytes.extend(b"\r\n");
        Ok(())
    }
}

/// What goes into a hole. It begins a line, and leaves room for a soft break.
pub(super) fn encoded_value(value: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 12);
    Encoder { out: &mut out, column: 0 }.write(value);
    out
}

fn next_hole(text: &str) -> Option<(usize, Hole)> {
    Hole::ALL.into_iter().filter_map(|hole| Some((text.find(hole.marker())?, hole))).min_by_key(|&(at, _)| at)
}

/// Line breaks as `\n`; no other control characters, which show nothing and which servers on the way refuse.
fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|&c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

struct Encoder<'o> {
    out: &'o mut Vec<u8>,
    /// Characters of the line so far.
    column: usize,
}

impl Encoder<'_> {
    /// Writes a stretch that ends at a hole or at the end of the part.
    fn write(&mut self, text: &str) {
        let mut bytes = text.as_bytes();
        let mut is_behind_space = false;
        while let Some((&byte, rest)) = bytes.split_first() {
            if byte == b'\n' {
                self.end_line();
            } else {
                let is_literal = match byte {
                    b' ' => !is_behind_space && rest.first().is_some_and(|&next| next != b'\n'),
                    b'=' => false,
                    b'!'..=b'~' => true,
                    _ => false,
                };
                self.room_for(if is_literal { 1 } else { 3 });
                let is_touched = self.column == 0 && (byte == b'.' || bytes.starts_with(b"From "));
                self.byte(byte, is_literal && !is_touched);
            }
            is_behind_space = byte == b' ';
            bytes = rest;
        }
    }

    fn hole(&mut self, hole: Hole, holes: &mut Vec<(usize, Hole)>) {
        if self.column > 0 {
            self.soft_break();
        }
        holes.push((self.out.len(), hole));
    }

    fn byte(&mut self, byte: u8, is_literal: bool) {
        if is_literal {
            self.out.push(byte);
            self.column += 1;
        } else {
            self.out.extend([b'=', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            self.column += 3;
        }
    }

    fn room_for(&mut self, width: usize) {
        if self.column + width > LINE {
            self.soft_break();
        }
    }

    fn soft_break(&mut self) {
        self.out.push(b'=');
        self.end_line();
    }

    fn end_line(&mut self) {
        self.out.extend(b"\r\n");
        self.column = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(text: &str) -> String {
        String::from_utf8(encoded_value(text)).unwrap()
    }

    /// The two parts as a reader's program decodes them, and the body itself.
    fn read(text: &str, html: &str, values: [&str; 2]) -> (String, String, Vec<u8>) {
        let body = Body::new(text, html).unwrap();
        let raw = body.pieces(&values.map(encoded_value)).collect::<Vec<_>>().concat();
        let message = [format!("MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", body.boundary()).as_bytes(), &raw].concat();
        let parsed = mail_parser::MessageParser::new().parse(&message).unwrap();
        let part = |at: u32| parsed.part(at).unwrap().text_contents().unwrap().replace("\r\n", "\n");
        (part(1), part(2), raw)
    }

    #[test]
    fn what_others_would_touch_is_escaped() {
        assert_eq!(encoded("a=b £\n"), "a=3Db =C2=A3\r\n");
        assert_eq!(encoded("a   b \n c\t"), "a =20=20b=20\r\n c=09");
        assert_eq!(encoded(".\n..\nFrom me\nFromage\n"), "=2E\r\n=2E.\r\n=46rom me\r\nFromage\r\n");
        assert_eq!(encoded(&format!("{}.{}", "x".repeat(75), "y".repeat(73))), format!("{}=\r\n=2E{}=\r\ny", "x".repeat(75), "y".repeat(72)));
        assert_eq!(encoded(&format!("{}é", "x".repeat(70))), format!("{}=C3=\r\n=A9", "x".repeat(70)), "an escape is never broken");
    }

    #[test]
    fn a_hole_is_filled_wherever_it_stands() {
        let [leave, choose] = Hole::ALL.map(Hole::marker);
        let long = format!("https://news.example.org/{}", "u".repeat(200));
        let fill = |text: &str| text.replace(leave, &long).replace(choose, "https://a.example/");
        for text in ["{l}", "{l}\n", "{l}{c}", "a {l} b", "a\n{l}\nb\n", "{c}\n\n{l}.\n", &format!("{}{{l}}\n", "x".repeat(75))] {
            let text = text.replace("{l}", leave).replace("{c}", choose);
            let (plain, html, raw) = read(&text, &format!("<a href=\"{leave}\">"), [&long, "https://a.example/"]);
            assert_eq!((plain, html), (fill(&text), fill(&format!("<a href=\"{leave}\">"))));
            assert!(raw.split(|&byte| byte == b'\n').all(|line| line.len() <= 77));
        }
    }

    #[test]
    fn a_part_without_bound_is_refused() {
        let long = "x".repeat(MAX_PART_BYTES + 1);
        assert_eq!(Body::new("", &long).unwrap_err(), MessageError::TooLong("HTML"));
        assert!(Body::new("", &long[1..]).is_ok());
    }

    proptest! {
        #[test]
        fn every_text_arrives_as_it_was(
            pieces in prop::collection::vec("[ -~]{0,90}|\\PC{0,30}|\n{1,3}|[ \t.]{1,4}|From |=_|--|<l>|<c>", 0..30),
            html in "\\PC{0,200}", leave in "https://[a-z]{1,20}\\.example/[A-Za-z0-9._~=%-]{0,260}",
        ) {
            let text = pieces.concat().replace("<l>", Hole::Unsubscribe.marker()).replace("<c>", Hole::Preferences.marker());
            let fill = |text: &str| tidy(text).replace(Hole::Unsubscribe.marker(), &leave).replace(Hole::Preferences.marker(), "https://c.example/");
            let (plain, arrived, raw) = read(&text, &html, [&leave, "https://c.example/"]);
            prop_assert_eq!(plain, fill(&text));
            prop_assert_eq!(arrived, fill(&html));

            let raw = String::from_utf8(raw).unwrap();
            prop_assert!(raw.is_ascii() && raw.ends_with("--\r\n"));
            prop_assert_eq!(raw.matches("\r\n").count(), raw.matches(['\r', '\n']).count() / 2);
            for line in raw.split("\r\n") {
                prop_assert!(line.len() <= 76 && !line.starts_with('.') && !line.starts_with("From "), "{}", line);
                // Relaxed canonicalisation has nothing to do (RFC 6376 section 3.4.4).
                prop_assert!(!line.ends_with([' ', '\t']) && !line.contains("  ") && !line.contains('\t'), "{}", line);
            }
        }
    }
}
