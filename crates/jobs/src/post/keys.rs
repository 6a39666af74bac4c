//! Keys in their folder: of tokens, of the suppression list, of signatures.
//!
//! Always: a key is written whole or not at all, readable by its owner alone, and never written over. Losing the key of the
//! suppression list would let addresses back in, and losing those of tokens would lock readers in: they belong in the backup.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use pulse_deliver::dkim::{Algorithm, DkimError, Key, Record, Signer};
use pulse_deliver::token::{Keyring, Secret, suppression_hash};
use pulse_model::EmailAddress;
use pulse_model::subscriber::SuppressionHash;
use rand::RngExt as _;

/// Every key there is.
#[derive(Debug)]
pub struct Keys {
    /// Of tokens in links and addresses.
    pub ring: Keyring,
    suppression: Secret,
    /// By the domain they sign for.
    signers: BTreeMap<String, Signer>,
}

/// What is wrong with the keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file that cannot be read or written.
    #[error("the key file {} cannot be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A file that holds something else.
    #[error("{} is not a key file of Pulse", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What was wrong.
        #[source]
        cause: serde_json::Error,
    },
    /// A signing key.
    #[error("the signing key {} cannot be used", path.display())]
    Signing {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: DkimError,
    },
    /// There are keys for this domain and selector already.
    #[error("there is a signing key {selector} for {domain} already")]
    Taken {
        /// The domain.
        domain: String,
        /// Its selector.
        selector: String,
    },
}

/// A DNS record to publish for a new key.
pub type NewRecord = Record;

const RING: &str = "tokens.json";
const SUPPRESSION: &str = "suppression.json";

impl Keys {
    /// Reads the keys of a folder; those of tokens and of the suppression list are made where they are missing. `now` is Unix
    /// milliseconds.
    ///
    /// # Errors
    /// [`KeyError`] says which file cannot be read or written.
    pub fn open(folder: &Path, now: i64) -> Result<Self, KeyError> {
        fs::create_dir_all(folder).map_err(|cause| KeyError::File { path: folder.to_owned(), cause })?;
        let fresh = || Secret::from(rand::rng().random::<[u8; 32]>());
        let ring = kept(&folder.join(RING), || Keyring::new(fresh(), now))?;
        let suppression = kept(&folder.join(SUPPRESSION), fresh)?;
        Ok(Self { ring, suppression, signers: signers(&folder.join("dkim"))? })
    }

    /// What the suppression list holds of an address.
    pub fn suppression_hash(&self, address: &EmailAddress) -> SuppressionHash {
        SuppressionHash(suppression_hash(&self.suppression, address))
    }

    /// What signs messages from a domain.
    pub fn signer(&self, domain: &str) -> Option<&Signer> {
        self.signers.get(domain)
    }

    /// Makes a pair of signing keys, RSA and Ed25519, for a domain, and returns the DNS records to publish. Messages are signed
    /// with them from the next start on; of several selectors, the last by name signs.
    ///
    /// # Errors
    /// [`KeyError::Taken`] where the selector is in use; or the files cannot be written.
    pub fn make_signing(folder: &Path, domain: &str, selector: &str) -> Result<Vec<NewRecord>, KeyError> {
        let place = folder.join("dkim").join(domain);
        fs::create_dir_all(&place).map_err(|cause| KeyError::File { path: place.clone(), cause })?;
        let mut records = Vec::new();
        for (algorithm, name) in [(Algorithm::Rsa, "rsa"), (Algorithm::Ed25519, "ed25519")] {
            let selector = format!("{selector}-{name}");
            let path = place.join(format!("{selector}.pem"));
            let signing = |cause| KeyError::Signing { path: path.clone(), cause };
            let key = Key::generate(algorithm, &selector).map_err(signing)?;
            match write_new(&path, key.to_pem().map_err(signing)?.as_bytes()) {
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => return Err(KeyError::Taken { domain: domain.to_owned(), selector }),
                written => written.map_err(|cause| KeyError::File { path: path.clone(), cause })?,
            }
            records.push(key.record(domain));
        }
        Ok(records)
    }
}

/// The value of a file, which is made if it is not there.
fn kept<T: serde::Serialize + serde::de::DeserializeOwned>(path: &Path, fresh: impl FnOnce() -> T) -> Result<T, KeyError> {
    let file = |cause| KeyError::File { path: path.to_owned(), cause };
    let content = |cause| KeyError::Content { path: path.to_owned(), cause };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(content),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let json = serde_json::to_vec(&fresh()).map_err(content)?;
            match write_new(path, &json) {
                // Another process was faster; its key counts.
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
                written => written.map_err(file)?,
            }
            serde_json::from_slice(&fs::read(path).map_err(file)?).map_err(content)
        }
        Err(cause) => Err(file(cause)),
    }
}

/// Writes a file that is not there yet, whole or not at all, for its owner alone.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // A temporary file has mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

/// The signers of a folder that has one folder for each domain.
fn signers(folder: &Path) -> Result<BTreeMap<String, Signer>, KeyError> {
    let mut signers = BTreeMap::new();
    for domain in names(folder)? {
        let (mut rsa, mut ed25519) = (None, None);
        for name in names(&folder.join(&domain))? {
            let path = folder.join(&domain).join(&name);
            let Some(selector) = name.strip_suffix(".pem") else { continue };
            let pem = fs::read_to_string(&path).map_err(|cause| KeyError::File { path: path.clone(), cause })?;
            let key = Key::from_pem(selector, &pem).map_err(|cause| KeyError::Signing { path, cause })?;
            match key.algorithm() {
                Algorithm::Rsa => rsa = Some(key),
                Algorithm::Ed25519 => ed25519 = Some(key),
            }
        }
        // Ed25519 stands beside RSA and never instead of it: many receivers do not know it.
        if let Some(rsa) = rsa {
            let signer = Signer::new(&domain, rsa, ed25519).map_err(|cause| KeyError::Signing { path: folder.join(&domain), cause })?;
            signers.insert(domain, signer);
        }
    }
    Ok(signers)
}

/// What a folder holds, by name; nothing where there is no folder.
fn names(folder: &Path) -> Result<Vec<String>, KeyError> {
    let file = |cause| KeyError::File { path: folder.to_owned(), cause };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(file(cause)),
    };
    let mut names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect::<Result<Vec<_>, _>>().map_err(file)?;
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let address = EmailAddress::parse("ada@quay.example").unwrap();
        let first = Keys::open(folder.path(), 1).unwrap();
        let second = Keys::open(folder.path(), 2).unwrap();
        assert_eq!(first.ring, second.ring);
        assert_eq!(first.suppression_hash(&address), second.suppression_hash(&address));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join(RING)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        fs::write(folder.path().join(SUPPRESSION), "{}").unwrap();
        assert!(matches!(Keys::open(folder.path(), 3), Err(KeyError::Content { .. })));
        assert_eq!(fs::read_to_string(folder.path().join(SUPPRESSION)).unwrap(), "{}");
    }

    #[test]
    fn a_domain_signs_with_the_keys_made_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let records = Keys::make_signing(folder.path(), "quay.example", "s2026").unwrap();
        assert_eq!(
            records.iter().map(|record| record.name.as_str()).collect::<Vec<_>>(),
            ["s2026-rsa._domainkey.quay.example", "s2026-ed25519._domainkey.quay.example"]
        );
        assert!(matches!(Keys::make_signing(folder.path(), "quay.example", "s2026"), Err(KeyError::Taken { .. })));
        let keys = Keys::open(folder.path(), 1).unwrap();
        assert!(keys.signer("quay.example").is_some() && keys.signer("other.example").is_none());
    }
}
