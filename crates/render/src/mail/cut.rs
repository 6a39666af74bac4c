//! Makes an e-mail smaller, where entries end and never within one.
//!
//! In: the rows of an edition, section by section, and how many bytes too many they are. Out: the same sections, each
//! with fewer rows. What goes first: the bodies of entries, from the last to the first; then entries themselves, again
//! from the last, a link in their place; then in the same way the news, and at the very end the letter.
//!
//! Every row ends in a line break, so sizes add up ([`crate::quoted_printable`]) and each row is measured once: the time
//! grows with the length of the edition and no faster.

use askama::Template;

use super::Style;
use crate::RenderError;
use crate::outline::counted;
use crate::quoted_printable::size;

/// A run of rows that is cut from its end.
pub(super) struct Section<'a> {
    part: Part,
    head: String,
    rows: Vec<Row>,
    /// The first so many rows are whole.
    whole: usize,
    /// The first so many rows are there at all.
    listed: usize,
    /// Where the section stands whole.
    page: Option<String>,
    style: &'a Style,
}

/// A block, an item or an entry.
pub(super) struct Row {
    /// A heading in front of this row that goes when the row goes.
    pub(super) lead: String,
    whole: String,
    /// The row without its body; `None` where that would be no shorter.
    short: Option<String>,
    /// The size of `whole`.
    whole_bytes: i64,
}

/// What a section is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Letter,
    News,
    Sector,
}

impl<'a> Section<'a> {
    pub(super) fn new(part: Part, head: String, rows: Vec<Row>, page: Option<String>, style: &'a Style) -> Self {
        let count = rows.len();
        Self { part, head, rows, whole: count, listed: count, page, style }
    }

    /// What all of the section takes.
    pub(super) fn bytes(&self) -> usize {
        size(&self.head) + self.rows.iter().map(|row| size(&row.lead) + usize::try_from(row.whole_bytes).unwrap_or(0)).sum::<usize>()
    }

    /// Leaves nothing, not even a heading.
    pub(super) fn clear(&mut self) {
        self.head.clear();
        self.rows.clear();
        (self.whole, self.listed) = (0, 0);
    }

    /// Writes what is left of the section.
    pub(super) fn write(&self, html: &mut String) -> Result<(), RenderError> {
        html.push_str(&self.head);
        for (at, row) in self.rows[..self.listed].iter().enumerate() {
            html.push_str(&row.lead);
            html.push_str(if at < self.whole { &row.whole } else { row.short() });
        }
        if self.listed < self.rows.len() {
            html.push_str(&self.rest(self.rows.len() - self.listed)?);
        }
        Ok(())
    }

    /// The row that stands for the last `count` rows.
    fn rest(&self, count: usize) -> Result<String, RenderError> {
        let words = match (self.part, self.listed) {
            (Part::Letter, _) => "The letter goes on in the web edition".to_owned(),
            (Part::News, 0) => format!("{} in the web edition", counted(count, "item of news", "items of news")),
            (Part::News, _) => format!("{} in the web edition", counted(count, "more item of news", "more items of news")),
            (Part::Sector, 0) => format!("{} in this sector, in the web edition", counted(count, "entry", "entries")),
            (Part::Sector, _) => format!("{} in this sector, in the web edition", counted(count, "more entry", "more entries")),
        };
        super::row(&Rest { words, page: self.page.as_deref(), style: self.style })
    }
}

impl Row {
    pub(super) fn new(whole: String, short: Option<String>) -> Self {
        Self { lead: String::new(), whole_bytes: bytes(&whole), whole, short }
    }

    /// What the row takes as it stands without its body.
    fn short_bytes(&self) -> i64 {
        self.short.as_deref().map_or(self.whole_bytes, bytes)
    }

    fn short(&self) -> &str {
        self.short.as_ref().unwrap_or(&self.whole)
    }
}

/// What stands in place of rows that were left out.
#[derive(Template)]
#[template(path = "mail/rest.html")]
struct Rest<'a> {
    words: String,
    page: Option<&'a str>,
    style: &'a Style,
}

/// Takes at least `over` bytes out of the sections; `false` if there is less in them.
pub(super) fn shrink(sections: &mut [Section<'_>], over: usize) -> Result<bool, RenderError> {
    let mut over = i64::try_from(over).unwrap_or(i64::MAX);
    for part in [Part::Sector, Part::News, Part::Letter] {
        for section in sections.iter_mut().rev().filter(|section| section.part == part) {
            shorten(section, &mut over);
        }
        for section in sections.iter_mut().rev().filter(|section| section.part == part) {
            drop_rows(section, &mut over)?;
        }
    }
    Ok(over <= 0)
}

/// Takes bodies out, from the last row, until nothing is over.
fn shorten(section: &mut Section<'_>, over: &mut i64) {
    while *over > 0 && section.whole > 0 {
        section.whole -= 1;
        let row = &section.rows[section.whole];
        *over -= row.whole_bytes - row.short_bytes();
    }
}

/// Takes rows out, from the last, until nothing is over. The row in their place is counted at its longest, once.
fn drop_rows(section: &mut Section<'_>, over: &mut i64) -> Result<(), RenderError> {
    while *over > 0 && section.listed > 0 {
        if section.listed == section.rows.len() {
            *over += bytes(&section.rest(section.rows.len())?);
        }
        section.listed -= 1;
        section.whole = section.whole.min(section.listed);
        let row = &section.rows[section.listed];
        *over -= bytes(&row.lead) + row.short_bytes();
    }
    Ok(())
}

fn bytes(html: &str) -> i64 {
    i64::try_from(size(html)).unwrap_or(i64::MAX)
}

/// What is no longer there, counted for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    entries: usize,
    /// Entries of which only the heading is left.
    titles: usize,
    /// Entries that are gone.
    dropped: usize,
    news_shortened: usize,
    letter_shortened: bool,
}

impl Left {
    pub(super) fn out_of(sections: &[Section<'_>]) -> Self {
        let mut left = Self::default();
        for section in sections {
            let dropped = section.rows.len() - section.listed;
            let titles = section.rows[section.whole..section.listed].iter().filter(|row| row.short.is_some()).count();
            match section.part {
                Part::Letter => left.letter_shortened |= dropped > 0,
                Part::News => left.news_shortened += titles + dropped,
                Part::Sector => {
                    left.entries += section.rows.len();
                    left.titles += titles;
                    left.dropped += dropped;
                }
            }
        }
        left
    }

    /// What it would be if nothing stayed but the masthead.
    pub(super) fn all_of(sections: &[Section<'_>]) -> Self {
        let rows = |part| sections.iter().filter(|section| section.part == part).map(|section| section.rows.len()).sum();
        let entries = rows(Part::Sector);
        Self { entries, titles: 0, dropped: entries, news_shortened: rows(Part::News), letter_shortened: true }
    }

    /// For the reader, in full sentences.
    pub(super) fn notice(&self) -> String {
        let mut parts = Vec::new();
        if self.titles > 0 {
            let summaries = if self.titles == 1 { "its summary" } else { "their summaries" };
            parts.push(format!("{} of {} without {summaries} here", self.titles, counted(self.entries, "entry stands", "entries stand")));
        }
        if self.dropped > 0 {
            parts.push(format!("{} of {} left out", self.dropped, counted(self.entries, "entry is", "entries are")));
        }
        if self.news_shortened > 0 {
            parts.push("some of the news is shortened".to_owned());
        }
        if self.letter_shortened {
            parts.push("the letter is cut short".to_owned());
        }
        format!("This edition is longer than an e-mail can be: {}.", parts.join("; "))
    }

    /// For the team, as a lower-case fragment.
    pub(super) fn problem(&self, budget_bytes: usize) -> String {
        let entries = counted(self.entries, "entry", "entries");
        let mut parts = vec![format!("{} of {entries} reduced to their headings", self.titles), format!("{} left out", self.dropped)];
        if self.news_shortened > 0 {
            parts.push(format!("{} of news shortened", counted(self.news_shortened, "item", "items")));
        }
        if self.letter_shortened {
            parts.push("the letter cut short".to_owned());
        }
        format!("the e-mail was cut to stay below {budget_bytes} bytes: {}", parts.join(", "))
    }
}
