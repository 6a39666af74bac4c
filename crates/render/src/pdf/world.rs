//! What the template can reach: itself, the edition and the logo.

use std::path::PathBuf;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use super::fonts::FONTS;
use super::sheet::Sheet;

/// What is the same for every PDF.
struct Fixed {
    library: LazyHash<Library>,
    template: Source,
    edition: FileId,
    logo: FileId,
}

static FIXED: LazyLock<Fixed> = LazyLock::new(|| Fixed {
    library: LazyHash::new(Library::default()),
    template: Source::new(file("/edition.typ"), include_str!("../../templates/edition.typ").to_owned()),
    edition: file("/edition.json"),
    logo: file("/logo"),
});

fn file(path: &str) -> FileId {
    #[expect(clippy::expect_used, reason = "the three paths above are constants")]
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).expect("a plain path")).intern()
}

/// The world of one PDF.
pub(super) struct SheetWorld {
    edition: Bytes,
    logo: Option<Bytes>,
}

impl SheetWorld {
    pub(super) fn new(sheet: &Sheet, logo: Option<&[u8]>) -> Self {
        // A sheet is strings, numbers and lists; there is nothing JSON could refuse.
        Self { edition: Bytes::new(serde_json::to_vec(sheet).unwrap_or_default()), logo: logo.map(|bytes| Bytes::new(bytes.to_vec())) }
    }
}

impl World for SheetWorld {
    fn library(&self) -> &LazyHash<Library> {
        &FIXED.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        FIXED.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == FIXED.template.id() { Ok(FIXED.template.clone()) } else { Err(not_there(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match &self.logo {
            _ if id == FIXED.edition => Ok(self.edition.clone()),
            Some(logo) if id == FIXED.logo => Ok(logo.clone()),
            _ => Err(not_there(id)),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    /// There is no clock: the template takes its date from the edition.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_there(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.get().vpath().get_without_slash()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_other_file_and_no_clock() {
        let world = SheetWorld { edition: Bytes::new(Vec::new()), logo: None };
        for path in ["/etc/passwd", "/logo", "/../Cargo.toml"] {
            if let Ok(path) = VirtualPath::new(path) {
                let id = RootedPath::new(VirtualRoot::Project, path).intern();
                assert!(world.file(id).is_err() && world.source(id).is_err());
            }
        }
        assert!(world.source(FIXED.edition).is_err());
        assert_eq!(world.today(None), None);
    }
}
