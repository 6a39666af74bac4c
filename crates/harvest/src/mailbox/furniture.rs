//! Which links of a message are none of a publication: ways to leave, settings, other networks, home pages, pictures.
//!
//! In: where a link leads and what it is called. Out: whether it is furniture. In doubt it is none: a record too many is put
//! aside by a person, one too few is missed by nobody.

use std::collections::HashSet;

use url::Url;

use super::target::{sameness, site};
use super::words::{folded, is_generic};

/// Names of links that are furniture, whole.
const NAMES: [&str; 62] = [
    "about",
    "about us",
    "accessibility",
    "accessibility statement",
    "add to calendar",
    "add us to your address book",
    "book a place",
    "book now",
    "book your place",
    "bluesky",
    "cancel alert",
    "careers",
    "complaints",
    "contact",
    "contact us",
    "cookie policy",
    "cookies",
    "disclaimer",
    "donate",
    "donate now",
    "edit alert",
    "email us",
    "events",
    "facebook",
    "faq",
    "faqs",
    "follow us",
    "forward",
    "forward to a friend",
    "get in touch",
    "help",
    "home",
    "homepage",
    "instagram",
    "jobs",
    "join us",
    "linkedin",
    "list alerts",
    "log in",
    "login",
    "mastodon",
    "my account",
    "our website",
    "privacy",
    "privacy notice",
    "privacy policy",
    "register",
    "register now",
    "share",
    "share this",
    "sign in",
    "sign up",
    "subscribe",
    "terms",
    "terms and conditions",
    "terms of use",
    "threads",
    "tiktok",
    "tweet",
    "twitter",
    "x",
    "youtube",
];
/// Words that make the name of a link furniture, wherever they stand in it; and text around a link that has no name.
const PHRASES: [&str; 48] = [
    "unsubscribe",
    "opt out",
    "opt-out",
    "in your browser",
    "in a browser",
    "in browser",
    "web browser",
    "view this email",
    "view online",
    "read online",
    "online version",
    "web version",
    "email preferences",
    "your preferences",
    "update preferences",
    "manage preferences",
    "communication preferences",
    "your subscription",
    "your subscriptions",
    "manage subscription",
    "update your details",
    "update your profile",
    "your profile",
    "change how often",
    "forward this email",
    "forward to a",
    "sign up to receive",
    "sign up for",
    "subscribe to",
    "why am i getting",
    "why did i get",
    "why did you get",
    "you are receiving",
    "you're receiving",
    "no longer wish to receive",
    "stop receiving",
    "report spam",
    "report abuse",
    "dad-danysgrifio",
    "yn eich porwr",
    "abmelden",
    "abbestellen",
    "désabonner",
    "désinscrire",
    "this message was sent",
    "this email was sent",
    "this e-mail was sent",
    "follow us",
];
/// Networks and shops, of which a link is a way to follow or to share.
const HOSTS: [&str; 22] = [
    "apps.apple.com",
    "bsky.app",
    "facebook.com",
    "flickr.com",
    "fb.com",
    "instagram.com",
    "itunes.apple.com",
    "linkedin.com",
    "mastodon.social",
    "pinterest.com",
    "play.google.com",
    "reddit.com",
    "t.me",
    "threads.net",
    "threads.com",
    "tiktok.com",
    "twitter.com",
    "wa.me",
    "whatsapp.com",
    "w3.org",
    "x.com",
    "youtube.com",
];
/// Parts of a path that lead to furniture.
const PARTS: [&str; 34] = [
    "unsubscribe",
    "unsub",
    "optout",
    "opt-out",
    "preferences",
    "email-preferences",
    "subscription",
    "subscriptions",
    "manage-subscription",
    "manage",
    "profile",
    "privacy",
    "privacy-policy",
    "privacy-notice",
    "cookie-policy",
    "cookies",
    "terms",
    "terms-and-conditions",
    "contact",
    "contact-us",
    "about-us",
    "login",
    "log-in",
    "signin",
    "sign-in",
    "account",
    "donate",
    "share",
    "sharer",
    "sharer.php",
    "email-signup",
    "newsletter-signup",
    "scholar_alerts",
    "scholar_share",
];
/// Files that are no publication.
const ENDINGS: [&str; 10] = [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ics", ".css", ".js", ".vcf"];

/// What is known of the message beside the link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// Addresses that the header names for programs.
    pub(super) header: &'a HashSet<String>,
    /// The site of the sender.
    pub(super) site: &'a str,
}

impl Around<'_> {
    /// Whether a link is furniture. `name` is what it is called, `text` the block it stands in.
    pub(super) fn is_furniture(&self, url: &Url, name: &str, text: &str) -> bool {
        self.leads_to_furniture(url, name) || is_furniture_name(name) || is_generic(name) && is_furniture_text(text)
    }

    fn leads_to_furniture(&self, url: &Url, name: &str) -> bool {
        let host = url.host_str().unwrap_or_default();
        let path = url.path().to_ascii_lowercase();
        let is_of = |other: &str| host == other || host.strip_suffix(other).is_some_and(|rest| rest.ends_with('.'));
        let last_parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let leaves =
            ["unsub", "optout", "opt-out"].iter().any(|word| path.contains(word) || url.query().is_some_and(|query| query.to_ascii_lowercase().contains(word)));
        leaves
            || HOSTS.iter().any(|other| is_of(other))
            || is_of("list-manage.com") && !path.starts_with("/track/click")
            || is_of("mailchi.mp")
            || is_of("scholar.google.com") && !path.starts_with("/scholar_url")
            || last_parts.iter().take(3).any(|part| PARTS.contains(part))
            || ENDINGS.iter().any(|ending| path.ends_with(ending))
            || self.header.contains(&sameness(url))
            || self.is_home(url, &last_parts, name)
    }

    /// A home page, in any language. A page of somebody else with a title of its own may be what a report has instead of a page.
    fn is_home(&self, url: &Url, parts: &[&str], name: &str) -> bool {
        let is_root = url.query().is_none()
            && match parts {
                [] => true,
                [only] => {
                    matches!(only.len(), 2 | 5) && only[..2].bytes().all(|byte| byte.is_ascii_alphabetic()) && (only.len() == 2 || only.as_bytes()[2] == b'-')
                        || matches!(*only, "home" | "index.html" | "index.htm" | "index.php")
                }
                _ => false,
            };
        let is_titled = site(url) != self.site && !is_generic(name) && name.split_whitespace().count() >= 4;
        is_root && !is_titled
    }
}

/// Whether a link of this name is furniture.
pub(super) fn is_furniture_name(name: &str) -> bool {
    if name.len() > 80 {
        return false;
    }
    let name = folded(name);
    NAMES.contains(&name.as_str()) || is_about_the_mailing(&name) || name.starts_with("share on")
}

/// Whether a text is about the mailing and not about what it brings.
pub(super) fn is_furniture_text(text: &str) -> bool {
    text.len() <= 1000 && is_about_the_mailing(&folded(text))
}

fn is_about_the_mailing(text: &str) -> bool {
    PHRASES.iter().any(|phrase| text.contains(phrase))
}
