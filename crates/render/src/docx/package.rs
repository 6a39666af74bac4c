//! Packs the document, with what the library has no words for: who wrote it and when, its language, and what the logo shows.

use std::io::Cursor;

use docx_rs::Docx;

use crate::RenderError;

/// What a document says of itself.
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) author: &'a str,
    pub(super) description: &'a str,
    /// BCP 47.
    pub(super) language: &'a str,
    /// YYYY-MM-DD.
    pub(super) day: String,
    pub(super) logo_alt: Option<&'a str>,
}

/// Packs a document.
///
/// # Errors
/// When the archive cannot be written, or the library no longer writes what is to be amended.
pub(super) fn write(document: Docx, about: &About<'_>) -> Result<Vec<u8>, RenderError> {
    let mut parts = document.build();
    parts.doc_props.core = core(about).into_bytes();
    let language = format!("<w:lang w:val=\"{0}\" w:eastAsia=\"{0}\" w:bidi=\"{0}\" /></w:rPr></w:rPrDefault>", escaped(about.language));
    parts.styles = amended(&parts.styles, "</w:rPr></w:rPrDefault>", &language)?;
    if let Some(alt) = about.logo_alt.filter(|_| !parts.media.is_empty()) {
        let described = format!("<wp:docPr id=\"1\" name=\"Logo\" descr=\"{}\" />", escaped(alt));
        parts.document = amended(&parts.document, "<wp:docPr id=\"1\" name=\"Figure\" />", &described)?;
    }
    parts.document_rels = in_order(&parts.document_rels)?;
    let mut file = Cursor::new(Vec::new());
    parts.pack(&mut file).map_err(|cause| RenderError::Word(cause.to_string()))?;
    Ok(file.into_inner())
}

/// Sorts relationships, which the library keeps in no order.
fn in_order(part: &[u8]) -> Result<Vec<u8>, RenderError> {
    let (start, end) = ("<Relationship ", "</Relationships>");
    let part = text(part)?;
    let (head, rest) = part.split_once(start).ok_or_else(|| RenderError::Word(format!("there is no {start}")))?;
    let mut relationships: Vec<&str> = rest.trim_end_matches(end).split(start).collect();
    relationships.sort_unstable();
    Ok(format!("{head}{start}{}{end}", relationships.join(start)).into_bytes())
}

fn text(part: &[u8]) -> Result<&str, RenderError> {
    std::str::from_utf8(part).map_err(|cause| RenderError::Word(cause.to_string()))
}

/// Exchanges the first `from`, which has to be there.
fn amended(part: &[u8], from: &str, to: &str) -> Result<Vec<u8>, RenderError> {
    let part = text(part)?;
    if part.contains(from) { Ok(part.replacen(from, to, 1).into_bytes()) } else { Err(RenderError::Word(format!("there is no {from} to amend"))) }
}

/// The core properties (ECMA-376 part 2, section 11).
fn core(about: &About<'_>) -> String {
    let About { title, author, description, language, day, .. } = about;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{}</dc:title><dc:creator>{author}</dc:creator><dc:description>{}</dc:description><dc:language>{}</dc:language>\
         <cp:lastModifiedBy>{author}</cp:lastModifiedBy><cp:revision>1</cp:revision>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{day}T00:00:00Z</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{day}T00:00:00Z</dcterms:modified></cp:coreProperties>",
        escaped(title),
        escaped(description),
        escaped(language),
        author = escaped(author),
    )
}

/// For XML text and attributes.
pub(super) fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
