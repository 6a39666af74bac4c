//! Addresses for a case, from its `addresses.toml` where it has one.

use std::path::Path;

use pulse_model::Href;
use pulse_render::Addresses;

/// The case's table; empty without a file.
pub(crate) fn table(folder: &Path) -> toml::Table {
    std::fs::read_to_string(folder.join("addresses.toml")).map(|text| text.parse().unwrap()).unwrap_or_default()
}

/// The addresses in it.
pub(crate) fn read(folder: &Path) -> Addresses {
    let table = table(folder);
    let href = |key: &str| table.get(key).map(|address| Href::parse(address.as_str().unwrap()).unwrap());
    Addresses {
        edition_page: href("edition_page"),
        editions: href("editions"),
        unsubscribe: href("unsubscribe"),
        preferences: href("preferences"),
        colleague: href("colleague"),
        accessibility: href("accessibility"),
        privacy: href("privacy"),
        feed: href("feed"),
        logo: href("logo"),
        web_copy: None,
    }
}

/// Every address there can be.
pub(crate) fn all() -> Addresses {
    let href = |path: &str| Href::parse(&format!("https://tides.example/{path}")).ok();
    Addresses {
        edition_page: href("2026-05"),
        editions: href("editions"),
        unsubscribe: href("leave/token"),
        preferences: href("sectors/token"),
        colleague: href("sectors/token/colleague"),
        accessibility: href("accessibility"),
        privacy: href("privacy"),
        feed: href("feed.atom"),
        logo: href("logo.png"),
        web_copy: None,
    }
}
