//! What became of every line of an imported file: the proof that nothing was lost.
//!
//! Invariant: a ledger has one row for each line of the input, in order.

use std::fmt;

use pulse_model::edition::SetAside;

/// What became of every line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// A row for each line, in order.
    pub rows: Vec<Row>,
}

/// What became of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line as read.
    pub text: String,
    /// Where it went.
    pub fate: Fate,
}

/// Where a line went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing on it.
    Blank,
    /// Part of the edition; says which.
    Placed(String),
    /// No part of the edition; says why.
    SetAside(String),
}

impl Ledger {
    /// A ledger in which no line has found its place yet.
    pub(crate) fn of(text: &str) -> Self {
        let row =
            |line: &str| Row { text: line.to_owned(), fate: if line.trim().is_empty() { Fate::Blank } else { Fate::SetAside("not recognised".to_owned()) } };
        Self { rows: text.lines().map(row).collect() }
    }

    /// Notes that lines (from 1) are part of the edition.
    pub(crate) fn place(&mut self, lines: &[u32], place: &str) {
        self.set(lines, || Fate::Placed(place.to_owned()));
    }

    /// Notes that lines (from 1) are no part of the edition.
    pub(crate) fn set_aside(&mut self, lines: &[u32], reason: &str) {
        self.set(lines, || Fate::SetAside(reason.to_owned()));
    }

    fn set(&mut self, lines: &[u32], fate: impl Fn() -> Fate) {
        for &line in lines {
            if let Some(row) = self.rows.get_mut(line as usize - 1).filter(|row| row.fate != Fate::Blank) {
                row.fate = fate();
            }
        }
    }

    /// The lines that are no part of the edition.
    pub fn set_aside_lines(&self) -> Vec<SetAside> {
        let row = |(at, row): (usize, &Row)| match &row.fate {
            Fate::SetAside(reason) => Some(SetAside { line: u32::try_from(at + 1).unwrap_or(u32::MAX), text: clean(&row.text), reason: reason.clone() }),
            Fate::Blank | Fate::Placed(_) => None,
        };
        self.rows.iter().enumerate().filter_map(row).collect()
    }
}

/// A line as it can be shown: without control characters, and cut where it is absurdly long.
fn clean(line: &str) -> String {
    line.chars().filter(|&c| !pulse_model::text::is_forbidden(c)).take(2000).collect::<String>().trim().to_owned()
}

/// One row a line: number, fate, and the beginning of the text.
impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, row) in self.rows.iter().enumerate() {
            let shown: String = clean(&row.text).chars().take(60).collect();
            match &row.fate {
                Fate::Blank => continue,
                Fate::Placed(place) => writeln!(f, "{:>5}  {place}  |  {shown}", at + 1)?,
                Fate::SetAside(reason) => writeln!(f, "{:>5}  set aside: {reason}  |  {shown}", at + 1)?,
            }
        }
        Ok(())
    }
}
