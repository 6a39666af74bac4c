//! Paths on GOV.UK, which are names: the page of a publication, whatever view, language or part of it an address leads to.

use url::Url;

/// The path of the publication an address on GOV.UK belongs to; `None` elsewhere, and for files, which have addresses like any other.
///
/// The pages below a publication (its HTML attachments), its translations (`.cy`), its feed (`.atom`) and its description in the
/// content API are the publication's. So is its print view.
///
/// ```
/// # use pulse_triage::identity::govuk::path;
/// let of = |text: &str| path(&text.parse().unwrap());
/// assert_eq!(of("https://www.gov.uk/government/publications/a-plan/a-plan-in-full#part-2").as_deref(), Some("/government/publications/a-plan"));
/// assert_eq!(of("https://example.org/government/publications/a-plan"), None);
/// ```
pub fn path(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") || !matches!(url.host_str()?, "www.gov.uk" | "gov.uk") {
        return None;
    }
    let path = url.path().to_ascii_lowercase();
    let path = path.strip_prefix("/api/content").unwrap_or(&path);
    if path.starts_with("/government/uploads/") || path.starts_with("/api/") || path.starts_with("/search/") {
        return None;
    }
    of_publication(path)
}

/// The path in a `tag:www.gov.uk,2005:/government/…` id, which finders' feeds use.
pub fn path_of_tag(id: &str) -> Option<String> {
    let (authority, path) = id.strip_prefix("tag:")?.split_once(':')?;
    let host = authority.split(',').next()?;
    (host == "www.gov.uk" && path.starts_with('/')).then(|| of_publication(&path.to_ascii_lowercase()))?
}

fn of_publication(path: &str) -> Option<String> {
    let path = path.split(['?', '#']).next()?.trim_end_matches('/');
    let path = path.strip_suffix("/print").unwrap_or(path).trim_end_matches('/');
    let mut parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        // What is announced has its name one step further down than what is published.
        ["", "government", "statistics", "announcements", ..] => parts.truncate(5),
        // "/government/publications/the-plan/the-plan-in-full" is a page of "/government/publications/the-plan".
        ["", "government", "publications" | "statistics" | "consultations" | "calls-for-evidence", ..] => parts.truncate(4),
        _ => {}
    }
    let path = parts.join("/");
    let path = without_ending(&path);
    (path.len() > 1).then(|| path.to_owned())
}

/// Without `.atom` and `.json`, and without the language of a translation: `.cy`, `.pt-br`, `.zh-hk`.
fn without_ending(mut path: &str) -> &str {
    while let Some((stem, ending)) = path.rsplit_once('.') {
        let mut letters = ending.split('-');
        let is_language = letters.next().is_some_and(|word| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
            && letters.all(|word| (2..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if !(is_language || ending == "atom" || ending == "json") || ending.contains('/') {
            break;
        }
        path = stem;
    }
    path
}
