//! Packs two lists of words for the copy desk into one small file: known misspellings with what was meant (`typos-dict`), and
//! American spellings that no form of British English has, with the British one (`varcon`). Linked as they are, the crates' tables
//! would take more than ten megabytes of the program.
//!
//! A line is a word, `-` or `a` for which list it is from, and the words to put instead, with tabs between; sorted by word.

#![expect(clippy::unwrap_used, reason = "where a build script cannot go on, the build must stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use varcon::Category::{American, BritishIse, BritishIze};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let american = american();
    let british = |word: &&'static str| american.get(word).copied().unwrap_or(word);
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for (word, meant) in typos_dict::WORD.map.entries() {
        let meant: Vec<&str> = meant.iter().map(british).collect();
        let word = word.into_inner();
        // What is an error for some is the British spelling for others.
        if !meant.is_empty() && !meant.contains(&word) {
            lines.insert(word.to_owned(), format!("{word}\t-\t{}\n", meant.join("\t")));
        }
    }
    for (word, meant) in &american {
        lines.insert((*word).to_owned(), format!("{word}\ta\t{meant}\n"));
    }
    let folder = std::env::var_os("OUT_DIR").unwrap();
    let file = std::fs::File::create(Path::new(&folder).join("misspellings.deflate")).unwrap();
    let mut packed = DeflateEncoder::new(file, Compression::best());
    lines.values().for_each(|line| packed.write_all(line.as_bytes()).unwrap());
    packed.finish().unwrap();
}

/// American spellings that are nowhere a British one, with the British one.
fn american() -> BTreeMap<&'static str, &'static str> {
    let is_british = |variant: &varcon::Variant| variant.types.iter().any(|kind| matches!(kind.category, BritishIse | BritishIze));
    let variants = || varcon::VARCON.iter().flat_map(|cluster| cluster.entries).flat_map(|entry| entry.variants);
    let british: BTreeSet<&str> = variants().filter(|variant| is_british(variant)).map(|variant| variant.word).collect();
    let mut found = BTreeMap::new();
    for entry in varcon::VARCON.iter().flat_map(|cluster| cluster.entries) {
        let first = |category| entry.variants.iter().find(|variant| variant.types.iter().any(|kind| kind.category == category && kind.tag.is_none()));
        if let (Some(from), Some(to)) = (first(American), first(BritishIse)) {
            // "check" is American for "cheque", and British for something else.
            if !british.contains(from.word) && entry.description.is_none() && entry.note.is_none() {
                found.insert(from.word, to.word);
            }
        }
    }
    found
}
