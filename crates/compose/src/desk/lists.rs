//! Points of one list that end differently.
//!
//! Ways to end a list that are all right: every point with a full stop; none with one; none but the last; semicolons or commas and a
//! full stop at the last. Points with a list of their own end as they like.

use pulse_model::{Block, Blocks};

use super::copy::{Copy, Line};
use super::query::{Part, Query, Section};
use super::rule::Rule;

/// How a point ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// With a full stop or another mark that ends a sentence.
    Stop,
    Semicolon,
    Comma,
    Nothing,
}

/// The points of a list that have no list of their own, with their ends.
struct Points<'c, 'a>(Vec<(&'c Line<'a>, End)>);

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let letter = &copy.edition.letter;
    let sections = [
        (Section::Welcome, &letter.welcome),
        (Section::Highlights, &letter.highlights),
        (Section::CallForContact, &letter.call_for_contact),
        (Section::Notices, &letter.notices),
    ];
    let parts = sections.into_iter().map(|(section, blocks)| (Part::Letter { section }, blocks));
    let news = copy.edition.news.iter().zip(1..).map(|(item, number)| (Part::News { number }, &item.body));
    let entries = copy.entries.iter().map(|item| (item.part.clone(), &item.entry.summary));
    let mut lists = Vec::new();
    for (part, blocks) in parts.chain(news).chain(entries) {
        let lines: Vec<&Line<'_>> = copy.texts_of(&part).collect();
        walk(blocks, &lines, &mut 0, &mut lists);
    }
    // A full stop at the last of points without any is one of two styles; where the digest has the other, it is a slip.
    let bare = lists.iter().filter(|list| list.is_bare(End::Nothing)).count();
    let stopped = lists.iter().filter(|list| list.is_bare(End::Stop)).count();
    let stops_bare = bare < 3 || bare < stopped * 3;
    lists.iter().flat_map(|list| list.ask(stops_bare)).collect()
}

fn walk<'c, 'a>(blocks: &Blocks, lines: &[&'c Line<'a>], text: &mut usize, lists: &mut Vec<Points<'c, 'a>>) {
    for block in blocks {
        match block {
            Block::Paragraph { .. } => *text += 1,
            Block::List(list) => {
                let mut points = Vec::new();
                for item in &list.items {
                    if item.blocks.is_empty() {
                        points.extend(lines.get(*text).map(|line| (*line, end(&line.plain))));
                    }
                    *text += 1;
                    walk(&item.blocks, lines, text, lists);
                }
                lists.push(Points(points));
            }
        }
    }
}

impl Points<'_, '_> {
    /// Whether all points but the last have no mark, and the last ends like this.
    fn is_bare(&self, last: End) -> bool {
        matches!(self.0.split_last(), Some(((_, end), others)) if *end == last && others.len() >= 2 && others.iter().all(|(_, end)| *end == End::Nothing))
    }

    fn ask(&self, stops_bare: bool) -> Vec<Query> {
        let Some(((last, last_end), others)) = self.0.split_last() else { return Vec::new() };
        let count = |wanted: End| others.iter().filter(|(_, end)| *end == wanted).count();
        let first = others.first().map(|(_, end)| *end);
        // The commonest; of two as common, the one that the last has too, or else the one that comes first.
        let as_last = |end: End| others.len() > 1 && end == *last_end;
        let Some(usual) = [End::Stop, End::Semicolon, End::Comma, End::Nothing].into_iter().max_by_key(|end| (count(*end), as_last(*end), first == Some(*end)))
        else {
            return Vec::new();
        };
        if others.is_empty() {
            return Vec::new();
        }
        let mut queries: Vec<Query> = others.iter().filter(|(_, end)| *end != usual).map(|(line, end)| query(line, *end, usual)).collect();
        let wanted = if usual == End::Nothing { End::Nothing } else { End::Stop };
        let is_stopped = usual == End::Nothing && *last_end == End::Stop && stops_bare && others.len() >= 2;
        if *last_end != wanted && !is_stopped {
            queries.push(query(last, *last_end, wanted));
        }
        queries
    }
}

fn query(line: &Line<'_>, end: End, usual: End) -> Query {
    let name = |end: End| match end {
        End::Stop => "with a full stop",
        End::Semicolon => "with a semicolon",
        End::Comma => "with a comma",
        End::Nothing => "without a mark",
    };
    let message = format!("This point ends {}, where the list's others make it one {}. End them alike.", name(end), name(usual));
    let length = line.plain.len();
    let whole = line.plain.as_str();
    let mark = |end: End| match end {
        End::Stop => ".",
        End::Semicolon => ";",
        End::Comma => ",",
        End::Nothing => "",
    };
    // "Money; and" stays: whoever takes its mark away must look at the word.
    let unmarked = whole.strip_suffix(mark(end)).filter(|text| before_joint(text).is_none());
    let stripped = unmarked.unwrap_or(whole);
    // A question keeps its mark, a quotation its end; sentences keep their stops.
    let is_plain =
        unmarked.is_some() && stripped.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '%')) && (usual == End::Stop || !stripped.contains(". "));
    let last_word = stripped.char_indices().next_back().map_or(0, |(at, _)| at);
    match is_plain {
        true => line.fixable(Rule::LIST_ENDINGS, last_word..length, format!("{}{}", &stripped[last_word..], mark(usual)), message),
        false => line.query(Rule::LIST_ENDINGS, last_word.min(length)..length, message),
    }
}

fn end(plain: &str) -> End {
    let text = plain.trim_end_matches(['\'', '"', '\u{2019}', '\u{201d}', ' ']);
    // "…; and" at the end of the last point but one.
    let text = before_joint(text).filter(|text| text.ends_with([';', ','])).unwrap_or(text);
    let inner = text.trim_end_matches(')');
    match text.chars().next_back() {
        Some('.' | '?' | '!' | '\u{2026}') => End::Stop,
        Some(')') if inner.ends_with('.') => End::Stop,
        Some(';') => End::Semicolon,
        Some(',') => End::Comma,
        _ => End::Nothing,
    }
}

/// What stands before the "and" or "or" that ends a text.
fn before_joint(text: &str) -> Option<&str> {
    [" and", " or"].iter().find_map(|word| text.strip_suffix(word))
}
