//! How a printed name finds its publisher: the rules, without the SQL.

use pulse_model::Publisher;
use pulse_model::name::fold;
use pulse_model::publisher::{FormerName, split_abbreviation};
use sha2::{Digest as _, Sha256};

/// An index holds no longer keys on PostgreSQL than about 2,700 bytes; names longer than this are told apart by a hash.
const MAX_KEY_LEN: usize = 500;

/// What two spellings of one name share: its folded form, or the name itself where nothing of it is a letter or digit.
pub(crate) fn key(name: &str) -> String {
    let folded = match fold(name) {
        folded if folded.is_empty() => name.trim().to_lowercase(),
        folded => folded,
    };
    if folded.len() <= MAX_KEY_LEN {
        return folded;
    }
    let hash: String = Sha256::digest(&folded).iter().map(|byte| format!("{byte:02x}")).collect();
    let start = folded.char_indices().map(|(at, _)| at).take_while(|at| *at <= MAX_KEY_LEN - hash.len()).last().unwrap_or(0);
    folded[..start].to_owned() + &hash
}

/// The keys to look a printed name up by, the first that is known wins. The abbreviation of "Council (CFS)" is not
/// among them: organisations share abbreviations, and the long name says which is meant.
pub(crate) fn lookup_keys(printed: &str) -> [String; 2] {
    [key(printed), key(split_abbreviation(printed).0)]
}

/// The publisher that a printed name makes when nobody has it.
pub(crate) fn publisher(printed: &str) -> Publisher {
    let (name, short) = split_abbreviation(printed);
    Publisher { abbreviations: short.map(str::to_owned).into_iter().collect(), ..Publisher::named(name) }
}

/// Adds the names, and the homepage, that `publisher` lacks and `other` has; what it has stays as it is. A name that
/// `other` prefers becomes a former one, because both cannot be preferred.
pub(crate) fn gain(publisher: &mut Publisher, other: &Publisher) {
    for abbreviation in &other.abbreviations {
        if !has(publisher, abbreviation) {
            publisher.abbreviations.push(abbreviation.clone());
        }
    }
    gain_former(publisher, FormerName { name: other.name.clone(), until: None });
    other.former_names.iter().for_each(|former| gain_former(publisher, former.clone()));
    publisher.homepage = publisher.homepage.take().or_else(|| other.homepage.clone());
}

/// Adds every name of `other`, which is no longer a publisher of its own, as a former name.
pub(crate) fn absorb(publisher: &mut Publisher, other: &Publisher) {
    let undated = std::iter::once(&other.name).chain(&other.abbreviations).map(|name| FormerName { name: name.clone(), until: None });
    undated.chain(other.former_names.iter().cloned()).for_each(|former| gain_former(publisher, former));
    publisher.homepage = publisher.homepage.take().or_else(|| other.homepage.clone());
}

fn gain_former(publisher: &mut Publisher, former: FormerName) {
    if !has(publisher, &former.name) {
        publisher.former_names.push(former);
    }
}

fn has(publisher: &Publisher, name: &str) -> bool {
    let wanted = key(name);
    publisher.names().any(|name| key(name) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bounded_and_tell_names_apart() {
        assert_eq!(key("Harbour & Quay Trust"), key("harbour and quay trust"));
        assert_ne!(key("***"), key("`"));
        let (long, longer) = ("ß long name ".repeat(300), "ß long name ".repeat(301));
        assert!(key(&long).len() <= MAX_KEY_LEN);
        assert_ne!(key(&long), key(&longer));
    }

    #[test]
    fn an_abbreviation_in_brackets_does_not_decide() {
        let keys = lookup_keys("Council for Family Support (CFS)");
        assert_eq!(keys, ["council for family support cfs", "council for family support"]);
    }

    #[test]
    fn gaining_keeps_what_is_there() {
        let mut kept = Publisher { abbreviations: vec!["QHI".into()], ..Publisher::named("Quay Health Institute") };
        gain(&mut kept, &Publisher { abbreviations: vec!["qhi".into(), "QH".into()], ..Publisher::named("Institute of Quay Health") });
        assert_eq!(kept.name, "Quay Health Institute");
        assert_eq!(kept.abbreviations, ["QHI", "QH"]);
        assert_eq!(kept.former_names, [FormerName { name: "Institute of Quay Health".into(), until: None }]);
    }
}
