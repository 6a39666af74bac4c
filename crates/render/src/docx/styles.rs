//! The styles and lists of the document, under the names that Word gives them in every language.

use docx_rs::{
    AbstractNumbering, BorderType, Docx, IndentLevel, Level, LevelJc, LevelText, LineSpacing, LineSpacingType, NumberFormat, Numbering, ParagraphBorder,
    ParagraphBorderPosition, ParagraphBorders, ParagraphProperty, RunFonts, SpecialIndentType, Start, Style, StyleType,
};

use crate::colours::Scheme;
use pulse_model::digest::Colour;

pub(super) const TITLE: &str = "Title";
pub(super) const SUBTITLE: &str = "Subtitle";
pub(super) const TAGLINE: &str = "Tagline";
pub(super) const LOGO: &str = "Logo";
pub(super) const TEXT: &str = "BodyText";
pub(super) const SMALL: &str = "SmallText";
pub(super) const IMPRINT: &str = "Imprint";
pub(super) const FOOTER: &str = "Footer";
pub(super) const LINK: &str = "Hyperlink";
pub(super) const CODE: &str = "CodeCharacter";

/// The numbering of every bulleted list. Number 1 is one that the library brings.
pub(super) const BULLETS: usize = 2;
/// The form that every numbered list has a numbering of its own of.
pub(super) const NUMBERS: usize = 3;
/// The numbering of the first numbered list.
pub(super) const FIRST_NUMBERING: usize = 4;

/// The style of a heading; there are four levels.
pub(super) fn heading(level: usize) -> &'static str {
    ["Heading1", "Heading2", "Heading3", "Heading4"][level.clamp(1, 4) - 1]
}

/// The style of an item of a list at depth 0 or 1.
pub(super) fn list(ordered: bool, depth: usize) -> &'static str {
    match (ordered, depth) {
        (false, 0) => "ListBullet",
        (false, _) => "ListBullet2",
        (true, 0) => "ListNumber",
        (true, _) => "ListNumber2",
    }
}

/// The style of a further paragraph of an item.
pub(super) fn list_continue(depth: usize) -> &'static str {
    if depth == 0 { "ListContinue" } else { "ListContinue2" }
}

/// Adds styles, numberings and the document's defaults.
pub(super) fn add(document: Docx, scheme: &Scheme) -> Docx {
    let serif = RunFonts::new().ascii("Georgia").hi_ansi("Georgia").cs("Georgia");
    let document = document.default_fonts(serif).default_size(21);
    let styles = masthead(scheme).into_iter().chain(headings(scheme)).chain(texts(scheme)).chain(lists(scheme));
    let document = styles.fold(document, Docx::add_style);
    document
        .add_abstract_numbering(levels(BULLETS, &[("bullet", "•"), ("bullet", "–")]))
        .add_abstract_numbering(levels(NUMBERS, &[("decimal", "%1."), ("decimal", "%2.")]))
        .add_numbering(Numbering::new(BULLETS, BULLETS))
}

/// Distances in twentieths of a point; lines at 120 %.
fn spaced(before: u32, after: u32) -> ParagraphProperty {
    ParagraphProperty::new().line_spacing(LineSpacing::new().before(before).after(after).line(288).line_rule(LineSpacingType::Auto)).widow_control(true)
}

fn style(id: &str, name: &str, property: ParagraphProperty) -> Style {
    let mut style = Style::new(id, StyleType::Paragraph).name(name).based_on("Normal");
    style.paragraph_property = property;
    style
}

fn hex(colour: Colour) -> String {
    colour.to_string().trim_start_matches('#').to_owned()
}

/// A strong line above or below.
fn rule(position: ParagraphBorderPosition, scheme: &Scheme) -> ParagraphBorders {
    ParagraphBorders::with_empty().set(ParagraphBorder::new(position).val(BorderType::Single).size(18).space(8).color(hex(scheme.brand)))
}

fn sans() -> RunFonts {
    RunFonts::new().ascii("Calibri").hi_ansi("Calibri").cs("Calibri")
}

fn masthead(scheme: &Scheme) -> Vec<Style> {
    vec![
        style(LOGO, "Logo", spaced(0, 240)),
        style(TITLE, "Title", spaced(0, 0).keep_next(true)).size(68).bold().color(hex(scheme.accent)),
        style(SUBTITLE, "Subtitle", spaced(0, 60).keep_next(true)).size(28).color(hex(scheme.text)),
        style(TAGLINE, "Tagline", spaced(0, 320).set_borders(rule(ParagraphBorderPosition::Bottom, scheme))).size(23).italic().color(hex(scheme.muted)),
    ]
}

fn headings(scheme: &Scheme) -> Vec<Style> {
    // Word takes a sector to the next page sooner than leave its name at the foot of one.
    let heading = |level: usize, before, after, size| {
        let property = spaced(before, after).keep_next(true).keep_lines(true).outline_lvl(level - 1);
        style(heading(level), &format!("heading {level}"), property).next(TEXT).size(size)
    };
    vec![
        heading(1, 560, 160, 40).bold().color(hex(scheme.accent)),
        heading(2, 360, 100, 24).fonts(sans()).bold().color(hex(scheme.text)),
        heading(3, 300, 80, 24).bold().color(hex(scheme.accent)),
        heading(4, 240, 80, 22).bold().color(hex(scheme.accent)),
    ]
}

fn texts(scheme: &Scheme) -> Vec<Style> {
    let character = |id: &str, name: &str| Style::new(id, StyleType::Character).name(name);
    vec![
        style(TEXT, "Body Text", spaced(0, 140)).color(hex(scheme.text)),
        style(SMALL, "Small Text", spaced(0, 60)).size(19).color(hex(scheme.muted)),
        style(IMPRINT, "Imprint", spaced(640, 60).set_borders(rule(ParagraphBorderPosition::Top, scheme))).size(19).bold().color(hex(scheme.muted)),
        style(FOOTER, "footer", spaced(0, 0)).size(17).color(hex(scheme.muted)),
        character(LINK, "Hyperlink").color(hex(scheme.accent)).underline("single"),
        character(CODE, "Code Character").fonts(RunFonts::new().ascii("Consolas").hi_ansi("Consolas").cs("Consolas")),
    ]
}

fn lists(scheme: &Scheme) -> Vec<Style> {
    let item = |id, name| style(id, name, spaced(0, 80)).color(hex(scheme.text));
    let further = |id, name, depth| style(id, name, spaced(0, 80).indent(Some(indent(depth)), None, None, None)).color(hex(scheme.text));
    vec![
        item("ListBullet", "List Bullet"),
        item("ListBullet2", "List Bullet 2"),
        item("ListNumber", "List Number"),
        item("ListNumber2", "List Number 2"),
        further("ListContinue", "List Continue", 0),
        further("ListContinue2", "List Continue 2", 1),
    ]
}

/// How far the words of an item stand from the margin, in twentieths of a point.
fn indent(depth: usize) -> i32 {
    if depth == 0 { 340 } else { 680 }
}

fn levels(id: usize, forms: &[(&str, &str)]) -> AbstractNumbering {
    forms.iter().enumerate().fold(AbstractNumbering::new(id), |numbering, (depth, (format, text))| {
        let level = Level::new(IndentLevel::new(depth).val, Start::new(1), NumberFormat::new(*format), LevelText::new(*text), LevelJc::new("left"));
        numbering.add_level(level.indent(Some(indent(depth)), Some(SpecialIndentType::Hanging(340)), None, None))
    })
}
