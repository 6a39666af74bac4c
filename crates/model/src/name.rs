//! Comparing names the way a person does: without regard to case, quotes, dashes, ampersands and punctuation.

/// The form two spellings of one name share.
///
/// ```
/// use pulse_model::name::fold;
/// assert_eq!(fold("Children & Young People\u{2019}s  Services:"), fold("children and young people's services"));
/// ```
pub fn fold(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    let mut gap = false;
    let mut add = |c: char, gap: &mut bool| {
        if *gap && !words.is_empty() {
            words.push(' ');
        }
        *gap = false;
        words.push(c);
    };
    for c in name.chars() {
        match c {
            '&' => {
                gap = true;
                "and".chars().for_each(|c| add(c, &mut gap));
                gap = true;
            }
            // An apostrophe joins; everything else that is no letter or digit separates.
            '\'' | '\u{2019}' | '\u{2018}' | '`' => {}
            c if c.is_ascii_alphanumeric() => add(c.to_ascii_lowercase(), &mut gap),
            c if c.is_alphanumeric() => c.to_lowercase().for_each(|c| add(c, &mut gap)),
            _ => gap = true,
        }
    }
    words
}
