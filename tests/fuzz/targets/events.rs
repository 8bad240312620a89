//! Whatever is sent, reading it neither panics nor invents events, and what it keeps can be stored on both databases.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rapport::base::Timestamp;
use rapport::base::ids::SourceId;
use rapport::events::enrich::read;
use rapport::events::inbox::Waiting;
use rapport::events::sources::SourceSettings;

const KINDS: [&str; 10] = [
    "batch", "track", "page", "identify", "group", "alias", "screen", "import", "replay", "pixel",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else {
        return;
    };
    let kind = KINDS[usize::from(*first) % KINDS.len()];
    let settings = SourceSettings {
        respect_consent: first & 0x40 == 0,
        consent_category: if first & 0x80 == 0 { String::new() } else { "marketing".to_owned() },
        default_country: "NO".to_owned(),
        ..SourceSettings::default()
    };
    let request = Waiting {
        id: 1,
        source_id: SourceId(1),
        received_at: Timestamp(1_800_000_000_000_000),
        kind: kind.to_owned(),
        ip: "192.0.2.7".to_owned(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0".to_owned(),
        body: body.to_vec(),
    };
    let reading = read(&request, &settings, first & 0x20 == 0);
    let said = reading.drafts.len() + reading.refusals.len() + reading.unconsented as usize;
    assert!(said > 0 || body.windows(5).any(|w| w == b"batch"), "it vanished");
    assert!(said <= 1 + body.len() / 2, "more came out than went in");
});
