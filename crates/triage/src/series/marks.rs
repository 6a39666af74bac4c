//! The words of a title that say its place in a series: years, months, quarters, numbered phases, "interim" and "final".
//!
//! In: a title's words, folded. Out: the words that are left, and the place. A number alone says nothing ("COVID-19", "Article 8"):
//! it is a year, a day beside a month, or stands beside a word that counts. "May" and "March" are months beside a year.

use super::{Place, Serial};

/// Words that count what follows them: "phase 2", "wave two", "part IV".
const UNITS: [&str; 20] = [
    "phase",
    "wave",
    "round",
    "part",
    "volume",
    "vol",
    "issue",
    "edition",
    "number",
    "no",
    "release",
    "tranche",
    "sweep",
    "cycle",
    "version",
    "week",
    "stage",
    "instalment",
    "year",
    "quarter",
];
/// What an ordinal counts: "second edition", "10th annual report". Those that do not say what the work is go with it.
const COUNTED: [&str; 14] =
    ["phase", "wave", "round", "edition", "quarter", "release", "volume", "issue", "stage", "annual", "report", "survey", "interim", "year"];
const KEPT: [&str; 3] = ["annual", "report", "survey"];
/// Words that join a period to its title: "for the year ending March 2024", "from 2019 to 2021".
const JOINTS: [&str; 34] = [
    "in",
    "for",
    "to",
    "of",
    "years",
    "year",
    "ending",
    "ended",
    "end",
    "from",
    "between",
    "and",
    "financial",
    "fiscal",
    "academic",
    "during",
    "as",
    "at",
    "until",
    "up",
    "month",
    "months",
    "quarter",
    "week",
    "the",
    "since",
    "on",
    "period",
    "summer",
    "spring",
    "autumn",
    "winter",
    "season",
    "covering",
];
/// Words after a period that name no more than the file: "2024 edition".
const TAILS: [&str; 5] = ["edition", "update", "release", "report", "onwards"];
const STATES: [(&str, i8); 17] = [
    ("baseline", -4),
    ("initial", -4),
    ("midline", -3),
    ("preliminary", -3),
    ("provisional", -3),
    ("interim", -2),
    ("draft", -2),
    ("final", 1),
    ("endline", 1),
    ("updated", 2),
    ("update", 2),
    ("revised", 2),
    ("revision", 2),
    ("corrected", 2),
    ("amended", 2),
    ("refreshed", 2),
    ("reissued", 2),
];
const MONTHS: [&str; 12] = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const ORDINALS: [&str; 12] = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"];
const CARDINALS: [&str; 12] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const ROMANS: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
const SEASONS: [(&str, i32); 5] = [("winter", 1), ("spring", 4), ("summer", 7), ("autumn", 10), ("fall", 10)];

/// The name and the place that a title's words give. A title that is nothing but a place is its own name.
pub(crate) fn serial_of_words(words: &[&str]) -> Serial {
    let mut reader = Reader { words, is_mark: vec![false; words.len()], place: Place::default() };
    reader.years();
    reader.months();
    reader.quarters();
    reader.counted();
    reader.states();
    let name = reader.rest();
    let whole = || Serial { name: words.join(" "), place: Place::default() };
    if name.is_empty() { whole() } else { Serial { name: name.join(" "), place: reader.place } }
}

struct Reader<'a> {
    words: &'a [&'a str],
    /// Words that say the place.
    is_mark: Vec<bool>,
    place: Place,
}

impl<'a> Reader<'a> {
    fn word(&self, at: usize) -> &'a str {
        self.words.get(at).copied().unwrap_or_default()
    }

    fn mark(&mut self, at: usize) {
        if let Some(mark) = self.is_mark.get_mut(at) {
            *mark = true;
        }
    }

    fn is_marked(&self, at: usize) -> bool {
        self.is_mark.get(at).copied().unwrap_or_default()
    }

    /// A stretch of time that the title names. Of several, the first day and the last count.
    fn period(&mut self, from: i32, until: i32) {
        self.place.from = Some(self.place.from.map_or(from, |first| first.min(from)));
        self.place.until = Some(self.place.until.map_or(until, |last| last.max(until)));
    }

    /// "2024", "2023 24", "2023 2024". Whole years are set last: a month or a quarter of the year says more.
    fn years(&mut self) {
        for at in 0..self.words.len() {
            if year(self.word(at)).is_some() {
                self.mark(at);
                let next = self.word(at + 1);
                let is_second_half = next.len() == 2 && next.parse().ok() == year(self.word(at)).map(|year| (year + 1) % 100);
                if is_second_half {
                    self.mark(at + 1);
                }
            }
        }
    }

    /// The year that a month or quarter at a place belongs to: the next one, or the one just before. Only words of time lie between.
    fn year_of(&self, at: usize) -> Option<i32> {
        let is_of_time = |word: &str| month(word).is_some() || day(word).is_some() || matches!(word, "to" | "and" | "of" | "the" | "quarter");
        let ahead = (at + 1..at + 7).map(|at| self.word(at)).find(|word| !is_of_time(word)).and_then(year);
        ahead.or_else(|| at.checked_sub(1).and_then(|before| year(self.word(before))))
    }

    fn months(&mut self) {
        for at in 0..self.words.len() {
            let Some(month) = month(self.word(at)) else { continue };
            let year = self.year_of(at);
            // Without a year, only a name that is no other word, at the end of the title.
            let is_alone = year.is_none() && at + 1 == self.words.len() && at > 0 && !matches!(self.word(at), "may" | "march" | "mar" | "sept" | "dec");
            if year.is_none() && !is_alone {
                continue;
            }
            self.mark(at);
            let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().find(|beside| day(self.word(*beside)).is_some() && !self.is_marked(*beside));
            let day = beside.and_then(|beside| day(self.word(beside)));
            if let Some(beside) = beside {
                self.mark(beside);
            }
            let of_day = |day| day_number(year.unwrap_or_default(), month, day);
            self.period(of_day(day.unwrap_or(1)), of_day(day.unwrap_or(31)));
        }
    }

    /// "Q1 2024", "quarter 2", "third quarter", "spring 2024". Then years that no month or quarter used.
    fn quarters(&mut self) {
        for at in 0..self.words.len() {
            let word = self.word(at);
            let after = number(self.word(at + 1)).filter(|number| (1..=4).contains(number));
            let quarter = match word {
                "q1" | "q2" | "q3" | "q4" => number(&word[1..]),
                "quarter" => after.inspect(|_| self.mark(at + 1)),
                _ if self.word(at + 1) == "quarter" => ordinal(word).filter(|number| *number <= 4).inspect(|_| self.mark(at + 1)),
                _ => None,
            };
            let season = SEASONS.iter().find(|(name, _)| *name == word).map(|(_, month)| *month).filter(|_| self.year_of(at).is_some());
            let months = quarter.map(|quarter| (quarter as i32 * 3 - 2, quarter as i32 * 3)).or(season.map(|month| (month, month + 2)));
            if let Some((first, last)) = months {
                self.mark(at);
                let year = self.year_of(at).or_else(|| self.last_year()).unwrap_or_default();
                self.period(day_number(year, first, 1), day_number(year, last, 31));
            }
        }
        if self.place.until.is_none() {
            for at in 0..self.words.len() {
                if let Some(year) = year(self.word(at)) {
                    let last = if self.is_marked(at + 1) && self.word(at + 1).len() == 2 { year + 1 } else { year };
                    self.period(day_number(year, 1, 1), day_number(last, 12, 31));
                }
            }
        }
    }

    fn last_year(&self) -> Option<i32> {
        self.words.iter().rev().find_map(|word| year(word))
    }

    /// "phase 2", "part 1 of 2", "second edition", "version 2 1".
    fn counted(&mut self) {
        for at in 0..self.words.len() {
            if self.is_marked(at) {
                continue;
            }
            let (word, next) = (self.word(at), self.word(at + 1));
            let counts = UNITS.contains(&word) && !self.is_marked(at + 1) && self.is_unit(at);
            if let Some(number) = number(next).or_else(|| roman(next)).filter(|_| counts) {
                self.mark(at);
                self.mark(at + 1);
                self.place.numbers.push(number);
                if self.word(at + 2) == "of" && self::number(self.word(at + 3)).is_some() {
                    self.mark(at + 2);
                    self.mark(at + 3);
                } else if let Some(minor) = self::number(self.word(at + 2)).filter(|_| word == "version") {
                    self.mark(at + 2);
                    self.place.numbers.push(minor);
                }
            } else if let Some(number) = ordinal(word).filter(|_| COUNTED.contains(&next)) {
                self.mark(at);
                if !KEPT.contains(&next) {
                    self.mark(at + 1);
                }
                self.place.numbers.push(number);
            }
        }
    }

    /// Stages and years of school are no places: "Key stage 2", "Year 6 pupils".
    fn is_unit(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| self.word(before)).unwrap_or_default();
        match self.word(at) {
            "stage" => before != "key",
            "year" => matches!(self.word(at + 2), "" | "report" | "evaluation" | "findings" | "interim" | "final" | "results" | "update"),
            _ => true,
        }
    }

    fn states(&mut self) {
        for at in 0..self.words.len() {
            if let Some((_, state)) = STATES.iter().find(|(name, _)| *name == self.word(at)).filter(|_| !self.is_marked(at)) {
                self.mark(at);
                self.place.state = *state;
            }
        }
    }

    /// The words that say no place, without those that joined it to the rest.
    fn rest(&self) -> Vec<&'a str> {
        let mut rest: Vec<&str> = Vec::new();
        let mut was_mark = false;
        let last_mark = self.is_mark.iter().rposition(|mark| *mark);
        for (at, word) in self.words.iter().enumerate() {
            if self.is_marked(at) {
                while rest.last().is_some_and(|last| JOINTS.contains(last)) {
                    rest.pop();
                }
                was_mark = true;
            } else if !(was_mark && TAILS.contains(word)) {
                rest.push(word);
                was_mark = false;
            }
        }
        // "Evaluation of the fund: final report" and "Evaluation of the fund".
        if last_mark.is_some() && rest.len() > 2 && rest.last() == Some(&"report") {
            rest.pop();
        }
        rest
    }
}

/// A number for a day that grows with time, as if every month had 31 days.
pub(super) fn day_number(year: i32, month: i32, day: i32) -> i32 {
    (year * 12 + month) * 31 + day
}

fn year(word: &str) -> Option<i32> {
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| (1900..2100).contains(year))
}

/// From 1.
fn month(word: &str) -> Option<i32> {
    let is_month = |name: &&str| **name == *word || word == "sept" && **name == *"september" || word.len() == 3 && name.starts_with(word);
    MONTHS.iter().position(is_month).and_then(|at| i32::try_from(at + 1).ok())
}

fn day(word: &str) -> Option<i32> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let is_one = matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th") && digits.len() <= 2;
    digits.parse().ok().filter(|day| is_one && (1..=31).contains(day))
}

fn number(word: &str) -> Option<u32> {
    let in_words = CARDINALS.iter().position(|name| *name == word).and_then(|at| u32::try_from(at + 1).ok());
    in_words.or_else(|| (word.len() <= 4).then(|| word.parse().ok()).flatten())
}

fn roman(word: &str) -> Option<u32> {
    ROMANS.iter().position(|name| *name == word).and_then(|at| u32::try_from(at + 1).ok())
}

fn ordinal(word: &str) -> Option<u32> {
    let in_words = ORDINALS.iter().position(|name| *name == word).and_then(|at| u32::try_from(at + 1).ok());
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let is_one = matches!(&word[digits.len()..], "st" | "nd" | "rd" | "th");
    in_words.or_else(|| digits.parse().ok().filter(|_| is_one))
}
