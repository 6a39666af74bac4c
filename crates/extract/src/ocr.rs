//! Scans to PDFs with text, by `ocrmypdf`, which must be installed: Pulse recognises no letters itself.
//!
//! In: a PDF of pictures. Out: the same with a layer of text, to be read as any other. Not here: whether to do it; a page takes a
//! second or more, so the caller decides.

use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;

use crate::child::{self, NoEnd};

/// A scan with its text is not many times larger than before.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// How letters are recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ocr {
    /// `ocrmypdf`, by its name or its place.
    pub program: PathBuf,
    /// As tesseract names them, joined by `+`: `eng`, `eng+cym`.
    pub languages: String,
    /// For one file, by the clock.
    pub seconds: u64,
}

impl Default for Ocr {
    fn default() -> Self {
        Self { program: "ocrmypdf".into(), languages: "eng".to_owned(), seconds: 600 }
    }
}

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub enum OcrError {
    /// The program is not there.
    #[error("{} is not installed: install it, or add the text by hand", program.display())]
    NotInstalled {
        /// What was looked for.
        program: PathBuf,
    },
    /// It could not be started or asked.
    #[error("{} could not be run", program.display())]
    NotRun {
        /// What was to be run.
        program: PathBuf,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// It took too long.
    #[error("recognising the text took longer than {seconds} seconds")]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// It gave up, or gave something else than a PDF.
    #[error("{} gave no PDF with text: {reason}", program.display())]
    Failed {
        /// What was run.
        program: PathBuf,
        /// The last line of what it complained.
        reason: String,
    },
}

impl Ocr {
    /// The scan with a layer of text. Pages that have text already are left as they are.
    pub async fn with_text(&self, pdf: &[u8]) -> Result<Vec<u8>, OcrError> {
        let program = || self.program.clone();
        let mut command = Command::new(&self.program);
        command.args(["--quiet", "--skip-text", "--output-type", "pdf", "--optimize", "0", "--language", &self.languages, "-", "-"]);
        match child::ask(command, &[pdf], Duration::from_secs(self.seconds), MOST_BYTES).await {
            Ok(ended) if ended.status.success() && ended.answer.starts_with(b"%PDF-") => Ok(ended.answer),
            Ok(ended) => {
                let reason = ended.complaints.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing").trim().to_owned();
                Err(OcrError::Failed { program: program(), reason })
            }
            Err(NoEnd::TooSlow) => Err(OcrError::TooSlow { seconds: self.seconds }),
            Err(NoEnd::TooMuch) => Err(OcrError::Failed { program: program(), reason: "its answer is too large".to_owned() }),
            Err(NoEnd::NotStarted(cause)) if cause.kind() == std::io::ErrorKind::NotFound => Err(OcrError::NotInstalled { program: program() }),
            Err(NoEnd::NotStarted(cause)) => Err(OcrError::NotRun { program: program(), cause }),
        }
    }
}
