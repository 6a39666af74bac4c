//! A feed as tags and words: what an XML parser gives, for texts that are not XML.
//!
//! Takes the text; gives tags with their vocabulary, and words without references. Every start has its end, in order, whatever the
//! text does: an end without a start is left out, a start without an end is closed with what is around it. Addresses
//! and languages are those of the innermost tag that names one.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event as Markup;
use quick_xml::events::attributes::Attributes;
use url::Url;

use super::references::References;
use super::vocabulary::Vocabulary;

/// Deeper tags are left out; their words are not.
const DEEPEST: usize = 200;

/// What is inherited is copied to many, so it has to be short: an address, a language, the number of bindings in force.
const LONGEST_BASE: usize = 2_000;
const LONGEST_LANGUAGE: usize = 35;
const MOST_BINDINGS: usize = 100;

/// What comes next.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Start(Tag<'a>),
    End,
    Words(Cow<'a, str>),
    Done,
}

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) vocabulary: Vocabulary,
    /// Its name without a prefix, in lower case.
    pub(crate) name: Cow<'a, str>,
    /// In order; names in lower case, with their prefixes.
    pub(crate) attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Tag<'_> {
    /// The value of an attribute, where it has one.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Reads tags and words one by one.
pub(crate) struct Tags<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    references: References,
    /// Names as they stand.
    open: Vec<&'a str>,
    too_deep: usize,
    /// So many ends are owed.
    to_close: usize,
    /// Whether the innermost tag has had its end; what it says holds until the next event.
    is_closing: bool,
    /// With the depth they are from.
    bindings: Vec<(usize, &'a str, Vocabulary)>,
    bases: Vec<(usize, Url)>,
    languages: Vec<(usize, String)>,
    /// Whether the text broke off inside a tag.
    pub(crate) is_broken: bool,
}

impl<'a> Tags<'a> {
    pub(crate) fn new(source: &'a str, base: &Url) -> Self {
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        Self {
            source,
            reader,
            references: References::default(),
            open: Vec::new(),
            too_deep: 0,
            to_close: 0,
            is_closing: false,
            bindings: Vec::new(),
            bases: vec![(0, base.clone())],
            languages: Vec::new(),
            is_broken: false,
        }
    }

    /// Whether the feed declares entities that are not put in.
    pub(crate) fn has_refused_entities(&self) -> bool {
        self.references.is_refused
    }

    /// How many tags are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What relative addresses are relative to here.
    pub(crate) fn base(&self) -> Option<&Url> {
        self.bases.last().map(|(_, base)| base)
    }

    /// The language here, as it stands.
    pub(crate) fn language(&self) -> Option<&str> {
        self.languages.last().map(|(_, language)| language.as_str()).filter(|language| !language.is_empty())
    }

    pub(crate) fn next(&mut self) -> Event<'a> {
        loop {
            if std::mem::take(&mut self.is_closing) {
                self.close();
            }
            if self.to_close > 0 {
                self.to_close -= 1;
                self.is_closing = true;
                return Event::End;
            }
            let event = match self.reader.read_event() {
                Ok(Markup::Start(start)) => self.start(start.len(), 1, false),
                Ok(Markup::Empty(start)) => self.start(start.len(), 2, true),
                Ok(Markup::End(end)) => {
                    self.end(end.name().0.trim());
                    None
                }
                Ok(Markup::Text(text)) => Some(Event::Words(text.into_inner())),
                Ok(Markup::CData(text)) => Some(Event::Words(text.into_inner())),
                Ok(Markup::GeneralRef(name)) => Some(Event::Words(self.references.resolve(&name))),
                Ok(Markup::DocType(text)) => {
                    self.references.declare(&text);
                    None
                }
                Ok(Markup::Comment(_) | Markup::PI(_) | Markup::Decl(_)) => None,
                Ok(Markup::Eof) => Some(self.finish()),
                Err(_) => Some(self.broken()),
            };
            if let Some(event) = event {
                return event;
            }
        }
    }

    /// A start tag that has just been read, `behind` bytes of markup after its content.
    fn start(&mut self, length: usize, behind: usize, is_empty: bool) -> Option<Event<'a>> {
        let end = usize::try_from(self.reader.buffer_position()).ok()?.checked_sub(behind)?;
        let content = self.source.get(end.checked_sub(length)?..end)?;
        let name = content.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') {
            // "fewer than < 5 or > 9" is no tag.
            return self.source.get(end - length - 1..end + behind).map(|text| Event::Words(text.into()));
        }
        if self.open.len() >= DEEPEST {
            self.too_deep += usize::from(!is_empty);
            return None;
        }
        self.open.push(name);
        let depth = self.open.len();
        let mut attributes = Vec::new();
        for attribute in Attributes::html(content, name.len()).with_checks(false).flatten() {
            let key = lower(attribute.key.0);
            let value = match attribute.value {
                Cow::Borrowed(value) => self.references.decode(value),
                Cow::Owned(value) => Cow::Owned(self.references.decode(&value).into_owned()),
            };
            match &*key {
                "xmlns" => self.bind(depth, "", default_vocabulary(&value)),
                "xml:base" | "base" => self.rebase(depth, &value),
                "xml:lang" | "lang" if value.len() <= LONGEST_LANGUAGE => self.languages.push((depth, value.trim().replace('_', "-"))),
                key if key.starts_with("xmlns:") => {
                    let prefix = attribute.key.0.get("xmlns:".len()..).unwrap_or_default();
                    self.bind(depth, prefix, Vocabulary::of_namespace(&value));
                }
                _ => {}
            }
            attributes.push((key, value));
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        self.to_close = usize::from(is_empty);
        Some(Event::Start(Tag { vocabulary: self.vocabulary(prefix), name: lower(local), attributes }))
    }

    fn bind(&mut self, depth: usize, prefix: &'a str, vocabulary: Vocabulary) {
        if self.bindings.len() < MOST_BINDINGS {
            self.bindings.push((depth, prefix, vocabulary));
        }
    }

    fn vocabulary(&self, prefix: &str) -> Vocabulary {
        let bound = self.bindings.iter().rev().find(|(_, bound, _)| *bound == prefix).map(|(_, _, vocabulary)| *vocabulary);
        bound.unwrap_or_else(|| if prefix.is_empty() { Vocabulary::Core } else { Vocabulary::of_prefix(prefix) })
    }

    fn rebase(&mut self, depth: usize, value: &str) {
        let joined = self.base().and_then(|base| base.join(value.trim()).ok()).filter(|base| matches!(base.scheme(), "http" | "https"));
        let joined = joined.filter(|base| base.as_str().len() <= LONGEST_BASE);
        self.bases.extend(joined.map(|base| (depth, base)));
    }

    fn end(&mut self, name: &str) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            self.to_close = self.open.len() - at;
        } else if let Some(at) = self.open.iter().rposition(|open| open.eq_ignore_ascii_case(name)) {
            self.to_close = self.open.len() - at;
        }
    }

    fn close(&mut self) {
        let depth = self.open.len();
        while self.bindings.pop_if(|(at, ..)| *at >= depth).is_some() {}
        while self.bases.pop_if(|(at, _)| *at >= depth).is_some() {}
        while self.languages.pop_if(|(at, _)| *at >= depth).is_some() {}
        self.open.pop();
    }

    fn finish(&mut self) -> Event<'a> {
        if self.open.is_empty() {
            return Event::Done;
        }
        self.to_close = self.open.len() - 1;
        self.is_closing = true;
        Event::End
    }

    /// The parser stops where markup does not end; only an unfinished section of characters has words in it.
    fn broken(&mut self) -> Event<'a> {
        self.is_broken = true;
        let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
        match self.source.get(at..).and_then(|rest| rest.strip_prefix("<![CDATA[")) {
            Some(rest) => Event::Words(rest.into()),
            None => self.finish(),
        }
    }
}

/// A name that nobody knows is most often that of a feed's own words.
fn default_vocabulary(name: &str) -> Vocabulary {
    match Vocabulary::of_namespace(name) {
        Vocabulary::Other if !name.contains("www.w3.org/") => Vocabulary::Core,
        known => known,
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
}
