//! Findings: the points of the section that lists them, whole and in order; where there is none, the best sentences.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use pulse_model::figure;
use regex::Regex;

use crate::candidates::recommends;
use crate::extract::Extract;
use crate::rank;
use crate::reading::{Line, Reading, Role, bare};
use crate::sections::{Kind, Section, kinds, leads_in};

/// A section of points has no more words than this; a longer one is a chapter, from which sentences are chosen.
const MOST_WORDS: usize = 1_500;

/// What was found, and how.
pub(crate) struct Findings<'a> {
    /// In the order of the document.
    pub(crate) points: Vec<Extract<'a>>,
    /// Whether they are sentences that were chosen, and not a list of the publisher's own.
    pub(crate) are_chosen: bool,
}

/// All the points of a publisher's own list, or the `wanted` best sentences that are not among those `said` already.
pub(crate) fn findings<'a>(reading: &Reading<'a>, sections: &[Section], title: &str, said: &[&str], wanted: usize) -> Findings<'a> {
    let lines = &reading.lines;
    let kinds = kinds(lines, sections);
    let of_kind = |kind: Kind| sections.iter().filter(move |section| section.kind == kind).map(|section| section.own_lines(lines, &kinds));
    let opening = opening_list(lines).map(|body| lines[body].to_vec());
    if let Some(points) = of_kind(Kind::Findings).chain(opening).map(|lines| points(&lines)).find(|points| is_list_of_points(points)) {
        return Findings { points, are_chosen: false };
    }
    let labelled = labelled(lines);
    if is_list_of_points(&labelled) {
        return Findings { points: labelled, are_chosen: false };
    }
    let led_in = led_in(lines, &kinds).map(|body| points(&lines[body]));
    let summaries = of_kind(Kind::Summary).filter(|lines| is_a_list(lines)).map(|lines| points(&lines));
    let mut found = led_in.chain(summaries).find(|points| is_list_of_points(points)).unwrap_or_default();
    let place = |extract: &Extract<'_>| extract.parts.last().map(|(line, _)| (line.document, line.block));
    let found_count = found.len();
    let listed: BTreeSet<_> = found.iter().map(place).collect();
    let chosen = rank::best(reading, sections, title, said, wanted).into_iter().filter(|extract| !listed.contains(&place(extract)));
    found.extend(chosen.take(wanted.saturating_sub(found_count)));
    found.sort_by_key(place);
    Findings { are_chosen: found.len() > found_count, points: found }
}

/// What labels call a finding, "Finding 1: …", "Key message 2 – …", each number once.
fn labelled<'a>(lines: &[Line<'a>]) -> Vec<Extract<'a>> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static LABEL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(?i:(?:(?:key|main) )?(?:finding|message|insight) (\d{1,2}))\s*[:.–—-]\s*").unwrap());
    let mut known = BTreeSet::new();
    let of = |line: &Line<'a>| {
        let found = LABEL.captures(line.text)?;
        let (whole, number) = (found.get(0)?, found.get(1)?);
        let rest = &line.text[whole.end()..];
        (!rest.is_empty() && known.insert(number.as_str())).then(|| Extract { parts: vec![(*line, rest)] })
    };
    lines.iter().filter_map(of).collect()
}

/// Whether a summary is a list of what was found: three points or more, nearly all of its words, and few of them advice.
fn is_a_list(lines: &[Line<'_>]) -> bool {
    let words = |lines: &mut dyn Iterator<Item = &Line<'_>>| lines.map(|line| line.text.split(' ').count()).sum::<usize>();
    let items = || lines.iter().filter(|line| line.role.is_item());
    let advice = items().filter(|line| recommends(line.text)).count();
    items().count() >= 3 && advice * 3 <= items().count() && words(&mut items()) * 4 > words(&mut lines.iter()) * 3
}

/// Whether these are points and no chapter: at least two, and paragraphs among them short.
fn is_list_of_points(points: &[Extract<'_>]) -> bool {
    let words: usize = points.iter().map(Extract::word_count).sum();
    let are_paragraphs = points.iter().all(|point| point.parts.iter().all(|(line, _)| !line.role.is_item()));
    let is_short = !are_paragraphs || words <= points.len() * 70;
    points.len() >= 2 && is_short && (12..=MOST_WORDS).contains(&words)
}

/// The points of a section: its items and those paragraphs that do not only lead in others.
pub(crate) fn points<'a>(lines: &[Line<'a>]) -> Vec<Extract<'a>> {
    let has_list = lines.iter().any(|line| line.role.is_item());
    let mut found: Vec<Extract<'a>> = Vec::new();
    // What leads in the list at hand: a sentence, or a sentence and a few words more.
    let mut leads: Vec<Line<'a>> = Vec::new();
    let mut before: Option<Line<'a>> = None;
    // Whether the last point is a heading that says it, and the paragraphs under it are its.
    let mut is_titled = false;
    for &line in lines {
        match line.role {
            Role::Rest => {
                if let Some(last) = found.last_mut().filter(|last| last.parts.last().zip(before).is_some_and(|(last, before)| last.0.is(before))) {
                    last.parts.push((line, line.text));
                }
            }
            _ if !line.role.is_item() && is_note(line.text) => {}
            _ if leads_in(line.text) && !line.role.is_item() => {
                leads.retain(|lead| is_few_words(line.text) && !is_few_words(lead.text));
                leads.push(Line { text: last_sentence(line), ..line });
            }
            Role::Heading(_) => {
                leads.clear();
                is_titled = !has_list && is_statement(line.text);
                found.extend(is_titled.then(|| Extract::of(line)));
            }
            Role::Paragraph => {
                leads.clear();
                // What introduces a list, and what somebody said.
                let introduces = has_list && found.is_empty() && !line.text.contains(|c: char| c.is_ascii_digit());
                let is_beside = introduces || line.text.starts_with(['“', '‘', '"']);
                match found.last_mut().filter(|_| is_titled) {
                    Some(titled) => titled.parts.push((line, line.text)),
                    None if is_beside => {}
                    None => found.push(Extract::of(line)),
                }
            }
            Role::Item { .. } => add_item(line, before, &leads, &mut found),
        }
        before = Some(line);
    }
    // A heading with nothing under it may be a line of a table of contents.
    found.retain(|point| point.parts.iter().any(|(line, quote)| !line.role.is_heading() || quote.ends_with('.')));
    found
}

/// Whether a heading says something, and does not only name it.
fn is_statement(title: &str) -> bool {
    !title.ends_with('?') && (title.ends_with('.') || title.split(' ').count() >= 6)
}

/// Adds a point of a list: to the one above it where it is a part of that, and with what leads it in where it needs it.
fn add_item<'a>(line: Line<'a>, before: Option<Line<'a>>, leads: &[Line<'a>], found: &mut Vec<Extract<'a>>) {
    let depth = |line: Line<'_>| if let Role::Item { depth, .. } = line.role { Some(depth) } else { None };
    let above = before.and_then(depth);
    let is_fragment = bare(line.text).starts_with(char::is_lowercase);
    let is_needed = leads.iter().any(|lead| needs(line.text, lead.text));
    // Each of these is a recommendation of its own.
    let is_advice = leads.iter().any(|lead| recommends(lead.text));
    let goes_under = found.last().is_some_and(|last| {
        let leads_on = last.parts.last().is_some_and(|(_, quote)| quote.ends_with(':'));
        let is_deeper = depth(line) > Some(0) && above.is_some() && (leads_on || (last.parts.len() > 1 && depth(line) == above));
        // A list in a list that lost its depth.
        let began_under = last.parts.len() > 1 && last.parts.first().is_some_and(|(line, quote)| line.role.is_item() && quote.ends_with(':'));
        is_deeper
            || (is_fragment && above.is_some() && leads.is_empty() && (leads_on || began_under))
            || (is_fragment && is_needed && !is_advice && above.is_some() && last.parts.len() > 1)
    });
    match found.last_mut() {
        Some(last) if goes_under => last.parts.push((line, line.text)),
        _ if is_needed => found.push(Extract { parts: leads.iter().chain([&line]).map(|&line| (line, line.text)).collect() }),
        _ => found.push(Extract::of(line)),
    }
}

/// What leads in a list, of a paragraph that ends with it.
fn last_sentence(line: Line<'_>) -> &str {
    line.sentences().last().filter(|sentence| !is_few_words(sentence)).or(line.sentences().last().filter(|sentence| recommends(sentence))).unwrap_or(line.text)
}

fn is_few_words(text: &str) -> bool {
    text.split(' ').count() <= 6
}

/// Whether a point means something else without the words that lead in its list: a period, a group, half a sentence. What only
/// says that findings follow, the digest says itself.
fn needs(point: &str, lead: &str) -> bool {
    const SAYS_NOTHING: &[&str] = &["find", "found", "point", "show", "includ", "conclu", "follow", "highlight", "recommend", "suggest", "message", "headline"];
    let lower = lead.to_lowercase();
    let words: Vec<&str> = lower.split(' ').collect();
    let says_nothing = |words: &[&str]| words.iter().any(|word| SAYS_NOTHING.iter().any(|nothing| word.contains(nothing)));
    if bare(point).starts_with(char::is_lowercase) {
        // "we found that:" can be said otherwise; the council of "we recommend that the council:" cannot.
        !says_nothing(&words[words.len().saturating_sub(3)..])
    } else {
        (lower.contains(|c: char| c.is_ascii_digit()) || !says_nothing(&words)) && words.len() <= 12
    }
}

/// Notes on figures and invitations to read on, which are no points.
fn is_note(text: &str) -> bool {
    const NOTES: &[&str] = &["note", "source:", "sources:", "download", "for more information", "for further information", "see also", "read more", "*"];
    let lower = text.get(..40.min(text.len())).unwrap_or(text).to_lowercase();
    let is_caption =
        ["figure ", "table ", "chart "].iter().filter_map(|name| lower.strip_prefix(name)).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    is_caption || NOTES.iter().any(|note| lower.starts_with(note))
}

/// A list of statements with figures near the beginning of a document, under a heading that names a period: "In January to March 2015".
fn opening_list<'a>(lines: &'a [Line<'_>]) -> impl Iterator<Item = Range<usize>> + 'a {
    let is_start = |at: usize| at == 0 || lines[at].document != lines[at - 1].document;
    (0..lines.len()).filter(move |&at| is_start(at)).filter_map(|start| {
        let first = (start + 1..(start + 12).min(lines.len())).find(|&at| lines[at].role.is_item() && names_a_period(&lines[at - 1]))?;
        let end = (first..lines.len()).find(|&at| lines[at].role.is_heading()).unwrap_or(lines.len());
        let items = || lines[first..end].iter().filter(|line| line.role.is_item());
        let with_figures = items().filter(|line| !figure::find(line.text).is_empty()).count();
        (items().count() >= 3 && with_figures * 3 >= items().count() * 2 && with_figures * 2 >= end - first).then_some(first..end)
    })
}

fn names_a_period(line: &Line<'_>) -> bool {
    let lower = line.text.to_lowercase();
    let begins = ["in ", "for ", "during ", "at ", "as at ", "between ", "from "].iter().any(|word| lower.starts_with(word));
    line.role.is_heading() && begins && lower.contains(|c: char| c.is_ascii_digit())
}

/// Lists behind a sentence that says findings follow, "We found that:", where a document sums up.
fn led_in<'a>(lines: &'a [Line<'_>], kinds: &'a [Option<Kind>]) -> impl Iterator<Item = Range<usize>> + 'a {
    const SAY_SO: &[&str] = &[
        "found that",
        "we found",
        "key findings",
        "main findings",
        "findings are",
        "findings were",
        "findings include",
        "finds that",
        "main points",
        "key points",
        "key messages",
        "results show",
        "conclude that",
        "headline",
        "evidence shows",
        "evidence suggests",
    ];
    (1..lines.len()).filter_map(|at| {
        let lead = lines[at - 1];
        let sums_up = matches!(kinds[at], Some(Kind::Summary | Kind::Conclusions | Kind::Findings)) || (kinds[at].is_none() && at * 4 < lines.len());
        if !sums_up || !lines[at].role.is_item() || lead.role.is_item() || !leads_in(lead.text) {
            return None;
        }
        let lower = lead.text.to_lowercase();
        let end = (at..lines.len()).find(|&at| !lines[at].role.is_item()).unwrap_or(lines.len());
        (end - at >= 3 && SAY_SO.iter().any(|words| lower.contains(words))).then_some(at - 1..end)
    })
}
