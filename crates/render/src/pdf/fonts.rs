//! The fonts of a PDF, and what to print for a character that none of them has.
//!
//! Libertinus Serif for everything; DejaVu Sans Mono for code, and for Arabic letters and signs that Libertinus lacks.
//! They are part of the program and are read once.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use pulse_model::{Problem, ProblemKind};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Fonts with their index.
pub(super) struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) fonts: Vec<Font>,
    /// Every character that some font has.
    characters: HashSet<u32>,
    /// Those that the regular face of running text has.
    plain: HashSet<u32>,
}

/// Read at the first PDF.
pub(super) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    // In the assets' own order: six faces of Libertinus Serif, seven of New Computer Modern, four of DejaVu Sans Mono.
    // Written like this, the compiler leaves the seven that are not used out of the program.
    let files = typst_assets::fonts().take(6).chain(typst_assets::fonts().skip(13));
    let fonts: Vec<Font> = files.flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
    let characters = fonts.iter().flat_map(|font| font.info().coverage.iter()).collect();
    let plain = fonts.first().into_iter().flat_map(|font| font.info().coverage.iter()).collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, characters, plain }
});

/// Replaces characters that cannot be printed, and remembers which.
pub(super) struct Glyphs {
    printable: fn(&Fonts, u32) -> bool,
    missing: BTreeSet<char>,
}

/// What stands in for a character that cannot be printed.
const REPLACEMENT: char = '\u{fffd}';

/// A word longer than this may be broken anywhere, so that it cannot run off the page. In characters.
const LONGEST_WORD: usize = 40;

/// Into how long pieces it may be broken.
const PIECE: usize = 6;

impl Glyphs {
    /// Prints whatever one of the fonts has.
    pub(super) fn all() -> Self {
        Self { printable: |fonts, c| fonts.characters.contains(&c), missing: BTreeSet::new() }
    }

    /// Prints only what the face of running text has, and no marks that combine: for the rare edition in which a letter
    /// and its mark are in different fonts.
    pub(super) fn plain() -> Self {
        Self { printable: |fonts, c| fonts.plain.contains(&c) && !(0x300..0x370).contains(&c), missing: BTreeSet::new() }
    }

    /// The words as they can be printed.
    pub(super) fn printable(&mut self, words: &str) -> String {
        if words.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return words.to_owned();
        }
        words.chars().filter_map(|c| self.character(c)).collect()
    }

    /// [`Glyphs::printable`], in the pieces between which a line may break: one, unless a word is absurdly long.
    pub(super) fn pieces(&mut self, words: &str) -> Vec<String> {
        let words = self.printable(words);
        if words.split(' ').all(|word| word.len() <= LONGEST_WORD) {
            return vec![words];
        }
        let mut pieces = vec![String::new()];
        for word in words.split_inclusive(' ') {
            let long = word.chars().count() > LONGEST_WORD;
            for (at, c) in word.chars().enumerate() {
                // Only simple letters are torn apart: a mark belongs to its letter, and Arabic letters join.
                if long && at % PIECE == 0 && at > 0 && (c.is_ascii() || c == REPLACEMENT) {
                    pieces.push(String::new());
                }
                if let Some(last) = pieces.last_mut() {
                    last.push(c);
                }
            }
        }
        pieces
    }

    fn character(&mut self, c: char) -> Option<char> {
        if (self.printable)(&FONTS, u32::from(c)) {
            return Some(c);
        }
        if c.is_whitespace() {
            return Some(' ');
        }
        if is_invisible(c) {
            return None;
        }
        self.missing.insert(c);
        Some(REPLACEMENT)
    }

    /// Says which characters were replaced.
    pub(super) fn problem(&self) -> Option<Problem> {
        let shown: Vec<String> = self.missing.iter().take(10).map(|&c| format!("{c} (U+{:04X})", u32::from(c))).collect();
        let more = self.missing.len().saturating_sub(shown.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("the PDF's fonts do not have {}{more}; {REPLACEMENT} is printed instead", shown.join(", "));
        (!self.missing.is_empty()).then(|| Problem::new(ProblemKind::CharactersReplaced, message))
    }
}

/// Characters that only change how others look: selectors of a variant, joiners, tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_are_those_the_template_names() {
        let families: Vec<&str> = FONTS.book.families().map(|(name, _)| name).collect();
        assert_eq!(families, ["DejaVu Sans Mono", "Libertinus Serif"]);
        assert!(FONTS.plain.contains(&u32::from(REPLACEMENT)));
    }

    #[test]
    fn what_no_font_has_is_replaced_and_named_once() {
        let mut glyphs = Glyphs::all();
        assert_eq!(glyphs.printable("Zoë ❤\u{fe0f} 日本 日 e\u{301} العربية"), "Zoë ❤ \u{fffd}\u{fffd} \u{fffd} e\u{301} العربية");
        assert_eq!(glyphs.problem().unwrap().message, "the PDF's fonts do not have 日 (U+65E5), 本 (U+672C); \u{fffd} is printed instead");
        assert_eq!(Glyphs::all().problem(), None);
    }

    #[test]
    fn only_long_words_are_broken_and_no_character_is_lost() {
        let long = "x".repeat(300);
        let pieces = Glyphs::all().pieces(&format!("a {long} b"));
        assert_eq!(pieces.concat(), format!("a {long} b"));
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE + 2), "{pieces:?}");
        assert_eq!(Glyphs::all().pieces("an ordinary title"), ["an ordinary title"]);
    }
}
