//! OPML, in which feed readers give their lists of feeds to one another.
//!
//! In: an OPML file of any version, or sources. Out: sources of kind `feed`, named as in the file, the folders they are in as their
//! sectors; or a file. Always: no two sources have the same name or address, and what is written is read again as it was.
//! Not here: whether the feeds exist; sources of other kinds, which OPML has no words for.

use std::collections::HashMap;
use std::fmt::Write as _;

use pulse_model::{Channel, Problem, ProblemKind, Source};
use quick_xml::escape::escape;
use url::Url;

use crate::error::HarvestError;
use crate::feed::charset;
use crate::feed::tags::{Event, Tag, Tags};

/// The most feeds that are taken from one file.
pub const MAX_FEEDS: usize = 10_000;
/// More folders than anyone keeps one feed in.
const MOST_SECTORS: usize = 50;

/// The feeds of an OPML file, in its order, and what was wrong with it.
///
/// ```
/// let file = br#"<opml><body><outline text="Health"><outline text="Trust" xmlUrl="https://example.org/feed"/></outline></body></opml>"#;
/// let (sources, _) = pulse_harvest::opml::read(file)?;
/// assert_eq!((sources[0].name.as_str(), sources[0].sectors.join(", ").as_str()), ("Trust", "Health"));
/// # Ok::<(), pulse_harvest::HarvestError>(())
/// ```
///
/// # Errors
/// [`HarvestError::Settings`] when it is no OPML.
pub fn read(bytes: &[u8]) -> Result<(Vec<Source>, Vec<Problem>), HarvestError> {
    let (text, problem) = charset::decode(bytes, None);
    let not_this = || HarvestError::Settings { what: "the file is no OPML: export the list of feeds as OPML and try again".to_owned() };
    let nowhere = Url::parse("about:blank").map_err(|_| not_this())?;
    let mut tags = Tags::new(&text, &nowhere);
    let (mut list, mut problems) = (List::default(), Vec::from_iter(problem));
    // The name of the folder each open element is, if it is one.
    let mut folders: Vec<Option<String>> = Vec::new();
    let mut is_opml = false;
    loop {
        match tags.next() {
            Event::Start(tag) => {
                is_opml |= tag.name == "opml";
                let name = (tag.name == "outline").then(|| name_of(&tag)).flatten();
                let address = tag.attribute("xmlurl").or_else(|| tag.attribute("url").filter(|_| tag.attribute("type").is_some_and(is_feed)));
                let Some(address) = address.filter(|_| tag.name == "outline") else {
                    folders.push(name);
                    continue;
                };
                folders.push(None);
                match Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
                    Some(url) if list.sources.len() < MAX_FEEDS => list.add(name, folders.iter().flatten(), url),
                    Some(_) => {
                        problems.push(Problem::new(ProblemKind::TooLarge, format!("the list has more than {MAX_FEEDS} feeds; those behind them are left")));
                        break;
                    }
                    None => problems
                        .push(Problem::new(ProblemKind::LinkRefused, format!("\"{}\" is no address of a feed", address.chars().take(80).collect::<String>()))),
                }
            }
            Event::End => {
                folders.pop();
            }
            Event::Words(_) => {}
            Event::Done => break,
        }
    }
    if !is_opml {
        return Err(not_this());
    }
    Ok((list.sources, problems))
}

fn is_feed(kind: &str) -> bool {
    ["rss", "atom", "feed"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

fn name_of(tag: &Tag<'_>) -> Option<String> {
    let name = tag.attribute("text").or_else(|| tag.attribute("title"))?;
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The sources of a file while it is read.
#[derive(Default)]
struct List {
    sources: Vec<Source>,
    by_address: HashMap<String, usize>,
    /// With the number that the next source of that name would get.
    names: HashMap<String, u32>,
}

impl List {
    /// A feed in two folders is one source of both sectors.
    fn add<'a>(&mut self, name: Option<String>, folders: impl Iterator<Item = &'a String>, url: Url) {
        let at = *self.by_address.entry(url.to_string()).or_insert(self.sources.len());
        if at == self.sources.len() {
            let name = name.unwrap_or_else(|| url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned());
            let name = self.free(name);
            self.sources.push(Source { name, publisher: None, sectors: Vec::new(), channel: Channel::Feed { url } });
        }
        let Some(source) = self.sources.get_mut(at) else { return };
        for folder in folders {
            if source.sectors.len() < MOST_SECTORS && !source.sectors.contains(folder) {
                source.sectors.push(folder.clone());
            }
        }
    }

    /// The name, or the name with a number where there is one like it.
    fn free(&mut self, name: String) -> String {
        let mut free = name.clone();
        let mut number = self.names.get(&name).copied().unwrap_or(1);
        while self.names.contains_key(&free) {
            number += 1;
            free = format!("{name} ({number})");
        }
        self.names.insert(name, number);
        self.names.entry(free.clone()).or_insert(1);
        free
    }
}

/// An OPML 2.0 file of the sources that are feeds, each in the folders of its sectors.
pub fn write(title: &str, sources: &[Source]) -> String {
    let mut sectors: Vec<&str> = Vec::new();
    for sector in sources.iter().flat_map(|source| &source.sectors) {
        if !sectors.contains(&sector.as_str()) {
            sectors.push(sector);
        }
    }
    let mut file =
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n  <head>\n    <title>{}</title>\n  </head>\n  <body>\n", escape(title));
    write_feeds(&mut file, "    ", sources.iter().filter(|source| source.sectors.is_empty()));
    for sector in sectors {
        let mut folder = String::new();
        write_feeds(&mut folder, "      ", sources.iter().filter(|source| source.sectors.iter().any(|of| of == sector)));
        if !folder.is_empty() {
            let _ = write!(file, "    <outline text=\"{}\">\n{folder}    </outline>\n", escape(sector));
        }
    }
    file.push_str("  </body>\n</opml>\n");
    file
}

fn write_feeds<'a>(file: &mut String, indent: &str, sources: impl Iterator<Item = &'a Source>) {
    for source in sources {
        if let Channel::Feed { url } = &source.channel {
            let _ = writeln!(file, "{indent}<outline type=\"rss\" text=\"{}\" xmlUrl=\"{}\"/>", escape(&source.name), escape(url.as_str()));
        }
    }
}
