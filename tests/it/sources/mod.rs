//! Stories of sources.

mod connect;
mod live;
mod rights;
mod settings;

use rapport::accounts::audit::By;
use rapport::base::clock;
use rapport::events::sources::{NewSource, Source, SourceKind, actions, store};

use crate::support::TestApp;

impl TestApp {
    /// A source as somebody made it.
    pub async fn source(&self, name: &str, kind: SourceKind) -> Source {
        let new = NewSource {
            name: name.to_owned(),
            kind,
        };
        self.write(move |conn| actions::create(conn, &new, &By::house(), clock::now()))
            .await
    }

    /// A source as it is by now.
    pub async fn source_now(&self, source: &Source) -> Source {
        let id = source.id;
        self.read(move |conn| store::by_id(conn, id))
            .await
            .expect("the source")
    }
}

/// A name nobody should ever see as markup.
pub const HOSTILE: &str = "<script>alert(1)</script> \"x\" & 'y'";
