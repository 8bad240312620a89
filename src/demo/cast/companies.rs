//! The sixty companies that buy from Tidewater, might, or did.

use Course::{Customer, Former, Prospect, Trial};
use Trade::{Farm, Lab, Port, Water};

/// What a company lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Trade {
    /// Fish, shrimp, mussels.
    Farm,
    /// Ports and harbours.
    Port,
    /// Drinking water, sewage, drainage.
    Water,
    /// Research.
    Lab,
}

/// How far it has come with Tidewater, in days before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Course {
    /// Nothing bought: typed in by sales after a fair or a call.
    Prospect,
    /// Trying.
    Trial(i64),
    /// Bought then, and stays.
    Customer(i64),
    /// Bought, and left.
    Former(i64, i64),
}

/// A company.
#[derive(Debug)]
pub(in crate::demo) struct Firm {
    /// As it writes itself.
    pub name: &'static str,
    /// Its domain without `.example`.
    pub slug: &'static str,
    /// Language of its people; says the country.
    pub language: &'static str,
    /// Which of the country's cities.
    pub city: usize,
    /// What it lives on.
    pub trade: Trade,
    /// People it employs.
    pub employees: i64,
    /// How far it has come.
    pub course: Course,
}

impl Firm {
    /// Its domain.
    pub fn domain(&self) -> String {
        format!("{}.example", self.slug)
    }

    /// Its id at Tidewater's own systems, once it has an account there.
    pub fn account(&self, index: usize) -> Option<String> {
        (self.course != Prospect).then(|| format!("acc_{}", 4_100 + index * 17))
    }

    /// Days since it has been a paying customer, if it ever was.
    pub fn bought(&self) -> Option<i64> {
        match self.course {
            Customer(days) | Former(days, _) => Some(days),
            Prospect | Trial(_) => None,
        }
    }

    /// Days since it left, if it did.
    pub fn left(&self) -> Option<i64> {
        match self.course {
            Former(_, days) => Some(days),
            _ => None,
        }
    }

    /// The plan it is on, by size.
    pub fn plan(&self) -> &'static str {
        match (self.trade, self.employees) {
            (Lab, _) => "Research",
            (_, 0..=60) => "Jetty",
            (_, 61..=500) => "Harbour",
            _ => "Coastline",
        }
    }

    /// What it pays a month, in cents.
    pub fn monthly(&self) -> i64 {
        let base = match self.plan() {
            "Research" => 29_000,
            "Jetty" => 38_000,
            "Harbour" => 212_000,
            _ => 590_000,
        };
        base + self.employees.min(2_000) * 120
    }

    /// Sites with sensors.
    pub fn sites(&self) -> i64 {
        (self.employees / 110).clamp(1, 14)
    }
}

const fn firm(
    name: &'static str,
    slug: &'static str,
    (language, city): (&'static str, usize),
    trade: Trade,
    employees: i64,
    course: Course,
) -> Firm {
    Firm {
        name,
        slug,
        language,
        city,
        trade,
        employees,
        course,
    }
}

/// All of them; those the named people work for stand first.
#[rustfmt::skip]
pub(in crate::demo) const FIRMS: &[Firm] = &[
    firm("Nordfjord Havbruk AS", "nordfjordhavbruk", ("nb-NO", 0), Farm, 340, Customer(252)),
    firm("瀬戸内水産株式会社", "setouchi-suisan", ("ja-JP", 0), Farm, 210, Customer(640)),
    firm("Autoridad Portuaria de la Bahía de Algeciras", "puertoalgeciras", ("es-ES", 0), Port, 410, Trial(24)),
    firm("موانئ الخليج", "gulf-harbours", ("ar-AE", 0), Port, 1_900, Prospect),
    firm("Чорноморська аквакультура", "chornomorska-aqua", ("uk-UA", 0), Farm, 85, Customer(347)),
    firm("Mekong Delta Shrimp Co-operative", "mekongshrimp", ("vi-VN", 0), Farm, 620, Trial(11)),
    firm("Δήμος Θεσσαλονίκης", "thessaloniki-water", ("el-GR", 0), Water, 1_450, Prospect),
    firm("통영바다 영어조합법인", "tongyeongbada", ("ko-KR", 0), Farm, 48, Customer(410)),
    firm("Bantry Bay Mussels", "bantrybaymussels", ("en-IE", 0), Farm, 22, Customer(530)),
    firm("Konkan Jal Nigam", "konkanjal", ("hi-IN", 1), Water, 880, Prospect),
    firm("Volta Fisheries", "voltafisheries", ("en-GH", 1), Farm, 130, Trial(19)),
    firm("Andaman Reef Lab", "andamanreef", ("th-TH", 0), Lab, 18, Former(318, 96)),
    firm("Eilat Marine Institute", "eilatmarine", ("he-IL", 0), Lab, 64, Customer(203)),
    firm("Port of Gdańsk Authority", "portgdansk", ("pl-PL", 0), Port, 690, Trial(33)),
    firm("Lagos Ports Service", "lagosports", ("en-NG", 0), Port, 1_200, Prospect),
    firm("青岛海洋牧场有限公司", "qingdao-muchang", ("zh-CN", 0), Farm, 560, Customer(296)),
    firm("Salmones Reloncaví SpA", "reloncavi", ("es-CL", 0), Farm, 930, Customer(720)),
    firm("Vestfirðir Fiskeldi ehf.", "vestfirdir-fiskeldi", ("is-IS", 0), Farm, 74, Customer(445)),
    firm("Göteborgs Hamn Miljö", "hamnmiljo", ("sv-SE", 0), Port, 260, Customer(588)),
    firm("Stadtwerke Bremerhaven Küste", "swb-kueste", ("de-DE", 0), Water, 720, Customer(395)),
    firm("Ostréiculture Kervella", "kervella", ("fr-FR", 0), Farm, 14, Customer(168)),
    firm("Águas do Sado, S.A.", "aguasdosado", ("pt-PT", 0), Water, 310, Customer(505)),
    firm("Oban Sea Loch Farms", "obansealoch", ("en-GB", 0), Farm, 58, Customer(880)),
    firm("İzmir Liman İşletmesi", "izmirliman", ("tr-TR", 0), Port, 540, Customer(134)),
    firm("Пристанище Варна Изток", "varna-iztok", ("bg-BG", 0), Port, 480, Trial(6)),
    firm("هيئة ميناء الإسكندرية", "alexandria-port", ("ar-EG", 0), Port, 2_300, Prospect),
    firm("Fundy Tidal Oysters", "fundyoysters", ("en-CA", 0), Farm, 31, Customer(121)),
    firm("Pacific Net Pens Ltd.", "pacificnetpens", ("en-CA", 1), Farm, 145, Former(700, 149)),
    firm("Møre Kystvann IKS", "morekystvann", ("nb-NO", 2), Water, 190, Customer(655)),
    firm("Tromsø Smolt AS", "tromsosmolt", ("nb-NO", 3), Farm, 96, Customer(77)),
    firm("Hordaland Fiskehelse", "hordalandfiskehelse", ("nb-NO", 1), Lab, 27, Customer(610)),
    firm("Port of Tema Dredging", "temadredging", ("en-GH", 0), Port, 240, Prospect),
    firm("愛媛真珠養殖組合", "ehime-pearl", ("ja-JP", 0), Farm, 66, Customer(92)),
    firm("長崎県水道公社", "nagasaki-suido", ("ja-JP", 1), Water, 430, Trial(28)),
    firm("부산항만기술", "busan-portech", ("ko-KR", 1), Port, 380, Customer(480)),
    firm("宁波舟山渔业集团", "nbzs-fishery", ("zh-CN", 1), Farm, 1_650, Prospect),
    firm("กุ้งทองสงขลา", "kungthong", ("th-TH", 1), Farm, 88, Customer(233)),
    firm("Cà Mau Mangrove Shrimp", "camaumangrove", ("vi-VN", 1), Farm, 112, Customer(58)),
    firm("मुंबई बंदर जल सेवा", "mumbai-bandar", ("hi-IN", 0), Port, 1_020, Prospect),
    firm("Ραφήνα Ιχθυοκαλλιέργειες", "rafina-fish", ("el-GR", 1), Farm, 137, Customer(366)),
    firm("מפעל המים חיפה", "haifa-water", ("he-IL", 1), Water, 295, Customer(187)),
    firm("Миколаївводоканал", "mykolaiv-voda", ("uk-UA", 1), Water, 640, Prospect),
    firm("Rías Baixas Mejillón S.C.", "riasbaixas", ("es-ES", 1), Farm, 39, Former(560, 71)),
    firm("Chiloé Algas Ltda.", "chiloealgas", ("es-CL", 1), Farm, 26, Customer(142)),
    firm("Ria Formosa Bivalves", "riaformosa", ("pt-PT", 1), Farm, 33, Prospect),
    firm("Étang de Thau Conchyliculture", "etangdethau", ("fr-FR", 1), Farm, 41, Customer(275)),
    firm("Isar Wasserlabor GmbH", "isarlabor", ("de-DE", 1), Lab, 35, Customer(520)),
    firm("Malmö Vatten AB", "malmovatten", ("sv-SE", 1), Water, 350, Prospect),
    firm("Reykjavík Harbour Systems", "rvkharbour", ("is-IS", 1), Port, 118, Customer(305)),
    firm("Galway Oyster Guild", "galwayoyster", ("en-IE", 1), Farm, 19, Trial(15)),
    firm("Plymouth Sound Authority", "plymouthsound", ("en-GB", 1), Port, 205, Customer(430)),
    firm("Świnoujście Terminal Morski", "swinoterminal", ("pl-PL", 1), Port, 275, Former(470, 118)),
    firm("Muğla Levrek A.Ş.", "muglalevrek", ("tr-TR", 1), Farm, 164, Customer(384)),
    firm("Рибарска ферма Бургас", "burgas-ferma", ("bg-BG", 1), Farm, 52, Prospect),
    firm("محطة تحلية الفجيرة", "fujairah-desal", ("ar-AE", 1), Water, 520, Customer(219)),
    firm("شركة قناة السويس للمياه", "suez-water", ("ar-EG", 1), Water, 760, Trial(2)),
    firm("Rivers State Water Board", "riverswater", ("en-NG", 1), Water, 910, Prospect),
    firm("Bergen Havforsk", "bergenhavforsk", ("nb-NO", 1), Lab, 83, Customer(930)),
    firm("Vigo Puerto Digital", "vigopuerto", ("es-ES", 1), Port, 150, Former(390, 64)),
    firm("Lofoten Torsk AS", "lofotentorsk", ("nb-NO", 3), Farm, 57, Prospect),
];

/// Job titles of a trade; the first decides, the second pays, the others work with it.
pub(in crate::demo) fn titles(trade: Trade) -> &'static [&'static str] {
    match trade {
        Farm => &[
            "Head of Water Quality",
            "Finance Manager",
            "Site Manager",
            "Fish Health Biologist",
            "Feed Manager",
            "Barge Technician",
            "Operations Director",
            "Production Planner",
            "Sustainability Officer",
            "IT Manager",
        ],
        Port => &[
            "Harbour Master",
            "Procurement Officer",
            "VTS Operator",
            "Hydrographer",
            "Dredging Engineer",
            "Environmental Officer",
            "Port Engineer",
            "Head of Digital Services",
            "Pilot Coordinator",
        ],
        Water => &[
            "Plant Manager",
            "Head of Procurement",
            "Process Engineer",
            "SCADA Engineer",
            "Laboratory Head",
            "Network Engineer",
            "Compliance Officer",
            "Asset Manager",
        ],
        Lab => &[
            "Research Director",
            "Lab Administrator",
            "Marine Ecologist",
            "Field Technician",
            "Data Manager",
            "PhD Candidate",
        ],
    }
}
