//! Where the people of the demo world live: language, names in their own script, cities with their zones, when they rest.

use chrono::Weekday;
use chrono_tz::Tz;

use super::{names_east, names_west};

/// A place to live and work.
#[derive(Debug)]
pub(in crate::demo) struct City {
    /// As people there write it.
    pub name: &'static str,
    /// Its zone.
    pub zone: Tz,
}

const fn city(name: &'static str, zone: Tz) -> City {
    City { name, zone }
}

/// A country as far as the world needs it.
#[derive(Debug)]
pub(in crate::demo) struct Locale {
    /// BCP 47.
    pub language: &'static str,
    /// In English.
    pub country: &'static str,
    /// Where people live.
    pub cities: &'static [City],
    /// Given names; `name=letters` where the script is not Latin.
    pub given: &'static str,
    /// Family names, likewise.
    pub family: &'static str,
    /// Whether the family name goes first.
    pub is_family_first: bool,
    /// What stands between the two.
    pub joint: &'static str,
    /// Numbers that nobody has, reserved for stories; `#` is a digit. Empty where a country has reserved none.
    pub phone: &'static str,
}

impl Locale {
    /// Whether family names say who is a woman: then women and men take turns in both lists.
    pub fn is_gendered(&self) -> bool {
        matches!(self.language, "is-IS" | "pl-PL" | "bg-BG" | "el-GR")
    }

    /// Whether offices are closed.
    pub fn rests_on(&self, day: Weekday) -> bool {
        match self.language {
            "he-IL" => matches!(day, Weekday::Fri | Weekday::Sat),
            _ => matches!(day, Weekday::Sat | Weekday::Sun),
        }
    }
}

const fn west(
    language: &'static str,
    country: &'static str,
    cities: &'static [City],
    (given, family): (&'static str, &'static str),
    phone: &'static str,
) -> Locale {
    Locale {
        language,
        country,
        cities,
        given,
        family,
        is_family_first: false,
        joint: " ",
        phone,
    }
}

/// Every locale.
pub(in crate::demo) const LOCALES: &[Locale] = &[
    west(
        "nb-NO",
        "Norway",
        &[
            city("Måløy", Tz::Europe__Oslo),
            city("Bergen", Tz::Europe__Oslo),
            city("Ålesund", Tz::Europe__Oslo),
            city("Tromsø", Tz::Europe__Oslo),
        ],
        names_west::NORWEGIAN,
        "",
    ),
    west(
        "sv-SE",
        "Sweden",
        &[
            city("Göteborg", Tz::Europe__Stockholm),
            city("Malmö", Tz::Europe__Stockholm),
        ],
        names_west::SWEDISH,
        "+4670174060#",
    ),
    west(
        "is-IS",
        "Iceland",
        &[
            city("Ísafjörður", Tz::Atlantic__Reykjavik),
            city("Reykjavík", Tz::Atlantic__Reykjavik),
        ],
        names_west::ICELANDIC,
        "",
    ),
    west(
        "en-IE",
        "Ireland",
        &[
            city("Bantry", Tz::Europe__Dublin),
            city("Galway", Tz::Europe__Dublin),
        ],
        names_west::IRISH,
        "",
    ),
    west(
        "en-GB",
        "United Kingdom",
        &[
            city("Oban", Tz::Europe__London),
            city("Plymouth", Tz::Europe__London),
        ],
        names_west::BRITISH,
        "+447700900###",
    ),
    west(
        "es-ES",
        "Spain",
        &[
            city("Algeciras", Tz::Europe__Madrid),
            city("Vigo", Tz::Europe__Madrid),
        ],
        names_west::SPANISH,
        "",
    ),
    west(
        "es-CL",
        "Chile",
        &[
            city("Puerto Montt", Tz::America__Santiago),
            city("Castro", Tz::America__Santiago),
        ],
        names_west::CHILEAN,
        "",
    ),
    west(
        "pt-PT",
        "Portugal",
        &[
            city("Setúbal", Tz::Europe__Lisbon),
            city("Olhão", Tz::Europe__Lisbon),
        ],
        names_west::PORTUGUESE,
        "",
    ),
    west(
        "fr-FR",
        "France",
        &[
            city("Brest", Tz::Europe__Paris),
            city("Sète", Tz::Europe__Paris),
        ],
        names_west::FRENCH,
        "+3363998####",
    ),
    west(
        "de-DE",
        "Germany",
        &[
            city("Bremerhaven", Tz::Europe__Berlin),
            city("München", Tz::Europe__Berlin),
        ],
        names_west::GERMAN,
        "+4930231250##",
    ),
    west(
        "pl-PL",
        "Poland",
        &[
            city("Gdańsk", Tz::Europe__Warsaw),
            city("Świnoujście", Tz::Europe__Warsaw),
        ],
        names_west::POLISH,
        "",
    ),
    west(
        "tr-TR",
        "Türkiye",
        &[
            city("İzmir", Tz::Europe__Istanbul),
            city("Muğla", Tz::Europe__Istanbul),
        ],
        names_west::TURKISH,
        "",
    ),
    west(
        "en-CA",
        "Canada",
        &[
            city("Halifax", Tz::America__Halifax),
            city("Campbell River", Tz::America__Vancouver),
        ],
        names_west::BRITISH,
        "+1902555010#",
    ),
    west(
        "en-GH",
        "Ghana",
        &[
            city("Tema", Tz::Africa__Accra),
            city("Akosombo", Tz::Africa__Accra),
        ],
        names_west::GHANAIAN,
        "",
    ),
    west(
        "en-NG",
        "Nigeria",
        &[
            city("Lagos", Tz::Africa__Lagos),
            city("Port Harcourt", Tz::Africa__Lagos),
        ],
        names_west::NIGERIAN,
        "",
    ),
    Locale {
        is_family_first: true,
        ..west(
            "vi-VN",
            "Vietnam",
            &[
                city("Cần Thơ", Tz::Asia__Ho_Chi_Minh),
                city("Cà Mau", Tz::Asia__Ho_Chi_Minh),
            ],
            names_west::VIETNAMESE,
            "",
        )
    },
    west(
        "uk-UA",
        "Ukraine",
        &[
            city("Одеса", Tz::Europe__Kyiv),
            city("Миколаїв", Tz::Europe__Kyiv),
        ],
        names_east::UKRAINIAN,
        "",
    ),
    west(
        "bg-BG",
        "Bulgaria",
        &[
            city("Варна", Tz::Europe__Sofia),
            city("Бургас", Tz::Europe__Sofia),
        ],
        names_east::BULGARIAN,
        "",
    ),
    west(
        "el-GR",
        "Greece",
        &[
            city("Θεσσαλονίκη", Tz::Europe__Athens),
            city("Πειραιάς", Tz::Europe__Athens),
        ],
        names_east::GREEK,
        "",
    ),
    west(
        "ar-AE",
        "United Arab Emirates",
        &[
            city("دبي", Tz::Asia__Dubai),
            city("الفجيرة", Tz::Asia__Dubai),
        ],
        names_east::ARABIC,
        "",
    ),
    west(
        "ar-EG",
        "Egypt",
        &[
            city("الإسكندرية", Tz::Africa__Cairo),
            city("بورسعيد", Tz::Africa__Cairo),
        ],
        names_east::ARABIC_EGYPT,
        "",
    ),
    west(
        "he-IL",
        "Israel",
        &[
            city("אילת", Tz::Asia__Jerusalem),
            city("חיפה", Tz::Asia__Jerusalem),
        ],
        names_east::HEBREW,
        "",
    ),
    west(
        "hi-IN",
        "India",
        &[
            city("मुंबई", Tz::Asia__Kolkata),
            city("रत्नागिरी", Tz::Asia__Kolkata),
        ],
        names_east::HINDI,
        "",
    ),
    west(
        "th-TH",
        "Thailand",
        &[
            city("ภูเก็ต", Tz::Asia__Bangkok),
            city("สงขลา", Tz::Asia__Bangkok),
        ],
        names_east::THAI,
        "",
    ),
    Locale {
        is_family_first: true,
        joint: "",
        ..west(
            "zh-CN",
            "China",
            &[
                city("青岛", Tz::Asia__Shanghai),
                city("宁波", Tz::Asia__Shanghai),
            ],
            names_east::CHINESE,
            "",
        )
    },
    Locale {
        is_family_first: true,
        ..west(
            "ja-JP",
            "Japan",
            &[
                city("今治市", Tz::Asia__Tokyo),
                city("長崎市", Tz::Asia__Tokyo),
            ],
            names_east::JAPANESE,
            "",
        )
    },
    Locale {
        is_family_first: true,
        joint: "",
        ..west(
            "ko-KR",
            "South Korea",
            &[
                city("통영시", Tz::Asia__Seoul),
                city("부산", Tz::Asia__Seoul),
            ],
            names_east::KOREAN,
            "",
        )
    },
];

/// The locale of a language.
pub(in crate::demo) fn of(language: &str) -> &'static Locale {
    let found = LOCALES.iter().find(|locale| locale.language == language);
    found.unwrap_or(&HOME)
}

/// Where Tidewater itself is at home.
const HOME: Locale = west(
    "nb-NO",
    "Norway",
    &[city("Bergen", Tz::Europe__Oslo)],
    names_west::NORWEGIAN,
    "",
);
