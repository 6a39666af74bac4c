//! Prints the copy desk's queries about an edition: `desk_report EDITION DIGEST.toml [WORDS]`.

#![expect(clippy::print_stdout, reason = "an example for the command line")]

use std::error::Error;

use pulse_compose::desk::{self, Dictionary, Known};
use pulse_compose::import;
use pulse_model::{Digest, Register};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (file, digest) = (arguments.next().ok_or("no edition")?, arguments.next().ok_or("no digest")?);
    let digest: Digest = toml::from_str(&std::fs::read_to_string(digest)?)?;
    let register = Register::new(digest.publishers.clone());
    let mut edition = import::read(&std::fs::read(&file)?, &file, std::slice::from_ref(&digest), &register)?.edition;
    edition.settle_slugs();
    let dictionary = arguments.next().map(std::fs::read_to_string).transpose()?.map(|list| Dictionary::of_words(&list));
    let known = Known { dictionary: dictionary.as_ref(), ..Known::new(&digest, &register) };
    for query in desk::check(&edition, &known) {
        println!("{:?} {} | {} | {} [{}]", query.severity, query.rule.name(), query.place, query.message, query.place.excerpt);
    }
    Ok(())
}
