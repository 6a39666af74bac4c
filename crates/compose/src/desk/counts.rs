//! An announced number of points against the list below: "six principles:", five bullets.
//!
//! Only a number of things that lists are made of counts, and only where nothing says that the list is a part of them.

use pulse_model::{Block, Blocks};

use super::copy::{Copy, Line, Word, words};
use super::query::{Query, Within};
use super::rule::Rule;
use crate::number_words::number_of;

/// What lists are made of.
const POINTS: [&str; 85] = [
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
    "phases",
    "pillars",
    "pledges",
    "points",
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
    "tips",
    "topics",
    "types",
    "ways",
];

/// Words that say the list is not all of them, or the number not exact.
const PARTS: [&str; 14] =
    ["include", "includes", "included", "including", "among", "such", "example", "instance", "first", "notably", "especially", "particularly", "some", "most"];
const INEXACT: [&str; 12] = ["than", "least", "about", "around", "nearly", "almost", "over", "to", "of", "the", "other", "further"];

/// A number of points that a text announces.
struct Announced<'t> {
    number: usize,
    noun: &'t str,
    start: usize,
    end: usize,
}

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    let bodies = copy.edition.news.iter().zip(1..).map(|(item, number)| (super::Part::News { number }, &item.body));
    let entries = copy.entries.iter().map(|item| (item.part.clone(), &item.entry.summary));
    for (part, blocks) in bodies.chain(entries) {
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
    let all = announced(&line.plain);
    let in_last: Vec<&Announced<'_>> = all.iter().filter(|found| last.contains(&found.start)).collect();
    let found = match in_last.as_slice() {
        [found] => *found,
        // "It has ten principles. The principles are:"
        [] => all.iter().rev().find(|found| words.iter().any(|word| last.contains(&word.start) && word.text.eq_ignore_ascii_case(found.noun)))?,
        _ => return None,
    };
    disagree(line, found, points)
}

fn compare_title(title: &Line<'_>, lead: &Line<'_>, points: usize) -> Option<Query> {
    let all = announced(&title.plain);
    let [found] = all.as_slice() else { return None };
    let lead_words = lead.words();
    let is_about = lead_words.iter().any(|word| word.text.eq_ignore_ascii_case(found.noun)) && announced(&lead.plain).is_empty();
    let is_part = lead_words.iter().any(|word| PARTS.contains(&word.text.to_lowercase().as_str()));
    if is_about && !is_part { disagree(title, found, points) } else { None }
}

fn disagree(line: &Line<'_>, found: &Announced<'_>, points: usize) -> Option<Query> {
    if found.number == points {
        return None;
    }
    let listed = if points == 1 { "1 is".to_owned() } else { format!("{points} are") };
    let whose = if line.within == Within::Title { "The title" } else { "The text" };
    let message = format!("{whose} announces {} {}, and {listed} listed. Correct the number or the list.", found.number, found.noun);
    Some(line.query(Rule::COUNT, found.start..found.end, message))
}

/// The numbers of points that a text announces: a number, three words between at most, and what lists are made of.
fn announced(plain: &str) -> Vec<Announced<'_>> {
    let words = words(plain);
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(number) = number(word.text) else { continue };
        let before = at.checked_sub(1).map(|before| words[before].text.to_lowercase());
        if before.is_some_and(|before| INEXACT.contains(&before.as_str()) && before != "the") || is_of_the(&words, at) {
            continue;
        }
        for noun in words.iter().skip(at + 1).take(4) {
            let gap = &plain[word.end()..noun.start];
            if gap.contains([',', ';', '.', ':', '(', ')'])
                || matches!(noun.text, "of" | "in" | "and" | "for" | "to" | "from" | "with" | "by")
                || self::number(noun.text).is_some()
            {
                break;
            }
            if POINTS.contains(&noun.text.to_lowercase().as_str()) {
                found.push(Announced { number, noun: noun.text, start: word.start, end: noun.end() });
                break;
            }
        }
    }
    found
}

/// "Three of the five", "from the two groups": what is spoken of as known is not announced.
fn is_of_the(words: &[Word<'_>], at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).map(|at| words[at].text);
    let is_joint = |word: Option<&str>| matches!(word, Some("of" | "from" | "in" | "across" | "between" | "for" | "by" | "with" | "among" | "on" | "to"));
    word(1) == Some("of") || (matches!(word(1), Some("the" | "these" | "its" | "those")) && is_joint(word(2)))
}

fn number(word: &str) -> Option<usize> {
    let lower = word.to_lowercase();
    let in_words = number_of(&lower);
    in_words.or_else(|| lower.parse().ok()).filter(|number| (2..=40).contains(number))
}
