//! What an address on GOV.UK stands for: a feed, and what to ask the search API for the same.

use url::Url;

/// A channel on the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Scheme, host and port of the site; `/` as path.
    pub(super) origin: Url,
    /// Its feed.
    pub(super) feed: Url,
    /// Parameters of the search API that ask for the same; `None` where it cannot be asked, and the feed is all there is.
    pub(super) filters: Option<Vec<(String, String)>>,
}

/// Pages below these paths are channels of their own: the path, and the search API's filter for the word that follows it.
const LISTS: [(&[&str], &str); 5] = [
    (&["government", "organisations"], "filter_organisations"),
    (&["government", "people"], "filter_people"),
    (&["government", "ministers"], "filter_roles"),
    (&["government", "topical-events"], "filter_topical_events"),
    (&["world"], "filter_world_locations"),
];

/// Finders under `/search/`, and the supergroup each one shows.
const FINDERS: [(&str, Option<&str>); 7] = [
    ("all", None),
    ("research-and-statistics", Some("research_and_statistics")),
    ("policy-papers-and-consultations", Some("policy_and_engagement")),
    ("guidance-and-regulation", Some("guidance_and_regulation")),
    ("news-and-communications", Some("news_and_communications")),
    ("transparency-and-freedom-of-information-releases", Some("transparency")),
    ("services", Some("services")),
];

impl Place {
    /// What an address stands for; `None` where it is not of the web.
    pub(super) fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let origin = url.join("/").ok()?;
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix(".atom").or_else(|| path.strip_suffix(".json")).unwrap_or(path);
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let mut feed = url.clone();
        feed.set_fragment(None);
        // "/government/feed" is a feed without saying so.
        feed.set_path(&if parts == ["government", "feed"] { path.to_owned() } else { format!("{path}.atom") });
        let asked: Vec<(String, String)> = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Some(Self { origin, feed, filters: filters(&parts, &asked) })
    }
}

fn filters(parts: &[&str], asked: &[(String, String)]) -> Option<Vec<(String, String)>> {
    if parts == ["government", "feed"] {
        return of_parameters(asked);
    }
    if let ["search", finder] = parts {
        let (_, supergroup) = FINDERS.iter().find(|(name, _)| name == finder)?;
        let mut filters: Vec<_> = supergroup.iter().map(|group| ("filter_content_purpose_supergroup".to_owned(), (*group).to_owned())).collect();
        filters.extend(of_parameters(asked)?);
        return Some(filters);
    }
    let (slug, above) = parts.split_last()?;
    let (_, filter) = LISTS.iter().find(|(list, _)| *list == above)?;
    // A language at the end names a translation of the same page.
    let slug = slug.split('.').next().unwrap_or(slug);
    Some(vec![((*filter).to_owned(), slug.to_owned())])
}

/// What a finder's own parameters are to the search API; `None` when one of them narrows it in a way that the API has no word for.
fn of_parameters(asked: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let mut filters = Vec::new();
    for (name, value) in asked.iter().filter(|(_, value)| !value.is_empty()) {
        let name = name.split('[').next().unwrap_or(name);
        let filter = match name {
            "organisations" | "departments" => "filter_organisations",
            "people" => "filter_people",
            "roles" => "filter_roles",
            "topical_events" => "filter_topical_events",
            "world_locations" => "filter_world_locations",
            "level_one_taxon" | "level_two_taxon" | "topics" => "filter_part_of_taxonomy_tree",
            "keywords" => "q",
            "order" | "page" | "parent" => continue,
            name if name.starts_with("utm_") => continue,
            _ => return None,
        };
        filters.push((filter.to_owned(), value.clone()));
    }
    // The narrower of two topics is below the wider one.
    if asked.iter().any(|(name, value)| name.starts_with("level_two_taxon") && !value.is_empty()) {
        let wider: Vec<&String> = asked.iter().filter(|(name, _)| name.starts_with("level_one_taxon")).map(|(_, value)| value).collect();
        filters.retain(|(name, value)| name != "filter_part_of_taxonomy_tree" || !wider.contains(&value));
    }
    Some(filters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str) -> (String, Option<String>) {
        let place = Place::of(&url.parse().unwrap()).unwrap();
        let filters = place.filters.map(|filters| filters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"));
        (place.feed.to_string(), filters)
    }

    #[test]
    fn addresses_name_a_feed_and_what_to_search_for() {
        let organisation = ("https://www.gov.uk/government/organisations/home-office.atom".to_owned(), Some("filter_organisations=home-office".to_owned()));
        assert_eq!(place("https://www.gov.uk/government/organisations/home-office"), organisation);
        assert_eq!(place("https://www.gov.uk/government/organisations/home-office.atom"), organisation);
        assert_eq!(place("https://www.gov.uk/government/organisations/home-office/#news"), organisation);
        let finder = place("http://127.0.0.1:8080/search/research-and-statistics?organisations[]=ofsted&order=updated-newest");
        assert_eq!(finder.0, "http://127.0.0.1:8080/search/research-and-statistics.atom?organisations[]=ofsted&order=updated-newest");
        assert_eq!(finder.1.as_deref(), Some("filter_content_purpose_supergroup=research_and_statistics&filter_organisations=ofsted"));
        assert_eq!(place("https://www.gov.uk/government/feed"), ("https://www.gov.uk/government/feed".to_owned(), Some(String::new())));
        assert_eq!(place("https://www.gov.uk/search/all?level_one_taxon=a&level_two_taxon=b").1.as_deref(), Some("filter_part_of_taxonomy_tree=b"));
    }

    #[test]
    fn what_the_search_has_no_word_for_is_left_to_the_feed() {
        assert_eq!(place("https://www.gov.uk/search/all?public_timestamp[from]=2024").1, None);
        assert_eq!(place("https://www.gov.uk/foreign-travel-advice/spain.atom").1, None);
        assert_eq!(Place::of(&"mailto:a@example.org".parse().unwrap()), None);
    }
}
