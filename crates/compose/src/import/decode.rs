//! Bytes to characters: UTF-8, UTF-16 with a byte order mark, or what the bytes look like (Windows-1252, usually).

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
    let encoding = detect(bytes);
    let is_utf16 = encoding == UTF_16LE || encoding == UTF_16BE;
    if !is_utf16 && looks_binary(bytes) {
        return Err(ImportError::Binary { looks_like: kind_of_binary(bytes) });
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
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    // UTF-16 without a mark: every second byte of Western text is zero.
    let sample = &bytes[..bytes.len().min(4096)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    let half = sample.len() / 2;
    if half > 8 && zeros(1) * 10 > half * 7 {
        return UTF_16LE;
    }
    if half > 8 && zeros(0) * 10 > half * 7 {
        return UTF_16BE;
    }
    let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

fn looks_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(8192)];
    let odd = sample.iter().filter(|&&byte| byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    sample.contains(&0) || odd * 20 > sample.len() || bytes.starts_with(b"%PDF-")
}

fn kind_of_binary(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'P', b'K', 3, 4, ..] => "a Word document or another zip file",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => "a picture",
        _ => "a binary file",
    }
}
