//! What mail systems say to people when they do not speak RFC 3464: recipients, and the lines that are about each of them.
//!
//! In: the text of a bounce. Out: [`Record`]s, and where the text itself returns the message, that message's header. The shapes it
//! knows: an address alone on a line or leading it (qmail, Postfix, Exim, Sendmail, Courier, Exchange, Notes), a transcript
//! (`RCPT TO:<…>`), a label with an address (`Unknown user: …`), a sentence with an address and a known phrase. Always: bounded by the
//! constants below. Not here: whether the message is a bounce at all ([`super::signs`]), and what the lines mean ([`super::verdict`]).

use pulse_model::EmailAddress;

use super::code;
use super::fields::{Fields, cut, field};
use super::phrases::{self, Plain};
use super::tables::signs;

/// Lines of a text that are looked at.
const MAX_LINES: usize = 1_000;
/// Recipients that are kept of one message.
pub(super) const MAX_RECIPIENTS: usize = 100;
/// The most that is kept of what is said about one recipient, in bytes.
const MAX_RECORD_BYTES: usize = 3 * 1024;

/// A recipient, and what is said about it.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) address: EmailAddress,
    /// The address it was made from, where an alias or a list did that: `(expanded from <…>)`, `(generated from …)`.
    pub(super) original: Option<EmailAddress>,
    /// The lines down to the first empty one.
    pub(super) paragraph: String,
    /// All lines up to the next recipient.
    pub(super) lines: String,
    is_open: bool,
}

impl Record {
    fn push(&mut self, line: &str) {
        if line.is_empty() {
            self.is_open = self.paragraph.trim().len() <= self.address.as_str().len() + 4;
        }
        for text in [self.is_open.then_some(&mut self.paragraph), Some(&mut self.lines)].into_iter().flatten() {
            if text.len() + line.len() < MAX_RECORD_BYTES {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
}

/// The part of a text that speaks about the message, and the header of the message where the text goes on with it.
pub(super) fn front(text: &str) -> (Vec<&str>, Fields) {
    let lines: Vec<&str> = text.lines().map(str::trim_end).take(MAX_LINES).collect();
    let end = (0..lines.len()).find(|&at| is_separator(lines[at]) || starts_header(&lines[at..]));
    let Some(end) = end else { return (lines, Fields::default()) };
    let behind = lines[end..].iter().take(12).position(|line| is_known_header(line)).map_or(lines.len(), |at| end + at);
    let returned = Fields::parse(&lines[behind..].join("\n"));
    (lines[..end].to_vec(), returned)
}

fn is_separator(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| line.contains(phrase));
    let introduces = line.ends_with(':') && !line.contains("recipient") && !line.contains("address");
    let is_ruled = line.starts_with("--") || line.starts_with(['=', '*', '_']) || introduces;
    line.len() <= 120 && (has(signs("separators")) || is_ruled && has(signs("rulers")))
}

fn is_known_header(line: &str) -> bool {
    field(line).is_some_and(|(name, _)| {
        let name = name.to_ascii_lowercase();
        signs("transport_headers").contains(&name.as_str()) || signs("known_headers").contains(&name.as_str())
    })
}

/// Whether a message's header begins here: three known fields at least, and one of them of those that a summary leaves out.
fn starts_header(lines: &[&str]) -> bool {
    if !is_known_header(lines[0]) {
        return false;
    }
    let names = lines.iter().take(40).take_while(|line| !line.is_empty()).filter_map(|line| field(line)).map(|(name, _)| name.to_ascii_lowercase());
    let names: Vec<String> = names.collect();
    let count = |known: &[&str]| names.iter().filter(|name| known.contains(&name.as_str())).count();
    let transport = count(signs("transport_headers"));
    transport >= 1 && transport + count(signs("known_headers")) >= 3
}

/// The recipients that lines are about. Addresses for which `is_ours` holds are none. `To: …` in a summary of the message counts
/// where nothing else names a recipient.
pub(super) fn records(lines: &[&str], is_ours: impl Fn(&EmailAddress) -> bool) -> Vec<Record> {
    let is_summary = |line: &&&str| field(line.trim_start()).is_some_and(|(name, _)| ["to", "cc", "from"].iter().any(|one| one.eq_ignore_ascii_case(name)));
    let without: Vec<&str> = lines.iter().filter(|line| !is_summary(line)).copied().collect();
    let found = gather(&without, &is_ours);
    if found.is_empty() { gather(lines, &is_ours) } else { found }
}

fn gather(lines: &[&str], is_ours: &impl Fn(&EmailAddress) -> bool) -> Vec<Record> {
    let mut records: Vec<Record> = vec![];
    let mut current = None;
    for line in lines.iter().filter(|line| !is_quoted(line)) {
        let made_from = line.split_once("expanded from").or_else(|| line.split_once("generated from")).and_then(|(_, rest)| addresses(rest).next());
        let others: Vec<(usize, EmailAddress)> = addresses(line).filter(|(_, address)| !is_ours(address)).collect();
        let about = others.iter().find(|(at, address)| is_about(line, *at, address)).or_else(|| others.first().filter(|_| speaks(line))).cloned();
        // Exim keeps to itself what an alias became: `an undisclosed address (generated from ada@mill.example)`.
        let about = about.or_else(|| made_from.clone().filter(|_| current.is_none()));
        if let Some((_, address)) = about {
            let known = records.iter().position(|record| record.address.key() == address.key());
            if known.is_none() && records.len() == MAX_RECIPIENTS {
                break;
            }
            if known.is_none() {
                records.push(Record { address, original: None, paragraph: String::new(), lines: String::new(), is_open: true });
            }
            current = known.or(records.len().checked_sub(1));
        }
        if let Some(record) = current.and_then(|at: usize| records.get_mut(at)) {
            record.original = record.original.take().or(made_from.map(|(_, address)| address));
            record.push(line);
        }
    }
    records
}

/// Whether a line quotes another mail. MDaemon puts `> ` before each address, and transcripts have `>>>`.
fn is_quoted(line: &str) -> bool {
    line.strip_prefix('>').is_some_and(|rest| !rest.starts_with(">>") && EmailAddress::parse(rest).is_err())
}

/// The addresses in a text, and where each begins.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = (usize, EmailAddress)> {
    let is_local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let is_domain = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    text.match_indices('@').take(MAX_RECIPIENTS * 2).filter_map(move |(at, _)| {
        let local = &text[..at];
        let start = local.len() - local.chars().rev().take(80).take_while(|&c| is_local(c)).map(char::len_utf8).sum::<usize>();
        let domain = &text[at + 1..];
        let end: usize = domain.chars().take(260).take_while(|&c| is_domain(c)).map(char::len_utf8).sum();
        let end = at + 1 + end;
        let found = text[start..end].trim_start_matches(['\'', '`', '*', '=', '/', '-', '.', '|', '{']);
        let address = EmailAddress::parse(found.trim_end_matches(['.', '-'])).ok()?;
        Some((end - found.len(), address))
    })
}

/// Whether a line is about the address that begins at this place: it leads the line, or stands behind a label.
fn is_about(line: &str, at: usize, address: &EmailAddress) -> bool {
    let before = line[..at].trim_matches(|c: char| c.is_whitespace() || "<\"'*-\u{2022}\u{b7}[(>:;=,`".contains(c)).to_lowercase();
    let last_word = before.rsplit(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
    let leads = before.is_empty() || ["rfc822", "smtp", "utf-8", "mailto", "to", "x-local"].contains(&before.as_str());
    let behind = line.get(at + address.as_str().len()..).unwrap_or_default();
    leads
        || line.to_ascii_lowercase().contains("rcpt to")
        || (before.len() <= 80 && signs("labels").contains(&last_word) && behind.trim_matches(|c: char| !c.is_alphanumeric()).len() <= 60)
}

/// Whether a line says what a server answered.
fn speaks(line: &str) -> bool {
    code::find(line).reply.is_some() || phrases::clear(&Plain::of(line)).is_some()
}

/// The first line with a code and the three below it: what a server answered, and not what a program says about it to people, who
/// are told every reason there might be.
pub(super) fn coded(text: &str) -> String {
    let has_code = |line: &&str| {
        let codes = code::find(line);
        codes.reply.is_some() || codes.status.is_some()
    };
    let lines = text.lines().skip_while(|line| !has_code(line)).take(4).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// The opening words of a text, for [`super::signs`].
pub(super) fn opening(lines: &[&str]) -> Plain {
    let lines: Vec<&str> = lines.iter().take(60).filter(|line| !line.starts_with("> ")).copied().collect();
    Plain::of(cut(&lines.join(" "), 4 * 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_whatever_stands_around_them() {
        let found = |text: &str| addresses(text).map(|(_, address)| address.to_string()).collect::<Vec<_>>();
        assert_eq!(
            found("<ada@mill.example>: 'ben@mill.example' (smtp:cy+news@mill.example)."),
            ["ada@mill.example", "ben@mill.example", "cy+news@mill.example"]
        );
        assert_eq!(found("at 10 @ noon, @home, a@b, ada@mill.example."), ["ada@mill.example"]);
    }

    #[test]
    fn a_summary_is_no_header() {
        assert!(!starts_header(&["Subject: May", "To: ada@mill.example", "Date: Monday"]));
        assert!(starts_header(&["Return-Path: <a@b.example>", "Subject: May", "To: ada@mill.example"]));
    }
}
