//! The people whose stories are told one by one. They stand first in the world.

use super::companies::Trade;

/// Somebody with a story of their own.
#[derive(Debug)]
pub(in crate::demo) struct Named {
    /// Given and family name in their script.
    pub given: &'static str,
    /// Family name; empty where the whole name is in `given` or nobody knows it.
    pub family: &'static str,
    /// Address before the `@`.
    pub local: &'static str,
    /// Place of their company among the sixty; none for people on their own.
    pub firm: Option<usize>,
    /// Language, where there is no company to say it.
    pub language: &'static str,
    /// Job title.
    pub title: &'static str,
    /// What they go through.
    pub fate: Fate,
}

/// What somebody goes through with Tidewater.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Fate {
    /// Found it, tried it, bought it; decides about it.
    Champion,
    /// Pays the bills.
    Payer,
    /// Works with it.
    Operator,
    /// Works with it at a computer that several share.
    Shift,
    /// Reads, left an address.
    Reader,
    /// Known from a fair or a call only; never seen on the site.
    Card,
}

const fn named(
    (given, family): (&'static str, &'static str),
    local: &'static str,
    firm: Option<usize>,
    title: &'static str,
    fate: Fate,
) -> Named {
    Named {
        given,
        family,
        local,
        firm,
        language: "",
        title,
        fate,
    }
}

use Fate::{Champion, Operator, Payer, Reader, Shift};

/// Places of those whose acts the stories add by hand.
pub(in crate::demo) const INGRID: usize = 0;
/// Looks at the page about cancelling.
pub(in crate::demo) const MISAKI: usize = 1;
/// A lead that is hot today.
pub(in crate::demo) const LAYLA: usize = 3;
/// Left.
pub(in crate::demo) const NATTAWUT: usize = 11;
/// Has a complaint.
pub(in crate::demo) const CAOIMHE: usize = 8;
/// The two who share a computer in Måløy.
pub(in crate::demo) const SINDRE: usize = 16;
/// The other one.
pub(in crate::demo) const ODDNY: usize = 17;
/// Read for weeks before she said who she is.
pub(in crate::demo) const ZOE: usize = 10;

/// All of them.
#[rustfmt::skip]
pub(in crate::demo) const NAMED: &[Named] = &[
    named(("Ingrid", "Sæther Løvås"), "ingrid.lovas", Some(0), "Head of Water Quality", Champion),
    named(("美咲", "田中"), "misaki.tanaka", Some(1), "品質管理部長", Champion),
    named(("María del Carmen", "Fernández-Villaverde y Ruiz de Alarcón"), "mc.fernandez", Some(2), "Directora de Explotación", Champion),
    named(("ليلى", "الحداد"), "layla.alhaddad", Some(3), "مديرة البيئة", Champion),
    named(("Олена", "Ткаченко"), "olena.tkachenko", Some(4), "Головна технологиня", Champion),
    named(("Thị Hồng Nhung", "Nguyễn"), "nhung.nguyen", Some(5), "Trưởng phòng kỹ thuật", Champion),
    named(("Αλέξανδρος", "Παπαδόπουλος"), "a.papadopoulos", Some(6), "Διευθυντής Ύδρευσης", Champion),
    named(("서연", "김"), "seoyeon.kim", Some(7), "양식팀장", Champion),
    named(("Caoimhe", "Ó Súilleabháin"), "caoimhe", Some(8), "Owner", Champion),
    named(("नेहा", "कुलकर्णी"), "neha.kulkarni", Some(9), "मुख्य अभियंता", Champion),
    named(("Zoë", "Quartey-Papafio"), "zoe", Some(10), "Operations Director", Champion),
    named(("ณัฐวุฒิ", "ศรีสุวรรณ"), "nattawut", Some(11), "ผู้อำนวยการวิจัย", Champion),
    named(("יעל", "בן־דוד"), "yael.bendavid", Some(12), "מנהלת מחקר", Champion),
    named(("Ana-Sofía", "Łukaszewska-Ramírez"), "a.lukaszewska", Some(13), "Head of Digital Services", Champion),
    named(("", ""), "t.oduya", Some(14), "", Reader),
    named(("Håkon", "Brekke"), "hakon.brekke", Some(0), "Chief Financial Officer", Payer),
    named(("Sindre", "Aasen"), "sindre.aasen", Some(0), "Barge Technician", Shift),
    named(("Oddny", "Rimstad"), "oddny.rimstad", Some(0), "Barge Technician", Shift),
    Named { language: "zh-CN", ..named(("波", "李"), "li.bo", None, "", Reader) },
    named(("晓燕", "王"), "wang.xiaoyan", Some(15), "养殖总监", Champion),
    named(("Camila", "Huenchumilla Barría"), "c.huenchumilla", Some(16), "Jefa de Calidad de Agua", Champion),
    named(("健一", "越智"), "k.ochi", Some(1), "現場責任者", Operator),
];

/// Whether a plant or a port calls it an alarm.
pub(in crate::demo) fn alarm(trade: Trade) -> &'static [&'static str] {
    match trade {
        Trade::Farm => &["Oxygen below 6 mg/l", "Salinity drop", "Temperature step"],
        Trade::Port => &["Current above 1.2 kn", "Water level low", "Turbidity high"],
        Trade::Water => &[
            "Chlorine residual low",
            "Turbidity high",
            "Conductivity jump",
        ],
        Trade::Lab => &["Probe drift", "Battery low"],
    }
}
