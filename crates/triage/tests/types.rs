//! The table of types against the files it was made from, read in place.

use std::collections::BTreeMap;

use pulse_triage::types::{OTHER, category, purpose};

/// `name of a grouping → document type → group`, from the lines of `supertypes.yml`, told by their indentation.
fn groupings(yaml: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let (mut grouping, mut group) = (String::new(), String::new());
    for line in yaml.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if !line.starts_with(' ') && line.ends_with(':') {
            grouping = line.trim_end_matches(':').to_owned();
        } else if let Some(id) = line.trim_start().strip_prefix("- id:") {
            group = id.trim().trim_matches('"').to_owned();
        } else if let Some(document_type) = line.trim_start().strip_prefix("- ") {
            all.entry(grouping.clone()).or_default().insert(document_type.trim().to_owned(), group.clone());
        }
    }
    all
}

#[test]
fn types_belong_to_the_groups_of_the_source() {
    let Some(folder) = pulse_testkit::corpus::folder("govuk") else { return };
    let groupings = groupings(&std::fs::read_to_string(folder.join("supertypes.yml")).unwrap());
    let (supergroups, subgroups) = (&groupings["content_purpose_supergroup"], &groupings["content_purpose_subgroup"]);
    assert!(supergroups.len() > 70);
    assert_eq!(supergroups.keys().collect::<Vec<_>>(), subgroups.keys().collect::<Vec<_>>());
    for (document_type, supergroup) in supergroups {
        let purpose = purpose(document_type);
        assert_eq!((purpose.supergroup, purpose.subgroup), (supergroup.as_str(), subgroups[document_type].as_str()), "{document_type}");
    }
    // All other types that any grouping knows belong to none of these.
    for document_type in groupings.values().flat_map(|types| types.keys()).filter(|name| !supergroups.contains_key(*name)) {
        assert_eq!(purpose(document_type), OTHER, "{document_type}");
    }
}

#[test]
fn subgroups_lie_in_the_supergroups_of_the_source() {
    let Some(folder) = pulse_testkit::corpus::folder("govuk") else { return };
    let yaml = std::fs::read_to_string(folder.join("supergroups.yml")).unwrap();
    let groupings = groupings(&yaml);
    let of_source = &groupings["content_purpose_supergroup"];
    assert!(of_source.len() > 10);
    let types = std::fs::read_to_string(folder.join("supertypes.yml")).unwrap();
    let known = types.lines().filter_map(|line| line.trim_start().strip_prefix("- ")).map(purpose).filter(|purpose| *purpose != OTHER);
    for purpose in known {
        assert_eq!(of_source[purpose.subgroup], purpose.supergroup);
    }
}

#[test]
fn printed_names_are_understood() {
    let names = ["Policy paper", "Research and analysis", "Statutory guidance", "Official statistics", "FOI release", "Press release", "Transparency data"];
    let found: Vec<_> = names.iter().map(|name| category(name).map(pulse_triage::types::Category::name)).collect();
    assert_eq!(found, [Some("Briefings"), Some("Reports"), Some("Tools and guidance"), Some("Reports"), None, None, Some("Reports")]);
}
