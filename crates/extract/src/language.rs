//! The language of a text that does not say it.

/// A BCP 47 tag told from the words; empty where they are too few to tell.
pub(crate) fn told_from(text: &str) -> String {
    let Some(told) = whatlang::detect(text).filter(whatlang::Info::is_reliable) else { return String::new() };
    // BCP 47 wants the two letters where a language has them.
    let two = match told.lang().code() {
        "eng" => "en",
        "fra" => "fr",
        "deu" => "de",
        "spa" => "es",
        "ita" => "it",
        "por" => "pt",
        "nld" => "nl",
        "pol" => "pl",
        "ron" => "ro",
        "rus" => "ru",
        "ukr" => "uk",
        "swe" => "sv",
        "dan" => "da",
        "nob" => "nb",
        "fin" => "fi",
        "ces" => "cs",
        "hun" => "hu",
        "tur" => "tr",
        "ell" => "el",
        "bul" => "bg",
        "hrv" => "hr",
        "cat" => "ca",
        "jpn" => "ja",
        "kor" => "ko",
        "cmn" => "zh",
        "ara" => "ar",
        "heb" => "he",
        "hin" => "hi",
        "urd" => "ur",
        "ben" => "bn",
        "pan" => "pa",
        "guj" => "gu",
        "lat" => "la",
        other => other,
    };
    two.to_owned()
}
