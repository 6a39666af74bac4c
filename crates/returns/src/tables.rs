//! The tables of phrases: `reasons.txt` and `signs.txt` beside this file, which say themselves how they are written.
//!
//! In: their text, built into the binary. Out: sections in their order. Not here: how a phrase is looked for ([`super::phrases`]).

use std::sync::LazyLock;

/// A heading, as in `= heading: what it is for`, and the phrases below it.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) heading: &'static str,
    pub(super) phrases: Vec<&'static str>,
}

/// What mail servers say.
pub(super) static REASONS: LazyLock<Vec<Section>> = LazyLock::new(|| sections(include_str!("reasons.txt")));
static SIGNS: LazyLock<Vec<Section>> = LazyLock::new(|| sections(include_str!("signs.txt")));

/// The phrases of a section of `signs.txt`; a test sees to it that every name used is there.
pub(super) fn signs(heading: &str) -> &'static [&'static str] {
    SIGNS.iter().find(|section| section.heading == heading).map_or(&[], |section| &section.phrases)
}

fn sections(text: &'static str) -> Vec<Section> {
    let mut sections: Vec<Section> = vec![];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix("= ") {
            let heading = heading.split_once(':').map_or(heading, |(heading, _)| heading);
            sections.push(Section { heading, phrases: vec![] });
        } else if let Some(section) = sections.last_mut() {
            section.phrases.extend(line.split(" | ").map(str::trim).filter(|phrase| !phrase.is_empty()));
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_written_as_they_are_looked_for() {
        for section in REASONS.iter().chain(SIGNS.iter()) {
            assert!(!section.phrases.is_empty(), "{}", section.heading);
            for phrase in &section.phrases {
                assert_eq!(*phrase, phrase.to_lowercase(), "{}", section.heading);
                assert!(!phrase.contains('|') && !phrase.contains("  ") && phrase.matches(" * ").count() == phrase.matches('*').count(), "{phrase}");
            }
        }
    }

    #[test]
    fn every_name_used_is_there_and_every_one_there_is_used() {
        let code = [include_str!("signs.rs"), include_str!("plain.rs")].concat();
        for section in SIGNS.iter() {
            assert!(code.contains(&format!("signs(\"{}\")", section.heading)), "{} is not used", section.heading);
        }
        for used in code.split("signs(\"").skip(1) {
            let name = used.split('"').next().unwrap();
            assert!(!signs(name).is_empty(), "{name} is missing");
        }
    }
}
