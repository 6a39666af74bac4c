//! From bytes to characters: a byte order mark decides; then what the bytes themselves prove; then what the server and the page claim; then a guess.

use encoding_rs::{Encoding, UTF_8};
use pulse_model::{Problem, ProblemKind};

/// Where a page may say how it is encoded.
const HEAD: usize = 4096;

/// The fewest bytes beyond ASCII from which an encoding is guessed.
const LEAST_TO_GUESS: usize = 8;

/// The characters of a page, and a problem where the claim was wrong or some bytes were in no encoding. NULs and other controls that no text has are taken out.
pub(crate) fn decode(bytes: &[u8], media_type: Option<&str>) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    let (text, had_errors) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => decoded(encoding, &bytes[length..]),
        None => {
            let claim = media_type.and_then(charset).or_else(|| claim_within(bytes)).and_then(|label| Encoding::for_label(label.as_bytes()));
            by_claim(bytes, claim, &mut problems)
        }
    };
    if had_errors {
        problems.push(Problem::new(ProblemKind::Encoding, "some bytes are in no known encoding and are replaced"));
    }
    let is_control = |c: char| c.is_control() && !c.is_whitespace();
    if !has_controls(text.as_bytes()) {
        return (text, problems);
    }
    problems.push(Problem::new(ProblemKind::CharactersRemoved, "control characters were taken out"));
    (text.chars().filter(|c| !is_control(*c)).collect(), problems)
}

/// Whether there may be a control in UTF-8 that is no white space. Without a way out on the first one, because the loop is many times faster so.
fn has_controls(text: &[u8]) -> bool {
    let low = text.iter().fold(false, |found, byte| found | (*byte < b'\t') | (*byte == 0x7f) | (byte.wrapping_sub(0x0e) < 0x12));
    let high = text.iter().zip(text.iter().skip(1)).fold(false, |found, (one, two)| found | ((*one == 0xc2) & (*two < 0xa0) & (*two != 0x85)));
    low || high
}

fn by_claim(bytes: &[u8], claim: Option<&'static Encoding>, problems: &mut Vec<Problem>) -> (String, bool) {
    // Bytes beyond ASCII that are valid UTF-8 are hardly ever anything else.
    if let Ok(text) = std::str::from_utf8(bytes) {
        let is_proof = !bytes.is_ascii();
        if is_proof && claim.is_some_and(|claim| claim != UTF_8) {
            problems.push(Problem::new(ProblemKind::Encoding, "it is UTF-8 and says it is something else"));
        }
        if is_proof || claim.is_none_or(Encoding::is_ascii_compatible) {
            return (text.to_owned(), false);
        }
    }
    if let Some(claim) = claim {
        let (text, had_errors) = decoded(claim, bytes);
        if !had_errors {
            return (text, false);
        }
    }
    // Of a few bytes nothing can be told; on the web they are most often this.
    let few = bytes.iter().filter(|byte| !byte.is_ascii()).count() < LEAST_TO_GUESS;
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = if few { encoding_rs::WINDOWS_1252 } else { detector.guess(None, chardetng::Utf8Detection::Allow) };
    let (guessed, had_errors) = decoded(guess, bytes);
    match claim {
        // A few broken bytes in what is otherwise as claimed.
        Some(claim) if is_mostly(claim, bytes) => decoded(claim, bytes),
        Some(claim) => {
            problems.push(Problem::new(ProblemKind::Encoding, format!("it says it is {} and is read as {}", claim.name(), guess.name())));
            (guessed, had_errors)
        }
        None => (guessed, had_errors),
    }
}

/// Fewer than one character in a hundred beyond ASCII does not decode.
fn is_mostly(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let (text, _) = decoded(encoding, bytes);
    let beyond = text.chars().filter(|c| !c.is_ascii()).count();
    let broken = text.chars().filter(|c| *c == '\u{fffd}').count();
    broken * 100 < beyond
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> (String, bool) {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    (text.into_owned(), had_errors)
}

/// The value of a `charset` parameter.
fn charset(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let rest = lower.split_once("charset")?.1.trim_start().strip_prefix('=')?;
    let label: String = rest.trim_start().trim_start_matches(['"', '\'']).chars().take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c)).collect();
    (!label.is_empty()).then_some(label)
}

/// What a `meta` element or an XML declaration near the top claims. UTF-16 cannot be true there: the claim itself was readable as ASCII.
fn claim_within(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let xml =
        head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).and_then(|(declaration, _)| charset(&declaration.replace("encoding", "charset")));
    let meta = || head.split("<meta").skip(1).find_map(|rest| charset(rest.split('>').next()?));
    let label = xml.or_else(meta)?;
    Some(if label.starts_with("utf-16") { "utf-8".into() } else { label })
}
