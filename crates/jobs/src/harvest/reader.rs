//! What reads files: in a process of its own where that is wise, so that a file that brings a parser down brings nothing else down.

use std::ffi::OsString;
use std::future::Future;
use std::path::PathBuf;

use bytes::Bytes;
use pulse_extract::guarded::{Guard, Limits};
use pulse_model::Document;
use url::Url;

/// Reads files of any form. Bad input is no error: it gives what could be read, and problems.
pub trait Reader: Sync {
    /// Reads one file.
    fn read(&self, bytes: Bytes, url: &Url, media_type: Option<&str>) -> impl Future<Output = Document> + Send;
}

impl Reader for Guard {
    async fn read(&self, bytes: Bytes, url: &Url, media_type: Option<&str>) -> Document {
        Self::read(self, bytes, Some(url), media_type).await
    }
}

/// A reader whose children are `program`, called with `arguments`; they then have to call [`answer`].
pub fn guard(program: PathBuf, arguments: Vec<OsString>) -> Guard {
    Guard { program, arguments, limits: Limits::default() }
}

/// A child's side: reads one question from the standard input, and answers.
///
/// # Errors
/// When nobody asks or listens.
pub fn answer() -> std::io::Result<()> {
    pulse_extract::guarded::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
