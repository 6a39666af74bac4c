//! Recommendations: all of a report's own, in its order, each once and whole.
//!
//! The surest sign decides:
//!
//! | sign | module |
//! |---|---|
//! | labels and numbers, "Recommendation 12", "4.12" in a section of recommendations | `labels`, `numbers` |
//! | numbered paragraphs that an answer follows | `numbers` |
//! | the points of a section of recommendations, or a column of a table | here |
//! | the lists behind "We recommend:" | here |
//! | single sentences that recommend | here |
//!
//! A summary and a body that give the same recommendation are one, the fuller kept (`once`). What earlier reports recommended is left out
//! where a heading says so.

use std::sync::LazyLock;

use regex::Regex;

pub(crate) use self::labels::is_label;
use self::labels::{answers, dense, labelled};
use self::numbers::{Count, answered, mark_of, numbered, of_one_style};
use self::once::{once_by_number, once_by_words};
use crate::candidates::{recommends, stands_alone};
use crate::extract::Extract;
use crate::findings::points;
use crate::reading::{Line, Role, bare};
use crate::sections::{Kind, Section, is_mixed, kinds, leads_in};

mod labels;
mod numbers;
mod once;

/// The recommendations of documents.
pub(crate) fn recommendations<'a>(lines: &[Line<'a>], sections: &[Section]) -> Vec<Extract<'a>> {
    let kinds = kinds(lines, sections);
    let speaks_of_them = |section: &&Section| lines.get(section.heading).is_some_and(|line| line.text.to_lowercase().contains("recommend"));
    let of_kind = |kind: Kind| sections.iter().filter(move |section| section.kind == kind);
    let with_conclusions = || of_kind(Kind::Conclusions).filter(speaks_of_them);
    let in_sections = of_kind(Kind::Recommendations).flat_map(|section| numbered(lines, section));
    let dense = dense(lines, of_kind(Kind::Recommendations));
    let labelled = (0..lines.len()).filter(|&at| kinds[at] != Some(Kind::Earlier)).flat_map(|at| labelled(lines, at, dense[at]));
    let found = once_by_number(of_one_style(in_sections.chain(labelled).collect()));
    let found = if found.len() >= 2 { found } else { once_by_number(of_one_style(with_conclusions().flat_map(|section| numbered(lines, section)).collect())) };
    let found = if found.len() >= 2 { found } else { once_by_number(answered(lines)) };
    if found.len() >= 2 {
        return found;
    }
    let listed: Vec<_> = of_kind(Kind::Recommendations).chain(with_conclusions()).flat_map(|section| listed(lines, &kinds, section)).collect();
    let listed = if listed.len() <= 100 { once_by_words(listed) } else { Vec::new() };
    if !listed.is_empty() {
        return listed;
    }
    let led_in = once_by_words(led_in(lines, &kinds));
    if !led_in.is_empty() {
        return led_in;
    }
    once_by_words(sentences_that_recommend(lines, &kinds))
}

/// The points of a section without numbers: its list, or what is said under each of its headings.
fn listed<'a>(lines: &[Line<'a>], kinds: &[Option<Kind>], section: &Section) -> Vec<Extract<'a>> {
    let is_mixed = is_mixed(lines.get(section.heading).map_or("", |line| line.text));
    let mut found: Vec<Extract<'a>> =
        points(&section.own_lines(lines, kinds)).into_iter().filter(|point| is_worded(point) && !answers(&point.text())).collect();
    let advises = |point: &Extract<'_>| recommends(&point.text());
    let is_running = |point: &Extract<'_>| point.parts.iter().all(|(line, _)| matches!(line.role, Role::Paragraph | Role::Rest));
    let has_list = found.iter().any(|point| !is_running(point));
    let do_advise = found.iter().filter(|point| advises(point)).count();
    if section.kind == Kind::Conclusions || (is_mixed && do_advise > 0) {
        found.retain(advises);
    } else if is_mixed || has_list || do_advise >= 2 {
        // The others give reasons.
        found.retain(|point| !is_running(point) || (advises(point) && !is_mixed));
    }
    found
}

/// The points of lists behind words that recommend: "We recommend that councils:".
fn led_in<'a>(lines: &[Line<'a>], kinds: &[Option<Kind>]) -> Vec<Extract<'a>> {
    // Not what somebody "recommended" at another time.
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static CALLS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(?:recommend(?:s|ing|ations?)?|(?:is|are) (?:\w+ )?recommended|call(?:s|ing)? (?:on|for)|urges?)\b").unwrap());
    let is_past = |at: usize| matches!(kinds[at], Some(Kind::Aside | Kind::Earlier));
    let sums_up = |at: usize| matches!(kinds[at], Some(Kind::Summary | Kind::Conclusions));
    let leads = |at: usize| {
        let text = lines[at].text.to_lowercase();
        !lines[at].role.is_item() && leads_in(&text) && (CALLS.is_match(&text) || (sums_up(at) && text.ends_with(" should:")))
    };
    let is_point = |line: &Line<'_>| line.role.is_item() || (line.role == Role::Paragraph && mark_of(line.text).is_some_and(|mark| mark.count != Count::Bare));
    let starts = (1..lines.len()).filter(|&at| is_point(&lines[at]) && !is_past(at) && leads(at - 1));
    let lists = starts.map(|at| &lines[at - 1..(at..lines.len()).find(|&at| !is_point(&lines[at])).unwrap_or(lines.len())]);
    lists.flat_map(points).collect()
}

/// Sentences that recommend: by saying so, anywhere; by "should", in a summary or conclusions.
fn sentences_that_recommend<'a>(lines: &[Line<'a>], kinds: &[Option<Kind>]) -> Vec<Extract<'a>> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static SAYS_SO: LazyLock<Regex> = LazyLock::new(|| {
        let who = r"(?:we|I|this (?:report|review|paper|study|evaluation)|the (?:report|authors?|review|committee|commission|inquiry|panel|board|taskforce|evaluation|study))";
        Regex::new(&format!(r"(?i)\b{who} (?:also |further |therefore |strongly |would |thus ){{0,2}}(?:recommends?|calls? (?:on|for)|urges?)\b")).unwrap()
    });
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static ADVISES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:should|must)\b").unwrap());
    // Conditions, what others said, and what did not happen.
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static TELLS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:If|Should|Whether)\b|\bshould (?:an?|the|any)\b|\b(?:should|must) (?:not )?(?:have|be (?:noted|interpreted|treated|read|borne))\b|\bwould\b|\b(?:said|stated|argued|suggested|thought|felt|asked|reported|recommended|whether)\b").unwrap()
    });
    let mut found = Vec::new();
    for (&line, &kind) in lines.iter().zip(kinds) {
        let is_running = !line.role.is_heading() && !matches!(kind, Some(Kind::Aside | Kind::Earlier));
        let may_advise = matches!(kind, Some(Kind::Summary | Kind::Conclusions | Kind::Recommendations));
        for sentence in line.sentences().filter(|_| is_running) {
            let advises = may_advise && ADVISES.is_match(sentence) && !TELLS.is_match(sentence);
            // Somebody else's words.
            let is_quoted = sentence.starts_with(['“', '‘', '"']);
            if !is_quoted && (SAYS_SO.is_match(sentence) || advises) && stands_alone(sentence) {
                found.push(Extract { parts: vec![(line, sentence)] });
            }
        }
    }
    found
}

/// Whether there are words, and not only numbers and names of rows.
fn is_worded(extract: &Extract<'_>) -> bool {
    extract.text().split(' ').filter(|word| word.contains(char::is_lowercase)).count() >= 3 && extract.word_count() >= 4
}

/// Whether an extract is a whole recommendation that can be printed: it has words beyond its number.
pub(crate) fn says_something(extract: &Extract<'_>) -> bool {
    extract.parts.iter().any(|(_, quote)| bare(quote).split(' ').count() >= 3)
}
