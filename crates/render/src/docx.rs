//! An edition as a Word document, for those who print it, pass it on, or want to quote from it.
//!
//! Takes a [`Work`]; returns the file. What structures it is what Word itself knows: heading styles, numbered and bulleted
//! lists, hyperlinks, properties, a language. So its navigation pane, a screen reader and a converter all find their way.
//!
//! Invariants: same in, same out, byte for byte (no clock, and every id is counted from the start of the document);
//! heading levels do not skip.
//! Not here: styles (`styles`); what the library cannot write (`package`).

mod package;
mod styles;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docx_rs::{
    BreakType, Docx, Footer, Hyperlink, HyperlinkData, IndentLevel, LevelOverride, NumPages, Numbering, NumberingId, PageMargin, PageNum, Paragraph,
    ParagraphChild, Pic, Run, Tab, TabValueType,
};
use pulse_model::block::{Block, Blocks, List};
use pulse_model::edition::SignOff;
use pulse_model::{Digest, Href, Run as TextRun, Text};

use crate::colophon::Colophon;
use crate::colours::Palette;
use crate::outline::{Category, Entry, Item, Links, Outline, Sector};
use crate::picture::Logo;
use crate::{Addresses, RenderError, Rendered, Work, tidy};

/// Renders the edition as a Word document.
///
/// # Errors
/// Only when the archive that every such file is cannot be written.
pub fn render(work: Work<'_>) -> Result<Rendered, RenderError> {
    let digest = tidy::digest(work.digest);
    let edition = tidy::edition(work.edition);
    let outline = Outline::of(&digest, &edition, work.addresses);
    let (palette, mut problems) = Palette::of(&digest.masthead.colours);
    let (logo, logo_problems) = Logo::of(digest.masthead.logo.as_ref());
    problems.extend(logo_problems);
    let title = format!("{}, {}", digest.name, edition.key().title());

    let mut writer = Writer::default();
    writer.masthead(&digest, &edition.key().title(), logo.as_ref());
    writer.letter(&outline);
    writer.news(&outline);
    outline.sectors.iter().for_each(|sector| writer.sector(sector));
    writer.imprint(&digest);

    let document = styles::add(Docx::new(), &palette.light).page_size(A4.0, A4.1).page_margin(margin()).footer(footer(&title));
    let document = writer.paragraphs.into_iter().fold(document, Docx::add_paragraph);
    let document = writer.numberings.into_iter().fold(document, Docx::add_numbering);
    let about = package::About {
        title: &title,
        author: if digest.organisation.is_empty() { &digest.name } else { &digest.organisation },
        description: &digest.tagline,
        language: &digest.language,
        day: edition.key().date().map_or_else(|| format!("{}-01", edition.month), |date| date.to_string()),
        logo_alt: logo.as_ref().map(|logo| logo.alt.as_str()),
    };
    Ok(Rendered { bytes: package::write(document, &about)?, problems })
}

/// Width and height in twentieths of a point.
const A4: (u32, u32) = (11_906, 16_838);

/// Left and right of the text, in twentieths of a point: 30 mm, which leaves lines of about 80 characters.
const MARGIN: i32 = 1_701;

fn margin() -> PageMargin {
    PageMargin { top: 1_304, left: MARGIN, bottom: 1_304, right: MARGIN, header: 680, footer: 680, gutter: 0 }
}

/// The title on the left, the page on the right.
fn footer(title: &str) -> Footer {
    let right = Tab::new().val(TabValueType::Right).pos(usize::try_from(i64::from(A4.0) - 2 * i64::from(MARGIN)).unwrap_or_default());
    // The library would count paragraphs across documents.
    let words = Paragraph::new().id("7fffffff").style(styles::FOOTER).add_tab(right).add_run(Run::new().add_text(title)).add_run(Run::new().add_tab());
    Footer::new().add_paragraph(words.add_page_num(PageNum::new()).add_run(Run::new().add_text(" / ")).add_num_pages(NumPages::new()))
}

/// The document as it grows.
#[derive(Default)]
struct Writer {
    paragraphs: Vec<Paragraph>,
    /// One for each numbered list, so that each begins at 1.
    numberings: Vec<Numbering>,
    /// How many links there are so far; the library would count across documents.
    links: usize,
}

impl Writer {
    fn add(&mut self, paragraph: Paragraph) {
        // A paragraph's id has eight hexadecimal digits and is not zero.
        let id = format!("{:08x}", self.paragraphs.len() + 1);
        self.paragraphs.push(paragraph.id(id));
    }

    /// A line in a style; nothing if there are no words.
    fn line(&mut self, style: &str, words: &str) {
        if !words.is_empty() {
            self.add(Paragraph::new().style(style).add_run(Run::new().add_text(words)));
        }
    }

    fn masthead(&mut self, digest: &Digest, month: &str, logo: Option<&Logo>) {
        let bytes = digest.masthead.logo.as_ref().and_then(|picture| STANDARD.decode(picture.data.trim()).ok());
        if let (Some(bytes), Some((width, height))) = (bytes, logo.filter(|logo| logo.embedded.is_some()).and_then(|logo| logo.size)) {
            let picture = Pic::new_with_dimensions(bytes, width, height).id("rIdLogo");
            self.add(Paragraph::new().style(styles::LOGO).add_run(Run::new().add_image(picture)));
        }
        self.line(styles::TITLE, &digest.name);
        self.line(styles::SUBTITLE, month);
        self.line(styles::TAGLINE, &digest.tagline);
    }

    fn letter(&mut self, outline: &Outline<'_>) {
        let letter = outline.letter;
        for blocks in [&letter.welcome, &letter.highlights, &letter.call_for_contact, &letter.notices] {
            self.blocks(blocks);
        }
        if let Some(sign_off) = &letter.sign_off {
            self.sign_off(sign_off);
        }
        for contact in &letter.contacts {
            let paragraph = Paragraph::new().style(styles::SMALL);
            let paragraph = self.text(paragraph, &contact.text);
            self.add(paragraph);
        }
    }

    /// One paragraph of up to three lines, which belong together.
    fn sign_off(&mut self, SignOff { closing, name, role }: &SignOff) {
        let mut paragraph = Paragraph::new().style(styles::TEXT).keep_lines(true);
        let lines = [(closing, false), (name, true), (role, false)];
        for (at, (words, strong)) in lines.into_iter().filter(|(words, _)| !words.is_empty()).enumerate() {
            let run = if at > 0 { Run::new().add_break(BreakType::TextWrapping) } else { Run::new() };
            let run = run.add_text(words);
            paragraph = paragraph.add_run(if strong { run.bold() } else { run });
        }
        self.add(paragraph);
    }

    fn news(&mut self, outline: &Outline<'_>) {
        let Some(news) = &outline.news else { return };
        self.heading(2, vec![Run::new().add_text(news.heading)], None);
        news.items.iter().for_each(|item| self.item(item));
    }

    fn item(&mut self, item: &Item<'_>) {
        if !item.title.is_empty() {
            self.heading(3, vec![Run::new().add_text(item.title)], item.links.first);
        }
        self.blocks(item.body);
        self.further(&item.links);
    }

    fn sector(&mut self, sector: &Sector<'_>) {
        if !sector.name.is_empty() {
            self.heading(2, vec![Run::new().add_text(sector.name)], None);
        }
        sector.categories.iter().for_each(|category| self.category(category));
    }

    fn category(&mut self, category: &Category<'_>) {
        if !category.name.is_empty() {
            self.heading(category.level, vec![Run::new().add_text(category.name)], None);
        }
        category.entries.iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        self.heading(entry.level, vec![Run::new().add_text(entry.heading())], entry.links.first);
        self.blocks(entry.summary);
        self.further(&entry.links);
    }

    /// `level` is that of [`Outline`], in which the digest's own name is the first.
    fn heading(&mut self, level: usize, runs: Vec<Run>, link: Option<&Href>) {
        let paragraph = Paragraph::new().style(styles::heading(level.saturating_sub(1)));
        let paragraph = match link {
            Some(href) => self.linked(paragraph, href, runs),
            None => runs.into_iter().fold(paragraph, Paragraph::add_run),
        };
        self.add(paragraph);
    }

    fn further(&mut self, links: &Links<'_>) {
        if links.further.is_empty() {
            return;
        }
        let mut paragraph = Paragraph::new().style(styles::SMALL).add_run(Run::new().add_text("See also: "));
        for (at, (label, href)) in links.further.iter().enumerate() {
            if at > 0 {
                paragraph = paragraph.add_run(Run::new().add_text("; "));
            }
            paragraph = self.linked(paragraph, href, vec![Run::new().style(styles::LINK).add_text(label)]);
        }
        self.add(paragraph);
    }

    fn blocks(&mut self, blocks: &Blocks) {
        for block in blocks {
            match block {
                Block::Paragraph { text } => self.paragraph(styles::TEXT, text),
                Block::List(list) => self.list(list, 0),
            }
        }
    }

    fn paragraph(&mut self, style: &str, text: &Text) {
        let paragraph = self.text(Paragraph::new().style(style), text);
        self.add(paragraph);
    }

    /// `depth` is 0, or 1 for a list in a list.
    fn list(&mut self, list: &List, depth: usize) {
        let numbering = if list.ordered { self.new_numbering(depth) } else { styles::BULLETS };
        for item in &list.items {
            let paragraph = Paragraph::new().style(styles::list(list.ordered, depth)).numbering(NumberingId::new(numbering), IndentLevel::new(depth));
            let paragraph = self.text(paragraph, &item.text);
            self.add(paragraph);
            for block in &item.blocks {
                match block {
                    Block::Paragraph { text } => self.paragraph(styles::list_continue(depth), text),
                    Block::List(inner) => self.list(inner, depth + 1),
                }
            }
        }
    }

    fn new_numbering(&mut self, depth: usize) -> usize {
        let id = styles::FIRST_NUMBERING + self.numberings.len();
        self.numberings.push(Numbering::new(id, styles::NUMBERS).add_override(LevelOverride::new(depth).start(1)));
        id
    }

    fn text(&mut self, mut paragraph: Paragraph, text: &Text) -> Paragraph {
        for part in text.runs().chunk_by(|one, next| one.style.link == next.style.link) {
            let runs = part.iter().map(run).collect();
            paragraph = match part.first().and_then(|first| first.style.link.as_ref()) {
                Some(href) => self.linked(paragraph, href, runs),
                None => runs.into_iter().fold(paragraph, Paragraph::add_run),
            };
        }
        paragraph
    }

    fn linked(&mut self, mut paragraph: Paragraph, href: &Href, runs: Vec<Run>) -> Paragraph {
        self.links += 1;
        let children = runs.into_iter().map(|run| ParagraphChild::Run(Box::new(run))).collect();
        let link = HyperlinkData::External { rid: format!("rIdLink{}", self.links), path: package::escaped(href.as_str()) };
        paragraph.children.push(ParagraphChild::Hyperlink(Hyperlink { link, history: Some(1), children }));
        paragraph
    }

    fn imprint(&mut self, digest: &Digest) {
        let addresses = Addresses::default();
        let colophon = Colophon::of(digest, &addresses, false);
        self.line(styles::IMPRINT, &digest.organisation);
        self.line(styles::SMALL, &digest.footer.address);
        self.line(styles::SMALL, &digest.footer.telephone);
        let email = colophon.email.iter().map(|(words, href)| (*words, href.as_ref()));
        let website = colophon.website.iter().map(|(words, href)| (words.as_str(), Some(*href)));
        let notices = colophon.links.iter().map(|(words, href)| (*words, Some(*href)));
        for (words, href) in email.chain(website).chain(notices) {
            let paragraph = Paragraph::new().style(styles::SMALL);
            let paragraph = match href {
                Some(href) => self.linked(paragraph, href, vec![Run::new().style(styles::LINK).add_text(words)]),
                None => paragraph.add_run(Run::new().add_text(words)),
            };
            self.add(paragraph);
        }
    }
}

fn run(run: &TextRun) -> Run {
    let mut out = Run::new();
    if run.style.link.is_some() {
        out = out.style(styles::LINK);
    } else if run.style.code {
        out = out.style(styles::CODE);
    }
    if run.style.strong {
        out = out.bold();
    }
    if run.style.emphasis {
        out = out.italic();
    }
    out.add_text(&run.text)
}
