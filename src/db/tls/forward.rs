//! The forwarder: one per server, on a Unix socket in a folder that only this user may enter. For each
//! connection of libpq it connects, asks for TLS, shakes hands, and passes bytes both ways. What goes wrong
//! before that is told to libpq as PostgreSQL would tell it.

use std::collections::HashMap;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{Target, verify};
use crate::base::token;
use crate::db::DbError;

/// Only names the socket file.
pub(super) const SOCKET_PORT: u16 = 5432;
const PATIENCE: Duration = Duration::from_secs(15);
/// PostgreSQL's "may we speak TLS?": its length, and a version number that cannot be.
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
/// No start-up packet is longer; PostgreSQL has the same bound.
const LONGEST_START: usize = 10_000;

/// Folders of the forwarders of this process, by target: libpq is given one for each connection it opens.
static FOLDERS: Mutex<Option<HashMap<Target, PathBuf>>> = Mutex::new(None);

/// The folder of the socket that leads to `target`, made at the first call.
pub(super) fn folder(target: &Target) -> Result<PathBuf, DbError> {
    let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
    let folders = folders.get_or_insert_default();
    if let Some(folder) = folders.get(target) {
        return Ok(folder.clone());
    }
    let folder = start(target)?;
    folders.insert(target.clone(), folder.clone());
    Ok(folder)
}

/// Removes the folders of the sockets; at the end of the process.
pub fn close() {
    let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
    for (_, folder) in folders.take().unwrap_or_default() {
        // What is left behind is an empty socket in the folder for temporary files.
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn start(target: &Target) -> Result<PathBuf, DbError> {
    let config = verify::configuration(target).map_err(DbError::Url)?;
    let name = ServerName::try_from(target.host.clone())
        .map_err(|_| DbError::Url(format!("{:?} is no host name", target.host)))?;
    let folder = std::env::temp_dir().join(format!("rapport-{}", token::readable(12)));
    let failed = |error| DbError::Io(folder.display().to_string(), error);
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .map_err(failed)?;
    let socket = folder.join(format!(".s.PGSQL.{SOCKET_PORT}"));
    let listener = std::os::unix::net::UnixListener::bind(socket).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let line = Arc::new(Line {
        target: target.clone(),
        name,
        connector: TlsConnector::from(Arc::new(config)),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    std::thread::Builder::new()
        .name("db-tls".to_owned())
        .spawn(move || runtime.block_on(accept(listener, line)))
        .map_err(failed)?;
    Ok(folder)
}

async fn accept(listener: std::os::unix::net::UnixListener, line: Arc<Line>) {
    let listener = match UnixListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "no TLS to the database");
            return;
        }
    };
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                tokio::spawn(line.clone().carry(client));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a database connection");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

struct Line {
    target: Target,
    name: ServerName<'static>,
    connector: TlsConnector,
}

impl Line {
    async fn carry(self: Arc<Self>, mut client: UnixStream) {
        // libpq speaks first. Its packet is read before anything can fail, so that it hears the reason.
        let Ok(Some(start)) = timeout(PATIENCE, read_start(&mut client)).await else {
            return;
        };
        let opened = timeout(PATIENCE, self.open(&start))
            .await
            .unwrap_or_else(|_| Err("no answer".to_owned()));
        match opened {
            Ok(mut server) => {
                if timeout(PATIENCE, greeting(&mut server, &mut client))
                    .await
                    .is_err()
                {
                    return;
                }
                // Either side may hang up at any time; the other one then notices.
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
            Err(why) => {
                let message = format!("TLS to {}:{}: {why}", self.target.host, self.target.port);
                let _ = client.write_all(&refusal(&message)).await;
                let _ = client.shutdown().await;
            }
        }
    }

    async fn open(
        &self,
        start: &[u8],
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, String> {
        let said = |error: std::io::Error| error.to_string();
        let target = &self.target;
        let mut tcp = TcpStream::connect((target.address.as_str(), target.port))
            .await
            .map_err(said)?;
        tcp.set_nodelay(true).map_err(said)?;
        // A server that vanished without a word is noticed within a minute.
        let keepalive = socket2::TcpKeepalive::new()
            .with_time(Duration::from_secs(30))
            .with_interval(Duration::from_secs(10));
        socket2::SockRef::from(&tcp)
            .set_tcp_keepalive(&keepalive)
            .map_err(said)?;
        tcp.write_all(&TLS_REQUEST).await.map_err(said)?;
        if tcp.read_u8().await.map_err(said)? != b'S' {
            return Err(
                "the server does not speak TLS; set ssl = on in its postgresql.conf".to_owned(),
            );
        }
        let mut tls = self
            .connector
            .connect(self.name.clone(), tcp)
            .await
            .map_err(|error| verify::explain(&error, target))?;
        tls.write_all(start).await.map_err(said)?;
        tls.flush().await.map_err(said)?;
        Ok(tls)
    }
}

/// Passes on what the server says until it has asked who is there. libpq takes its line for a plain one and
/// refuses to be offered channel binding on it, so that offer is left out; a password then proves itself
/// to whoever has the certificate that was checked.
async fn greeting(
    server: &mut (impl AsyncRead + Unpin),
    client: &mut UnixStream,
) -> std::io::Result<()> {
    loop {
        let mut head = [0; 5];
        server.read_exact(&mut head).await?;
        let [kind, length @ ..] = head;
        let body = u32::from_be_bytes(length).saturating_sub(4) as usize;
        if body > LONGEST_START {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut message = vec![0; body];
        server.read_exact(&mut message).await?;
        if kind == b'R' {
            message = without_binding(message);
        }
        let length = u32::try_from(message.len() + 4).unwrap_or(u32::MAX);
        client.write_u8(kind).await?;
        client.write_u32(length).await?;
        client.write_all(&message).await?;
        // An authentication request or an error: from here on nothing needs to be looked at.
        if matches!(kind, b'R' | b'E') {
            return client.flush().await;
        }
    }
}

/// Takes channel binding out of a list of SASL mechanisms; other requests stay as they are.
fn without_binding(request: Vec<u8>) -> Vec<u8> {
    const SASL: [u8; 4] = 10_u32.to_be_bytes();
    let Some(list) = request.strip_prefix(&SASL) else {
        return request;
    };
    let mut kept = SASL.to_vec();
    for mechanism in list.split_inclusive(|byte| *byte == 0) {
        if !mechanism.ends_with(b"-PLUS\0") {
            kept.extend_from_slice(mechanism);
        }
    }
    kept
}

/// The first packet: its length, itself included, then its body.
async fn read_start(client: &mut UnixStream) -> Option<Vec<u8>> {
    let length = client.read_u32().await.ok()?;
    let body = usize::try_from(length).ok()?.checked_sub(4)?;
    if body > LONGEST_START {
        return None;
    }
    let mut packet = length.to_be_bytes().to_vec();
    packet.resize(4 + body, 0);
    client.read_exact(packet.get_mut(4..)?).await.ok()?;
    Some(packet)
}

/// An `ErrorResponse`: severity, SQLSTATE "the client cannot connect", message.
fn refusal(message: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (code, text) in [
        (b'S', "FATAL"),
        (b'V', "FATAL"),
        (b'C', "08001"),
        (b'M', message),
    ] {
        fields.push(code);
        fields.extend_from_slice(text.replace('\0', " ").as_bytes());
        fields.push(0);
    }
    fields.push(0);
    let length = u32::try_from(fields.len() + 4).unwrap_or(u32::MAX);
    let mut packet = vec![b'E'];
    packet.extend_from_slice(&length.to_be_bytes());
    packet.extend(fields);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_binding_is_not_offered() {
        let mut request = vec![0, 0, 0, 10];
        request.extend_from_slice(b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
        assert_eq!(without_binding(request), b"\0\0\0\x0aSCRAM-SHA-256\0\0");
        let md5 = vec![0, 0, 0, 5, 1, 2, 3, 4];
        assert_eq!(without_binding(md5.clone()), md5);
    }

    #[test]
    fn a_refusal_is_a_packet_of_postgresql() {
        let packet = refusal("no");
        assert_eq!(packet.first(), Some(&b'E'));
        let length = u32::from_be_bytes(packet[1..5].try_into().expect("four bytes"));
        assert_eq!(length as usize, packet.len() - 1);
        assert!(packet.ends_with(b"Mno\0\0"));
    }
}
