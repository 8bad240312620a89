//! What is new in a mail, and what it repeats: quoted words and signatures are folded, never cut. Where in doubt all of it
//! stands open.

/// A text in two parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// What is read.
    pub shown: String,
    /// What is folded below it, or empty.
    pub folded: String,
}

/// Lines that are looked at: a quote begins long before.
const MOST_LINES: usize = 5_000;

/// Divides a text.
pub fn fold(text: &str) -> Folded {
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let whole = || Folded {
        shown: text.trim().to_owned(),
        folded: String::new(),
    };
    let end = first_seam(&lines).min(trailing_quote(&lines));
    let end = signature(&lines, end);
    if end >= lines.len() {
        return whole();
    }
    let (shown, _) = lines.split_at(end);
    let shown = shown.join("\n").trim().to_owned();
    if shown.is_empty() {
        return whole();
    }
    let folded: Vec<&str> = text.lines().skip(end).collect();
    Folded {
        shown,
        folded: folded.join("\n").trim().to_owned(),
    }
}

/// Where the mail that is answered begins, if nothing of one's own can stand below it.
fn first_seam(lines: &[&str]) -> usize {
    (1..lines.len())
        .find(|at| is_seam(lines, *at))
        .unwrap_or(lines.len())
}

fn is_seam(lines: &[&str], at: usize) -> bool {
    let line = line(lines, at);
    if line.starts_with("--") && line.ends_with("--") {
        let words = line.trim_matches(['-', ' ']).to_lowercase();
        return ORIGINAL.iter().any(|original| words.starts_with(original));
    }
    if line.len() > 20 && line.chars().all(|c| c == '_') {
        return is_head(lines, at + 1);
    }
    is_head(lines, at) || (is_attribution(lines, at) && !has_answers_below(lines, at))
}

const ORIGINAL: [&str; 12] = [
    "original message",
    "original appointment",
    "ursprüngliche nachricht",
    "originalnachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "oprindelig meddelelse",
    "forwarded message",
];

/// A head as Outlook copies it: From, and below it within a few lines Sent or Date, To and Subject.
fn is_head(lines: &[&str], at: usize) -> bool {
    const FROM: [&str; 9] = [
        "from:",
        "von:",
        "de:",
        "da:",
        "van:",
        "fra:",
        "från:",
        "od:",
        "发件人",
    ];
    const NEXT: [&str; 22] = [
        "sent:",
        "date:",
        "to:",
        "subject:",
        "gesendet:",
        "datum:",
        "an:",
        "betreff:",
        "envoyé",
        "objet",
        "enviado",
        "fecha:",
        "para:",
        "asunto:",
        "inviato:",
        "oggetto:",
        "verzonden:",
        "onderwerp:",
        "skickat:",
        "ämne:",
        "发送时间",
        "主题",
    ];
    let bare = |line: &str| {
        line.trim_matches(['*', ' ', '>', '|', '\t'])
            .to_lowercase()
            .replace('*', "")
    };
    let first = bare(line(lines, at));
    if !FROM.iter().any(|word| first.starts_with(word)) {
        return false;
    }
    let below = lines.iter().skip(at + 1).take(7).map(|line| bare(line));
    below
        .filter(|line| NEXT.iter().any(|word| line.starts_with(word)))
        .count()
        >= 2
}

/// "On …, … wrote:", on one line or broken over up to three.
fn is_attribution(lines: &[&str], at: usize) -> bool {
    let first = line(lines, at).trim_start_matches(['>', ' ']);
    let starts = OPENINGS.iter().any(|word| first.starts_with(word));
    let mut whole = String::new();
    for next in 0..3 {
        let piece = line(lines, at + next);
        if piece.is_empty() && next > 0 {
            break;
        }
        whole.push_str(piece);
        whole.push(' ');
        let so_far = whole.trim_end().to_lowercase();
        if so_far.ends_with([':', '：'])
            && so_far.len() < 400
            && WROTE.iter().any(|word| so_far.contains(word))
            && (starts || so_far.contains('@') || so_far.contains("http"))
            && so_far.chars().any(|c| c.is_ascii_digit())
        {
            return true;
        }
    }
    false
}

const OPENINGS: [&str; 16] = [
    "On ", "Am ", "Le ", "El ", "Il ", "Em ", "Op ", "Den ", "På ", "W dniu", "Dnia", "Em ", "20",
    "Pada", "Vào", "Dne ",
];
const WROTE: [&str; 18] = [
    "wrote",
    "schrieb",
    "a écrit",
    "escribió",
    "escribio",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "napisał",
    "kirjoitti",
    "написал",
    "写道",
    "作者",
    "<",
    "のメール",
    "napsal",
    "yazdı",
];

/// Whether somebody answered between the quoted lines below: then it all stays open.
fn has_answers_below(lines: &[&str], at: usize) -> bool {
    let below: Vec<&&str> = lines
        .iter()
        .skip(at + 1)
        .filter(|line| !line.trim().is_empty())
        .collect();
    let first_quoted = below.iter().position(|line| line.starts_with('>'));
    let Some(first) = first_quoted.filter(|first| *first <= 2) else {
        return false;
    };
    let own = below
        .iter()
        .skip(first)
        .filter(|line| !line.starts_with('>'));
    own.filter(|line| !line.starts_with("--")).count() > 0
}

/// Where the quoted lines at the very end begin, with the line that says whose they are.
fn trailing_quote(lines: &[&str]) -> usize {
    let mut at = lines.len();
    let mut is_quoted = false;
    while at > 0 {
        let above = line(lines, at - 1);
        if above.starts_with('>') {
            is_quoted = true;
        } else if !above.is_empty() {
            break;
        }
        at -= 1;
    }
    if !is_quoted {
        return lines.len();
    }
    for back in 1..=3.min(at) {
        if is_attribution(lines, at - back) {
            return at - back;
        }
    }
    if line(lines, at.saturating_sub(1)).ends_with(':') && at > 1 {
        at -= 1;
    }
    at
}

/// Where the signature above `end` begins: after `-- `, or one line of a phone.
fn signature(lines: &[&str], end: usize) -> usize {
    let from = end.saturating_sub(15);
    let marks = (from..end).find(|at| {
        let line = lines.get(*at).copied().unwrap_or_default();
        let is_mark = line == "-- " || line == "--" || line == "__";
        let is_phone = PHONES.iter().any(|words| line.trim().starts_with(words));
        *at > 0 && (is_mark || is_phone)
    });
    marks.unwrap_or(end)
}

const PHONES: [&str; 10] = [
    "Sent from my ",
    "Sent from Outlook",
    "Sent from Mail for",
    "Sent from Yahoo",
    "Get Outlook for",
    "Von meinem iPhone",
    "Gesendet von ",
    "Envoyé de mon ",
    "Enviado desde mi ",
    "Inviato da ",
];

fn line<'a>(lines: &[&'a str], at: usize) -> &'a str {
    lines.get(at).map_or("", |line| line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_stands_above_and_what_is_repeated_is_folded() {
        for (text, shown) in [
            (
                "Thanks!\n\nOn Sat, 23 May 2026 at 11:23, Priya <p@x.example> wrote:\n> Hello",
                "Thanks!",
            ),
            (
                "Thanks!\n\nOn Sat, 23 May 2026 at 11:23, Priya Raman\n<p@x.example> wrote:\n\n> Hello\n> there",
                "Thanks!",
            ),
            (
                "Danke.\n\nAm 23.05.2026 um 11:23 schrieb Priya <p@x.example>:\n> Hallo",
                "Danke.",
            ),
            (
                "Yes.\n\n-----Original Message-----\nFrom: Priya\nSent: x\nTo: y\nSubject: z\n\nHello",
                "Yes.",
            ),
            (
                "Yes.\n\nFrom: Priya\nSent: Saturday\nTo: Ingrid\nSubject: Buoy\n\nHello",
                "Yes.",
            ),
            ("Call me.\n-- \nIngrid\n+47", "Call me."),
            ("Ok\n\nSent from my iPhone", "Ok"),
            (
                "> Is it on?\nYes.\n> And now?\nNo.",
                "> Is it on?\nYes.\n> And now?\nNo.",
            ),
            (
                "On 3 May 2026 a@b.example wrote:\n> Is it on?\nYes.",
                "On 3 May 2026 a@b.example wrote:\n> Is it on?\nYes.",
            ),
            ("> all\n> quoted", "> all\n> quoted"),
            (
                "The audit is on 1 July: please call.",
                "The audit is on 1 July: please call.",
            ),
            ("", ""),
        ] {
            assert_eq!(fold(text).shown, shown, "{text}");
        }
    }

    #[test]
    fn no_word_is_lost() {
        let text = "Thanks!\n\nOn 3 May 2026 Priya <p@x.example> wrote:\n> Hello\n-- \nIngrid";
        let folded = fold(text);
        let all = format!("{}\n{}", folded.shown, folded.folded);
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&all), words(text));
    }
}
