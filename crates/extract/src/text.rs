//! Plain text to documents: paragraphs end at empty lines, headings are underlined or stand alone in capitals, points begin with a bullet or a number.

use pulse_model::document::{Content, Document, Form, ListItem, Metadata};
use pulse_model::{Problem, ProblemKind};

use crate::Input;
use crate::html::{MOST_BYTES, decode};

/// A longer line in capitals is a notice rather than a heading.
const LONGEST_HEADING: usize = 90;

/// Reads a text file. Its title is its first heading, or a first line that stands alone.
pub fn read(input: &Input<'_>) -> Document {
    let (text, problems) = characters(input);
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{c}'], "\n");
    let mut blocks = Vec::new();
    for lines in text.split("\n\n").map(|part| part.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>()) {
        part(&lines, &mut blocks);
    }
    let title = match blocks.first() {
        Some((_, Content::Heading { text, .. })) => Some(text.clone()),
        Some((_, Content::Paragraph { text })) if text.chars().count() <= LONGEST_HEADING && !text.ends_with(['.', ':', ';', ',']) => Some(text.clone()),
        _ => None,
    };
    if title.is_some() {
        blocks.remove(0);
    }
    document(Form::Text, title.unwrap_or_default(), blocks, problems)
}

/// The characters of a file, within the limit.
pub(crate) fn characters(input: &Input<'_>) -> (String, Vec<Problem>) {
    let bytes = &input.bytes[..input.bytes.len().min(MOST_BYTES)];
    let (text, mut problems) = decode::decode(bytes, input.media_type);
    if bytes.len() < input.bytes.len() {
        problems.push(Problem::new(ProblemKind::TooLarge, format!("only the first {} MB are read", MOST_BYTES >> 20)));
    }
    (text, problems)
}

/// A document of blocks, its language told from its words.
pub(crate) fn document(form: Form, title: String, blocks: Vec<(Option<u32>, Content)>, mut problems: Vec<Problem>) -> Document {
    let words: Vec<String> = blocks.iter().take(40).flat_map(|(_, block)| block.lines()).collect();
    if blocks.is_empty() {
        problems.push(Problem::new(ProblemKind::NoText, "the file has no text"));
    }
    let metadata = Metadata {
        form,
        title: title.split_whitespace().collect::<Vec<_>>().join(" "),
        language: crate::language::told_from(&words.join(" ")),
        ..Metadata::default()
    };
    Document::new(metadata, blocks, None, problems)
}

/// One part of a text between empty lines.
fn part(lines: &[&str], blocks: &mut Vec<(Option<u32>, Content)>) {
    let (mut at, mut words, mut points) = (0, Vec::<&str>::new(), None::<(bool, Vec<ListItem>)>);
    while let Some(line) = lines.get(at) {
        let underline = lines.get(at + 1).and_then(|below| underline(below));
        if let Some(level) = underline.filter(|_| words.is_empty() && points.is_none()) {
            blocks.push((None, Content::Heading { level, text: (*line).into() }));
            at += 2;
            continue;
        }
        if let Some((ordered, depth, text)) = point(line) {
            flush(&mut words, &mut points, blocks, false);
            let (_, items) = points.get_or_insert_with(|| (ordered, Vec::new()));
            items.push(ListItem { depth, text: text.into() });
        } else if let Some(item) = points.as_mut().and_then(|(_, items)| items.last_mut()).filter(|_| line.starts_with([' ', '\t'])) {
            item.text.push(' ');
            item.text.push_str(line);
        } else {
            flush(&mut words, &mut points, blocks, true);
            words.push(line);
        }
        at += 1;
    }
    if let [line] = words.as_slice()
        && lines.len() == 1
        && is_in_capitals(line)
    {
        blocks.push((None, Content::Heading { level: 2, text: (*line).into() }));
        words.clear();
    }
    flush(&mut words, &mut points, blocks, false);
    flush(&mut words, &mut points, blocks, true);
}

/// Ends the list, or the paragraph, that is being gathered.
fn flush(words: &mut Vec<&str>, points: &mut Option<(bool, Vec<ListItem>)>, blocks: &mut Vec<(Option<u32>, Content)>, ends_list: bool) {
    if ends_list {
        if let Some((ordered, items)) = points.take() {
            blocks.push((None, Content::List { ordered, items }));
        }
    } else if !words.is_empty() {
        blocks.push((None, Content::Paragraph { text: std::mem::take(words).join(" ") }));
    }
}

/// The level that a line of `=` or `-` gives to the line above it.
fn underline(line: &str) -> Option<u8> {
    let line = line.trim();
    let is_of = |mark: char| line.len() >= 3 && line.chars().all(|c| c == mark);
    if is_of('=') { Some(1) } else { is_of('-').then_some(2) }
}

/// A point of a list: whether it is numbered, how deep it stands, its words.
fn point(line: &str) -> Option<(bool, u8, &str)> {
    let text = line.trim_start();
    let depth = u8::try_from((line.len() - text.len()) / 2).unwrap_or(u8::MAX).min(8);
    if let Some(rest) = ["- ", "* ", "• ", "– ", "o ", "▪ "].iter().find_map(|bullet| text.strip_prefix(bullet)) {
        return Some((false, depth, rest));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..)?.strip_prefix(['.', ')'])?;
    ((1..=3).contains(&digits) && rest.starts_with(' ')).then_some((true, depth, rest))
}

fn is_in_capitals(line: &str) -> bool {
    let letters = || line.chars().filter(|c| c.is_alphabetic());
    line.chars().count() <= LONGEST_HEADING && letters().count() >= 3 && letters().all(char::is_uppercase)
}
