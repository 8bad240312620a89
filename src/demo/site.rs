//! Tidewater's website and app as far as visits need them: pages, screens, campaigns, sites that link to it, browsers.

use super::cast::Trade;

/// A page of the website.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Path.
    pub path: &'static str,
    /// Title.
    pub title: &'static str,
}

const fn leaf(path: &'static str, title: &'static str) -> Leaf {
    Leaf { path, title }
}

pub(super) const HOME: Leaf = leaf("/", "Tidewater: know your water");
pub(super) const PRICING: Leaf = leaf("/pricing", "Pricing");
pub(super) const PRICING_HARBOUR: Leaf = leaf("/pricing#harbour", "Pricing: Harbour");
pub(super) const QUOTE: Leaf = leaf("/quotes/Q-2041", "Quote Q-2041");
pub(super) const TRIAL: Leaf = leaf("/trial", "Try Tidewater for 14 days");
pub(super) const DEMO: Leaf = leaf("/demo", "Book a demonstration");
pub(super) const CONTACT: Leaf = leaf("/contact", "Talk to us");
pub(super) const NEWSLETTER: Leaf = leaf("/newsletter", "The Tide Table, once a month");
pub(super) const SECURITY: Leaf = leaf("/security", "Security and data protection");
pub(super) const CANCEL: Leaf = leaf("/help/cancel-a-plan", "Cancel a plan");
pub(super) const INVOICES: Leaf = leaf("/help/invoices", "Invoices and VAT");
pub(super) const ZERO: Leaf = leaf("/help/buoy-reads-zero", "A buoy reads 0 °C after an update");

const FARMS: &[Leaf] = &[
    leaf("/aquaculture", "Sensors for fish farms"),
    leaf("/products/oxygen-probe", "Optical oxygen probe OX-3"),
    leaf("/products/salinity-buoy", "Salinity buoy SB-2"),
    leaf("/customers/lofoten", "How Lofoten halved its losses"),
    leaf("/blog/oxygen-at-slack-tide", "Oxygen at slack tide"),
    leaf("/blog/lice-and-salinity", "Lice, salinity and what to log"),
    leaf("/docs/calibration/optical-do", "Calibrating optical oxygen"),
];
const PORTS: &[Leaf] = &[
    leaf("/ports", "Sensors for ports and harbours"),
    leaf("/products/tide-gauge", "Radar tide gauge TG-1"),
    leaf("/products/current-profiler", "Current profiler CP-4"),
    leaf(
        "/customers/harbour-of-oban",
        "A harbour that knows its depth",
    ),
    leaf("/blog/under-keel-clearance", "Under-keel clearance, live"),
    leaf("/docs/api/water-levels", "API: water levels"),
];
const WATERS: &[Leaf] = &[
    leaf("/water-works", "Sensors for water works"),
    leaf("/products/turbidity-node", "Turbidity node TN-2"),
    leaf("/products/chlorine-probe", "Chlorine probe CL-1"),
    leaf("/customers/city-network", "400 km of pipes on one map"),
    leaf("/blog/storm-overflows", "Storm overflows, counted"),
    leaf("/docs/scada", "Connecting SCADA by OPC UA"),
];
const LABS: &[Leaf] = &[
    leaf("/research", "Tidewater for research"),
    leaf("/docs/export", "Exporting raw series"),
    leaf("/docs/api", "API reference"),
    leaf("/blog/open-data", "Open data from 200 buoys"),
    leaf("/products/salinity-buoy", "Salinity buoy SB-2"),
];
const ANYBODY: &[Leaf] = &[
    HOME,
    leaf("/about", "About Tidewater"),
    leaf("/careers", "Work with us"),
    leaf("/blog", "Blog"),
    leaf("/blog/how-deep-is-a-fjord", "How deep is a fjord?"),
    leaf("/products", "All products"),
    leaf("/webinars/calibration", "Webinar: calibration in spring"),
    leaf("/status", "Status"),
];

/// Pages that people of a trade read.
pub(super) fn pages(trade: Trade) -> &'static [Leaf] {
    match trade {
        Trade::Farm => FARMS,
        Trade::Port => PORTS,
        Trade::Water => WATERS,
        Trade::Lab => LABS,
    }
}

/// Pages that anybody reads.
pub(super) fn anywhere() -> &'static [Leaf] {
    ANYBODY
}

/// Screens of the app.
pub(super) const SCREENS: &[(u32, &str)] = &[
    (30, "Site overview"),
    (22, "Sensor"),
    (14, "Alarms"),
    (12, "Trends"),
    (8, "Map"),
    (6, "Reports"),
    (5, "Calibration"),
    (3, "Settings"),
];

/// A paid or written way to the site.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Campaign {
    /// `utm_source`.
    pub source: &'static str,
    /// `utm_medium`.
    pub medium: &'static str,
    /// `utm_campaign`.
    pub name: &'static str,
    /// Days before now between which it ran.
    pub ran: (i64, i64),
}

const fn campaign(
    source: &'static str,
    medium: &'static str,
    name: &'static str,
    ran: (i64, i64),
) -> Campaign {
    Campaign {
        source,
        medium,
        name,
        ran,
    }
}

/// Every campaign of the year.
pub(super) const CAMPAIGNS: &[Campaign] = &[
    campaign("tide-table", "email", "Tide Table, monthly", (365, 0)),
    campaign("linkedin", "paid-social", "Harbours that know", (330, 250)),
    campaign("google", "cpc", "oxygen-sensor", (365, 0)),
    campaign("google", "cpc", "tide-gauge", (300, 60)),
    campaign("tide-table", "email", "Spring calibration", (270, 200)),
    campaign("havbruk", "event", "Havbruk trade fair", (128, 96)),
    campaign("fishfarmer", "display", "Autumn storms", (88, 30)),
    campaign("linkedin", "paid-social", "Ports week", (45, 3)),
    campaign("tide-table", "email", "Winter offer", (12, 0)),
];

/// Pages elsewhere that people come from; empty: typed in.
pub(super) const REFERRERS: &[(u32, &str)] = &[
    (34, ""),
    (30, "https://www.google.com/"),
    (7, "https://www.bing.com/"),
    (5, "https://duckduckgo.com/"),
    (9, "https://www.linkedin.com/"),
    (5, "https://www.fishfarmer.example/news/sensors"),
    (4, "https://ports.example/directory/instruments"),
    (3, "https://www.youtube.com/"),
    (3, "https://forum.aquaculture.example/t/oxygen-probes/412"),
];

/// A browser or phone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Agent {
    /// What it calls itself.
    pub words: &'static str,
    /// `ios` or `android` for the app; empty for browsers.
    pub system: &'static str,
}

const fn agent(system: &'static str, words: &'static str) -> Agent {
    Agent { words, system }
}

/// Browsers, with how many people use each.
pub(super) const BROWSERS: &[(u32, Agent)] = &[
    (
        38,
        agent(
            "",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        ),
    ),
    (
        14,
        agent(
            "",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
        ),
    ),
    (
        12,
        agent(
            "",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15",
        ),
    ),
    (
        8,
        agent(
            "",
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        ),
    ),
    (
        7,
        agent(
            "",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        ),
    ),
    (
        12,
        agent(
            "",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
        ),
    ),
    (
        9,
        agent(
            "",
            "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        ),
    ),
];

/// Phones and tablets with the app.
pub(super) const PHONES: &[(u32, Agent)] = &[
    (
        45,
        agent("ios", "Tidewater/4.12 (iPhone; iOS 19.1; Scale/3.00)"),
    ),
    (
        10,
        agent("ios", "Tidewater/4.12 (iPad; iOS 19.0; Scale/2.00)"),
    ),
    (45, agent("android", "Tidewater/4.12 (Android 16; Pixel 9)")),
];
