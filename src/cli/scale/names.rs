//! Names, places and words that the made-up people have, in the scripts they would be written in. Beside each name
//! stands how it is spelled in an address.

/// A part of the world.
#[derive(Debug)]
pub(super) struct Culture {
    /// How many in a hundred come from here.
    pub share: u64,
    pub country: &'static str,
    pub cities: &'static [&'static str],
    pub time_zone: &'static str,
    pub language: &'static str,
    /// A mobile number without its last digits, and how many those are.
    pub phone: (&'static str, u32),
    /// Whether the family's name is written first, without a space.
    pub family_first: bool,
    pub given: &'static [(&'static str, &'static str)],
    pub family: &'static [(&'static str, &'static str)],
}

pub(super) const CULTURES: [Culture; 10] = [
    Culture {
        share: 20,
        country: "United Kingdom",
        cities: &["London", "Leeds", "Bristol", "Glasgow"],
        time_zone: "Europe/London",
        language: "en-GB",
        phone: ("+447400", 6),
        family_first: false,
        given: &[
            ("Amelia", "amelia"),
            ("Oliver", "oliver"),
            ("Grace", "grace"),
            ("Harry", "harry"),
            ("Isla", "isla"),
            ("Noah", "noah"),
            ("Anna", "anna"),
            ("Thomas", "thomas"),
            ("Ruby", "ruby"),
            ("Daniel", "daniel"),
        ],
        family: &[
            ("Hughes", "hughes"),
            ("Carter", "carter"),
            ("Whitfield", "whitfield"),
            ("Okafor", "okafor"),
            ("Barnes", "barnes"),
            ("Ashworth", "ashworth"),
            ("Murray", "murray"),
            ("Singh", "singh"),
            ("Lowell", "lowell"),
            ("Price", "price"),
        ],
    },
    Culture {
        share: 14,
        country: "Norway",
        cities: &["Oslo", "Bergen", "Trondheim", "Tromsø"],
        time_zone: "Europe/Oslo",
        language: "nb-NO",
        phone: ("+4790", 6),
        family_first: false,
        given: &[
            ("Ingrid", "ingrid"),
            ("Håkon", "hakon"),
            ("Sølvi", "solvi"),
            ("Lars", "lars"),
            ("Åse", "ase"),
            ("Nils", "nils"),
            ("Anna", "anna"),
            ("Bjørn", "bjorn"),
            ("Kari", "kari"),
            ("Øystein", "oystein"),
        ],
        family: &[
            ("Løvås", "lovas"),
            ("Sæther", "saether"),
            ("Bakke", "bakke"),
            ("Nygård", "nygard"),
            ("Haugen", "haugen"),
            ("Strømme", "stromme"),
            ("Lie", "lie"),
            ("Dahl", "dahl"),
            ("Moen", "moen"),
            ("Ødegård", "odegard"),
        ],
    },
    Culture {
        share: 14,
        country: "Germany",
        cities: &["Berlin", "München", "Köln", "Leipzig"],
        time_zone: "Europe/Berlin",
        language: "de-DE",
        phone: ("+4915123", 6),
        family_first: false,
        given: &[
            ("Jürgen", "juergen"),
            ("Käthe", "kaethe"),
            ("Lukas", "lukas"),
            ("Hannah", "hannah"),
            ("Björn", "bjoern"),
            ("Mia", "mia"),
            ("Anna", "anna"),
            ("Felix", "felix"),
            ("Sören", "soeren"),
            ("Greta", "greta"),
        ],
        family: &[
            ("Müller", "mueller"),
            ("Schäfer", "schaefer"),
            ("Vogel", "vogel"),
            ("Groß", "gross"),
            ("Kühn", "kuehn"),
            ("Becker", "becker"),
            ("Winter", "winter"),
            ("Lorenz", "lorenz"),
            ("Böhm", "boehm"),
            ("Seidel", "seidel"),
        ],
    },
    Culture {
        share: 12,
        country: "Spain",
        cities: &["Madrid", "Málaga", "Valencia", "A Coruña"],
        time_zone: "Europe/Madrid",
        language: "es-ES",
        phone: ("+346", 8),
        family_first: false,
        given: &[
            ("Lucía", "lucia"),
            ("Ángel", "angel"),
            ("Begoña", "begona"),
            ("Hugo", "hugo"),
            ("Inés", "ines"),
            ("Íñigo", "inigo"),
            ("Ana", "ana"),
            ("Martín", "martin"),
            ("Sofía", "sofia"),
            ("Raúl", "raul"),
        ],
        family: &[
            ("Muñoz", "munoz"),
            ("Ibáñez", "ibanez"),
            ("Ortega", "ortega"),
            ("Peña", "pena"),
            ("Vidal", "vidal"),
            ("Domínguez", "dominguez"),
            ("Rey", "rey"),
            ("Cano", "cano"),
            ("Núñez", "nunez"),
            ("Soler", "soler"),
        ],
    },
    Culture {
        share: 10,
        country: "Ukraine",
        cities: &["Київ", "Львів", "Одеса", "Харків"],
        time_zone: "Europe/Kyiv",
        language: "uk-UA",
        phone: ("+38050", 7),
        family_first: false,
        given: &[
            ("Оксана", "oksana"),
            ("Андрій", "andrii"),
            ("Ганна", "hanna"),
            ("Тарас", "taras"),
            ("Леся", "lesia"),
            ("Богдан", "bohdan"),
            ("Ірина", "iryna"),
            ("Юрій", "yurii"),
            ("Соломія", "solomiia"),
            ("Максим", "maksym"),
        ],
        family: &[
            ("Шевчук", "shevchuk"),
            ("Коваленко", "kovalenko"),
            ("Бондар", "bondar"),
            ("Мельник", "melnyk"),
            ("Ткач", "tkach"),
            ("Лисенко", "lysenko"),
            ("Гончар", "honchar"),
            ("Савченко", "savchenko"),
            ("Руденко", "rudenko"),
            ("Кравець", "kravets"),
        ],
    },
    Culture {
        share: 6,
        country: "Greece",
        cities: &["Αθήνα", "Θεσσαλονίκη", "Πάτρα"],
        time_zone: "Europe/Athens",
        language: "el-GR",
        phone: ("+30694", 7),
        family_first: false,
        given: &[
            ("Ελένη", "eleni"),
            ("Νίκος", "nikos"),
            ("Κατερίνα", "katerina"),
            ("Γιώργος", "giorgos"),
            ("Δήμητρα", "dimitra"),
            ("Άννα", "anna"),
            ("Σπύρος", "spyros"),
            ("Ιωάννα", "ioanna"),
        ],
        family: &[
            ("Παππάς", "pappas"),
            ("Γεωργίου", "georgiou"),
            ("Νικολάου", "nikolaou"),
            ("Αλεξίου", "alexiou"),
            ("Ρήγας", "rigas"),
            ("Μακρή", "makri"),
            ("Λάμπρου", "lamprou"),
            ("Δούκας", "doukas"),
        ],
    },
    Culture {
        share: 6,
        country: "Egypt",
        cities: &["القاهرة", "الإسكندرية", "أسوان"],
        time_zone: "Africa/Cairo",
        language: "ar-EG",
        phone: ("+20100", 7),
        family_first: false,
        given: &[
            ("ليلى", "layla"),
            ("عمر", "omar"),
            ("نور", "nour"),
            ("يوسف", "youssef"),
            ("سلمى", "salma"),
            ("كريم", "karim"),
            ("هند", "hend"),
            ("طارق", "tarek"),
        ],
        family: &[
            ("حسن", "hassan"),
            ("منصور", "mansour"),
            ("فؤاد", "fouad"),
            ("شريف", "sherif"),
            ("سليمان", "soliman"),
            ("رزق", "rizk"),
            ("جمال", "gamal"),
            ("نصار", "nassar"),
        ],
    },
    Culture {
        share: 6,
        country: "India",
        cities: &["मुंबई", "दिल्ली", "पुणे", "जयपुर"],
        time_zone: "Asia/Kolkata",
        language: "hi-IN",
        phone: ("+9198", 8),
        family_first: false,
        given: &[
            ("प्रिया", "priya"),
            ("अर्जुन", "arjun"),
            ("मीरा", "meera"),
            ("रोहन", "rohan"),
            ("अनन्या", "ananya"),
            ("विक्रम", "vikram"),
            ("काव्या", "kavya"),
            ("सूरज", "suraj"),
        ],
        family: &[
            ("शर्मा", "sharma"),
            ("पटेल", "patel"),
            ("जोशी", "joshi"),
            ("कपूर", "kapoor"),
            ("देसाई", "desai"),
            ("मेहता", "mehta"),
            ("राव", "rao"),
            ("सिन्हा", "sinha"),
        ],
    },
    Culture {
        share: 7,
        country: "Japan",
        cities: &["東京", "大阪", "札幌", "福岡"],
        time_zone: "Asia/Tokyo",
        language: "ja-JP",
        phone: ("+819012", 6),
        family_first: true,
        given: &[
            ("美咲", "misaki"),
            ("蓮", "ren"),
            ("陽菜", "hina"),
            ("大輔", "daisuke"),
            ("結衣", "yui"),
            ("健太", "kenta"),
            ("彩", "aya"),
            ("翔", "sho"),
        ],
        family: &[
            ("田中", "tanaka"),
            ("佐藤", "sato"),
            ("鈴木", "suzuki"),
            ("高橋", "takahashi"),
            ("渡辺", "watanabe"),
            ("小林", "kobayashi"),
            ("森", "mori"),
            ("清水", "shimizu"),
        ],
    },
    Culture {
        share: 5,
        country: "South Korea",
        cities: &["서울", "부산", "대구"],
        time_zone: "Asia/Seoul",
        language: "ko-KR",
        phone: ("+82102", 7),
        family_first: true,
        given: &[
            ("서연", "seoyeon"),
            ("민준", "minjun"),
            ("지우", "jiwoo"),
            ("현우", "hyunwoo"),
            ("수빈", "subin"),
            ("도윤", "doyun"),
            ("하은", "haeun"),
            ("준서", "junseo"),
        ],
        family: &[
            ("김", "kim"),
            ("이", "lee"),
            ("박", "park"),
            ("최", "choi"),
            ("정", "jung"),
            ("강", "kang"),
            ("윤", "yoon"),
            ("한", "han"),
        ],
    },
];

pub(super) const JOBS: [&str; 12] = [
    "Head of Sales",
    "Buyer",
    "Office manager",
    "Founder",
    "Developer",
    "Designer",
    "Finance director",
    "Store manager",
    "Support lead",
    "Marketing manager",
    "Operations",
    "Architect",
];
pub(super) const INDUSTRIES: [&str; 8] = [
    "Retail",
    "Logistics",
    "Software",
    "Health",
    "Education",
    "Construction",
    "Energy",
    "Hospitality",
];
const FIRST: [&str; 24] = [
    "Amber", "Birch", "Cobalt", "Dune", "Elm", "Fjord", "Granite", "Harbour", "Indigo", "Juniper",
    "Kestrel", "Lantern", "Meadow", "North", "Opal", "Pine", "Quarry", "River", "Saffron", "Tidal",
    "Umber", "Vale", "Willow", "Zephyr",
];
const SECOND: [&str; 20] = [
    "Works",
    "Logistics",
    "Health",
    "Foods",
    "Studio",
    "Systems",
    "Textiles",
    "Energy",
    "Books",
    "Homes",
    "Tools",
    "Optics",
    "Travel",
    "Labs",
    "Garden",
    "Freight",
    "Media",
    "Print",
    "Music",
    "Outdoor",
];

/// The name of a company, and its domain; both are each company's own.
pub(super) fn company(number: u32) -> (String, String) {
    let kinds = (FIRST.len() * SECOND.len()) as u32;
    let pick = |from: &[&'static str], n: u32| {
        from.get(n as usize % from.len())
            .copied()
            .unwrap_or_default()
    };
    let first = pick(&FIRST, number);
    let second = pick(&SECOND, number / FIRST.len() as u32);
    let slug = format!("{}-{}", first.to_lowercase(), second.to_lowercase());
    match number / kinds {
        0 => (format!("{first} {second}"), format!("{slug}.example")),
        round => (
            format!("{first} {second} {}", round + 1),
            format!("{slug}-{}.example", round + 1),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::phone;

    #[test]
    fn shares_add_up_and_numbers_are_valid() {
        assert_eq!(CULTURES.iter().map(|c| c.share).sum::<u64>(), 100);
        for culture in &CULTURES {
            for last in [0, 3_456_789, 7_654_321] {
                let width = culture.phone.1 as usize;
                let number = format!(
                    "{}{:0width$}",
                    culture.phone.0,
                    last % 10_u64.pow(culture.phone.1)
                );
                assert_eq!(
                    phone::parse(&number, None),
                    Some(number.clone()),
                    "{}",
                    culture.country
                );
            }
            assert!(culture.time_zone.parse::<chrono_tz::Tz>().is_ok());
        }
    }

    #[test]
    fn companies_have_names_of_their_own() {
        let names: std::collections::HashSet<_> = (0..5_000).map(|n| company(n).1).collect();
        assert_eq!(names.len(), 5_000);
    }
}
