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
use crate::reading::{Line, Role, SET_LIKE_A_HEADING, bare, ends};
use crate::sections::{Kind, Section, is_mixed, kinds, leads_in};
use crate::words::is_telling;

/// One recommendation goes over no more lines than this; what comes behind is somebody's answer or another matter.
const MOST_LINES: usize = 30;

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

/// A recommendation with the number its report gives it, and where it begins.
struct Numbered<'a> {
    /// None where each is only called a recommendation.
    number: Option<String>,
    at: usize,
    /// Whether it calls itself a recommendation.
    is_labelled: bool,
    extract: Extract<'a>,
}

/// What a label gives its recommendation.
struct Label {
    number: Option<String>,
    /// Where the words behind it begin.
    end: usize,
}

/// "Recommendation 12: …", "R12 …", "Safety recommendation 2023/04 – …", "Recommendation: …", "Recommendation 4 (paragraph 45)".
fn label_of(text: &str, is_heading: bool) -> Option<Label> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        let name = r"((?:[A-Z][\w’'-]* ){0,2})(?i:recommendation|rec\.?|area for improvement)";
        let words = "(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
        let number = r"(?:[A-Z]{1,2}/?)?\d{1,4}(?:[./-]\d{1,4}){0,3}[a-z]?";
        let aside = r"(?:,?\s*[(\[]?(?i:para[a-z]*)\.?\s+\d[\d.,–\s-]*(?:and\s+\d[\d.]*)?[)\]]?|\s+(?:for|to)\s[^:.]{1,50}:)?";
        Regex::new(&format!(
            r"^(?:[(•▪]\s*|\d{{1,2}}[a-z]?[.:)]?\s+)?(?:{name}(?:\s+(?:(?i:no\.?|number)\s*|#)?({number}|{words}|[A-Z]{{1,4}})\b{aside}(\s*[:.)–—-]+\s*|\s*$|\s+)|(\s*[:–—]\s+))|R(\d{{1,3}}(?:\.\d{{1,2}})*[a-z]?)(\s*[:.)–—-]+\s*|\s*$|\s+))"
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

fn label_of_line(line: &Line<'_>) -> Option<Label> {
    label_of(line.text, matches!(line.role, Role::Heading(1..=6)))
}

/// The recommendations whose labels are in this line: at its beginning, behind other sentences, or at its end.
fn labelled<'a>(lines: &[Line<'a>], at: usize, is_dense: bool) -> Vec<Numbered<'a>> {
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

/// Whether each line is in a section that holds labelled recommendations and nothing else: no answers, no headings, few paragraphs to each.
fn dense<'s>(lines: &[Line<'_>], sections: impl Iterator<Item = &'s Section>) -> Vec<bool> {
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

/// The recommendation whose label begins this line: the rest of the line, and the paragraphs and points that go on with it.
fn labelled_here<'a>(lines: &[Line<'a>], at: usize, label: Label, is_dense: bool) -> Option<Numbered<'a>> {
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

/// The numbered points of a section of recommendations; of one that holds more than these, those that recommend.
fn numbered<'a>(lines: &[Line<'a>], section: &Section) -> Vec<Numbered<'a>> {
    let is_mixed = is_mixed(lines.get(section.heading).map_or("", |line| line.text));
    let body = lines.get(section.body.clone()).unwrap_or_default();
    // Where each has its label, numbers within are those of steps.
    if body.iter().filter(|line| label_of_line(line).is_some()).count() >= 2 {
        return Vec::new();
    }
    let marks: Vec<Option<Mark<'_>>> = body.iter().map(|line| mark_of(line.text).filter(|_| !matches!(line.role, Role::Heading(1..=6) | Role::Rest))).collect();
    let is_counted = |line: &Line<'_>| matches!(line.role, Role::Item { depth: 0, is_numbered: true });
    let of = |count: Count| marks.iter().flatten().filter(|mark| mark.count == count).count();
    let own = match () {
        () if of(Count::Number) > 0 || body.iter().any(is_counted) => Count::Number,
        () if of(Count::Bare) >= 2 => Count::Bare,
        () if of(Count::Letter) >= 2 => Count::Letter,
        () => return Vec::new(),
    };
    let mut found: Vec<Numbered<'a>> = Vec::new();
    let mut counted = 0;
    let mut is_open = false;
    for ((at, &line), mark) in (section.body.start..).zip(body).zip(marks) {
        let before = found.last().and_then(|last| last.extract.parts.last()).map_or("", |(_, quote)| *quote);
        let is_counted = own == Count::Number && is_counted(&line);
        let is_under = mark.as_ref().is_some_and(|mark| mark.count == Count::Letter) && own != Count::Letter;
        let may_go_on = if is_counted {
            line.text.starts_with(char::is_lowercase) && !ends(before)
        } else {
            line.role.is_item() || line.role == Role::Rest || is_under || !ends(before)
        };
        let goes_on = is_open && !line.role.is_heading() && may_go_on;
        let number = mark.filter(|mark| mark.count == own).map(|mark| (mark.number.to_owned(), mark.from));
        let number = number.or_else(|| {
            counted += usize::from(is_counted && !goes_on);
            (is_counted && !goes_on).then(|| (counted.to_string(), 0))
        });
        if let Some((number, from)) = number {
            found.push(Numbered { number: Some(number), at, is_labelled: false, extract: Extract { parts: vec![(line, &line.text[from..])] } });
            is_open = true;
        } else if let Some(last) = found.last_mut().filter(|_| goes_on) {
            last.extract.parts.push((line, line.text));
        } else {
            is_open = false;
        }
    }
    let advises = |one: &Numbered<'_>| recommends(&one.extract.text());
    let do_most = found.iter().filter(|one| advises(one)).count() * 2 > found.len();
    // A paragraph that only says what is in the section.
    if found.first().is_some_and(|first| do_most && !advises(first) && INTRODUCES.is_match(&first.extract.text())) {
        found.remove(0);
    }
    found.retain(|one| !is_mixed || advises(one));
    found
}

/// The numbered paragraphs that recommend and that an answer follows, as responses quote them.
fn answered<'a>(lines: &[Line<'a>]) -> Vec<Numbered<'a>> {
    let is_answered = |at: usize| lines.get(at + 1).is_some_and(|next| !next.role.is_item() && answers(next.text)) && !answers(bare(lines[at].text));
    let of = |at: usize| {
        let line = lines[at];
        let mark = mark_of(line.text).filter(|mark| mark.count == Count::Number).map(|mark| (mark.number.to_owned(), mark.from));
        // The number of a list's point is not among its words.
        let (number, from) = mark.or_else(|| matches!(line.role, Role::Item { is_numbered: true, .. }).then(|| (format!("#{at}"), 0)))?;
        let extract = Extract { parts: vec![(line, &line.text[from..])] };
        recommends(line.text).then_some(Numbered { number: Some(number), at, is_labelled: false, extract })
    };
    (0..lines.len()).filter(|&at| is_answered(at)).filter_map(of).collect()
}

#[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
static INTRODUCES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\b(?:recommendations?|chapter|section|report|review|below|following)\b").unwrap());

/// The points of a section without numbers: its list, or what is said under each of its headings.
fn listed<'a>(lines: &[Line<'a>], kinds: &[Option<Kind>], section: &Section) -> Vec<Extract<'a>> {
    let is_mixed = is_mixed(lines.get(section.heading).map_or("", |line| line.text));
    let mut found: Vec<Extract<'a>> = points(&section.own_lines(lines, kinds)).into_iter().filter(|point| is_worded(point)).collect();
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

/// Those numbered in the way that most are, "12", "4.12" or not at all: numbers of paragraphs and those of recommendations are different things.
fn of_one_style(found: Vec<Numbered<'_>>) -> Vec<Numbered<'_>> {
    let style = |one: &Numbered<'_>| one.number.as_ref().map(|number| number.contains('.'));
    let count = |wanted: Option<bool>| found.iter().filter(|one| style(one) == wanted).count();
    let styles = [Some(false), Some(true), None];
    let Some(most) = styles.into_iter().rev().max_by_key(|&style| count(style)) else { return found };
    found.into_iter().filter(|one| style(one) == most).collect()
}

/// The ways in which points are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    /// "12." and "8.6".
    Number,
    /// "12".
    Bare,
    /// "(b)", "iv." and "b".
    Letter,
}

/// The number or letter that begins a line.
struct Mark<'a> {
    count: Count,
    number: &'a str,
    /// Where the point begins.
    from: usize,
}

/// The mark of a line: "12.", "8.6", or "8.6. We recommend" behind a title that became one with its paragraph; "12", "(b)", "b".
fn mark_of(text: &str) -> Option<Mark<'_>> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\(?(\d{1,3})[.)]\s+\S|(?:[A-Z][\w’' -]{2,60} )?(\d{1,3}(?:\.\d{1,3})+)[.)]?\s+[A-Z“]|(\d{1,3})\s+[A-Z“]|\(?([a-z]|[ivx]{1,5})[.)]\s+\S|([a-z])\s+[A-Z“])").unwrap()
    });
    let found = MARK.captures(text)?;
    let of = |group: usize, count: Count| found.get(group).map(|number| (number, count));
    let (number, count) = of(1, Count::Number).or(of(2, Count::Number)).or(of(3, Count::Bare)).or(of(4, Count::Letter)).or(of(5, Count::Letter))?;
    let has_own = found.get(3).or(found.get(5)).is_none();
    let from = if !has_own {
        number.end() + 1
    } else if found.get(2).is_some() {
        number.start()
    } else {
        0
    };
    Some(Mark { count, number: number.as_str(), from })
}

/// Whether words answer a recommendation, as responses print below each.
fn answers(text: &str) -> bool {
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

/// Those of the same number once: the fuller, unless it is an answer's. Reports that number by hand or anew in each part give some numbers
/// twice, so that they have to say the same too.
fn once_by_number(found: Vec<Numbered<'_>>) -> Vec<Extract<'_>> {
    let mut once: Vec<Numbered<'_>> = Vec::new();
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for next in found {
        let key = next.number.clone().unwrap_or_else(|| first_words(&next.extract));
        let same = known.entry(key).or_default();
        let advises = |one: &Numbered<'_>| recommends(&one.extract.text());
        let is_same = |kept: &Numbered<'_>| {
            let shared = shared_words(&kept.extract, &next.extract);
            shared > 0.6 || ((kept.is_labelled || next.is_labelled) && (shared > 0.25 || !advises(kept) || !advises(&next)))
        };
        match same.iter().copied().find(|&at| once.get(at).is_some_and(is_same)).and_then(|at| once.get_mut(at)) {
            Some(kept) => {
                let is_fuller = next.extract.word_count() > kept.extract.word_count() && next.extract.text().starts_with(&kept.extract.text());
                if is_fuller || (advises(&next) && !advises(kept)) {
                    kept.extract = next.extract;
                }
            }
            None => {
                same.push(once.len());
                once.push(next);
            }
        }
    }
    once.sort_by_key(|one| one.at);
    once.into_iter().map(|one| one.extract).collect()
}

/// The share of the words of the shorter that the longer has.
#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn shared_words(a: &Extract<'_>, b: &Extract<'_>) -> f64 {
    let words =
        |extract: &Extract<'_>| extract.text().to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3).map(str::to_owned).collect();
    let (a, b): (BTreeSet<String>, BTreeSet<String>) = (words(a), words(b));
    a.intersection(&b).count() as f64 / a.len().min(b.len()).max(1) as f64
}

/// Its first words, without those that lead in a list of several.
fn first_words(extract: &Extract<'_>) -> String {
    let leads = extract.parts.iter().take_while(|(line, quote)| !line.role.is_item() && leads_in(quote)).count();
    let own = Extract { parts: extract.parts.iter().skip(leads % extract.parts.len().max(1)).copied().collect() };
    own.text().to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(12).collect::<Vec<_>>().join(" ")
}

/// Those that begin with the same words once, the fuller kept where the first of them stands.
fn once_by_words(found: Vec<Extract<'_>>) -> Vec<Extract<'_>> {
    let mut once: Vec<Extract<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for next in found {
        let key = first_words(&next);
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
