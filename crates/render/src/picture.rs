//! The logo: what a page may embed and how large it is shown.
//!
//! In: a [`Picture`] with its bytes in base64. Out: a [`Logo`] that is safe to print, or nothing; a logo that is there
//! but cannot be printed is a problem.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulse_model::digest::Picture;
use pulse_model::{Problem, ProblemKind};

/// A logo that can be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logo {
    /// What it shows.
    pub(crate) alt: String,
    /// The picture itself as a `data:` address, where its bytes are known.
    pub(crate) embedded: Option<String>,
    /// Width and height on the page in CSS pixels, where they are known.
    pub(crate) size: Option<(u32, u32)>,
}

/// The most a logo takes of a masthead, in CSS pixels. A file with twice as many pixels is sharp on every screen.
const MAX_WIDTH: u32 = 260;
const MAX_HEIGHT: u32 = 48;

impl Logo {
    /// The digest's logo, if it can be printed.
    pub(crate) fn of(picture: Option<&Picture>) -> (Option<Self>, Vec<Problem>) {
        let Some(picture) = picture else { return (None, Vec::new()) };
        if picture.alt.trim().is_empty() {
            let message = format!("the logo {} has no words for those who do not see it, so it was left out", picture.file);
            return (None, vec![Problem::new(ProblemKind::PictureWithoutAlt, message)]);
        }
        let bytes = STANDARD.decode(picture.data.trim()).unwrap_or_default();
        let kind = kind(&bytes);
        let logo = Self {
            alt: picture.alt.clone(),
            embedded: kind.map(|kind| format!("data:{kind};base64,{}", STANDARD.encode(&bytes))),
            size: dimensions(&bytes).map(|(width, height)| shown(width, height)),
        };
        let problems = match (picture.data.is_empty(), kind) {
            (false, None) => vec![Problem::new(ProblemKind::Incomplete, format!("the logo {} is neither PNG nor JPEG, so pages go without it", picture.file))],
            _ => Vec::new(),
        };
        (Some(logo), problems)
    }
}

fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        _ => None,
    }
}

/// Width and height in pixels, as the file's own header has them.
fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let size = match kind(bytes)? {
        "image/png" => (u32::from_be_bytes(bytes.get(16..20)?.try_into().ok()?), u32::from_be_bytes(bytes.get(20..24)?.try_into().ok()?)),
        _ => jpeg_dimensions(bytes)?,
    };
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// Walks a JPEG's segments (ITU-T T.81, annex B) to the frame header, which is any SOF marker: C0 to CF without DHT (C4), JPG (C8) and DAC (CC).
fn jpeg_dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        if *bytes.get(at)? != 0xff {
            return None;
        }
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((number(at + 7)?, number(at + 5)?));
        }
        at += 2 + usize::try_from(number(at + 2)?).ok()?.max(2);
    }
}

/// Scales a size down to what a masthead has room for, never up.
fn shown(width: u32, height: u32) -> (u32, u32) {
    let (width, height) = (u64::from(width), u64::from(height));
    let (max_width, max_height) = (u64::from(MAX_WIDTH), u64::from(MAX_HEIGHT));
    let (wide, high) = match (width <= max_width && height <= max_height, width * max_height > height * max_width) {
        (true, _) => (width, height),
        (false, true) => (max_width, height * max_width / width),
        (false, false) => (width * max_height / height, max_height),
    };
    let pixels = |value: u64| u32::try_from(value.max(1)).unwrap_or(1);
    (pixels(wide), pixels(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(bytes: &[u8], alt: &str) -> Picture {
        Picture { file: "logo".into(), alt: alt.into(), data: STANDARD.encode(bytes) }
    }

    #[test]
    fn a_png_is_shown_within_the_masthead() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(368u32.to_be_bytes());
        png.extend(96u32.to_be_bytes());
        let (logo, problems) = Logo::of(Some(&picture(&png, "Skerrow Research")));
        assert_eq!(logo.unwrap().size, Some((184, 48)));
        assert!(problems.is_empty());
    }

    #[test]
    fn a_jpeg_is_measured_behind_its_other_segments() {
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 40, 1, 4, 1, 1, 17, 0];
        assert_eq!(dimensions(&jpeg), Some((260, 40)));
        assert_eq!(dimensions(&jpeg[..12]), None);
    }

    #[test]
    fn a_picture_without_words_is_left_out_and_reported() {
        let (logo, problems) = Logo::of(Some(&picture(b"\x89PNG", " ")));
        assert_eq!((logo, problems[0].kind), (None, ProblemKind::PictureWithoutAlt));
    }

    #[test]
    fn bytes_of_another_kind_are_not_embedded() {
        let (logo, problems) = Logo::of(Some(&picture(b"<svg onload=alert(1)>", "x")));
        assert_eq!(logo.unwrap().embedded, None);
        assert_eq!(problems.len(), 1);
    }
}
