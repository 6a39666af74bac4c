//! Set phrases from which a small word was dropped: "as result", "more 40 people", "in order reduce".
//!
//! In: a text. Out: where a phrase stands, and the word it lacks. Each rule knows what may stand behind its phrase: what is right English
//! in some sentence is let pass.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A pattern, and what its words lack. Its group `gap`, or else all of it, is asked about.
struct Phrase {
    pattern: Regex,
    lacks: &'static str,
}

/// Verbs in a form that no noun has, so that "to" is missing before them.
const VERB: &str = "(?:be|have|make|get|find|improve|reduce|ensure|provide|develop|create|build|deliver|give|keep|identify|understand|assess|consider|explore|prevent|protect|promote|know|say|tell|do|go|join|learn|achieve|avoid|become|bring|continue|encourage|enable|examine|inform|strengthen|tackle|take|ask|meet|see|hear|cope|live|sleep|attend|afford|apply|leave|return|stay|write|speak|talk|choose|remain|begin|allow|follow|receive|recognise|describe|recruit|respond|decide|discuss)";
/// Words before a noun.
const ARTICLE: &str = "(?:the|an?|its|their|his|her|our|these|those|this)";
/// Nouns of people and places that are counted.
const PEOPLE: &str = "(?:people|children|adults|those|staff|patients|women|men|respondents|participants|families|carers|parents|pupils|students|workers|services|councils|schools|homes|areas|organisations|studies|reports|factors|reasons|ways)";
const NUMBER: &str = r"[\u{a3}$\u{20ac}]?\d[\d,.]*%?";

#[expect(clippy::unwrap_used, reason = "fixed patterns")]
static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let phrase = |pattern: &str, lacks| {
        let pattern = pattern.replace("VERB", VERB).replace("ARTICLE", ARTICLE).replace("PEOPLE", PEOPLE).replace("NUMBER", NUMBER);
        Phrase { pattern: Regex::new(&pattern).unwrap(), lacks }
    };
    vec![
        phrase(
            r"(?:^|(?i:\b(?:from|of|by|to|in|at|for|with|over|no|is|are|was|were|had|has|have|took|take|takes|found|and|cost|costs|lasted|needed|than|that) ))(?P<gap>(?i:more|fewer|less) NUMBER) \p{Ll}",
            "than",
        ),
        phrase(r"(?i)\b(?:more|fewer|less) (?:half|an? (?:half|third|quarter|tenth)|one in)\b", "than"),
        phrase(r"(?i)\bat least of\b", "a number"),
        phrase(r"(?i)\bone the (?:most|least|largest|smallest|biggest|best|worst|highest|lowest|oldest|newest|main|few|first|key|commonest|\d+)\b", "of"),
        phrase(r"(?i)\bone (?:most|largest|smallest|biggest|highest|lowest) \p{Ll}+", "of the"),
        phrase(
            r"(?i)\b(?:many|most|some|several|few|none|neither|rest) of (?:people|children|adults|staff|patients|women|men|respondents|participants|families|carers|parents|pupils|councils|services)\b",
            "the",
        ),
        phrase(r"\b(?:[Ss]hould|[Mm]ust|[Mm]ight|[Cc]annot) (?:to|of)\b|\b(?:[Cc]|[Ww])ould of\b", "a verb"),
        phrase(r"(?i)\bone of (?:most|least|largest|smallest|biggest|best|worst|highest|lowest|oldest|newest|main|first)\b", "the"),
        phrase(r"(?i)\b(?:as (?:result|consequence|whole)|as part of (?:wider|larger|broader|national) (?:study|programme|project|review))\b", "a"),
        phrase(r"(?i)\b(?:in favour|by means|as part|regardless|irrespective) ARTICLE\b", "of"),
        phrase(r"\b(?:[Mm]ost|[Mm]any|[Ss]ome|[Ss]everal|[Ee]ach|[Nn]either) the\b", "of"),
        phrase(
            r"(?i)\b(?:an? (?:number|range|variety|series|handful|majority|minority|couple|wealth|proportion|percentage|sample|group|third|quarter)|the majority|two thirds|three quarters|(?:tens|hundreds|thousands|millions)) PEOPLE\b",
            "of",
        ),
        phrase(
            r"(?i)(?P<gap>\bthe (?:number|proportion|percentage|share|majority|rest) PEOPLE) (?:who|in|with|aged|without|whose|living|waiting|receiving)\b",
            "of",
        ),
        phrase(
            r"(?:^|[^.] )(?:\b(?i:the|an?|his|her|their|its|free|this|that) )?(?P<gap>\b(?i:should|could|would|must|might|will|cannot) (?:able|likely|unable|required|allowed|given|taken|shown|made|done|known|chosen|written))\b",
            "be",
        ),
        phrase(r"\b(?:should|could|would|must|might|will|cannot) \p{Ll}{2,}ed\b", "be"),
        phrase(r"\bto (?:able|unable|likely)\b", "be"),
        phrase(r"\b(?:expected|likely|able|unable|going|aims?|plans|hopes?|needs?|wants?|ought) to \p{Ll}{2,}ed\b", "be, or another form"),
        phrase(r"\b[Aa]ccording \p{Lu}", "to"),
        phrase(r"(?:^|[.;] )(?P<gap>There (?:an?|no|many|few|several))\b", "is or are"),
        phrase(
            r"(?i)\b(?:un?able|able|would like|going|(?:un)?likely|ought|tends?|(?:it|they|which|that|trust|project|study|programme) aims|intends?|wants?|hopes?) VERB\b",
            "to",
        ),
        phrase(
            r"(?i)\b(?:depend(?:s|ed|ing)?|consist(?:s|ed|ing)?|rel(?:y|ies|ied|ying)|compl(?:y|ies|ied|ying)|belong(?:s|ed|ing)?|cop(?:es?|ed|ing)|listen(?:s|ed|ing)?|differ(?:s|ed)?) (?:ARTICLE|two|three|four|five|six|seven|eight|nine|ten)\b",
            "on, of, with or to",
        ),
        phrase(
            r"(?i)\baccording (?:ARTICLE|research|figures|data)\b|\bdue (?:ARTICLE|lack)\b|\bgrateful (?:all|everyone|everybody|those|our|their|the)\b|\bthanks (?:all|everyone|everybody|those) who\b",
            "to",
        ),
        phrase(r"(?i)\blook(?:s|ed|ing)? forward (?:hearing|seeing|meeting|reading|working|welcoming|your|the|this|our)\b", "to"),
        phrase(r"(?i)\b(?:get|gets|getting|got|keep|stay) touch\b|\b(?:tak(?:e|es|ing|en)|took) part (?:ARTICLE|\d)", "in"),
        phrase(
            r"(?i)\b(?:one|two|three|four|five|six|seven|eight|nine) (?:out (?:two|three|four|five|six|seven|eight|nine|ten|\d+)|(?:two|three|four|five|six|eight|nine|ten) (?:people|children|adults|carers|women|men|pupils|patients|respondents))\b",
            "in or of",
        ),
        phrase(r"(?i)\bbetween NUMBER NUMBER|\d%? compared NUMBER", "and, or with"),
        phrase(r"\b(?:in|of|across|from|for|to) (?:UK|US|EU|United Kingdom|Netherlands)(?:[,;)]|\.? ?$|\. \p{Lu})", "the"),
    ]
});

/// Phrases that one of these words has to follow, and what they lack where another does.
const FOLLOWED: [(&str, &[&str], &str); 7] = [
    ("in terms", &["of", "that", "which", "as", "and", "so", "with"], "of"),
    ("in spite", &["of"], "of"),
    ("on behalf", &["of"], "of"),
    ("with regard", &["to", "for"], "to"),
    ("in accordance", &["with"], "with"),
    (
        "in order",
        &["to", "that", "for", "of", "and", "or", "by", "if", "but", "when", "so", "as", "with", "from", "on", "at", "is", "was", "were", "are", "not"],
        "to",
    ),
    ("a variety", &["of", "and", "in", "that", "which", "from", "show", "has", "is", "was"], "of"),
];

/// What stands in the place of the word that has to follow a phrase.
fn not_followed(plain: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut gaps = Vec::new();
    let lower = plain.to_ascii_lowercase();
    for (phrase, allowed, lacks) in FOLLOWED {
        for (at, _) in lower.match_indices(phrase).filter(|(at, _)| !lower[..*at].ends_with(char::is_alphanumeric)) {
            let Some(rest) = lower[at + phrase.len()..].strip_prefix(' ') else { continue };
            let next = rest.split(|c: char| !c.is_lowercase()).next().unwrap_or("");
            if !next.is_empty() && !allowed.contains(&next) {
                gaps.push((at..at + phrase.len() + 1 + next.len(), lacks));
            }
        }
    }
    gaps
}

/// The phrases of a text that lack a word, and which one.
pub(super) fn gaps(plain: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut gaps = not_followed(plain);
    for phrase in PHRASES.iter() {
        for found in phrase.pattern.captures_iter(plain) {
            let Some(range) = found.name("gap").or(found.get(0)).map(|found| found.range()) else { continue };
            if !may_stand(plain, &range) {
                gaps.push((range, phrase.lacks));
            }
        }
    }
    gaps
}

/// Words that make what looks like a gap right English: "a will signed", "depends each year the same way", "will indeed".
fn may_stand(plain: &str, range: &Range<usize>) -> bool {
    let (words, before, after) = (&plain[range.clone()], plain[..range.start].trim_end(), plain[range.end..].trim_start());
    let last = |text: &str| text.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
    let first = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let is_noun =
        words.to_lowercase().starts_with("will ") && matches!(last(before).as_str(), "a" | "the" | "his" | "her" | "their" | "this" | "free" | "good");
    let is_verb = matches!(
        last(words).as_str(),
        "need" | "feed" | "speed" | "proceed" | "succeed" | "exceed" | "embed" | "shed" | "indeed" | "breed" | "bleed" | "heed" | "red" | "hundred" | "sacred"
    );
    let is_time = matches!(first, "same" | "following" | "next" | "previous" | "other" | "year" | "month" | "week" | "day" | "little" | "lot");
    is_noun || is_verb || (last(words) != "be" && is_time && !words.to_lowercase().starts_with("according"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert!(PHRASES.iter().all(|phrase| phrase.pattern.find("").is_none()));
        assert_eq!(gaps("It will agreed, as result of this."), [(16..25, "a"), (3..14, "be")]);
        for right in ["A will signed in haste", "It will indeed", "It differs the same way", "as a result", "They listened this month"] {
            assert_eq!(gaps(right), [], "{right}");
        }
    }
}
