//! Whether a rule can be kept: before it is, somebody reads what is wrong with it.

use pulse_model::digest::Taxonomy;
use pulse_model::rule::Action;
use pulse_model::{Register, Rule};

/// What is wrong with a rule, each a lower-case fragment that says what to do: a pattern that cannot be used, a sector or category that
/// the taxonomy does not have. Nothing where it can be kept.
pub fn check(rule: &Rule, taxonomy: &Taxonomy, register: &Register) -> Vec<String> {
    let mut wrong: Vec<String> = super::tests(rule, register).err().into_iter().collect();
    if let Action::File { sector, category } = &rule.then {
        wrong.extend(unknown_place(sector, category, taxonomy));
    }
    wrong
}

fn unknown_place(sector: &str, category: &str, taxonomy: &Taxonomy) -> Option<String> {
    let Taxonomy(sectors) = taxonomy;
    if !sector.is_empty() {
        let Some(known) = taxonomy.sector(sector) else {
            return Some(format!("there is no sector \u{201c}{sector}\u{201d}; there are {}", listed(sectors.iter().map(|sector| sector.name.as_str()))));
        };
        let is_known = category.is_empty() || known.position(category).is_some();
        return (!is_known).then(|| {
            format!(
                "there is no category \u{201c}{category}\u{201d} in \u{201c}{}\u{201d}; there are {}",
                known.name,
                listed(known.categories.iter().map(String::as_str))
            )
        });
    }
    let is_known = category.is_empty() || sectors.iter().any(|sector| sector.position(category).is_some());
    (!is_known).then(|| {
        let mut names: Vec<&str> = Vec::new();
        for name in sectors.iter().flat_map(|sector| &sector.categories) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        format!("there is no category \u{201c}{category}\u{201d}; there are {}", listed(names.into_iter()))
    })
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("\u{201c}{name}\u{201d}")).collect();
    if names.is_empty() { "none yet".to_owned() } else { names.join(", ") }
}
