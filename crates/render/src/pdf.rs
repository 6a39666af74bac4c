//! An edition as a tagged PDF that everyone can read (PDF/UA-1), set by Typst inside this program.
//!
//! Takes a [`Work`]; returns the file. The page is described by a fixed template (`templates/edition.typ`), which reads the
//! edition as JSON: no word of an edition is ever Typst source, so a title like `#read("/etc/passwd")` is a title. The
//! template can reach that JSON and the logo, and nothing else: no file, no package, no clock.
//!
//! Invariants: same in, same out, byte for byte; every edition has a PDF. A character that no font has is printed as a
//! replacement character and reported; a logo that cannot be read is left out and reported.
//!
//! | step | module |
//! |---|---|
//! | the edition as the template reads it | `sheet` |
//! | the fonts, and the characters they have | `fonts` |
//! | what the template can reach | `world` |

mod fonts;
mod sheet;
mod world;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulse_model::{Problem, ProblemKind};
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::colours::Palette;
use crate::outline::Outline;
use crate::picture::Logo;
use crate::{RenderError, Rendered, Work, tidy};
use fonts::Glyphs;
use sheet::Sheet;
use world::SheetWorld;

/// Renders the edition as PDF.
///
/// # Errors
/// Only when the typesetter refuses an edition without its logo and with every unusual character replaced.
pub fn render(work: Work<'_>) -> Result<Rendered, RenderError> {
    let digest = tidy::digest(work.digest);
    let edition = tidy::edition(work.edition);
    let outline = Outline::of(&digest, &edition, work.addresses);
    let (palette, mut problems) = Palette::of(&digest.masthead.colours);
    let (logo, logo_problems) = Logo::of(digest.masthead.logo.as_ref());
    problems.extend(logo_problems);
    let logo = logo.filter(|logo| logo.embedded.is_some());
    let picture = digest.masthead.logo.as_ref().and_then(|picture| STANDARD.decode(picture.data.trim()).ok()).unwrap_or_default();

    // Each attempt asks less of the typesetter; the first succeeds unless an input is damaged or very unusual.
    let attempts = [(logo.is_some(), Glyphs::all()), (false, Glyphs::all()), (false, Glyphs::plain())];
    let mut refused = None;
    for (with_logo, mut glyphs) in attempts {
        let sheet = Sheet::of(&digest, edition.key(), &outline, logo.as_ref().filter(|_| with_logo), &palette.light, &mut glyphs);
        match typeset(&sheet, with_logo.then_some(picture.as_slice())) {
            Ok(bytes) => {
                if logo.is_some() && !with_logo {
                    problems.push(Problem::new(ProblemKind::Incomplete, "the logo cannot be read, so the PDF goes without it"));
                }
                problems.extend(glyphs.problem());
                return Ok(Rendered { bytes, problems });
            }
            Err(why) => refused = Some(why),
        }
    }
    Err(RenderError::Typeset(refused.unwrap_or_default()))
}

fn typeset(sheet: &Sheet, logo: Option<&[u8]>) -> Result<Vec<u8>, String> {
    let world = SheetWorld::new(sheet, logo);
    let bytes = typst::compile::<PagedDocument>(&world).output.and_then(|document| {
        let standards = PdfStandards::new(&[PdfStandard::Ua_1]).unwrap_or_default();
        let options =
            PdfOptions { ident: Smart::Custom(sheet.ident.clone()), creator: Smart::Custom(Some("Pulse".to_owned())), standards, ..PdfOptions::default() };
        typst_pdf::pdf(&document, &options)
    });
    // What was remembered for one edition is of use to its next rendering, not for ever.
    comemo::evict(2);
    bytes.map_err(|errors| errors.iter().map(said).collect::<Vec<_>>().join("; "))
}

fn said(error: &SourceDiagnostic) -> String {
    error.message.to_string()
}
