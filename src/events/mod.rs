//! The customer data platform: what people do, as it arrives, until it stands on their contact.
//! Words: a `source` is where events come from; the `inbox` holds requests as they came; `enrichment` turns them into
//! events, identities and traits; the `quarantine` keeps what could not be understood; `live` tells whoever watches.
//! Invariants: what was answered 200 is stored exactly once; one bad event never fails its batch; only the worker writes events.

pub mod acts;
pub mod debugger;
pub mod enrich;
pub mod health;
pub mod inbox;
pub mod ingest;
pub mod listing;
pub mod live;
pub mod model;
pub mod quarantine;
pub mod record;
pub mod sources;
