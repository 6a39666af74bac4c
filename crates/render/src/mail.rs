//! The HTML part of an e-mail.
//!
//! Tables and style on the spot, because mail programs drop style sheets, scripts and much of HTML; `<style>` only adds
//! dark colours and narrower margins. The mark-up is written by hand: `docs/decisions/0003-mail-by-hand.md`.
//!
//! Invariant: whatever the edition, the result stays under [`BUDGET_BYTES`] as it travels, so that no mail program
//! clips it. What is too long is cut where an entry ends (`mail/cut.rs`), with a link to the web edition, and reported.
//! Not here: headers, the text part ([`crate::plain_text`]), who receives it.

mod cut;

use askama::Template;
use pulse_model::edition::{Contact, SignOff};
use pulse_model::{Digest, Href, Problem, ProblemKind};

use crate::colophon::Colophon;
use crate::colours::{Palette, Scheme};
use crate::html::{Look, Markup, direction};
use crate::outline::{Category, Contents, Entry, Links, NEWS_ID, News, Outline, Sector, opening};
use crate::picture::Logo;
use crate::quoted_printable;
use crate::{Addresses, RenderError, Rendered, Work, tidy};
use cut::{Left, Part, Row, Section};

/// The most the HTML part may take in quoted-printable. Gmail clips a message at about 102,400 bytes, unsubscribe link
/// and all; the difference leaves room for other ways of breaking lines and for longer addresses in readers' copies.
pub const BUDGET_BYTES: usize = 95_000;

/// Renders the HTML part.
///
/// # Errors
/// Only when a template refuses.
pub fn render(work: Work<'_>) -> Result<Rendered, RenderError> {
    render_within(work, BUDGET_BYTES)
}

/// [`render`], for readers whose mail program clips at another size. Below some 10,000 bytes there is no room for
/// masthead and footer, and the result is larger than asked.
///
/// # Errors
/// Only when a template refuses.
pub fn render_within(work: Work<'_>, budget_bytes: usize) -> Result<Rendered, RenderError> {
    let digest = tidy::digest(work.digest);
    let edition = tidy::edition(work.edition);
    let outline = Outline::of(&digest, &edition, work.addresses);
    let (palette, mut problems) = Palette::of(&digest.masthead.colours);
    let (logo, logo_problems) = Logo::of(digest.masthead.logo.as_ref());
    problems.extend(logo_problems);

    let style = Style::new(palette, &digest.language);
    let frame = Frame {
        language: &digest.language,
        direction: direction(&digest.language),
        title: format!("{}, {}", digest.name, edition.key().title()),
        month: edition.key().title(),
        preview: opening(&outline, &digest),
        logo: logo.as_ref().zip(work.addresses.logo.as_ref()).map(|(logo, address)| MailLogo { address: address.as_str(), alt: &logo.alt, size: logo.size }),
        contents: outline.contents(),
        colophon: Colophon::of(&digest, work.addresses, true),
        beginning: work.addresses.web_copy.as_ref().or(work.addresses.edition_page.as_ref()),
        opening: Markup::default(),
        body: Markup::default(),
        notice: None,
        style: &style,
        digest: &digest,
        addresses: work.addresses,
    };
    let writer = Writer { style: &style, look: style.look(), addresses: work.addresses };
    let sections = writer.sections(&outline)?;
    let (html, shortened) = fitted(frame, sections, budget_bytes)?;
    problems.extend(shortened);
    Ok(Rendered { bytes: html.into_bytes(), problems })
}

/// How many bytes `html` takes as it travels, in quoted-printable; [`BUDGET_BYTES`] is counted in these.
pub fn encoded_size(html: &str) -> usize {
    quoted_printable::size(html)
}

/// Colours and faces, said again in every cell because Outlook for Windows inherits neither. Names of faces stand without
/// quotation marks, which they do not need and which would be escaped at five characters each.
struct Style {
    light: Scheme,
    dark: Scheme,
    sans: &'static str,
    serif: &'static str,
    /// The side a line begins on.
    start: &'static str,
}

impl Style {
    fn new(palette: Palette, language: &str) -> Self {
        let start = if direction(language) == "rtl" { "right" } else { "left" };
        Self { light: palette.light, dark: palette.dark, sans: "Segoe UI,Helvetica,Arial,sans-serif", serif: "Georgia,Times New Roman,serif", start }
    }

    fn look(&self) -> Look {
        let indent = if self.start == "right" { "0 24px 0 0" } else { "0 0 0 24px" };
        Look {
            paragraph: " style=\"margin:0 0 12px\"".to_owned(),
            list: format!(" style=\"margin:0 0 12px;padding:{indent}\""),
            nested_list: format!(" style=\"margin:6px 0 0;padding:{indent}\""),
            item: String::new(),
            link: format!(" style=\"color:{}\"", self.light.accent),
        }
    }
}

/// Everything but the rows of the letter, the news and the sectors.
#[derive(Template)]
#[template(path = "mail.html")]
struct Frame<'a> {
    language: &'a str,
    direction: &'static str,
    title: String,
    month: String,
    /// What an inbox shows behind the subject.
    preview: String,
    logo: Option<MailLogo<'a>>,
    contents: Vec<Contents<'a>>,
    colophon: Colophon<'a>,
    /// The page that the first line leads to.
    beginning: Option<&'a Href>,
    /// Rows of the letter up to the table of contents; finished HTML.
    opening: Markup,
    /// Rows of the rest; finished HTML.
    body: Markup,
    /// What was left out, in words.
    notice: Option<String>,
    style: &'a Style,
    digest: &'a Digest,
    addresses: &'a Addresses,
}

/// A logo that stands on the web, because pictures inside a message are often blocked or count as attachments.
struct MailLogo<'a> {
    address: &'a str,
    alt: &'a str,
    size: Option<(u32, u32)>,
}

/// Turns the parts of an edition into rows.
struct Writer<'a> {
    style: &'a Style,
    look: Look,
    addresses: &'a Addresses,
}

impl Writer<'_> {
    /// The letter's opening, the rest of the letter, the news, and each sector.
    fn sections(&self, outline: &Outline<'_>) -> Result<Vec<Section<'_>>, RenderError> {
        let mut sections = vec![self.opening(outline)?, self.letter(outline)?];
        sections.extend(outline.news.as_ref().map(|news| self.news(news)).transpose()?);
        for sector in &outline.sectors {
            sections.push(self.sector(sector)?);
        }
        Ok(sections)
    }

    fn opening(&self, outline: &Outline<'_>) -> Result<Section<'_>, RenderError> {
        let rows = outline.letter.welcome.iter().map(|block| self.block(self.look.block(block))).collect::<Result<_, _>>()?;
        Ok(self.section(Part::Letter, String::new(), rows, None))
    }

    fn letter(&self, outline: &Outline<'_>) -> Result<Section<'_>, RenderError> {
        let letter = outline.letter;
        let parts = [&letter.highlights, &letter.call_for_contact, &letter.notices];
        let mut rows = parts.into_iter().flatten().map(|block| self.block(self.look.block(block))).collect::<Result<Vec<_>, _>>()?;
        if let Some(SignOff { closing, name, role }) = &letter.sign_off {
            rows.push(self.block(Markup::trusted(SignOffLines { closing, name, role }.render()?))?);
        }
        if !letter.contacts.is_empty() {
            rows.push(self.block(Markup::trusted(ContactLines { contacts: &letter.contacts, look: &self.look }.render()?))?);
        }
        Ok(self.section(Part::Letter, String::new(), rows, None))
    }

    fn news(&self, news: &News<'_>) -> Result<Section<'_>, RenderError> {
        let head = row(&SectorRow { id: NEWS_ID, name: news.heading, style: self.style })?;
        let page = self.addresses.on_page(NEWS_ID);
        let rows = news.items.iter().enumerate().map(|(at, item)| {
            let article = Article {
                level: 3,
                publisher: "",
                title: item.title,
                links: &item.links,
                page: page.as_deref(),
                body: None,
                is_first: at == 0,
                is_listed: false,
                style: self.style,
            };
            self.both(article, self.look.blocks(item.body))
        });
        let rows = rows.collect::<Result<_, _>>()?;
        Ok(self.section(Part::News, head, rows, Some(NEWS_ID)))
    }

    fn sector(&self, sector: &Sector<'_>) -> Result<Section<'_>, RenderError> {
        let id = sector.id();
        let head = match sector.name {
            "" => String::new(),
            name => row(&SectorRow { id: &id, name, style: self.style })?,
        };
        let mut rows = Vec::new();
        for category in &sector.categories {
            rows.extend(self.category(category)?);
        }
        Ok(self.section(Part::Sector, head, rows, Some(&id)))
    }

    fn category(&self, category: &Category<'_>) -> Result<Vec<Row>, RenderError> {
        let before = std::iter::once(None).chain(category.entries.iter().map(Some));
        let mut rows = before.zip(&category.entries).map(|(before, entry)| self.entry(entry, before)).collect::<Result<Vec<_>, _>>()?;
        if let Some(first) = rows.first_mut().filter(|_| !category.name.is_empty()) {
            first.lead = row(&CategoryRow { level: category.level, name: category.name, style: self.style })?;
        }
        Ok(rows)
    }

    fn entry(&self, entry: &Entry<'_>, before: Option<&Entry<'_>>) -> Result<Row, RenderError> {
        let Entry { level, publisher, title, links, page, summary, .. } = entry;
        let (is_first, is_listed) = (before.is_none(), entry.is_bare() && before.is_some_and(Entry::is_bare));
        let article = Article { level: *level, publisher, title, links, page: page.as_deref(), body: None, is_first, is_listed, style: self.style };
        self.both(article, self.look.blocks(summary))
    }

    /// An article in both its forms: whole, and where there is something to leave out as a heading with a link.
    fn both(&self, article: Article<'_>, body: Markup) -> Result<Row, RenderError> {
        let has_more = !(body.as_str().is_empty() && article.links.further.is_empty());
        let short = if has_more { Some(row(&article)?) } else { None };
        Ok(Row::new(row(&Article { body: Some(body), ..article })?, short))
    }

    fn block(&self, content: Markup) -> Result<Row, RenderError> {
        Ok(Row::new(row(&BlockRow { content, style: self.style })?, None))
    }

    fn section(&self, part: Part, head: String, rows: Vec<Row>, id: Option<&str>) -> Section<'_> {
        let edition = self.addresses.edition_page.as_ref().map(ToString::to_string);
        Section::new(part, head, rows, id.and_then(|id| self.addresses.on_page(id)).or(edition), self.style)
    }
}

/// The whole e-mail, cut where it does not fit.
fn fitted(mut frame: Frame<'_>, mut sections: Vec<Section<'_>>, budget_bytes: usize) -> Result<(String, Option<Problem>), RenderError> {
    let rows_bytes: usize = sections.iter().map(Section::bytes).sum();
    if rows_bytes <= budget_bytes {
        let html = frame.filled(&sections)?;
        if encoded_size(&html) <= budget_bytes {
            return Ok((html, None));
        }
    }
    let everything = Left::all_of(&sections);
    frame.notice = Some(everything.notice());
    let frame_bytes = encoded_size(&frame.filled(&[])?);
    let over = (frame_bytes + rows_bytes).saturating_sub(budget_bytes.saturating_sub(MARGIN_BYTES));
    let left = if cut::shrink(&mut sections, over)? {
        Left::out_of(&sections)
    } else {
        // Not even the headings fit. What is left is the masthead, the way to the web edition and the footer.
        frame.contents.clear();
        sections.iter_mut().for_each(Section::clear);
        everything
    };
    frame.notice = Some(left.notice());
    Ok((frame.filled(&sections)?, Some(Problem::new(ProblemKind::Shortened, left.problem(budget_bytes)))))
}

/// A sum of parts can differ by a few soft line breaks from the size of the whole, because the words of the notice change.
const MARGIN_BYTES: usize = 400;

impl Frame<'_> {
    /// The frame with its rows in place. The first section is the letter's opening, before the table of contents.
    fn filled(&mut self, sections: &[Section<'_>]) -> Result<String, RenderError> {
        let (opening, body) = sections.split_at(sections.len().min(1));
        self.opening = rows(opening)?;
        self.body = rows(body)?;
        row(self)
    }
}

fn rows(sections: &[Section<'_>]) -> Result<Markup, RenderError> {
    let mut html = String::new();
    for section in sections {
        section.write(&mut html)?;
    }
    Ok(Markup::trusted(html))
}

/// A row as one or more whole lines; a template loses the line break at the end of its file.
fn row(template: &impl Template) -> Result<String, RenderError> {
    Ok(template.render()? + "\n")
}

/// One block of the letter.
#[derive(Template)]
#[template(path = "mail/block.html")]
struct BlockRow<'a> {
    content: Markup,
    style: &'a Style,
}

/// Who signs the letter.
#[derive(Template)]
#[template(path = "mail/sign_off.html")]
struct SignOffLines<'a> {
    closing: &'a str,
    name: &'a str,
    role: &'a str,
}

/// The organisation's addresses, as the letter prints them.
#[derive(Template)]
#[template(path = "mail/contacts.html")]
struct ContactLines<'a> {
    contacts: &'a [Contact],
    look: &'a Look,
}

/// The heading of a sector or of the news.
#[derive(Template)]
#[template(path = "mail/sector.html")]
struct SectorRow<'a> {
    id: &'a str,
    name: &'a str,
    style: &'a Style,
}

/// The heading of a category.
#[derive(Template)]
#[template(path = "mail/category.html")]
struct CategoryRow<'a> {
    level: usize,
    name: &'a str,
    style: &'a Style,
}

/// An entry or an item of news.
#[derive(Template)]
#[template(path = "mail/article.html")]
struct Article<'a> {
    level: usize,
    publisher: &'a str,
    title: &'a str,
    links: &'a Links<'a>,
    /// Where the rest is, if the body is left out.
    page: Option<&'a str>,
    /// `None` leaves it out.
    body: Option<Markup>,
    /// The first under its heading has no rule above it.
    is_first: bool,
    /// Headings that follow each other with nothing below them are a list, without rules.
    is_listed: bool,
    style: &'a Style,
}
