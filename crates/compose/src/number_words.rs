//! Small numbers as they are written out.

/// One to twenty.
pub(crate) const TO_TWENTY: [&str; 20] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// Thirty to ninety.
pub(crate) const TENS: [&str; 7] = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The number from 1 to 20 that a word in small letters names.
pub(crate) fn number_of(word: &str) -> Option<usize> {
    TO_TWENTY.iter().position(|name| *name == word).map(|at| at + 1)
}
