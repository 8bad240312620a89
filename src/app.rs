//! The composition root: builds the parts, mounts every slice's routes, lists every job. Shared by `serve` and the tests.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, middleware, web};

use crate::accounts::gates::{Gate, Gates};
use crate::accounts::keyring::Keyring;
use crate::accounts::password::{Cost, Passwords};
use crate::accounts::{self, DemoWorld, Figures, Panels, Pins, seen};
use crate::base::clock;
use crate::campaigns::{self, Hits, sender};
use crate::config::{Config, ConfigError};
use crate::contacts::duplicates;
use crate::contacts::export::{self, work::Sweep as SweepExports};
use crate::contacts::import::apply::Keepers;
use crate::contacts::merge::{self, Followers};
use crate::contacts::purge;
use crate::contacts::tags::{self, TagUses};
use crate::contacts::{self, Cards, CompanyCards};
use crate::db::{DatabaseUrl, Db, DbError, migrate};
use crate::deals::{self, related};
use crate::demo;
use crate::desk;
use crate::events::enrich;
use crate::events::health::Health;
use crate::events::inbox::Inbox;
use crate::events::ingest::{self, Keys};
use crate::events::live::Live;
use crate::events::{acts, debugger, quarantine, record, sources};
use crate::files::{FileError, Files};
use crate::jobs::{Kinds, Pace, Pulse, Schedule, Worker};
use crate::mail::{self, MailError, Mailer};
use crate::ops;
use crate::privacy;
use crate::search::recent::{self, Recent};
use crate::search::{self, Finders};
use crate::timeline::{self, Strands};
use crate::web as kit;
use crate::web::streams::Streams;

/// How set-up loads the demo world.
const DEMO: DemoWorld = DemoWorld(Some(demo::load::ask));
/// What else moves when two contacts become one.
pub const FOLLOWERS: Followers = Followers(&[
    &privacy::FOLLOWER,
    &related::FOLLOWER,
    &desk::related::FOLLOWER,
    &campaigns::story::FOLLOWER,
]);

/// Every kind of record that the search finds, in the order in which it shows them.
pub const FINDERS: Finders = Finders(&[
    &contacts::found::CONTACTS,
    &contacts::companies::found::COMPANIES,
    &deals::found::DEALS,
    &desk::found::TICKETS,
    &campaigns::found::CAMPAIGNS,
]);

/// Everything a running instance shares.
#[derive(Clone)]
pub struct House {
    /// Settings.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// The way out for mail.
    pub mailer: Mailer,
    /// Attachments and pictures.
    pub files: Files,
    /// Sign of life of the job worker.
    pub pulse: Pulse,
    /// How passwords are hashed.
    pub passwords: Passwords,
    /// Keys that seal and sign.
    pub keys: Keyring,
    /// Requests with events, kept until the worker had them.
    pub inbox: Inbox,
    /// Which source a write key stands for.
    pub write_keys: Keys,
    /// What was turned away, until it is written.
    pub health: Health,
    /// What just happened, for whoever watches.
    pub live: Live,
    /// Who watches.
    pub streams: Streams,
    /// Openings and clicks of mails, until they are written down.
    pub hits: Hits,
    /// Who opened which records lately.
    pub recent: Recent,
}

/// Why the house cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Mail.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The folder of files.
    #[error(transparent)]
    Files(#[from] FileError),
    /// The key of secrets.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The hash of passwords.
    #[error("passwords: {0}")]
    Passwords(String),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl House {
    /// Migrates and opens the database.
    pub fn build(config: Config) -> Result<Self, BuildError> {
        let mailer = Mailer::new(&config)?;
        Self::build_with(config, mailer)
    }

    /// As [`House::build`], with a mailer of one's own: tests keep what is sent.
    pub fn build_with(config: Config, mailer: Mailer) -> Result<Self, BuildError> {
        let url = DatabaseUrl::parse(&config.database_url())?;
        migrate::run(&url)?;
        let db = Db::open(&url)?;
        // A connection of its own: tests build the house inside the runtime, where nothing may wait on the queues.
        let mut conn = db.connect()?;
        sources::actions::ensure_builtin(&mut conn, clock::now()).map_err(DbError::from)?;
        deals::pipelines::actions::ensure_first(&mut conn, clock::now()).map_err(DbError::from)?;
        drop(conn);
        let passwords = Passwords::new(Cost::STRONG)
            .map_err(|error| BuildError::Passwords(error.to_string()))?;
        let inbox = Inbox::open(&db)?;
        Ok(Self {
            db,
            mailer,
            files: Files::open(&config)?,
            pulse: Pulse::default(),
            passwords,
            keys: Keyring::new(config.secret_key()?),
            inbox,
            write_keys: Keys::default(),
            health: Health::default(),
            live: Live::default(),
            streams: Streams::default(),
            hits: Hits::default(),
            recent: Recent::default(),
            config: Arc::new(config),
        })
    }

    /// Every job this program can do.
    pub fn kinds(&self) -> Kinds {
        Kinds::new()
            .with::<mail::Send>(self.mailer.clone())
            .with::<mail::SendLetter>(self.mailer.clone())
            .with::<accounts::jobs::Sweep>(())
            .with::<duplicates::jobs::Search>(())
            .with::<duplicates::jobs::Walk>(())
            .with::<search::jobs::Fill>(FINDERS)
            .with::<search::jobs::Follow>(FINDERS)
            .with::<accounts::post::MailLink>(accounts::post::Tools {
                mailer: self.mailer.clone(),
                keys: self.keys.clone(),
            })
            .with::<acts::Tell>(self.inbox.clone())
            .with::<desk::inbound::filing::FileMail>(desk::inbound::filing::Tools {
                files: self.files.clone(),
                keys: self.keys.clone(),
            })
            .with::<desk::tickets::sending::SendReply>(desk::tickets::sending::Tools {
                mailer: self.mailer.clone(),
                keys: self.keys.clone(),
                files: self.files.clone(),
            })
            .with::<contacts::fields::settling::Settle>(())
            .with::<contacts::list::runs::Go>(())
            .with::<contacts::companies::Gather>(())
            .with::<contacts::fields::settling::TryKind>(())
            .with::<contacts::import::work::Run>(contacts::import::work::Tools {
                files: self.files.clone(),
                make_deals: deals::imported::make,
            })
            .with::<export::work::Run>(export::Tools {
                files: self.files.clone(),
                find: contacts::list::find_exported,
            })
            .with::<purge::Purge>(purge::Pieces(vec![
                deals::purge::deals,
                purge::contacts,
                purge::companies,
            ]))
            .with::<SweepExports>(self.files.clone())
            .with::<contacts::import::sweep::Sweep>(self.files.clone())
            .with::<contacts::import::work::Undo>(import_keepers())
            .with::<quarantine::jobs::ActOnAll>(self.inbox.clone())
            .with::<demo::load::Load>(Arc::new(demo::Ground {
                db: self.db.clone(),
                inbox: self.inbox.clone(),
                pump: demo::Pump::Running,
                live: self.live.clone(),
            }))
    }

    /// Starts what works in the background. Only `serve` does; tests call `jobs::drain`.
    pub fn start(&self) -> Result<Background, BuildError> {
        let jobs = Worker::start(
            self.db.clone(),
            self.config.clone(),
            self.kinds(),
            schedule(),
            Pace::default(),
            self.pulse.clone(),
        )?;
        let enrich = self.enrich().start()?;
        let sender = sender::Sender::start(self.sending())?;
        Ok(Background {
            enrich,
            jobs,
            sender,
        })
    }

    /// What mailings are sent with.
    pub fn sending(&self) -> sender::Ground {
        sender::Ground {
            db: self.db.clone(),
            mailer: self.mailer.clone(),
            keys: self.keys.clone(),
            hits: self.hits.clone(),
            pace: sender::Pace::default(),
        }
    }

    /// The enrichment worker over this house's inbox.
    pub fn enrich(&self) -> enrich::Worker {
        enrich::Worker::new(
            self.db.clone(),
            self.inbox.clone(),
            self.live.clone(),
            self.health.clone(),
            FOLLOWERS,
        )
    }
}

/// Jobs that come back by themselves.
fn schedule() -> Schedule {
    Schedule::new()
        .every(Duration::from_hours(24), duplicates::jobs::Search)
        .every(Duration::from_hours(24), search::jobs::Fill)
        .every(Duration::from_hours(1), accounts::jobs::Sweep)
        .every(Duration::from_hours(1), SweepExports)
        .every(Duration::from_hours(1), contacts::import::sweep::Sweep)
        .every(Duration::from_hours(24), purge::Purge)
}

/// What works in the background.
pub struct Background {
    enrich: enrich::Running,
    jobs: Worker,
    sender: sender::Sender,
}

impl Background {
    /// Stops everything in order, once HTTP has stopped: events first, as they ask for jobs. Blocks until done.
    pub fn stop(self) {
        self.sender.stop();
        self.enrich.stop();
        self.jobs.stop();
    }
}

/// The application over a house, for one worker thread.
pub fn app(
    house: &House,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(web::Data::from(house.config.clone()))
        .app_data(web::Data::new(house.db.clone()))
        .app_data(web::Data::new(house.mailer.clone()))
        .app_data(web::Data::new(house.files.clone()))
        .app_data(web::Data::new(house.pulse.clone()))
        .app_data(web::Data::new(house.passwords.clone()))
        .app_data(web::Data::new(house.keys.clone()))
        .app_data(web::Data::new(DEMO))
        .app_data(web::Data::new(FOLLOWERS))
        .app_data(web::Data::new(house.inbox.clone()))
        .app_data(web::Data::new(house.write_keys.clone()))
        .app_data(web::Data::new(house.health.clone()))
        .app_data(web::Data::new(house.live.clone()))
        .app_data(web::Data::new(house.streams.clone()))
        .app_data(web::Data::new(house.hits.clone()))
        .app_data(web::Data::new(house.recent.clone()))
        .app_data(web::Data::new(FINDERS))
        .app_data(web::Data::new(strands()))
        .app_data(web::Data::new(cards()))
        .app_data(web::Data::new(company_cards()))
        .app_data(web::Data::new(tag_uses()))
        .app_data(web::Data::new(figures()))
        .app_data(web::Data::new(Pins(vec![contacts::views::pins])))
        .app_data(web::Data::new(panels()))
        .app_data(web::Data::new(gates()))
        .app_data(web::PayloadConfig::new(1 << 20))
        .app_data(kit::query_config())
        .wrap(middleware::from_fn(recent::note))
        .wrap(middleware::from_fn(kit::conditional))
        .wrap(middleware::from_fn(kit::csrf_guard))
        .wrap(middleware::from_fn(kit::security))
        .wrap(middleware::from_fn(kit::request_frame))
        .wrap(middleware::Compress::default())
        .wrap_fn(|request, service| {
            use actix_web::dev::Service;
            let answer = service.call(request);
            async move {
                answer
                    .await
                    .map(|response| response.map_body(|_, body| body.boxed()))
            }
        })
        .wrap(middleware::from_fn(kit::head))
        .configure(routes)
}

/// What a contact's story is made of, beyond entries and notes.
fn strands() -> Strands {
    Strands(vec![
        record::visits,
        desk::story::mails,
        campaigns::story::mails,
    ])
}

/// Who keeps something of a contact that an import made: it stays when the import is taken back.
fn import_keepers() -> Keepers {
    Keepers {
        touched: vec![
            deals::imported::keeps,
            desk::related::keeps,
            campaigns::story::keeps,
            privacy::store::keeps,
        ],
        remove_deals: deals::imported::remove,
    }
}

/// What stands beside a contact's story, beyond its companies.
fn cards() -> Cards {
    Cards(vec![
        record::activity,
        related::contact_deals,
        related::contact_tasks,
        desk::related::contact_tickets,
        record::touches,
        privacy::card,
        campaigns::story::card,
        merge::contact_card,
    ])
}

/// What stands beside a company's story, beyond its people.
fn company_cards() -> CompanyCards {
    CompanyCards(vec![
        record::company_activity,
        related::company_deals,
        related::company_tasks,
        desk::related::company_tickets,
        merge::company_card,
    ])
}

/// What tags are put on.
fn tag_uses() -> TagUses {
    TagUses(vec![
        tags::CONTACTS,
        tags::COMPANIES,
        desk::tickets::tagged::TICKETS,
    ])
}

/// Whose record an id in an address is of.
fn gates() -> Gates {
    let gate = |before, part, keeper| Gate {
        before,
        part,
        keeper,
    };
    Gates(vec![
        gate("/contacts/{id}", "id", seen::contact),
        gate("/api/v1/contacts/{id}", "id", seen::contact),
        gate("/contacts/merges/{id}", "id", seen::merge),
        gate("/api/v1/merges/{id}", "id", seen::merge),
        gate("/contacts/duplicates/{id}", "id", seen::duplicate),
        gate("/companies/{id}", "id", seen::company),
        gate("/api/v1/companies/{id}", "id", seen::company),
        gate("/notes/{id}", "id", seen::note),
        gate("/tasks/{id}", "id", seen::task),
        gate("/deals/{id}", "id", seen::deal),
        gate("/api/v1/deals/{id}", "id", seen::deal),
        gate("/tickets/{id}", "id", seen::ticket),
        gate("/api/v1/tickets/{id}", "id", seen::ticket),
        gate("", "contact", seen::contact),
        gate("", "company", seen::company),
        gate("", "deal", seen::deal),
        gate("", "under", seen::company),
    ])
}

/// What Home shows, by role.
fn panels() -> Panels {
    Panels(vec![
        related::my_tasks,
        related::my_deals,
        desk::related::my_tickets,
        desk::related::unassigned,
        campaigns::panel::panel,
        record::hot,
        duplicates::panel,
    ])
}

/// What the settings' sidebar counts.
fn figures() -> Figures {
    Figures(vec![quarantine::figure, ops::figure])
}

/// Every route, slice by slice.
fn routes(cfg: &mut web::ServiceConfig) {
    // Asked most often by far, and the router tries one after the other.
    cfg.configure(ingest::routes);
    cfg.route("/static/{hash}/{path:.*}", kit::get().to(kit::serve_asset));
    cfg.configure(demo::load::routes)
        .configure(accounts::pages::routes);
    cfg.configure(search::routes);
    cfg.configure(record::routes);
    cfg.configure(privacy::routes).configure(campaigns::routes);
    cfg.configure(timeline::routes).configure(contacts::routes);
    cfg.configure(debugger::pages::routes)
        .configure(sources::pages::routes)
        .configure(quarantine::pages::routes);
    cfg.configure(deals::routes);
    cfg.configure(desk::routes);
    cfg.configure(ops::routes);
    #[cfg(debug_assertions)]
    cfg.configure(kit::gallery::routes);
    cfg.default_service(web::to(kit::not_found));
}
