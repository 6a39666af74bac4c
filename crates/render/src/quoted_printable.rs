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
    let mut column = Column::default();
    let (chunks, rest) = before.as_chunks::<8>();
    for chunk in chunks {
        // Most of the time eight bytes fit; asking once is faster than asking eight times.
        let width = chunk.iter().map(|&byte| width(byte)).sum();
        if column.at + width <= 75 {
            column.add(width, 75);
        } else {
            chunk.iter().for_each(|&byte| column.add(self::width(byte), 75));
        }
    }
    rest.iter().for_each(|&byte| column.add(width(byte), 75));
    column.add(if matches!(last, b' ' | b'\t') { 3 } else { width(last) }, 76);
    column.total
}

/// Where the encoded line has come to.
#[derive(Default)]
struct Column {
    at: usize,
    total: usize,
}

impl Column {
    /// Adds what must not be split, behind a soft break where there is no room for it.
    fn add(&mut self, width: usize, room: usize) {
        if self.at + width > room {
            self.total += 3;
            self.at = 0;
        }
        self.at += width;
        self.total += width;
    }
}

fn width(byte: u8) -> usize {
    usize::from(WIDTHS[usize::from(byte)])
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

    /// Byte by byte, as the RFC has it.
    fn encoded(line: &str) -> String {
        let mut lines = vec![String::new()];
        for (at, byte) in line.bytes().enumerate() {
            let is_last = at + 1 == line.len();
            let is_plain = byte == b'\t' || byte == b' ' || (byte.is_ascii_graphic() && byte != b'=');
            let piece = if is_plain && !(is_last && byte.is_ascii_whitespace()) { char::from(byte).to_string() } else { format!("={byte:02X}") };
            let room = if is_last { 76 } else { 75 };
            if lines[lines.len() - 1].len() + piece.len() > room {
                lines.push(String::new());
            }
            lines.last_mut().unwrap().push_str(&piece);
        }
        lines.join("=\r\n")
    }

    #[test]
    fn eight_bytes_at_a_time_are_as_many_as_one_by_one() {
        let words = ["a", "=", "é", "style=\"x\"", " ", "£4.2", "carers and", "\t"];
        for seed in 0_usize..400 {
            let line: String = (0..seed % 60).map(|at| words[(seed * 31 + at * at * 7 + at) % words.len()]).collect();
            assert_eq!(size(&line), encoded(&line).len(), "{line:?}");
        }
    }

    #[test]
    fn parts_that_end_in_a_line_break_add_up() {
        let parts = ["<p class=\"a\">’ ’</p>\n", "\n", &format!("{}\n", "é".repeat(200))];
        assert_eq!(size(&parts.concat()), parts.iter().map(|part| size(part)).sum::<usize>());
    }
}
