//! The zip package around a word processing file: named parts, read within limits.

use std::io::{Cursor, Read as _};

use pulse_model::{Problem, ProblemKind};
use zip::ZipArchive;

use super::MOST_BYTES;
use super::xml::{self, Node};

/// Why a package gave nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum PackageError {
    #[error("the file is encrypted and needs a password: ask the publisher for an open copy")]
    Locked,
    #[error("the file is broken: it is no zip package")]
    NoPackage,
    #[error("the file is broken: it has no part {name}")]
    Missing { name: &'static str },
    #[error("the file is broken: its part {name} cannot be unpacked")]
    Broken { name: &'static str },
    #[error("the part {name} of the file unpacks to more than {} MB", MOST_BYTES / 1024 / 1024)]
    TooLarge { name: &'static str },
}

/// An opened package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// What was wrong with its parts.
    pub(super) problems: Vec<Problem>,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, PackageError> {
        // An encrypted DOCX is no zip package but a container of an older kind.
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(PackageError::Locked);
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| PackageError::NoPackage)?;
        Ok(Self { archive, problems: Vec::new() })
    }

    /// A part that must be there.
    pub(super) fn part(&mut self, name: &'static str) -> Result<Node, PackageError> {
        let text = self.text(name)?;
        let (node, is_whole) = xml::read(&text);
        if !is_whole {
            self.problems.push(Problem::new(ProblemKind::Damaged, format!("the part {name} is cut short or broken; what could be read is there")));
        }
        Ok(node)
    }

    /// A part that may be there.
    pub(super) fn part_if_any(&mut self, name: &'static str) -> Option<Node> {
        match self.part(name) {
            Ok(node) => Some(node),
            Err(PackageError::Missing { .. }) => None,
            Err(cause) => {
                self.problems.push(super::problem(&cause));
                None
            }
        }
    }

    fn text(&mut self, name: &'static str) -> Result<String, PackageError> {
        let file = self.archive.by_name(name).map_err(|cause| match cause {
            zip::result::ZipError::FileNotFound => PackageError::Missing { name },
            _ => PackageError::Broken { name },
        })?;
        if file.size() > MOST_BYTES {
            return Err(PackageError::TooLarge { name });
        }
        let mut bytes = Vec::new();
        let outcome = file.take(MOST_BYTES + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > MOST_BYTES {
            return Err(PackageError::TooLarge { name });
        }
        if outcome.is_err() && bytes.is_empty() {
            return Err(PackageError::Broken { name });
        }
        // UTF-8 by the rules of these formats; UTF-16 by its mark.
        Ok(encoding_rs::UTF_8.decode(&bytes).0.into_owned())
    }
}
