//! Raised digits: how a reference to a note stands in a text. "2023" with note 4 is `2023⁴`, because "20234" would be another number.

/// The raised form of a digit; anything else as it is.
pub(crate) fn raised(letter: char) -> char {
    match letter {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => char::from_u32(0x2070 + u32::from(letter) - u32::from('0')).unwrap_or(letter),
        other => other,
    }
}

/// A raised digit as a digit; none of anything else.
pub(crate) fn lowered(letter: char) -> Option<char> {
    let digit = match letter {
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁰' | '⁴'..='⁹' => u32::from(letter) - 0x2070,
        _ => return None,
    };
    char::from_digit(digit, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_raised_and_lowered_again() {
        for digit in '0'..='9' {
            assert_ne!(raised(digit), digit);
            assert_eq!(lowered(raised(digit)), Some(digit));
        }
        assert_eq!((raised('*'), lowered('4')), ('*', None));
    }
}
