//! Files that Pulse writes: whole or not at all.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

/// Makes a folder, and those it lies in.
pub(crate) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} could not be made", folder.display()))
}

/// Writes a file, in the place of what was there.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let written = beside(path, bytes).and_then(|file| file.persist(path).map(drop).map_err(io::Error::from));
    written.with_context(|| format!("{} could not be written", path.display()))
}

/// Writes a file where there is none, and says whether it did.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    let written = beside(path, bytes).and_then(|file| file.persist_noclobber(path).map(drop).map_err(io::Error::from));
    written.with_context(|| format!("{} could not be written", path.display()))?;
    Ok(true)
}

/// A file for its owner alone that has its name only once it is whole.
pub(crate) struct Draft {
    file: NamedTempFile,
    path: PathBuf,
}

impl Draft {
    pub(crate) fn begin(path: &Path) -> anyhow::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".pulse-").tempfile_in(folder).map_err(|error| io::Error::from(error.kind()));
        Ok(Self { file: file.with_context(|| format!("{} could not be written", path.display()))?, path: path.to_owned() })
    }

    /// Gives it its name, in the place of what was there.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let path = self.path;
        self.file.persist(&path).map(drop).map_err(io::Error::from).with_context(|| format!("{} could not be written", path.display()))
    }
}

impl io::Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The bytes in a file of another name, so that a full disk leaves nothing half written under this one.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // What a new file may be used by is the person's own setting, not the stricter one of temporary files.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // Errors name the file that nobody has heard of; only their kind is of use.
    let without_name = |error: io::Error| io::Error::from(error.kind());
    let mut file = builder.prefix(".pulse-").tempfile_in(folder).map_err(without_name)?;
    file.write_all(bytes).map_err(without_name)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert!(!write_new(&path, b"newest").unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn where_nothing_can_be_written_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("page.html/inside")).unwrap();
        let error = write(&folder.path().join("page.html"), b"new").unwrap_err();
        assert!(error.to_string().ends_with("page.html could not be written"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
