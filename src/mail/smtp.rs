//! SMTP to the operator's relay: one connection per mail, `TCP_NODELAY` on (without it the last packet of each
//! mail waits 40 ms for an acknowledgement), TLS unless the operator says otherwise.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::MailError;
use super::secure::Secure;

const CONNECT: Duration = Duration::from_secs(15);
const CONVERSATION: Duration = Duration::from_mins(1);

/// Where the house hands over its mail.
pub(super) struct Relay {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    /// From the first byte (`smtps:`).
    Always,
    /// By STARTTLS, or not at all.
    Required,
    /// By STARTTLS where the server offers it.
    Offered,
    /// Never: a relay on the same machine.
    Never,
}

impl Relay {
    /// Reads `smtps://USER:PASSWORD@HOST:PORT` or `smtp://…?tls=required|offered|never`. A password is never
    /// sent over an open line unless `tls=never` says so.
    pub(super) fn parse(text: &str) -> Result<Self, MailError> {
        let wrong = |why: &str| MailError::Settings(format!("smtp_url: {why}"));
        let url = url::Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| wrong("it names no host"))?.to_owned();
        let has_login = !url.username().is_empty();
        let asked = url
            .query_pairs()
            .find(|(key, _)| key == "tls")
            .map(|(_, value)| value.into_owned());
        let (tls, default_port) = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => (Tls::Always, 465),
            ("smtp", Some("required")) => (Tls::Required, 587),
            ("smtp", Some("never")) => (Tls::Never, 25),
            ("smtp", None) if has_login => (Tls::Required, 587),
            ("smtp", None | Some("offered")) => (Tls::Offered, 25),
            ("smtp" | "smtps", _) => {
                return Err(wrong(
                    "tls is one of required, offered, never, and only with smtp:",
                ));
            }
            _ => {
                return Err(wrong(
                    "write smtp://HOST:PORT or smtps://USER:PASSWORD@HOST:PORT",
                ));
            }
        };
        let decoded = |part: &str| {
            percent_encoding::percent_decode_str(part)
                .decode_utf8_lossy()
                .into_owned()
        };
        let credentials = has_login.then(|| {
            Credentials::new(
                decoded(url.username()),
                decoded(url.password().unwrap_or_default()),
            )
        });
        Ok(Self {
            port: url.port().unwrap_or(default_port),
            host,
            tls,
            credentials,
        })
    }

    /// Hands over one message.
    pub(super) async fn send(&self, mime: &lettre::Message) -> Result<(), MailError> {
        let bytes = mime.formatted();
        let talk = async {
            let mut connection = self.open().await?;
            connection
                .send(mime.envelope(), &bytes)
                .await
                .map_err(|error| self.judge(&error))?;
            // It is delivered by now; how the goodbye goes does not matter.
            let _ = connection.quit().await;
            Ok(())
        };
        self.in_time(talk).await
    }

    /// Connects, and signs in where there is something to sign in with.
    pub(super) async fn check(&self) -> Result<(), MailError> {
        let talk = async {
            let mut connection = self.open().await?;
            let _ = connection.quit().await;
            Ok(())
        };
        self.in_time(talk).await
    }

    /// Connects for many letters.
    pub(super) async fn line(&self) -> Result<AsyncSmtpConnection, MailError> {
        timeout(CONVERSATION, self.open())
            .await
            .unwrap_or_else(|_| Err(MailError::Deferred(format!("{self} does not answer"))))
    }

    async fn in_time(
        &self,
        talk: impl Future<Output = Result<(), MailError>>,
    ) -> Result<(), MailError> {
        timeout(CONVERSATION, talk).await.unwrap_or_else(|_| {
            Err(MailError::Deferred(format!(
                "{self} did not answer within {} s",
                CONVERSATION.as_secs()
            )))
        })
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, MailError> {
        let hello = ClientId::default();
        let mut connection = if self.tls == Tls::Always {
            let shaken = Secure::over(self.tcp().await?, &self.host).await;
            let stream = shaken.map_err(|error| MailError::Deferred(format!("{self}: {error}")))?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello)
                .await
                .map_err(|error| self.judge(&error))?
        } else {
            let stream = self.tcp().await?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello)
                .await
                .map_err(|error| self.judge(&error))?
        };
        // Inside TLS there is none to be started.
        let can_start = self.tls != Tls::Always && connection.can_starttls();
        if self.tls == Tls::Required && !can_start {
            return Err(MailError::Deferred(format!(
                "{self} offers no TLS; if that is meant to be so, add ?tls=never to smtp_url"
            )));
        }
        if can_start && matches!(self.tls, Tls::Required | Tls::Offered) {
            connection
                .starttls(self.tls_parameters()?, &hello)
                .await
                .map_err(|error| self.judge(&error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| {
                    // A wrong password is the operator's to mend, and the mail is to go out once it is.
                    MailError::Deferred(format!("{self} does not accept the login: {error}"))
                })?;
        }
        Ok(connection)
    }

    async fn tcp(&self) -> Result<TcpStream, MailError> {
        let failed = |why: String| MailError::Deferred(format!("cannot reach {self}: {why}"));
        let stream = timeout(CONNECT, TcpStream::connect((self.host.as_str(), self.port)))
            .await
            .map_err(|_| failed("no answer".to_owned()))?
            .map_err(|error| failed(error.to_string()))?;
        stream
            .set_nodelay(true)
            .map_err(|error| failed(error.to_string()))?;
        Ok(stream)
    }

    fn tls_parameters(&self) -> Result<TlsParameters, MailError> {
        TlsParameters::new(self.host.clone())
            .map_err(|error| MailError::Settings(format!("smtp_url: {error}")))
    }

    /// A 5xx is final; everything else may go better next time.
    fn judge(&self, error: &lettre::transport::smtp::Error) -> MailError {
        let why = match std::error::Error::source(error) {
            Some(source) => format!("{self}: {error}: {source}"),
            None => format!("{self}: {error}"),
        };
        if error.is_permanent() {
            MailError::Refused(why)
        } else {
            MailError::Deferred(why)
        }
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mail server {}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_how_safe_the_line_must_be() {
        for (text, port, tls) in [
            ("smtp://localhost", 25, Tls::Offered),
            ("smtp://ada:x@mail.example", 587, Tls::Required),
            ("smtps://ada:x@mail.example", 465, Tls::Always),
            ("smtp://mail.example:2525?tls=never", 2525, Tls::Never),
            ("smtp://mail.example?tls=required", 587, Tls::Required),
        ] {
            let relay = Relay::parse(text).expect(text);
            assert_eq!((relay.port, relay.tls), (port, tls), "{text}");
        }
        for text in [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtps://a?tls=never",
            "smtp://a?tls=x",
        ] {
            assert!(Relay::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_login_may_hold_any_character() {
        let relay = Relay::parse("smtps://ada%40example.com:p%2Fw@mail.example").expect("a relay");
        assert_eq!(
            relay.credentials,
            Some(Credentials::new(
                "ada@example.com".to_owned(),
                "p/w".to_owned()
            ))
        );
        assert!(!relay.to_string().contains("p/w"));
    }
}
