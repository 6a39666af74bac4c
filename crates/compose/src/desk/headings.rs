//! The shape of headings: `Publisher. Title.`, in sentences as the digest writes them.

use std::sync::LazyLock;

use pulse_model::ProblemKind;
use pulse_model::name::fold;
use pulse_model::publisher::split_abbreviation;
use regex::Regex;

use super::copy::{Copy, Item, Line, about};
use super::query::{Part, Query, Within};
use super::rule::Rule;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    // A digest of links prints no publishers; a digest of software has titles that begin small.
    let nameless = copy.entries.iter().filter(|item| item.entry.publishers.is_empty()).count();
    let prints_publishers = nameless * 2 <= copy.entries.len().max(2);
    for item in &copy.entries {
        queries.extend(parts(item, prints_publishers));
        queries.extend(swallowed(item).filter(|_| prints_publishers));
    }
    let small = copy.entries.iter().filter(|item| item.entry.title.starts_with(char::is_lowercase)).count();
    let begins_large = small * 5 <= copy.entries.len() + 5;
    let titles = |wanted: fn(&str) -> bool| {
        copy.lines.iter().filter(|line| line.within == Within::Title).filter(|line| wanted(&line.plain)).count()
            + copy.known.archive.iter().flat_map(|edition| edition.entries()).filter(|entry| wanted(&entry.title)).count()
    };
    // Titles keep their publishers' capitals in some digests and not in others.
    let (in_capitals, in_sentences) = (titles(is_title_case), titles(is_sentence_case));
    let writes_sentences = in_sentences >= 8 && in_capitals * 4 <= in_sentences;
    for line in &copy.lines {
        match line.within {
            Within::Publisher(_) => queries.extend(publisher(line)),
            Within::Title => {
                queries.extend(shape(line, begins_large));
                queries.extend(repeats_publisher(copy, line));
                queries.extend(wrapping(line));
                if writes_sentences && matches!(line.part, Part::Entry { .. }) && is_title_case(&line.plain) {
                    queries.push(line.query(
                        Rule::HEADING,
                        0..line.plain.len(),
                        "The title has a capital on every word; the digest writes titles as sentences. Keep the capitals of names only.",
                    ));
                }
            }
            _ => {}
        }
    }
    queries
}

fn parts(item: &Item<'_>, prints_publishers: bool) -> Option<Query> {
    let entry = item.entry;
    if entry.title.trim().is_empty() {
        return Some(about(&item.part, Rule::HEADING, &entry.heading(), "The entry has no title. Write one."));
    }
    let nobody = entry.publishers.iter().all(|name| name.trim().is_empty());
    (nobody && prints_publishers).then(|| about(&item.part, Rule::HEADING, &entry.heading(), "The entry has no publisher. Say whose publication it is."))
}

/// Behind an entry with its publisher, a heading that names none was taken for a paragraph of it when the file was read.
fn swallowed(item: &Item<'_>) -> Option<Query> {
    let problem = item.entry.problems.iter().find(|problem| problem.kind == ProblemKind::NoPublisher && !item.entry.publishers.is_empty())?;
    let line = problem.line.map(|line| format!(" on line {line} of the file")).unwrap_or_default();
    let message = format!("A heading{line} names no publisher, and was read as a paragraph of this entry. Write it as \u{201c}Publisher. Title.\u{201d}");
    Some(about(&item.part, Rule::HEADING, &item.entry.heading(), message))
}

fn publisher(line: &Line<'_>) -> Option<Query> {
    if is_shouted(&line.plain) {
        return Some(line.query(Rule::HEADING, 0..line.plain.len(), "The publisher is in capitals. Write the name as its owner does."));
    }
    let name = line.plain.trim_end();
    // "Harbour Ltd." before the heading's own stop would end in two.
    let bare = name.trim_end_matches(['.', ',', ':', ';', ' ']);
    (bare.len() < name.len() && !bare.is_empty())
        .then(|| {
            line.fixable(Rule::HEADING, bare.len()..line.plain.len(), "", "The heading puts a stop behind the publisher itself; this would be a second mark.")
        })
        .map(|query| widen(line, query, bare))
}

/// A fix needs words on both sides of an edge: the last letter before the marks comes along.
fn widen(line: &Line<'_>, query: Query, bare: &str) -> Query {
    let start = bare.char_indices().next_back().map_or(0, |(at, _)| at);
    line.fixable(query.rule, start..line.plain.len(), &bare[start..], query.message)
}

fn shape(line: &Line<'_>, begins_large: bool) -> Vec<Query> {
    let title = line.plain.as_str();
    let mut queries = Vec::new();
    if is_shouted(title) {
        queries.push(line.query(Rule::HEADING, 0..title.len(), "The title is in capitals. Write it as a sentence."));
    }
    let bare = title.trim_end_matches(['.', ' ', ',', ';', ':', '-', '\u{2013}', '\u{2014}', '|']);
    let tail = &title[bare.len()..];
    let is_ellipsis = tail == "...";
    if (tail.len() >= 2 || tail == "." || tail.starts_with([',', ';', ':', '-', '\u{2013}', '\u{2014}', '|'])) && !is_ellipsis && !bare.is_empty() {
        let query = line.query(Rule::HEADING, bare.len()..title.len(), "The title ends in a mark too many; the heading puts its own stop.");
        queries.push(widen(line, query, bare));
    }
    if let Some(space) = title.find(" :").filter(|at| title[at + 2..].starts_with(' ')) {
        queries.push(line.fixable(Rule::HEADING, space..space + 2, ":", "No space belongs before a colon."));
    }
    let first = title.split_whitespace().next().unwrap_or("");
    // "iPads" begins small and means it.
    if begins_large
        && first.starts_with(char::is_lowercase)
        && !first.contains(char::is_uppercase)
        && first.chars().all(|c| c.is_alphabetic() || c == '-' || c == ':')
    {
        let upper: String = first.chars().take(1).flat_map(char::to_uppercase).collect();
        let start = title.len() - title.trim_start().len();
        let length = first.chars().next().map_or(0, char::len_utf8);
        queries.push(line.fixable(Rule::HEADING, start..start + length, upper, "The title begins with a small letter."));
    }
    queries
}

/// Capitals throughout, or two words in a row of five letters and more; abbreviations are shorter.
fn is_shouted(words: &str) -> bool {
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    let small = words.chars().filter(|c| c.is_lowercase()).count();
    let is_loud = |word: &&str| word.chars().filter(|c| c.is_uppercase()).count() >= 5 && !word.contains(char::is_lowercase);
    let in_a_row: Vec<&str> = words.split_whitespace().collect();
    (letters >= 12 && small * 10 <= letters && in_a_row.len() >= 3) || in_a_row.windows(2).any(|pair| pair.iter().all(is_loud))
}

/// A title in quotation marks, or with the kind of its file behind it.
fn wrapping(line: &Line<'_>) -> Option<Query> {
    #[expect(clippy::unwrap_used, reason = "a fixed pattern")]
    static FILE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\p{L}(?P<kind> ?[(\[](?:pdf|word|docx?|html?)[^)\]]*[)\]]|\.(?:pdf|docx?|html?))[.]?$").unwrap());
    let title = line.plain.as_str();
    if let Some(kind) = FILE.captures(title).and_then(|found| found.name("kind")) {
        let start = title[..kind.start()].char_indices().next_back().map_or(0, |(at, _)| at);
        let letter = &title[start..kind.start()];
        return Some(line.fixable(Rule::HEADING, start..title.len(), letter, "The title names the kind of its file."));
    }
    let [quotation] = line.quotations() else { return None };
    let inner = title[quotation.clone()].trim_matches(['\'', '"', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}']);
    (*quotation == (0..title.len()) && !inner.is_empty())
        .then(|| line.fixable(Rule::HEADING, 0..title.len(), inner, "The title is in quotation marks, and is a title without them."))
}

/// "Harbour Trust. Harbour Trust: who cares?", "Who cares? | Harbour Trust"
fn repeats_publisher(copy: &Copy<'_>, line: &Line<'_>) -> Option<Query> {
    let Part::Entry { number, .. } = line.part else { return None };
    let entry = copy.entries.get(number - 1)?.entry;
    for name in entry.publishers.iter().flat_map(|name| [name.as_str(), split_abbreviation(name).0]).filter(|name| !fold(name).is_empty()) {
        let marks = ['|', '-', '\u{2013}', '\u{2014}'];
        let head = line.plain.trim_end_matches('.').strip_suffix(name).map(str::trim_end).filter(|head| head.ends_with(marks));
        if let Some(head) = head.map(|head| head.trim_end_matches(marks).trim_end()).filter(|head| !head.is_empty()) {
            let start = head.char_indices().next_back().map_or(0, |(at, _)| at);
            return Some(line.fixable(
                Rule::HEADING,
                start..line.plain.len(),
                &head[start..],
                "The title ends with its publisher, who stands before it already.",
            ));
        }
        let rest = line.plain.strip_prefix(name).map(|rest| rest.trim_start_matches(['\'', '\u{2019}']));
        let Some(rest) = rest.filter(|rest| !fold(name).is_empty() && rest.starts_with([':', '.', ' '])) else { continue };
        let title = rest.trim_start_matches([':', '.', '-', '\u{2013}', '\u{2014}', '|', ' ']);
        let is_set_apart = rest.trim_start().starts_with([':', '.', '-', '\u{2013}', '\u{2014}', '|']);
        if is_set_apart && !title.is_empty() {
            let range = 0..line.plain.len();
            let upper: String = title.chars().take(1).flat_map(char::to_uppercase).chain(title.chars().skip(1)).collect();
            return Some(line.fixable(Rule::HEADING, range, upper, "The title begins with its publisher, who stands before it already."));
        }
    }
    None
}

/// Words that could have a small letter: not the first, and no joining words.
fn inner_words(title: &str) -> Vec<&str> {
    title.split_whitespace().skip(1).filter(|word| word.len() >= 4 && word.starts_with(char::is_alphabetic)).collect()
}

fn is_title_case(title: &str) -> bool {
    let words = inner_words(title);
    let joining = ["with", "from", "into", "that", "what", "over", "after", "before", "through", "between", "their"];
    let own: Vec<&&str> = words.iter().filter(|word| !joining.contains(*word)).collect();
    // "Update Of The Evidence": no name begins these with a capital.
    let shouts = title.split_whitespace().collect::<Vec<_>>().windows(2).any(|pair| {
        !pair[0].ends_with([':', '?', '!', '.'])
            && pair[0].starts_with(char::is_uppercase)
            && matches!(pair[1], "Of" | "The" | "And" | "In" | "For" | "On" | "To" | "With")
    });
    own.len() >= if shouts { 3 } else { 5 } && own.iter().all(|word| word.starts_with(char::is_uppercase)) && title.chars().any(char::is_lowercase)
}

fn is_sentence_case(title: &str) -> bool {
    let words = inner_words(title);
    words.len() >= 2 && words.iter().filter(|word| word.starts_with(char::is_lowercase)).count() * 2 >= words.len()
}
