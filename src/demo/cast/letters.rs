//! Names as lists of words, and how a name is written in an address.

use crate::base::text;

/// A name, and its letters for an address.
pub(super) type Word = (String, String);

/// The words of a list: `name` or `name=letters`, with `_` for a space inside.
pub(super) fn words(list: &str) -> Vec<Word> {
    list.split(' ')
        .map(|word| {
            let (name, ascii) = word.split_once('=').unwrap_or((word, word));
            (name.replace('_', " "), plain(ascii))
        })
        .collect()
}

/// Lower-case letters without accents; what is no letter is left out.
pub(super) fn plain(name: &str) -> String {
    let mut letters = String::with_capacity(name.len());
    for c in text::fold(name).chars() {
        match c {
            'ø' => letters.push('o'),
            'æ' => letters.push_str("ae"),
            'ł' => letters.push('l'),
            'ð' | 'đ' => letters.push('d'),
            'þ' => letters.push_str("th"),
            'ß' => letters.push_str("ss"),
            'ı' => letters.push('i'),
            c if c.is_ascii_alphanumeric() => letters.push(c),
            _ => {}
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_letters() {
        for (name, want) in [
            ("Łukaszewska-Ramírez", "lukaszewskaramirez"),
            ("Sæther Løvås", "saetherlovas"),
            ("Þórunn", "thorunn"),
            ("Işık", "isik"),
            ("Đặng", "dang"),
        ] {
            assert_eq!(plain(name), want);
        }
    }

    #[test]
    fn every_name_of_the_cast_can_stand_in_an_address() {
        for locale in super::super::LOCALES {
            for (name, ascii) in words(locale.given).into_iter().chain(words(locale.family)) {
                assert!(!ascii.is_empty(), "{} {name}", locale.language);
            }
        }
    }
}
