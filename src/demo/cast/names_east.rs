//! Names in other scripts, each with its letters for addresses: given, then family names, of each country. Where a
//! family name says whether it is a woman's, women and men take turns in both lists.

type Names = (&'static str, &'static str);

pub(super) const UKRAINIAN: Names = (
    "Олена=olena Тарас=taras Оксана=oksana Богдан=bohdan Марічка=marichka Андрій=andrii Соломія=solomiia Юрій=yurii Ганна=hanna Остап=ostap Леся=lesia Василь=vasyl",
    "Ткаченко=tkachenko Шевчук=shevchuk Бондаренко=bondarenko Коваль=koval Мельник=melnyk Гончар=honchar Іваненко=ivanenko Лисенко=lysenko Кравець=kravets Щербак=shcherbak Довженко=dovzhenko Їжакевич=yizhakevych",
);
pub(super) const BULGARIAN: Names = (
    "Десислава=desislava Георги=georgi Ралица=ralitsa Пламен=plamen Милена=milena Ивайло=ivaylo Йорданка=yordanka Цветан=tsvetan Елица=elitsa Красимир=krasimir Виолета=violeta Тодор=todor",
    "Иванова=ivanova Димитров=dimitrov Стоянова=stoyanova Желязков=zhelyazkov Петрова=petrova Кръстев=krastev Чолакова=cholakova Илиев=iliev Христова=hristova Атанасов=atanasov Тонева=toneva Бояджиев=boyadzhiev",
);
pub(super) const GREEK: Names = (
    "Ελένη=eleni Αλέξανδρος=alexandros Φωτεινή=foteini Νίκος=nikos Αγγελική=angeliki Δημήτρης=dimitris Χρυσάνθη=chrysanthi Σπύρος=spyros Ευαγγελία=evangelia Γιώργος=giorgos Ιφιγένεια=ifigeneia Πέτρος=petros",
    "Οικονόμου=oikonomou Παπαδόπουλος=papadopoulos Βλάχου=vlachou Καραγιάννης=karagiannis Θεοδώρου=theodorou Ξενάκης=xenakis Αντωνίου=antoniou Χατζής=chatzis Καραμανλή=karamanli Μαυρίδης=mavridis Παπαδοπούλου=papadopoulou Ψαράς=psaras",
);
pub(super) const ARABIC: Names = (
    "ليلى=layla عمر=omar فاطمة=fatima خالد=khalid مريم=maryam راشد=rashid نورة=noura سعيد=saeed هند=hind يوسف=yousef شيخة=shaikha ماجد=majid",
    "الحداد=alhaddad الفاروق=alfarouq المنصوري=almansoori الكعبي=alkaabi الشامسي=alshamsi البلوشي=albalushi الزعابي=alzaabi النعيمي=alnuaimi المهيري=almheiri الظاهري=aldhaheri السويدي=alsuwaidi القاسمي=alqasimi",
);
pub(super) const ARABIC_EGYPT: Names = (
    "أحمد=ahmed منى=mona محمود=mahmoud هالة=hala طارق=tarek دينا=dina شريف=sherif ياسمين=yasmin حسام=hossam رانيا=rania كريم=karim نهى=noha",
    "عبد_الرحمن=abdelrahman السيد=elsayed حسنين=hassanein الشافعي=elshafei منصور=mansour البحيري=elbeheiry جودة=gouda زكي=zaki فهمي=fahmy سالم=salem رمضان=ramadan الصاوي=elsawy",
);
pub(super) const HEBREW: Names = (
    "יעל=yael אורי=ori נועה=noa איתן=eitan תמר=tamar גיא=guy מיכל=michal עומר=omer שירה=shira דניאל=daniel רונית=ronit אלון=alon",
    "בן־דוד=bendavid לוי=levi כהן=cohen מזרחי=mizrahi פרידמן=friedman אברהמי=avrahami שפירא=shapira ביטון=biton רוזנברג=rosenberg גולן=golan הררי=harari צור=tzur",
);
pub(super) const HINDI: Names = (
    "नेहा=neha आदित्य=aditya प्रिया=priya रोहन=rohan स्नेहा=sneha विक्रम=vikram अंजलि=anjali संदीप=sandeep कविता=kavita अर्जुन=arjun मीनाक्षी=meenakshi देवेंद्र=devendra",
    "कुलकर्णी=kulkarni देशपांडे=deshpande शर्मा=sharma पाटील=patil जोशी=joshi सावंत=sawant गुप्ता=gupta राणे=rane चव्हाण=chavan मिश्रा=mishra ठाकुर=thakur नाईक=naik",
);
pub(super) const THAI: Names = (
    "ณัฐวุฒิ=nattawut สุภาพร=supaporn กิตติศักดิ์=kittisak พิมพ์ชนก=pimchanok ธนกร=thanakorn วราภรณ์=waraporn อนุชา=anucha ศิริพร=siriporn ปกรณ์=pakorn จิราภา=jirapa สมชาย=somchai มาลี=malee",
    "ศรีสุวรรณ=srisuwan ใจดี=jaidee ทองคำ=thongkham วงศ์สวัสดิ์=wongsawat แก้วมณี=kaewmanee รัตนพันธ์=rattanaphan สุขใจ=sukjai บุญมี=boonmee พรหมมา=phromma นาคสุข=naksuk จันทร์เพ็ญ=chanpen อินทรักษ์=intharak",
);
pub(super) const CHINESE: Names = (
    "波=bo 晓燕=xiaoyan 志强=zhiqiang 雅婷=yating 建华=jianhua 思远=siyuan 丽娜=lina 海涛=haitao 雨桐=yutong 国栋=guodong 静怡=jingyi 子轩=zixuan",
    "李=li 王=wang 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao 欧阳=ouyang 周=zhou 徐=xu 孙=sun",
);
pub(super) const JAPANESE: Names = (
    "美咲=misaki 翔太=shota 由紀=yuki 健一=kenichi 陽菜=hina 大輔=daisuke さくら=sakura 拓也=takuya 千尋=chihiro 誠=makoto 明日香=asuka 隆=takashi",
    "田中=tanaka 山田=yamada 村上=murakami 越智=ochi 渡邊=watanabe 佐々木=sasaki 長谷川=hasegawa 髙橋=takahashi 中村=nakamura 藤原=fujiwara 松本=matsumoto 菅=kan",
);
pub(super) const KOREAN: Names = (
    "서연=seoyeon 민준=minjun 지우=jiwoo 하은=haeun 도윤=doyun 수빈=subin 예준=yejun 지민=jimin 현우=hyunwoo 은지=eunji 태윤=taeyun 소희=sohee",
    "김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim 한=han 남궁=namgung",
);
