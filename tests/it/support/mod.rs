//! What every story needs: an application of its own over a fresh database, and people who use it.
//!
//! ```ignore
//! let app = TestApp::new().await;
//! let ada = app.admin().await;
//! ada.post("/contacts", &[("name", "Grace")]).await.leads_to("/contacts/1");
//! ```

#![allow(dead_code, reason = "every slice takes what its stories need")]

mod agent;
mod answer;
mod database;
mod program;
mod stream;

pub use agent::Agent;
pub use answer::Answer;
pub use program::{Place, Server, text};
pub use stream::Opened;

use std::path::Path;
use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::{Error, test};
use futures_util::future::LocalBoxFuture;
use rapport::accounts::actions::{NewUser, add_user, checked_email, create_api_key};
use rapport::accounts::password::{Cost, Passwords};
use rapport::accounts::{AccountError, Role, User, store};
use rapport::app::House;
use rapport::base::clock;
use rapport::config::Config;
use rapport::db::Conn;
use rapport::mail::{Mailer, Message};

use database::Database;

/// The password of everybody in these stories.
pub const PASSWORD: &str = "correct horse battery";

type Answering = Rc<
    dyn Fn(test::TestRequest) -> LocalBoxFuture<'static, Result<ServiceResponse<BoxBody>, Error>>,
>;

/// A running application with a database of its own, which goes with it.
pub struct TestApp {
    /// Its parts, for looking behind the pages.
    pub house: House,
    answering: Answering,
    // After `house`: the database goes last.
    database: Database,
}

impl TestApp {
    /// An empty instance: nobody has an account.
    pub async fn empty() -> Self {
        Self::with(|_| {}).await
    }

    /// An instance that is set up, with Ada as its administrator.
    pub async fn new() -> Self {
        let app = Self::empty().await;
        app.user("ada", Role::Admin).await;
        app
    }

    /// An empty instance with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let database = Database::fresh();
        let mut config = Config {
            data: database.folder().to_owned(),
            database: database.url(),
            ..Config::default()
        };
        change(&mut config);
        let mut house = House::build(config).expect("a house");
        house.passwords = Passwords::new(Cost::CHEAP).expect("a hash");
        house.mailer = Mailer::memory();
        let service = Rc::new(test::init_service(rapport::app::app(&house)).await);
        let answering: Answering =
            Rc::new(move |request| Box::pin(service.call(request.to_request())));
        Self {
            house,
            answering,
            database,
        }
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.database.folder()
    }

    /// Adds a user, `<name>@rapport.example`, with everybody's password.
    pub async fn user(&self, name: &str, role: Role) -> User {
        let new = NewUser {
            email: email_of(name),
            name: full_name(name).to_owned(),
            role,
            password: PASSWORD.to_owned(),
        };
        self.write(move |conn| {
            let hash = Cost::CHEAP.hash(&new.password)?;
            let email = checked_email(&new.email)?;
            let id = add_user(conn, &email, &new.name, new.role, &hash, clock::now())?;
            store::user(conn, id)?.ok_or(AccountError::NotFound)
        })
        .await
    }

    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Agent {
        Agent::new(self.answering.clone())
    }

    /// Somebody of this role in their browser, signed in through the form. Added if they are not there yet.
    pub async fn agent(&self, name: &str, role: Role) -> Agent {
        let email = email_of(name);
        let wanted = email.clone();
        let is_there = self
            .read(move |conn| store::user_by_email(conn, &wanted))
            .await
            .is_some();
        if !is_there {
            self.user(name, role).await;
        }
        let agent = self.browser();
        agent.sign_in(&email, PASSWORD).await;
        agent
    }

    /// Ada, the administrator, signed in.
    pub async fn admin(&self) -> Agent {
        self.agent("ada", Role::Admin).await
    }

    /// An API key of Ada with these scopes, separated by spaces.
    pub async fn key(&self, scopes: &str) -> String {
        self.key_of("ada@rapport.example", scopes).await
    }

    /// An API key of whoever has this address.
    pub async fn key_of(&self, email: &str, scopes: &str) -> String {
        let (email, scopes) = (email.to_owned(), scopes.to_owned());
        let user = self
            .read(move |conn| store::user_by_email(conn, &email))
            .await
            .expect("a user");
        self.write(move |conn| create_api_key(conn, user.id, "Test", &scopes, clock::now()))
            .await
    }

    /// Does every job that is due; how many there were.
    pub async fn work(&self) -> usize {
        rapport::jobs::drain(&self.house.db, &self.house.config, &self.house.kinds()).await
    }

    /// Lets the enrichment worker do everything that waits; how many requests there were.
    pub async fn enrich(&self) -> usize {
        let worker = self.house.enrich();
        let done = std::thread::spawn(move || rapport::events::enrich::process_waiting(&worker));
        done.join().expect("the worker").expect("its work")
    }

    /// Every mail that was sent, oldest first; what waits in the queue is sent first.
    pub async fn mails(&self) -> Vec<Message> {
        self.work().await;
        self.house.mailer.sent()
    }

    /// Looks into the database.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + std::fmt::Debug + Send + 'static,
    {
        self.house.db.read(work).await.expect("a query")
    }

    /// Changes the database behind the application's back.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + std::fmt::Debug + Send + 'static,
    {
        self.house.db.write(work).await.expect("a change")
    }
}

/// The address of somebody in these stories.
pub fn email_of(name: &str) -> String {
    format!("{name}@rapport.example")
}

/// The cast: who they are when asked for by their first names.
fn full_name(name: &str) -> &str {
    match name {
        "ada" => "Ada Lovelace",
        "grace" => "Grace Hopper",
        "ingrid" => "Ingrid Sæther Løvås",
        "yuki" => "山田 由紀",
        "omar" => "عمر الفاروق",
        other => other,
    }
}
