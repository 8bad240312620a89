//! Where a visit came from: campaign parameters, else the referring site.

use serde::{Deserialize, Serialize};

use crate::base::{Timestamp, text};

/// The source of one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// When.
    pub at: Timestamp,
    /// `utm_source`, or the referring host, or "direct".
    pub source: String,
    /// `utm_medium`, or "referral", or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub medium: String,
    /// `utm_campaign`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub campaign: String,
    /// The referring address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub referrer: String,
    /// The first page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub landing: String,
}

/// What a page view says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PageInfo {
    pub url: String,
    pub path: String,
    pub referrer: String,
    /// From `context.campaign`, where the SDK took the parameters apart.
    pub campaign: Option<(String, String, String)>,
}

impl PageInfo {
    /// What to show of it: the path, else the URL.
    pub fn shown(&self) -> &str {
        if self.path.is_empty() {
            &self.url
        } else {
            &self.path
        }
    }

    /// What views of this page are counted under where it has no name: its path, with `*` for what looks like an id, so that
    /// ten thousand orders are one kind of page.
    pub fn place(&self) -> String {
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        let parts = path
            .split('/')
            .map(|part| if is_id(part) { "*" } else { part });
        let place: Vec<&str> = parts.collect();
        text::line(&place.join("/"), 200)
    }

    /// Where this page view came from. Moving within one site is no touch but the visit's own.
    pub fn touch(&self, at: Timestamp) -> Touch {
        let url = url::Url::parse(&self.url).ok();
        let (mut source, mut medium, mut campaign) = self.campaign.clone().unwrap_or_default();
        for (name, value) in url.iter().flat_map(url::Url::query_pairs) {
            match &*name {
                "utm_source" if source.is_empty() => source = value.into_owned(),
                "utm_medium" if medium.is_empty() => medium = value.into_owned(),
                "utm_campaign" if campaign.is_empty() => campaign = value.into_owned(),
                _ => {}
            }
        }
        let host = url
            .as_ref()
            .and_then(url::Url::host_str)
            .unwrap_or_default();
        let referrer = url::Url::parse(&self.referrer).ok();
        let from = referrer
            .as_ref()
            .and_then(url::Url::host_str)
            .filter(|from| bare(from) != bare(host));
        if source.is_empty() {
            match from {
                Some(from) => {
                    bare(from).clone_into(&mut source);
                    if medium.is_empty() {
                        "referral".clone_into(&mut medium);
                    }
                }
                None => "direct".clone_into(&mut source),
            }
        }
        Touch {
            at,
            source: text::line(&source, 100),
            medium: text::line(&medium, 100),
            campaign: text::line(&campaign, 200),
            referrer: if from.is_some() {
                text::cut(&self.referrer, 500).to_owned()
            } else {
                String::new()
            },
            landing: text::cut(self.shown(), 500).to_owned(),
        }
    }
}

/// Numbers, and long runs of hexadecimal digits with or without dashes.
fn is_id(part: &str) -> bool {
    let is_number = part.bytes().all(|b| b.is_ascii_digit());
    let is_hex = part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    !part.is_empty() && (is_number || part.len() >= 16 && is_hex)
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(url: &str, referrer: &str) -> (String, String, String) {
        let page = PageInfo {
            url: url.to_owned(),
            referrer: referrer.to_owned(),
            ..PageInfo::default()
        };
        let touch = page.touch(Timestamp::ZERO);
        (touch.source, touch.medium, touch.campaign)
    }

    #[test]
    fn campaign_then_referrer_then_direct() {
        let owned = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        let page = "https://www.example.com/pricing";
        assert_eq!(
            touch(
                &format!("{page}?utm_source=news&utm_medium=email&utm_campaign=Spring"),
                "https://other.example/"
            ),
            owned("news", "email", "Spring")
        );
        assert_eq!(
            touch(page, "https://www.search.example/q"),
            owned("search.example", "referral", "")
        );
        assert_eq!(touch(page, "https://example.com/"), owned("direct", "", ""));
        assert_eq!(touch(page, "$direct"), owned("direct", "", ""));
        assert_eq!(touch("nonsense", ""), owned("direct", "", ""));
    }
}
