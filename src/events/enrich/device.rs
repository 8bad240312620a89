//! A device in a few words from its user agent: "Firefox on Windows", "iPhone app". Rough on purpose: it helps a
//! person recognise a visit and decides nothing.

/// Browser and system, or the program's own name; empty where nothing is recognised.
pub(super) fn describe(agent: &str) -> String {
    if agent.is_empty() {
        return String::new();
    }
    let system = system(agent);
    match (browser(agent), system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => system.to_owned(),
        (None, None) => program(agent),
    }
}

fn browser(agent: &str) -> Option<&'static str> {
    // The order matters: most browsers claim to be several.
    const BROWSERS: [(&str, &str); 14] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Opera", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("YaBrowser", "Yandex"),
        ("Vivaldi", "Vivaldi"),
        ("DuckDuckGo", "DuckDuckGo"),
        ("FxiOS", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Trident/", "Internet Explorer"),
        ("Safari/", "Safari"),
    ];
    BROWSERS
        .iter()
        .find(|(mark, _)| agent.contains(mark))
        .map(|(_, name)| *name)
}

fn system(agent: &str) -> Option<&'static str> {
    const SYSTEMS: [(&str, &str); 10] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Macintosh", "macOS"),
        ("Darwin", "Apple"),
        ("Linux", "Linux"),
        ("X11", "Unix"),
    ];
    SYSTEMS
        .iter()
        .find(|(mark, _)| agent.contains(mark))
        .map(|(_, name)| *name)
}

/// `analytics-python/2.4.0` → `analytics-python`.
fn program(agent: &str) -> String {
    let name = agent.split(['/', ' ', '(']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_agents_are_recognised() {
        for (agent, want) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox on Linux",
            ),
            ("analytics-python/2.4.0", "analytics-python"),
            ("", ""),
        ] {
            assert_eq!(describe(agent), want, "{agent}");
        }
    }
}
