//! Words as the search knows them: folded, so that accents, case and special letters never matter, and what somebody may
//! mean by what they typed. The same cut serves what is indexed and what is asked.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::text;

/// Words of a record that are indexed.
const MOST_INDEXED: usize = 64;
/// Words of a question that are looked at.
const MOST_ASKED: usize = 8;
/// Characters of a question that are looked at.
const LONGEST_QUESTION: usize = 200;
/// Bytes of a word that count.
const LONGEST_WORD: usize = 60;
/// Digits from which a run of numbers may be a phone number.
const FEWEST_DIGITS: usize = 4;

/// A question: every group must be met, each by one of its ways, a way by all of its beginnings of words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// What must be met.
    pub groups: Vec<Group>,
}

/// Ways to meet a part of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The word as it was typed and folded; empty for a number.
    pub word: String,
    /// Beginnings of words that must all be there.
    pub ways: Vec<Vec<String>>,
}

impl Asked {
    /// What somebody typed.
    pub fn read(typed: &str) -> Self {
        let typed: String = typed.chars().take(LONGEST_QUESTION).collect();
        let mut groups: Vec<Group> = Vec::new();
        let mut number: Vec<&str> = Vec::new();
        for chunk in typed.split_whitespace() {
            if is_numeric(chunk) {
                number.push(chunk);
                continue;
            }
            let words = cut(chunk);
            // A stroke between digits, or nothing that can be found.
            if words.is_empty() {
                continue;
            }
            groups.extend(number_groups(&std::mem::take(&mut number)));
            groups.extend(words.into_iter().map(|word| {
                let mut ways = vec![vec![folded(&word)]];
                ways.extend(spelled_out(&word).map(|word| vec![word]));
                Group {
                    word: folded(&word),
                    ways,
                }
            }));
        }
        groups.extend(number_groups(&number));
        groups.truncate(MOST_ASKED);
        Self { groups }
    }

    /// Whether nothing can be asked.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The words that may be misspelt, each with the place of its group.
    pub fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let words = self
            .groups
            .iter()
            .map(|group| group.word.as_str())
            .enumerate();
        words.filter(|(_, word)| !word.is_empty())
    }
}

/// The words by which a text is found, each once.
pub fn indexed(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for chunk in text.split_whitespace() {
        for word in cut(chunk) {
            words.push(folded(&word));
            words.extend(spelled_out(&word));
        }
        // O’Brien is also typed without the sign.
        if chunk.contains(['\'', '’']) {
            let joined: String = chunk.chars().filter(|c| !"'’".contains(*c)).collect();
            words.extend(cut(&joined).iter().map(|word| folded(word)));
        }
        if words.len() >= MOST_INDEXED {
            break;
        }
    }
    words.truncate(MOST_INDEXED);
    words.sort();
    words.dedup();
    words
}

/// Lower case, accents off, special letters as plain ones.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_accent(*c))
        .flat_map(char::to_lowercase)
        .flat_map(|c| {
            plain(c)
                .chars()
                .chain(Some(c).filter(|c| plain(*c).is_empty()))
        })
        .nfc()
        .collect()
}

fn folded(word: &str) -> String {
    text::cut(&fold(word), LONGEST_WORD).to_owned()
}

/// Runs of letters, digits and the marks that belong to them, before folding.
fn cut(chunk: &str) -> Vec<String> {
    let whole: String = chunk.nfkc().filter(|c| !is_unseen(*c)).collect();
    whole
        .split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c)))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}

/// As those write it who have no such letters: Müller is also Mueller.
fn spelled_out(word: &str) -> Option<String> {
    let spelled: String = word
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'ä' => "ae".to_owned(),
            'ö' | 'ø' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'å' => "aa".to_owned(),
            other => other.to_string(),
        })
        .collect();
    let spelled = folded(&spelled);
    (spelled != folded(word)).then_some(spelled)
}

/// Signs on letters, of scripts that are read without them. Vowels of Indian scripts are none.
fn is_accent(c: char) -> bool {
    matches!(u32::from(c),
        0x300..=0x36f | 0x483..=0x487 | 0x591..=0x5bd | 0x5bf | 0x5c1..=0x5c2 | 0x5c4..=0x5c5 | 0x5c7
        | 0x610..=0x61a | 0x640 | 0x64b..=0x65f | 0x670 | 0x6d6..=0x6dc | 0x6df..=0x6e4
        | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
        || is_unseen(c)
}

/// Signs that only tell how a text is laid out.
fn is_unseen(c: char) -> bool {
    matches!(u32::from(c), 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfe00..=0xfe0f | 0xfeff)
}

fn plain(c: char) -> &'static str {
    match c {
        'ß' => "ss",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ς' => "σ",
        'ک' => "ك",
        'ی' | 'ى' => "ي",
        'ة' => "ه",
        _ => "",
    }
}

fn is_numeric(chunk: &str) -> bool {
    chunk.chars().any(|c| c.is_ascii_digit())
        && chunk
            .chars()
            .all(|c| c.is_ascii_digit() || "+-()/.".contains(c))
}

/// Numbers beside each other: a phone number in any spelling, or one after the other as they stand.
fn number_groups(chunks: &[&str]) -> Vec<Group> {
    let single: Vec<String> = chunks.iter().flat_map(|chunk| cut(chunk)).collect();
    let digits: String = chunks
        .concat()
        .replace("(0)", "")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let dialled = digits.trim_start_matches('0');
    let group = |ways| Group {
        word: String::new(),
        ways,
    };
    if digits.len() < FEWEST_DIGITS || dialled.is_empty() {
        return single.into_iter().map(|n| group(vec![vec![n]])).collect();
    }
    let mut ways = vec![vec![text::cut(dialled, LONGEST_WORD).to_owned()]];
    // What is dialled in front within Russia.
    if let Some(rest) = dialled.strip_prefix('8').filter(|rest| rest.len() == 10) {
        ways.push(vec![rest.to_owned()]);
    }
    let single: Vec<String> = single.iter().map(|n| folded(n)).take(MOST_ASKED).collect();
    if !ways.contains(&single) {
        ways.push(single);
    }
    vec![group(ways)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(typed: &str) -> Vec<Vec<String>> {
        let asked = Asked::read(typed);
        let lines = asked.groups.iter();
        lines
            .map(|group| group.ways.iter().map(|way| way.join("+")).collect())
            .collect()
    }

    #[test]
    fn letters_of_every_script_are_folded() {
        for (text, folded) in [
            ("Łódź ÅSE Straße", "lodz ase strasse"),
            ("Sæther-Løvås", "saether-lovas"),
            ("İstanbul ISPARTA ıspanak", "istanbul isparta ispanak"),
            ("Nguyễn Đặng", "nguyen dang"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("أحمد", "احمد"),
            ("Ｔｏｋｙｏ ㈱", "tokyo (株)"),
            ("हिन्दी", "हिन्दी"),
            ("ガンダム", "ガンダム"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn a_record_is_found_by_each_spelling_of_its_words() {
        assert_eq!(
            indexed("Jürgen O'Brien <j.mueller@acme-corp.co.uk>"),
            [
                "acme", "brien", "co", "corp", "j", "juergen", "jurgen", "mueller", "o", "obrien",
                "uk"
            ]
        );
        assert_eq!(indexed("田中 美咲"), ["田中", "美咲"]);
        assert!(indexed("\u{0} \"*\" 🎉 --").is_empty());
    }

    #[test]
    fn what_is_typed_becomes_beginnings_of_words() {
        for (typed, read) in [
            ("Muñoz", vec![vec!["munoz"]]),
            ("müller", vec![vec!["muller", "mueller"]]),
            (
                "Ada AND \"NEAR*",
                vec![vec!["ada"], vec!["and"], vec!["near"]],
            ),
            (
                "a.b@c.de",
                vec![vec!["a"], vec!["b"], vec!["c"], vec!["de"]],
            ),
            ("", vec![]),
            ("**\"\"'", vec![]),
        ] {
            assert_eq!(ways(typed), read, "{typed}");
        }
    }

    #[test]
    fn numbers_are_asked_for_however_they_are_written() {
        for (typed, read) in [
            ("0171 234", vec![vec!["171234", "0171+234"]]),
            (
                "+49 (0) 171/234-567",
                vec![vec!["49171234567", "49+0+171+234+567"]],
            ),
            ("0171 / 23 45", vec![vec!["1712345", "0171+23+45"]]),
            ("00491", vec![vec!["491", "00491"]]),
            (
                "8 916 123-45-67",
                vec![vec!["89161234567", "9161234567", "8+916+123+45+67"]],
            ),
            ("0171", vec![vec!["171", "0171"]]),
            ("42", vec![vec!["42"]]),
            ("pilot 42", vec![vec!["pilot"], vec!["42"]]),
            ("Ada 57851204", vec![vec!["ada"], vec!["57851204"]]),
            ("000", vec![vec!["000"]]),
        ] {
            assert_eq!(ways(typed), read, "{typed}");
        }
    }

    #[test]
    fn a_question_of_any_length_is_bounded() {
        let long = "x".repeat(10_000);
        assert_eq!(Asked::read(&long).groups.len(), 1);
        let many = "ab ".repeat(4_000);
        assert_eq!(Asked::read(&many).groups.len(), MOST_ASKED);
        assert_eq!(indexed(&"word ".repeat(500)), ["word"]);
    }
}
