//! The digest's colours as every page and e-mail uses them: readable in light and in dark.
//!
//! In: [`Colours`] as configured. Out: a [`Palette`] in which every pair that carries text has a contrast of at least
//! 4.5:1 (WCAG 2.2, 1.4.3), and a problem for each colour that had to be moved to get there.

use pulse_model::digest::{Colour, Colours};
use pulse_model::{Problem, ProblemKind};

/// What WCAG 2.2 asks of text of ordinary size (1.4.3, level AA).
const ENOUGH: f64 = 4.5;

/// The colours of one scheme. The names say what they are for, so a template cannot pair them wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// Behind the masthead.
    pub(crate) brand: Colour,
    /// The masthead's text.
    pub(crate) on_brand: Colour,
    /// Links and strong rules.
    pub(crate) accent: Colour,
    /// Around the sheet.
    pub(crate) ground: Colour,
    /// The sheet itself.
    pub(crate) paper: Colour,
    /// Running text.
    pub(crate) text: Colour,
    /// What stands back: publishers, footers.
    pub(crate) muted: Colour,
    /// Thin rules, which carry no meaning of their own.
    pub(crate) rule: Colour,
}

/// Both schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    pub(crate) light: Scheme,
    pub(crate) dark: Scheme,
}

impl Palette {
    /// The digest's colours, moved where they would be hard to read.
    pub(crate) fn of(colours: &Colours) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut readable = |name: &str, wanted: Colour, behind: &[Colour]| {
            let colour = readable(wanted, behind);
            if colour != wanted {
                let message = format!("the colour {name} ({wanted}) has a contrast below {ENOUGH}:1; {colour} is used instead");
                problems.push(Problem::new(ProblemKind::HardToRead, message));
            }
            colour
        };
        let light = Scheme {
            brand: colours.brand,
            on_brand: readable("on_brand over brand", colours.on_brand, &[colours.brand]),
            accent: readable("accent", colours.accent, &[LIGHT.paper, LIGHT.ground]),
            ..LIGHT
        };
        let dark = Scheme {
            brand: colours.brand_dark,
            on_brand: readable("on_brand over brand_dark", colours.on_brand, &[colours.brand_dark]),
            accent: readable("accent_dark", colours.accent_dark, &[DARK.paper, DARK.ground]),
            ..DARK
        };
        (Self { light, dark }, problems)
    }
}

const fn colour(hex: u32) -> Colour {
    let [_, red, green, blue] = hex.to_be_bytes();
    Colour { red, green, blue }
}

/// What no digest chooses: paper, ink and rules. Brand and accent are placeholders that [`Palette::of`] replaces.
const LIGHT: Scheme = Scheme {
    brand: colour(0),
    on_brand: colour(0),
    accent: colour(0),
    ground: colour(0xf0_f3f5),
    paper: colour(0xff_ffff),
    text: colour(0x1d_2529),
    muted: colour(0x52_5f66),
    rule: colour(0xd6_dde1),
};

/// The paper is the `#121212` against which a digest's `accent_dark` is chosen.
const DARK: Scheme = Scheme {
    brand: colour(0),
    on_brand: colour(0),
    accent: colour(0),
    ground: colour(0x05_0606),
    paper: colour(0x12_1212),
    text: colour(0xe4_e7e9),
    muted: colour(0xa6_b0b5),
    rule: colour(0x39_4044),
};

/// The nearest colour, on the way to black or to white, that stands out from everything behind it. One of the two
/// always does so from a single colour: no colour is closer than 4.58:1 to both.
fn readable(wanted: Colour, behind: &[Colour]) -> Colour {
    let enough = |colour: Colour| behind.iter().all(|&other| colour.contrast(other) >= ENOUGH);
    (0..=100u8).flat_map(|percent| [mixed(wanted, 0x00, percent), mixed(wanted, 0xff, percent)]).find(|&colour| enough(colour)).unwrap_or(wanted)
}

/// `percent` of the way from `from` to the grey with every channel at `to`.
fn mixed(from: Colour, to: u8, percent: u8) -> Colour {
    let share = u16::from(percent);
    let channel = |value: u8| ((u16::from(value) * (100 - share) + u16::from(to) * share) / 100) as u8;
    Colour { red: channel(from.red), green: channel(from.green), blue: channel(from.blue) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_that_carries_text_can_be_read() {
        for hex in [0x00_0000, 0xff_ffff, 0x80_8080, 0x77_7777, 0xff_ff00, 0x12_495a, 0xc0_ffee] {
            let any = colour(hex);
            let colours = Colours { brand: any, on_brand: any, accent: any, brand_dark: any, accent_dark: any };
            let (palette, _) = Palette::of(&colours);
            for scheme in [palette.light, palette.dark] {
                assert!(scheme.on_brand.contrast(scheme.brand) >= ENOUGH, "{any} on its brand");
                for ink in [scheme.accent, scheme.text, scheme.muted] {
                    assert!(ink.contrast(scheme.paper) >= ENOUGH, "{ink} on {}", scheme.paper);
                    assert!(ink.contrast(scheme.ground) >= ENOUGH, "{ink} on {}", scheme.ground);
                }
            }
        }
    }

    #[test]
    fn good_colours_stay_and_bad_ones_are_reported() {
        let (palette, problems) = Palette::of(&Colours::default());
        assert_eq!((palette.light.accent, problems), (Colours::default().accent, Vec::new()));
        let (palette, problems) = Palette::of(&Colours { accent: colour(0xff_d700), ..Colours::default() });
        assert_ne!(palette.light.accent, colour(0xff_d700));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.contains("#ffd700"), "{}", problems[0].message);
    }
}
