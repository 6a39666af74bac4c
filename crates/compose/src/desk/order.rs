//! Sectors and categories against the taxonomy.

use pulse_model::digest::TaxonomySector;
use pulse_model::edition::{Category, Sector};
use pulse_model::name::fold;

use super::copy::{Copy, about};
use super::query::{Part, Query};
use super::rule::Rule;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let taxonomy = copy.known.digest.taxonomy();
    if taxonomy.0.is_empty() {
        return Vec::new();
    }
    let mut queries = Vec::new();
    let mut entry = 0;
    let mut reached: Option<(usize, &str)> = None;
    for sector in &copy.edition.sectors {
        let part = part_of(copy, entry);
        match taxonomy.position(&sector.name) {
            None => queries.push(about(&part, Rule::ORDER, &sector.name, unknown("sector", &sector.name))),
            Some(at) => {
                queries.extend(out_of_order(&part, "sector", at, &sector.name, &mut reached));
            }
        }
        categories(copy, sector, taxonomy.sector(&sector.name), &mut entry, &mut queries);
    }
    queries
}

fn categories(copy: &Copy<'_>, sector: &Sector, known: Option<&TaxonomySector>, entry: &mut usize, queries: &mut Vec<Query>) {
    let mut reached: Option<(usize, &str)> = None;
    for category in &sector.categories {
        let part = part_of(copy, *entry);
        *entry += category.entries.len();
        let Some(known) = known.filter(|known| !known.categories.is_empty() && !category.name.is_empty()) else { continue };
        match known.position(&category.name) {
            None => queries.push(about(&part, Rule::ORDER, &category.name, unknown(&format!("category of {}", sector.name), &category.name))),
            Some(at) => queries.extend(out_of_order(&part, "category", at, &category.name, &mut reached)),
        }
    }
    // Two headings of one name with nothing between them to tell them apart.
    let names: Vec<String> = sector.categories.iter().map(|category: &Category| fold(&category.name)).collect();
    for (at, name) in names.iter().enumerate().skip(1) {
        if names[..at].contains(name) {
            let before: usize = sector.categories[..at].iter().map(|category| category.entries.len()).sum();
            let start = *entry - sector.categories.iter().map(|category| category.entries.len()).sum::<usize>();
            let message = format!("{} has the category \u{201c}{}\u{201d} twice. Put its entries together.", sector.name, sector.categories[at].name);
            queries.push(about(&part_of(copy, start + before), Rule::ORDER, &sector.categories[at].name, message));
        }
    }
}

/// The entry with this number, from 0; the edition where there is none.
fn part_of(copy: &Copy<'_>, entry: usize) -> Part {
    copy.entries.get(entry).map_or(Part::Edition, |item| item.part.clone())
}

fn unknown(kind: &str, name: &str) -> String {
    format!("\u{201c}{name}\u{201d} is no {kind} of the taxonomy. File its entries under one that is, or add it to the digest.")
}

/// A query where something stands behind what it belongs before; else remembers how far the order has come.
fn out_of_order<'a>(part: &Part, kind: &str, at: usize, name: &'a str, reached: &mut Option<(usize, &'a str)>) -> Option<Query> {
    match *reached {
        Some((before, other)) if before > at => {
            let message = format!("The {kind} \u{201c}{name}\u{201d} comes before \u{201c}{other}\u{201d} in the taxonomy. Change the order.");
            Some(about(part, Rule::ORDER, name, message))
        }
        _ => {
            *reached = Some((at, name));
            None
        }
    }
}
