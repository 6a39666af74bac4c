//! What somebody passed on within a message: where it begins, and who had written it.

use jiff::fmt::rfc2822::DateTimeParser;
use mail_parser::MessageParser;

use super::layout::Block;
use super::sender::Sender;

/// So many blocks may stand between the lines of a quoted header.
const HEADER_BLOCKS: usize = 8;

/// The parts of a message by who wrote them: the sender's own, then what was passed on.
pub(super) fn parts(blocks: &[Block], sender: Sender) -> Vec<(Sender, &[Block])> {
    let mut parts = Vec::new();
    let (mut from, mut sender) = (0, sender);
    for at in 0..blocks.len() {
        if at < from {
            continue;
        }
        let Some((inner, length)) = quoted_header(&blocks[at..], sender.sent_at) else { continue };
        parts.push((std::mem::replace(&mut sender, inner), &blocks[from..at]));
        from = at + length;
    }
    parts.push((sender, &blocks[from..]));
    parts
}

/// `From: … Date: … Subject: …` as mail programs put it over what is passed on: who wrote that, and how many blocks it takes.
fn quoted_header(blocks: &[Block], outer_sent_at: Option<i64>) -> Option<(Sender, usize)> {
    let from = field(blocks.first()?, "from")?;
    let mut head = blocks.iter().take(HEADER_BLOCKS);
    head.find(|block| field(block, "subject").is_some())?;
    let near = &blocks[..blocks.len().min(HEADER_BLOCKS)];
    let length = near.iter().rposition(|block| ["from", "date", "sent", "to", "cc", "subject"].iter().any(|name| field(block, name).is_some()))? + 1;
    let date = near[..length].iter().find_map(|block| field(block, "date").or_else(|| field(block, "sent")));
    let line = format!("From: {from}\r\n\r\n");
    let message = MessageParser::new().parse(line.as_bytes())?;
    let mut sender = Sender::of_address(message.from()?.first()?, false);
    sender.sent_at = date.and_then(moment).filter(|at| outer_sent_at.is_none_or(|outer| *at <= outer.saturating_add(super::DAY_MS))).or(outer_sent_at);
    Some((sender, length))
}

/// The value of a line such as `From: …`.
fn field<'a>(block: &'a Block, name: &str) -> Option<&'a str> {
    let text = block.text.trim_start_matches('*');
    let start = text.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name))?;
    let rest = text[start.len()..].trim_start_matches('*').strip_prefix(':')?;
    Some(rest.trim_start_matches('*').trim()).filter(|rest| !rest.is_empty())
}

/// A date as mail programs write it there: by RFC 5322, or for people; the time of day is taken as UTC where no zone is said.
fn moment(text: &str) -> Option<i64> {
    if let Ok(zoned) = DateTimeParser::new().relaxed_weekday(true).parse_zoned(text) {
        return Some(zoned.timestamp().as_millisecond());
    }
    let text = text.replace(" at ", " ").replace([',', '\u{202f}'], " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let forms = [
        "%a %d %b %Y %H:%M",
        "%A %d %B %Y %H:%M",
        "%d %B %Y %H:%M",
        "%d %b %Y %H:%M",
        "%a %b %d %Y %I:%M %p",
        "%A %B %d %Y %I:%M %p",
        "%B %d %Y %I:%M %p",
        "%d/%m/%Y %H:%M",
    ];
    let found = forms.iter().find_map(|form| jiff::civil::DateTime::strptime(form, &text).ok())?;
    Some(found.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}
