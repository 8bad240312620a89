//! What to paste where: instructions for one source, with the address of this instance and its key filled in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Source, SourceKind};

/// One way to connect: the word in the address, its tab and its listings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The word in the address.
    pub word: &'static str,
    /// The tab.
    pub label: &'static str,
}

/// Something to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// What it is.
    pub title: &'static str,
    /// The listing.
    pub text: String,
    /// What is good to know.
    pub note: &'static str,
}

/// Every way, in the order of the tabs.
pub const WAYS: &[Way] = &[
    Way {
        word: "web",
        label: "Script",
    },
    Way {
        word: "segment-web",
        label: "Browser SDK",
    },
    Way {
        word: "node",
        label: "Node",
    },
    Way {
        word: "python",
        label: "Python",
    },
    Way {
        word: "curl",
        label: "curl",
    },
    Way {
        word: "pixel",
        label: "Pixel",
    },
];

/// The way asked for, or the one that suits the kind best.
pub fn way(word: Option<&str>, kind: SourceKind) -> &'static str {
    let known = WAYS.iter().find(|way| Some(way.word) == word);
    known.map_or(
        match kind {
            SourceKind::Web => "web",
            SourceKind::Server => "node",
            SourceKind::Mobile | SourceKind::Import | SourceKind::Crm => "curl",
        },
        |way| way.word,
    )
}

/// What to copy for one way. `host` is this instance's address without a slash at the end.
pub fn snippets(way: &str, source: &Source, host: &str) -> Vec<Snippet> {
    let key = source.write_key.as_str();
    match way {
        "web" => vec![script(source, host)],
        "segment-web" => browser_sdks(key, host),
        "node" => node(key, host),
        "python" => python(key, host),
        "pixel" => vec![pixel(key, host)],
        _ => curl(source, host),
    }
}

fn script(source: &Source, host: &str) -> Snippet {
    let dnt = if source.settings.honour_dnt {
        ""
    } else {
        "\n  data-dnt=\"ignore\""
    };
    let key = &source.write_key;
    Snippet {
        title: "Our own tracker",
        text: format!(
            "<!-- before </head> -->\n<script async\n  src=\"{host}/rapport.js\"\n  data-key=\"{key}\"{dnt}>\n</script>\n\
             <script>window.rapport = window.rapport || []</script>\n\n\
             // then, wherever you know something\n\
             rapport.push([\"identify\", \"u_48213\", {{ plan: \"Harbour\" }}])\n\
             rapport.push([\"track\", \"Quote Viewed\", {{ total: 184500 }}])"
        ),
        note: "Under 4 kB, no cookies of third parties. Page views are sent by themselves.",
    }
}

fn browser_sdks(key: &str, host: &str) -> Vec<Snippet> {
    let (scheme, place) = host.split_once("://").unwrap_or(("https", host));
    let protocol = if scheme == "http" {
        ", protocol: \"http\""
    } else {
        ""
    };
    vec![
        Snippet {
            title: "Segment, @segment/analytics-next",
            text: format!(
                "import {{ AnalyticsBrowser }} from \"@segment/analytics-next\"\n\n\
                 const analytics = AnalyticsBrowser.load(\n  {{ writeKey: \"{key}\", cdnURL: \"{host}\" }},\n  \
                 {{ integrations: {{ \"Segment.io\": {{ apiHost: \"{place}/v1\"{protocol} }} }} }}\n)\n\
                 analytics.page()\n\
                 analytics.identify(\"u_48213\", {{ email: \"ada@example.com\" }})"
            ),
            note: "A site that has it already changes these two addresses and the key; nothing else.",
        },
        Snippet {
            title: "RudderStack, @rudderstack/analytics-js",
            text: format!(
                "import {{ RudderAnalytics }} from \"@rudderstack/analytics-js/bundled\"\n\n\
                 const analytics = new RudderAnalytics()\n\
                 analytics.load(\"{key}\", \"{host}\", {{ configUrl: \"{host}\" }})\n\
                 analytics.page()\n\
                 analytics.identify(\"u_48213\", {{ email: \"ada@example.com\" }})"
            ),
            note: "Take the bundled build: the other one fetches its parts from RudderStack.",
        },
    ]
}

fn node(key: &str, host: &str) -> Vec<Snippet> {
    let calls = "analytics.identify({ userId: \"u_48213\", traits: { email: \"ada@example.com\", plan: \"Harbour\" } })\n\
                 analytics.track({ userId: \"u_48213\", event: \"Quote Viewed\", properties: { total: 184500 } })";
    vec![
        Snippet {
            title: "Segment, @segment/analytics-node",
            text: format!(
                "import {{ Analytics }} from \"@segment/analytics-node\"\n\n\
                 const analytics = new Analytics({{ writeKey: \"{key}\", host: \"{host}\" }})\n{calls}\n\
                 await analytics.closeAndFlush()"
            ),
            note: "",
        },
        Snippet {
            title: "RudderStack, @rudderstack/rudder-sdk-node",
            text: format!(
                "import RudderAnalytics from \"@rudderstack/rudder-sdk-node\"\n\n\
                 const analytics = new RudderAnalytics(\"{key}\", {{ dataPlaneUrl: \"{host}\" }})\n{calls}\n\
                 await analytics.flush()"
            ),
            note: "",
        },
    ]
}

fn python(key: &str, host: &str) -> Vec<Snippet> {
    let calls = "analytics.identify(\"u_48213\", {\"email\": \"ada@example.com\", \"plan\": \"Harbour\"})\n\
                 analytics.track(\"u_48213\", \"Quote Viewed\", {\"total\": 184500})\n\
                 analytics.flush()";
    vec![
        Snippet {
            title: "Segment, segment-analytics-python",
            text: format!(
                "import segment.analytics as analytics\n\n\
                 analytics.write_key = \"{key}\"\nanalytics.host = \"{host}\"\n\n{calls}"
            ),
            note: "",
        },
        Snippet {
            title: "RudderStack, rudder-sdk-python",
            text: format!(
                "import rudderstack.analytics as analytics\n\n\
                 analytics.write_key = \"{key}\"\nanalytics.dataPlaneUrl = \"{host}\"\n\n{calls}"
            ),
            note: "",
        },
    ]
}

fn curl(source: &Source, host: &str) -> Vec<Snippet> {
    let key = &source.write_key;
    let one = Snippet {
        title: "One event",
        text: format!(
            "curl -u {key}: {host}/v1/track -d '{{\n  \"userId\": \"u_48213\",\n  \"event\": \"Quote Viewed\",\n  \
             \"properties\": {{ \"quote\": \"Q-2041\", \"total\": 184500 }}\n}}'"
        ),
        note: "Also /v1/identify, /v1/page, /v1/screen, /v1/group and /v1/alias.",
    };
    let many = Snippet {
        title: "Many at once, also from the past",
        text: format!(
            "curl -u {key}: {host}/v1/batch -d '{{ \"batch\": [\n  \
             {{ \"type\": \"identify\", \"messageId\": \"m1\", \"userId\": \"u_48213\", \"timestamp\": \"2026-05-24T07:14:05Z\",\n    \
             \"traits\": {{ \"email\": \"ada@example.com\" }} }},\n  \
             {{ \"type\": \"track\", \"messageId\": \"m2\", \"userId\": \"u_48213\", \"timestamp\": \"2026-05-24T07:15:00Z\",\n    \
             \"event\": \"Quote Viewed\" }}\n] }}'"
        ),
        note: "Up to 2,500 events and 4 MB. With a messageId, sending twice counts once.",
    };
    match source.kind {
        SourceKind::Import => vec![many, one],
        _ => vec![one, many],
    }
}

fn pixel(key: &str, host: &str) -> Snippet {
    let event = format!(r#"{{"writeKey":"{key}","userId":"u_48213","event":"Mail Opened"}}"#);
    let data = STANDARD
        .encode(event)
        .replace('+', "%2B")
        .replace('/', "%2F");
    Snippet {
        title: "An image that is an event",
        text: format!("<img alt=\"\" src=\"{host}/pixel/v1/track?data={data}\">"),
        note: "For pages and mails without script. data is the event in base64, its write key included.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::base::ids::SourceId;
    use crate::events::sources::SourceSettings;

    fn source(kind: SourceKind) -> Source {
        Source {
            id: SourceId(2),
            name: "Website".into(),
            kind,
            write_key: "wk_Abc-_9".into(),
            old_write_key: None,
            old_key_until: None,
            is_enabled: true,
            is_verified: false,
            settings: SourceSettings::default(),
            created_at: Timestamp::ZERO,
            updated_at: Timestamp::ZERO,
        }
    }

    #[test]
    fn every_way_names_the_key_and_the_address() {
        let source = source(SourceKind::Web);
        for way in WAYS {
            for snippet in snippets(way.word, &source, "http://127.0.0.1:8080") {
                let text = &snippet.text;
                assert!(text.contains("127.0.0.1:8080"), "{text}");
                assert!(text.contains("wk_Abc-_9") || way.word == "pixel", "{text}");
            }
        }
    }

    #[test]
    fn the_kind_suggests_the_way_unless_one_is_asked_for() {
        assert_eq!(way(None, SourceKind::Web), "web");
        assert_eq!(way(None, SourceKind::Server), "node");
        assert_eq!(way(Some("python"), SourceKind::Web), "python");
        assert_eq!(way(Some("<script>"), SourceKind::Import), "curl");
    }

    #[test]
    fn the_pixel_carries_the_event() {
        let text = &snippets("pixel", &source(SourceKind::Web), "https://crm.example")[0].text;
        let data = text
            .split("data=")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("data");
        let data = data.replace("%2B", "+").replace("%2F", "/");
        let json: serde_json::Value =
            serde_json::from_slice(&STANDARD.decode(data).expect("base64")).expect("JSON");
        assert_eq!(json["writeKey"], "wk_Abc-_9");
    }

    #[test]
    fn the_tracker_is_told_when_not_to_honour_do_not_track() {
        let mut source = source(SourceKind::Web);
        assert!(
            !snippets("web", &source, "https://x")[0]
                .text
                .contains("data-dnt")
        );
        source.settings.honour_dnt = false;
        assert!(
            snippets("web", &source, "https://x")[0]
                .text
                .contains("data-dnt=\"ignore\"")
        );
    }
}
