//! Feeds: each folder of `tests/cases` has a digest, its published editions and the feed they make.
//!
//! Whether they keep to RFC 4287 is for `tools/check-feed` to say.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use pulse_archive::feed::{FeedAddresses, Published, atom};
use pulse_model::{Digest, Edition, Href, Slug};
use pulse_testkit::arbitrary;

#[derive(serde::Deserialize)]
struct Row {
    published_at: i64,
    updated_at: i64,
    edition: Edition,
}

fn addresses() -> FeedAddresses {
    let href = |address| Href::parse(address).unwrap();
    FeedAddresses { self_url: href("https://digest.example/notes/feed.atom"), site: href("https://digest.example/notes") }
}

fn feed(digest: &Digest, rows: &[Row]) -> String {
    let editions: Vec<_> = rows.iter().map(|row| Published { edition: &row.edition, published_at: row.published_at, updated_at: row.updated_at }).collect();
    atom(digest, &editions, &addresses())
}

#[test]
fn cases_give_the_expected_feed_in_whatever_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folders: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!folders.is_empty());
    for folder in folders {
        let digest: Digest = toml::from_str(&fs::read_to_string(folder.join("digest.toml")).unwrap()).unwrap();
        let mut rows: Vec<Row> = serde_json::from_slice(&fs::read(folder.join("published.json")).unwrap()).unwrap();
        let found = feed(&digest, &rows);
        rows.reverse();
        assert_eq!(found, feed(&digest, &rows));
        let path = folder.join("feed.atom");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &found).unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap_or_default() == found, "{} differs (UPDATE_EXPECT=1 rewrites it); found:\n{found}", path.display());
        assert_eq!(found.parse::<atom_syndication::Feed>().unwrap().entries.len(), rows.len());
    }
}

proptest! {
    #[test]
    fn any_edition_is_read_back_from_the_feed(edition in arbitrary::edition(), name in any::<String>(), at in any::<i64>()) {
        let digest = Digest::named(Slug::from_words("digest"), name);
        let page = format!("https://digest.example/notes/{}", edition.key());
        let feed: atom_syndication::Feed = feed(&digest, &[Row { published_at: at, updated_at: at, edition }]).parse().unwrap();
        prop_assert_eq!(&feed.entries[0].id, &page);
        prop_assert!(!feed.title.value.is_empty());
    }
}
