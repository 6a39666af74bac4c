//! Rules of a team: what is to become of candidates that look so and so, without anybody looking.
//!
//! A rule is written in one line, the same on the command line, in lists and in files:
//! `publisher "Harbour Trust" and title "annual survey" -> sector "Criminal justice"`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// When a candidate is like this, that becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// All of these must hold; at least one.
    pub when: Vec<Condition>,
    /// What becomes of it.
    pub then: Action,
}

/// What a candidate may have. Words are compared without case; a pattern is a regular expression (the `regex` crate's: its time is
/// linear, whatever the pattern) that is looked for anywhere, without case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// One of its publishers has this name, by any of the names the register knows.
    Publisher(String),
    /// Its title has this pattern.
    Title(String),
    /// Its title, summary or the beginning of its text has this pattern.
    Text(String),
    /// Its source's word for what it is: `policy_paper`, "Policy paper".
    Type(String),
    /// The source with this name told of it.
    Source(String),
    /// The address it leads to has this host, or one below it.
    Host(String),
}

/// What becomes of a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is filed there. A part that is empty is left to others.
    File {
        /// A sector of the taxonomy.
        #[serde(default)]
        sector: String,
        /// A category of the sector.
        #[serde(default)]
        category: String,
    },
    /// It is not shown with the others.
    Reject,
}

impl Condition {
    /// The word a condition is written with.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Publisher(_) => "publisher",
            Self::Title(_) => "title",
            Self::Text(_) => "text",
            Self::Type(_) => "type",
            Self::Source(_) => "source",
            Self::Host(_) => "host",
        }
    }

    /// What it asks for.
    pub fn value(&self) -> &str {
        match self {
            Self::Publisher(value) | Self::Title(value) | Self::Text(value) | Self::Type(value) | Self::Source(value) | Self::Host(value) => value,
        }
    }

    fn from_kind(kind: &str, value: String) -> Option<Self> {
        Some(match kind {
            "publisher" => Self::Publisher(value),
            "title" => Self::Title(value),
            "text" => Self::Text(value),
            "type" => Self::Type(value),
            "source" => Self::Source(value),
            "host" => Self::Host(value),
            _ => return None,
        })
    }
}

/// `publisher "X" and title "Z" -> sector "Y", category "C"`, or `-> reject`. A quote within quotes is written twice; a backslash is
/// one, so that a pattern is written as it is.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, condition) in self.when.iter().enumerate() {
            let joint = if at == 0 { "" } else { " and " };
            write!(f, "{joint}{} {}", condition.kind(), quoted(condition.value()))?;
        }
        f.write_str(" -> ")?;
        match &self.then {
            Action::Reject => f.write_str("reject"),
            Action::File { sector, category } if category.is_empty() => write!(f, "sector {}", quoted(sector)),
            Action::File { sector, category } if sector.is_empty() => write!(f, "category {}", quoted(category)),
            Action::File { sector, category } => write!(f, "sector {}, category {}", quoted(sector), quoted(category)),
        }
    }
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

/// Why a text is not a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {expected}, but found {found}")]
pub struct RuleError {
    /// Where, from 1.
    pub at: usize,
    /// What should stand there.
    pub expected: &'static str,
    /// What does.
    pub found: String,
}

/// From the form it is written in. Curly quotes and an arrow, which word processors make, are read too.
///
/// ```
/// use pulse_model::Rule;
/// let rule: Rule = r#"publisher "Harbour Trust" and title "^Weekly" -> reject"#.parse().unwrap();
/// assert_eq!(rule.to_string().parse(), Ok(rule));
/// let error = r#"publsher "Harbour Trust" -> reject"#.parse::<Rule>().unwrap_err();
/// assert!(error.to_string().starts_with("at character 1: write publisher, title, text, type, source or host"));
/// ```
impl FromStr for Rule {
    type Err = RuleError;
    fn from_str(text: &str) -> Result<Self, RuleError> {
        let mut reader = Reader { text, at: 0 };
        let mut when = vec![reader.condition()?];
        while reader.takes(&["and "]) {
            when.push(reader.condition()?);
        }
        if !reader.takes(&["->", "\u{2192}", "=>"]) {
            return Err(reader.error("write and with another condition, or -> and what is to be done"));
        }
        let then = reader.action()?;
        reader.skip_spaces();
        if reader.rest().is_empty() { Ok(Self { when, then }) } else { Err(reader.error("write nothing more")) }
    }
}

/// Reads a rule from left to right.
struct Reader<'a> {
    text: &'a str,
    /// In bytes, between characters.
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Goes past the first of these that comes next, without regard to case.
    fn takes(&mut self, words: &[&str]) -> bool {
        self.skip_spaces();
        let rest = self.rest();
        let taken = words.iter().find(|word| rest.get(..word.len()).is_some_and(|next| next.eq_ignore_ascii_case(word)));
        self.at += taken.map_or(0, |word| word.len());
        taken.is_some()
    }

    fn condition(&mut self) -> Result<Condition, RuleError> {
        self.skip_spaces();
        let rest = self.rest();
        let kind: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
        let Some(empty) = Condition::from_kind(&kind.to_ascii_lowercase(), String::new()) else {
            return Err(self.error("write publisher, title, text, type, source or host, and its words in quotes"));
        };
        self.at += kind.len();
        let value = self.value("write the words in quotes: publisher \"Harbour Trust\"")?;
        Condition::from_kind(empty.kind(), value).ok_or_else(|| self.error("write the words in quotes"))
    }

    fn action(&mut self) -> Result<Action, RuleError> {
        if self.takes(&["reject"]) {
            return Ok(Action::Reject);
        }
        let mut sector = String::new();
        if self.takes(&["sector"]) {
            sector = self.value("write the sector in quotes: sector \"Criminal justice\"")?;
            if !self.takes(&[","]) {
                return Ok(Action::File { sector, category: String::new() });
            }
        }
        if self.takes(&["category"]) {
            let category = self.value("write the category in quotes: category \"Reports\"")?;
            return Ok(Action::File { sector, category });
        }
        Err(self.error(if sector.is_empty() { "write reject, sector or category" } else { "write category and its name in quotes" }))
    }

    /// What stands in quotes.
    fn value(&mut self, expected: &'static str) -> Result<String, RuleError> {
        self.skip_spaces();
        let opening = self.rest().chars().next();
        let closing = match opening {
            Some('"') => '"',
            Some('\u{201c}' | '\u{201d}') => '\u{201d}',
            _ => return Err(self.error(expected)),
        };
        let from = self.at;
        self.at += opening.map_or(0, char::len_utf8);
        let mut value = String::new();
        while let Some(letter) = self.rest().chars().next() {
            self.at += letter.len_utf8();
            if letter != closing {
                value.push(letter);
            } else if self.rest().starts_with(closing) {
                self.at += closing.len_utf8();
                value.push(closing);
            } else if value.is_empty() {
                self.at = from;
                return Err(self.error("write something between the quotes"));
            } else {
                return Ok(value);
            }
        }
        self.at = from;
        Err(self.error("close the quotes that open here, and write a quote within them twice"))
    }

    fn error(&mut self, expected: &'static str) -> RuleError {
        self.skip_spaces();
        let at = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        let found: String = self.rest().chars().take(30).collect();
        RuleError { at, expected, found: if found.is_empty() { "the end".to_owned() } else { format!("\u{201c}{found}\u{201d}") } }
    }
}
