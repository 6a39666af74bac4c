//! How large a text is once it travels: mail programs cut a message by its size in quoted-printable (RFC 2045, section 6.7).

/// The bytes of `text` in quoted-printable, its lines ended by CRLF and broken softly at 76 characters.
///
/// Exact, and additive over parts that end in a line break.
pub(crate) fn size(text: &str) -> usize {
    let mut total = 0;
    for line in text.split_inclusive('\n') {
        let (content, ending) = match line.strip_suffix('\n') {
            Some(content) => (content.strip_suffix('\r').unwrap_or(content), 2),
            None => (line, 0),
        };
        total += line_size(content.as_bytes()) + ending;
    }
    total
}

/// A line may be full to 76 characters, the last of them the `=` of a soft break (`=` CRLF, 3 bytes) unless the line ends there.
fn line_size(line: &[u8]) -> usize {
    let Some((&last, before)) = line.split_last() else { return 0 };
    let (mut total, mut column) = (0, 0);
    let mut add = |width: usize, room: usize| {
        if column + width > room {
            total += 3;
            column = 0;
        }
        column += width;
        total += width;
    };
    before.iter().for_each(|&byte| add(usize::from(WIDTHS[usize::from(byte)]), 75));
    add(if matches!(last, b' ' | b'\t') { 3 } else { usize::from(WIDTHS[usize::from(last)]) }, 76);
    total
}

/// What each byte takes within a line: 1 where it stands for itself, 3 where it is written as `=XX`.
const WIDTHS: [u8; 256] = {
    let mut widths = [3; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        widths[byte as usize] = 1;
        byte += 1;
    }
    widths[b'\t' as usize] = 1;
    widths[b'=' as usize] = 3;
    widths
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_encoding() {
        assert_eq!(size(""), 0);
        assert_eq!(size("plain\n"), "plain\r\n".len());
        assert_eq!(size("a=b £\n"), "a=3Db =C2=A3\r\n".len());
        assert_eq!(size("end \n"), "end=20\r\n".len());
        assert_eq!(size(&format!("{}\n", "x".repeat(76))), 76 + 2);
        assert_eq!(size(&format!("{}\n", "x".repeat(77))), 77 + 3 + 2);
        assert_eq!(size(&format!("{}=\n", "x".repeat(74))), 74 + 3 + 3 + 2, "an encoded byte is never split");
    }

    #[test]
    fn parts_that_end_in_a_line_break_add_up() {
        let parts = ["<p class=\"a\">’ ’</p>\n", "\n", &format!("{}\n", "é".repeat(200))];
        assert_eq!(size(&parts.concat()), parts.iter().map(|part| size(part)).sum::<usize>());
    }
}
