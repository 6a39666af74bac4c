//! The frame of the pages that are not an edition's own; it looks as theirs does, because it is theirs.

use askama::Template;
use pulse_model::{Digest, Slug};
use pulse_render::Addresses;
use pulse_render::page::{Markup, Shell};

use crate::failure::Failure;

/// What stands in the frame.
pub(crate) struct Content<'a> {
    /// For the browser's tab.
    pub(crate) title: &'a str,
    /// Under the digest's name, which is then the page's `h1`. Without it, the main part begins with its own.
    pub(crate) heading: Option<&'a str>,
    /// Where the name in the masthead leads.
    pub(crate) home: &'a str,
    /// Further elements of `head`.
    pub(crate) head: Markup,
    /// What the page is about.
    pub(crate) main: String,
}

/// A page in a digest's colours.
pub(crate) fn page(digest: &Digest, addresses: &Addresses, content: Content<'_>) -> Result<String, Failure> {
    let Content { title, heading, home, head, main } = content;
    let shell = Shell { month: heading, home: Some(home), head, main: Markup::trusted(main), ..Shell::new(digest, addresses, title) };
    shell.html().map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a page could not be written");
        Failure::Broken
    })
}

/// What the head of a list of editions says: its one address, what it is, and how lists look.
pub(crate) fn head(canonical: &str, description: &str) -> Result<Markup, Failure> {
    let head = Head { canonical, description, style: Markup::trusted(include_str!("../templates/lists.css").to_owned()) };
    Ok(Markup::trusted(head.render()?))
}

/// What the head of a page with a form says: how forms look, and that no search engine keeps it.
pub(crate) fn form_head() -> Markup {
    unlisted(include_str!("../templates/forms.css"))
}

/// What the head of the outbox's pages says: how they look, and that no search engine keeps them.
pub(crate) fn outbox_head() -> Markup {
    unlisted(include_str!("../templates/outbox.css"))
}

fn unlisted(style: &str) -> Markup {
    Markup::trusted(format!("<meta name=\"robots\" content=\"noindex\">\n<style>\n{style}</style>\n"))
}

#[derive(Template)]
#[template(path = "head.html")]
struct Head<'a> {
    canonical: &'a str,
    description: &'a str,
    style: Markup,
}

/// A page of no digest.
pub(crate) fn plain_page(content: Content<'_>) -> Result<String, Failure> {
    page(&nobody(), &Addresses::default(), content)
}

/// A page of one heading and one sentence. It is made without a template of ours, so that it can be made when they fail.
pub(crate) fn notice(title: &str, sentence: &str, home: &str) -> String {
    let main = format!("<h1>{title}</h1>\n<p>{sentence}</p>\n<p><a href=\"{home}\">Home page</a></p>\n");
    let content = Content { title, heading: None, home, head: Markup::default(), main: main.clone() };
    plain_page(content).unwrap_or_else(|_| format!("<!DOCTYPE html>\n<html lang=\"en\"><title>{title}</title>\n{main}</html>\n"))
}

/// The masthead of a page that belongs to no digest.
fn nobody() -> Digest {
    Digest::named(Slug::from_words("pulse"), "Evidence digests")
}
