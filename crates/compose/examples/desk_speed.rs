//! How long the copy desk takes with one edition: `desk_speed EDITION DIGEST.toml [WORDS]`.
//!
//! The first check unpacks the misspellings and compiles the patterns, as a check on the command line does; then nine more. Reading the
//! list of words counts too; asking addresses does not.

#![expect(clippy::print_stdout, reason = "an example for the command line, which measures")]

use std::error::Error;
use std::time::Instant;

use pulse_compose::desk::{self, Dictionary, Known};
use pulse_compose::import;
use pulse_model::{Digest, Register};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (file, digest) = (arguments.next().ok_or("no edition")?, arguments.next().ok_or("no digest")?);
    let digest: Digest = toml::from_str(&std::fs::read_to_string(digest)?)?;
    let register = Register::new(digest.publishers.clone());
    let edition = import::read(&std::fs::read(&file)?, &file, std::slice::from_ref(&digest), &register)?.edition;
    let archive = vec![edition.clone(); 12];

    let words = arguments.next();
    let start = Instant::now();
    let dictionary = words.map(std::fs::read_to_string).transpose()?.map(|list| Dictionary::of_words(&list));
    println!("list of words: {:?}", start.elapsed());
    for (name, archive) in [("no archive", &[][..]), ("twelve earlier editions", &archive)] {
        let known = Known { archive, dictionary: dictionary.as_ref(), ..Known::new(&digest, &register) };
        for _ in 0..5 {
            let start = Instant::now();
            let queries = desk::check(&edition, &known).len();
            println!("{} entries, {name}: {queries} queries in {:?}", edition.entries().count(), start.elapsed());
        }
    }
    Ok(())
}
