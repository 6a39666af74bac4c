//! A digest, the serial title: its masthead, taxonomy, house style, footer, and how its old editions are read.
//!
//! A digest is described in a TOML file (`docs/digest.md` explains each field) and kept in the store.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::address::EmailAddress;
use crate::name::fold;
use crate::publisher::Publisher;
use crate::text::Href;

/// A serial title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// Its name in addresses and on the command line.
    pub slug: Slug,
    /// Its name to readers.
    pub name: String,
    /// One line under the name.
    #[serde(default)]
    pub tagline: String,
    /// Who publishes it.
    #[serde(default)]
    pub organisation: String,
    /// BCP 47 tag of the language it is written in.
    #[serde(default = "default_language")]
    pub language: String,
    /// Logo and colours.
    #[serde(default)]
    pub masthead: Masthead,
    /// What stands at the foot of every output.
    #[serde(default)]
    pub footer: Footer,
    /// Who its messages are from.
    #[serde(default)]
    pub sender: Sender,
    /// How the team writes.
    #[serde(default)]
    pub house_style: HouseStyle,
    /// Sectors with their categories, in order.
    #[serde(default)]
    pub sectors: Vec<TaxonomySector>,
    /// Publishers its register starts with.
    #[serde(default)]
    pub publishers: Vec<Publisher>,
    /// How old editions are read.
    #[serde(default)]
    pub import: ImportProfile,
    /// What the copy desk asks about, and how much it weighs.
    #[serde(default)]
    pub desk: Desk,
    /// How a new edition begins.
    #[serde(default)]
    pub opening: Opening,
}

fn default_language() -> String {
    "en-GB".to_owned()
}

/// Logo and colours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Masthead {
    /// The organisation's mark.
    pub logo: Option<Picture>,
    /// The digest's colours.
    pub colours: Colours,
}

/// A picture with words for those who do not see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Picture {
    /// The file, relative to the digest's TOML file.
    pub file: String,
    /// What it shows. A picture without it is reported and not printed.
    pub alt: String,
    /// The bytes of the file in base64, once read; PNG or JPEG.
    pub data: String,
}

/// Colours as `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Colours {
    /// Behind the masthead.
    pub brand: Colour,
    /// The masthead's text.
    pub on_brand: Colour,
    /// Links and rules on white; at least 4.5:1 against it (WCAG 2.2, 1.4.3).
    pub accent: Colour,
    /// Behind the masthead in dark mode.
    pub brand_dark: Colour,
    /// Links and rules in dark mode; at least 4.5:1 against `#121212`.
    pub accent_dark: Colour,
}

impl Default for Colours {
    fn default() -> Self {
        let colour = |hex: u32| Colour { red: (hex >> 16) as u8, green: (hex >> 8) as u8, blue: hex as u8 };
        Self { brand: colour(0x1f_3a5f), on_brand: colour(0xff_ffff), accent: colour(0x0b_5394), brand_dark: colour(0x16_2a45), accent_dark: colour(0x8a_b4f8) }
    }
}

/// An opaque colour; in files `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl Colour {
    /// Contrast with another colour, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance (WCAG 2.2, "relative luminance").
    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(self.red) + 0.7152 * channel(self.green) + 0.0722 * channel(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// The text is not a colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is not a colour; write it as #1f3a5f")]
pub struct ColourError(String);

impl FromStr for Colour {
    type Err = ColourError;
    fn from_str(text: &str) -> Result<Self, ColourError> {
        let error = || ColourError(text.chars().take(20).collect());
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii()).ok_or_else(error)?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| error());
        Ok(Self { red: part(0)?, green: part(2)?, blue: part(4)? })
    }
}

/// What stands at the foot of every output.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Footer {
    /// Postal address of the sender.
    pub address: String,
    /// Telephone number.
    pub telephone: String,
    /// Where a reader can write to and is read.
    pub email: String,
    /// The organisation's page.
    pub website: Option<Href>,
    /// The accessibility statement (PSBAR 2018).
    pub accessibility: Option<Href>,
    /// The privacy notice.
    pub privacy: Option<Href>,
}

/// Who a digest's messages are from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sender {
    /// What readers see; the digest's name if empty.
    pub name: String,
    /// The From address. Its domain signs. Without one, nothing can be sent.
    pub address: Option<EmailAddress>,
    /// Where answers go, if not there; somebody reads it.
    pub reply_to: Option<EmailAddress>,
    /// The domain that bounces come back to; that of the address if empty.
    pub return_domain: String,
    /// The domain of the List-Id, by which mail programs know the digest; that of the address if empty. It stays the same for ever.
    pub list_domain: String,
    /// The words readers agree to when they subscribe. Changing them makes a new version.
    pub consent: String,
    /// Whether links of entries lead through the site, which counts how often each is followed, and not by whom.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub clicks: bool,
    /// Addresses that are no reader's and get the largest cut of each send too, to see where it arrives.
    pub seeds: Vec<EmailAddress>,
}

impl Sender {
    /// The domain that bounces come back to; none where there is no address.
    pub fn returns_to(&self) -> Option<&str> {
        match self.return_domain.as_str() {
            "" => self.address.as_ref().map(EmailAddress::domain),
            domain => Some(domain),
        }
    }
}

/// How the team writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HouseStyle {
    /// Words for the heading over the team's news; "News" if empty.
    pub news_heading: String,
}

/// What the copy desk asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Desk {
    /// Rules by their names, where the digest weighs them otherwise than the desk does of itself.
    pub rules: BTreeMap<String, Severity>,
    /// Words that are spelt right although no dictionary has them.
    pub words: Vec<String>,
    /// Abbreviations that every reader knows and that are never written out.
    pub known_abbreviations: Vec<String>,
}

/// How much a query of the copy desk weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rule is not asked.
    Off,
    /// It needs an answer.
    Warning,
    /// It blocks sign-off.
    Error,
}

/// How a new edition begins. In texts, `{month}` stands for the edition's month ("May 2026"), `{sectors}` for its sectors in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Opening {
    /// The first words of the letter, as Markdown.
    pub welcome: String,
    /// How to talk to the team, as Markdown.
    pub call_for_contact: String,
    /// "Best wishes,".
    pub closing: String,
    /// Who signs.
    pub signed_by: String,
    /// In what role.
    pub role: String,
    /// So many entries of each sector are drafted where nothing is shortlisted.
    pub per_sector: u32,
}

impl Default for Opening {
    fn default() -> Self {
        let none = String::new;
        Self { welcome: none(), call_for_contact: none(), closing: none(), signed_by: none(), role: none(), per_sector: 8 }
    }
}

/// A sector of the taxonomy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxonomySector {
    /// Its name.
    pub name: String,
    /// Other names old editions print for it.
    #[serde(default)]
    pub also: Vec<String>,
    /// Its categories, in order.
    #[serde(default)]
    pub categories: Vec<String>,
}

impl TaxonomySector {
    /// Where a category stands, by any spelling.
    pub fn position(&self, category: &str) -> Option<usize> {
        let folded = fold(category);
        self.categories.iter().position(|name| fold(name) == folded)
    }
}

/// Sectors in order, found by any spelling of their names.
#[derive(Clone, Copy, Debug)]
pub struct Taxonomy<'a>(pub &'a [TaxonomySector]);

impl<'a> Taxonomy<'a> {
    /// Where a sector stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        let folded = fold(name);
        self.0.iter().position(|sector| std::iter::once(&sector.name).chain(&sector.also).any(|name| fold(name) == folded))
    }

    /// The sector with this name.
    pub fn sector(&self, name: &str) -> Option<&'a TaxonomySector> {
        self.position(name).map(|at| &self.0[at])
    }
}

/// How old editions of a digest are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImportProfile {
    /// What carries the structure.
    pub shape: Shape,
    /// Other names the masthead has had.
    pub also_called: Vec<String>,
    /// Patterns (regular expressions) of whole lines that are no part of an edition.
    pub set_aside: Vec<String>,
}

/// What carries an old edition's structure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A letter, news, then sectors of the taxonomy with entries headed `Publisher. Title.`; levels and bold mean nothing.
    #[default]
    Entries,
    /// Headings are sections, and each item of their lists is an entry: a weekly list of links.
    Links,
}

impl Digest {
    /// A digest with this name and nothing else said of it.
    pub fn named(slug: Slug, name: impl Into<String>) -> Self {
        Self {
            slug,
            name: name.into(),
            tagline: String::new(),
            organisation: String::new(),
            language: default_language(),
            masthead: Masthead::default(),
            footer: Footer::default(),
            sender: Sender::default(),
            house_style: HouseStyle::default(),
            sectors: Vec::new(),
            publishers: Vec::new(),
            import: ImportProfile::default(),
            desk: Desk::default(),
            opening: Opening::default(),
        }
    }

    /// Sectors and categories.
    pub fn taxonomy(&self) -> Taxonomy<'_> {
        Taxonomy(&self.sectors)
    }

    /// The heading over the team's news.
    pub fn news_heading(&self) -> &str {
        match self.house_style.news_heading.as_str() {
            "" => "News",
            heading => heading,
        }
    }
}

/// A name in addresses: lower-case ASCII letters, digits and single hyphens, 1 to 80 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Slug(String);

/// The text is not a slug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} cannot be used in an address; use lower-case letters, digits and hyphens, 80 at most")]
pub struct SlugError(String);

impl Slug {
    const MAX_LEN: usize = 80;

    /// The slug that any words make; `untitled` where no letter or digit is left.
    ///
    /// ```
    /// use pulse_model::Slug;
    /// assert_eq!(Slug::from_words("Harbour Trust. Who cares? 2019–21").as_str(), "harbour-trust-who-cares-2019-21");
    /// ```
    pub fn from_words(words: &str) -> Self {
        let mut slug = String::new();
        for word in fold(words).split(' ') {
            let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
            let gap = usize::from(!slug.is_empty());
            if slug.len() + gap + word.len() > Self::MAX_LEN - 8 {
                // A first word of absurd length is cut; later ones are left out whole.
                if slug.is_empty() {
                    slug.push_str(&word[..Self::MAX_LEN - 8]);
                }
                break;
            }
            if !word.is_empty() {
                if gap == 1 {
                    slug.push('-');
                }
                slug.push_str(&word);
            }
        }
        Self(if slug.is_empty() { "untitled".to_owned() } else { slug })
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = SlugError;
    fn from_str(text: &str) -> Result<Self, SlugError> {
        let parts_are_words = text.split('-').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        if parts_are_words && text.len() <= Self::MAX_LEN { Ok(Self(text.to_owned())) } else { Err(SlugError(text.chars().take(40).collect())) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! from_text {
    ($($kind:ty),*) => {$(
        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
from_text!(Slug, Colour);

impl Serialize for Colour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
