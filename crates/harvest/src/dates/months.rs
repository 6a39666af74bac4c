//! The names of months.

use unicode_normalization::UnicodeNormalization as _;

/// Languages whose months are also abbreviated in dates; three letters and more of a name will do. Without accents, in lower case.
const ABBREVIATED: &[[&str; 12]] = &[
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"],
    // Welsh, and behind a preposition or an article.
    ["ionawr", "chwefror", "mawrth", "ebrill", "mai", "mehefin", "gorffennaf", "awst", "medi", "hydref", "tachwedd", "rhagfyr"],
    ["ionor", "chwe", "fawrth", "", "fai", "fehefin", "orffennaf", "", "fedi", "", "dachwedd", "ragfyr"],
    ["janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"],
    ["januar", "februar", "marz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember"],
    ["janner", "feber", "maerz", "", "", "", "", "", "", "", "", ""],
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"],
    ["janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"],
    ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    ["", "", "mrt", "", "maj", "", "", "augusti", "", "", "", "desember"],
    ["", "", "marts", "", "", "", "", "", "", "", "", ""],
    ["ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie", "august", "septembrie", "octombrie", "noiembrie", "decembrie"],
    // Hungarian, with two misprints that travel with its feeds.
    ["januar", "februari", "marcius", "aprilis", "majus", "junius", "julius", "augusztus", "szeptember", "oktober", "november", "december"],
    ["", "", "", "", "maujus", "", "", "", "", "", "", ""],
    ["ιανουαριος", "φεβρουαριος", "μαρτιος", "απριλιος", "μαιος", "ιουνιος", "ιουλιος", "αυγουστος", "σεπτεμβριος", "οκτωβριος", "νοεμβριος", "δεκεμβριος"],
    ["ιανουαριου", "φεβρουαριου", "μαρτιου", "απριλιου", "μαιου", "ιουνιου", "ιουλιου", "αυγουστου", "σεπτεμβριου", "οκτωβριου", "νοεμβριου", "δεκεμβριου"],
    ["", "φeβ", "μαω", "", "", "ιον", "ιολ", "", "", "", "", ""],
    ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
    ["январь", "февраль", "март", "апрель", "маи", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],
];

/// Languages whose months are written out; their beginnings would be other words.
const WHOLE: &[[&str; 12]] = &[
    // Irish, Scottish Gaelic.
    ["eanair", "feabhra", "marta", "aibrean", "bealtaine", "meitheamh", "iuil", "lunasa", "mean", "deireadh", "samhain", "nollaig"],
    ["faoilleach", "gearran", "mart", "giblean", "ceitean", "ogmhios", "iuchar", "lunastal", "sultain", "damhair", "samhain", "dubhlachd"],
    // Polish, Czech, Ukrainian, Turkish, Finnish.
    ["stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "wrzesnia", "pazdziernika", "listopada", "grudnia"],
    ["ledna", "unora", "brezna", "dubna", "kvetna", "cervna", "cervence", "srpna", "zari", "rijna", "listopadu", "prosince"],
    ["січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"],
    ["ocak", "subat", "mart", "nisan", "mayıs", "haziran", "temmuz", "agustos", "eylul", "ekim", "kasım", "aralık"],
    [
        "tammikuuta",
        "helmikuuta",
        "maaliskuuta",
        "huhtikuuta",
        "toukokuuta",
        "kesakuuta",
        "heinakuuta",
        "elokuuta",
        "syyskuuta",
        "lokakuuta",
        "marraskuuta",
        "joulukuuta",
    ],
];

/// 1 to 12 for the name of a month, or three letters and more of one.
pub(super) fn number(word: &str) -> Option<i8> {
    let folded = folded(word);
    let letters = folded.chars().count();
    if letters < 3 {
        return None;
    }
    let of = |rows: &[[&str; 12]], is_it: &dyn Fn(&str) -> bool| rows.iter().find_map(|row| row.iter().position(|name| is_it(name)));
    let at = of(ABBREVIATED, &|name| name == folded)
        .or_else(|| of(WHOLE, &|name| name == folded))
        .or_else(|| of(ABBREVIATED, &|name| name.starts_with(&folded)).filter(|_| folded != "jui"))?;
    i8::try_from(at + 1).ok()
}

/// Lower case, without accents; a final sigma is a sigma.
fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    // Unicode takes Korean syllables apart too; that does no harm, since no Korean month is a name. "й" is "и" with a breve.
    let letters = word.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    let lower: String = letters.flat_map(char::to_lowercase).filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect();
    if lower.ends_with('σ') { lower.trim_end_matches('σ').to_owned() + "ς" } else { lower }
}
