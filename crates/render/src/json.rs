//! An edition as JSON, in the form that `docs/edition-schema.json` describes field by field.
//!
//! Takes a [`Work`]; returns indented UTF-8 that ends with a line break. Nothing is left out: problems and lines set
//! aside go with it, and reading it in again gives an equal edition (`tests/json.rs`).
//!
//! Not here: the digest, which has a file of its own.

use crate::{Rendered, Work};

/// Renders the edition as JSON. There is nothing that JSON cannot hold, so there are never problems.
pub fn render(work: Work<'_>) -> Rendered {
    #[expect(clippy::expect_used, reason = "an edition has neither maps nor fallible serializers, and memory takes every byte")]
    let mut bytes = serde_json::to_vec_pretty(work.edition).expect("an edition is always JSON");
    bytes.push(b'\n');
    Rendered { bytes, problems: Vec::new() }
}
