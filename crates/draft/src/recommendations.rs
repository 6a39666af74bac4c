//! Recommendations: all of a report's own, in its order, each once and whole.
//!
//! The surest sign decides: numbered recommendations; else the points of a section of recommendations; else the lists behind "We
//! recommend:"; else single sentences that recommend. A summary and a body that give the same recommendation are one, the fuller kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::Regex;

use crate::candidates::{recommends, stands_alone};
use crate::extract::Extract;
use crate::findings::points;
use crate::reading::{Line, Role, SET_LIKE_A_HEADING, bare};
use crate::sections::{Kind, Section, kinds, leads_in};

/// One recommendation goes over no more lines than this; what comes behind is somebody's answer or another matter.
const MOST_LINES: usize = 30;

/// The recommendations of documents.
pub(crate) fn recommendations<'a>(lines: &[Line<'a>], sections: &[Section]) -> Vec<Extract<'a>> {
    let of_kind = || sections.iter().filter(|section| section.kind == Kind::Recommendations);
    let in_sections = of_kind().flat_map(|section| numbered(lines, section));
    let labelled = (0..lines.len()).filter_map(|at| labelled(lines, at));
    let among_conclusions = || sections.iter().filter(|section| section.kind == Kind::Conclusions).flat_map(|section| numbered(lines, section));
    let found = once_by_number(of_one_style(in_sections.chain(labelled).collect()));
    let found = if found.len() >= 2 { found } else { once_by_number(of_one_style(among_conclusions().collect())) };
    if found.len() >= 2 {
        return found;
    }
    let listed: Vec<_> = of_kind().flat_map(|section| points(&lines[section.body.clone()])).filter(|point| point.word_count() >= 4).collect();
    let listed = if listed.len() <= 100 { once_by_words(listed) } else { Vec::new() };
    if !listed.is_empty() {
        return listed;
    }
    let led_in = once_by_words(led_in(lines));
    if !led_in.is_empty() {
        return led_in;
    }
    once_by_words(sentences_that_recommend(lines, sections))
}

/// A recommendation with the number its report gives it, and where it begins.
struct Numbered<'a> {
    number: String,
    at: usize,
    /// Whether it calls itself a recommendation.
    is_labelled: bool,
    extract: Extract<'a>,
}

/// "Recommendation 12: …", "R12 …".
fn label_of(line: &Line<'_>) -> Option<(String, usize)> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:[(•▪]\s*)?(?:(?i:recommendation|rec\.?)\s+(?:(?i:no\.?|number)\s*)?|R)(\d{1,3}(?:\.\d{1,2})*[a-z]?)(\s*[:.)–—-]+\s*|\s*$|\s+)")
            .unwrap()
    });
    let found = LABEL.captures(line.text)?;
    let (number, mark) = (found.get(1)?, found.get(2)?);
    let rest = &line.text[mark.end()..];
    // "Recommendation 5 is also right here" speaks of one.
    let is_title = !mark.as_str().trim().is_empty() || rest.is_empty() || (rest.starts_with(char::is_uppercase) || matches!(line.role, Role::Heading(1..=6)));
    is_title.then(|| (number.as_str().to_owned(), mark.end()))
}

/// The recommendation whose label begins this line: the rest of the line, and the paragraphs and points that go on with it.
fn labelled<'a>(lines: &[Line<'a>], at: usize) -> Option<Numbered<'a>> {
    let &line = lines.get(at)?;
    let (number, end) = label_of(&line)?;
    let rest = &line.text[end..];
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
            _ if next.document != line.document || label_of(&next).is_some() => false,
            _ if !next.role.is_item() && answers(next.text) => false,
            // A title that was set over two lines.
            Role::Heading(_) => extract.parts.is_empty() && rest.is_empty(),
            Role::Item { .. } => has_said || leads_in(before),
            Role::Paragraph => {
                !ends(before) && !line.role.is_heading() || leads_in(before) || (!is_whole && (extract.parts.len() <= 1 || recommends(next.text)))
            }
        };
        if !goes_on {
            break;
        }
        has_said |= recommends(next.text) || leads_in(next.text);
        extract.parts.push((next, next.text));
    }
    (!extract.parts.is_empty()).then_some(Numbered { number, at, is_labelled: true, extract })
}

/// The numbered points of a section of recommendations; of conclusions and recommendations, those that recommend.
fn numbered<'a>(lines: &[Line<'a>], section: &Section) -> Vec<Numbered<'a>> {
    let title = lines.get(section.heading).map_or("", |line| line.text).to_lowercase();
    let body = lines.get(section.body.clone()).unwrap_or_default();
    let is_mixed = section.kind == Kind::Conclusions && title.contains("recommend");
    // Where each has its label, numbers within are those of steps.
    if !(is_mixed || section.kind == Kind::Recommendations) || body.iter().filter(|line| label_of(line).is_some()).count() >= 2 {
        return Vec::new();
    }
    let mut found: Vec<Numbered<'a>> = Vec::new();
    let mut counted = 0;
    let mut is_open = false;
    for (at, &line) in (section.body.start..).zip(body) {
        let before = found.last().and_then(|last| last.extract.parts.last()).map_or("", |(_, quote)| *quote);
        let is_counted = matches!(line.role, Role::Item { depth: 0, is_numbered: true });
        let may_go_on = if is_counted { line.text.starts_with(char::is_lowercase) && !ends(before) } else { line.role.is_item() || !ends(before) };
        let goes_on = is_open && !line.role.is_heading() && may_go_on;
        let number = number_of(line.text).map(|(number, from)| (number.to_owned(), from)).filter(|_| !matches!(line.role, Role::Heading(1..=6)));
        let number = number.or_else(|| {
            counted += usize::from(is_counted && !goes_on);
            (is_counted && !goes_on).then(|| (counted.to_string(), 0))
        });
        if let Some((number, from)) = number {
            found.push(Numbered { number, at, is_labelled: false, extract: Extract { parts: vec![(line, &line.text[from..])] } });
            is_open = true;
        } else if let Some(last) = found.last_mut().filter(|_| goes_on) {
            last.extract.parts.push((line, line.text));
        } else {
            is_open = false;
        }
    }
    found.retain(|one| !is_mixed || recommends(&one.extract.text()));
    found
}

/// Those numbered in the way that most are, "12" or "4.12": numbers of paragraphs and those of recommendations are different things.
fn of_one_style(found: Vec<Numbered<'_>>) -> Vec<Numbered<'_>> {
    let dotted = found.iter().filter(|one| one.number.contains('.')).count();
    let are_dotted = dotted * 2 > found.len();
    found.into_iter().filter(|one| one.number.contains('.') == are_dotted).collect()
}

/// The number that begins a line, and where: "12." and "8.6", or "8.6. We recommend" behind a title that became one with its paragraph.
fn number_of(text: &str) -> Option<(&str, usize)> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(?:(\d{1,3})[.)]\s+\S|(?:[A-Z][\w’' -]{2,60} )?(\d{1,3}(?:\.\d{1,3})+)[.)]?\s+[A-Z“])").unwrap());
    let found = NUMBER.captures(text)?;
    let number = found.get(1).or(found.get(2))?;
    Some((number.as_str(), number.start()))
}

/// Whether words answer a recommendation, as responses print below each.
fn answers(text: &str) -> bool {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static ANSWERS: LazyLock<Regex> = LazyLock::new(|| {
        let does = r"(?:\w+ly )?(?:agrees?|accepts?|welcomes?|recogni[sz]es?|notes?|supports?|rejects?|acknowledges?|does not|do not|has |have |is |are |will |remains?)";
        Regex::new(&format!(r"(?i)^(?:(?:the |hm |our )(?:[\w’']+ ){{0,4}}?(?:governments?|department|ministry|board|council|trust|agency|commission|office|service) {does}|we {does}|i {does}|accepted|agreed|rejected|noted|partially accepted|(?:\w+ )?response\b)")).unwrap()
    });
    ANSWERS.is_match(text)
}

/// Whether a text ends as a sentence does.
fn ends(text: &str) -> bool {
    text.trim_end_matches(|c: char| c.is_ascii_digit() || ")]”’\"'*".contains(c)).ends_with(['.', '!', '?', ';', ':'])
}

/// Those of the same number once: the first, unless it is only the title of another. Reports that number by hand give some numbers
/// twice, so that points of lists have to say the same too.
fn once_by_number(found: Vec<Numbered<'_>>) -> Vec<Extract<'_>> {
    let mut once: Vec<Numbered<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for next in found {
        match known.get(&next.number).and_then(|&at| once.get_mut(at)) {
            Some(kept) if kept.is_labelled || next.is_labelled || is_alike(&kept.extract, &next.extract) => {
                if recommends(&next.extract.text()) && !recommends(&kept.extract.text()) {
                    kept.extract = next.extract;
                }
            }
            Some(_) => once.push(next),
            None => {
                known.insert(next.number.clone(), once.len());
                once.push(next);
            }
        }
    }
    once.sort_by_key(|one| one.at);
    once.into_iter().map(|one| one.extract).collect()
}

/// Whether most words of the shorter are in the longer.
fn is_alike(a: &Extract<'_>, b: &Extract<'_>) -> bool {
    let words =
        |extract: &Extract<'_>| extract.text().to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3).map(str::to_owned).collect();
    let (a, b): (BTreeSet<String>, BTreeSet<String>) = (words(a), words(b));
    a.intersection(&b).count() * 5 > a.len().min(b.len()) * 3
}

/// Those that begin with the same words once, the fuller kept where the first of them stands.
fn once_by_words(found: Vec<Extract<'_>>) -> Vec<Extract<'_>> {
    let mut once: Vec<Extract<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for next in found {
        let key = next.text().to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(12).collect::<Vec<_>>().join(" ");
        match known.get(&key).and_then(|&at| once.get_mut(at)) {
            Some(kept) if kept.word_count() >= next.word_count() => {}
            Some(kept) => *kept = next,
            None => {
                known.insert(key, once.len());
                once.push(next);
            }
        }
    }
    once
}

/// The points of lists behind words that recommend: "We recommend that councils:".
fn led_in<'a>(lines: &[Line<'a>]) -> Vec<Extract<'a>> {
    let leads = |line: &Line<'_>| !line.role.is_item() && leads_in(line.text) && line.text.to_lowercase().contains("recommend");
    let starts = (1..lines.len()).filter(|&at| lines[at].role.is_item() && leads(&lines[at - 1]));
    let lists = starts.map(|at| &lines[at - 1..(at..lines.len()).find(|&at| !lines[at].role.is_item()).unwrap_or(lines.len())]);
    lists.flat_map(points).collect()
}

/// Sentences that recommend: by saying so, anywhere; by "should", in a summary or conclusions.
fn sentences_that_recommend<'a>(lines: &[Line<'a>], sections: &[Section]) -> Vec<Extract<'a>> {
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
    let kinds = kinds(lines, sections);
    let mut found = Vec::new();
    for (&line, kind) in lines.iter().zip(kinds) {
        let is_running = !line.role.is_heading() && kind != Some(Kind::Aside);
        let may_advise = matches!(kind, Some(Kind::Summary | Kind::Conclusions | Kind::Recommendations));
        for sentence in pulse_model::sentence::sentences(line.text).into_iter().filter(|_| is_running) {
            let advises = may_advise && ADVISES.is_match(sentence) && !TELLS.is_match(sentence);
            if (SAYS_SO.is_match(sentence) || advises) && stands_alone(sentence) {
                found.push(Extract { parts: vec![(line, sentence)] });
            }
        }
    }
    found
}

/// Whether an extract is a whole recommendation that can be printed: it has words beyond its number.
pub(crate) fn says_something(extract: &Extract<'_>) -> bool {
    extract.parts.iter().any(|(_, quote)| bare(quote).split(' ').count() >= 3)
}
