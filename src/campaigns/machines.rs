//! Whether a person was there: mail proxies fetch pictures before anybody looks, and scanners follow every link of a mail
//! at once. Nothing of theirs is dropped; it is counted apart.

use crate::base::Timestamp;
use crate::base::clock::SECOND;
use crate::text_enum;

text_enum!(
    /// What a request said of itself.
    Sign {
        /// Nothing out of the ordinary.
        None => "none",
        /// It asked about the thing, and not for it.
        Head => "head",
        /// It fetched in advance.
        Prefetch => "prefetch",
        /// The name of a program that nobody reads mail with.
        Agent => "agent",
    }
);

/// Parts of names of programs that look for somebody else. Google's picture proxy is not among them: it asks when a
/// person opens the mail.
const PROGRAMS: [&str; 24] = [
    "bot/",
    "bot-",
    "crawl",
    "spider",
    "curl/",
    "wget",
    "python-",
    "aiohttp",
    "go-http-client",
    "java/",
    "okhttp",
    "libwww",
    "headlesschecker",
    "barracuda",
    "proofpoint",
    "mimecast",
    "bitdefender",
    "symantec",
    "forcepoint",
    "trendmicro",
    "safelinks",
    "existence discovery",
    "bingpreview",
    "linkpreview",
];
/// What Apple's mail says of itself when it fetches everything in advance, and nothing else does.
const APPLE: &str = "Mozilla/5.0";
/// Nobody has read a mail this soon after it was delivered, or follows two links within this time.
const AT_ONCE: i64 = SECOND;

/// What a request says of itself: how it asked, by which program, for what purpose.
pub fn sign(is_head: bool, agent: &str, purpose: &str) -> Sign {
    let name = agent.trim().to_ascii_lowercase();
    if is_head {
        Sign::Head
    } else if purpose.to_ascii_lowercase().contains("prefetch") {
        Sign::Prefetch
    } else if name.is_empty()
        || agent.trim() == APPLE
        || PROGRAMS.iter().any(|part| name.contains(part))
    {
        Sign::Agent
    } else {
        Sign::None
    }
}

/// Something asked for in the name of one recipient.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The link; none: the picture.
    pub link: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// What it said of itself.
    pub sign: Sign,
}

/// Which of these were no person's; all are of one recipient, whose mail was delivered at `sent_at`.
pub fn judged(seen: &[Seen], sent_at: Option<Timestamp>) -> Vec<bool> {
    let is_near = |a: Timestamp, b: Timestamp| a.since(b).abs() <= AT_ONCE;
    let is_burst = |one: &Seen| {
        let others = seen.iter().filter(|other| other.link.is_some());
        let mut others = others.filter(|other| other.link != one.link);
        one.link.is_some() && others.any(|other| is_near(other.at, one.at))
    };
    let bursts: Vec<Timestamp> = seen.iter().filter(|s| is_burst(s)).map(|s| s.at).collect();
    let is_machine = |one: &Seen| {
        one.sign != Sign::None
            || sent_at.is_some_and(|sent| one.at.since(sent) <= AT_ONCE)
            || bursts.iter().any(|at| is_near(*at, one.at))
    };
    seen.iter().map(is_machine).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    #[test]
    fn programs_are_known_by_what_they_say() {
        for (is_head, agent, purpose, want) in [
            (false, FIREFOX, "", Sign::None),
            (true, FIREFOX, "", Sign::Head),
            (
                false,
                FIREFOX,
                "prefetch;anonymous-client-ip",
                Sign::Prefetch,
            ),
            (false, "Mozilla/5.0", "", Sign::Agent),
            (false, "", "", Sign::Agent),
            (
                false,
                "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
                "",
                Sign::Agent,
            ),
            (
                false,
                "Microsoft Office/16.0 (Microsoft Office Existence Discovery)",
                "",
                Sign::Agent,
            ),
            // A person opens a mail in Gmail; and a telephone that is called Cubot.
            (
                false,
                "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
                "",
                Sign::None,
            ),
            (
                false,
                "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36",
                "",
                Sign::None,
            ),
        ] {
            assert_eq!(sign(is_head, agent, purpose), want, "{agent}");
        }
    }

    fn seen(link: Option<i64>, millis: i64) -> Seen {
        Seen {
            link,
            at: Timestamp(millis * 1_000),
            sign: Sign::None,
        }
    }

    #[test]
    fn a_burst_or_an_answer_to_the_delivery_is_no_person() {
        let sent = Some(Timestamp(0));
        for (what, hits, want) in [
            ("too soon", vec![seen(None, 700)], vec![true]),
            (
                "a reader",
                vec![seen(None, 9_000), seen(Some(1), 12_000)],
                vec![false, false],
            ),
            (
                "every link at once, the picture with them",
                vec![
                    seen(None, 30_200),
                    seen(Some(1), 30_000),
                    seen(Some(2), 30_100),
                    seen(Some(3), 30_900),
                ],
                vec![true; 4],
            ),
            (
                "an impatient finger",
                vec![seen(Some(1), 30_000), seen(Some(1), 30_300)],
                vec![false, false],
            ),
            (
                "a scanner, and later a reader",
                vec![
                    seen(Some(1), 5_000),
                    seen(Some(2), 5_100),
                    seen(Some(2), 60_000),
                ],
                vec![true, true, false],
            ),
        ] {
            assert_eq!(judged(&hits, sent), want, "{what}");
        }
        let early = judged(&[seen(None, 100)], None);
        assert_eq!(early, [false], "nobody knows when it was delivered");
    }
}
