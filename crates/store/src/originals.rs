//! Originals: the bytes of fetched files, each under the name of its content.
//!
//! In: bytes; out: their [`ContentHash`], and the bytes again. They are in a folder, `ab/cdef…`, or in storage that speaks the protocol of S3,
//! for several nodes.
//!
//! Invariants: what is there under a name is whole and is what the name says, because it is written beside and put in its place in one
//! step, and what is read is compared with its name; what is there is never written again. Not here: to which document bytes belong (the database).

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use pulse_model::ContentHash;
use serde::Deserialize;

/// Where originals are, as the settings file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OriginalsSettings {
    /// A folder, or storage that speaks the protocol of S3.
    pub store: Kind,
    /// S3: the bucket, which must be there.
    pub bucket: String,
    /// S3: the address of the service; that of Amazon for the region if empty.
    pub endpoint: String,
    /// S3: the region; `us-east-1` if empty.
    pub region: String,
    /// S3: what all names begin with, such as `pulse/originals`; may be empty.
    pub prefix: String,
}

/// What holds originals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A folder of this machine.
    #[default]
    Folder,
    /// Storage that speaks the protocol of S3. Its key and secret are in the environment, `AWS_ACCESS_KEY_ID` and
    /// `AWS_SECRET_ACCESS_KEY`, or come with the machine.
    S3,
}

/// The bytes of fetched files. Clones are the same.
#[derive(Clone, Debug)]
pub struct Originals {
    store: Arc<dyn ObjectStore>,
    prefix: Place,
    /// As errors name it.
    name: String,
}

/// Why originals cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum OriginalsError {
    /// The settings cannot work.
    #[error("the settings of originals cannot work: {what}")]
    Settings {
        /// What is wrong, and what to do.
        what: String,
    },
    /// The folder or the service did not do it.
    #[error("{place} did not {what}")]
    Store {
        /// The folder, or the bucket.
        place: String,
        /// "keep the original 3a…".
        what: String,
        /// What it said.
        #[source]
        cause: Box<object_store::Error>,
    },
    /// It is not there.
    #[error("{place} has no original {hash}; restore it from a backup")]
    Missing {
        /// The folder, or the bucket.
        place: String,
        /// Its name.
        hash: ContentHash,
    },
    /// What is there is something else.
    #[error("{place} holds something else under the name {hash}; restore it from a backup")]
    Damaged {
        /// The folder, or the bucket.
        place: String,
        /// Its name.
        hash: ContentHash,
    },
}

impl Originals {
    /// Opens what the settings say; `folder` is where they are if nothing else is said, and is made.
    ///
    /// # Errors
    /// [`OriginalsError::Settings`].
    pub fn open(settings: &OriginalsSettings, folder: &Path) -> Result<Self, OriginalsError> {
        match settings.store {
            Kind::Folder => Self::in_folder(folder),
            Kind::S3 => Self::in_s3(settings),
        }
    }

    fn in_folder(folder: &Path) -> Result<Self, OriginalsError> {
        let name = folder.display().to_string();
        let settings = |cause: &dyn std::fmt::Display| OriginalsError::Settings { what: format!("the folder {name} cannot be used: {cause}") };
        std::fs::create_dir_all(folder).map_err(|cause| settings(&cause))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|cause| settings(&cause))?.with_fsync(true);
        Ok(Self { store: Arc::new(store), prefix: Place::default(), name })
    }

    fn in_s3(settings: &OriginalsSettings) -> Result<Self, OriginalsError> {
        if settings.bucket.is_empty() {
            return Err(OriginalsError::Settings { what: "store = \"s3\" needs a bucket; write bucket = \"NAME\" under [originals]".to_owned() });
        }
        let region = if settings.region.is_empty() { "us-east-1" } else { &settings.region };
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(&settings.bucket).with_region(region);
        if !settings.endpoint.is_empty() {
            builder = builder.with_endpoint(&settings.endpoint).with_allow_http(settings.endpoint.starts_with("http://"));
        }
        let store = builder.build().map_err(|cause| OriginalsError::Settings { what: cause.to_string() })?;
        Ok(Self { store: Arc::new(store), prefix: Place::from(settings.prefix.as_str()), name: format!("the bucket {}", settings.bucket) })
    }

    /// Keeps bytes, if they are not there, and answers their name.
    ///
    /// # Errors
    /// [`OriginalsError::Store`].
    pub async fn keep(&self, bytes: Bytes) -> Result<ContentHash, OriginalsError> {
        let hash = ContentHash::of(&bytes);
        let place = self.place(hash);
        match self.store.head(&place).await {
            Ok(_) => return Ok(hash),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(cause) => return Err(self.failed(format!("look for the original {hash}"), cause)),
        }
        let options = PutOptions::from(PutMode::Create);
        match self.store.put_opts(&place, PutPayload::from(bytes), options).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(hash),
            Err(cause) => Err(self.failed(format!("keep the original {hash}"), cause)),
        }
    }

    /// The bytes of this name.
    ///
    /// # Errors
    /// [`OriginalsError::Missing`], [`OriginalsError::Damaged`] or [`OriginalsError::Store`].
    pub async fn read(&self, hash: ContentHash) -> Result<Bytes, OriginalsError> {
        let read = async { self.store.get(&self.place(hash)).await?.bytes().await };
        let bytes = read.await.map_err(|cause| match cause {
            object_store::Error::NotFound { .. } => OriginalsError::Missing { place: self.name.clone(), hash },
            cause => self.failed(format!("give the original {hash}"), cause),
        })?;
        if ContentHash::of(&bytes) == hash { Ok(bytes) } else { Err(OriginalsError::Damaged { place: self.name.clone(), hash }) }
    }

    /// `ab/cdef…`: no folder gets more entries than a file system likes.
    fn place(&self, hash: ContentHash) -> Place {
        let name = hash.to_string();
        let (start, rest) = name.split_at(2);
        self.prefix.clone().join(start).join(rest)
    }

    fn failed(&self, what: String, cause: object_store::Error) -> OriginalsError {
        OriginalsError::Store { place: self.name.clone(), what, cause: Box::new(cause) }
    }
}
