//! Pictures without words for those who do not see them.

use pulse_model::name::fold;
use pulse_model::{Problem, ProblemKind};

use super::copy::{Copy, about};
use super::query::{Part, Query};
use super::rule::Rule;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    if let Some(logo) = &copy.known.digest.masthead.logo
        && logo.alt.trim().is_empty()
    {
        let message = "The logo has no words for readers who do not see it and will not be printed. Write what it shows as `alt` in the digest's settings.";
        queries.push(about(&Part::Edition, Rule::PICTURE_ALT, &logo.file, message));
    }
    for line in copy.edition.set_aside.iter().filter(|line| is_picture_without_words(&line.text)) {
        let message =
            format!("A picture on line {} of the file has no words that say what it shows, and was left out. Say in the text what it shows.", line.line);
        queries.push(about(&Part::Edition, Rule::PICTURE_ALT, &line.text, message));
    }
    queries.extend(of(&Part::Edition, &copy.edition.problems));
    for (number, item) in (1..).zip(&copy.edition.news) {
        queries.extend(of(&Part::News { number }, &item.problems));
    }
    for item in &copy.entries {
        queries.extend(of(&item.part, &item.entry.problems));
    }
    queries
}

/// A picture in Markdown or HTML whose words are none, or say no more than that it is a picture: a file's name, "image 2".
fn is_picture_without_words(line: &str) -> bool {
    const PICTURES: [&str; 14] =
        ["image", "picture", "photo", "photograph", "img", "dsc", "screenshot", "chart", "graph", "figure", "logo", "icon", "graphic", "untitled"];
    let line = line.trim();
    let in_html = || {
        let rest = line.get(..4).filter(|tag| tag.eq_ignore_ascii_case("<img")).and(line.get(4..))?;
        Some(rest.split_once("alt=\"").and_then(|(_, alt)| alt.split_once('"')).map_or("", |(alt, _)| alt))
    };
    let Some(words) = line.strip_prefix("![").map(|rest| rest.split("](").next().unwrap_or("")).or_else(in_html) else { return false };
    let words = words.trim().to_lowercase();
    let is_file = [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"].iter().any(|ending| words.ends_with(ending)) && !words.contains(' ');
    let folded = fold(&words);
    let says_picture = folded.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).all(|word| PICTURES.contains(&word));
    words.is_empty() || is_file || says_picture
}

fn of<'p>(part: &'p Part, problems: &'p [Problem]) -> impl Iterator<Item = Query> + 'p {
    let is_picture = |problem: &&Problem| match problem.kind {
        ProblemKind::PictureWithoutAlt => true,
        ProblemKind::MarkupDropped => problem.message.find("<img").is_some_and(|at| is_picture_without_words(&problem.message[at..])),
        _ => false,
    };
    problems.iter().filter(is_picture).map(|problem| {
        let message = format!("A picture has no words for readers who do not see it: {}. Say in the text what it shows, or leave it out.", problem.message);
        about(part, Rule::PICTURE_ALT, &problem.message, message)
    })
}
