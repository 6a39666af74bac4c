//! Bytes to text, whatever encoding they claim.
//!
//! RFC 7303 gives the order: a byte order mark, the server's `charset`, the declaration in the text. Servers name an encoding for
//! all their files, though, and editors write declarations that nobody checks: so what is valid UTF-8 is UTF-8, since nothing else
//! is by chance, and an encoding that leaves bytes without a character gives way to the next.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use pulse_model::{Problem, ProblemKind};

/// The text, and a problem where characters had to be replaced or the encoding guessed.
pub(crate) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> (Cow<'a, str>, Option<Problem>) {
    if let Some((width, is_little, skip)) = wide(bytes) {
        return match width {
            4 => utf_32(&bytes[skip..], is_little),
            _ => with(&bytes[skip..], if is_little { UTF_16LE } else { UTF_16BE }),
        };
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declared: Vec<_> = [content_type.and_then(charset_of_header), declaration(bytes)].into_iter().flatten().collect();
    let is_japanese = declared.first() == Some(&ISO_2022_JP);
    if let (false, Ok(text)) = (is_japanese, std::str::from_utf8(bytes)) {
        return (Cow::Borrowed(text), None);
    }
    // UTF-16 was told by its zeros above; where it is only claimed, the server and the text disagree.
    let single = declared.iter().filter(|encoding| **encoding != UTF_8 && encoding.is_ascii_compatible() || **encoding == ISO_2022_JP);
    if let Some(text) = single.filter_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes)).next() {
        return (text, None);
    }
    if is_nearly_utf_8(bytes) {
        return with(bytes, UTF_8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let (text, _) = with(bytes, encoding);
    let claimed = declared.first().map_or("UTF-8", |encoding| encoding.name());
    (text, Some(Problem::new(ProblemKind::Encoding, format!("the feed is not in {claimed} as it claims; it was read as {}", encoding.name()))))
}

fn with<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> (Cow<'a, str>, Option<Problem>) {
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
    (text, has_errors.then(|| replaced(encoding.name())))
}

fn replaced(name: &str) -> Problem {
    Problem::new(ProblemKind::Encoding, format!("some bytes are no characters of {name}; they are replaced"))
}

/// Whether it is UTF-16 or UTF-32: the width of a unit, whether its low byte is first, and the length of its mark. Without a mark, the
/// zeros around the first `<` tell.
fn wide(bytes: &[u8]) -> Option<(usize, bool, usize)> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some((4, true, 4)),
        [0, 0, 0xfe, 0xff, ..] => Some((4, false, 4)),
        [0xff, 0xfe, ..] => Some((2, true, 2)),
        [0xfe, 0xff, ..] => Some((2, false, 2)),
        [b'<', 0, 0, 0, ..] => Some((4, true, 0)),
        [0, 0, 0, b'<', ..] => Some((4, false, 0)),
        [b'<' | b'{' | b' ' | b'\n' | b'\r', 0, next, ..] if *next != 0 => Some((2, true, 0)),
        [0, b'<' | b'{' | b' ' | b'\n' | b'\r', 0, ..] => Some((2, false, 0)),
        _ => None,
    }
}

fn utf_32(bytes: &[u8], is_little: bool) -> (Cow<'static, str>, Option<Problem>) {
    let units = bytes.as_chunks::<4>().0.iter();
    let text: String = units
        .map(|unit| if is_little { u32::from_le_bytes(*unit) } else { u32::from_be_bytes(*unit) })
        .map(|unit| char::from_u32(unit).unwrap_or('\u{fffd}'))
        .collect();
    let problem = text.contains('\u{fffd}').then(|| replaced("UTF-32"));
    (Cow::Owned(text), problem)
}

/// `text/xml; charset="utf-8"`.
fn charset_of_header(content_type: &str) -> Option<&'static Encoding> {
    let parameter = |part: &str| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    };
    Encoding::for_label(content_type.split(';').find_map(parameter)?.as_bytes())
}

/// `<?xml version="1.0" encoding="iso-8859-1"?>`, within the first kilobyte.
fn declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes));
    let declaration = head.split_once("<?xml")?.1.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.trim().as_bytes())
}

/// Whether at least nine in ten of what is not ASCII are well-formed sequences.
fn is_nearly_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= bad * 9
}
