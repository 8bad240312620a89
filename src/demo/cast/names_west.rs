//! Names in Latin letters: given, then family names, of each country. Where a family name says whether it is a
//! woman's, women and men take turns in both lists.

type Names = (&'static str, &'static str);

pub(super) const NORWEGIAN: Names = (
    "Ingrid Håkon Sindre Oddny Bjørn Åse Torstein Marit Øyvind Solveig Eirik Ragnhild Jørn Sigrid",
    "Løvås Brekke Aasen Rimstad Nygård Sørbø Hauge Kvåle Øvrebø Skår Fjeld Tveit Bø Myklebust",
);
pub(super) const SWEDISH: Names = (
    "Åsa Björn Göran Märta Örjan Saga Love Elin Håkan Ebba Gösta Linnéa",
    "Åkerström Sjögren Lindqvist Hägglund Öberg Nyström Wikström Dahlström Sandström Björklund Ekström Söderberg",
);
pub(super) const ICELANDIC: Names = (
    "Þórunn Guðmundur Sigríður Ævar Björk Kári Hrafnhildur Örn Ásta Snorri Íris Hlynur",
    "Þorvaldsdóttir Jónsson Sigurðardóttir Ólafsson Björnsdóttir Magnússon Einarsdóttir Hákonarson Ragnarsdóttir Ægisson",
);
pub(super) const IRISH: Names = (
    "Caoimhe Seán Órla Pádraig Niamh Ciarán Siobhán Eoghan Gráinne Tadhg Aoife Diarmuid",
    "Ó_Súilleabháin Murphy O’Brien McCarthy O’Driscoll Walsh Ó_Conaill Kelleher O’Donnell Crowley Harrington O’Sullivan",
);
pub(super) const BRITISH: Names = (
    "Fiona Callum Eilidh Angus Morag Hamish Charlotte George Amelia Harry Imogen Rhys",
    "MacLeod Fraser Campbell Stewart Penhaligon Trelawny Whitcombe Llewellyn Ashworth Sinclair Drummond Okonjo-Reid",
);
pub(super) const SPANISH: Names = (
    "María_José Íñigo Begoña Álvaro Rocío Joaquín Núria Andrés Inés Ramón Lucía Óscar",
    "Fernández-Villaverde Ibáñez Muñoz Domínguez_Peña Rodríguez_Gil Núñez Castaño Sánchez_Ríos Gómez_Avilés Ordóñez Martínez Peñalver",
);
pub(super) const CHILEAN: Names = (
    "Catalina Matías Francisca Benjamín Javiera Tomás Antonia Vicente Constanza Cristóbal Isidora Sebastián",
    "Huenchumilla Barría Oyarzún Mansilla Cárdenas Vargas Soto Alvarado Gallardo Ojeda Muñoz Almonacid",
);
pub(super) const PORTUGUESE: Names = (
    "João Conceição Inês Tomás Sofia Gonçalo Mafalda Rui Leonor Duarte Beatriz Estêvão",
    "Conceição Guimarães Magalhães Simões Brandão Falcão Araújo Antão Caçador Valadão Queirós Leitão",
);
pub(super) const FRENCH: Names = (
    "Maël Anaïs Loïc Océane Gaëlle Étienne Noémie Ronan Hélène François Zoé Benoît",
    "Le_Goff Kervella L’Hostis Prévost Gourvennec Lefèvre Moreau Héliès Chênevert Bélanger Faÿ Tréguer",
);
pub(super) const GERMAN: Names = (
    "Jürgen Käthe Björn Annelie Günther Sönke Frauke Götz Wiebke Jörg Heike Malte",
    "Müller Schäfer Groß Jürgensen Weiß Köhler Böttcher Petersen Lührs Strüver Voß Brüggemann",
);
pub(super) const POLISH: Names = (
    "Małgorzata Łukasz Żaneta Paweł Agnieszka Stanisław Elżbieta Krzysztof Bożena Wojciech Grażyna Michał",
    "Wiśniewska Kowalczyk Dąbrowska Łukaszewski Lewandowska Wójcik Szymańska Zając Jabłońska Gołębiewski Śliwińska Król",
);
pub(super) const TURKISH: Names = (
    "Ayşe Çağlar Gülşen Oğuz İpek Şükrü Özlem Uğur Zeynep Işıl Barış Ömer",
    "Yılmaz Şahin Öztürk Çelik Güneş Kılıç Aydın Koç Doğan Ağaoğlu Işık Türkmen",
);
pub(super) const GHANAIAN: Names = (
    "Zoë Kwame Ama Kofi Akosua Yaw Efua Kwesi Abena Nana_Yaa Selorm Edem",
    "Quartey Papafio Mensah Agyeman Boateng Adjei Dzokoto Amankwah Osei Tetteh Asantewaa Lamptey",
);
pub(super) const NIGERIAN: Names = (
    "Adébáyò Ngozi Olúwaseun Chinedu Yétúndé Ifeoma Tunde Amara Sàlámì Zainab Emeka Folákẹ́",
    "Okonkwo Adéyẹmí Oduya Balogun Eze Ògúnlẹ̀yẹ Nwosu Abubakar Chukwu Fáshọlá Danjuma Igwe",
);
pub(super) const VIETNAMESE: Names = (
    "Thị_Hồng_Nhung Văn_Đức Thị_Ánh_Tuyết Minh_Quân Thùy_Linh Quốc_Bảo Ngọc_Hà Hữu_Phước Thanh_Thảo Đình_Khôi Bích_Ngọc Xuân_Trường",
    "Nguyễn Trần Lê Phạm Huỳnh Võ Đặng Bùi Đỗ Hồ Dương Lý",
);
