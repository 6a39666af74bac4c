//! Fields as in headers and reports: `Name: value`, going on in lines that begin with white space.
//!
//! In: text with `\n` line ends. Out: names and values, in their order, in one line each, with a bound on everything.
//! Not here: encoded words and MIME, which are the parser's.

/// The most that is kept of one block of fields.
const MAX_FIELDS: usize = 400;
/// The most that is kept of one value, in bytes.
const MAX_VALUE_BYTES: usize = 4 * 1024;

/// A block of fields: a header, or one group of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields up to the first empty line. A line that is no field goes on with the one before: some servers forget to
    /// indent what a remote server said.
    pub(super) fn parse(text: &str) -> Self {
        let mut fields: Vec<(String, String)> = vec![];
        for line in text.lines().take_while(|line| !line.trim().is_empty()) {
            match (field(line), fields.last_mut()) {
                (Some((name, value)), _) => {
                    if fields.len() == MAX_FIELDS {
                        break;
                    }
                    fields.push((name.to_owned(), cut(value.trim(), MAX_VALUE_BYTES).to_owned()));
                }
                (None, Some((_, value))) => {
                    let line = cut(line.trim(), MAX_VALUE_BYTES.saturating_sub(value.len()));
                    let space = if value.is_empty() || line.is_empty() { "" } else { " " };
                    value.push_str(space);
                    value.push_str(line);
                }
                (None, None) => {}
            }
        }
        Self(fields)
    }

    /// The blocks of fields of a text, which empty lines part.
    pub(super) fn groups(text: &str) -> Vec<Self> {
        let mut groups = vec![];
        let mut rest = text.trim_start_matches(['\n', ' ', '\t']);
        while !rest.is_empty() && groups.len() < MAX_FIELDS {
            let group = Self::parse(rest);
            if !group.0.is_empty() {
                groups.push(group);
            }
            rest = after_empty_line(rest);
        }
        groups
    }

    /// The value of the first field with this name, in any case of letters.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of all fields with this name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the fields of another block behind these.
    pub(super) fn extend(&mut self, other: Self) {
        let room = MAX_FIELDS.saturating_sub(self.0.len());
        self.0.extend(other.0.into_iter().take(room));
    }
}

/// A line's name and value, if it begins a field. `http://…` does not.
pub(super) fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end();
    let is_name = !name.is_empty() && name.len() <= 70 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_name && !value.starts_with("//")).then_some((name, value))
}

/// What stands behind the first empty line and any that follow it.
fn after_empty_line(text: &str) -> &str {
    let mut at = 0;
    let mut seen = false;
    for line in text.split_inclusive('\n') {
        let is_empty = line.trim().is_empty();
        if seen && !is_empty {
            break;
        }
        seen |= is_empty;
        at += line.len();
    }
    text.get(at..).unwrap_or_default()
}

/// The beginning of a text, no longer than this many bytes.
pub(super) fn cut(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_on_and_groups_are_parted() {
        let groups = Fields::groups("\nA: one\n  two\nthree\n\n \nB : http\nhttp://x.example\nb: again\n");
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].get("a"), Some("one two three"));
        assert_eq!(groups[1].all("B").collect::<Vec<_>>(), ["http http://x.example", "again"]);
    }

    #[test]
    fn nothing_grows_without_end() {
        let many = "N: v\n".repeat(5000);
        assert_eq!(Fields::parse(&many).iter().count(), MAX_FIELDS);
        let long = format!("N: {}\n {}", "ä".repeat(5000), "b".repeat(5000));
        assert!(Fields::parse(&long).get("n").unwrap().len() <= MAX_VALUE_BYTES + 1);
        assert_eq!(Fields::groups(&"N: v\n\n".repeat(5000)).len(), MAX_FIELDS);
    }
}
