//! What triage knows of entries: where the model would file them, and where they were covered before.

use std::collections::HashMap;

use pulse_model::digest::Shape;
use pulse_model::name::fold;

use super::copy::{Copy, Item, about};
use super::query::Query;
use super::rule::Rule;
use super::{EntryKnowledge, Filing};

/// So sure the model has to be before it contradicts an editor.
const SURE: f64 = 0.7;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    for item in &copy.entries {
        let Some(EntryKnowledge { filing, covered, .. }) = copy.known.entries.get(item.entry.slug.as_str()) else { continue };
        queries.extend(filing.as_ref().and_then(|filing| misfiled(copy, item, filing)));
        for covered in covered {
            let message = format!(
                "The edition of {} has this already, as \u{201c}{}\u{201d} ({}). Leave it out, or say what is new.",
                covered.edition, covered.heading, covered.how
            );
            queries.push(about(&item.part, Rule::COVERED_BEFORE, &item.entry.heading(), message));
        }
    }
    queries.extend(twice(copy));
    queries
}

fn misfiled(copy: &Copy<'_>, item: &Item<'_>, filing: &Filing) -> Option<Query> {
    let taxonomy = copy.known.digest.taxonomy();
    let is_same_sector = match (taxonomy.position(item.sector), taxonomy.position(&filing.sector)) {
        (Some(here), Some(there)) => here == there,
        _ => fold(item.sector) == fold(&filing.sector),
    };
    let words: Vec<String> = filing.words.iter().take(3).map(|word| format!("\u{201c}{word}\u{201d}")).collect();
    let because = if words.is_empty() { String::new() } else { format!(", for {}", words.join(", ")) };
    let (place, probability, because) = if !is_same_sector && filing.sector_probability >= SURE {
        (&filing.sector, filing.sector_probability, because)
    } else if is_same_sector && !filing.category.is_empty() && fold(&filing.category) != fold(item.category) && filing.category_probability >= SURE {
        (&filing.category, filing.category_probability, String::new())
    } else {
        return None;
    };
    let filed = if is_same_sector { item.category } else { item.sector };
    let percent = (probability * 100.0).round();
    let message =
        format!("Filed under {filed}; earlier editions would rather have it under {place} ({percent}% likely{because}). Move it, or leave it where it is.");
    Some(about(&item.part, Rule::FILING, &item.entry.heading(), message))
}

/// Entries that the edition has twice: the same address, or the same publisher and title.
fn twice(copy: &Copy<'_>) -> Vec<Query> {
    let mut seen: HashMap<String, &Item<'_>> = HashMap::new();
    let mut queries = Vec::new();
    for item in &copy.entries {
        let title = fold(&item.entry.heading());
        let address = item.entry.links.first().map(|link| link.url.as_str().trim_end_matches('/').to_owned());
        // Lists of links lead to one page for several meetings; there only the heading tells.
        let address = address.filter(|_| copy.known.digest.import.shape == Shape::Entries);
        let first = [Some(title.clone()), address.clone()].into_iter().flatten().find_map(|key| seen.get(&key).copied());
        if let Some(first) = first {
            let message = format!("This edition has the same publication twice; the other is \u{201c}{}\u{201d}. Leave one out.", first.entry.heading());
            queries.push(about(&item.part, Rule::COVERED_BEFORE, &item.entry.heading(), message));
        }
        for key in std::iter::once(title).chain(address) {
            seen.entry(key).or_insert(item);
        }
    }
    queries
}
