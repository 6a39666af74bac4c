//! Readers who do not exist: the same ones every time, as a list that anybody could bring.
//!
//! In: the sectors of a digest and the time. Out: a CSV file for [`crate::readers::import`], and the address of each kind of reader
//! that a list cannot hold. Names are made up; addresses end in `.example`, which nobody can have (RFC 2606).

use jiff::Timestamp;
use pulse_model::Digest;

/// How many there are.
pub const READERS: usize = 500;

const FIRST: [&str; 25] = [
    "Ada", "Bo", "Carys", "Dilys", "Emeka", "Farah", "Gwen", "Hamish", "Imani", "Jago", "Keziah", "Leif", "Mairead", "Nikhil", "Orla", "Piotr", "Quin",
    "Rhian", "Seren", "Tariq", "Una", "Viktor", "Wren", "Yusra", "Zoë",
];
const LAST: [&str; 20] = [
    "Ashdown",
    "Brackwell",
    "Carrow",
    "Dunmore",
    "Ellery",
    "Fenwick",
    "Garside",
    "Hollin",
    "Inskip",
    "Jessop",
    "Kerrow",
    "Lidgett",
    "Marlow",
    "Nunney",
    "Ormside",
    "Penhale",
    "Quarrie",
    "Rosthwaite",
    "Selby-Jones",
    "Tarn",
];
const PLACES: [&str; 9] = [
    "council.port-averly.example",
    "hospital.port-averly.example",
    "library.brackwell.example",
    "charity.example",
    "university.skerrow.example",
    "probation.example",
    "school.carrow.example",
    "trust.hollin.example",
    "post.example",
];

/// What is to happen to a reader before the send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// On the list, and stays.
    Listed,
    /// On the list, and left since.
    Left,
    /// On the list, and takes a break.
    Paused,
    /// On the list, and on the suppression list.
    Suppressed,
    /// Asked for the digest, and has not confirmed it.
    Unconfirmed,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) kind: Kind,
}

/// All of them, in their order.
pub(super) fn people() -> Vec<Person> {
    (0..READERS).map(person).collect()
}

fn person(number: usize) -> Person {
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number / FIRST.len() % LAST.len()]);
    let kind = match number {
        77 => Kind::Suppressed,
        _ if number % 40 == 13 => Kind::Left,
        _ if number % 150 == 31 => Kind::Paused,
        _ if number % 60 == 59 => Kind::Unconfirmed,
        _ => Kind::Listed,
    };
    let local = format!("{first}.{last}").to_lowercase().replace('ë', "e");
    Person { name: format!("{first} {last}"), address: format!("{local}@{}", PLACES[number % PLACES.len()]), kind }
}

/// The list, as somebody would bring it: names, what each reader chose, and when each agreed.
pub(super) fn list(people: &[Person], digest: &Digest, now: i64) -> Result<Vec<u8>, csv::Error> {
    // A list has these two between sectors.
    let sectors: Vec<&str> = digest.sectors.iter().map(|sector| sector.name.as_str()).filter(|name| !name.contains([';', '|'])).collect();
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["email", "name", "language", "sectors", "frequency", "consented_at"])?;
    for (number, person) in people.iter().enumerate().filter(|(_, person)| person.kind != Kind::Unconfirmed) {
        let language = if number % 25 == 3 { "cy" } else { "" };
        let frequency = if number % 22 == 5 { "quarterly" } else { "every-edition" };
        csv.write_record([&person.address, &person.name, language, &choice(number, &sectors), frequency, &agreed(number, now)])?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// Half of them want everything, the others one or two sectors.
fn choice(number: usize, sectors: &[&str]) -> String {
    let wanted = match number % 4 {
        1 => 1,
        3 => 2,
        _ => return String::new(),
    };
    let first = number / 4;
    let chosen: Vec<&str> = (0..wanted.min(sectors.len())).filter_map(|at| sectors.get((first + at) % sectors.len()).copied()).collect();
    chosen.join("; ")
}

/// Between one month and a year and a half ago.
fn agreed(number: usize, now: i64) -> String {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let days = i64::try_from(30 + number).unwrap_or(30);
    Timestamp::from_millisecond(now - days * DAY_MS).map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use pulse_model::{EmailAddress, Slug};

    use super::*;

    #[test]
    fn there_are_five_hundred_and_no_two_share_an_address() {
        let people = people();
        let keys: HashSet<String> = people.iter().map(|person| EmailAddress::parse(&person.address).unwrap().key()).collect();
        assert_eq!(keys.len(), READERS);
        assert!(people.iter().all(|person| person.address.ends_with(".example")));
        let of = |kind| people.iter().filter(|person| person.kind == kind).count();
        assert_eq!([of(Kind::Left), of(Kind::Paused), of(Kind::Suppressed), of(Kind::Unconfirmed)], [13, 4, 1, 8]);
    }

    #[test]
    fn the_list_is_the_same_every_time() {
        let digest = Digest::named(Slug::from_words("Tidemark"), "Tidemark");
        let list = |now| String::from_utf8(list(&people(), &digest, now).unwrap()).unwrap();
        assert_eq!(list(1_790_000_000_000), list(1_790_000_000_000));
        assert_eq!(list(0).lines().count(), 1 + READERS - 8);
    }
}
