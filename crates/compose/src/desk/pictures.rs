//! Pictures without words for those who do not see them.

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
    for line in copy.edition.set_aside.iter().filter(|line| line.text.trim_start().starts_with("![](")) {
        let message =
            format!("A picture on line {} of the file has no words for readers who do not see it, and was left out. Say in the text what it shows.", line.line);
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

fn of<'p>(part: &'p Part, problems: &'p [Problem]) -> impl Iterator<Item = Query> + 'p {
    problems.iter().filter(|problem| problem.kind == ProblemKind::PictureWithoutAlt).map(|problem| {
        let message = format!("A picture has no words for readers who do not see it: {}. Say in the text what it shows, or leave it out.", problem.message);
        about(part, Rule::PICTURE_ALT, &problem.message, message)
    })
}
