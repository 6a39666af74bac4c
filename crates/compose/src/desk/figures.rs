//! Figures that no document of the publication says.

use pulse_model::figure;
use pulse_model::trace::Tracing;

use super::copy::{Copy, Item, about};
use super::query::{Part, Query};
use super::rule::Rule;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    let mut unchecked: Vec<&Item<'_>> = Vec::new();
    for item in &copy.entries {
        let evidence = copy.known.entries.get(item.entry.slug.as_str()).and_then(|known| known.evidence);
        let Some(evidence) = evidence else {
            if copy.texts_of(&item.part).any(|line| !figure::find(&line.plain).is_empty()) {
                unchecked.push(item);
            }
            continue;
        };
        for line in copy.texts_of(&item.part) {
            let places = figure::find_in_place(&line.plain).into_iter().map(|(range, _)| range);
            for (range, traced) in places.zip(evidence.trace(&line.plain)) {
                let wording = &traced.figure.wording;
                if let Tracing::Untraced { nearest } = &traced.tracing {
                    let nearest = nearest.as_ref().map(|passage| format!(" The nearest is \u{201c}{}\u{201d}.", shortened(&passage.quote)));
                    let message = format!(
                        "No document of the publication says \u{201c}{wording}\u{201d}, and it does not follow from one.{} Check it against the source.",
                        nearest.unwrap_or_default()
                    );
                    queries.push(line.query(Rule::FIGURE_UNTRACED, range, message));
                }
            }
        }
    }
    queries.extend(unchecked_query(&unchecked));
    queries
}

/// One query for all entries of which no document is kept: thirty would say no more.
fn unchecked_query(entries: &[&Item<'_>]) -> Option<Query> {
    let (subject, whose) = match entries {
        [] => return None,
        [one] => {
            return Some(about(
                &one.part,
                Rule::FIGURES_UNCHECKED,
                &one.entry.title,
                "No document of the publication is kept, so its figures were not checked. Check them against the source.",
            ));
        }
        many => (format!("{} entries state figures", many.len()), "them"),
    };
    let titles: Vec<&str> = entries.iter().take(3).map(|item| item.entry.title.as_str()).collect();
    let message = format!("{subject} and no document of {whose} is kept, so these figures were not checked. Fetch the documents or check by hand.");
    Some(about(&Part::Edition, Rule::FIGURES_UNCHECKED, &titles.join("; "), message))
}

fn shortened(quote: &str) -> String {
    const MOST: usize = 160;
    match quote.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}\u{2026}", quote[..at].trim_end()),
        None => quote.to_owned(),
    }
}
