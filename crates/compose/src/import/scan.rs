//! Lines to pieces: Markdown, the noisy Markdown of a PDF conversion, or plain lines.
//!
//! Takes characters; returns a piece for each line that says something, and notes the others in the ledger (rules,
//! comments, pictures). Nothing is joined here: whether two lines are one paragraph is decided in [`super::mend`].

use super::ledger::Ledger;
use super::piece::{Mark, Piece, References};

/// What a file's lines say.
pub(super) struct Scanned {
    pub(super) pieces: Vec<Piece>,
    /// `Key: value` lines at the very top.
    pub(super) front: Vec<(String, String)>,
    pub(super) references: References,
}

/// How many blank lines a page break counts for.
const PAGE_BREAK_GAP: u32 = 3;

pub(super) fn scan(text: &str, ledger: &mut Ledger) -> Scanned {
    let mut scanner = Scanner {
        ledger,
        scanned: Scanned { pieces: Vec::new(), front: Vec::new(), references: References::new() },
        gap: 0,
        in_comment: false,
        fence: None,
        pending: None,
    };
    let start = scanner.front_matter(text);
    for (at, line) in text.lines().enumerate().skip(start) {
        scanner.line(u32::try_from(at + 1).unwrap_or(u32::MAX), line);
    }
    scanner.drop_pending();
    let mut scanned = scanner.scanned;
    for piece in &mut scanned.pieces {
        piece.read(&scanned.references);
    }
    // A line of nothing but markup or taken-out characters has no words to place.
    scanned.pieces.retain(|piece| {
        if piece.text.is_empty() {
            ledger.set_aside(&piece.lines, "markup without words");
        }
        !piece.text.is_empty()
    });
    scanned
}

struct Scanner<'a> {
    ledger: &'a mut Ledger,
    scanned: Scanned,
    gap: u32,
    in_comment: bool,
    /// The marks that end the code block we are in.
    fence: Option<String>,
    /// A bullet that stood alone on its line: its words follow.
    pending: Option<(u32, Mark, usize, u32)>,
}

impl Scanner<'_> {
    /// Reads `Key: value` lines at the top, with or without `---` around them. Returns how many lines they took.
    fn front_matter(&mut self, text: &str) -> usize {
        let fenced = text.lines().next().is_some_and(|line| line.trim_start_matches('\u{feff}').trim() == "---");
        let lines = text.lines().skip(usize::from(fenced));
        let rows: Vec<_> = lines.take_while(|line| front_row(line).is_some()).collect();
        let has_date = rows.iter().any(|row| row.to_lowercase().starts_with("date:"));
        if !has_date || (!fenced && rows.len() < 2) {
            return 0;
        }
        self.scanned.front = rows.iter().filter_map(|row| front_row(row)).map(|(key, value)| (key.to_lowercase(), value.to_owned())).collect();
        let taken = rows.len() + 2 * usize::from(fenced);
        let numbers: Vec<u32> = (1..).take(taken).collect();
        self.ledger.place(&numbers, "edition, front matter");
        taken
    }

    fn line(&mut self, number: u32, line: &str) {
        let trimmed = line.trim();
        if self.in_comment || trimmed.starts_with("<!--") {
            self.in_comment = !trimmed.contains("-->");
            return self.ledger.set_aside(&[number], "a comment");
        }
        if let Some(fence) = &self.fence {
            if trimmed.starts_with(fence.as_str()) {
                self.fence = None;
                return self.ledger.set_aside(&[number], "the mark of a code block");
            }
            return self.push(number, Mark::Plain, 0, &as_code(line));
        }
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            self.fence = Some(trimmed[..3].to_owned());
            return self.ledger.set_aside(&[number], "the mark of a code block");
        }
        if trimmed.is_empty() || trimmed.chars().all(is_filler) {
            self.gap += if line.contains('\u{c}') { PAGE_BREAK_GAP } else { 1 };
            return self.ledger.set_aside(&[number], "only white space");
        }
        if line.starts_with('\u{c}') {
            self.gap += PAGE_BREAK_GAP;
        }
        if let Some(reason) = furniture(trimmed) {
            self.gap += 1;
            return self.ledger.set_aside(&[number], reason);
        }
        if let Some((label, target)) = reference(trimmed) {
            self.scanned.references.entry(label).or_insert(target);
            return self.ledger.place(&[number], "target of a link");
        }
        let (mark, indent, rest) = split_mark(line);
        if rest.is_empty() && mark != Mark::Plain {
            self.drop_pending();
            self.pending = Some((number, mark, indent, self.gap));
            return;
        }
        self.push(number, mark, indent, rest);
    }

    fn drop_pending(&mut self) {
        if let Some((line, ..)) = self.pending.take() {
            self.ledger.set_aside(&[line], "a list mark without words");
        }
    }

    fn push(&mut self, number: u32, mark: Mark, indent: usize, rest: &str) {
        let mut piece = Piece::new(number, mark, indent, self.gap, rest);
        if piece.mark != Mark::Plain {
            self.drop_pending();
        } else if let Some((line, mark, indent, gap)) = self.pending.take() {
            (piece.mark, piece.indent, piece.gap) = (mark, indent, gap);
            piece.lines.insert(0, line);
        }
        self.scanned.pieces.push(piece);
        self.gap = 0;
    }
}

fn front_row(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim_start_matches('\u{feff}').split_once(':')?;
    let is_key = (2..=20).contains(&key.len()) && key.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == '-');
    is_key.then_some((key, value.trim()))
}

/// Characters that make a line look filled and say nothing.
fn is_filler(c: char) -> bool {
    c.is_whitespace() || pulse_model::text::is_forbidden(c) || c == '\u{ad}'
}

/// Lines that shape the page and have no words.
fn furniture(line: &str) -> Option<&'static str> {
    let only = |marks: &str| line.chars().all(|c| marks.contains(c) || c.is_whitespace());
    let marks = line.chars().filter(|c| !c.is_whitespace()).count();
    if marks >= 3 && (only("-") || only("*") || only("_") || only("=") || only("\u{2014}\u{2013}\u{2500}")) {
        return Some("a rule");
    }
    if line.starts_with('|') && only("|:-") {
        return Some("the rule of a table");
    }
    let is_picture = line.starts_with("![") && line.ends_with(')') && line.matches("](").count() == 1;
    is_picture.then_some("a picture")
}

/// `[label]: target`, but no footnote.
fn reference(line: &str) -> Option<(String, String)> {
    let (label, rest) = line.strip_prefix('[')?.split_once("]:")?;
    let target = rest.split_whitespace().next()?.trim_start_matches('<').trim_end_matches('>');
    (!label.starts_with('^') && !label.is_empty()).then(|| (label.to_lowercase(), target.to_owned()))
}

fn as_code(line: &str) -> String {
    let line = line.trim();
    if line.is_empty() || line.contains('`') { pulse_model::markdown::write_text(&pulse_model::Text::from_plain(line)) } else { format!("`{line}`") }
}

/// Splits a line into its mark, the columns before it, and its words.
pub(super) fn split_mark(line: &str) -> (Mark, usize, &str) {
    let mut rest = line.trim_end();
    let mut indent = 0;
    let mut quoted = false;
    loop {
        let unquoted = rest.trim_start();
        indent += columns(&rest[..rest.len() - unquoted.len()]);
        match unquoted.strip_prefix('>') {
            // A quotation mark of Markdown; its words are what counts.
            Some(inner) if inner.is_empty() || inner.starts_with([' ', '>', '*', '-']) => {
                rest = inner;
                quoted = true;
            }
            _ => {
                rest = unquoted;
                break;
            }
        }
    }
    if let Some(found) = heading(rest) {
        // A heading inside a quotation is somebody else's.
        return (if quoted { Mark::Plain } else { Mark::Heading(found.0) }, indent, found.1);
    }
    let mut mark = Mark::Plain;
    while let Some((found, inner)) = item_mark(rest) {
        // "- • words": a conversion wrote the bullet twice, and the one of the page tells the level.
        mark = found;
        rest = inner;
    }
    if rest.starts_with('|') && rest.ends_with('|') && rest.len() > 2 {
        rest = rest.trim_matches('|').trim();
    }
    (mark, indent, rest)
}

fn columns(space: &str) -> usize {
    space.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let level = line.bytes().take_while(|&byte| byte == b'#').count();
    let rest = &line[level..];
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let rest = rest.trim();
    let closed = rest.trim_end_matches('#');
    let rest = if closed.ends_with(' ') { closed.trim_end() } else { rest };
    Some((u8::try_from(level).unwrap_or(6), rest))
}

/// Bullets of word processors and of the symbol fonts that conversions leave, besides Markdown's.
const BULLETS: &[char] = &[
    '-', '*', '+', '•', '‣', '◦', '▪', '▫', '■', '□', '●', '○', '·', '∙', '⁃', '–', '—', '►', '▶', '➢', '➤', '❖', '✓', '✔', '\u{f0b7}', '\u{f0a7}', '\u{f0d8}',
    '\u{f0fc}', '\u{f06f}', '\u{2043}', '\u{27a2}',
];

fn item_mark(line: &str) -> Option<(Mark, &str)> {
    let first = line.chars().next()?;
    let rest = &line[first.len_utf8()..];
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\u{a0}']);
    // Bullets that are no punctuation need no space behind them.
    let unmistakable = !matches!(first, '-' | '*' | '+' | '–' | '—' | '·');
    if BULLETS.contains(&first) && (ends || unmistakable) {
        return Some((Mark::Bullet(first), rest.trim_start_matches([' ', '\t', '\u{a0}'])));
    }
    // A word processor's second-level bullet, out of its font.
    if first == 'o' && rest.starts_with([' ', '\t', '\u{a0}']) && rest.trim_start().starts_with(char::is_alphanumeric) {
        return Some((Mark::Bullet('o'), rest.trim_start()));
    }
    numbered(line)
}

/// `1.`, `12)`, `(3)`, `a)`, `(iv)`.
fn numbered(line: &str) -> Option<(Mark, &str)> {
    let (open, inner) = match line.strip_prefix('(') {
        Some(inner) => (true, inner),
        None => (false, line),
    };
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (label, rest) = inner.split_at(end);
    let close = rest.chars().next()?;
    let after = &rest[close.len_utf8()..];
    if !(after.is_empty() || after.starts_with([' ', '\t', '\u{a0}'])) || !(close == ')' || (close == '.' && !open)) {
        return None;
    }
    let is_digits = label.len() <= 3 && label.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter =
        close == ')' && (label.len() == 1 || label.bytes().all(|byte| b"ivx".contains(&byte))) && label.bytes().all(|byte| byte.is_ascii_lowercase());
    match (is_digits, is_letter) {
        (true, _) if !label.is_empty() => Some((Mark::Number(label.parse().ok()?), after.trim_start())),
        (_, true) if !label.is_empty() => {
            let letter = label.bytes().next()?;
            Some((Mark::Number(u32::from(letter - b'a') + 1), after.trim_start()))
        }
        _ => None,
    }
}
