//! A digest's file, good and bad: each folder under `cases/profile` holds `digest.toml` and what is said of it.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::path::Path;

use pulse_jobs::profile;

#[test]
fn digest_files_are_read_strictly() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/profile");
    let mut names: Vec<_> = std::fs::read_dir(&cases).unwrap().map(|case| case.unwrap().path()).collect();
    names.sort();
    assert!(!names.is_empty());
    for case in names {
        let said = said_of(&case.join("digest.toml"));
        let expected = case.join("said.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &said).unwrap();
        }
        assert_eq!(said, std::fs::read_to_string(&expected).unwrap_or_default(), "{}", case.display());
    }
}

fn said_of(path: &Path) -> String {
    let mut said = String::new();
    match profile::read(path) {
        Ok(profile) => {
            let digest = &profile.digest;
            writeln!(said, "{} ({}), sectors: {}", digest.name, digest.slug, digest.sectors.len()).unwrap();
            let logo = digest.masthead.logo.as_ref().map_or(0, |logo| logo.data.len());
            writeln!(said, "logo: {logo} characters of base64").unwrap();
            for weakness in profile.weaknesses {
                writeln!(said, "warning: {}\n  {}", weakness.message, weakness.advice).unwrap();
            }
        }
        // The folder differs from machine to machine.
        Err(error) => writeln!(said, "{}\n  {}", error.to_string().replace(&path.display().to_string(), "digest.toml"), error.advice()).unwrap(),
    }
    said
}
