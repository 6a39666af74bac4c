//! The description: who, what, how, of whom, when, in the publisher's own sentences.
//!
//! Taken from the abstract, the landing page or the executive summary: the sentence that says what the publication does, then those
//! that say how. Where no sentence says so, the first that stands alone in such a place.

use std::sync::LazyLock;

use regex::Regex;

use crate::candidates::{recommends, stands_alone};
use crate::extract::Extract;
use crate::reading::{Line, Role, bare};
use crate::sections::{Kind, Section, kinds};

/// A description has no more sentences than this.
const MOST_SENTENCES: usize = 3;
/// So many lines at the beginning of a document are looked at, and of each section that introduces it.
const NEAR: usize = 40;

/// The description of the documents; empty where no sentence says what they are, unless any that opens them will do.
pub(crate) fn description<'a>(lines: &[Line<'a>], sections: &[Section], any_will_do: bool) -> Vec<Extract<'a>> {
    let places = places(lines, sections);
    let all: Vec<(Line<'a>, &'a str)> =
        places.iter().filter_map(|&at| lines.get(at)).flat_map(|&line| line.sentences().map(move |sentence| (line, sentence))).collect();
    let fit: Vec<_> = all.into_iter().filter(|(_, sentence)| stands_alone(sentence) && sentence.len() <= 600 && !INVITES.is_match(sentence)).collect();
    let score =
        |sentence: &str| 2 * i32::from(SAYS_WHAT.is_match(bare(sentence))) + i32::from(SAYS_HOW.is_match(sentence)) + i32::from(SAYS_WHEN.is_match(sentence));
    let says_what = fit.iter().position(|(_, sentence)| SAYS_WHAT.is_match(bare(sentence)));
    let Some(first) = says_what.or_else(|| fit.iter().position(|(_, sentence)| any_will_do && !recommends(sentence))) else { return Vec::new() };
    // The ones that say most; of those that say the same, the earlier.
    let mut rest: Vec<usize> = (0..fit.len()).filter(|&at| at != first && score(fit[at].1) >= 1 && SAYS_HOW.is_match(fit[at].1)).collect();
    rest.sort_by_key(|&at| (-score(fit[at].1), at));
    let mut chosen: Vec<usize> = std::iter::once(first).chain(rest.into_iter().take(MOST_SENTENCES - 1)).collect();
    chosen[1..].sort_unstable();
    chosen.dedup_by_key(|at| fit[*at].1);
    chosen.into_iter().map(|at| Extract { parts: vec![fit[at]] }).collect()
}

/// The lines to look at, the likeliest first: the beginning of each document, abstracts and summaries, introductions.
fn places(lines: &[Line<'_>], sections: &[Section]) -> Vec<usize> {
    let kinds = kinds(lines, sections);
    let is_start = |at: usize| at == 0 || lines[at].document != lines[at - 1].document;
    let starts = (0..lines.len()).filter(|&at| is_start(at)).flat_map(|at| at..(at + NEAR).min(lines.len()));
    let starts = starts.filter(|&at| matches!(kinds[at], None | Some(Kind::Summary | Kind::About)));
    let of = |kind: Kind| sections.iter().filter(move |section| section.kind == kind).flat_map(|section| section.body.clone().take(NEAR));
    let mut seen = vec![false; lines.len()];
    let places = starts.chain(of(Kind::Summary)).chain(of(Kind::About));
    places.filter(|&at| matches!(lines[at].role, Role::Paragraph | Role::Rest) && !std::mem::replace(&mut seen[at], true)).collect()
}

#[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// "This report examines …", "We interviewed …", "The survey asks …".
static SAYS_WHAT: LazyLock<Regex> = LazyLock::new(|| {
    let work = "(?:report|study|survey|review|paper|article|bulletin|release|publication|evaluation|briefing|analysis|research|guide|guidance|toolkit|framework|inquiry|document|story|strategy|statistics|project|volume|response|consultation|dataset|index)";
    let does = "(?:begins? by|presents?|presented|examines?|examined|explores?|explored|looks? at|looked at|sets? out|describes?|describe[sd]|provides?|reports?|evaluate[sd]?|assess(?:es|ed)?|analyses?|analysed|summarises?|summarised|investigate[sd]?|considers?|considered|reviews?|reviewed|covers?|outlines?|brings? together|draws? on|aims? to|aimed to|contains?|asks?|asked|measures?|focus(?:es|ed)?|estimates?|compares?|compared|discusses|shows? how|gives?|seeks? to|sought to|responds? to|is (?:about|based on|an|a|the|intended|aimed)|was (?:commissioned|carried out|conducted))";
    pattern(&format!(
        r"(?i)^(?:(?:in )?(?:(?:this|our|these)(?: [\w’'-]+){{0,6}}|the(?: [\w’'-]+)?) {work}(?: \([^)]*\))?(?: [\w’'-]+){{0,5}},? (?:we )?{does}\b|we (?:interviewed|surveyed|analysed|examined|explored|reviewed|investigated|looked at)\b)"
    ))
});

/// Methods, samples, sources.
static SAYS_HOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:interview(?:s|ed)?|survey(?:s|ed)? (?:of|with)|respondents|focus groups?|case stud(?:y|ies)|systematic review|literature review|rapid review|evidence review|randomi[sz]ed|trial|mixed[- ]methods|cohort|sample of|sample size|responses from|participants|questionnaires?|data (?:from|on|collected)|based on|analysis of|commissioned by|drawing on|draws on|qualitative|quantitative|regression|meta-analysis|workshops?|evidence from|consultation with)\b",
    )
});

/// The period covered.
static SAYS_WHEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:19|20)\d\d\b"));

/// What invites, thanks or explains a page is no description of a work.
static INVITES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:e-?mail|cookies?|click|download|subscribe|contact us|telephone|website|copyright|©|licen[cs]e|thank|grateful|crown|isbn|available (?:at|from|on)|for more information|please|next release|accessible format|request an|national statistics are|printed (?:on|in|by)|recycled|stationery|presented to parliament|ordered by)\b|https?:|www\.|@",
    )
});
