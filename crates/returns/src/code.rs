//! Codes in what mail servers say: the SMTP reply (RFC 5321 section 4.2) and the enhanced status (RFC 3463).
//!
//! In: a diagnostic, or running text with one in it. Out: the codes that are codes, and not a port, a version, an address of
//! a host or a count of kilobytes. Not here: what a code means ([`super::verdict`]).

use pulse_model::EnhancedStatus;

/// Longer texts are searched this far, in bytes.
const MAX_TEXT_BYTES: usize = 8 * 1024;

/// The first status in a text.
pub(super) fn find_status(text: &str) -> Option<EnhancedStatus> {
    marks(text).find_map(|mark| match mark.code {
        Code::Status(status) => Some(status),
        Code::Reply(_) => None,
    })
}

/// What a text has of codes. Where both are there, they need not agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Codes {
    pub(super) reply: Option<u16>,
    pub(super) status: Option<EnhancedStatus>,
}

#[derive(Clone, Copy)]
enum Code {
    Reply(u16),
    Status(EnhancedStatus),
}

/// A code and where it stands.
struct Mark {
    start: usize,
    end: usize,
    code: Code,
}

/// The codes of a text. A reply with its status behind it (`550 5.1.1`, `550-5.1.1`, `550 #5.1.1`) says most, and a
/// permanent one more than a passing one; else the first reply and the first status, each by itself.
pub(super) fn find(text: &str) -> Codes {
    let fails = |mark: &Mark| !matches!(mark.code, Code::Status(EnhancedStatus { class: 2, .. }));
    let marks: Vec<Mark> = marks(text).filter(fails).take(64).collect();
    let pair = |two: &[Mark]| match two {
        [Mark { code: Code::Reply(reply), end, .. }, Mark { code: Code::Status(status), start, .. }] => {
            let is_near = start.saturating_sub(*end) <= 3 && u16::from(status.class) == reply / 100;
            is_near.then_some((*reply, *status))
        }
        _ => None,
    };
    let pairs: Vec<(u16, EnhancedStatus)> = marks.windows(2).filter_map(pair).collect();
    if let Some(&(reply, status)) = pairs.iter().find(|(reply, _)| *reply >= 500).or(pairs.first()) {
        return Codes { reply: Some(reply), status: Some(status) };
    }
    let reply = marks.iter().find_map(|mark| if let Code::Reply(reply) = mark.code { Some(reply) } else { None });
    let status = marks.iter().find_map(|mark| if let Code::Status(status) = mark.code { Some(status) } else { None });
    Codes { reply, status }
}

/// A text without its codes, so that words that a code tore apart stand side by side:
/// `550-5.1.1 does not 550 5.1.1 exist` is `does not exist`.
pub(super) fn without(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_TEXT_BYTES));
    let mut from = 0;
    for mark in marks(text) {
        out.push_str(text.get(from..mark.start).unwrap_or_default());
        from = mark.end;
        if text.as_bytes().get(from) == Some(&b'-') {
            from += 1;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn marks(text: &str) -> impl Iterator<Item = Mark> {
    let bytes = &text.as_bytes()[..text.len().min(MAX_TEXT_BYTES)];
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            at += 1;
            let found = status_at(bytes, start).map(|(status, end)| (Code::Status(status), end));
            if let Some((code, end)) = found.or_else(|| reply_at(bytes, start).map(|reply| (Code::Reply(reply), start + 3))) {
                at = end;
                return Some(Mark { start, end, code });
            }
        }
        None
    })
}

/// A number of up to three digits, and where it ends.
fn number(bytes: &[u8], start: usize) -> Option<(u16, usize)> {
    let digits = bytes.get(start..)?.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let value = std::str::from_utf8(bytes.get(start..start + digits)?).ok()?.parse().ok()?;
    (1..=3).contains(&digits).then_some((value, start + digits))
}

fn byte_before(bytes: &[u8], start: usize) -> Option<u8> {
    bytes.get(start.checked_sub(1)?).copied()
}

fn status_at(bytes: &[u8], start: usize) -> Option<(EnhancedStatus, usize)> {
    let class = bytes.get(start).filter(|byte| matches!(byte, b'2' | b'4' | b'5'))? - b'0';
    let is_apart = byte_before(bytes, start).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'/' | b'_' | b'@'));
    if !is_apart || bytes.get(start + 1) != Some(&b'.') || is_version(bytes, start) {
        return None;
    }
    let (subject, dot) = number(bytes, start + 2).filter(|(subject, _)| *subject <= 7)?;
    let (detail, end) = number(bytes, dot + 1).filter(|_| bytes.get(dot) == Some(&b'.'))?;
    let goes_on = match bytes.get(end) {
        Some(b'.' | b'-') => bytes.get(end + 1).is_some_and(u8::is_ascii_digit),
        Some(byte) => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'/'),
        None => false,
    };
    let status = EnhancedStatus { class, subject, detail };
    (!goes_on).then_some((status, end))
}

/// Whether the number behind a word such as `version` or the name of a program is that program's version.
fn is_version(bytes: &[u8], start: usize) -> bool {
    const PROGRAMS: [&str; 8] = ["version", "ver", "v", "exim", "postfix", "smtpd", "build", "release"];
    let word_end = start.saturating_sub(1);
    let line = &bytes[word_end.saturating_sub(12)..word_end];
    let word = line.rsplit(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase();
    PROGRAMS.iter().any(|program| program.as_bytes() == word)
}

fn reply_at(bytes: &[u8], start: usize) -> Option<u16> {
    let (reply, end) = number(bytes, start).filter(|(reply, end)| *end == start + 3 && (400..=599).contains(reply) && reply / 10 % 10 <= 5)?;
    let before = byte_before(bytes, start);
    let is_apart = before.is_none_or(|byte| byte.is_ascii_whitespace() || b":;\"'`([<>=,*|#".contains(&byte));
    let is_ended = match bytes.get(end) {
        None => true,
        Some(b'-') => bytes.get(end + 1).is_none_or(|byte| byte.is_ascii_alphanumeric() || b" \n<[#(\"".contains(byte)),
        Some(b'.' | b':') => bytes.get(end + 1).is_none_or(u8::is_ascii_whitespace),
        Some(byte) => byte.is_ascii_whitespace() || b")];,\"'`/#_".contains(byte),
    };
    // `10:45:450` is a time, `192.0.2.1:587` a port, `errors.html#550` a place in a page.
    let is_inside = matches!(before, Some(b':' | b'#')) && byte_before(bytes, start - 1).is_some_and(|byte| byte.is_ascii_alphanumeric());
    let status = (end + 1..end + 4).find_map(|at| status_at(bytes, at));
    let is_meant = status.is_some_and(|(status, _)| u16::from(status.class) == reply / 100) || (is_spoken(bytes, start) && !is_counted(bytes, end));
    (is_apart && is_ended && !is_inside && is_meant).then_some(reply)
}

/// Whether a number stands where a server's reply does: at the start, behind a mark, or behind a word that announces it.
fn is_spoken(bytes: &[u8], start: usize) -> bool {
    const ANNOUNCING: [&str; 23] = [
        "said",
        "says",
        "error",
        "errors",
        "code",
        "codes",
        "reply",
        "replied",
        "response",
        "responded",
        "status",
        "returned",
        "with",
        "smtp",
        "esmtp",
        "lmtp",
        "server",
        "failed",
        "failure",
        "reason",
        "was",
        "is",
        "diagnostic",
    ];
    let before = bytes[..start].trim_ascii_end();
    let starts_line = bytes[before.len()..start].contains(&b'\n');
    match before.last() {
        None => true,
        Some(_) if starts_line => true,
        Some(last) if last.is_ascii_alphanumeric() => {
            let tail = &before[before.len().saturating_sub(12)..];
            let word = tail.rsplit(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase();
            ANNOUNCING.iter().any(|announcing| announcing.as_bytes() == word)
        }
        Some(_) => true,
    }
}

/// Whether what follows makes the number a count: `500 messages`, `450 kB`.
fn is_counted(bytes: &[u8], end: usize) -> bool {
    const UNITS: [&str; 22] = [
        "bytes",
        "byte",
        "kb",
        "mb",
        "gb",
        "k",
        "kbytes",
        "messages",
        "message",
        "mails",
        "emails",
        "recipients",
        "second",
        "seconds",
        "minutes",
        "hours",
        "days",
        "characters",
        "lines",
        "of",
        "octets",
        "ms",
    ];
    let rest = bytes[end..].trim_ascii_start();
    let word: Vec<u8> = rest.iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    UNITS.iter().any(|unit| unit.as_bytes() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> String {
        let Codes { reply, status } = find(text);
        format!("{} {}", reply.map_or("-".to_owned(), |reply| reply.to_string()), status.map_or("-".to_owned(), |status| status.to_string()))
    }

    #[test]
    fn codes_are_found_where_servers_put_them() {
        let cases = [
            ("550 5.1.1 <ada@mill.example>: Recipient address rejected", "550 5.1.1"),
            ("smtp;550-5.1.1 The account\n550 5.1.1 does not exist", "550 5.1.1"),
            ("host mx.mill.example[192.0.2.4] said: 552 5.2.2 Over quota", "552 5.2.2"),
            ("550 sorry, no mailbox here by that name (#5.1.1)", "550 5.1.1"),
            ("#550 5.4.310 DNS domain does not exist ##", "550 5.4.310"),
            ("<mail.mill.example #5.1.1 smtp;550 User unknown>", "550 5.1.1"),
            ("Remote host said: 554 delivery error", "554 -"),
            ("421 4.4.2 timeout; then 550 5.1.1 no such user", "550 5.1.1"),
            ("SMTP error 450: try later", "450 -"),
            ("Recipient address rejected (#5.1.1).", "- 5.1.1"),
        ];
        for (text, wanted) in cases {
            assert_eq!(codes(text), wanted, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_no_codes_are_left_alone() {
        for text in [
            "relay 192.0.2.4:587 and 5.1.1.2",
            "Exim 4.94.2 at 10:45:450",
            "Postfix 2.5.1 took 500 messages",
            "a limit of 512 kB, order 5501",
            "mailbox-550@mill.example",
            "queued as 4F5501A",
            "in room 550 they met",
            "version 4.2.2",
            "Subject: released Mailman 2.0.12",
            "see https://help.mill.example/errors.html#550",
        ] {
            assert_eq!(codes(text), "- -", "{text}");
        }
    }

    #[test]
    fn words_torn_apart_by_codes_come_together() {
        assert_eq!(without("550-5.1.1 does not 550 5.1.1 exist").split_whitespace().collect::<Vec<_>>().join(" "), "does not exist");
    }
}
