//! Files of old editions -> editions in the store, one transaction for each file.
//!
//! In: the bytes of a file and the digests it may belong to. Out: what was found in it, line by line, and what became of
//! it. Importing the same file again changes nothing; another text for a month that is here is refused unless asked for.
//!
//! Not here: reading the text (compose).

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use pulse_compose::import::{self, ImportError, Imported, MAX_FILE_BYTES};
use pulse_model::publisher::Register;
use pulse_model::text::is_forbidden;
use pulse_model::{Digest, Publisher, Slug};
use pulse_store::{Conflict, Saved, Source, Store, StoreError};
use sha2::{Digest as _, Sha256};

use crate::error::JobError;

/// A file and its bytes.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// As the person named it, without characters that a terminal would act on; errors repeat it.
    pub name: String,
    /// Unchanged.
    pub bytes: Vec<u8>,
}

impl SourceFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`JobError::Missing`], [`JobError::Unreadable`], or [`JobError::Import`] for a file larger than any edition, which is not even opened.
    pub fn read(path: &Path) -> Result<Self, JobError> {
        let name = shown(path);
        let unreadable = |cause: io::Error| match cause.kind() {
            io::ErrorKind::NotFound => JobError::Missing { file: name.clone() },
            _ => JobError::Unreadable { file: name.clone(), cause },
        };
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > MAX_FILE_BYTES as u64 {
            let bytes = usize::try_from(size).unwrap_or(usize::MAX);
            return Err(JobError::Import { file: name, cause: ImportError::TooLarge { bytes } });
        }
        let file = File::open(path).map_err(unreadable)?;
        Self::read_from(file, name)
    }

    /// Reads what has no size to ask for, such as a pipe.
    ///
    /// # Errors
    /// As [`SourceFile::read`].
    pub fn read_from(source: impl Read, name: String) -> Result<Self, JobError> {
        let mut bytes = Vec::new();
        match source.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes) {
            Ok(read) if read > MAX_FILE_BYTES => Err(JobError::Import { file: name, cause: ImportError::TooLarge { bytes: read } }),
            Ok(_) => Ok(Self { name, bytes }),
            Err(cause) => Err(JobError::Unreadable { file: name, cause }),
        }
    }

    /// What the store keeps of it: its name without folders, and its hash.
    pub fn source(&self) -> Source {
        let name = Path::new(&self.name).file_name().map_or_else(|| self.name.clone(), |name| name.to_string_lossy().into_owned());
        let sha256 = Sha256::digest(&self.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Source { name, sha256 }
    }
}

/// The name of a file, for people.
fn shown(path: &Path) -> String {
    path.display().to_string().replace(|c: char| c.is_control() || is_forbidden(c), "\u{fffd}")
}

/// What a file may belong to.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// One that was named, or all there are.
    pub digests: Vec<Digest>,
    /// The publishers they know.
    pub register: Register,
}

impl Candidates {
    /// Digests that are in no store, with the publishers their own files name.
    pub fn unstored(digests: Vec<Digest>) -> Self {
        let publishers: Vec<Publisher> = digests.iter().flat_map(|digest| digest.publishers.clone()).collect();
        Self { digests, register: Register::new(publishers) }
    }

    /// The digest with this slug, or all digests of the store.
    ///
    /// # Errors
    /// [`JobError::NoSuchDigest`], or what the store says.
    pub async fn stored(store: &Store, slug: Option<&Slug>) -> Result<Self, JobError> {
        let digests = match slug {
            Some(slug) => vec![crate::digest(store, slug).await?],
            None => store.digests().await?,
        };
        Ok(Self { digests, register: store.register().await? })
    }
}

/// Finds the edition in a file and writes nothing.
///
/// # Errors
/// [`JobError::Import`] when there is none, or more than one; [`JobError::OfAnotherDigest`] when the file says that
/// it belongs to a digest that is not among the candidates.
pub fn read(file: &SourceFile, candidates: &Candidates) -> Result<Imported, JobError> {
    let refused = |cause| JobError::Import { file: file.name.clone(), cause };
    let imported = import::read(&file.bytes, &file.name, &candidates.digests, &candidates.register).map_err(refused)?;
    let slug = &imported.edition.digest;
    if candidates.digests.iter().any(|digest| digest.slug == *slug) {
        return Ok(imported);
    }
    let known = candidates.digests.iter().map(|digest| digest.slug.clone()).collect();
    Err(JobError::OfAnotherDigest { file: file.name.clone(), slug: slug.clone(), known })
}

/// Saves what [`read`] found, in one transaction. `now` is when this happens, in Unix milliseconds.
///
/// # Errors
/// [`JobError::Differs`] and [`JobError::Locked`] when another text is here already, or what the store says.
pub async fn save(store: &Store, file: &SourceFile, imported: &Imported, conflict: Conflict, now: i64) -> Result<Saved, JobError> {
    let saved = store.save_edition(&imported.edition, &file.source(), conflict, now).await.map_err(|cause| match cause {
        StoreError::EditionDiffers { digest, key } => JobError::Differs { file: file.name.clone(), digest, title: key.title() },
        StoreError::EditionLocked { digest, key, status } => JobError::Locked { file: file.name.clone(), digest, key, title: key.title(), status },
        other => JobError::Store(other),
    })?;
    tracing::info!(edition = %saved.id(), digest = %imported.edition.digest, key = %imported.edition.key(), ?saved, "imported");
    Ok(saved)
}
