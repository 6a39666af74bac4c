//! What the elements of feeds are for, and the words of one of them.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::tags::Tag;
use super::vocabulary::Vocabulary;
use super::{Text, TextForm};

/// What an element of a feed or an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    /// The title of a picture or film, which is the entry's where it has no other.
    MediaTitle,
    Summary,
    /// A summary in the words of another vocabulary: taken where there is no other.
    SecondSummary,
    Content,
    Id,
    Link,
    /// The address behind a counting one.
    OriginalLink,
    Published,
    Updated,
    /// A date that does not say what it is of.
    Dated,
    Created,
    Expired,
    Author,
    /// An author in the words of another vocabulary.
    SecondAuthor,
    Name,
    Email,
    Uri,
    Publisher,
    Source,
    SourceTitle,
    Language,
    Identifier,
    DocumentType,
}

impl Field {
    /// Of an element inside a feed or an entry.
    pub(super) fn of(vocabulary: Vocabulary, name: &str) -> Option<Self> {
        use Vocabulary as V;
        Some(match (vocabulary, name) {
            (V::Core | V::Atom | V::DublinCore, "title") => Self::Title,
            (V::Media, "title") => Self::MediaTitle,
            (V::Core | V::Atom, "description" | "summary" | "subtitle" | "tagline" | "abstract") => Self::Summary,
            (V::DublinCore, "description" | "abstract") => Self::Summary,
            (V::Itunes, "summary" | "subtitle") | (V::Media, "description") => Self::SecondSummary,
            (V::Core | V::Atom, "content" | "fullitem" | "body") | (V::Content, "encoded") | (V::Xhtml, "body" | "div") => Self::Content,
            (V::Core | V::Atom, "id" | "guid") => Self::Id,
            (V::Core | V::Atom, "link") => Self::Link,
            (V::FeedBurner, "origlink") => Self::OriginalLink,
            (V::Core | V::Atom, "pubdate" | "published" | "issued") | (V::DublinCore, "issued") | (V::Prism, "publicationdate") => Self::Published,
            (V::Core | V::Atom, "updated" | "modified" | "lastbuilddate") | (V::DublinCore, "modified") => Self::Updated,
            (V::DublinCore, "date") => Self::Dated,
            (V::Core | V::Atom | V::DublinCore, "created") => Self::Created,
            (V::Core | V::Atom, "expirationdate") => Self::Expired,
            (V::Core | V::Atom, "author" | "managingeditor") => Self::Author,
            (V::DublinCore, "creator" | "author") => Self::Author,
            (V::Itunes, "author") => Self::SecondAuthor,
            (V::DublinCore, "publisher") => Self::Publisher,
            (V::Core | V::Atom, "source") => Self::Source,
            (V::Core | V::Atom | V::DublinCore, "language") => Self::Language,
            (V::DublinCore, "identifier") | (V::Prism, "doi") => Self::Identifier,
            (V::DublinCore, "type") => Self::DocumentType,
            _ => return None,
        })
    }

    /// Of an element inside a person.
    pub(super) fn of_person(name: &str) -> Option<Self> {
        match name {
            "name" => Some(Self::Name),
            "email" => Some(Self::Email),
            "uri" | "url" | "homepage" => Some(Self::Uri),
            _ => None,
        }
    }
}

/// The words of one element while it is read.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) field: Field,
    /// The depth of the element.
    pub(super) depth: usize,
    form: TextForm,
    /// Tags in it are its own, and its words are not tags.
    is_inline: bool,
    is_base64: bool,
    text: String,
}

impl Words {
    pub(super) fn new(field: Field, depth: usize, tag: &Tag<'_>) -> Self {
        let is_atom = tag.vocabulary == Vocabulary::Atom;
        let media_type = tag.attribute("type").unwrap_or_default().to_ascii_lowercase();
        let mode = tag.attribute("mode").unwrap_or_default();
        let is_prose = matches!(field, Field::Summary | Field::SecondSummary | Field::Content);
        let (form, is_inline, is_other) = match media_type.as_str() {
            "" if tag.vocabulary == Vocabulary::Xhtml => (TextForm::Html, true, false),
            "" if is_atom => (TextForm::Plain, false, false),
            "" if is_prose => (TextForm::Html, false, false),
            "" => (TextForm::Unsaid, false, false),
            "text" | "text/plain" => (if is_atom { TextForm::Plain } else { TextForm::Unsaid }, false, false),
            "html" | "text/html" => (TextForm::Html, false, false),
            "xhtml" => (TextForm::Html, true, false),
            other if other.ends_with("+xml") || other.ends_with("/xml") => (TextForm::Html, true, false),
            other => (TextForm::Unsaid, false, is_atom && other.contains('/') && !other.starts_with("text/")),
        };
        let is_base64 = mode == "base64" || is_other;
        Self { field, depth, form, is_inline: is_inline && mode != "escaped" && !is_base64, is_base64, text: String::new() }
    }

    pub(super) fn push(&mut self, words: &str) {
        if self.is_inline { push_escaped(&mut self.text, words) } else { self.text.push_str(words) }
    }

    /// A tag inside the element: some feeds write their HTML without escapes.
    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        self.form = TextForm::Html;
        self.text.push('<');
        self.text.push_str(&tag.name);
        for (name, value) in tag.attributes.iter().filter(|(name, _)| !name.starts_with("xml")) {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            push_escaped(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    pub(super) fn end(&mut self, name: &str) {
        if !matches!(name, "area" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "source" | "track" | "wbr") {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    pub(super) fn finish(self) -> Text {
        const LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));
        let decoded = self.is_base64.then(|| LENIENT.decode(self.text.split_whitespace().collect::<String>()).ok()).flatten();
        let value = match decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(text) => text.trim().to_owned(),
            None if self.text.trim().len() == self.text.len() => self.text,
            None => self.text.trim().to_owned(),
        };
        Text { value, form: self.form }
    }
}

fn push_escaped(text: &mut String, words: &str) {
    let mut rest = words;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        text.push_str(&rest[..at]);
        text.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
}
