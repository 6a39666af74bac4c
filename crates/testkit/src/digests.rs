//! Digests that tests read editions with, and the sample edition.

use pulse_model::digest::{Shape, TaxonomySector};
use pulse_model::{Digest, Slug};

/// A digest of the taxonomy that product documents use as their sample, by no particular name.
pub fn evidence() -> Digest {
    let mut digest = Digest::named(Slug::from_words("evidence digest"), "Evidence digest");
    let categories = ["Reports", "Briefings", "Tools and guidance"].map(str::to_owned).to_vec();
    for name in ["Adult social care and health", "Children and young people's services", "Criminal justice"] {
        digest.sectors.push(TaxonomySector { name: name.to_owned(), also: Vec::new(), categories: categories.clone() });
    }
    digest
}

/// A weekly list of links.
pub fn weekly() -> Digest {
    let mut digest = Digest::named(Slug::from_words("weekly links"), "Weekly links");
    digest.import.shape = Shape::Links;
    digest
}

/// The Markdown of the sample edition that the demo imports.
///
/// # Panics
/// When the workspace does not hold it: then there is nothing to test.
#[expect(clippy::panic, reason = "a test cannot go on without it")]
pub fn sample_edition() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../pulse/demo/edition.md");
    std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("no sample edition at {}: {cause}", path.display()))
}
