//! The vocabularies of feeds, by the names of their namespaces.

/// Whose words an element is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// RSS, Atom 0.3, CDF: they are told apart by their words alone, since feeds mix them.
    Core,
    /// Atom 1.0, whose words are those of the others and whose texts say what they are.
    Atom,
    Rdf,
    Content,
    DublinCore,
    Itunes,
    Media,
    Prism,
    FeedBurner,
    Xhtml,
    Other,
}

impl Vocabulary {
    /// By the name of a namespace. An unknown one is [`Self::Other`].
    pub(super) fn of_namespace(name: &str) -> Self {
        let name = name.trim().to_ascii_lowercase();
        let is_core = [
            "purl.org/rss/1.0/",
            "my.netscape.com/rdf/simple/0.9/",
            "channel.netscape.com/rdf/simple/0.9/",
            "backend.userland.com/rss",
            "blogs.law.harvard.edu/tech/rss",
            "cyber.law.harvard.edu/rss",
        ]
        .iter()
        .any(|start| name.trim_start_matches("http://").starts_with(start));
        match name.trim_end_matches(['#', '/']) {
            "http://purl.org/rss/1.0/modules/content" => Self::Content,
            name if name.starts_with("http://purl.org/rss/1.0/modules/") => Self::Other,
            "http://www.w3.org/2005/atom" => Self::Atom,
            "http://purl.org/atom/ns" | "http://purl.org/net/rss1.1" => Self::Core,
            "http://www.w3.org/1999/02/22-rdf-syntax-ns" => Self::Rdf,
            "http://purl.org/dc/elements/1.1" | "http://purl.org/dc/elements/1.0" | "http://purl.org/dc/terms" => Self::DublinCore,
            "http://www.itunes.com/dtds/podcast-1.0.dtd" => Self::Itunes,
            "http://search.yahoo.com/mrss" => Self::Media,
            "http://rssnamespace.org/feedburner/ext/1.0" => Self::FeedBurner,
            "http://www.w3.org/1999/xhtml" => Self::Xhtml,
            name if name.contains("prismstandard.org/namespaces") => Self::Prism,
            _ if is_core || name.is_empty() => Self::Core,
            _ => Self::Other,
        }
    }

    /// By a prefix that nothing declares.
    pub(super) fn of_prefix(prefix: &str) -> Self {
        match prefix {
            "rdf" => Self::Rdf,
            "content" => Self::Content,
            "dc" | "dcterms" => Self::DublinCore,
            "itunes" => Self::Itunes,
            "media" => Self::Media,
            "prism" => Self::Prism,
            "feedburner" => Self::FeedBurner,
            "xhtml" => Self::Xhtml,
            "atom" => Self::Atom,
            "rss" => Self::Core,
            _ => Self::Other,
        }
    }
}
