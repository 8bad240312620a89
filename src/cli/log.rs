//! The log: text or JSON lines on standard error, filtered by the `log` setting. Every line of a request
//! carries the request's id, every line of a job the job's.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::base::token;
use crate::config::Config;

/// Starts logging, and logs panics too.
pub(super) fn start(config: &Config) {
    // What the HTTP library says at info is said better by us; whoever names it gets it all the same.
    let asked = format!("actix_server=warn,{}", config.log);
    let filter = EnvFilter::try_new(asked).unwrap_or_else(|error| {
        super::say_error(&format!("log = {:?}: {error}; using info", config.log));
        EnvFilter::new("info")
    });
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let result = if config.log_json {
        lines.json().try_init()
    } else {
        lines.try_init()
    };
    // A second start within one process (tests) keeps the first log.
    if result.is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
}

/// A panic is a fault of ours: one line with a number, within the span of the request or job it happened in.
fn panicked(info: &std::panic::PanicHookInfo<'_>) {
    let reference = token::readable(8);
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let cause = info.payload_as_str().unwrap_or("(no message)");
    let trace = std::backtrace::Backtrace::capture();
    tracing::error!(%reference, place, cause, %trace, "panic");
}
