//! The web page of an edition, and of one entry of it.
//!
//! A page stands alone: its style and logo are inside it, it runs no script and asks nobody for anything. It carries what
//! machines look for (canonical address, Open Graph, Dublin Core, schema.org). No element has a style of its own, so a
//! content security policy needs to allow the one `<style>` only ([`style`] gives its content).
//!
//! [`Shell`] is the frame that these pages share with the others of a public site.

mod structured;

use askama::Template;
use pulse_model::{Digest, EditionKey};

use crate::colophon::Colophon;
use crate::colours::{Palette, Scheme};
pub use crate::html::Markup;
use crate::html::{Look, direction};
use crate::outline::{Category, Contents, Entry, News, Outline, Sector, opening, shortened};
use crate::picture::Logo;
use crate::{Addresses, RenderError, Rendered, Work, tidy};

/// Renders the page of the whole edition.
///
/// # Errors
/// Only when a template refuses.
pub fn render(work: Work<'_>) -> Result<Rendered, RenderError> {
    let digest = tidy::digest(work.digest);
    let edition = tidy::edition(work.edition);
    let outline = Outline::of(&digest, &edition, work.addresses);
    let title = title(&digest, edition.key());
    let head = Head {
        address: work.addresses.edition_page.as_ref().map(ToString::to_string),
        description: opening(&outline, &digest),
        title: &title,
        locale: locale(&digest),
        date: edition.key().to_string(),
        structured: structured::edition(&digest, edition.key(), &outline, work.addresses),
        digest: &digest,
    };
    let main = EditionMain { look: Look::default(), letter: outline.letter, news: outline.news.as_ref(), sectors: &outline.sectors };
    let shell = Shell {
        month: Some(&edition.key().title()),
        head: Markup::trusted(head.render()?),
        nav: Markup::trusted(Nav { contents: outline.contents() }.render()?),
        main: Markup::trusted(main.render()?),
        ..Shell::new(&digest, work.addresses, &title)
    };
    shell.rendered()
}

/// Renders the page of the entry with this slug; `None` if the edition has no such entry.
pub fn render_entry(work: Work<'_>, slug: &str) -> Option<Result<Rendered, RenderError>> {
    let digest = tidy::digest(work.digest);
    let edition = tidy::edition(work.edition);
    let outline = Outline::of(&digest, &edition, work.addresses);
    let place = Place::of(&outline, slug)?;
    Some(entry_page(&digest, edition.key(), &place, work.addresses))
}

/// The style sheet of every page of a digest's site.
pub fn style(digest: &Digest) -> String {
    let (palette, _) = Palette::of(&digest.masthead.colours);
    format!(
        ":root {{ --strip: {}; --on-strip: {}; {} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {} }} }}\n{}",
        palette.light.brand,
        palette.light.on_brand,
        variables(&palette.light),
        variables(&palette.dark),
        include_str!("../templates/page/style.css")
    )
}

/// The frame of a page: masthead, navigation, main part and footer, in the digest's colours.
///
/// Every field but [`Markup`] is escaped. The digest's strings should be as a person typed them; an edition's page and
/// an entry's are framed by [`render`] and [`render_entry`], other pages of a site by
/// `Shell { main, ..Shell::new(digest, addresses, title) }.html()`.
#[derive(Debug)]
pub struct Shell<'a> {
    /// Masthead, colours and footer.
    pub digest: &'a Digest,
    /// Feed, preferences and so on.
    pub addresses: &'a Addresses,
    /// For the browser's tab.
    pub title: &'a str,
    /// The edition's month, if the masthead itself is the page's `h1`. Otherwise the main part begins with its own `h1`.
    pub month: Option<&'a str>,
    /// Where the digest's name in the masthead leads.
    pub home: Option<&'a str>,
    /// The address of the style sheet, if it is not to be inside the page.
    pub stylesheet: Option<&'a str>,
    /// Further elements of `head`.
    pub head: Markup,
    /// Navigation beside the main part; may be empty.
    pub nav: Markup,
    /// What the page is about.
    pub main: Markup,
}

impl<'a> Shell<'a> {
    /// An empty page.
    pub fn new(digest: &'a Digest, addresses: &'a Addresses, title: &'a str) -> Self {
        Self { digest, addresses, title, month: None, home: None, stylesheet: None, head: Markup::default(), nav: Markup::default(), main: Markup::default() }
    }

    /// The page as HTML.
    ///
    /// # Errors
    /// Only when a template refuses.
    pub fn html(&self) -> Result<String, RenderError> {
        Ok(String::from_utf8_lossy(&self.rendered()?.bytes).into_owned())
    }

    fn rendered(&self) -> Result<Rendered, RenderError> {
        let (_, mut problems) = Palette::of(&self.digest.masthead.colours);
        let (logo, logo_problems) = Logo::of(self.digest.masthead.logo.as_ref());
        problems.extend(logo_problems);
        let &Self { digest, addresses, title, month, home, stylesheet, .. } = self;
        let page = ShellPage {
            direction: direction(&digest.language),
            style: Markup::trusted(if stylesheet.is_some() { String::new() } else { style(digest) }),
            colophon: Colophon::of(digest, addresses, false),
            logo,
            head: &self.head,
            nav: &self.nav,
            main: &self.main,
            digest,
            addresses,
            title,
            month,
            home,
            stylesheet,
        };
        Ok(Rendered { bytes: (page.render()? + "\n").into_bytes(), problems })
    }
}

#[derive(Template)]
#[template(path = "page/shell.html")]
struct ShellPage<'a> {
    digest: &'a Digest,
    addresses: &'a Addresses,
    direction: &'static str,
    title: &'a str,
    month: Option<&'a str>,
    home: Option<&'a str>,
    stylesheet: Option<&'a str>,
    logo: Option<Logo>,
    colophon: Colophon<'a>,
    style: Markup,
    head: &'a Markup,
    nav: &'a Markup,
    main: &'a Markup,
}

/// What machines look for.
#[derive(Template)]
#[template(path = "page/head.html")]
struct Head<'a> {
    digest: &'a Digest,
    address: Option<String>,
    title: &'a str,
    description: String,
    /// As Open Graph writes a language: `en_GB`.
    locale: String,
    date: String,
    structured: Markup,
}

#[derive(Template)]
#[template(path = "page/nav.html")]
struct Nav<'a> {
    contents: Vec<Contents<'a>>,
}

#[derive(Template)]
#[template(path = "page/edition.html")]
struct EditionMain<'a> {
    look: Look,
    letter: &'a pulse_model::Letter,
    news: Option<&'a News<'a>>,
    sectors: &'a [Sector<'a>],
}

impl EditionMain<'_> {
    fn article(&self, entry: &Entry<'_>) -> askama::Result<Markup> {
        let permalink = entry.page.clone().or_else(|| entry.slug.map(|slug| format!("#{slug}")));
        Article { entry, level: entry.level, id: entry.slug, permalink, look: &self.look }.render().map(Markup::trusted)
    }
}

#[derive(Template)]
#[template(path = "page/article.html")]
struct Article<'a> {
    entry: &'a Entry<'a>,
    /// Of its heading: 1 on its own page.
    level: usize,
    id: Option<&'a str>,
    permalink: Option<String>,
    look: &'a Look,
}

/// Where in an edition an entry stands.
struct Place<'a> {
    sector: &'a Sector<'a>,
    category: &'a Category<'a>,
    entry: &'a Entry<'a>,
    previous: Option<&'a Entry<'a>>,
    next: Option<&'a Entry<'a>>,
}

impl<'a> Place<'a> {
    fn of(outline: &'a Outline<'a>, slug: &str) -> Option<Self> {
        let in_order = outline.sectors.iter().flat_map(|sector| sector.categories.iter().map(move |category| (sector, category)));
        let in_order: Vec<_> = in_order.flat_map(|(sector, category)| category.entries.iter().map(move |entry| (sector, category, entry))).collect();
        let at = in_order.iter().position(|(_, _, entry)| entry.slug == Some(slug))?;
        let neighbour = |at: Option<usize>| Some(in_order.get(at?)?.2);
        let (sector, category, entry) = in_order[at];
        Some(Self { sector, category, entry, previous: neighbour(at.checked_sub(1)), next: neighbour(at.checked_add(1)) })
    }
}

#[derive(Template)]
#[template(path = "page/entry.html")]
struct EntryMain<'a> {
    edition_title: &'a str,
    sector: &'a Sector<'a>,
    category: &'a Category<'a>,
    article: Markup,
    previous: Option<&'a Entry<'a>>,
    next: Option<&'a Entry<'a>>,
    addresses: &'a Addresses,
}

fn entry_page(digest: &Digest, key: EditionKey, place: &Place<'_>, addresses: &Addresses) -> Result<Rendered, RenderError> {
    let edition_title = title(digest, key);
    let entry = place.entry;
    let heading = entry.heading();
    let summary = entry.summary.texts().first().map(|(_, text)| text.plain()).unwrap_or_default();
    let head = Head {
        address: entry.page.clone(),
        title: &heading,
        description: shortened(if summary.is_empty() { &heading } else { &summary }, 160),
        locale: locale(digest),
        date: key.to_string(),
        structured: structured::entry(digest, key, entry, addresses),
        digest,
    };
    let article = Article { entry, level: 1, id: None, permalink: None, look: &Look::default() };
    let main = EntryMain {
        edition_title: &edition_title,
        sector: place.sector,
        category: place.category,
        article: Markup::trusted(article.render()?),
        previous: place.previous,
        next: place.next,
        addresses,
    };
    let page_title = format!("{heading} {edition_title}");
    let shell = Shell {
        home: addresses.edition_page.as_ref().map(|href| href.as_str()),
        head: Markup::trusted(head.render()?),
        main: Markup::trusted(main.render()?),
        ..Shell::new(digest, addresses, &page_title)
    };
    shell.rendered()
}

fn title(digest: &Digest, key: EditionKey) -> String {
    format!("{}, {}", digest.name, key.title())
}

fn locale(digest: &Digest) -> String {
    digest.language.replace('-', "_")
}

fn variables(scheme: &Scheme) -> String {
    let Scheme { brand, on_brand, accent, ground, paper, text, muted, rule } = scheme;
    format!(
        "--brand: {brand}; --on-brand: {on_brand}; --accent: {accent}; --ground: {ground}; --paper: {paper}; --text: {text}; --muted: {muted}; --rule: {rule}"
    )
}
