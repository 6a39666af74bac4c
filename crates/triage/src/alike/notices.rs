//! Press notices, and the reports they are about.

use std::collections::HashMap;

use pulse_model::Identifier;
use pulse_model::name::fold;

use super::{Known, NOTICE_DAYS};
use crate::Subject;
use crate::similar::hash;
use crate::titles::telling_words;

/// What sources call a press notice, folded.
const TYPES: [&str; 9] =
    ["press release", "news story", "world news story", "news", "news release", "press notice", "media release", "news article", "press statement"];
/// A notice's text is read so far for a report's title, in bytes.
const READ_BYTES: usize = 3_000;
/// Of a publisher that floods, only so many reports beside a notice are looked at.
const MOST_REPORTS: usize = 400;
/// How much of what tells a report's title from others its notice's title must have.
const SHARE_OF_WORDS: f64 = 0.6;

pub(super) fn is_notice(subject: &Subject) -> bool {
    let is_type = |name: &str| TYPES.contains(&name);
    let beginning = subject.title.split_once(':').map(|(beginning, _)| fold(beginning));
    subject.document_type.as_deref().is_some_and(|name| is_type(&fold(name))) || beginning.is_some_and(|name| name != "news" && is_type(&name))
}

/// A report as notices are compared with it.
struct Report<'a> {
    at: usize,
    known: &'a Known<'a>,
    /// Its title as a notice would write it, between spaces.
    phrase: String,
    /// Hashes of the words that tell its title from others, sorted.
    words: Vec<u64>,
}

/// For each notice, the report that it is about, by places in the order of content.
pub(super) fn reports(known: &[&Known]) -> Vec<(usize, usize)> {
    let mut of_publisher: HashMap<&str, Vec<Report>> = HashMap::new();
    for (at, one) in known.iter().enumerate().filter(|(_, one)| !one.is_notice) {
        for name in &one.publishers {
            let title = one.title.main.as_ref().unwrap_or(&one.title.full);
            of_publisher.entry(name).or_default().push(Report { at, known: one, phrase: format!(" {title} "), words: hashes(telling_words(title)) });
        }
    }
    for reports in of_publisher.values_mut() {
        reports.sort_by_key(|report| (report.known.candidate.subject.published_at, report.at));
    }
    let mut found = Vec::new();
    for (at, notice) in known.iter().enumerate().filter(|(_, one)| one.is_notice) {
        let of_own = notice.publishers.iter().filter_map(|name| of_publisher.get(name.as_str()));
        let beside = of_own.flat_map(|reports| beside(notice, reports));
        let title = spaced(&notice.candidate.subject.title);
        let text = spaced(beginning(&notice.candidate.subject.text));
        let words = hashes(title.split(' '));
        let text_words = hashes(text.split(' '));
        let weighed = beside.filter_map(|report| Some((weight(notice, report, (&title, &words), (&text, &text_words))?, report)));
        // Of reports that speak as much for themselves, the nearest.
        let best = weighed.min_by_key(|(weight, report)| (std::cmp::Reverse(*weight), report.known.days_from(notice).unwrap_or(i64::MAX), report.at));
        found.extend(best.map(|(_, report)| (at, report.at)));
    }
    found
}

/// The reports that came out within [`NOTICE_DAYS`] of a notice.
fn beside<'a, 'b>(notice: &Known, reports: &'b [Report<'a>]) -> impl Iterator<Item = &'b Report<'a>> {
    let span = NOTICE_DAYS * super::DAY_MS;
    let at = notice.candidate.subject.published_at;
    let from = at.map_or(reports.len(), |at| {
        reports.partition_point(|report| report.known.candidate.subject.published_at.is_none_or(|date| date < at.saturating_sub(span)))
    });
    let is_near = move |report: &&Report| at.zip(report.known.candidate.subject.published_at).is_some_and(|(at, date)| date <= at.saturating_add(span));
    reports.iter().skip(from).take_while(is_near).take(MOST_REPORTS)
}

/// How much speaks for a report: how a notice tells of it in its title and its text, each with its words; then how long its own title is.
fn weight(notice: &Known, report: &Report, (title, words): (&str, &[u64]), (text, text_words): (&str, &[u64])) -> Option<(u8, usize)> {
    // To look for a phrase takes longer than to look for its words.
    let has_words = |words: &[u64]| report.words.iter().all(|word| words.binary_search(word).is_ok());
    let is_name = report.words.len() >= 2 && report.phrase.split(' ').count() >= 5;
    let shared = report.words.iter().filter(|word| words.binary_search(word).is_ok()).count();
    let links = |identifier: &Identifier| report.known.candidate.identifiers.contains(identifier);
    let how = if is_name && has_words(words) && title.contains(&report.phrase) {
        4
    } else if notice.candidate.mentions.iter().any(links) {
        3
    } else if is_name && report.words.len() >= 3 && has_words(text_words) && text.contains(&report.phrase) {
        2
    } else if shared >= 3 && shared as f64 >= SHARE_OF_WORDS * report.words.len() as f64 {
        1
    } else {
        return None;
    };
    Some((how, report.words.len()))
}

/// Folded, without articles, between spaces: a phrase is found in it as a whole.
fn spaced(text: &str) -> String {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').filter(|word| !matches!(*word, "the" | "a" | "an")).collect();
    format!(" {} ", words.join(" "))
}

/// Hashes of words without a plural's "s", sorted.
fn hashes<'a>(words: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let mut hashes: Vec<u64> = words.map(|word| hash(word.strip_suffix('s').unwrap_or(word))).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn beginning(text: &str) -> &str {
    let mut end = READ_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
