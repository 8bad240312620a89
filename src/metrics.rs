//! Figures of this process, as atomics that any floor may add to; `/metrics` prints them. Nothing else here.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Something that only grows.
#[derive(Debug)]
pub struct Counter {
    name: &'static str,
    help: &'static str,
    n: AtomicU64,
}

impl Counter {
    const fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            n: AtomicU64::new(0),
        }
    }

    /// Adds.
    pub fn add(&self, n: u64) {
        self.n.fetch_add(n, Ordering::Relaxed);
    }

    /// The figure so far.
    pub fn total(&self) -> u64 {
        self.n.load(Ordering::Relaxed)
    }
}

/// Something that goes up and down.
#[derive(Debug)]
pub struct Gauge {
    name: &'static str,
    help: &'static str,
    n: AtomicI64,
}

impl Gauge {
    const fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            n: AtomicI64::new(0),
        }
    }

    /// Sets it.
    pub fn set(&self, n: i64) {
        self.n.store(n, Ordering::Relaxed);
    }

    /// Moves it.
    pub fn add(&self, n: i64) {
        self.n.fetch_add(n, Ordering::Relaxed);
    }
}

/// How long something took: counts per upper bound, and the sum.
#[derive(Debug)]
pub struct Histogram {
    name: &'static str,
    help: &'static str,
    buckets: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

/// Upper bounds in microseconds.
const BOUNDS: [u64; 12] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    5_000_000,
];

impl Histogram {
    const fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            buckets: [const { AtomicU64::new(0) }; BOUNDS.len() + 1],
            micros: AtomicU64::new(0),
        }
    }

    /// Adds one.
    pub fn observe(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let at = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(at) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Answers by class of status: 1xx to 5xx.
pub static ANSWERS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];
/// How long answers took.
pub static ANSWER_TIME: Histogram = Histogram::new(
    "rapport_http_request_seconds",
    "Time from a request to its answer.",
);

/// Notes one answer.
pub fn answered(status: u16, took: Duration) {
    let class = usize::from(status / 100).saturating_sub(1);
    if let Some(n) = ANSWERS.get(class) {
        n.fetch_add(1, Ordering::Relaxed);
    }
    ANSWER_TIME.observe(took);
}

/// Declares the counters and gauges, and the lists `/metrics` prints.
macro_rules! figures {
    ($list:ident, $type:ident: $($(#[$doc:meta])* $name:ident = $shown:literal, $help:literal;)+) => {
        $($(#[$doc])* pub static $name: $type = $type::new($shown, $help);)+
        static $list: &[&$type] = &[$(&$name),+];
    };
}

figures! { COUNTERS, Counter:
    /// Jobs that were done.
    JOBS_DONE = "rapport_jobs_done_total", "Jobs done.";
    /// Attempts at jobs that failed.
    JOBS_FAILED = "rapport_jobs_failed_total", "Attempts at jobs that failed.";
    /// Requests of SDKs answered 200.
    REQUESTS_ACCEPTED = "rapport_ingest_requests_total", "Event requests taken and written down.";
    /// Requests of SDKs refused.
    REQUESTS_REFUSED = "rapport_ingest_refused_total", "Event requests refused.";
    /// Events stored by the worker.
    EVENTS_STORED = "rapport_events_stored_total", "Events stored.";
    /// Events known already.
    EVENTS_DUPLICATE = "rapport_events_duplicate_total", "Events known already.";
    /// Events put into the quarantine.
    EVENTS_QUARANTINED = "rapport_events_quarantined_total", "Events put into the quarantine.";
}

figures! { GAUGES, Gauge:
    /// Requests in the inbox that the worker has not taken yet.
    INBOX_WAITING = "rapport_inbox_waiting", "Event requests that wait for the worker.";
    /// Age of the oldest of them, in milliseconds.
    INBOX_LAG = "rapport_inbox_lag_milliseconds", "Age of the oldest event request that waits.";
    /// Questions waiting for a reading connection.
    READS_WAITING = "rapport_db_reads_waiting", "Questions that wait for a reading connection.";
    /// Transactions waiting for a writing connection.
    WRITES_WAITING = "rapport_db_writes_waiting", "Transactions that wait for a writing connection.";
}

/// Everything, in Prometheus' text format.
pub fn print() -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(&mut out);
    out
}

fn write_all(out: &mut String) -> std::fmt::Result {
    for c in COUNTERS {
        head(out, c.name, c.help, "counter")?;
        writeln!(out, "{} {}", c.name, c.total())?;
    }
    for g in GAUGES {
        head(out, g.name, g.help, "gauge")?;
        writeln!(out, "{} {}", g.name, g.n.load(Ordering::Relaxed))?;
    }
    let name = "rapport_http_requests_total";
    head(
        out,
        name,
        "Requests answered, by class of status.",
        "counter",
    )?;
    for (n, class) in ANSWERS.iter().zip(["1xx", "2xx", "3xx", "4xx", "5xx"]) {
        writeln!(
            out,
            "{name}{{status=\"{class}\"}} {}",
            n.load(Ordering::Relaxed)
        )?;
    }
    write_histogram(out, &ANSWER_TIME)
}

fn write_histogram(out: &mut String, h: &Histogram) -> std::fmt::Result {
    head(out, h.name, h.help, "histogram")?;
    let mut sum = 0;
    for (n, bound) in h.buckets.iter().zip(BOUNDS) {
        sum += n.load(Ordering::Relaxed);
        writeln!(
            out,
            "{}_bucket{{le=\"{}\"}} {sum}",
            h.name,
            bound as f64 / 1e6
        )?;
    }
    sum += h.buckets.last().map_or(0, |n| n.load(Ordering::Relaxed));
    writeln!(out, "{}_bucket{{le=\"+Inf\"}} {sum}", h.name)?;
    let seconds = h.micros.load(Ordering::Relaxed) as f64 / 1e6;
    writeln!(out, "{}_sum {seconds}\n{}_count {sum}", h.name, h.name)
}

fn head(out: &mut String, name: &str, help: &str, kind: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_upwards() {
        static H: Histogram = Histogram::new("h", "help");
        for micros in [100, 700, 700, 9_000_000] {
            H.observe(Duration::from_micros(micros));
        }
        let mut out = String::new();
        write_histogram(&mut out, &H).expect("a string");
        for line in [
            "h_bucket{le=\"0.0005\"} 1",
            "h_bucket{le=\"0.001\"} 3",
            "h_bucket{le=\"5\"} 3",
            "h_bucket{le=\"+Inf\"} 4",
            "h_sum 9.0015",
            "h_count 4",
        ] {
            assert!(out.contains(line), "{line} in {out}");
        }
    }
}
