//! Keeps a page from being nested so deep, or having so many elements, that reading it takes the stack or the day; and leaves out comments, scripts
//! and style sheets, which are half of many pages, before a tree is made of them. JSON-LD stays.
//!
//! Parsers of HTML, and the crates that find the main text, go down the tree by recursion, look up the whole stack of open elements at each tag, and open
//! unclosed `<b>`s again in every paragraph. So tags are counted before anything is parsed: those that would open an element too deep are left out,
//! and their words stay. No tree comes out that is deeper than [`DEEPEST`] and what the parser adds by itself.

use std::borrow::Cow;

/// Real pages stay below 100.
pub(super) const DEEPEST: usize = 256;

/// So many elements for the look of a line may be open at once (`<b><i>…`): each is opened again in every paragraph that follows.
const MOST_STYLES: usize = 16;

/// More tags than this are cut off. The largest pages of real publishers, tables of thousands of rows, have about a tenth.
const MOST_TAGS: usize = 400_000;

/// A tag that never ends counts as so many, because all the rest of the page was looked at for its end.
const UNENDED: usize = 4_000;

/// The page without comments and scripts and without the tags that go too deep, and whether any of these was left out.
pub(super) fn limited(html: &str) -> (Cow<'_, str>, bool) {
    let mut kept = String::new();
    let (mut from, mut at) = (0, 0);
    let (mut depth, mut styles, mut left_out, mut tags) = (0usize, 0usize, Vec::<Cow<'_, str>>::new(), 0usize);
    let (mut cut, mut is_limited) = (html.len(), false);
    let mut ends = Ends::default();
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        if let Some(length) = ends.silent(&html[open..]) {
            kept.push_str(&html[from..open]);
            from = open + length;
            at = from;
            continue;
        }
        let Some(tag) = Tag::read(&html[open..]) else {
            at = open + 1;
            tags += usize::from(html[at..].starts_with(|c: char| c == '/' || c.is_ascii_alphabetic())) * UNENDED;
            if tags > MOST_TAGS {
                (cut, is_limited) = (open, true);
                break;
            }
            continue;
        };
        let end = open + tag.length;
        at = end;
        tags += 1;
        if tags > MOST_TAGS {
            (cut, is_limited) = (open, true);
            break;
        }
        if tag.is_raw() {
            at = end + ends.closing(&html[end..], &tag.name).unwrap_or(0);
            continue;
        }
        if !tag.nests() {
            continue;
        }
        let is_style = tag.is_style();
        let drop = if tag.closes {
            if left_out.last().is_some_and(|name| *name == tag.name) {
                left_out.pop();
                true
            } else {
                depth = depth.saturating_sub(1);
                styles = styles.saturating_sub(usize::from(is_style));
                false
            }
        } else if depth >= DEEPEST || is_style && styles >= MOST_STYLES {
            left_out.push(tag.name);
            true
        } else {
            depth += 1;
            styles += usize::from(is_style);
            false
        };
        if drop {
            kept.push_str(&html[from..open]);
            from = end;
            is_limited = true;
        }
    }
    if from == 0 && cut == html.len() {
        return (Cow::Borrowed(html), false);
    }
    kept.push_str(&html[from.min(cut)..cut]);
    (Cow::Owned(kept), is_limited)
}

/// Where things end. What was once found to have no end is not looked for again, so that a page of unclosed comments is read in one go.
#[derive(Default)]
struct Ends {
    is_comment_open: bool,
    open: Vec<String>,
}

impl Ends {
    /// How long the comment, script or style sheet at the start of a text is. None where there is none, or where parsers may see its end elsewhere.
    fn silent(&mut self, text: &str) -> Option<usize> {
        if text.starts_with("<!--") {
            return self.comment(text);
        }
        if !matches!(text.as_bytes().get(1), Some(b's' | b'S')) {
            return None;
        }
        let tag = Tag::read(text).filter(|tag| matches!(&*tag.name, "script" | "style"))?;
        let (opening, rest) = text.split_at(tag.length);
        let (content, closing) = rest.split_at(self.closing(rest, &tag.name)?);
        let closing = Tag::read(closing).filter(|closing| closing.name == tag.name)?;
        let is_kept = opening.ends_with("/>") || content.contains("<!--") || opening.to_ascii_lowercase().contains("ld+json");
        (!is_kept).then_some(opening.len() + content.len() + closing.length)
    }

    fn comment(&mut self, text: &str) -> Option<usize> {
        if self.is_comment_open {
            return None;
        }
        let is_end = |at: &usize| *at >= 4 && (text[..*at].ends_with("--") || *at >= 7 && text[..*at].ends_with("--!"));
        let end = text.match_indices('>').map(|(at, _)| at).find(is_end);
        self.is_comment_open = end.is_none();
        end.map(|at| at + 1)
    }

    /// Where the closing tag of an element without tags in it stands.
    fn closing(&mut self, rest: &str, name: &str) -> Option<usize> {
        if self.open.iter().any(|open| open == name) {
            return None;
        }
        let wanted = format!("</{name}");
        let mut marks = rest.match_indices("</").map(|(at, _)| at);
        let found = marks.find(|at| rest.as_bytes()[*at..].get(..wanted.len()).is_some_and(|found| found.eq_ignore_ascii_case(wanted.as_bytes())));
        if found.is_none() {
            self.open.push(name.to_owned());
        }
        found
    }
}

/// A tag as far as it matters here.
struct Tag<'a> {
    /// In lower case.
    name: Cow<'a, str>,
    closes: bool,
    /// In bytes, with both angles.
    length: usize,
}

impl<'a> Tag<'a> {
    /// The tag at the start of a text; comments and what is no tag give none.
    fn read(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let closes = bytes.get(1) == Some(&b'/');
        let start = 1 + usize::from(closes);
        let name_end = bytes[start..].iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-').map_or(bytes.len(), |at| start + at);
        if name_end == start || !bytes[start].is_ascii_alphabetic() {
            return None;
        }
        let name = &text[start..name_end];
        let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
        let name = if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) };
        let mut at = name_end;
        loop {
            at += bytes[at..].iter().position(|byte| matches!(byte, b'>' | b'"' | b'\''))?;
            let found = bytes[at];
            if found == b'>' {
                return Some(Self { name, closes, length: at + 1 });
            }
            if matches!(bytes[at - 1], b'=' | b' ') {
                at += 1 + bytes[at + 1..].iter().position(|byte| *byte == found)?;
            }
            at += 1;
        }
    }

    /// Whether the element has to be closed, and so nests. Elements that are closed by what follows them (`p`, `li`, `td`) do not count: inside
    /// one another they stand in lists and tables, which do.
    fn nests(&self) -> bool {
        !matches!(
            &*self.name,
            "area"
                | "base"
                | "br"
                | "col"
                | "embed"
                | "hr"
                | "img"
                | "input"
                | "link"
                | "meta"
                | "param"
                | "source"
                | "track"
                | "wbr"
                | "p"
                | "li"
                | "dt"
                | "dd"
                | "tr"
                | "td"
                | "th"
                | "tbody"
                | "thead"
                | "tfoot"
                | "option"
                | "optgroup"
                | "colgroup"
                | "rt"
                | "rp"
                | "html"
                | "head"
                | "body"
        )
    }

    fn is_style(&self) -> bool {
        matches!(&*self.name, "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u")
    }

    /// Whether what follows it is text up to its closing tag.
    fn is_raw(&self) -> bool {
        !self.closes && matches!(&*self.name, "script" | "style" | "textarea" | "title" | "xmp")
    }
}
