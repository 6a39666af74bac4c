//! An announced number of points against the list below: "six principles:", five bullets.
//!
//! Only a number of things that lists are made of counts, and only where nothing says that the list is a part of them.

use pulse_model::{Block, Blocks};

use super::copy::{Copy, Line, Word, words};
use super::query::{Part, Query, Section, Within};
use super::rule::Rule;
use crate::number_words::{TENS, number_of};

/// What lists are made of.
const POINTS: [&str; 89] = [
    "actions",
    "aims",
    "ambitions",
    "answers",
    "approaches",
    "areas",
    "arguments",
    "aspects",
    "barriers",
    "benefits",
    "capabilities",
    "causes",
    "challenges",
    "changes",
    "chapters",
    "characteristics",
    "commitments",
    "components",
    "conclusions",
    "conditions",
    "considerations",
    "criteria",
    "demands",
    "dilemmas",
    "dimensions",
    "domains",
    "drivers",
    "elements",
    "enablers",
    "examples",
    "factors",
    "features",
    "findings",
    "gaps",
    "goals",
    "groups",
    "headings",
    "ideas",
    "insights",
    "issues",
    "items",
    "kinds",
    "lessons",
    "levers",
    "measures",
    "messages",
    "methods",
    "missions",
    "models",
    "objectives",
    "obstacles",
    "opportunities",
    "options",
    "outcomes",
    "parts",
    "phases",
    "pillars",
    "pledges",
    "points",
    "policies",
    "practices",
    "principles",
    "priorities",
    "problems",
    "proposals",
    "purposes",
    "questions",
    "reasons",
    "recommendations",
    "reforms",
    "requirements",
    "responses",
    "risks",
    "rules",
    "sections",
    "stages",
    "standards",
    "steps",
    "strands",
    "strategies",
    "suggestions",
    "tasks",
    "tests",
    "themes",
    "things",
    "tips",
    "topics",
    "types",
    "ways",
];

/// What the letter lists besides.
const PRINTED: [&str; 10] = ["publications", "reports", "studies", "papers", "guides", "entries", "events", "webinars", "briefings", "tools"];

/// Nouns that a number measures or surveys rather than announces.
const MEASURED: [&str; 24] = [
    "years",
    "months",
    "weeks",
    "days",
    "hours",
    "minutes",
    "times",
    "people",
    "carers",
    "children",
    "adults",
    "women",
    "men",
    "respondents",
    "participants",
    "interviews",
    "surveys",
    "councils",
    "authorities",
    "families",
    "patients",
    "pupils",
    "percent",
    "cases",
];

/// Words that say the list is not all of them, or the number not exact.
const PARTS: [&str; 13] =
    ["include", "includes", "included", "including", "among", "such", "example", "instance", "first", "notably", "especially", "particularly", "some"];
/// Words after which a number of things is all of them: "a list of five steps".
const WHOLES: [&str; 9] = ["list", "set", "series", "total", "framework", "package", "programme", "group", "checklist"];
const INEXACT: [&str; 12] = ["than", "least", "about", "around", "nearly", "almost", "over", "to", "of", "the", "other", "further"];

/// A number does not count what stands behind one of these.
const BREAKS: [&str; 24] = [
    "of", "in", "and", "for", "to", "from", "with", "by", "the", "these", "their", "its", "a", "an", "that", "which", "who", "was", "were", "are", "is", "had",
    "on", "at",
];

/// Behind these a number says where something was asked or how long, and announces nothing.
const SURVEYED: [&str; 16] =
    ["of", "in", "from", "across", "for", "between", "after", "by", "with", "at", "over", "on", "within", "during", "heard", "interviewed"];

/// A number of points that a text announces.
struct Announced<'t> {
    number: usize,
    noun: &'t str,
    start: usize,
    end: usize,
}

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    let letter = &copy.edition.letter;
    let sections = [(Section::Welcome, &letter.welcome), (Section::Highlights, &letter.highlights), (Section::Notices, &letter.notices)];
    let sections = sections.into_iter().map(|(section, blocks)| (Part::Letter { section }, blocks));
    let bodies = copy.edition.news.iter().zip(1..).map(|(item, number)| (Part::News { number }, &item.body));
    let entries = copy.entries.iter().map(|item| (item.part.clone(), &item.entry.summary));
    for (part, blocks) in sections.chain(bodies).chain(entries) {
        let lines: Vec<&Line<'_>> = copy.texts_of(&part).collect();
        let lists = led_in(blocks);
        for led in &lists {
            queries.extend(lines.get(led.lead).and_then(|line| compare(line, led.points)));
        }
        // "Five lessons from 12 councils" in the title, over a single list of lessons.
        let outer: Vec<&LedIn> = lists.iter().filter(|led| !led.is_nested).collect();
        if let ([led], Some(title)) = (outer.as_slice(), copy.title_of(&part)) {
            queries.extend(lines.get(led.lead).and_then(|line| compare_title(title, line, led.points)));
        }
    }
    queries
}

/// A list with a text right before it.
struct LedIn {
    /// Which text, in the order of [`Blocks::texts`].
    lead: usize,
    points: usize,
    is_nested: bool,
}

fn led_in(blocks: &Blocks) -> Vec<LedIn> {
    let mut lists = Vec::new();
    let mut text = 0;
    walk(blocks, None, &mut text, &mut lists);
    lists
}

fn walk(blocks: &Blocks, own: Option<usize>, text: &mut usize, lists: &mut Vec<LedIn>) {
    let mut lead = own;
    let all = blocks.as_slice();
    for (at, block) in all.iter().enumerate() {
        match block {
            Block::Paragraph { .. } => {
                lead = Some(*text);
                *text += 1;
            }
            Block::List(list) => {
                // A list that another follows may have been one.
                let goes_on = matches!(all.get(at + 1), Some(Block::List(_)));
                if let Some(lead) = lead.take().filter(|_| !goes_on) {
                    lists.push(LedIn { lead, points: list.items.len(), is_nested: own.is_some() });
                }
                for item in &list.items {
                    let own = *text;
                    *text += 1;
                    walk(&item.blocks, Some(own), text, lists);
                }
            }
        }
    }
}

fn compare(line: &Line<'_>, points: usize) -> Option<Query> {
    let words = line.words();
    let last = super::copy::sentence_around(&line.plain, line.plain.trim_end_matches([':', '.', ' ']).len().saturating_sub(1));
    let is_part = |word: &Word<'_>| PARTS.contains(&word.text.to_lowercase().as_str());
    if words.iter().filter(|word| last.contains(&word.start)).any(is_part) {
        return None;
    }
    let all = announced(line);
    let in_last: Vec<&Announced<'_>> = all.iter().filter(|found| last.contains(&found.start)).collect();
    let found = match in_last.as_slice() {
        [found] => *found,
        // "It has ten principles. The principles are:"
        [] => all.iter().rev().find(|found| words.iter().any(|word| last.contains(&word.start) && word.text.eq_ignore_ascii_case(found.noun)))?,
        _ => return None,
    };
    // "The three groups differed in these ways", "12 recommendations, three of which are for councils": the list is of something else.
    let after: Vec<&Word<'_>> = words.iter().filter(|word| word.start >= found.end && last.contains(&word.start)).collect();
    let of_others = after.iter().any(|word| POINTS.contains(&word.text.to_lowercase().as_str()) && !word.text.eq_ignore_ascii_case(found.noun));
    let of_some = after.windows(2).any(|pair| pair[1].text == "of" && (number(pair[0].text).is_some() || pair[0].text == "one"));
    // "The two groups had different views": what is known already is announced by a verb at the end alone.
    let last_word = words.iter().rev().find(|word| last.contains(&word.start)).map_or("", |word| word.text);
    let is_known = line.plain[..found.start].trim_end().ends_with("The");
    let announces =
        last_word.eq_ignore_ascii_case(found.noun) || ["are", "were", "be", "follow", "follows", "below", "these", "listed", "is"].contains(&last_word);
    if of_others || of_some || (is_known && !announces) {
        return None;
    }
    disagree(line, found, points)
}

fn compare_title(title: &Line<'_>, lead: &Line<'_>, points: usize) -> Option<Query> {
    let all = announced(title);
    let [found] = all.as_slice() else { return None };
    let lead_words = lead.words();
    let is_about = lead_words.iter().any(|word| word.text.eq_ignore_ascii_case(found.noun)) && announced(lead).is_empty();
    let is_part = lead_words.iter().any(|word| PARTS.contains(&word.text.to_lowercase().as_str()));
    if is_about && !is_part { disagree(title, found, points) } else { None }
}

fn disagree(line: &Line<'_>, found: &Announced<'_>, points: usize) -> Option<Query> {
    // A list of one is none.
    if found.number == points || points < 2 {
        return None;
    }
    let whose = if line.within == Within::Title { "The title" } else { "The text" };
    let message = format!("{whose} announces {} {}, and {points} are listed. Correct the number or the list.", found.number, found.noun);
    Some(line.query(Rule::COUNT, found.start..found.end, message))
}

/// The numbers of points that a text announces: a number, three words between at most, and what lists are made of; or, right before
/// the list, a small number of anything that is not measured.
fn announced<'l>(line: &'l Line<'_>) -> Vec<Announced<'l>> {
    let plain = line.plain.as_str();
    let words = words(plain);
    let in_letter = matches!(line.part, Part::Letter { .. });
    let is_point = |word: &str| POINTS.contains(&word) || (in_letter && PRINTED.contains(&word));
    let is_last = |word: &Word<'_>| plain[word.end()..].trim() == ":" && word.text.ends_with('s') && !MEASURED.contains(&word.text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((number, first, last)) = number_at(&words, &mut at) {
        let before = first.checked_sub(1).map(|before| words[before].text.to_lowercase());
        let of_whole = first.checked_sub(2).is_some_and(|whole| WHOLES.contains(&words[whole].text)) && before.as_deref() == Some("of");
        let is_inexact = before.is_some_and(|before| INEXACT.contains(&before.as_str()) && before != "the") || is_of_the(&words, first);
        let is_surveyed = first.checked_sub(1).is_some_and(|before| SURVEYED.contains(&words[before].text.to_lowercase().as_str()));
        if is_inexact && !of_whole {
            continue;
        }
        for noun in words.iter().skip(last + 1).take(4) {
            let gap = &plain[words[last].end()..noun.start];
            if gap.contains([',', ';', '.', ':', '(', ')']) || BREAKS.contains(&noun.text) || self::number(noun.text).is_some() {
                break;
            }
            if is_point(noun.text.to_lowercase().as_str()) || (number <= 10 && !is_surveyed && is_last(noun)) {
                found.push(Announced { number, noun: noun.text, start: words[first].start, end: noun.end() });
                break;
            }
        }
    }
    found
}

/// The next number from a word on: what it is, and its first and last words: "six", "half a dozen", "both".
fn number_at(words: &[Word<'_>], at: &mut usize) -> Option<(usize, usize, usize)> {
    let lower = |at: usize| words.get(at).map(|word| word.text.to_lowercase()).unwrap_or_default();
    while *at < words.len() {
        let first = *at;
        *at += 1;
        let (one, two, three) = (lower(first), lower(first + 1), lower(first + 2));
        let found = match (one.as_str(), two.as_str(), three.as_str()) {
            ("half", "a", "dozen") => Some((6, 3)),
            ("a", "dozen", _) => Some((12, 2)),
            ("two", "dozen", _) => Some((24, 2)),
            ("a", "pair", "of") => Some((2, 3)),
            ("both", _, _) => Some((2, 1)),
            _ => number(&one).map(|number| (number, 1)),
        };
        if let Some((number, length)) = found {
            *at = first + length;
            return Some((number, first, first + length - 1));
        }
    }
    None
}

/// "Three of the five", "from the two groups": what is spoken of as known is not announced.
fn is_of_the(words: &[Word<'_>], at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).map(|at| words[at].text.to_lowercase());
    let (one, two) = (word(1), word(2));
    let is_joint = |word: Option<&str>| matches!(word, Some("of" | "from" | "in" | "across" | "between" | "for" | "by" | "with" | "among" | "on" | "to"));
    one.as_deref() == Some("of") || (matches!(one.as_deref(), Some("the" | "these" | "its" | "those")) && is_joint(two.as_deref()))
}

fn number(word: &str) -> Option<usize> {
    let lower = word.to_lowercase();
    let compound = || {
        let (tens, ones) = lower.split_once('-')?;
        let ten = if tens == "twenty" { 0 } else { TENS.iter().position(|ten| *ten == tens)? + 1 };
        Some((ten + 2) * 10 + number_of(ones).filter(|ones| *ones < 10)?)
    };
    let in_words = number_of(&lower).or_else(compound);
    in_words.or_else(|| lower.parse().ok()).filter(|number| (2..=40).contains(number))
}
