//! An announced number of points against the list below: "six principles:", five bullets.
//!
//! Only a number of things that lists are made of counts, and only where nothing says that the list is a part of them.

use pulse_model::{Block, Blocks};

use super::announced::{Announced, POINTS, announced, number};
use super::copy::{Copy, Line, Word};
use super::query::{Part, Query, Section, Within};
use super::rule::Rule;

/// Words that say the list is not all of them.
const PARTS: [&str; 13] =
    ["include", "includes", "included", "including", "among", "such", "example", "instance", "first", "notably", "especially", "particularly", "some"];

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
