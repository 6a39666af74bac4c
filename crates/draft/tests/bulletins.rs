//! Where a publisher lists its main points, the findings are these points, whole and in order. Bulletins are read in place.

#[path = "support/bulletin.rs"]
mod bulletin;

use std::error::Error;

use pulse_draft::findings;
use pulse_model::Sourced;

type Outcome = Result<(), Box<dyn Error>>;

/// For each bulletin with a list of points, its name and whether the findings are these.
fn compare(is_hidden: bool) -> Result<Vec<(String, bool)>, Box<dyn Error>> {
    let Some(folder) = pulse_testkit::corpus::folder("ons") else { return Ok(Vec::new()) };
    let mut compared = Vec::new();
    for file in bulletin::files(&folder)? {
        let bulletin = bulletin::read(&file, is_hidden)?;
        if bulletin.points.is_empty() {
            continue;
        }
        let sourced = [Sourced { address: "https://figures.example/", document: &bulletin.document }];
        let found: Vec<String> = findings(&bulletin.title, &sourced, 10).iter().map(|point| point.text.plain()).collect();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        compared.push((name, found == bulletin.points));
    }
    Ok(compared)
}

#[test]
fn a_list_of_points_is_taken_whole_and_in_order() -> Outcome {
    let compared = compare(false)?;
    let wrong: Vec<_> = compared.iter().filter(|(_, is_same)| !is_same).map(|(name, _)| name).collect();
    assert!(wrong.len() * 20 <= compared.len(), "{} of {}: {wrong:#?}", wrong.len(), compared.len());
    Ok(())
}

/// The comparison can fail: without its list, no bulletin has these points.
#[test]
fn without_the_list_nothing_is_the_same() -> Outcome {
    assert!(compare(true)?.iter().all(|(_, is_same)| !is_same));
    Ok(())
}
