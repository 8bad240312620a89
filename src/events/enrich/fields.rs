//! Reading fields of any type without trusting any: SDKs and people send numbers for texts, texts for numbers,
//! null and empty for absent.

use serde_json::value::RawValue;

use crate::base::Timestamp;

/// A field as it came; `None` for absent and null.
pub(super) type Field<'a> = Option<&'a RawValue>;

/// The deepest an event may be nested.
pub(super) const MOST_DEPTH: usize = 64;

/// A text or number as text, trimmed and without NUL; `Ok(None)` for absent, null and empty;
/// `Err` for what is neither text nor number.
pub(super) fn word(field: Field<'_>) -> Result<Option<String>, ()> {
    let Some(raw) = field else { return Ok(None) };
    let json = raw.get();
    match json.as_bytes().first() {
        Some(b'"') => {
            let text: String = serde_json::from_str(json).map_err(|_| ())?;
            let text = text.trim();
            let text = if text.contains('\0') {
                text.replace('\0', "")
            } else {
                text.to_owned()
            };
            Ok((!text.is_empty()).then_some(text))
        }
        Some(b'0'..=b'9' | b'-') => Ok(Some(json.to_owned())),
        Some(b'n') => Ok(None),
        _ => Err(()),
    }
}

/// As [`word`], and what is neither text nor number counts as absent.
pub(super) fn text(field: Field<'_>) -> Option<String> {
    word(field).ok().flatten()
}

/// A number, or a text that is one.
pub(super) fn number(field: Field<'_>) -> Option<f64> {
    text(field)?.parse::<f64>().ok().filter(|n| n.is_finite())
}

/// A time: RFC 3339, without a zone (then UTC), a bare date, or seconds or milliseconds since 1970.
/// `Ok(None)` for absent; `Err` for what cannot be read.
pub(super) fn time(field: Field<'_>) -> Result<Option<Timestamp>, ()> {
    let Some(text) = word(field)? else {
        return Ok(None);
    };
    if let Some(at) = Timestamp::parse(&text) {
        return Ok(Some(at));
    }
    if let Ok(n) = text.parse::<f64>() {
        // 10^11 seconds is the year 5138; as milliseconds it is 1973.
        let micros = if n.abs() > 1e14 {
            n
        } else if n.abs() > 1e11 {
            n * 1e3
        } else {
            n * 1e6
        };
        return if micros.is_finite() && micros.abs() < 1e18 {
            Ok(Some(Timestamp(micros as i64)))
        } else {
            Err(())
        };
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"] {
        if let Ok(at) = chrono::NaiveDateTime::parse_from_str(&text, format) {
            return Ok(Some(at.and_utc().into()));
        }
    }
    chrono::NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .ok()
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map(|at| Some(at.and_utc().into()))
        .ok_or(())
}

/// How deep a JSON text is nested. It is known to be JSON; strings are skipped.
pub(super) fn depth(json: &str) -> usize {
    let (mut deepest, mut depth, mut in_text, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in json.bytes() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).expect("JSON")
    }

    #[test]
    fn ids_of_any_type() {
        for (json, want) in [
            ("\" a \"", Ok(Some("a"))),
            ("7", Ok(Some("7"))),
            ("9007199254740993", Ok(Some("9007199254740993"))),
            ("\"\"", Ok(None)),
            ("null", Ok(None)),
            ("true", Err(())),
            ("{}", Err(())),
            ("[1]", Err(())),
            ("\"a\\u0000b\"", Ok(Some("ab"))),
        ] {
            assert_eq!(
                word(Some(&raw(json))).as_ref().map(Option::as_deref),
                want.as_ref().map(|w| *w),
                "{json}"
            );
        }
    }

    #[test]
    fn times_of_any_form() {
        let at = Timestamp::parse("2026-11-22T00:00:00Z").expect("a time");
        for json in [
            "\"2026-11-22T00:00:00Z\"",
            "\"2026-11-22T01:00:00+01:00\"",
            "\"2026-11-22T00:00:00\"",
            "\"2026-11-22 00:00:00.000\"",
            "\"2026-11-22\"",
            "1795305600",
            "1795305600000",
        ] {
            assert_eq!(time(Some(&raw(json))), Ok(Some(at)), "{json}");
        }
        for json in ["\"soon\"", "{}", "true", "1e300"] {
            assert_eq!(time(Some(&raw(json))), Err(()), "{json}");
        }
        assert!(time(Some(&raw("\"1601-01-01T00:00:00Z\""))).is_ok());
        assert!(time(Some(&raw("\"9999-12-31T23:59:59Z\""))).is_ok());
    }

    #[test]
    fn depth_skips_what_stands_in_texts() {
        assert_eq!(depth(r#"{"a": "[[[[", "b": [[1]]}"#), 3);
        assert_eq!(depth(r#""\"[""#), 0);
        assert_eq!(depth(&"[".repeat(10_000)), 10_000);
    }
}
