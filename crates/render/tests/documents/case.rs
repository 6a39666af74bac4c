//! The cases of this crate: each folder of `tests/cases` with an `edition.json`, and beside it the digest and what is expected.

use std::fs;
use std::path::{Path, PathBuf};

use pulse_model::{Digest, Edition};

/// One folder.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) digest: Digest,
    pub(crate) edition: Edition,
}

/// All of them, by name.
pub(crate) fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("edition.json").is_file()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders.into_iter().map(Case::read).collect()
}

impl Case {
    fn read(folder: PathBuf) -> Self {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{}/{name}: {error}", folder.display()));
        let edition = serde_json::from_str(&read("edition.json")).unwrap();
        let digest = toml::from_str(&read("digest.toml")).unwrap();
        Self { name: folder.file_name().unwrap().to_string_lossy().into_owned(), digest, edition, folder }
    }

    /// Compares with the expected file; with `UPDATE_EXPECT` set, writes it.
    pub(crate) fn expect(&self, file: &str, found: &str) {
        let path = self.folder.join(file);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(expected == found, "{}/{file} differs (UPDATE_EXPECT=1 rewrites it); found:\n{found}", self.name);
    }
}
