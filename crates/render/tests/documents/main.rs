//! The outputs that are files: Markdown, JSON, PDF, Word. One program, so that the typesetter is linked once.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

mod case;
mod docx;
mod json;
mod markdown;
mod pdf;
