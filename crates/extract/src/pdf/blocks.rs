//! Lines of the whole document to blocks: headings by their size, paragraphs, points of lists, notes.

use std::collections::HashMap;

use pulse_model::document::{Content, ListItem};

use super::marks::{self, Counting, Mark};
use super::order::Part;
use super::pieces::Piece;
use super::words::Words;

/// A page's parts in reading order.
pub(super) struct Page {
    pub(super) number: u32,
    pub(super) height: f32,
    pub(super) parts: Vec<Part>,
}

/// Longer than any heading, in words.
const HEADING_WORDS: usize = 30;

/// The blocks of all pages. Notes stand behind the text of their page.
pub(super) fn blocks(pages: &[Page]) -> Vec<(Option<u32>, Content)> {
    let type_area = Type::of(pages);
    let words = Words::of(pages.iter().flat_map(|page| &page.parts).flat_map(|part| match part {
        Part::Lines(lines) => lines.iter().map(|line| line.text.as_str()).collect(),
        Part::Table(_) => Vec::new(),
    }));
    let mut writer = Writer { type_area, words, blocks: Vec::new(), open: None, waiting: Vec::new() };
    for page in pages {
        let mut notes = Vec::new();
        for part in &page.parts {
            match part {
                Part::Table(rows) => {
                    writer.close();
                    let header_rows = usize::from(rows.len() > 1);
                    writer.blocks.push((Some(page.number), Content::Table { caption: String::new(), header_rows, rows: rows.clone() }));
                }
                Part::Lines(lines) => {
                    let (text, foot) = writer.type_area.part_notes(lines, page.height);
                    writer.column(text, page.number);
                    notes.extend(foot.iter().map(|line| (page.number, line.clone())));
                }
            }
        }
        writer.notes(&notes);
    }
    writer.close();
    writer.blocks
}

/// The sizes of a document's letters.
struct Type {
    body: f32,
    /// Most of the text is bold.
    is_bold: bool,
    /// The sizes of headings, the largest first.
    headings: Vec<f32>,
}

impl Type {
    fn of(pages: &[Page]) -> Self {
        let mut sizes: HashMap<i32, usize> = HashMap::new();
        let (mut bold, mut letters) = (0, 0);
        let lines = || pages.iter().flat_map(|page| &page.parts).filter_map(|part| if let Part::Lines(lines) = part { Some(lines) } else { None }).flatten();
        for line in lines() {
            *sizes.entry((line.size * 2.0).round() as i32).or_default() += line.text.len();
            letters += line.text.len();
            bold += if line.bold { line.text.len() } else { 0 };
        }
        let body = sizes.iter().max_by_key(|(size, count)| (**count, **size)).map_or(10.0, |(size, _)| *size as f32 / 2.0);
        // A size that a good part of the text has is not one of headings.
        let mut headings: Vec<f32> =
            sizes.iter().filter(|(_, count)| **count * 6 < letters).map(|(size, _)| *size as f32 / 2.0).filter(|size| *size > body * 1.12).collect();
        headings.sort_by(|a, b| b.total_cmp(a));
        headings.dedup_by(|smaller, larger| *larger - *smaller < 0.8);
        Self { body, is_bold: bold * 2 > letters, headings }
    }

    /// The level of a heading by its size; bold headings in the size of the text stand below all of those.
    fn level(&self, line: &Piece) -> Option<u8> {
        if !line.text.chars().any(char::is_alphabetic) || line.text.split(' ').count() > HEADING_WORDS {
            return None;
        }
        let level = |at: usize| u8::try_from(at + 1).unwrap_or(6).min(6);
        if line.size > self.body * 1.12 {
            return self.headings.iter().position(|size| line.size > size - 0.8).map(|at| level(at.min(3)));
        }
        (line.bold && !self.is_bold && line.size > self.body * 0.9).then(|| level(self.headings.len().min(4)))
    }

    /// Parts the notes at the foot of a column from its text.
    fn part_notes<'a>(&self, lines: &'a [Piece], height: f32) -> (&'a [Piece], &'a [Piece]) {
        let is_small = |line: &Piece| line.size < self.body * 0.93 && line.base > height * 0.4;
        let small = lines.iter().rev().take_while(|line| is_small(line)).count();
        let from = lines.len() - small;
        let foot = lines.get(from..).unwrap_or_default();
        let first = foot.iter().position(|line| marks::note(&line.text).is_some()).map_or(lines.len(), |at| from + at);
        lines.split_at(first)
    }
}

/// A block that more lines may belong to.
struct Open {
    page: u32,
    kind: Kind,
    text: String,
    /// The left edges of its points; and the last line.
    last: Piece,
    items: Vec<(f32, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Heading(u8),
    Paragraph,
    Points,
    Counted(Counting, u32),
}

struct Writer {
    type_area: Type,
    words: Words,
    blocks: Vec<(Option<u32>, Content)>,
    open: Option<Open>,
    /// Notes of pages whose last paragraph may go on.
    waiting: Vec<(Option<u32>, Content)>,
}

impl Writer {
    /// The lines of a column.
    fn column(&mut self, lines: &[Piece], page: u32) {
        let leading = leading(lines);
        let left = lines.iter().map(|line| line.left).fold(f32::MAX, f32::min);
        let right = lines.iter().map(|line| line.right).fold(0.0, f32::max);
        // The smaller of the steps before and behind the one above a line: text with wide lines has none that is wider.
        let between = |at: usize| Some(lines.get(at)?.base - lines.get(at.checked_sub(1)?)?.base).filter(|step| *step > 0.0);
        let step = |at: usize| [at.checked_sub(1).and_then(between), between(at + 1)].into_iter().flatten().reduce(f32::min).unwrap_or(leading);
        let mut above: Option<&Piece> = None;
        for (at, line) in lines.iter().enumerate() {
            let begins = match above {
                None => Begin::Column,
                Some(above) => {
                    let gap = line.base - above.base;
                    let is_short_above = above.right < right - 0.25 * (right - left);
                    let is_wide = |usual: f32| gap > usual * 1.3 + 1.0;
                    let is_far = gap < 0.0 || is_wide(step(at)) || (is_short_above && is_wide(leading)) || gap > 2.7 * line.size.max(above.size);
                    // Under a number that hangs out, the words are no new paragraph.
                    let hangs = above.text.split(' ').next().is_some_and(marks::is_lone_mark);
                    let is_indented = !hangs && line.left > left + line.size && line.left < left + 4.0 * line.size && (above.left - left).abs() < 2.0;
                    let is_short = above.right < right - 0.25 * (right - left) && above.text.ends_with(['.', ':', '?', '!']);
                    let narrow = if line.bold { line } else { above };
                    let is_bold_alone = line.bold != above.bold && narrow.right < right - 0.2 * (right - left);
                    let is_other = (line.size - above.size).abs() > (0.09 * line.size).max(0.7) || is_bold_alone;
                    if is_far || is_other {
                        Begin::Block
                    } else if is_indented || is_short {
                        Begin::Paragraph
                    } else {
                        Begin::Nothing
                    }
                }
            };
            let next = lines.get(at + 1);
            self.line(line, begins, page, next);
            above = Some(line);
        }
    }

    fn line(&mut self, line: &Piece, begins: Begin, page: u32, next: Option<&Piece>) {
        if let Some(text) = marks::contents_line(&line.text) {
            // A line of a table of contents ends what it belongs to.
            self.running(&Piece { text, ..line.clone() }, begins, page);
            self.close();
            return;
        }
        if let Some(level) = self.heading(line, begins, next) {
            match &mut self.open {
                Some(open) if open.kind == Kind::Heading(level) && begins != Begin::Column && line.base - open.last.base < 1.9 * line.size => {
                    open.text = self.words.join(&open.text, &line.text);
                    open.last = line.clone();
                }
                _ => self.begin(Kind::Heading(level), line, line.text.clone(), page),
            }
            return;
        }
        if let Some((mark, words)) = marks::mark(&line.text) {
            let kind = self.open.as_ref().map(|open| open.kind);
            match (mark, kind) {
                (Mark::Bullet, Some(Kind::Points)) => return self.point(line, words),
                (Mark::Bullet, _) => return self.begin(Kind::Points, line, words.to_owned(), page),
                (Mark::Counted(ways), Some(Kind::Counted(counting, last))) if ways.contains(&(counting, last + 1)) => {
                    if let Some(open) = &mut self.open {
                        open.kind = Kind::Counted(counting, last + 1);
                    }
                    return self.point(line, words);
                }
                // Only what counts from one is a list: other numbers would be lost.
                (Mark::Counted(ways), _) if begins != Begin::Nothing => {
                    if let Some((counting, _)) = ways.iter().rev().find(|(_, number)| *number == 1) {
                        return self.begin(Kind::Counted(*counting, 1), line, words.to_owned(), page);
                    }
                    return self.begin(Kind::Paragraph, line, line.text.clone(), page);
                }
                _ => {}
            }
        }
        self.running(line, begins, page);
    }

    fn heading(&self, line: &Piece, begins: Begin, next: Option<&Piece>) -> Option<u8> {
        let level = self.type_area.level(line)?;
        let is_larger = line.size > self.type_area.body * 1.12;
        let goes_on = self.open.as_ref().is_some_and(|open| open.kind == Kind::Heading(level));
        // Bold words of the text's own size are a heading only where they stand alone.
        let stands_alone = (begins == Begin::Block || begins == Begin::Column || goes_on)
            && next.is_some_and(|next| next.base > line.base)
            && !line.text.ends_with([',', ';'])
            && line.text.split(' ').count() <= 16
            && !matches!(marks::mark(&line.text), Some((Mark::Bullet, _)));
        (is_larger || stands_alone).then_some(level)
    }

    /// A line without a mark.
    fn running(&mut self, line: &Piece, begins: Begin, page: u32) {
        let goes_on = self.open.as_ref().is_some_and(|open| {
            let is_unfinished = !open.text.ends_with(['.', ':', '?', '!', ';']) && !matches!(open.kind, Kind::Heading(_));
            let begins_small = line.text.starts_with(|letter: char| letter.is_lowercase() || letter == '(');
            let is_alike = (line.size - open.last.size).abs() < (0.09 * line.size).max(0.7);
            match begins {
                Begin::Column | Begin::Block if begins == Begin::Column => is_unfinished && is_alike && (begins_small || open.text.ends_with(['-', ','])),
                Begin::Nothing => !matches!(open.kind, Kind::Heading(_)),
                // A point goes on under its words.
                Begin::Paragraph => matches!(open.kind, Kind::Points | Kind::Counted(..)) && line.left > open.items.last().map_or(0.0, |item| item.0) + 2.0,
                _ => false,
            }
        });
        match &mut self.open {
            Some(open) if goes_on => {
                let text = open.items.last_mut().map_or(&mut open.text, |item| &mut item.1);
                *text = self.words.join(text, &line.text);
                open.last = line.clone();
            }
            _ => self.begin(Kind::Paragraph, line, line.text.clone(), page),
        }
    }

    fn begin(&mut self, kind: Kind, line: &Piece, text: String, page: u32) {
        self.close();
        let is_list = matches!(kind, Kind::Points | Kind::Counted(..));
        let (text, items) = if is_list { (String::new(), vec![(line.left, text)]) } else { (text, Vec::new()) };
        self.open = Some(Open { page, kind, text, last: line.clone(), items });
    }

    fn point(&mut self, line: &Piece, words: &str) {
        if let Some(open) = &mut self.open {
            // Points of the next column stand as deep as those of this one.
            let left = open.items.last().map_or(line.left, |item| if (item.0 - line.left).abs() > 72.0 { item.0 } else { line.left });
            open.items.push((left, words.to_owned()));
            open.last = line.clone();
        }
    }

    fn close(&mut self) {
        let content = self.open.take().map(|Open { page, kind, text, items, .. }| {
            let content = match kind {
                Kind::Heading(level) => Content::Heading { level, text },
                Kind::Paragraph => Content::Paragraph { text },
                Kind::Points => Content::List { ordered: false, items: depths(items) },
                Kind::Counted(..) => Content::List { ordered: true, items: depths(items) },
            };
            (Some(page), content)
        });
        self.blocks.extend(content);
        self.blocks.append(&mut self.waiting);
    }

    fn notes(&mut self, lines: &[(u32, Piece)]) {
        let mut notes: Vec<(u32, String, String)> = Vec::new();
        for (page, line) in lines {
            match (marks::note(&line.text), notes.last_mut()) {
                (Some((mark, words)), _) => notes.push((*page, mark, words.to_owned())),
                (None, Some(note)) => note.2 = self.words.join(&note.2, &line.text),
                (None, None) => {}
            }
        }
        self.waiting.extend(notes.into_iter().map(|(page, mark, text)| (Some(page), Content::Footnote { mark, text })));
        if self.open.is_none() {
            self.close();
        }
    }
}

/// What a line begins, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    Column,
    Block,
    Paragraph,
    Nothing,
}

/// The usual step from one line to the next.
fn leading(lines: &[Piece]) -> f32 {
    let mut steps: Vec<f32> = lines.iter().zip(lines.iter().skip(1)).map(|(a, b)| b.base - a.base).filter(|step| *step > 1.0).collect();
    steps.sort_by(f32::total_cmp);
    let size = lines.first().map_or(10.0, |line| line.size);
    steps.get(steps.len() / 3).copied().unwrap_or(size * 1.25).clamp(size * 0.9, size * 2.2)
}

/// Points to the right of others lie deeper.
fn depths(items: Vec<(f32, String)>) -> Vec<ListItem> {
    let mut edges: Vec<f32> = items.iter().map(|item| item.0).collect();
    edges.sort_by(f32::total_cmp);
    edges.dedup_by(|a, b| *a - *b < 6.0);
    let depth = |left: f32| u8::try_from(edges.iter().rposition(|edge| *edge <= left).unwrap_or(0)).unwrap_or(u8::MAX);
    items.into_iter().map(|(left, text)| ListItem { depth: depth(left), text }).collect()
}
