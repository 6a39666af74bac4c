//! Names of organisations in running text.

/// Small words inside a name: "Department for Levelling Up", "Society of Directors".
const INSIDE: [&str; 8] = ["of", "for", "and", "the", "in", "on", "&", "at"];

/// The name that a text begins with, after an article: its capitalised words and the small ones between them. Empty where it begins
/// with none.
///
/// An "and" joins the words of a name as well as two names; the longest reading is given.
pub(super) fn name_at(text: &str) -> &str {
    let text = text.trim_start();
    let start = ["the ", "The ", "a ", "an "].iter().find(|article| text.starts_with(**article)).map_or(0, |article| article.len());
    let text = &text[start..];
    let mut end = 0;
    for (at, word) in
        text.match_indices(|c: char| !c.is_whitespace()).filter(|(at, _)| *at == 0 || text[..*at].ends_with(char::is_whitespace)).map(|(at, _)| {
            let rest = &text[at..];
            (at, rest.split_whitespace().next().unwrap_or(""))
        })
    {
        let bare = word.trim_end_matches(['.', ',', ';', ':', ')', '"', '\u{201d}', '?', '!']);
        let is_name = bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) && !(at == 0 && bare.starts_with(|c: char| c.is_ascii_digit()));
        if is_name {
            end = at + bare.len();
        } else if !INSIDE.contains(&bare) || at == 0 {
            break;
        }
        if bare.len() < word.len() {
            break;
        }
    }
    text[..end].trim_end_matches(['\'', '\u{2019}']).trim_end_matches("'s").trim_end_matches("\u{2019}s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_name_ends() {
        assert_eq!(name_at("the University of Calderby, which"), "University of Calderby");
        assert_eq!(name_at("Council for Family Support and others"), "Council for Family Support");
        assert_eq!(name_at("people in care"), "");
        assert_eq!(name_at("the Lorne Trust's team"), "Lorne Trust");
    }
}
