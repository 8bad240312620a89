//! Routes by method. What a path would have taken is noted on the request: a wrong method is answered 405, and `Allow`
//! says which are right.

use actix_web::guard::{Guard, GuardContext};
use actix_web::http::Method;
use actix_web::{HttpMessage, HttpRequest, Route};

/// For GET, and so for HEAD.
pub fn get() -> Route {
    only(Method::GET)
}

/// For POST.
pub fn post() -> Route {
    only(Method::POST)
}

/// For PATCH.
pub fn patch() -> Route {
    only(Method::PATCH)
}

/// For OPTIONS.
pub fn options() -> Route {
    only(Method::OPTIONS)
}

/// What the path of a request takes, where that is not what was asked: `GET, HEAD, POST`.
pub(super) fn taken(request: &HttpRequest) -> Option<String> {
    let noted = request.extensions();
    let Noted(methods) = noted.get::<Noted>()?;
    let mut words: Vec<&str> = methods.iter().map(Method::as_str).collect();
    // The pixel is not asked about: to ask is to have seen it.
    if methods.contains(&Method::GET) && request.method() != Method::HEAD {
        words.push(Method::HEAD.as_str());
    }
    words.sort_unstable();
    words.dedup();
    Some(words.join(", "))
}

fn only(method: Method) -> Route {
    Route::new().guard(Only(method))
}

struct Only(Method);

struct Noted(Vec<Method>);

impl Guard for Only {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        if context.head().method == self.0 {
            return true;
        }
        let mut request = context.req_data_mut();
        match request.get_mut::<Noted>() {
            Some(Noted(methods)) => methods.push(self.0.clone()),
            None => {
                request.insert(Noted(vec![self.0.clone()]));
            }
        }
        false
    }
}
