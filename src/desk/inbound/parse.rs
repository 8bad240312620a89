//! A mail understood: whatever its sender got wrong, out come clean texts, addresses and parts, all of them bounded. Pure;
//! knows nothing of tickets.

use std::panic::AssertUnwindSafe;

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders, PartType};

use super::mail::{Attached, Mail, Person, Signs};
use crate::base::text;

/// The largest mail that is taken apart; a larger one waits in the quarantine.
pub const LARGEST: usize = 60 << 20;
/// Characters of a message's text.
const LONGEST_TEXT: usize = 200_000;
/// Bytes of HTML that are cleaned and shown.
const LONGEST_HTML: usize = 1 << 20;
/// Recipients that are kept by name; the bytes have them all.
const MOST_PEOPLE: usize = 200;
/// Ids of other mails that are looked at.
const MOST_REFERENCES: usize = 100;
/// Attachments of one mail.
const MOST_FILES: usize = 200;
/// Characters of an id; nobody's real ones come near it.
const LONGEST_ID: usize = 250;

/// Understands a mail; the words say why not.
pub fn parse(bytes: &[u8]) -> Result<Mail, String> {
    if bytes.len() > LARGEST {
        return Err(format!(
            "It is larger than {} MB. Its bytes are kept.",
            LARGEST >> 20
        ));
    }
    // A parser of hostile input is not trusted to the end: a mail that breaks it is one mail in the quarantine.
    std::panic::catch_unwind(AssertUnwindSafe(|| read(without_envelope(bytes))))
        .unwrap_or_else(|_| Err("It broke the parser. Its bytes are kept.".to_owned()))
}

/// Pipes may put the envelope's line first, as mail folders have it.
fn without_envelope(bytes: &[u8]) -> &[u8] {
    if !bytes.starts_with(b"From ") && !bytes.starts_with(b">From ") {
        return bytes;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n');
    end.and_then(|end| bytes.get(end + 1..)).unwrap_or(bytes)
}

fn read(bytes: &[u8]) -> Result<Mail, String> {
    let message = MessageParser::default()
        .parse(bytes)
        .filter(|message| message.headers().len() > 1 || message.from().is_some())
        .ok_or("There is no mail in it: it has no head.")?;
    let from = people(message.from()).into_iter().next();
    let from = from.or_else(|| people(message.sender()).into_iter().next());
    let (texts, html) = bodies(&message);
    let mut mail = Mail {
        from: from.unwrap_or_default(),
        reply_to: people(message.reply_to())
            .into_iter()
            .next()
            .map(|person| person.address)
            .unwrap_or_default(),
        to: people_of(message.all_to()),
        cc: people_of(message.all_cc()),
        recipients: Vec::new(),
        subject: text::line(message.subject().unwrap_or_default(), 300),
        message_id: ids(message.header(mail_parser::HeaderName::MessageId))
            .into_iter()
            .next()
            .unwrap_or_default(),
        answers: answers(&message),
        returned: Vec::new(),
        text: texts,
        html,
        attached: Vec::new(),
        signs: Signs::default(),
        key: String::new(),
    };
    mail.recipients = recipients(&mail, &message);
    gather(&message, &mut mail, 0);
    mail.signs = Signs::of(&message, &mail);
    mail.returned.extend(named_ids(&mail.text));
    mail.returned.truncate(MOST_REFERENCES);
    let date = message.header_raw("Date").unwrap_or_default().trim();
    mail.key = key(&mail, date, bytes);
    Ok(mail)
}

/// The same for every copy of a mail, whichever way it took, and for no other mail: its id and date, and what stands below
/// its head. Machines send the same words day after day, some of them without an id.
fn key(mail: &Mail, date: &str, bytes: &[u8]) -> String {
    let body = bytes
        .windows(2)
        .position(|pair| pair == b"\n\n" || pair == b"\n\r")
        .and_then(|at| bytes.get(at..))
        .unwrap_or_default();
    let body: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\r').collect();
    let head = format!(
        "{}\n{date}\n{}\n{}\n",
        mail.message_id, mail.from.address, mail.subject
    );
    let mut whole = head.into_bytes();
    whole.extend(body);
    let mut sum = crate::base::token::checksum(&whole);
    sum.truncate(32);
    sum
}

fn people(address: Option<&Address<'_>>) -> Vec<Person> {
    people_of(address.into_iter())
}

fn people_of<'a>(addresses: impl Iterator<Item = &'a Address<'a>>) -> Vec<Person> {
    let person = |addr: &mail_parser::Addr<'_>| {
        let address = addr.address.as_deref().unwrap_or_default();
        let person = Person {
            name: text::line(addr.name.as_deref().unwrap_or_default(), 200),
            address: text::line(address, 254).to_lowercase(),
        };
        Some(person).filter(|p| !p.address.is_empty() || !p.name.is_empty())
    };
    addresses
        .flat_map(Address::iter)
        .filter_map(person)
        .take(MOST_PEOPLE)
        .collect()
}

/// Addresses of every header that tells where it went.
fn recipients(mail: &Mail, message: &Message<'_>) -> Vec<String> {
    const ALSO: [&str; 6] = [
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-delivered-to",
        "resent-to",
    ];
    let mut found: Vec<String> = Vec::new();
    for (name, value) in message.headers_raw() {
        if ALSO.iter().any(|also| name.eq_ignore_ascii_case(also)) {
            let words = value.split([',', ' ', '<', '>', '\r', '\n', '\t']);
            found.extend(
                words
                    .filter(|word| word.contains('@'))
                    .map(|word| text::line(word, 254).to_lowercase()),
            );
        }
    }
    found.extend(
        mail.to
            .iter()
            .chain(&mail.cc)
            .map(|person| person.address.clone()),
    );
    found.truncate(2 * MOST_PEOPLE);
    found
}

fn answers(message: &Message<'_>) -> Vec<String> {
    let mut found = ids(Some(message.in_reply_to()));
    let mut references = ids(Some(message.references()));
    references.reverse();
    found.extend(references);
    let mut seen = std::collections::HashSet::new();
    found.retain(|id| seen.insert(id.clone()));
    found.truncate(MOST_REFERENCES);
    found
}

fn ids(value: Option<&HeaderValue<'_>>) -> Vec<String> {
    let raw: Vec<&str> = match value {
        Some(HeaderValue::Text(one)) => vec![one],
        Some(HeaderValue::TextList(many)) => many.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    raw.into_iter().filter_map(id).collect()
}

/// An id in the form in which ids are compared.
pub fn id(raw: &str) -> Option<String> {
    let inner = raw.trim().trim_start_matches('<').trim_end_matches('>');
    let id: String = inner
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(LONGEST_ID)
        .collect();
    (!id.is_empty()).then_some(id)
}

fn bodies(message: &Message<'_>) -> (String, String) {
    let mut all = String::new();
    for at in 0..message.text_body_count().min(50) {
        if let Some(body) = message.body_text(at) {
            if !all.is_empty() {
                all.push_str("\n\n");
            }
            all.push_str(&body);
        }
        if all.len() > 4 * LONGEST_TEXT {
            break;
        }
    }
    // Of plain text, body_html makes HTML; only a part that is HTML is shown as it is formatted.
    let html = message
        .html_bodies()
        .find_map(|part| match &part.body {
            PartType::Html(html) => Some(text::cut(html, LONGEST_HTML).to_owned()),
            _ => None,
        })
        .unwrap_or_default();
    (tidied(&all), html)
}

/// Line ends of one kind, nothing that a database or a terminal stumbles over, no more than one empty line.
fn tidied(raw: &str) -> String {
    let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(unified.len().min(LONGEST_TEXT));
    let mut empty = 0;
    for line in text::clean(&unified, LONGEST_TEXT).lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 1 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

/// Attachments of a mail and of the mails forwarded in it; what a report gives back.
fn gather(message: &Message<'_>, mail: &mut Mail, depth: usize) {
    for part in message.attachments() {
        if let PartType::Message(inner) = &part.body {
            mail.returned
                .extend(ids(inner.header(mail_parser::HeaderName::MessageId)));
        }
        let subtype = part.content_type().and_then(|kind| kind.subtype());
        if subtype.is_some_and(|s| s.eq_ignore_ascii_case("rfc822-headers")) {
            let head = String::from_utf8_lossy(part.contents()).into_owned();
            mail.returned.extend(named_ids(&head));
        }
        if depth == 0 && mail.attached.len() < MOST_FILES {
            mail.attached.extend(attached(part));
        }
    }
    if depth == 0 {
        for part in &message.parts {
            if let PartType::Message(inner) = &part.body {
                gather(inner, mail, 1);
            }
        }
    }
}

fn attached(part: &mail_parser::MessagePart<'_>) -> Option<Attached> {
    let bytes = part.contents().to_vec();
    if bytes.is_empty() {
        return None;
    }
    let kind = part.content_type();
    let media_type = kind.map_or_else(
        || "application/octet-stream".to_owned(),
        |kind| {
            format!(
                "{}/{}",
                kind.ctype(),
                kind.subtype().unwrap_or("octet-stream")
            )
        },
    );
    let name = part.attachment_name().map_or_else(String::new, safe_name);
    let name = match (name.is_empty(), &part.body) {
        (true, PartType::Message(inner)) => {
            safe_name(&format!("{}.eml", inner.subject().unwrap_or("mail")))
        }
        (true, _) => "attachment".to_owned(),
        (false, _) => name,
    };
    Some(Attached {
        name,
        media_type: text::line(&media_type.to_lowercase(), 100),
        content_id: part.content_id().and_then(id).unwrap_or_default(),
        bytes,
    })
}

/// A file name that names no place.
pub fn safe_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or(raw);
    let kept: String = last.chars().filter(|c| !"<>:\"|?*".contains(*c)).collect();
    text::line(&kept, 150).trim_matches('.').to_owned()
}

/// Ids on lines that say `Message-ID:`, as reports of old servers quote them.
fn named_ids(text: &str) -> Vec<String> {
    let named = |line: &str| {
        let (name, value) = line.trim_start_matches(['>', ' ']).split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("message-id")
            .then(|| id(value))
            .flatten()
    };
    text.lines()
        .filter_map(named)
        .take(MOST_REFERENCES)
        .collect()
}
