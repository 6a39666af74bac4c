//! `manual`: what people add by hand, `pulse add URL` and `pulse add FILE`.
//!
//! In: an address, or a file's name and bytes. Out: a record of it. A page's title is left to extract where it is not known.
//! Always: the key of an address is the address without its fragment, the key of a file is the hash of its bytes, so that adding it
//! again is no new record.

use std::path::Path;

use pulse_model::{ContentHash, Record, doi};
use url::Url;

use crate::{page, works};

/// A record of an address, with a title where somebody knows one. The address of a DOI's resolver becomes the DOI.
pub fn record_of_url(url: &Url, title: &str) -> Record {
    let mut url = url.clone();
    url.set_fragment(None);
    let doi = doi::of_url(&url).filter(|_| doi::is_resolver(&url));
    let link = doi.as_deref().and_then(works::doi_link).unwrap_or_else(|| page::link(url.clone(), ""));
    Record { key: link.url.as_str().to_owned(), title: page::one_line(title), dois: doi.into_iter().collect(), links: vec![link], ..Record::default() }
}

/// A record of a file, with the name of the file as its title until the file says a better one. It has no link: its bytes are what there is.
pub fn record_of_file(name: &Path, bytes: &[u8]) -> Record {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    Record { key: ContentHash::of(bytes).to_string(), title: page::one_line(&stem.replace('_', " ")), ..Record::default() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pulse_model::LinkRole;
    use url::Url;

    use super::{record_of_file, record_of_url};

    #[test]
    fn adding_again_is_the_same_record() {
        let record = |address: &str| record_of_url(&Url::parse(address).unwrap(), " A  title ");
        assert_eq!(record("https://tidewater.example/a#top"), record("https://tidewater.example/a"));
        assert_eq!(record("https://tidewater.example/a").title, "A title");
        assert_eq!(record("https://tidewater.example/a.PDF").links.first().unwrap().role, LinkRole::File);
        assert_eq!(record("https://dx.doi.org/10.5555/ABC").key, record("https://doi.org/10.5555/abc").key);
        assert_eq!(record("https://doi.org/10.5555/abc").dois, ["10.5555/abc"]);
        let file = |name: &str, bytes: &[u8]| record_of_file(Path::new(name), bytes);
        assert_eq!(file("a/home_care.pdf", b"one").key, file("b/other.pdf", b"one").key);
        assert_ne!(file("home_care.pdf", b"one").key, file("home_care.pdf", b"two").key);
        assert_eq!(file("home_care.pdf", b"one").title, "home care");
    }
}
