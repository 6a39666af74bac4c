//! Which column of a file holds what: by the names that lists usually have for it, or as a person says.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use pulse_model::name::fold;

use super::error::ReadersError;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Where mail goes.
    Address,
    /// What to call the reader.
    Name,
    /// A language tag.
    Language,
    /// Sectors, with `;` or `|` between them.
    Sectors,
    /// How often.
    Frequency,
    /// When the reader agreed.
    ConsentedAt,
    /// Where the reader comes from.
    Source,
}

impl Field {
    /// All there are.
    pub const ALL: [Self; 7] = [Self::Address, Self::Name, Self::Language, Self::Sectors, Self::Frequency, Self::ConsentedAt, Self::Source];

    /// The name on the command line and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Name => "name",
            Self::Language => "language",
            Self::Sectors => "sectors",
            Self::Frequency => "frequency",
            Self::ConsentedAt => "consented_at",
            Self::Source => "source",
        }
    }

    /// What lists call it, folded, the surest first.
    fn usual_names(self) -> &'static [&'static str] {
        match self {
            Self::Address => &["email address", "e mail address", "email", "e mail", "mail", "address", "subscriber"],
            Self::Name => &["name", "full name", "contact name", "display name"],
            Self::Language => &["language", "lang", "locale"],
            Self::Sectors => &["sectors", "sector", "interests", "topics"],
            Self::Frequency => &["frequency", "how often"],
            Self::ConsentedAt => {
                &["consented at", "consent date", "date of consent", "confirm time", "optin time", "opt in date", "opt in time", "subscribed at"]
            }
            Self::Source => &["source", "sign up source", "signup source"],
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|field| fold(field.as_str()) == fold(name));
        found.ok_or_else(|| format!("a reader has no \u{201c}{name}\u{201d}; there is {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Where in a row each field stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// As the first line has them.
    names: Vec<String>,
    places: BTreeMap<Field, Vec<usize>>,
}

impl Columns {
    /// Finds the fields in the first line of a file. `wanted` comes before the usual names; a field that is wanted of several
    /// columns takes them all, in that order.
    pub(super) fn find(names: Vec<String>, wanted: &[(Field, String)]) -> Result<Self, ReadersError> {
        let mut places: BTreeMap<Field, Vec<usize>> = BTreeMap::new();
        let place = |name: &str| names.iter().position(|one| fold(one) == name);
        for (field, name) in wanted {
            let found = names.iter().position(|one| one == name).or_else(|| place(&fold(name)));
            let missing = || ReadersError::NoColumn { field: *field, wanted: name.clone(), columns: names.clone() };
            places.entry(*field).or_default().push(found.ok_or_else(missing)?);
        }
        let is_taken = |places: &BTreeMap<Field, Vec<usize>>, at: usize| places.values().flatten().any(|taken| *taken == at);
        for field in Field::ALL.into_iter().filter(|field| wanted.iter().all(|(one, _)| one != field)) {
            let found = field.usual_names().iter().filter_map(|name| place(name)).find(|at| !is_taken(&places, *at));
            let found = found.map_or_else(Vec::new, |at| vec![at]);
            places.insert(field, if found.is_empty() && field == Field::Name { parts_of_name(&names) } else { found });
        }
        places.retain(|_, places| !places.is_empty());
        if !places.contains_key(&Field::Address) {
            return Err(ReadersError::NoAddress { columns: names });
        }
        Ok(Self { names, places })
    }

    /// Where a field stands; nowhere, in one column, or in several.
    pub(super) fn of(&self, field: Field) -> &[usize] {
        self.places.get(&field).map_or(&[], Vec::as_slice)
    }

    /// The fields that were found, each with the names of its columns.
    pub fn used(&self) -> Vec<(Field, Vec<&str>)> {
        let name = |at: &usize| self.names.get(*at).map(String::as_str);
        self.places.iter().map(|(field, places)| (*field, places.iter().filter_map(name).collect())).collect()
    }

    /// The columns that hold nothing Pulse takes.
    pub fn unused(&self) -> Vec<&str> {
        let is_used = |at: usize| self.places.values().flatten().any(|used| *used == at);
        self.names.iter().enumerate().filter(|(at, name)| !is_used(*at) && !name.is_empty()).map(|(_, name)| name.as_str()).collect()
    }
}

/// Where the first and the last name stand.
fn parts_of_name(names: &[String]) -> Vec<usize> {
    let place = |wanted: [&str; 3]| names.iter().position(|name| wanted.contains(&fold(name).as_str()));
    let parts = [place(["first name", "firstname", "given name"]), place(["last name", "lastname", "surname"])];
    parts.into_iter().flatten().collect()
}
