//! A browser without a screen: keeps cookies, sends what browsers send, follows nothing by itself.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::{Answer, Answering, Opened};

/// One browser.
pub struct Agent {
    answering: Answering,
    cookies: RefCell<BTreeMap<String, String>>,
    ip: Cell<[u8; 4]>,
    headers: RefCell<Vec<(String, String)>>,
    is_silent: Cell<bool>,
}

impl Agent {
    pub(super) fn new(answering: Answering) -> Self {
        Self {
            answering,
            cookies: RefCell::default(),
            ip: Cell::new([127, 0, 0, 1]),
            headers: RefCell::default(),
            is_silent: Cell::new(false),
        }
    }

    /// Moves to another address.
    pub fn moves_to(&self, ip: [u8; 4]) {
        self.ip.set(ip);
    }

    /// Sends this header with every request from now on; the last of a name counts.
    pub fn sends(&self, name: &str, value: &str) {
        self.headers
            .borrow_mut()
            .push((name.to_owned(), value.to_owned()));
    }

    /// Says no more which page its forms stand on, as browsers did long ago.
    pub fn is_silent(&self) {
        self.is_silent.set(true);
    }

    /// A cookie it keeps.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Puts a cookie into the jar.
    pub fn keeps(&self, name: &str, value: &str) {
        self.cookies
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }

    /// Loses a cookie.
    pub fn forgets(&self, name: &str) {
        self.cookies.borrow_mut().remove(name);
    }

    /// Signs in through the form and fails if that fails.
    #[track_caller]
    pub fn sign_in(&self, email: &str, password: &str) -> impl Future<Output = ()> {
        let form = vec![
            ("email".to_owned(), email.to_owned()),
            ("password".to_owned(), password.to_owned()),
        ];
        async move {
            self.send(Method::POST, "/sign-in", &form)
                .await
                .leads_to("/");
        }
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.run(TestRequest::get().uri(path)).await
    }

    /// Asks about a page without wanting it.
    pub async fn head(&self, path: &str) -> Answer {
        self.run(TestRequest::default().method(Method::HEAD).uri(path))
            .await
    }

    /// Posts a form.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let form: Vec<_> = form
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        self.send(Method::POST, path, &form).await
    }

    /// Posts a body of any type.
    pub async fn post_body(
        &self,
        path: &str,
        media_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let request = TestRequest::post()
            .uri(path)
            .insert_header(("content-type", media_type));
        self.run(request.set_payload(body.into())).await
    }

    /// Sends JSON with a method.
    pub async fn json(&self, method: Method, path: &str, body: &serde_json::Value) -> Answer {
        let request = TestRequest::default().method(method).uri(path);
        self.run(
            request
                .insert_header(("content-type", "application/json"))
                .set_payload(body.to_string()),
        )
        .await
    }

    /// Posts a form with fields and a file in it.
    pub async fn post_form(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        (field, name, content): (&str, &str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--seam\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--seam\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--seam--\r\n");
        self.post_body(path, "multipart/form-data; boundary=seam", body)
            .await
    }

    /// Posts a form with a file in it.
    pub async fn post_file(&self, path: &str, field: &str, name: &str, content: &[u8]) -> Answer {
        self.post_form(path, &[], (field, name, content)).await
    }

    /// Opens a page that goes on and on.
    pub async fn open(&self, path: &str) -> Opened {
        let response = self.answer(TestRequest::get().uri(path)).await;
        Opened {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.into_body().boxed(),
        }
    }

    async fn send(&self, method: Method, path: &str, form: &[(String, String)]) -> Answer {
        let body = serde_urlencoded::to_string(form).expect("a form");
        let request = TestRequest::default().method(method).uri(path);
        let request = request.insert_header(("content-type", "application/x-www-form-urlencoded"));
        self.run(request.set_payload(body)).await
    }

    async fn run(&self, request: TestRequest) -> Answer {
        let response = self.answer(request).await;
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = actix_web::body::to_bytes(response.into_body().boxed())
            .await
            .expect("a body");
        Answer {
            status,
            headers,
            bytes: bytes.to_vec(),
        }
    }

    async fn answer(&self, mut request: TestRequest) -> HttpResponse {
        request = request
            .peer_addr((self.ip.get(), 4711).into())
            .insert_header(("host", "rapport.example"))
            .insert_header(("accept", "text/html"));
        if !self.is_silent.get() {
            request = request.insert_header(("sec-fetch-site", "same-origin"));
        }
        for (name, value) in self.headers.borrow().iter() {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        for (name, value) in self.cookies.borrow().iter() {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        let response = match (self.answering)(request).await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };
        for cookie in response.cookies() {
            let is_gone = cookie.max_age().is_some_and(Duration::is_zero);
            if is_gone {
                self.forgets(cookie.name());
            } else {
                self.keeps(cookie.name(), cookie.value());
            }
        }
        response
    }
}
