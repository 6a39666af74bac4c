//! Recommendations that call themselves so: "Recommendation 12: …", "R12 …", "… (Recommendation 12)", each with the paragraphs and points
//! that go on with it, and without the answers that responses print below.

use std::sync::LazyLock;

use regex::Regex;

use super::numbers::{Count, Numbered, mark_of};
use crate::candidates::recommends;
use crate::extract::Extract;
use crate::reading::{Line, Role, SET_LIKE_A_HEADING, ends};
use crate::sections::{Section, leads_in};
use crate::words::is_telling;

/// One recommendation goes over no more lines than this; what comes behind is somebody's answer or another matter.
const MOST_LINES: usize = 30;

/// What a label gives its recommendation.
pub(super) struct Label {
    pub(super) number: Option<String>,
    /// Where the words behind it begin.
    pub(super) end: usize,
}

/// "Recommendation 12: …", "R12 …", "Safety recommendation 2023/04 – …", "Recommendation: …", "Recommendation 4 (paragraph 45)".
pub(super) fn label_of(text: &str, is_heading: bool) -> Option<Label> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        let name = r"((?:[A-Z][\w’'-]* ){0,2})(?i:recommendation|rec\.?|area for improvement)";
        let words = "(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
        let number = r"(?:[A-Z]{1,2}/?)?\d{1,4}(?:[./-]\d{1,4}){0,3}[a-z]?";
        let aside = r"(?:,?\s*[(\[]?(?i:para[a-z]*)\.?\s+\d[\d.,–\s-]*(?:and\s+\d[\d.]*)?[)\]]?|\s+(?:for|to)\s[^:.]{1,50}:)?";
        Regex::new(&format!(
            r"^(?:[(•▪]\s*|\d{{1,2}}[a-z]?[.:)]?\s+)?(?:{name}(?:\s+(?:(?i:no\.?|number)\s*|#)?({number}|{words}|[A-Z]|[IVX]{{1,4}})\b{aside}(\s*[:.)–—-]+\s*|\s*$|\s+)|(\s*[:–—]\s+))|R(\d{{1,3}}(?:\.\d{{1,2}})*[a-z]?)(\s*[:.)–—-]+\s*|\s*$|\s+))"
        ))
        .unwrap()
    });
    let found = LABEL.captures(text)?;
    // "See Recommendation 5." speaks of one.
    if !found.get(1).map_or("", |before| before.as_str()).split_whitespace().all(|word| is_telling(&word.to_lowercase()) && word != "See") {
        return None;
    }
    let Some((number, mark)) = found.get(2).zip(found.get(3)).or(found.get(5).zip(found.get(6))) else {
        return found.get(4).map(|mark| Label { number: None, end: mark.end() }).filter(|label| label.end < text.len());
    };
    let rest = &text[mark.end()..];
    // "Recommendation 5 is also right here" speaks of one.
    let is_title = !mark.as_str().trim().is_empty() || rest.is_empty() || rest.starts_with(char::is_uppercase) || is_heading;
    is_title.then(|| Label { number: Some(number.as_str().to_lowercase()), end: mark.end() })
}

/// Whether a text is a label and nothing else: "Recommendation 4", "R4".
pub(crate) fn is_label(text: &str) -> bool {
    label_of(text, true).is_some_and(|label| label.number.is_some() && label.end >= text.len())
}

pub(super) fn label_of_line(line: &Line<'_>) -> Option<Label> {
    label_of(line.text, matches!(line.role, Role::Heading(1..=6)))
}

/// The recommendations whose labels are in this line: at its beginning, behind other sentences, or at its end.
pub(super) fn labelled<'a>(lines: &[Line<'a>], at: usize, is_dense: bool) -> Vec<Numbered<'a>> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static TRAILING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\((?i:recommendation) (\d{1,3})\)\.?$").unwrap());
    let Some(&line) = lines.get(at) else { return Vec::new() };
    if let Some(label) = label_of_line(&line) {
        return labelled_here(lines, at, label, is_dense).into_iter().collect();
    }
    if line.role.is_heading() || !line.text.to_lowercase().contains("recommendation") {
        return Vec::new();
    }
    let of = |number: Option<String>, text: &'a str| Numbered { number, at, is_labelled: true, extract: Extract { parts: vec![(line, text)] } };
    if let Some(number) = TRAILING.captures(line.text).and_then(|found| found.get(1)) {
        return vec![of(Some(number.as_str().to_owned()), line.text)];
    }
    let from = |sentence: &str| sentence.as_ptr() as usize - line.text.as_ptr() as usize;
    let starts: Vec<(usize, Label)> = line
        .sentences()
        .filter_map(|sentence| Some((from(sentence), label_of(sentence, false).filter(|label| sentence[..label.end].trim_end().ends_with(':'))?)))
        .collect();
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([line.text.len()]);
    starts.iter().zip(ends).map(|((start, label), end)| of(label.number.clone(), line.text[start + label.end..end].trim())).collect()
}

/// The recommendation whose label begins this line: the rest of the line, and the paragraphs and points that go on with it.
pub(super) fn labelled_here<'a>(lines: &[Line<'a>], at: usize, label: Label, is_dense: bool) -> Option<Numbered<'a>> {
    let &line = lines.get(at)?;
    let rest = &line.text[label.end..];
    let mut extract = Extract::default();
    let is_whole = recommends(rest);
    if !rest.is_empty() {
        let role = if is_whole || ends(rest) { Role::Paragraph } else { Role::Heading(SET_LIKE_A_HEADING) };
        extract.parts.push((Line { role, ..line }, rest));
    }
    let mut has_said = is_whole;
    for &next in lines[at + 1..].iter().take(MOST_LINES) {
        let before = extract.parts.last().map_or("", |(_, quote)| *quote);
        let goes_on = match next.role {
            _ if next.document != line.document || label_of_line(&next).is_some() => false,
            Role::Rest => true,
            _ if !next.role.is_item() && answers(next.text) => false,
            // A title that was set over two lines.
            Role::Heading(_) => extract.parts.is_empty() && rest.is_empty(),
            Role::Item { .. } => has_said || is_dense || leads_in(before),
            Role::Paragraph => {
                is_dense
                    || !ends(before) && !line.role.is_heading()
                    || leads_in(before)
                    || (!is_whole && (extract.parts.len() <= 1 || recommends(next.text)))
                    || (mark_of(next.text).is_some_and(|mark| mark.count == Count::Letter) && before.ends_with([':', ';']))
            }
        };
        if !goes_on {
            break;
        }
        has_said |= recommends(next.text) || leads_in(next.text);
        extract.parts.push((next, next.text));
    }
    (!extract.parts.is_empty()).then_some(Numbered { number: label.number, at, is_labelled: true, extract })
}

/// Whether each line is in a section that holds labelled recommendations and nothing else: no answers, no headings, few paragraphs to each.
pub(super) fn dense<'s>(lines: &[Line<'_>], sections: impl Iterator<Item = &'s Section>) -> Vec<bool> {
    let mut dense = vec![false; lines.len()];
    for section in sections {
        let body = lines.get(section.body.clone()).unwrap_or_default();
        let labels: Vec<usize> = (0..body.len()).filter(|&at| label_of_line(&body[at]).is_some()).collect();
        let Some((&first, &last)) = labels.first().zip(labels.last()).filter(|(first, last)| first < last) else { continue };
        let is_other = |line: &Line<'_>| (line.role.is_heading() && label_of_line(line).is_none()) || answers(line.text);
        if last - first <= 4 * labels.len() && !body[first..last].iter().any(is_other) {
            dense[section.body.clone()].fill(true);
        }
    }
    dense
}

/// Whether words answer a recommendation, as responses print below each.
pub(super) fn answers(text: &str) -> bool {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static ANSWERS: LazyLock<Regex> = LazyLock::new(|| {
        let who = r"(?:(?:the |hm |our )(?:[\w’']+ ){0,4}?(?:governments?|department|ministry|board|council|trust|agency|commission|office|service)|we|i)";
        let does = r"(?:\w+ly )?(?:agrees?|accepts?|welcomes?|recogni[sz]es?|notes?|supports?|rejects?|acknowledges?|does not|do not|has |have |is |are |will |remains?)";
        let verdict = r"(?:(?:not|fully|partially|partly|status:|this recommendation is) )*(?:(?:accepted|agreed|rejected|noted)\b|(?:accept|agree|disagree|reject|note)(?:[.,:;]|$| in (?:part|full|principle)\b))";
        let heading = r"(?:status\b|(?:\w+ ){0,2}response(?:\s*(?:[:.–—-]|$)| to (?:the )?recommendation))";
        Regex::new(&format!(r"(?i)^(?:{who} {does}|{verdict}|{heading})")).unwrap()
    });
    ANSWERS.is_match(text)
}
