//! Addresses of parts of an edition, made from those of the whole.

use crate::Addresses;

impl Addresses {
    /// The page of one entry: the edition's address, `/` and the slug. A query or fragment of the edition's address is
    /// left out, because the entry is another page.
    pub fn entry_page(&self, slug: &str) -> Option<String> {
        let edition = self.edition_page.as_ref()?.as_str();
        let path = edition.split(['?', '#']).next().unwrap_or(edition);
        Some(format!("{}/{slug}", path.trim_end_matches('/')))
    }

    /// A part of the edition's page, by its id there.
    pub(crate) fn on_page(&self, id: &str) -> Option<String> {
        let edition = self.edition_page.as_ref()?.as_str();
        let page = edition.split('#').next().unwrap_or(edition);
        Some(format!("{page}#{id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulse_model::Href;

    #[test]
    fn an_entry_stands_below_its_edition() {
        let at = |page: &str| Addresses { edition_page: Href::parse(page).ok(), ..Addresses::default() }.entry_page("who-cares");
        assert_eq!(at("https://example.org/2026-05"), Some("https://example.org/2026-05/who-cares".into()));
        assert_eq!(at("https://example.org/2026-05/?v=1"), Some("https://example.org/2026-05/who-cares".into()));
        assert_eq!(at(""), None);
    }
}
