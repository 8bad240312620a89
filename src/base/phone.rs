//! Phone numbers in E.164, read with the numbering plans that libphonenumber describes.

use phonenumber::Mode;
use phonenumber::country;

/// `+` and fifteen digits (E.164); some of the plans' own patterns allow more.
const LONGEST: usize = 16;

/// Normalises to E.164 (`+4757851204`). A number without `+` is read in `default_country`
/// (ISO 3166-1 alpha-2); `None` where it is no valid number.
pub fn parse(text: &str, default_country: Option<&str>) -> Option<String> {
    let text = text.trim();
    if text.len() > 40 || !text.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let country = default_country.and_then(|code| code.parse::<country::Id>().ok());
    let number = phonenumber::parse(country, text).ok()?;
    let e164 = number.format().mode(Mode::E164).to_string();
    // Where a number begins like its country's own prefix, the library reads it in two ways: only what reads back as
    // itself can be compared.
    (number.is_valid() && e164.len() <= LONGEST && is_normal(&e164)).then_some(e164)
}

fn is_normal(e164: &str) -> bool {
    phonenumber::parse(None, e164).is_ok_and(|number| {
        number.is_valid() && number.format().mode(Mode::E164).to_string() == e164
    })
}

/// Whether a code names a country with a numbering plan (ISO 3166-1 alpha-2, upper case).
pub fn is_country(code: &str) -> bool {
    code.parse::<country::Id>().is_ok()
}

/// For people: the international spelling with spaces; the text itself where it is no number.
pub fn shown(e164: &str) -> String {
    phonenumber::parse(None, e164).map_or_else(
        |_| e164.to_owned(),
        |n| n.format().mode(Mode::International).to_string(),
    )
}

/// The digits people dial within the country, without a zero in front: the other way to look a number up.
pub fn national(e164: &str) -> Option<String> {
    let number = phonenumber::parse(None, e164).ok()?;
    Some(number.national().value().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_in_e164() {
        for (text, country, want) in [
            ("+47 57 85 12 04", None, Some("+4757851204")),
            ("57 85 12 04", Some("NO"), Some("+4757851204")),
            ("(650) 253-0000", Some("US"), Some("+16502530000")),
            ("57851204", None, None),
            ("call me", Some("NO"), None),
            ("123", Some("NO"), None),
            // Found by fuzzing: `8` is also what Russians dial in front.
            ("+784658 50427", Some("NO"), None),
            ("+49238982716243348", None, None),
        ] {
            assert_eq!(parse(text, country).as_deref(), want, "{text}");
        }
    }
}
