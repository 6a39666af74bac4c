//! Two states of a page: noise leaves the hash of its text alone, substance does not. The pages are read in place.

use std::fs;

use pulse_extract::{Input, extract};

#[test]
fn noise_is_no_change_and_substance_is_one() -> Result<(), Box<dyn std::error::Error>> {
    let Some(folder) = pulse_testkit::corpus::folder("changes") else { return Ok(()) };
    let mut pairs = 0;
    for entry in fs::read_dir(folder)? {
        let before = entry?.path();
        let name = before.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(pair) = name.strip_suffix("-a.html") else { continue };
        let hash = |path: &std::path::Path| Ok::<_, std::io::Error>(extract(&Input { bytes: &fs::read(path)?, url: None, media_type: None }).text_hash());
        let changed = hash(&before)? != hash(&before.with_file_name(format!("{pair}-b.html")))?;
        assert_eq!(changed, pair.starts_with("truepos"), "{pair}");
        pairs += 1;
    }
    assert!(pairs >= 6, "only {pairs} pairs");
    Ok(())
}
