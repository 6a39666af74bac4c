//! Bytes to characters: UTF-8, UTF-16 with or without a byte order mark, or what the bytes look like (Windows-1252, usually).

use chardetng::{EncodingDetector, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use pulse_model::{Problem, ProblemKind};

use super::ImportError;

/// Larger files are refused: the largest edition seen is under a megabyte.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;

/// The characters of a file, and what was wrong with the bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Vec<Problem>), ImportError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ImportError::TooLarge { bytes: bytes.len() });
    }
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(ImportError::Utf32);
    }
    let encoding = detect(bytes);
    let is_utf16 = encoding == UTF_16LE || encoding == UTF_16BE;
    if let Some(looks_like) = binary(bytes).filter(|_| !is_utf16) {
        return Err(ImportError::Binary { looks_like });
    }
    let (text, encoding, replaced) = encoding.decode(bytes);
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let mut problems = Vec::new();
    if replaced {
        let message = format!("the file is not quite {}; characters that could not be read stand as \u{fffd}", encoding.name());
        let line = text.lines().position(|line| line.contains('\u{fffd}')).map_or(1, |at| at + 1);
        problems.push(Problem::new(ProblemKind::Encoding, message).at_line(u32::try_from(line).unwrap_or(u32::MAX)));
    }
    // Line ends of old Macs: a carriage return and nothing behind it.
    let text = if text.contains('\n') { text.into_owned() } else { text.replace('\r', "\n") };
    Ok((text, problems))
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    // Asked before UTF-8, because letters with a zero between them are UTF-8 too.
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Every second byte of Western text is zero, and hardly any of the others; programs have zeros in both places.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let half = sample.len() / 2;
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    let is_text = |high: usize, low: usize| half > 8 && high * 10 > half * 7 && low * 20 < half;
    let (even, odd) = (zeros(0), zeros(1));
    if is_text(odd, even) {
        Some(UTF_16LE)
    } else if is_text(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// What a file is that is no text: told from its first bytes, or from more control characters than a slip puts into text.
fn binary(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => return Some("a Word document or another zip file"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Some("an old Word document or another Office file"),
        [b'{', b'\\', b'r', b't', b'f', ..] => return Some("an RTF document"),
        [b'%', b'P', b'D', b'F', b'-', ..] => return Some("a PDF"),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => return Some("a picture"),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(8192)];
    let odd = sample.iter().filter(|&&byte| byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    (odd * 20 > sample.len()).then_some("a binary file")
}
