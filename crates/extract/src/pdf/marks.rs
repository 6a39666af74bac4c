//! What points of lists and notes begin with.

use crate::raised::lowered;

/// The mark a line begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A bullet or a dash.
    Bullet,
    /// A number, letter or Roman number: what it counts as, in each way of reading it.
    Counted(Vec<(Counting, u32)>),
}

/// The ways of counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    Number,
    Letter,
    Roman,
}

const BULLETS: &[char] = &['•', '●', '▪', '■', '◦', '○', '‣', '⁃', '∙', '·', '➢', '➤', '►', '▶', '✓', '✔', '❖', '◆', '□', '➔', '→'];
const DASHES: &[char] = &['–', '—', '-', '*', 'o'];

/// The mark of a line and the words behind it.
pub(super) fn mark(line: &str) -> Option<(Mark, &str)> {
    let first = line.chars().next()?;
    let behind = line.get(first.len_utf8()..)?;
    if BULLETS.contains(&first) {
        return Some((Mark::Bullet, behind.trim_start())).filter(|(_, words)| !words.is_empty());
    }
    if DASHES.contains(&first) && behind.starts_with(' ') {
        return Some((Mark::Bullet, behind.trim_start()));
    }
    let (label, words) = line.split_once(' ')?;
    Some((Mark::Counted(counted(label)?), words))
}

/// A mark and nothing else.
pub(super) fn is_lone_mark(text: &str) -> bool {
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.next());
    let is_bullet = second.is_none() && first.is_some_and(|first| BULLETS.contains(&first) || DASHES.contains(&first));
    is_bullet || counted(text).is_some() || is_section_number(text)
}

/// "3", "1.2", "4.1.3": the number before a heading or a paragraph.
fn is_section_number(text: &str) -> bool {
    text.len() <= 8 && text.contains('.') && text.split('.').all(|part| part.len() <= 3 && part.chars().all(|letter| letter.is_ascii_digit()))
}

/// "1.", "(a)", "iv)": what it counts as.
fn counted(label: &str) -> Option<Vec<(Counting, u32)>> {
    let inner = label.strip_prefix('(').unwrap_or(label);
    let core = inner.strip_suffix([')', '.'])?;
    if core.is_empty() || core.len() > 5 || !core.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let mut ways = Vec::new();
    if let Ok(number) = core.parse::<u32>() {
        ways.push((Counting::Number, number));
    }
    if let [letter] = core.as_bytes()
        && letter.is_ascii_lowercase()
    {
        ways.push((Counting::Letter, u32::from(letter - b'a') + 1));
    }
    if let Some(number) = roman(core) {
        ways.push((Counting::Roman, number));
    }
    (!ways.is_empty()).then_some(ways)
}

/// A Roman number in small letters, up to 39.
pub(super) fn roman(text: &str) -> Option<u32> {
    const TENS: [&str; 4] = ["", "x", "xx", "xxx"];
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    (1..40_u32).find(|number| {
        let (tens, ones) = (TENS.get(*number as usize / 10), ONES.get(*number as usize % 10));
        tens.zip(ones).is_some_and(|(tens, ones)| text.strip_prefix(tens) == Some(*ones))
    })
}

/// A line of a table of contents, its dots taken out: `Summary ........ 4` says "Summary … 4".
pub(super) fn contents_line(line: &str) -> Option<String> {
    let (words, number) = line.rsplit_once(['.', '…', ' '])?;
    let is_number = !number.is_empty() && number.len() <= 5 && (number.chars().all(|letter| letter.is_ascii_digit()) || roman(number).is_some());
    let title = words.trim_end_matches(['.', '…', ' ']);
    let dots = words.get(title.len()..)?.chars().map(|dot| if dot == '…' { 3 } else { usize::from(dot == '.') }).sum::<usize>();
    (is_number && dots > 3 && !title.is_empty()).then(|| format!("{title} … {number}"))
}

/// The mark of a note at the foot of a page, and its words: raised digits, a small number, or a sign.
pub(super) fn note(line: &str) -> Option<(String, &str)> {
    const SIGNS: &[char] = &['*', '†', '‡', '§'];
    let end = |is_mark: &dyn Fn(char) -> bool| line.find(|letter| !is_mark(letter)).unwrap_or(line.len());
    let raised = end(&|letter| lowered(letter).is_some());
    let digits = end(&|letter| letter.is_ascii_digit());
    let signs = end(&|letter| SIGNS.contains(&letter));
    let split = |at: usize| Some((line.get(..at)?, line.get(at..)?.trim_start()));
    let (mark, words) = match (raised, digits, signs) {
        (1.., ..) => split(raised)?,
        (_, 1..=3, _) => {
            let (mark, rest) = split(digits)?;
            let words = rest.strip_prefix('.').filter(|rest| rest.starts_with(' ')).unwrap_or(rest);
            // A number that stands on the line is one of a chart or a year, unless a sentence, a source or an address follows.
            let is_note = line.get(digits..)?.starts_with([' ', '.']) && begins_note(words.trim_start());
            is_note.then(|| (mark, words.trim_start()))?
        }
        (.., 1..) if signs <= 6 => split(signs)?,
        _ => return None,
    };
    let mark: String = mark.chars().map(|letter| lowered(letter).unwrap_or(letter)).collect();
    words.starts_with(|letter: char| letter.is_alphanumeric() || "\"'“‘([".contains(letter)).then_some((mark, words))
}

fn begins_note(words: &str) -> bool {
    let is_address = words.starts_with("http") || words.starts_with("www.");
    let begins = is_address || words.starts_with(|letter: char| letter.is_uppercase() || "\"'“‘([".contains(letter));
    begins && words.chars().filter(|letter| letter.is_alphabetic()).count() > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_points_and_notes_are_told_from_words() {
        assert_eq!(mark("• Rents rose"), Some((Mark::Bullet, "Rents rose")));
        assert_eq!(mark("(a) Rents rose"), Some((Mark::Counted(vec![(Counting::Letter, 1)]), "Rents rose")));
        assert_eq!(mark("Rents rose."), None);
        assert_eq!(roman("xiv"), Some(14));
        assert_eq!(note("¹²See the annex."), Some(("12".to_owned(), "See the annex.")));
        assert_eq!(note("3 See the annex."), Some(("3".to_owned(), "See the annex.")));
        assert_eq!(note("2019 was a year"), None);
        assert_eq!(note("65 to 69 24.7"), None);
        assert_eq!(note("35.0"), None);
    }
}
