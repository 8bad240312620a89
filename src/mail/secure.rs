//! TLS from the first byte (`smtps:`), over a connection that we open: lettre lets nobody set `TCP_NODELAY` on one of its own.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// An encrypted line to a server whose name was checked.
#[derive(Debug)]
pub(super) struct Secure(TlsStream<TcpStream>);

impl Secure {
    /// Shakes hands over an open connection; the server must show a certificate for `host` that the public web trusts.
    pub(super) async fn over(stream: TcpStream, host: &str) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        Self::trusting(stream, host, roots).await
    }

    async fn trusting(stream: TcpStream, host: &str, roots: RootCertStore) -> io::Result<Self> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream);
        Ok(Self(stream.await?))
    }
}

impl AsyncTokioStream for Secure {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Secure {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Secure {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use lettre::transport::smtp::client::AsyncSmtpConnection;
    use lettre::transport::smtp::extension::ClientId;
    use rustls::ServerConfig;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// A certificate for `localhost` and its key; none where openssl is not at hand.
    fn certificate() -> Option<(CertificateDer<'static>, PrivateKeyDer<'static>)> {
        let folder = tempfile::tempdir().expect("a folder");
        let words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout k.pem -out c.pem -days 2 \
            -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE";
        let made = Command::new("openssl")
            .args(words.split_whitespace())
            .current_dir(folder.path())
            .output();
        made.ok().filter(|made| made.status.success())?;
        let at = |name: &str| folder.path().join(name);
        let certificate = CertificateDer::from_pem_file(at("c.pem")).expect("a certificate");
        Some((
            certificate,
            PrivateKeyDer::from_pem_file(at("k.pem")).expect("a key"),
        ))
    }

    async fn greets(listener: TcpListener, config: ServerConfig) {
        let (stream, _) = listener.accept().await.expect("a client");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let Ok(stream) = acceptor.accept(stream).await else {
            return;
        };
        let mut stream = BufReader::new(stream);
        let hello = b"220 localhost ready\r\n";
        stream.get_mut().write_all(hello).await.expect("written");
        let mut line = String::new();
        stream.read_line(&mut line).await.expect("a line");
        assert!(line.starts_with("EHLO"), "{line}");
        let able = b"250-localhost\r\n250 8BITMIME\r\n";
        stream.get_mut().write_all(able).await.expect("written");
    }

    #[tokio::test]
    async fn a_server_is_spoken_to_in_secret_and_without_delay_if_it_is_who_it_says() {
        let Some((certificate, key)) = certificate() else {
            println!("skipped: openssl is not here");
            return;
        };
        for is_trusted in [true, false] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key.clone_key())
                .expect("a server");
            let server = tokio::spawn(greets(listener, config));
            let stream = TcpStream::connect(address).await.expect("a line");
            stream.set_nodelay(true).expect("no delay");
            if is_trusted {
                let mut roots = RootCertStore::empty();
                roots.add(certificate.clone()).expect("a root");
                let secure = Secure::trusting(stream, "localhost", roots)
                    .await
                    .expect("a handshake");
                assert!(secure.0.get_ref().0.nodelay().expect("a setting"));
                let hello = ClientId::Domain("client.example".to_owned());
                let smtp = AsyncSmtpConnection::connect_with_transport(Box::new(secure), &hello);
                assert!(smtp.await.is_ok());
            } else {
                let refused = Secure::over(stream, "localhost")
                    .await
                    .expect_err("no trust");
                assert!(refused.to_string().contains("certificate"), "{refused}");
            }
            server.await.expect("the server");
        }
    }
}
