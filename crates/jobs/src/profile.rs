//! A digest's TOML file -> a [`Digest`] with its logo, ready for the store.
//!
//! In: the text of the file and the folder it lies in. Out: the digest, and its [`Weakness`]es: what readers would
//! suffer from, though nothing is broken. A file that cannot be read as meant is an error that names the file, the line,
//! the field and what to do. Unknown fields are errors, because a misspelt option would otherwise do nothing.
//!
//! Not here: what each field means (`docs/digest.md`); keeping digests (store).

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use pulse_model::digest::{Colour, Picture};
use pulse_model::name::fold;
use pulse_model::{Digest, Slug};

/// A digest as its file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// With the bytes of the logo, where there is one.
    pub digest: Digest,
    /// What readers would suffer from.
    pub weaknesses: Vec<Weakness>,
}

/// Something a digest can live with and its readers should not have to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// A lower-case fragment: what is wrong.
    pub message: String,
    /// A sentence: what to do.
    pub advice: String,
}

/// Why a digest's file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is no such file.
    #[error("there is no file {file}")]
    Missing {
        /// As it was named.
        file: String,
    },
    /// The file could not be read.
    #[error("{file} could not be read")]
    Unreadable {
        /// As it was named.
        file: String,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The text is not what a digest's file can say.
    #[error("{file}, line {line}{}: {message}", field.as_ref().map(|field| format!(", {field}")).unwrap_or_default())]
    Invalid {
        /// As it was named.
        file: String,
        /// From 1.
        line: usize,
        /// The field that stands there, where one does.
        field: Option<String>,
        /// A lower-case fragment.
        message: String,
        /// The whole text, to show the place.
        text: String,
        /// The place, in bytes.
        span: Range<usize>,
    },
}

impl ProfileError {
    /// A sentence: what to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Missing { .. } => "Check the name; a digest's file ends in .toml, and docs/digest.md explains what stands in it.".to_owned(),
            Self::Unreadable { cause, .. } => match cause.kind() {
                io::ErrorKind::IsADirectory => "Name the digest's file in it, which ends in .toml.".to_owned(),
                io::ErrorKind::InvalidData => "Save it as plain text in UTF-8, or name another file: a digest's file ends in .toml.".to_owned(),
                _ => "Check that you may read it.".to_owned(),
            },
            Self::Invalid { message, .. } if message.contains("missing field") => "Add the field; docs/digest.md has an example of each.".to_owned(),
            Self::Invalid { message, .. } if message.contains("unknown field") => {
                "Correct the spelling or take the line out; docs/digest.md lists every field.".to_owned()
            }
            Self::Invalid { .. } => "Correct the line and try again; docs/digest.md explains every field.".to_owned(),
        }
    }
}

/// Largest logo, in bytes. It travels inside every e-mail, and mail programs cut messages off at about 100 kB.
pub const MAX_LOGO_BYTES: usize = 256 * 1024;

/// The most seeds: they get each send before its readers do, one after another.
pub const MAX_SEEDS: usize = 50;

/// Slugs whose pages Pulse has another use for.
const RESERVED: [&str; 9] = ["accessibility", "change-address", "complaint", "confirm", "healthz", "leave", "preferences", "privacy", "subscribe"];

/// Reads a digest's file and the logo beside it.
///
/// # Errors
/// [`ProfileError`] when the file is missing or says something a digest's file cannot.
pub fn read(path: &Path) -> Result<Profile, ProfileError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => ProfileError::Missing { file: file.clone() },
        _ => ProfileError::Unreadable { file: file.clone(), cause },
    })?;
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    parse(&file, &text, &|name| read_picture(&folder.join(name)))
}

/// Reads a digest from `text`; `file` names it in errors and `picture` finds the bytes of a picture by the name the text
/// gives it.
///
/// # Errors
/// [`ProfileError::Invalid`] when the text says something a digest's file cannot.
pub fn parse(file: &str, text: &str, picture: &dyn Fn(&str) -> io::Result<Vec<u8>>) -> Result<Profile, ProfileError> {
    let mut digest: Digest = toml::from_str(text).map_err(|cause| invalid(file, text, cause.span(), cause.message()))?;
    check_words(file, text, &digest)?;
    check_taxonomy(file, text, &digest)?;
    check_patterns(file, text, &digest)?;
    let unread = digest.masthead.logo.as_mut().and_then(|logo| load_logo(logo, picture));
    let weaknesses = unread.into_iter().chain(weaknesses(&digest)).collect();
    Ok(Profile { digest, weaknesses })
}

/// What readers of a digest would suffer from: a logo that cannot be shown or has no words, colours too close to read.
pub fn weaknesses(digest: &Digest) -> Vec<Weakness> {
    let logo = digest.masthead.logo.as_ref().filter(|logo| logo.alt.trim().is_empty()).map(|_| Weakness {
        message: "the logo has no alternative text and will not be printed".to_owned(),
        advice: format!("Give it one in the digest's file: logo = {{ file = \"logo.png\", alt = \"{}\" }}.", shown_organisation(digest)),
    });
    logo.into_iter().chain(faint_colours(digest)).collect()
}

/// Whether two digests say the same. Their publishers do not count: the register has gone on since the file was written.
pub fn say_the_same(one: &Digest, other: &Digest) -> bool {
    let without_publishers = |digest: &Digest| Digest { publishers: Vec::new(), ..digest.clone() };
    without_publishers(one) == without_publishers(other)
}

/// Where a digest's file would lie in a data folder.
pub fn path_in(data_folder: &Path, slug: &Slug) -> PathBuf {
    data_folder.join("digests").join(format!("{slug}.toml"))
}

fn shown_organisation(digest: &Digest) -> &str {
    if digest.organisation.is_empty() { &digest.name } else { &digest.organisation }
}

/// Pairs that readers have to tell apart, against the 4.5:1 of WCAG 2.2, 1.4.3.
fn faint_colours(digest: &Digest) -> impl Iterator<Item = Weakness> {
    const WHITE: Colour = Colour { red: 0xff, green: 0xff, blue: 0xff };
    const NEAR_BLACK: Colour = Colour { red: 0x12, green: 0x12, blue: 0x12 };
    let colours = digest.masthead.colours.clone();
    let pairs = [
        ("on_brand", colours.on_brand, "brand", colours.brand),
        ("on_brand", colours.on_brand, "brand_dark", colours.brand_dark),
        ("accent", colours.accent, "white", WHITE),
        ("accent_dark", colours.accent_dark, "the dark ground", NEAR_BLACK),
    ];
    pairs.into_iter().filter(|(_, ink, _, ground)| ink.contrast(*ground) < 4.5).map(|(ink_name, ink, ground_name, ground)| Weakness {
        message: format!("{ink_name} ({ink}) on {ground_name} ({ground}) has a contrast of {:.1}:1; readers need 4.5:1", ink.contrast(ground)),
        advice: format!("Choose another {ink_name} under [masthead] colours in the digest's file."),
    })
}

fn load_logo(logo: &mut Picture, picture: &dyn Fn(&str) -> io::Result<Vec<u8>>) -> Option<Weakness> {
    let refused =
        |message: String| Weakness { message, advice: "Put a PNG or JPEG file beside the digest's file, name it there and add the digest again.".to_owned() };
    match picture(&logo.file) {
        Ok(bytes) if !is_picture(&bytes) => Some(refused(format!("the logo {} is neither PNG nor JPEG and will not be printed", logo.file))),
        Ok(bytes) => {
            logo.data = BASE64.encode(bytes);
            None
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Some(refused(format!("the logo {} is not there and will not be printed", logo.file))),
        Err(cause) => Some(refused(format!("the logo {} could not be read ({cause}) and will not be printed", logo.file))),
    }
}

fn read_picture(path: &Path) -> io::Result<Vec<u8>> {
    let size = std::fs::metadata(path)?.len();
    if size > MAX_LOGO_BYTES as u64 {
        return Err(io::Error::other(format!("{} kB, and {} kB is the most an e-mail can carry", size / 1024, MAX_LOGO_BYTES / 1024)));
    }
    std::fs::read(path)
}

fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff")
}

/// Fields that any text fits into, and not any text makes sense in.
fn check_words(file: &str, text: &str, digest: &Digest) -> Result<(), ProfileError> {
    let refused = |field: &str, message: String| Err(invalid(file, text, place_of_field(text, field), &message));
    if digest.name.trim().is_empty() {
        return refused("name", "a digest needs a name".to_owned());
    }
    if RESERVED.contains(&digest.slug.as_str()) {
        return refused("slug", format!("the address /{} is taken by Pulse itself; choose another slug", digest.slug));
    }
    if !is_language_tag(&digest.language) {
        return refused("language", format!("\u{201c}{}\u{201d} is not a language tag; write it as en-GB", digest.language));
    }
    if digest.sender.seeds.len() > MAX_SEEDS {
        return refused("seeds", format!("a digest has {MAX_SEEDS} seeds at most"));
    }
    let email = digest.footer.email.trim();
    if !email.is_empty() && !is_mail_address(email) {
        return refused("email", format!("\u{201c}{email}\u{201d} is not an e-mail address; write it as info@example.org"));
    }
    Ok(())
}

/// BCP 47 in shape: what the tag means is not looked up.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_language = parts.next().is_some_and(|part| matches!(part.len(), 2..=8) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    is_language && parts.all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_mail_address(address: &str) -> bool {
    address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@')) && !address.contains(char::is_whitespace)
}

/// Two sectors that one heading could mean would make every import a matter of luck.
fn check_taxonomy(file: &str, text: &str, digest: &Digest) -> Result<(), ProfileError> {
    let mut taken: Vec<(String, &str)> = Vec::new();
    for sector in &digest.sectors {
        for name in std::iter::once(&sector.name).chain(&sector.also) {
            let folded = fold(name);
            if folded.is_empty() {
                let written = if name.is_empty() { "\"\"" } else { name };
                return Err(invalid(file, text, place_of(text, written), "a sector needs a name with letters in it"));
            }
            if let Some((_, owner)) = taken.iter().find(|(taken, _)| *taken == folded) {
                let message = format!("the name \u{201c}{name}\u{201d} of a sector is taken already, by \u{201c}{owner}\u{201d}");
                return Err(invalid(file, text, last_place_of(text, name), &message));
            }
            taken.push((folded, &sector.name));
        }
    }
    Ok(())
}

fn check_patterns(file: &str, text: &str, digest: &Digest) -> Result<(), ProfileError> {
    for pattern in &digest.import.set_aside {
        if let Err(cause) = regex::Regex::new(pattern) {
            let why = cause.to_string().lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
            let span = place_of(text, pattern).or_else(|| place_of(text, "set_aside"));
            return Err(invalid(file, text, span, &format!("\u{201c}{pattern}\u{201d} is not a regular expression: {why}")));
        }
    }
    Ok(())
}

/// Where the first line begins that gives `field` a value.
fn place_of_field(text: &str, field: &str) -> Option<Range<usize>> {
    let gives_it = |line: &str| line.trim_start().strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with('='));
    let start: usize = text.split_inclusive('\n').take_while(|line| !gives_it(line)).map(str::len).sum();
    (start < text.len()).then(|| start..start + field.len())
}

fn place_of(text: &str, words: &str) -> Option<Range<usize>> {
    text.find(words).map(|at| at..at + words.len())
}

fn last_place_of(text: &str, words: &str) -> Option<Range<usize>> {
    text.rfind(words).map(|at| at..at + words.len())
}

fn invalid(file: &str, text: &str, span: Option<Range<usize>>, message: &str) -> ProfileError {
    let span = span.unwrap_or(0..0);
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let field = text.lines().nth(line - 1).and_then(|line_text| field_at(line_text, before.len() - before.rfind('\n').map_or(0, |at| at + 1)));
    ProfileError::Invalid { file: file.to_owned(), line, field, message: message.trim().replace('\n', "; "), text: text.to_owned(), span }
}

/// The last `name =` at or before the column, which in an inline table is the field the column belongs to.
fn field_at(line: &str, column: usize) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let until = line.get(column..).and_then(|rest| rest.find('=')).map_or(line.len(), |at| column + at + 1);
    let mut names = line.get(..until)?.match_indices('=').map(|(at, _)| {
        let words = line[..at].trim_end();
        let start = words.rfind(|c| !is_name(c)).map_or(0, |at| at + words[at..].chars().next().map_or(1, char::len_utf8));
        (start, &words[start..])
    });
    names.rfind(|(start, name)| *start <= column && !name.is_empty()).map(|(_, name)| name.to_owned())
}
