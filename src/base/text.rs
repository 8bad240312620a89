//! Text from people: trimmed, NFC, bounded, and folded for sorting and searching.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Trimmed, NFC, control characters out (new lines kept), at most `max` characters.
pub fn clean(text: &str, max: usize) -> String {
    let kept: String = text
        .nfc()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take(max)
        .collect();
    kept.trim().to_owned()
}

/// As [`clean`], and on one line.
pub fn line(text: &str, max: usize) -> String {
    clean(text, max)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Folded for comparing and sorting: lower case, accents off, bounded.
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .take(200)
        .collect()
}

/// The first `max` bytes that are whole characters.
pub fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while end > 0 && !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// One or two letters for an avatar: first of the first and of the last word.
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|w| w.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    match (first, last) {
        // Scripts without case carry a whole name in a character or two; one is enough.
        (Some(a), _) if !a.is_ascii() && a.to_lowercase().eq(a.to_uppercase()) => a.to_string(),
        (Some(a), Some(b)) => a.to_uppercase().chain(b.to_uppercase()).collect(),
        (Some(a), None) => a.to_uppercase().collect(),
        _ => "?".to_owned(),
    }
}

/// Bytes as they are written in checksums.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The tone of an avatar: the same id always gets the same.
pub fn tone(id: i64) -> &'static str {
    const TONES: [&str; 6] = ["accent", "teal", "amber", "violet", "red", "green"];
    TONES
        .get(id.rem_euclid(6) as usize)
        .copied()
        .unwrap_or("accent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_two_digits() {
        assert_eq!(hex(&[0, 9, 0xa0, 0xff]), "0009a0ff");
    }

    #[test]
    fn initials_of_any_script() {
        for (name, want) in [
            ("Ingrid Sæther Løvås", "IL"),
            ("田中 美咲", "田"),
            ("bo", "B"),
            ("", "?"),
            ("Олена Ткаченко", "ОТ"),
            ("ليلى الحداد", "ل"),
        ] {
            assert_eq!(initials(name), want, "{name}");
        }
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(cut("añb", 2), "a");
        assert_eq!(cut("añb", 3), "añ");
        assert_eq!(cut("abc", 9), "abc");
    }

    #[test]
    fn cleaning_bounds_and_normalises() {
        assert_eq!(clean(" e\u{301}\u{1} ", 9), "é");
        assert_eq!(line("a\n  b", 9), "a b");
        assert_eq!(fold("Łódź ÅSE"), "łodz ase");
    }
}
