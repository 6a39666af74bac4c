//! Publishers and their register: one organisation, however its name is printed.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::name::fold;
use crate::text::Href;

/// An organisation in the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    /// The name to print.
    pub name: String,
    /// Short forms, such as "NHSE".
    #[serde(default)]
    pub abbreviations: Vec<String>,
    /// Names it had, or that others print for it.
    #[serde(default)]
    pub former_names: Vec<FormerName>,
    /// Where it publishes.
    #[serde(default)]
    pub homepage: Option<Href>,
}

/// A name an organisation no longer uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// The last day it was used, where that is known.
    #[serde(default)]
    pub until: Option<Date>,
}

impl Publisher {
    /// A publisher of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), abbreviations: Vec::new(), former_names: Vec::new(), homepage: None }
    }

    /// Every name it goes by, the preferred one first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let former = self.former_names.iter().map(|former| former.name.as_str());
        std::iter::once(self.name.as_str()).chain(self.abbreviations.iter().map(String::as_str)).chain(former)
    }
}

/// Splits a printed name from the short form behind it: "Association of X (AX)" gives the name and "AX".
///
/// ```
/// use pulse_model::publisher::split_abbreviation;
/// assert_eq!(split_abbreviation("Council for Family Support (CFS)"), ("Council for Family Support", Some("CFS")));
/// ```
pub fn split_abbreviation(printed: &str) -> (&str, Option<&str>) {
    let printed = printed.trim();
    let Some((name, rest)) = printed.strip_suffix(')').and_then(|inner| inner.rsplit_once('(')) else {
        return (printed, None);
    };
    let short = rest.trim();
    let is_short = !short.is_empty() && short.len() <= 12 && !short.contains(' ') && short.chars().any(char::is_uppercase);
    if is_short && !name.trim().is_empty() { (name.trim(), Some(short)) } else { (printed, None) }
}

/// The publishers a digest knows, found by any of their names.
#[derive(Clone, Debug, Default)]
pub struct Register {
    publishers: Vec<Publisher>,
    by_name: HashMap<String, usize>,
}

impl Register {
    /// Publishers that come first win where two share a name.
    pub fn new(publishers: Vec<Publisher>) -> Self {
        let mut by_name = HashMap::new();
        for (at, publisher) in publishers.iter().enumerate() {
            for name in publisher.names() {
                by_name.entry(fold(name)).or_insert(at);
            }
        }
        Self { publishers, by_name }
    }

    /// The publisher printed as `name`, with or without its abbreviation in brackets.
    pub fn find(&self, name: &str) -> Option<&Publisher> {
        let (long, short) = split_abbreviation(name);
        [Some(name), Some(long), short].into_iter().flatten().find_map(|name| self.by_name.get(&fold(name))).map(|&at| &self.publishers[at])
    }

    /// All of them, in the order given.
    pub fn publishers(&self) -> &[Publisher] {
        &self.publishers
    }
}
