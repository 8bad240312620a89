//! What the figures were measured on, and what a process used: read from /proc, 0 where there is none.

use std::fs;

/// The machine's size, and how busy it was before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub cores: usize,
    pub memory_mb: u64,
    pub load: f64,
}

impl Machine {
    pub fn look() -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mb: field("/proc/meminfo", "MemTotal:") / 1024,
            load: load
                .split(' ')
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(0.0),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} cores, {} GB of memory, load {:.1} before",
            self.cores,
            self.memory_mb.div_ceil(1024),
            self.load
        )
    }
}

/// The most memory a process ever had, in megabytes.
pub(super) fn peak_mb(pid: u32) -> f64 {
    field(&format!("/proc/{pid}/status"), "VmHWM:") as f64 / 1024.0
}

/// The memory a process has now, in megabytes.
pub(super) fn resident_mb(pid: u32) -> f64 {
    field(&format!("/proc/{pid}/status"), "VmRSS:") as f64 / 1024.0
}

/// Seconds of processor time a process has had.
pub(super) fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th field after it.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<u64>().ok())
        .sum();
    ticks as f64 / 100.0
}

fn field(file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}
