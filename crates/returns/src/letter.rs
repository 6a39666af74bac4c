//! A message that came back, opened: its header, what it says to people, its machine-readable report, and the header of the
//! message it returns.
//!
//! In: bytes, with any line ends. Out: a [`Letter`], or [`Broken`] where opening it further would cost too much.
//! Always: time and memory are bounded by the constants below, whatever comes in; a returned message is never opened beyond its
//! header, so what stands in it is never taken for a report. Not here: what any of it means.

use mail_parser::{Addr, Address, HeaderName, HeaderValue, MessageParser, PartType};

use super::fields::{Fields, cut};

/// Only this much of a message is looked at, in bytes. What a report says stands before the message it returns.
const MAX_READ_BYTES: usize = 2 * 1024 * 1024;
/// A header longer than this is not read, in bytes.
const MAX_HEAD_BYTES: usize = 256 * 1024;
/// The most of one part that is decoded, in bytes.
const MAX_PART_BYTES: usize = 96 * 1024;
/// The most that is kept of what a message says to people, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Parts in parts in parts: reports have three levels where a gateway wraps them.
const MAX_DEPTH: u32 = 5;
/// Parts in all.
const MAX_PARTS: u32 = 100;

/// A message that is not opened: its header does not end, or it has too many parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// A message, opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Letter {
    pub(super) headers: Fields,
    /// Whether a mailbox's separator line names the mail system as the sender, as in `From MAILER-DAEMON Mon Jan  5 …`.
    pub(super) is_daemons_by_separator: bool,
    /// Decoded; one line.
    pub(super) subject: String,
    pub(super) from_name: String,
    /// Lower case; empty where there is none.
    pub(super) from_address: String,
    /// Whether the message itself is a `multipart/report` (RFC 6522).
    pub(super) is_report: bool,
    /// The parameter `report-type`, in lower case.
    pub(super) report_type: String,
    /// What it says to people, HTML made text.
    pub(super) text: String,
    /// The fields of its delivery status (RFC 3464), as text.
    pub(super) status: String,
    /// The fields of its feedback report (RFC 5965).
    pub(super) feedback: Option<Fields>,
    /// Whether it has a disposition notification (RFC 8098): somebody's program says that it was read or thrown away.
    pub(super) is_receipt: bool,
    /// The header of the message it returns.
    pub(super) returned: Fields,
    /// Whether it has a whole message in it.
    pub(super) has_message: bool,
}

/// What the header of a part says about its body.
#[derive(Default)]
struct PartHead {
    kind: String,
    boundary: Option<String>,
    charset: String,
    encoding: String,
    report_type: String,
}

/// Opens a message.
pub(super) fn open(bytes: &[u8]) -> Result<Letter, Broken> {
    let bytes = with_line_feeds(&bytes[..bytes.len().min(MAX_READ_BYTES)]);
    let (separator, message) = after_separator(bytes.trim_ascii_start());
    let (head, body) = split_head(message);
    if head.len() > MAX_HEAD_BYTES {
        return Err(Broken);
    }
    let mut letter = Letter { headers: Fields::parse(&String::from_utf8_lossy(head)), ..Letter::default() };
    letter.is_daemons_by_separator = separator.to_ascii_lowercase().starts_with(b"from mailer-daemon");
    let part = letter.read_head(head);
    letter.is_report = part.kind == "multipart/report";
    letter.report_type.clone_from(&part.report_type);
    let mut left = MAX_PARTS;
    letter.take(&part, body, MAX_DEPTH, &mut left)?;
    Ok(letter)
}

/// Every line end becomes `\n`: messages come with CRLF, LF and, from old systems, CR alone; gateways make CR CR LF of it.
fn with_line_feeds(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, behind)) = rest.split_first() {
        out.push(match byte {
            b'\r' => b'\n',
            0 => b' ',
            _ => byte,
        });
        let ends = [&b"\r\r\n"[..], b"\r\n"].into_iter().find_map(|end| rest.strip_prefix(end));
        rest = ends.unwrap_or(behind);
    }
    out
}

/// The separator line of a mailbox file, which some deliveries leave in front, and the message.
fn after_separator(message: &[u8]) -> (&[u8], &[u8]) {
    if !message.starts_with(b"From ") && !message.starts_with(b">From ") {
        return (&[], message);
    }
    let end = message.iter().position(|&byte| byte == b'\n').map_or(message.len(), |at| at + 1);
    message.split_at(end)
}

/// Header and body, which the first empty line parts.
fn split_head(part: &[u8]) -> (&[u8], &[u8]) {
    if let Some(body) = part.strip_prefix(b"\n") {
        return (&[], body);
    }
    match part.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (&part[..=at], &part[at + 2..]),
        None => (part, &[]),
    }
}

fn head_of(head: &[u8]) -> Vec<mail_parser::Header<'_>> {
    let parser = MessageParser::new().with_mime_headers().header_text(HeaderName::Subject).header_address(HeaderName::From).default_header_ignore();
    parser.parse_headers(head).and_then(|mut message| (!message.parts.is_empty()).then(|| message.parts.remove(0).headers)).unwrap_or_default()
}

impl PartHead {
    fn of(headers: &[mail_parser::Header<'_>]) -> Self {
        let mut part = Self { kind: "text/plain".into(), ..Self::default() };
        for header in headers {
            match (&header.name, &header.value) {
                (HeaderName::ContentType, HeaderValue::ContentType(kind)) => {
                    part.kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase();
                    part.boundary = kind.attribute("boundary").map(str::to_owned);
                    part.charset = kind.attribute("charset").unwrap_or_default().to_owned();
                    part.report_type = kind.attribute("report-type").unwrap_or_default().to_ascii_lowercase();
                }
                (HeaderName::ContentTransferEncoding, HeaderValue::Text(encoding)) => part.encoding = encoding.trim().to_ascii_lowercase(),
                _ => {}
            }
        }
        part
    }

    /// The body as text. The parser is given a part of its own, whose type is text whatever the original's was.
    fn decode(&self, body: &[u8]) -> String {
        let is_plain_word = |word: &str| word.len() < 40 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
        let charset = if self.charset.is_empty() || !is_plain_word(&self.charset) { "utf-8" } else { &self.charset };
        let encoding = if is_plain_word(&self.encoding) { self.encoding.as_str() } else { "8bit" };
        let mut part = format!("Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n").into_bytes();
        part.extend_from_slice(&body[..body.len().min(MAX_PART_BYTES)]);
        let message = MessageParser::new().with_mime_headers().parse(&part);
        let text = message.as_ref().and_then(|message| message.parts.first()).map(|part| match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.to_string(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            PartType::Message(_) | PartType::Multipart(_) => String::new(),
        });
        clean(&text.unwrap_or_default())
    }
}

impl Letter {
    /// Subject and sender, and what the header says of the body.
    fn read_head(&mut self, head: &[u8]) -> PartHead {
        let headers = head_of(head);
        for header in &headers {
            match (&header.name, &header.value) {
                (HeaderName::Subject, HeaderValue::Text(subject)) => self.subject = cut(&clean(subject).replace('\n', " "), 500).trim().to_owned(),
                (HeaderName::From, HeaderValue::Address(Address::List(list))) => self.read_from(list.first()),
                (HeaderName::From, HeaderValue::Address(Address::Group(groups))) => self.read_from(groups.first().and_then(|group| group.addresses.first())),
                _ => {}
            }
        }
        PartHead::of(&headers)
    }

    fn read_from(&mut self, from: Option<&Addr<'_>>) {
        if let Some(from) = from {
            self.from_name = cut(from.name().unwrap_or_default(), 200).to_lowercase();
            self.from_address = cut(from.address().unwrap_or_default(), 300).to_lowercase();
        }
    }

    /// Takes from a part what there is to take.
    fn take(&mut self, part: &PartHead, body: &[u8], depth: u32, left: &mut u32) -> Result<(), Broken> {
        *left = left.checked_sub(1).ok_or(Broken)?;
        match part.kind.as_str() {
            kind if kind.starts_with("multipart/") => return self.take_parts(part, body, depth, left),
            "message/delivery-status" | "message/global-delivery-status" => {
                self.status.push_str(&part.decode(body));
                self.status.push_str("\n\n");
            }
            "message/feedback-report" => self.feedback = Some(Fields::parse(part.decode(body).trim_start())),
            "message/disposition-notification" | "message/global-disposition-notification" => self.is_receipt = true,
            "message/rfc822" | "message/global" => {
                self.has_message = true;
                self.take_returned(&part.decode(body));
            }
            "text/rfc822-headers" | "text/rfc822-header" | "text/rfc822" | "message/rfc822-headers" | "message/global-headers" => {
                self.take_returned(&part.decode(body));
            }
            "text/html" => self.take_text(&html_to_text(&part.decode(body))),
            kind if kind.starts_with("text/") || kind == "/" => self.take_text(&part.decode(body)),
            _ => {}
        }
        Ok(())
    }

    fn take_parts(&mut self, part: &PartHead, body: &[u8], depth: u32, left: &mut u32) -> Result<(), Broken> {
        let depth = depth.checked_sub(1).ok_or(Broken)?;
        let pieces = part.boundary.as_deref().map(|boundary| pieces(body, boundary.as_bytes())).unwrap_or_default();
        if pieces.is_empty() {
            // The boundary is missing or wrong: what is there is read as text.
            let text = PartHead { kind: "text/plain".into(), ..PartHead::default() };
            return self.take(&text, body, depth, left);
        }
        let text_before = self.text.len();
        for piece in pieces {
            let (head, body) = split_head(piece);
            let head = PartHead::of(&head_of(&head[..head.len().min(MAX_PART_BYTES)]));
            // The second of two alternatives says what the first did.
            let is_said = part.kind == "multipart/alternative" && !self.text[text_before..].trim().is_empty() && head.kind.starts_with("text/");
            if !is_said {
                self.take(&head, body, depth, left)?;
            }
        }
        Ok(())
    }

    fn take_text(&mut self, text: &str) {
        // What stands behind the returned message belongs to it, or is a footer.
        if self.returned.is_empty() || self.text.trim().is_empty() {
            self.text.push_str(cut(text, MAX_TEXT_BYTES.saturating_sub(self.text.len())));
            self.text.push('\n');
        }
    }

    fn take_returned(&mut self, text: &str) {
        if self.returned.is_empty() {
            self.returned = Fields::parse(text.trim_start());
        }
    }
}

/// The parts between boundary lines, without what stands before the first and behind the last.
fn pieces<'x>(body: &'x [u8], boundary: &[u8]) -> Vec<&'x [u8]> {
    let mut pieces = vec![];
    let (mut at, mut start) = (0, None);
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let rest = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary)).map(<[u8]>::trim_ascii_end);
        if matches!(rest, Some(b"" | b"--")) && !boundary.is_empty() {
            pieces.extend(start.map(|start| &body[start..at]));
            start = (rest == Some(b"")).then_some(at + line.len());
            if pieces.len() > MAX_PARTS as usize {
                break;
            }
        }
        at += line.len();
    }
    // A last part whose closing boundary was cut off.
    pieces.extend(start.map(|start| &body[start..]));
    pieces
}

/// HTML as text, a line a block.
fn html_to_text(html: &str) -> String {
    const BLOCKS: [&str; 12] = ["div", "tr", "li", "h1", "h2", "h3", "h4", "table", "p", "pre", "td", "hr"];
    let mut marked = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        let name = tag.trim_start_matches('/');
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        let is_block = BLOCKS.iter().any(|block| block.eq_ignore_ascii_case(name));
        marked.push_str(before);
        marked.push_str(if is_block { "<br><" } else { "<" });
        rest = tag;
    }
    marked.push_str(rest);
    clean(&mail_parser::decoders::html::html_to_text(&marked))
}

/// Without control characters other than line ends, and with plain spaces and apostrophes, which tables of phrases expect.
fn clean(text: &str) -> String {
    let plain = |c: char| match c {
        '\n' => '\n',
        '\u{2019}' | '\u{2018}' => '\'',
        '\u{a0}' | '\u{202f}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().filter(|&c| c != '\u{200b}' && c != '\u{feff}').map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_one() {
        for end in ["\n", "\r\n", "\r", "\r\r\n"] {
            let letter = open(["Subject: one", "", "two", "three", ""].join(end).as_bytes()).unwrap();
            assert_eq!((letter.subject.as_str(), letter.text.trim()), ("one", "two\nthree"));
        }
    }

    #[test]
    fn html_keeps_its_lines() {
        assert_eq!(
            html_to_text("<div>one</div><div>two &lt;a@b.example&gt;<td>three").lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>(),
            ["one", "two <a@b.example>", "three"]
        );
    }

    #[test]
    fn a_returned_message_is_not_opened() {
        let inner = "Subject: inner\nContent-Type: multipart/report; report-type=delivery-status; boundary=i\n\n--i\nContent-Type: message/delivery-status\n\nA: b\n\n--i--\n";
        let outer = format!("Content-Type: multipart/mixed; boundary=o\n\n--o\n\nsee below\n--o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n");
        let letter = open(outer.as_bytes()).unwrap();
        assert!(letter.status.is_empty() && letter.has_message);
        assert_eq!(letter.returned.get("subject"), Some("inner"));
    }
}
