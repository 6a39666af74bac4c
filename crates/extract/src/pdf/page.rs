//! One page to letters, rules and pictures, in points from its upper left corner, as it is shown (rotation applied).
//!
//! A letter stands on its base line from `left` to `right`. Text that runs in another direction than from left to right is turned
//! until it does and kept apart, one [`Sheet`] for each direction. Not here: what the letters are together.

use std::collections::HashMap;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::{Dict, Name};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::{BlendMode, CacheKey as _, ClipPath, Context, Device, GlyphDrawMode, Image, Paint, PathDrawMode, SoftMask};
use kurbo::{Affine, BezPath, Point, Rect, Shape as _};

/// More letters than any page that is meant to be read.
const MOST_LETTERS: usize = 200_000;
/// More rules than any table has.
const MOST_RULES: usize = 20_000;

/// One letter. A ligature comes as its letters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) text: char,
    pub(super) left: f32,
    pub(super) right: f32,
    /// The base line; down is more.
    pub(super) base: f32,
    /// The height of the font.
    pub(super) size: f32,
    pub(super) bold: bool,
    /// The file says that it belongs to the page and not to the text.
    pub(super) artifact: bool,
}

/// A straight line of a drawing: the border of a table, the line above footnotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

impl Rule {
    pub(super) fn is_flat(&self) -> bool {
        self.right - self.left > self.bottom - self.top
    }
}

/// What stands on a page in one direction of reading.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) letters: Vec<Letter>,
    pub(super) rules: Vec<Rule>,
    pub(super) height: f32,
}

/// What is on a page.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Left to right first, then the other directions that occur.
    pub(super) sheets: Vec<Sheet>,
    /// Pictures that cover a good part of it.
    pub(super) large_pictures: usize,
    /// Letters that the file does not name.
    pub(super) unnamed: usize,
    /// There was more on it than is taken.
    pub(super) is_cut: bool,
}

/// Collects what is drawn.
struct Collector {
    directions: [Sheet; 4],
    seen: Seen,
    width: f64,
    height: f64,
    bold: HashMap<u128, bool>,
    marks: Vec<bool>,
}

/// Draws a page onto a list.
pub(super) fn look<'a>(page: &Page<'a>, context: &mut Context<'a>) -> Seen {
    let (width, height) = page.render_dimensions();
    let mut collector = Collector {
        directions: Default::default(),
        seen: Seen::default(),
        width: width.into(),
        height: height.into(),
        bold: bold_fonts(page),
        marks: Vec::new(),
    };
    hayro_interpret::interpret_page(page, context, &mut collector);
    let Collector { directions, mut seen, .. } = collector;
    let tall = |at: usize| if at.is_multiple_of(2) { height } else { width };
    seen.sheets = directions.into_iter().enumerate().map(|(at, sheet)| Sheet { height: tall(at), ..sheet }).collect();
    seen.sheets.retain(|sheet| !sheet.letters.is_empty());
    seen
}

/// The fonts of a page that are called bold.
fn bold_fonts(page: &Page<'_>) -> HashMap<u128, bool> {
    let fonts = &page.resources().fonts;
    let named = fonts.keys().filter_map(|name| {
        let font = fonts.get::<Dict<'_>>(name.as_ref())?;
        let base = font.get::<Name<'_>>("BaseFont").map(|base| String::from_utf8_lossy(base.as_ref()).to_lowercase()).unwrap_or_default();
        Some((font.cache_key(), ["bold", "black", "heavy", "demi"].iter().any(|weight| base.contains(weight))))
    });
    named.collect()
}

impl Collector {
    fn put(&mut self, text: &str, from: Point, to: Point, up: kurbo::Vec2, font: Option<u128>) {
        let size = up.hypot();
        let is_inside = from.x > -size && from.y > -1.0 && from.x < self.width && from.y < self.height + size;
        if !size.is_finite() || !from.is_finite() || !to.is_finite() || size < 0.5 || !is_inside {
            return;
        }
        let along = if (to - from).hypot() > 0.0 { to - from } else { kurbo::Vec2::new(-up.y, up.x) };
        let direction = (along.atan2() / std::f64::consts::FRAC_PI_2).round().rem_euclid(4.0) as usize % 4;
        let turn = |at: Point| match direction {
            0 => (at.x, at.y),
            1 => (at.y, self.width - at.x),
            2 => (self.width - at.x, self.height - at.y),
            _ => (self.height - at.y, at.x),
        };
        let ((left, base), (right, _)) = (turn(from), turn(to));
        let artifact = self.marks.iter().any(|mark| *mark);
        let bold = font.is_some_and(|font| self.bold.get(&font).copied().unwrap_or_default());
        let count = text.chars().count().max(1) as f64;
        for (at, text) in text.chars().enumerate() {
            let place = |at: usize| (left + (right - left) * at as f64 / count) as f32;
            let letter = Letter { text, left: place(at), right: place(at + 1), base: base as f32, size: size as f32, bold, artifact };
            if self.directions[direction].letters.len() < MOST_LETTERS {
                self.directions[direction].letters.push(letter);
            } else {
                self.seen.is_cut = true;
            }
        }
    }

    fn rule(&mut self, rect: Rect) {
        let rules = &mut self.directions[0].rules;
        let is_rule = (rect.height() < 3.0) != (rect.width() < 3.0) && rect.width().max(rect.height()) > 8.0;
        if is_rule && rules.len() < MOST_RULES {
            rules.push(Rule { left: rect.x0 as f32, right: rect.x1 as f32, top: rect.y0 as f32, bottom: rect.y1 as f32 });
        }
    }
}

/// The letters of a ligature, the space of a space that does not break, the bullet of a font of symbols.
fn spelled(text: &str) -> String {
    text.chars().fold(String::new(), |mut spelled, letter| {
        match letter {
            '\u{fb00}'..='\u{fb06}' => spelled.push_str(match letter {
                '\u{fb00}' => "ff",
                '\u{fb01}' => "fi",
                '\u{fb02}' => "fl",
                '\u{fb03}' => "ffi",
                '\u{fb04}' => "ffl",
                _ => "st",
            }),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' | '\n' | '\r' => spelled.push(' '),
            // What the symbol fonts of office programs keep at these places.
            '\u{f0b7}' | '\u{f0a7}' | '\u{f0a8}' | '\u{f06e}' | '\u{f076}' | '\u{f0d8}' | '\u{f0fc}' => spelled.push('•'),
            '\u{f020}'..='\u{f07e}' => spelled.extend(char::from_u32(u32::from(letter) - 0xf000)),
            letter if letter.is_control() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fffd}' | '\u{202a}'..='\u{202e}') => {}
            letter => spelled.push(letter),
        }
        spelled
    })
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph(&mut self, glyph: &Glyph<'a>, transform: Affine, glyph_transform: Affine, _: &Paint<'a>, _: &GlyphDrawMode) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(letter)) => letter.to_string(),
            Some(BfString::String(text)) => text,
            None => String::new(),
        };
        if text.is_empty() || text == "\u{fffd}" {
            self.seen.unnamed += 1;
            return;
        }
        let (width, font) = match glyph {
            Glyph::Outline(outline) => (outline.advance_width().map_or(500.0, f64::from), Some(outline.font_cache_key())),
            Glyph::Type3(_) => (500.0, None),
        };
        let whole = transform * glyph_transform;
        let (from, to) = (whole * Point::ZERO, whole * Point::new(width, 0.0));
        let up = whole * Point::new(0.0, 1000.0) - from;
        self.put(&spelled(&text), from, to, up, font);
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, _: &Paint<'a>, mode: &PathDrawMode) {
        let elements = path.elements().len();
        if elements > 64 {
            return;
        }
        let bounds = transform.transform_rect_bbox(path.bounding_box());
        if matches!(mode, PathDrawMode::Stroke(_)) && bounds.width() >= 3.0 && bounds.height() >= 3.0 {
            // A frame: its four sides.
            if elements <= 6 && path.segments().all(|segment| matches!(segment, kurbo::PathSeg::Line(_))) {
                for segment in path.segments() {
                    self.rule(transform.transform_rect_bbox(segment.bounding_box()));
                }
            }
            return;
        }
        self.rule(bounds);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let bounds = transform.transform_rect_bbox(Rect::new(0.0, 0.0, image.width().into(), image.height().into()));
        let page = Rect::new(0.0, 0.0, self.width, self.height);
        if bounds.intersect(page).area() > page.area() * 0.3 {
            self.seen.large_pictures += 1;
        }
    }

    fn begin_marked_content(&mut self, tag: &[u8], _: Option<i32>) {
        self.marks.push(tag == b"Artifact");
    }

    fn end_marked_content(&mut self) {
        self.marks.pop();
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
