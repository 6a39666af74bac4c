//! The rules: their names, what each looks for, and what it weighs where a digest says nothing.

use pulse_model::digest::{Desk, Severity};

/// A rule of the copy desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule(usize);

macro_rules! rules {
    ($($constant:ident, $name:literal, $severity:ident, $description:literal;)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "it only counts")]
        enum Order { $($constant),* }
        #[expect(missing_docs, reason = "the table says it")]
        impl Rule {
            $(pub const $constant: Rule = Rule(Order::$constant as usize);)*
            /// Every rule, in the order in which queries of one place are asked.
            pub const ALL: &'static [Rule] = &[$(Rule::$constant),*];
        }
        const RULES: &[(&str, Severity, &str)] = &[$(($name, Severity::$severity, $description)),*];
    };
}

rules! {
    FIGURE_UNTRACED, "figure-untraced", Error, "a figure that no document of the publication says and none leads to";
    FIGURES_UNCHECKED, "figures-unchecked", Warning, "entries with figures of which no document is kept";
    COUNT, "count", Error, "an announced number of points that the list below does not have";
    STALE_DATE, "stale-date", Warning, "\"this year\", \"last month\", \"yesterday\": words that mean something else when they are read later";
    WRONG_MONTH, "wrong-month", Error, "another month's name where the letter means its own edition";
    PUBLISHER_UNKNOWN, "publisher-unknown", Warning, "a publisher that the register does not have";
    PUBLISHER_FORMER_NAME, "publisher-former-name", Warning, "a publisher under another name than the one to print";
    PUBLISHER_REPORTS_OTHERS, "publisher-reports-others", Warning, "a magazine or news page credited for somebody else's study";
    PUBLISHER_MISSING, "publisher-missing", Warning, "a co-publisher that the text names and the heading does not";
    ABBREVIATION, "abbreviation", Warning, "an abbreviation that is not written out where its entry first uses it";
    PER_CENT, "per-cent", Warning, "\"per cent\" where the digest writes \"%\", or the other way round";
    NUMBER_STYLE, "number-style", Warning, "a small number in digits where the digest writes it in words, a large one in words, or one without commas";
    QUOTES, "quotes", Warning, "quotation marks and apostrophes of another shape than the rest, or without their other half";
    DASHES, "dashes", Warning, "a hyphen used as a dash, or a dash of another length than the rest";
    RANGES, "ranges", Warning, "a hyphen in a range of numbers, \"between\" or \"from\" before a dash";
    LIST_ENDINGS, "list-endings", Warning, "points of one list that end differently";
    REPEATED_WORD, "repeated-word", Error, "the same word twice";
    MISSING_WORD, "missing-word", Warning, "two words that need one between them, or a sentence that breaks off";
    SPELLING, "spelling", Warning, "a word that is misspelt";
    AMERICAN_SPELLING, "american-spelling", Warning, "a word spelt as in America";
    FILING, "filing", Warning, "an entry that looks as if it belonged in another sector or category";
    COVERED_BEFORE, "covered-before", Warning, "a publication that an earlier edition, or this one, has already";
    LINK_DEAD, "link-dead", Error, "a link that leads nowhere";
    LINK_MOVED, "link-moved", Warning, "a link whose page has moved for good";
    LINK_MISSING, "link-missing", Error, "an entry without a link, or words that promise one";
    LINK_TEXT, "link-text", Warning, "a link whose words do not say where it leads";
    HEADING, "heading", Warning, "a heading in capitals, with stops too many, with its publisher twice, or with a part missing";
    SUMMARY_LENGTH, "summary-length", Warning, "a summary much longer or shorter than the digest's own";
    REPEATED_PARAGRAPH, "repeated-paragraph", Error, "a paragraph that stands twice in the edition";
    ORDER, "order", Warning, "sectors or categories out of the taxonomy's order, or unknown to it";
    PICTURE_ALT, "picture-alt", Error, "a picture without words for those who do not see it";
    DESK_SETTINGS, "desk-settings", Warning, "a rule in the digest's settings that the desk does not have";
}

impl Rule {
    /// Its name in settings and reports.
    pub fn name(self) -> &'static str {
        RULES.get(self.0).map_or("", |(name, ..)| name)
    }

    /// The rule with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }

    /// What it looks for, in a line.
    pub fn description(self) -> &'static str {
        RULES.get(self.0).map_or("", |(_, _, description)| description)
    }

    /// What it weighs where the digest says nothing.
    pub fn default_severity(self) -> Severity {
        RULES.get(self.0).map_or(Severity::Off, |(_, severity, _)| *severity)
    }

    /// What it weighs in a digest.
    pub fn severity(self, desk: &Desk) -> Severity {
        desk.rules.get(self.name()).copied().unwrap_or(self.default_severity())
    }
}

impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
