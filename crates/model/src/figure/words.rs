//! The English words that the rules know, and what they mean.
//!
//! In: a word in any case. Out: its value, or whether it belongs to a class. The classes are closed ones (number words,
//! months, prepositions, auxiliary verbs) or those that British statistical prose uses around numbers; style and spelling
//! follow the ONS and GOV.UK style guides ("per cent" and "%", "£1.2bn" and "£1.2 billion", "2015/16" and "2015 to 2016").
//!
//! Not here: how words follow each other ([`super::rules`], [`super::phrase`]).

/// Whether `word` is in `list`, in any case.
pub(super) fn among(word: &str, list: &[&str]) -> bool {
    !word.is_empty() && list.iter().any(|entry| entry.eq_ignore_ascii_case(word))
}

fn value_of<T: Copy>(word: &str, table: &[(&str, T)]) -> Option<T> {
    table.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
}

/// A cardinal number below one hundred that is one word.
pub(super) fn cardinal(word: &str) -> Option<u32> {
    // None is shorter than "one" or longer than "seventeen"; most words of a text are turned away here.
    if (3..=9).contains(&word.len()) { value_of(word, CARDINALS) } else { None }
}

/// The power of ten that a word after a number stands for: "hundred", "million", "bn".
pub(super) fn scale(word: &str) -> Option<u64> {
    value_of(word, &[("hundred", 100), ("thousand", 1_000), ("million", 1_000_000), ("billion", 1_000_000_000), ("trillion", 1_000_000_000_000), ("dozen", 12)])
}

/// A scale written without a space: "£3m", "1.2bn".
pub(super) fn glued_scale(word: &str) -> Option<u64> {
    let table = [("k", 1_000), ("m", 1_000_000), ("mn", 1_000_000), ("mln", 1_000_000), ("bn", 1_000_000_000), ("b", 1_000_000_000), ("tn", 1_000_000_000_000)];
    value_of(word, &table).or_else(|| scale(word))
}

/// The denominator of "third", "quarters", "fifth"; whether the word is a plural.
pub(super) fn fraction(word: &str) -> Option<(u32, bool)> {
    const DENOMINATORS: [u32; 11] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 100];
    let position = FRACTIONS.iter().position(|entry| entry.eq_ignore_ascii_case(word))?;
    Some((DENOMINATORS[position / 2], position % 2 == 1))
}

/// How often "doubled" or "halved" multiplies, as numerator and denominator.
pub(super) fn multiplied(word: &str) -> Option<(u32, u32)> {
    value_of(word, &[("doubled", (2, 1)), ("trebled", (3, 1)), ("tripled", (3, 1)), ("quadrupled", (4, 1)), ("halved", (1, 2))])
}

/// The factor of "threefold" and its like.
pub(super) fn fold(word: &str) -> Option<u32> {
    let number = word.get(..word.len().checked_sub(4)?)?;
    word.get(number.len()..)?.eq_ignore_ascii_case("fold").then(|| cardinal(number))?
}

/// The word can be the first of a figure that has no digits.
pub(super) fn opens_figure(word: &str) -> bool {
    cardinal(word).is_some()
        || match word.as_bytes().first().map(u8::to_ascii_lowercase) {
            Some(b'h') => among(word, &["half", "hundred", "halved"]),
            Some(b't') => among(word, &["twice", "thousand", "trillion", "third", "tenth", "trebled", "tripled", "twofold", "threefold", "tenfold"]),
            Some(b'm') => among(word, &["million"]),
            Some(b'b') => among(word, &["billion"]),
            Some(b'd') => among(word, &["dozen", "double", "doubled"]),
            Some(b'q') => among(word, &["quarter", "quadrupled"]),
            Some(b'f') => among(word, &["fifth", "fourfold", "fivefold"]),
            Some(b's') => among(word, &["sixth", "sixfold"]),
            Some(b'e') => among(word, &["eighth"]),
            _ => false,
        }
}

/// ISO 4217 code of a currency sign.
pub(super) fn currency_sign(sign: char) -> Option<&'static str> {
    match sign {
        '£' => Some("GBP"),
        '€' => Some("EUR"),
        '$' => Some("USD"),
        '¥' => Some("JPY"),
        _ => None,
    }
}

/// ISO 4217 code of a currency's name after the sum, and how many of it make one of the main unit.
pub(super) fn currency_name(word: &str) -> Option<(&'static str, u32)> {
    let table = [("pounds", ("GBP", 1)), ("pound", ("GBP", 1)), ("pence", ("GBP", 100)), ("euros", ("EUR", 1)), ("euro", ("EUR", 1)), ("dollars", ("USD", 1))];
    value_of(word, &table)
}

/// The value of "½" and its like, in hundredths.
pub(super) fn vulgar_fraction(c: char) -> Option<i64> {
    match c {
        '\u{bd}' => Some(50),
        '\u{bc}' => Some(25),
        '\u{be}' => Some(75),
        _ => None,
    }
}

/// The character is "½" or one of its like.
pub(super) fn is_vulgar_fraction(c: char) -> bool {
    vulgar_fraction(c).is_some()
}

/// A hyphen, a dash, or the minus sign that some set for one.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The word looks like a noun in the plural. English spelling decides: a final "s" that is none of "ss", "us", "is".
pub(super) fn is_plural(word: &str) -> bool {
    if among(word, PLURALS) {
        return true;
    }
    let is_possessive = word.ends_with("'s") || word.ends_with("\u{2019}s");
    let is_singular = ["ss", "us", "is", "ous"].iter().any(|ending| word.ends_with(ending));
    word.len() > 3 && word.ends_with('s') && !is_possessive && !is_singular && !among(word, SINGULARS_IN_S) || is_plural_abbreviation(word)
}

/// "GPs", "ICBs", "MPs".
fn is_plural_abbreviation(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|letters| letters.len() > 1 && letters.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// The word is a verb or participle by its ending, where a noun would be taken for the thing counted.
pub(super) fn is_verb_like(word: &str) -> bool {
    ["ed", "ing", "ly"].iter().any(|ending| word.ends_with(ending)) || among(word, VERBS)
}

/// The word cannot belong to the name of what is counted.
pub(super) fn ends_phrase(word: &str) -> bool {
    among(word, FUNCTION_WORDS) || among(word, AUXILIARIES) || among(word, VERBS)
}

#[rustfmt::skip]
const CARDINALS: &[(&str, u32)] = &[
    ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8), ("nine", 9), ("ten", 10), ("eleven", 11),
    ("twelve", 12), ("thirteen", 13), ("fourteen", 14), ("fifteen", 15), ("sixteen", 16), ("seventeen", 17), ("eighteen", 18), ("nineteen", 19),
    ("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60), ("seventy", 70), ("eighty", 80), ("ninety", 90),
];

/// Singular and plural by turns.
#[rustfmt::skip]
pub(super) const FRACTIONS: &[&str] = &[
    "half", "halves", "third", "thirds", "quarter", "quarters", "fifth", "fifths", "sixth", "sixths", "seventh", "sevenths", "eighth", "eighths", "ninth",
    "ninths", "tenth", "tenths", "twentieth", "twentieths", "hundredth", "hundredths",
];

/// Whole and cut short. "May" counts as the month only with a capital letter, which the caller sees to.
#[rustfmt::skip]
pub(super) const MONTHS: &[&str] = &[
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December", "Jan", "Feb", "Mar", "Apr",
    "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
];

pub(super) const WEEKDAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue", "Wed", "Thu", "Fri"];

/// A number after one of these names a thing: "Phase 1", "Part 2", "section 21 notices", "Type 2 diabetes".
#[rustfmt::skip]
pub(super) const LABELS: &[&str] = &[
    "phase", "phases", "part", "parts", "section", "sections", "chapter", "chapters", "stage", "stages", "table", "tables", "figure", "figures", "fig",
    "appendix", "annex", "annexe", "box", "page", "pages", "pp", "para", "paras", "paragraph", "paragraphs", "article", "articles", "clause", "clauses",
    "schedule", "schedules", "volume", "vol", "level", "levels", "tier", "tiers", "band", "bands", "grade", "grades", "type", "class", "category",
    "version", "regulation", "regulations", "step", "steps", "wave", "waves", "chart", "charts", "map", "footnote", "note", "covid", "agenda", "vision",
    "nhs", "sic", "nace", "iso",
];

/// A number after one of these names a thing if nothing is counted after it: "question 4", "day 30", "call 999".
#[rustfmt::skip]
pub(super) const LOOSE_LABELS: &[&str] = &[
    "question", "questions", "recommendation", "recommendations", "group", "groups", "option", "options", "principle", "principles", "objective",
    "objectives", "priority", "priorities", "outcome", "outcomes", "theme", "domain", "standard", "standards", "item", "items", "module", "modules",
    "unit", "day", "week", "month", "year", "years", "quarter", "number", "no", "nos", "issue", "issues", "round", "cohort", "cohorts", "case", "zone",
    "area", "areas", "model", "study", "call", "dial", "ring", "text", "goal", "goals", "scenario", "aim", "aims", "action", "actions", "rule", "ward",
    "room", "row", "column", "line", "act",
];

/// A noun in the singular that a number may stand before: "a 10 year plan", "six-month review", "45 kg".
#[rustfmt::skip]
pub(super) const MEASURES: &[&str] = &[
    "year", "month", "week", "day", "hour", "minute", "second", "night", "mile", "metre", "kilometre", "km", "m", "cm", "mm", "kg", "g", "mg", "ml",
    "mph", "hectare", "ha", "acre", "tonne", "kwh", "mwh", "mw", "gw", "mt", "mtco2e", "hrs", "mins", "hr", "h", "min", "bed", "bedroom", "point", "population",
    "percentile", "fte",
];

/// Plurals that spelling does not show, and nouns that count without one.
#[rustfmt::skip]
const PLURALS: &[&str] = &[
    "people", "children", "men", "women", "staff", "criteria", "grandchildren", "schoolchildren", "stepchildren", "salesmen", "policemen", "servicemen",
    "servicewomen", "feet", "sheep", "cattle", "phenomena", "curricula", "alumni", "personnel", "series", "species", "analyses", "crises", "theses",
    "hypotheses", "bases", "menus", "campuses", "viruses", "hrs", "mins", "gps", "mps",
];

#[rustfmt::skip]
const SINGULARS_IN_S: &[&str] = &[
    "news", "diabetes", "mathematics", "physics", "economics", "politics", "ethics", "sometimes", "always", "perhaps", "towards", "besides", "afterwards",
    "whereas", "overseas", "does", "wales", "aids", "likes", "sports", "indoors", "outdoors", "upwards", "downwards", "onwards", "needs",
];

/// Determiners, pronouns, prepositions, conjunctions and adverbs.
#[rustfmt::skip]
const FUNCTION_WORDS: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "his", "her", "hers", "its", "their", "theirs", "our", "ours", "my", "your", "yours", "it",
    "they", "we", "he", "she", "you", "i", "us", "them", "him", "who", "whom", "whose", "which", "what", "where", "when", "while", "whilst", "why", "how",
    "whether", "if", "because", "although", "though", "unless", "until", "since", "than", "as", "and", "or", "but", "nor", "so", "yet", "of", "in", "on",
    "at", "by", "for", "from", "to", "with", "without", "within", "into", "onto", "over", "under", "above", "below", "between", "among", "amongst",
    "across", "through", "throughout", "during", "before", "after", "about", "around", "against", "along", "beyond", "behind", "near", "off", "out", "up",
    "down", "per", "via", "versus", "vs", "towards", "toward", "upon", "despite", "including", "excluding", "regarding", "concerning", "following",
    "compared", "according", "both", "either", "neither", "each", "every", "all", "any", "some", "such", "no", "not", "there", "here", "then", "also",
    "only", "too", "just", "even", "still", "again", "already", "however", "therefore", "thus", "respectively", "ago", "later", "earlier", "onwards",
    "approximately", "nearly", "almost", "overall", "altogether", "alone", "together", "apart", "plus", "times", "always", "perhaps", "sometimes",
    "often", "usually", "currently", "now", "away", "instead", "except", "like", "unlike", "himself", "themselves", "itself", "else", "once", "twice",
    "half", "outside", "inside", "alongside", "next",
];

/// Auxiliary verbs.
#[rustfmt::skip]
pub(super) const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "having", "do", "does", "did", "can", "could", "will", "would",
    "shall", "should", "may", "might", "must", "cannot", "said", "reported", "felt", "agreed", "took", "made", "lived",
];

/// Verbs that follow numbers and counted things in reports, and that would pass for nouns.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "says", "say", "said", "told", "makes", "make", "made", "includes", "include", "provides", "provide", "shows", "show", "suggests", "suggest", "finds",
    "find", "found", "sets", "set", "aims", "aim", "remains", "remain", "remained", "gets", "get", "got", "goes", "go", "went", "gave", "gives", "give",
    "takes", "take", "took", "came", "comes", "come", "became", "becomes", "covers", "cover", "contains", "contain", "requires", "require", "allows",
    "allow", "fits", "fit", "knew", "know", "knows", "held", "hold", "holds", "left", "lost", "met", "needs", "need", "paid", "pay", "pays", "rose",
    "fell", "grew", "saw", "seen", "spent", "stood", "stands", "thought", "think", "thinks", "felt", "feel", "feels", "kept", "led", "leads", "lead",
    "wrote", "ran", "chose", "began", "did", "died", "meant", "means", "mean", "represents", "represent", "accounts", "account", "accounted", "seems",
    "appears", "tends", "begins", "begin", "ends", "ended", "supports", "applies", "apply", "describes", "identifies", "states", "sees", "helps", "works",
    "runs", "used", "using", "based", "aged",
];

/// Who or what a survey hears from: a count of these is a sample size.
#[rustfmt::skip]
pub(super) const SAMPLED: &[&str] = &[
    "responses", "respondents", "respondent", "participants", "participant", "interviews", "interview", "interviewees", "interviewee", "response",
    "questionnaires",
];

/// A participle after the counted noun that makes it a sample: "people surveyed".
pub(super) const SAMPLING: &[&str] = &["surveyed", "interviewed", "sampled", "polled", "questioned", "recruited", "randomised", "enrolled"];

/// A noun before "of" or "with" that makes the count after it a sample: "a survey of 94 directors".
pub(super) const SURVEYS: &[&str] = &["survey", "surveys", "sample", "samples", "poll", "polls", "interviews", "cohort"];

/// After "one": an idiom or a turn of speech rather than a number.
#[rustfmt::skip]
pub(super) const NOT_COUNTED_BY_ONE: &[&str] = &[
    "size", "day", "hand", "side", "thing", "way", "time", "another", "place", "point", "stop", "example", "reason", "kind", "sort", "aspect",
    "explanation", "possibility", "approach", "such", "size-fits-all", "size-fits", "must", "particular", "more", "step", "extreme", "exception", "issue",
    "challenge", "suggestion", "method", "measure", "solution", "limitation", "concern", "question", "option", "fewer", "less", "direction", "occasion",
    "indication", "factor",
];

/// Adjectives between "one" and its noun that their ending does not show.
pub(super) const ADJECTIVES: &[&str] =
    &["new", "key", "main", "young", "older", "large", "small", "further", "single", "full", "full-time", "part-time", "recent"];

/// The last word of a street's name: the number before it is a house's.
#[rustfmt::skip]
pub(super) const STREETS: &[&str] = &[
    "Street", "Road", "Row", "Lane", "Avenue", "House", "Square", "Place", "Close", "Court", "Gardens", "Drive", "Terrace", "Hill", "Crescent", "Quay",
    "Wharf", "Yard", "Mews", "Gate", "St", "Rd", "Ave",
];

/// Each belongs to the number that follows it.
#[rustfmt::skip]
pub(super) const QUALIFIERS: &[&str] = &[
    "around", "about", "approximately", "approx", "roughly", "nearly", "almost", "over", "under", "above", "below", "only", "just", "past", "last",
    "next", "previous", "some", "exactly", "circa", "barely", "estimated", "virtually", "fully",
];

/// Those of them that measure how near the number is, and so show that a number word is meant as one.
#[rustfmt::skip]
pub(super) const APPROXIMATE: &[&str] = &[
    "around", "about", "approximately", "approx", "roughly", "nearly", "almost", "over", "under", "than", "least", "most", "to", "circa", "just", "only",
    "barely",
];

/// Before a qualifier: "just over", "well under", "no more than".
pub(super) const INTENSIFIERS: &[&str] =
    &["just", "well", "slightly", "no", "not", "only", "significantly", "considerably", "substantially", "far", "an", "little"];

/// What a sum or count is reckoned by after "a" or "an": "£26.90 an hour".
#[rustfmt::skip]
pub(super) const RECKONED_BY: &[&str] = &[
    "hour", "day", "night", "week", "fortnight", "month", "quarter", "year", "person", "head", "child", "family", "household", "patient", "place", "case",
    "visit", "session", "pupil", "student", "mile", "shift", "resident", "carer", "bed", "minute", "term",
];
