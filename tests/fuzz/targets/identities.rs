//! Normal forms: what two people typed alike is one identifier, and a normal form is its own normal form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rapport::base::{EmailAddress, phone, text};
use rapport::events::enrich::{Id, blocked};

fuzz_target!(|data: &str| {
    if data.contains('\0') {
        // Reading an event takes these out before an identifier is made.
        return;
    }
    let ids = [
        Id::user(data),
        Id::anonymous(data),
        Id::email(data),
        Id::phone(data, Some("NO")),
        Id::phone(data, None),
    ];
    for id in ids.into_iter().flatten() {
        assert!(!id.value.is_empty() && id.value.len() <= 1_024, "{id:?}");
        assert!(!id.value.contains('\0'), "{id:?}");
        assert!(!blocked(&id.value), "{id:?}");
        let again = match &*id.namespace {
            "user_id" => Id::user(&id.value),
            "anonymous_id" => Id::anonymous(&id.value),
            "email" => Id::email(&id.value),
            "phone" => Id::phone(&id.value, None),
            other => panic!("{other} was not asked for"),
        };
        assert_eq!(again.as_ref(), Some(&id), "from {data:?}");
    }
    if let Some(address) = EmailAddress::parse(data) {
        let upper = address.as_str().to_uppercase();
        if upper.is_ascii() {
            assert_eq!(EmailAddress::parse(&upper).as_ref(), Some(&address));
        }
        assert!(address.as_str().ends_with(address.domain()));
    }
    if let Some(number) = phone::parse(data, Some("NO")) {
        assert!(number.starts_with('+') && number.len() <= 17, "{number}");
        assert_eq!(phone::parse(&phone::shown(&number), None).as_deref(), Some(number.as_str()));
    }
    let line = text::line(data, 40);
    assert!(line.chars().count() <= 40 && !line.contains(['\n', '\0']));
    assert!(text::cut(data, 20).len() <= 20);
    let _ = (text::initials(data), text::fold(data), EmailAddress::domain_name(data));
});
