//! Sections: which part of a document a line belongs to, by the headings above it.
//!
//! In: lines. Out: for each line the kind of the nearest heading above it that says one, and the sections of a kind with their
//! lines. The level of a heading decides where its section ends. A heading is known by its words, wherever it stands: numbered, in a
//! box, or a short paragraph that is set like one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::reading::{Line, Role, bare};

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// "Key findings", "Main points", "At a glance", "What we found".
    Findings,
    /// "Executive summary", "Abstract".
    Summary,
    /// "Conclusions", "Conclusions and recommendations", "Discussion".
    Conclusions,
    /// "Recommendations", "Recommendation 4", "We recommend", "What needs to change".
    Recommendations,
    /// "Progress against earlier recommendations": what this document does not recommend.
    Earlier,
    /// "Introduction", "About this report", "Methods": what was done.
    About,
    /// "References", "Glossary", "Contact": nothing to draft from.
    Aside,
}

/// The lines under a heading.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// What its heading says it is for.
    pub(crate) kind: Kind,
    /// The line of its heading.
    pub(crate) heading: usize,
    /// The lines under it, those of its own sections too.
    pub(crate) body: Range<usize>,
}

impl Section {
    /// Its lines without those of sections of another kind in it.
    pub(crate) fn own_lines<'a>(&self, lines: &[Line<'a>], kinds: &[Option<Kind>]) -> Vec<Line<'a>> {
        self.body.clone().filter(|&at| kinds.get(at) == Some(&Some(self.kind))).filter_map(|at| lines.get(at)).copied().collect()
    }
}

/// The sections whose heading says what they are for, in order.
pub(crate) fn sections(lines: &[Line<'_>]) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    // Sections that go on, the outermost first: the level of the heading, its document, and which of `found` it is.
    let mut open: Vec<(u8, usize, Option<usize>)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Role::Heading(level) = line.role else { continue };
        while let Some(&(above, document, section)) = open.last() {
            if above < level && document == line.document {
                break;
            }
            if let Some(section) = section.and_then(|section| found.get_mut(section)) {
                section.body.end = at.min(end_of(lines, document));
            }
            open.pop();
        }
        let section = kind_of(line.text).map(|kind| {
            found.push(Section { kind, heading: at, body: at + 1..at + 1 });
            found.len() - 1
        });
        open.push((level, line.document, section));
    }
    for (_, document, section) in open {
        if let Some(section) = section.and_then(|section| found.get_mut(section)) {
            section.body.end = end_of(lines, document);
        }
    }
    for section in found.iter_mut().filter(|section| lines[section.heading].text.ends_with(':')) {
        // It leads in a list, or several, and no more.
        let body = &lines[section.body.clone()];
        let list = body.iter().take_while(|line| line.role.is_item() || line.role == Role::Rest || leads_in(line.text)).count();
        if body.first().is_some_and(|line| line.role.is_item()) {
            section.body.end = section.body.start + list;
        }
    }
    for section in found.iter_mut().filter(|section| section.body.is_empty() && matches!(section.kind, Kind::Findings | Kind::Recommendations)) {
        section.body.end = end_of_parts(lines, section.heading);
    }
    found
}

/// Where the parts of a section end whose headings are set like its own: short ones, whose headings do not say what they are for.
fn end_of_parts(lines: &[Line<'_>], heading: usize) -> usize {
    /// A part has no more words.
    const MOST_WORDS: usize = 300;
    let is_part = |line: &Line<'_>| line.role == lines[heading].role && line.document == lines[heading].document && kind_of(line.text).is_none();
    let mut end = heading + 1;
    while lines.get(end).is_some_and(is_part) {
        let rest = lines[end + 1..].iter().take_while(|line| !line.role.is_heading() && line.document == lines[heading].document);
        let (count, words) = rest.fold((0, 0), |(count, words), line| (count + 1, words + line.text.split(' ').count()));
        if words > MOST_WORDS {
            break;
        }
        end += 1 + count;
    }
    end
}

fn end_of(lines: &[Line<'_>], document: usize) -> usize {
    lines.partition_point(|line| line.document <= document)
}

/// For each line the kind of the innermost section it is in.
pub(crate) fn kinds(lines: &[Line<'_>], sections: &[Section]) -> Vec<Option<Kind>> {
    let mut kinds = vec![None; lines.len()];
    // Inner sections come behind those they are in.
    for section in sections {
        for kind in kinds.get_mut(section.heading..section.body.end).into_iter().flatten() {
            *kind = Some(section.kind);
        }
    }
    kinds
}

/// What a heading says its section is for.
pub(crate) fn kind_of(title: &str) -> Option<Kind> {
    if title.len() > 120 {
        return None;
    }
    let title = title.to_lowercase().replace('’', "'");
    let title = bare(LABEL.find(&title).map_or(title.as_str(), |label| &title[label.end()..])).trim_end_matches([':', '.', '?', ' ', '-', '–']);
    KINDS.iter().find(|(_, pattern)| pattern.is_match(title)).map(|(kind, _)| *kind)
}

/// Whether a title promises something else beside recommendations: of such a section only what recommends is taken.
pub(crate) fn is_mixed(title: &str) -> bool {
    let title = title.to_lowercase();
    !title.contains("recommend") || ["conclusion", "finding", "discussion", "lessons", "summary and"].iter().any(|other| title.contains(other))
}

#[expect(clippy::unwrap_used, reason = "constant patterns that a test compiles")]
static LABEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:(?:section|chapter|part|annex|appendix|box) [\dA-Za-z]{1,3}\s*[:.–-]?\s+|\d{1,2}\s+)").unwrap());

#[expect(clippy::unwrap_used, reason = "constant patterns that a test compiles")]
static KINDS: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
    let points = "(?:findings?|points?|messages?|results?|facts?|figures?|statistics?|headlines?|takeaways?|take-aways?|insights?|conclusions?|trends?|highlights?|learning|lessons?|stats)";
    let key = "(?:key|main|headline|major|principal|top|top-?line|core|central|overall|summary|selected|important)";
    let work = "(?:we|they|(?:the|this|our) (?:research|report|study|survey|evaluation|review|data|evidence|figures|inspection|inquiry))";
    // What may stand before a title that is known, "Executive summary: key findings", and behind it: "Key findings from the survey", "Main points, June 2019".
    let head = r"(?:[\w' ]{1,40}[:–-] |(?:the|our|report|research|survey|study|evaluation|review|some|two|three|four|five|six|seven|eight|nine|ten|\d+) )*";
    let tail = r"(?:\s*[:,(–-].*|\s+(?:19|20)\d\d.*|\s+(?:from|for|of|in|on|about|and|at|by|across|to|are|were|include)\b.*)?";
    let findings = format!(
        r"(?:{head}(?:{key} )+(?:research |survey |evaluation |statistical )?{points}|(?:summary|overview|synopsis) of (?:the )?(?:{key} )*(?:research |survey )?{points}|{head}(?:headlines?|highlights|top-? ?lines|findings)|(?:.{{1,50}} )?at a glance|(?:.{{1,50}} )?in brief|in a nutshell|(?:{head}(?:things|what) )?{work} (?:have |has )?(?:found|learned|learnt|tells? us|shows?|says)(?: that)?|what (?:did|do|does) {work} (?:find|found|learn|tell us|show|say))"
    );
    let recommendations = [
        r"(?:.{0,80}\b)?recommendations?(?: (?:for|to|from|of|and|on|in|made|arising|by|with|are|include)\b.{0,60})?",
        r"(?:.{0,80}\b)?recommendations[:,(–].{0,60}",
        "(?:what )?we recommend(?: that)?",
        "recommended actions?",
        r"what (?:should|must|needs? to|can) .{0,50}(?:happen|change|do|be done|done).{0,30}",
        r"what (?:does|do) .{1,50} needs? to do.{0,40}",
        r"(?:our )?(?:calls? (?:to|for) action|asks|proposals?)(?: (?:for|to|of)\b.{0,40})?",
        r"what (?:we are|we're|are we) (?:calling|asking) for",
        r"(?:an? |our |the )?\w+[- ]point plan.{0,40}",
        r"areas? (?:for|of) improvement.{0,20}",
        r"(?:(?:our|key|\w+) )?priorit(?:y|ies) for (?:action|change|reform).{0,30}",
        r"implications for (?:policy|practice).{0,40}",
    ];
    let patterns = [
        (Kind::Earlier, r"(?:(?:progress|status|delivery|update|follow|implement\w*|monitoring)\b.{0,60}\brecommendations?\b.{0,60}|.{0,60}\b(?:previous|earlier|past|prior|outstanding|last year's|progress (?:on|against|with))\b.{0,60}\brecommendations?.{0,40}|.{0,40}\brecommendations? (?:made |given )?(?:(?:by|in) (?:other|others|earlier|previous|past|the last)\b|elsewhere|already|since).{0,40})".to_owned()),
        (Kind::Conclusions, r"(?:(?:summary(?: of|,| and)? )?(?:(?:key |main |our )?conclusions?|concluding remarks|discussion|summing up)(?:[,:]? (?:and|&) .{0,40})?|.{0,40} conclusions?|(?:summary(?: of findings)?|(?:key |main |our )?findings|lessons?(?: learn\w+)?|next steps),? (?:and|&) (?:\w+ )?recommendations?)".to_owned()),
        (Kind::Recommendations, format!("(?:{})", recommendations.join("|"))),
        (Kind::Findings, format!("{findings}{tail}")),
        (Kind::Summary, r"(?:(?:executive|plain english|plain language|lay|short|policy|management|non-technical|report|research) summary.{0,40}|summary|abstract|synopsis|in summary|summary (?:and|of) .{0,40}|overview)".to_owned()),
        (Kind::Aside, r"(?:(?:end ?|foot ?|background |technical |explanatory )?notes?|references|bibliography|works cited|glossary.{0,30}|abbreviations.{0,30}|acronyms.{0,30}|acknowledge?ments?|(?:about the |list of )?(?:authors?|contributors?|tables|figures|charts)|contacts?(?: us| details)?|(?:main |key )?defin\w+.{0,60}|terms? (?:used|and definitions).{0,40}|(?:further|additional|more|other|related) (?:information|reading|links|statistics|resources|publications?)|how to (?:cite|contact|use).{0,40}|correction.{0,60}|(?:.{0,30} )?(?:foreword|preface)(?: by .{0,40})?|copyright.{0,30}|appendix|appendices|annex(?:es)?|(?:your|user) (?:views|feedback).{0,30}|feedback|(?:data )?quality.{0,50}|revisions?.{0,50}|(?:data )?sources?.{0,40}|users? and uses.{0,30}|uses? of.{0,40}|related .{0,30}|next (?:release|publication)|strengths and limitations|limitations|disclaimer|funding|(?:conflicts?|declarations?) of interests?|supporting information|accessing .{0,30}|download.{0,40}|links to .{0,40}|cookies.{0,20}|.{0,30}(?:comment|quote)s?(?: from .*)?|share this.{0,20}|print this.{0,20})".to_owned()),
        (Kind::About, r"(?:(?:1 )?introduction.{0,40}|background.{0,40}|context|purpose.{0,40}|(?:aims?|objectives?)(?: and .{0,30})?|scope.{0,30}|(?:about|in) (?:this|the) (?:report|bulletin|release|article|study|survey|review|research|statistical bulletin|publication|data|evaluation|project).{0,30}|(?:our )?(?:research )?(?:methods?|methodology|approach|design|sample|sampling)(?: and .{0,40})?|how (?:we|the).{0,50}|what (?:we|is this).{0,40}|who (?:is|we).{0,40}|(?:research )?questions?|understanding .{0,60}|(?:data )?(?:collection|analysis)|the (?:survey|study|programme|research|sample|data))".to_owned()),
    ];
    patterns.into_iter().map(|(kind, pattern)| (kind, Regex::new(&format!("^(?:{pattern})$")).unwrap())).collect()
});

/// Whether a paragraph leads in the list behind it.
pub(crate) fn leads_in(text: &str) -> bool {
    text.ends_with([':', '–', '—']) && text.len() < 600
}
