//! Any bytes give an edition or a sentence, and every line is accounted for.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pulse_compose::import::{self, Fate};
use pulse_model::digest::{Shape, TaxonomySector};
use pulse_model::{Digest, Register, Slug};

static DIGESTS: LazyLock<[Digest; 2]> = LazyLock::new(|| {
    let mut entries = Digest::named(Slug::from_words("tide"), "Tide");
    entries.sectors.push(TaxonomySector { name: "Housing".into(), also: vec![], categories: vec!["Reports".into()] });
    let mut links = Digest::named(Slug::from_words("links"), "Links");
    links.import.shape = Shape::Links;
    [entries, links]
});

fuzz_target!(|bytes: &[u8]| {
    for digest in DIGESTS.iter() {
        if let Ok(imported) = import::read(bytes, "tide-2026-05.md", std::slice::from_ref(digest), &Register::default()) {
            assert!(imported.ledger.rows.iter().all(|row| row.fate != Fate::SetAside("not recognised".into())));
        }
    }
});
