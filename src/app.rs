//! The composition root: builds the parts, mounts every slice's routes, lists every job. Shared by `serve` and the tests.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, middleware, web};

use crate::base::clock;
use crate::config::Config;
use crate::db::{DatabaseUrl, Db, DbError, migrate};
use crate::events;
use crate::web as kit;

/// Everything a running instance shares.
#[derive(Clone)]
pub struct House {
    /// Settings.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
}

impl House {
    /// Migrates and opens the database.
    pub fn build(config: Config) -> Result<Self, DbError> {
        let url = DatabaseUrl::parse(&config.database_url())?;
        migrate::run(&url)?;
        let db = Db::open(&url)?;
        // A connection of its own: tests build the house inside the runtime, where nothing may wait on the queues.
        events::sources::actions::ensure_builtin(&mut db.connect()?, clock::now())?;
        Ok(Self {
            config: Arc::new(config),
            db,
        })
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
        .app_data(web::PayloadConfig::new(1 << 20))
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
        .configure(routes)
}

/// Every route, slice by slice.
fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/static/{hash}/{path:.*}", web::get().to(kit::serve_asset));
    cfg.default_service(web::to(|| async {
        kit::Result::<String>::Err(kit::Error::NotFound)
    }));
}
