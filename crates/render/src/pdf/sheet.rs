//! The edition as the template reads it: strings, numbers and lists, with every string made printable.

use pulse_model::block::{Block, Blocks};
use pulse_model::edition::SignOff;
use pulse_model::{Digest, EditionKey, Href, Style, Text};
use serde::Serialize;

use super::fonts::Glyphs;
use crate::colophon::Colophon;
use crate::colours::Scheme;
use crate::outline::{Category, Entry, Item, Links, Outline, Sector};
use crate::picture::Logo;
use crate::{Addresses, colours};

/// The whole sheet. The names are those the template uses.
#[derive(Serialize)]
pub(super) struct Sheet {
    /// Of the file itself, for those who keep PDFs apart by it. Not printed.
    #[serde(skip)]
    pub(super) ident: String,
    title: String,
    author: String,
    description: String,
    /// Year, month and day.
    date: [i16; 3],
    language: Language,
    colours: Colours,
    name: Words,
    tagline: Words,
    organisation: Words,
    month: String,
    logo: Option<Picture>,
    letter: Vec<Piece>,
    sign_off: Option<[Words; 3]>,
    contacts: Vec<Vec<Span>>,
    news: Option<News>,
    sectors: Vec<Part>,
    imprint: Imprint,
}

/// Words in the pieces between which a line may break.
type Words = Vec<String>;

#[derive(Serialize)]
struct Language {
    code: String,
    region: Option<String>,
}

#[derive(Serialize)]
struct Colours {
    brand: String,
    on_brand: String,
    accent: String,
    ground: String,
    text: String,
    muted: String,
    rule: String,
}

#[derive(Serialize)]
struct Picture {
    alt: String,
    /// In CSS pixels.
    width: u32,
}

/// A paragraph or a list.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Piece {
    Paragraph {
        text: Vec<Span>,
        /// A short paragraph before a list leads it in, and stays with it.
        leads: bool,
    },
    List {
        ordered: bool,
        items: Vec<Point>,
    },
}

#[derive(Serialize)]
struct Point {
    text: Vec<Span>,
    under: Vec<Piece>,
}

/// Runs that lead to the same place, or nowhere.
#[derive(Serialize)]
struct Span {
    link: Option<String>,
    runs: Vec<Run>,
}

#[derive(Serialize)]
struct Run {
    words: Words,
    strong: bool,
    emphasis: bool,
    code: bool,
}

#[derive(Serialize)]
struct News {
    heading: Words,
    items: Vec<Article>,
}

/// A sector.
#[derive(Serialize)]
struct Part {
    name: Words,
    categories: Vec<Group>,
}

/// A category.
#[derive(Serialize)]
struct Group {
    name: Words,
    level: usize,
    articles: Vec<Article>,
}

/// An entry or a news item.
#[derive(Serialize)]
struct Article {
    level: usize,
    publisher: Words,
    title: Words,
    link: Option<String>,
    body: Vec<Piece>,
    further: Vec<Span>,
}

#[derive(Serialize)]
struct Imprint {
    /// Address and telephone number.
    lines: Vec<Words>,
    /// Ways to turn to the organisation, then its notices.
    links: Vec<Span>,
}

/// The longest sentence, in bytes, that is taken over to the next page with the list it leads in.
const LONGEST_LEAD_IN: usize = 200;

impl Sheet {
    /// `digest` and `outline` are tidy.
    pub(super) fn of(digest: &Digest, key: EditionKey, outline: &Outline<'_>, logo: Option<&Logo>, scheme: &Scheme, glyphs: &mut Glyphs) -> Self {
        let date = key.date();
        let mut setter = Setter { glyphs };
        Self {
            ident: format!("{} {key}", digest.slug),
            title: setter.line(&format!("{}, {}", digest.name, key.title())),
            author: setter.line(if digest.organisation.is_empty() { &digest.name } else { &digest.organisation }),
            description: setter.line(&digest.tagline),
            date: [key.month().year(), i16::from(key.month().month()), date.map_or(1, |date| i16::from(date.day()))],
            language: Language::of(&digest.language),
            colours: Colours::of(scheme),
            name: setter.words(&digest.name),
            tagline: setter.words(&digest.tagline),
            organisation: setter.words(&digest.organisation),
            month: key.title(),
            logo: logo.map(|logo| Picture { alt: logo.alt.clone(), width: logo.size.map_or(200, |(width, _)| width) }),
            letter: setter.letter(outline),
            sign_off: outline.letter.sign_off.as_ref().map(|sign_off| setter.sign_off(sign_off)),
            contacts: outline.letter.contacts.iter().map(|contact| setter.text(&contact.text)).collect(),
            news: outline
                .news
                .as_ref()
                .map(|news| News { heading: setter.words(news.heading), items: news.items.iter().map(|item| setter.item(item)).collect() }),
            sectors: outline.sectors.iter().map(|sector| setter.sector(sector)).collect(),
            imprint: setter.imprint(digest),
        }
    }
}

impl Language {
    /// Typst takes a primary subtag of two or three letters and a region of two; a PDF needs some language.
    fn of(tag: &str) -> Self {
        let is_letters = |part: &&str, lengths: &[usize]| lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let mut parts = tag.split('-');
        let code = parts.next().filter(|code| is_letters(code, &[2, 3])).unwrap_or("en").to_ascii_lowercase();
        Self { code, region: parts.find(|part| is_letters(part, &[2])).map(str::to_ascii_uppercase) }
    }
}

impl Colours {
    fn of(scheme: &colours::Scheme) -> Self {
        Self {
            brand: scheme.brand.to_string(),
            on_brand: scheme.on_brand.to_string(),
            accent: scheme.accent.to_string(),
            ground: scheme.ground.to_string(),
            text: scheme.text.to_string(),
            muted: scheme.muted.to_string(),
            rule: scheme.rule.to_string(),
        }
    }
}

/// Makes the parts of a sheet.
struct Setter<'a> {
    glyphs: &'a mut Glyphs,
}

impl Setter<'_> {
    fn line(&mut self, words: &str) -> String {
        self.glyphs.printable(words)
    }

    /// No words are no pieces.
    fn words(&mut self, words: &str) -> Words {
        if words.is_empty() { Vec::new() } else { self.glyphs.pieces(words) }
    }

    fn text(&mut self, text: &Text) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut previous: Option<&Option<Href>> = None;
        for run in text.runs() {
            let Style { strong, emphasis, code, link } = &run.style;
            if previous != Some(link) {
                spans.push(Span { link: link.as_ref().map(ToString::to_string), runs: Vec::new() });
            }
            previous = Some(link);
            if let Some(span) = spans.last_mut() {
                span.runs.push(Run { words: self.words(&run.text), strong: *strong, emphasis: *emphasis, code: *code });
            }
        }
        spans
    }

    fn link(&mut self, words: &str, link: Option<&Href>) -> Span {
        let run = Run { words: self.words(words), strong: false, emphasis: false, code: false };
        Span { link: link.map(ToString::to_string), runs: vec![run] }
    }

    fn blocks(&mut self, blocks: &Blocks) -> Vec<Piece> {
        let blocks = blocks.as_slice();
        let piece = |(at, block): (usize, &Block)| match block {
            Block::Paragraph { text } => {
                let leads = matches!(blocks.get(at + 1), Some(Block::List(_))) && text.plain().len() < LONGEST_LEAD_IN;
                Piece::Paragraph { text: self.text(text), leads }
            }
            Block::List(list) => {
                let items = list.items.iter().map(|item| Point { text: self.text(&item.text), under: self.blocks(&item.blocks) }).collect();
                Piece::List { ordered: list.ordered, items }
            }
        };
        blocks.iter().enumerate().map(piece).collect()
    }

    fn letter(&mut self, outline: &Outline<'_>) -> Vec<Piece> {
        let letter = outline.letter;
        let parts = [&letter.welcome, &letter.highlights, &letter.call_for_contact, &letter.notices];
        parts.into_iter().flat_map(|blocks| self.blocks(blocks)).collect()
    }

    fn sign_off(&mut self, sign_off: &SignOff) -> [Words; 3] {
        [self.words(&sign_off.closing), self.words(&sign_off.name), self.words(&sign_off.role)]
    }

    fn sector(&mut self, sector: &Sector<'_>) -> Part {
        Part { name: self.words(sector.name), categories: sector.categories.iter().map(|category| self.category(category)).collect() }
    }

    fn category(&mut self, category: &Category<'_>) -> Group {
        let articles = category.entries.iter().map(|entry| self.entry(entry)).collect();
        Group { name: self.words(category.name), level: heading_level(category.level), articles }
    }

    fn entry(&mut self, entry: &Entry<'_>) -> Article {
        let article = self.article(&entry.links, entry.summary);
        Article { level: heading_level(entry.level), publisher: self.words(&entry.publisher), title: self.words(&entry.title), ..article }
    }

    fn item(&mut self, item: &Item<'_>) -> Article {
        let article = self.article(&item.links, item.body);
        Article { level: 2, title: self.words(item.title), ..article }
    }

    fn article(&mut self, links: &Links<'_>, body: &Blocks) -> Article {
        Article {
            level: 1,
            publisher: Vec::new(),
            title: Vec::new(),
            link: links.first.map(ToString::to_string),
            body: self.blocks(body),
            further: links.further.iter().map(|(label, href)| self.link(label, Some(href))).collect(),
        }
    }

    fn imprint(&mut self, digest: &Digest) -> Imprint {
        // A printed page has no subscription to change, so only what is the same for everyone stands here.
        let addresses = Addresses::default();
        let colophon = Colophon::of(digest, &addresses, false);
        let lines = [&digest.footer.address, &digest.footer.telephone].into_iter().filter(|line| !line.is_empty());
        let email = colophon.email.iter().map(|(words, href)| (*words, href.as_ref()));
        let website = colophon.website.iter().map(|(words, href)| (words.as_str(), Some(*href)));
        let notices = colophon.links.iter().map(|(words, href)| (*words, Some(*href)));
        Imprint {
            lines: lines.map(|line| self.words(line)).collect(),
            links: email.chain(website).chain(notices).map(|(words, href)| self.link(words, href)).collect(),
        }
    }
}

/// The digest's name is the title of a PDF and no heading, so the first heading below it has level 1.
fn heading_level(level: usize) -> usize {
    level.saturating_sub(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_tag_is_cut_to_what_a_pdf_can_say() {
        let language = |tag| (Language::of(tag).code, Language::of(tag).region);
        assert_eq!(language("en-GB"), ("en".into(), Some("GB".into())));
        assert_eq!(language("zh-Hant-TW"), ("zh".into(), Some("TW".into())));
        assert_eq!(language("cy"), ("cy".into(), None));
        assert_eq!(language("nonsense"), ("en".into(), None));
        assert_eq!(language(""), ("en".into(), None));
    }
}
