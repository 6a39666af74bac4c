//! Sentences of report prose, as slices of the text they stand in.
//!
//! In: the characters of a paragraph or point. Out: its sentences in order, each trimmed, never overlapping; what stands between
//! them is white space alone. A mark that ends a sentence and one that only shortens a word look alike, so a full stop is judged
//! by the words on both sides of it: titles and initials go on, "etc." ends before a capital, "No." goes on before a number.
//! Where it is in doubt, it goes on: half a sentence misleads, two in one do not.
//!
//! Invariants: each sentence is a slice of the text; together they hold every character that is not white space; the time is linear.
//! Not here: what the sentences mean.

/// The sentences of a text. A line break ends one, and so does a bullet in running text.
///
/// ```
/// use pulse_model::sentence::sentences;
/// assert_eq!(sentences("Rents rose by 3.5 %, e.g. in Leeds. Dr. Hay was not asked.1 Why?"), [
///     "Rents rose by 3.5 %, e.g. in Leeds.", "Dr. Hay was not asked.1", "Why?"
/// ]);
/// ```
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut open = Open::default();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        open.meet(c, at);
        if at == start && c.is_whitespace() {
            start += c.len_utf8();
        }
        let end = match c {
            '\n' | '\u{2028}' | '\u{2029}' => Some(at + c.len_utf8()),
            '•' | '▪' | '●' | '■' => Some(at),
            '.' | '!' | '?' | '…' => {
                let end = behind_marks(text, at + c.len_utf8());
                let goes_on = open.is_near(end, text) || !can_end(&text[start..at + c.len_utf8()], &text[end..]);
                while chars.next_if(|&(next, _)| next < end).is_some() {}
                (!goes_on).then_some(end)
            }
            _ => None,
        };
        if let Some(end) = end {
            found.push(&text[start..end]);
            start = end;
            open = Open::default();
        }
    }
    found.push(text.get(start..).unwrap_or_default());
    found.into_iter().map(str::trim).filter(|sentence| !sentence.is_empty()).collect()
}

/// The bracket or quotation a place is within. A sentence does not end there, unless the closing mark never comes.
#[derive(Default)]
struct Open {
    /// The closing mark that is waited for, and where its opening one stands.
    waiting: Option<(char, usize)>,
}

/// Longest bracket or quotation that is kept in one sentence, in bytes.
const LONGEST_ASIDE: usize = 300;

impl Open {
    fn meet(&mut self, c: char, at: usize) {
        match (c, self.waiting) {
            ('(', None) => self.waiting = Some((')', at)),
            ('“', None) => self.waiting = Some(('”', at)),
            (c, Some((close, _))) if c == close => self.waiting = None,
            _ => {}
        }
    }

    /// Whether `at` is within an aside that closes soon. A mark that closes before `at` was passed over with the marks at the end.
    fn is_near(&mut self, at: usize, text: &str) -> bool {
        let Some((close, from)) = self.waiting else { return false };
        let rest = &text[from..];
        let is_near = rest.char_indices().take_while(|&(offset, _)| offset <= LONGEST_ASIDE).find(|&(_, c)| c == close);
        if is_near.is_none_or(|(offset, _)| from + offset < at) {
            self.waiting = None;
        }
        self.waiting.is_some()
    }
}

/// Where what belongs to the end of a sentence ends: further marks, closing quotes and brackets, the mark of a footnote.
fn behind_marks(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let closed = rest.trim_start_matches(['.', '!', '?', '…', '"', '\'', '”', '’', '»', ')', ']']);
    let end = text.len() - closed.len();
    let raised = closed.trim_start_matches(['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '⁰', '*', '†', '‡']);
    if raised.len() < closed.len() {
        return text.len() - raised.len();
    }
    // "…was not asked.12 Why" and "…was not asked.[12] Why", but not "rose to 3.12 in": a number goes on behind the point.
    let is_word_before =
        text[..from].trim_end_matches(['.', '!', '?']).chars().next_back().is_some_and(|c| c.is_alphabetic() || matches!(c, ')' | '”' | '’' | '%'));
    let number = closed.trim_start_matches('[');
    let behind = number.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '–'));
    let digits = number.len() - behind.len();
    let behind = if number.len() < closed.len() { behind.strip_prefix(']').unwrap_or(number) } else { behind };
    let is_mark = is_word_before && (1..=7).contains(&digits) && (behind.is_empty() || behind.starts_with(char::is_whitespace));
    if is_mark { text.len() - behind.len() } else { end }
}

/// Whether a sentence can end between these: `sentence` is it up to its first mark, `rest` what comes behind all of its marks.
fn can_end(sentence: &str, rest: &str) -> bool {
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return false;
    }
    // Further on than this, whatever comes is a sentence of its own.
    let near = rest.char_indices().take(20).find(|&(_, c)| c.is_alphanumeric() || matches!(c, '•' | '▪' | '●' | '■' | '£' | '€' | '$'));
    let Some((at, first)) = near else { return true };
    let rest = rest[..at].find('(').map_or(&rest[at..], |bracket| &rest[bracket..]);
    if first.is_lowercase() {
        return false;
    }
    match sentence.strip_suffix('.') {
        Some(before) => !is_marker(before) && !is_short_for(before, rest, first),
        None => true,
    }
}

/// Whether all there is before a full stop numbers what follows: "3", "b", "iv", "2.1", "Recommendation 12", "Box 3".
fn is_marker(before: &str) -> bool {
    const LABELS: &[&str] = &[
        "recommendation",
        "conclusion",
        "finding",
        "action",
        "principle",
        "figure",
        "table",
        "box",
        "chart",
        "chapter",
        "section",
        "part",
        "annex",
        "appendix",
        "article",
        "step",
        "stage",
        "question",
        "objective",
        "priority",
        "theme",
        "case study",
    ];
    if before.len() > 40 {
        return false;
    }
    let before = before.trim_start_matches(|c: char| !c.is_alphanumeric());
    let (label, number) = before.rsplit_once(' ').unwrap_or(("", before));
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 6 && number.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let is_letter = number.chars().count() == 1 || (!number.is_empty() && number.len() <= 5 && number.chars().all(|c| "ivxIVX".contains(c)));
    (is_number || is_letter) && (label.is_empty() || LABELS.contains(&label.to_lowercase().as_str()))
}

/// Whether the full stop behind these words shortens the last of them, and the sentence goes on.
fn is_short_for(before: &str, rest: &str, first: char) -> bool {
    /// Go on whatever follows.
    const ALWAYS: &[&str] = &[
        "dr", "mr", "mrs", "ms", "messrs", "prof", "rev", "revd", "hon", "rt", "st", "sir", "lt", "col", "gen", "capt", "sgt", "cllr", "e.g", "eg", "i.e",
        "ie", "viz", "cf", "vs", "incl", "esp", "approx", "ca", "fig", "figs", "eds", "dept", "univ",
    ];
    /// Go on before a number.
    const BEFORE_A_NUMBER: &[&str] = &[
        "no", "nos", "p", "pp", "para", "paras", "ch", "chap", "vol", "vols", "art", "sec", "sect", "s", "ss", "reg", "tab", "ref", "app", "ex", "jan", "feb",
        "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "c", "al", "est", "tel", "ext", "v",
    ];
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '“' | '"' | '‘' | '/')).next().unwrap_or_default();
    // Longer than any of them, and a run of full stops is no word.
    if word.is_empty() || word.len() > 12 {
        return false;
    }
    let lower = word.to_lowercase();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let has_points = word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
    let is_before_a_number = BEFORE_A_NUMBER.contains(&lower.as_str()) && (first.is_numeric() || rest.starts_with('('));
    // "J. Hay", "U.K. Government", "3 p.m. Monday"; but "…to plan B. The council".
    let is_shortened_name = (is_initial || has_points) && !first.is_numeric() && !begins_a_sentence(rest);
    ALWAYS.contains(&lower.as_str()) || is_before_a_number || is_shortened_name
}

/// Whether the first word is one that hardly ever follows an initial or an abbreviation within a sentence.
fn begins_a_sentence(rest: &str) -> bool {
    const OPENERS: &[&str] = &[
        "A", "After", "All", "Although", "An", "And", "As", "At", "Before", "Both", "But", "By", "During", "Each", "Even", "For", "From", "He", "Her", "His",
        "How", "However", "If", "In", "It", "Its", "Just", "Many", "More", "Most", "Nor", "Of", "On", "Only", "Or", "Other", "Our", "Over", "Overall", "She",
        "Since", "So", "Some", "Such", "That", "The", "Their", "Then", "There", "These", "They", "This", "Those", "Though", "To", "Under", "Until", "We",
        "What", "When", "Where", "Which", "While", "Who", "Why", "With", "Within", "Without", "Yet", "You",
    ];
    let word = rest.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    OPENERS.contains(&word)
}
