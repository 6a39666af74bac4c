//! Plain text of a message to blocks.

use super::html::cut;
use super::layout::{Block, MAX_BLOCKS, Mention, SIGNATURE};
use super::words::last_sentence;

/// The most of a part that is read, in bytes.
const MAX_TEXT_BYTES: usize = 1 << 20;
/// Lines up to here may have been broken by a mail program; longer ones show that it breaks none.
const MAX_WRAPPED_CHARS: usize = 100;
/// Mail programs break no line that is shorter.
const MIN_WRAPPED_CHARS: usize = 55;
/// The most words before an address that are taken for its own.
const MAX_WORDS_CHARS: usize = 150;

/// The blocks of a text: paragraphs put together again, and lines that stand by themselves.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = cut(text, MAX_TEXT_BYTES).lines().map(|line| line.trim_start_matches(['>', '|', ' ', '\t']).trim_end()).collect();
    let longest = lines.iter().filter(|line| !line.contains("://")).map(|line| line.chars().count()).max().unwrap_or_default();
    let width = if longest > MAX_WRAPPED_CHARS { 0 } else { longest.max(MIN_WRAPPED_CHARS) };
    let mut blocks: Vec<Block> = Vec::new();
    let mut before = "";
    for line in lines {
        if blocks.len() >= MAX_BLOCKS {
            break;
        }
        if is_rule(line) {
            if let Some(block) = blocks.last_mut().filter(|_| !before.is_empty()) {
                block.is_heading = true;
            }
        } else if line == SIGNATURE {
            blocks.push(Block { text: line.to_owned(), ..Block::default() });
        } else if !line.is_empty() {
            let goes_on = !before.is_empty() && !is_rule(before) && before != SIGNATURE && goes_on(before, line, width);
            let block = match blocks.last_mut().filter(|_| goes_on) {
                Some(block) => block,
                None => {
                    blocks.push(Block::default());
                    let Some(block) = blocks.last_mut() else { break };
                    block
                }
            };
            if !block.text.is_empty() {
                block.push(" ");
            }
            add_line(block, line);
        }
        before = line;
    }
    for block in &mut blocks {
        block.is_heading |= is_loud(&block.text);
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// A line under a heading, or between two things.
fn is_rule(line: &str) -> bool {
    line.chars().count() >= 3 && line.chars().all(|c| matches!(c, '=' | '-' | '_' | '*' | '~' | '#' | '\u{2500}'..='\u{257f}' | '\u{2013}' | '\u{2014}'))
}

/// Whether a line goes on with the sentence of the one before: a mail program broke it where the next word no longer fitted.
fn goes_on(before: &str, line: &str, width: usize) -> bool {
    let first = line.split(' ').next().unwrap_or_default();
    let starts_anew = first.contains("://")
        || matches!(first, "*" | "-" | "+" | "\u{2022}" | "\u{b7}" | "#" | "##" | "###")
        || first.strip_suffix(['.', ')']).is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        || first.strip_suffix(':').is_some_and(|name| name.len() >= 2 && name.starts_with(|c: char| c.is_uppercase()));
    !starts_anew && before.chars().count() + 1 + first.chars().count() > width && width > 0
}

/// Whether everything in it is in capitals.
fn is_loud(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() >= 4 && letters.clone().all(|c| !c.is_lowercase()) && text.len() <= 150
}

/// Adds a line, with its addresses as links and not as text.
fn add_line(block: &mut Block, line: &str) {
    let line = line.trim_start_matches(['*', '-', '+', '\u{2022}', '\u{b7}']).trim_start();
    let line = if line.starts_with('#') {
        block.is_heading = true;
        line.trim_start_matches('#').trim_start()
    } else {
        line
    };
    let mut from = 0;
    while let Some((start, end)) = next_address(line, from) {
        let before = &line[from..start];
        let href = line[start..end].to_owned();
        // [words](address), as in Markdown
        let words = before.strip_suffix("](").and_then(|before| before.rfind('[').map(|at| (&before[..at], &before[at + 1..])));
        if let Some((before, words)) = words {
            block.push(before);
            let start = block.text.len();
            block.push(words);
            block.mentions.push(Mention { href, start, end: block.text.len(), alt: String::new() });
            from = end + usize::from(line[end..].starts_with(')'));
            continue;
        }
        let opens = before.ends_with(['<', '(', '[']);
        let before = before.trim_end_matches(['<', '(', '[', ' ', ':', '\u{2013}', '\u{2014}', '-']);
        let last = block.mentions.last().map_or(0, |mention| mention.end);
        block.push(before);
        let words_start = last + block.text[last..].len() - block.text[last..].trim_start_matches([' ', '.', ',', ';', '>', ')', ']']).len();
        let words_start = block.text.len() - last_sentence(&block.text[words_start..]).len();
        let is_short = block.text[words_start..].chars().count() <= MAX_WORDS_CHARS;
        let end_of_text = block.text.len();
        let start = if is_short { words_start } else { end_of_text };
        block.mentions.push(Mention { href, start, end: end_of_text, alt: String::new() });
        from = end + usize::from(opens && line[end..].starts_with(['>', ')', ']']));
    }
    block.push(&line[from..]);
}

/// Where the next address begins and ends, in bytes.
fn next_address(line: &str, from: usize) -> Option<(usize, usize)> {
    let rest = line.get(from..)?;
    rest.match_indices("://").find_map(|(colon, _)| {
        let before = rest.as_bytes().get(..colon)?;
        let scheme = ["https", "http"]
            .iter()
            .find(|scheme| before.len() >= scheme.len() && before[before.len() - scheme.len()..].eq_ignore_ascii_case(scheme.as_bytes()))?;
        let start = from + colon - scheme.len();
        let length = address_length(&line[start..]);
        (length > scheme.len() + "://".len()).then_some((start, start + length))
    })
}

/// How far an address goes, in bytes, without the punctuation of the sentence it stands in.
fn address_length(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\u{201c}' | '\u{201d}')).unwrap_or(text.len());
    let mut address = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '|', '\u{2026}', '\u{2019}']);
    for (opening, closing) in [('(', ')'), ('[', ']')] {
        if let Some(at) = unbalanced(address, opening, closing) {
            address = &address[..at];
        }
    }
    address.len()
}

/// Where the first bracket closes that was not opened.
fn unbalanced(text: &str, opening: char, closing: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == opening {
            depth += 1;
        } else if c == closing {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            }
        }
    }
    None
}
