//! What customers and Priya's desk wrote to each other. Those of the named stand here word by word; the rest is what a
//! desk of this trade hears every day.

use crate::demo::cast::{CAOIMHE, INGRID, LAYLA, MISAKI, ODDNY, PRIYA, SINDRE, ZOE};

/// Who speaks in a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// The customer.
    Theirs,
    /// Priya, to them.
    Ours,
    /// Somebody of the team, to colleagues.
    Inside(usize),
}

/// A conversation.
#[derive(Debug)]
pub(super) struct Talk {
    /// Place of the customer among the named.
    pub who: usize,
    /// Whether it is about money.
    pub is_billing: bool,
    /// What it is about.
    pub subject: &'static str,
    /// Words of status and priority.
    pub stands: (&'static str, &'static str),
    /// Whether Priya has it.
    pub is_taken: bool,
    /// A tag, or nothing.
    pub tag: &'static str,
    /// Minutes before now, who, what.
    pub said: &'static [(i64, Voice, &'static str)],
}

use Voice::{Inside, Ours, Theirs};

/// Conversations of the named, in no order.
#[rustfmt::skip]
pub(super) const TALKS: &[Talk] = &[
    Talk { who: INGRID, is_billing: false, subject: "Buoy 14 reports 0 °C since the firmware update", stands: ("open", "urgent"), is_taken: true, tag: "Firmware", said: &[
        (1_340, Theirs, "Hi,\n\nsince the update to 4.12 last night, buoy 14 at Måløy outer sends 0.0 °C every ten minutes. Oxygen and salinity look right. Buoys 12 and 13 had the same update and are fine.\n\nWe feed by water temperature, so the automatic feeder at pen 6 is now off."),
        (1_322, Ours, "Hello Ingrid, thank you, the raw figures help. Could you hold the magnet to the ring for ten seconds so that the probe restarts? I am looking at the calibration table meanwhile."),
        (1_245, Inside(PRIYA), "Batch 2219 again: the temperature table is missing when the probe was made before 2023. Push profile ntc-b by hand, do not reflash."),
        (25, Theirs, "It is still 0.0 after the restart. The audit is on 1 July and the feed log needs temperatures without gaps. Can someone call me today?"),
    ] },
    Talk { who: INGRID, is_billing: true, subject: "Invoice 1188 has the wrong VAT number", stands: ("solved", "normal"), is_taken: true, tag: "", said: &[
        (64_000, Theirs, "The VAT number on invoice 1188 is the one of the old company. Could you correct it?"),
        (63_800, Ours, "Corrected; the new invoice is in your account, and the old one is cancelled."),
        (63_700, Theirs, "Thank you, that was quick."),
    ] },
    Talk { who: MISAKI, is_billing: false, subject: "酸素アラームが届きません", stands: ("open", "high"), is_taken: true, tag: "Alarms", said: &[
        (150, Theirs, "昨夜 2 時に溶存酸素が 5 mg/l を下回りましたが、通知が来ませんでした。設定は変えていません。至急ご確認ください。"),
    ] },
    Talk { who: CAOIMHE, is_billing: false, subject: "Buoy 4 shows nought since the update", stands: ("waiting", "high"), is_taken: true, tag: "Firmware", said: &[
        (215, Theirs, "Morning. Buoy 4 says 0 °C and it is certainly not. We harvest on Thursday and I need it before then."),
        (195, Ours, "Good morning Caoimhe, we know the cause: one table went missing in the update. I will send the right one to buoy 4 at slack tide tonight; please leave it in the water."),
    ] },
    Talk { who: CAOIMHE, is_billing: false, subject: "Export skips the last hour before midnight", stands: ("open", "normal"), is_taken: false, tag: "Bug", said: &[
        (1_600, Theirs, "Attached are two files from the same day, one from the app and one from the web. The one from the web ends at 23:00. Which is right?"),
    ] },
    Talk { who: LAYLA, is_billing: false, subject: "استفسار عن ضمان الحساسات", stands: ("open", "normal"), is_taken: false, tag: "", said: &[
        (320, Theirs, "هل يشمل الضمان الأعطال الناتجة عن التآكل؟ نستخدم الحساسات في حوض مفتوح."),
    ] },
    Talk { who: SINDRE, is_billing: false, subject: "Glove mode", stands: ("solved", "low"), is_taken: true, tag: "Wish", said: &[
        (30_200, Theirs, "The buttons are too small with gloves on. Is there a setting?"),
        (30_100, Ours, "There is: Settings, Display, Large targets. It stays on for your account only, so Oddny keeps hers as it is."),
        (30_050, Theirs, "Perfect."),
    ] },
    Talk { who: ODDNY, is_billing: false, subject: "Access for the summer hands", stands: ("solved", "normal"), is_taken: true, tag: "", said: &[
        (12_400, Theirs, "We get three people for the summer. Can they see the readings without changing alarms?"),
        (12_300, Ours, "Yes: invite them as viewers. I have added the three seats until the end of August, without a charge."),
    ] },
    Talk { who: ZOE, is_billing: false, subject: "Spring calibration: can we move our slot?", stands: ("open", "normal"), is_taken: false, tag: "Calibration", said: &[
        (260, Theirs, "Dear team, the harvest begins on the fifth, so nobody will be at the dock in the first week. Could we have the slot after it instead? I have read the page about intervals; twelve days more should be fine."),
    ] },
    Talk { who: 4, is_billing: false, subject: "Доступ для нового колеги", stands: ("waiting", "normal"), is_taken: true, tag: "", said: &[
        (3_100, Theirs, "Добрий день! Як додати нового колегу, щоб він бачив лише одну станцію?"),
        (3_040, Ours, "Добрий день, Олено! Налаштування, Люди, Запросити; роль «Станція» і позначте потрібну. Чи все вийшло?"),
    ] },
    Talk { who: 12, is_billing: true, subject: "Third invoice with the old address", stands: ("open", "high"), is_taken: false, tag: "Billing", said: &[
        (190, Theirs, "Please do not send me to the portal again, I have changed the address there twice. The third invoice still goes to our old building. Our finance office returns them unpaid."),
    ] },
    Talk { who: 2, is_billing: false, subject: "Informe de turbidez para la confederación", stands: ("closed", "normal"), is_taken: true, tag: "", said: &[
        (90_300, Theirs, "Necesitamos un informe trimestral firmado. ¿Es posible exportarlo en PDF?"),
        (90_200, Ours, "Sí: Informes, Trimestre, Exportar. La firma se añade en el último paso."),
    ] },
    Talk { who: 6, is_billing: false, subject: "Βαθμονόμηση αισθητήρα χλωρίου", stands: ("solved", "normal"), is_taken: true, tag: "Calibration", said: &[
        (41_000, Theirs, "Κάθε πότε πρέπει να βαθμονομείται ο αισθητήρας χλωρίου;"),
        (40_700, Ours, "Every six months in drinking water; the app reminds you two weeks before. I have sent the solution for the next one."),
    ] },
    Talk { who: 7, is_billing: false, subject: "게이트웨이가 26시간째 오프라인입니다", stands: ("open", "urgent"), is_taken: true, tag: "Gateway", said: &[
        (410, Theirs, "VF-03 게이트웨이가 어제 아침부터 연결되지 않습니다. 전원은 정상입니다."),
        (395, Inside(PRIYA), "Carrier works on the mast until noon local time, see their status page. Ask again after that."),
    ] },
];

/// What the rest of them ask, and what Priya answers.
#[rustfmt::skip]
pub(super) const EVERYDAY: &[(&str, &str, &str)] = &[
    ("Cannot sign in since this morning", "The page says that my code is wrong. I have a new phone.", "I have reset the second step. Sign in with your password, then scan the code with the new phone."),
    ("Readings arrive two hours late", "Since the weekend the readings of all probes arrive about two hours late.", "The gateway had lost its clock. It is right again; the readings keep their true times."),
    ("A probe for deeper water", "Ours ends at 20 metres. Is there one for 60?", "The D60 goes to 80 metres and fits the same ring. Shall I send a quote?"),
    ("Copy of the contract", "Our auditors ask for a signed copy of the contract.", "Attached to your account under Documents; both signatures are on the last page."),
    ("Alarm by telephone", "Can the app ring instead of writing at night?", "Yes, under Alarms, Night watch. It rings until somebody takes it."),
    ("Two invoices for one month", "We got two invoices for the same month.", "One was a draft. It is cancelled; please pay only the first."),
    ("Units in the export", "Is the oxygen column in mg/l or in per cent?", "In mg/l. From next week the heading says so."),
    ("Return of a cracked housing", "The housing of a probe has a crack. Where do I send it?", "The label is in your inbox. A new one is on its way, so that there is no gap."),
];
