//! The words of an edition, to look for in an output.

use pulse_model::edition::Link;
use pulse_model::name::fold;
use pulse_model::text::is_forbidden;
use pulse_model::{Blocks, Edition, Text};

/// Every piece of text that must stand somewhere, without white space and without characters that nothing may print.
pub(crate) fn of(edition: &Edition) -> Vec<String> {
    let letter = &edition.letter;
    let mut words = Vec::new();
    [&letter.welcome, &letter.highlights, &letter.call_for_contact, &letter.notices].into_iter().for_each(|part| blocks(part, &mut words));
    if let Some(sign_off) = &letter.sign_off {
        words.extend([sign_off.closing.clone(), sign_off.name.clone(), sign_off.role.clone()]);
    }
    letter.contacts.iter().for_each(|contact| text(&contact.text, &mut words));
    for item in &edition.news {
        words.push(item.title.clone());
        labels(&item.links, &item.title, &mut words);
        blocks(&item.body, &mut words);
    }
    for category in edition.sectors.iter().flat_map(|sector| &sector.categories) {
        words.push(category.name.clone());
    }
    words.extend(edition.sectors.iter().map(|sector| sector.name.clone()));
    for entry in edition.entries() {
        words.extend(entry.publishers.iter().cloned());
        words.push(entry.title.clone());
        labels(&entry.links, &entry.heading(), &mut words);
        blocks(&entry.summary, &mut words);
    }
    words.iter().map(|piece| bare(piece)).filter(|piece| !piece.is_empty()).collect()
}

/// Text as it is compared.
pub(crate) fn bare(piece: &str) -> String {
    piece.chars().filter(|c| !c.is_whitespace() && !is_forbidden(*c)).collect()
}

/// A heading stands for the label of its own link if it has the same words.
fn labels(links: &[Link], heading: &str, words: &mut Vec<String>) {
    words.extend(links.iter().enumerate().filter(|(at, link)| *at > 0 || !fold(heading).contains(&fold(&link.text))).map(|(_, link)| link.text.clone()));
}

fn blocks(blocks: &Blocks, words: &mut Vec<String>) {
    blocks.texts().into_iter().for_each(|(_, one)| text(one, words));
}

/// Run by run, because the text part puts a number behind each link.
fn text(text: &Text, words: &mut Vec<String>) {
    words.extend(text.runs().iter().map(|run| run.text.clone()));
}
