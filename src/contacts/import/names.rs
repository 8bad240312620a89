//! What columns are called, by other systems and in several languages, and where each goes.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::target::Target;

/// A word of a target and the names of columns that go there, with `|` between them.
const NAMES: &[(&str, &str)] = &[
    (
        "fact:given_name",
        "first name|firstname|given name|givenname|forename|vorname|prenom|nombre|nome|voornaam|\
         fornavn|fornamn|imie|jmeno|keresztnev|etunimi|ime|имя|імя|名|名字|이름|contact1 first name|\
         contact first name",
    ),
    (
        "fact:family_name",
        "last name|lastname|family name|familyname|surname|nachname|familienname|name de famille|\
         nom de famille|apellido|apellidos|cognome|sobrenome|apelido|achternaam|etternavn|\
         efternavn|efternamn|nazwisko|prijmeni|vezeteknev|sukunimi|prezime|фамилия|прізвище|姓|성|\
         contact1 last name|contact last name",
    ),
    (
        "fact:name",
        "name|full name|fullname|display name|contact name|person name|file as|nom|nom complet|\
         nombre completo|nome completo|navn|namn|naam|nimi|kontakt|contact|person|姓名|氏名|成名|kunde|\
         customer|customer name|fn",
    ),
    (
        "fact:job_title",
        "job title|jobtitle|title|position|occupation|funktion|stelle|beruf|positionsbezeichnung|\
         fonction|poste|cargo|puesto|titolo|qualifica|functie|stilling|stanowisko|pozice|должность|\
         посада|役職|职位|직책|organization title|organization 1 title|contact1 title",
    ),
    (
        "email",
        "email|e mail|email address|e mail address|mail|e mail 1 value|email 1|emailadresse|\
         e mail adresse|mailadresse|adresse e mail|adresse email|courriel|correo|\
         correo electronico|posta elettronica|endereco de email|e mailadres|epost|e post|\
         epostadresse|e postadress|adres email|adres e mail|sahkoposti|почта|эл почта|メール|メールアドレス|\
         邮箱|电子邮件|이메일|primary email|email primary|contact email|person email|user email|mailadres|\
         contact1 preferred email",
    ),
    (
        "email:Work",
        "work email|email work|business email|contact1 work email|person email work|\
         e mail geschaftlich",
    ),
    (
        "email:Home",
        "personal email|home email|email home|contact1 personal email|person email home|\
         private email|e mail privat",
    ),
    (
        "email:Other",
        "e mail 2 address|e mail 3 address|email 2|email 3|secondary email|other email|\
         alternate email|contact1 alternate email|email other|person email other|e mail 2 value|\
         e mail 3 value|email address 2",
    ),
    (
        "phone",
        "phone|phone number|telephone|tel|phone 1 value|primary phone|telefon|telefonnummer|\
         telephone number|telefono|telefone|telefoon|puhelin|телефон|電話|電話番号|电话|전화|전화번호|rufnummer|\
         numero de telephone|telefoonnummer|phone main",
    ),
    (
        "phone:Work",
        "business phone|work phone|phone work|person phone work|telefon geschaftlich|\
         company main phone|office phone|contact1 work phone|telephone professionnel|\
         business phone 2",
    ),
    (
        "phone:Mobile",
        "mobile|mobile phone|mobile phone number|mobilephone|cell|cell phone|cellphone|\
         person phone mobile|phone mobile|mobil|mobiltelefon|handy|handynummer|mobilnummer|\
         portable|telephone portable|movil|telefono movil|cellulare|celular|telemovel|mobiel|\
         komorka|мобильный|携帯|手机|휴대폰|phone 2 value|contact1 mobile phone",
    ),
    (
        "phone:Home",
        "home phone|phone home|person phone home|telefon privat|home phone 2|contact1 home phone",
    ),
    (
        "phone:Other",
        "other phone|phone other|person phone other|phone 3 value|contact1 other phone",
    ),
    (
        "company:name",
        "company|company name|associated company|organization|organisation|organization name|\
         account name|account|person organization|organization 1 name|firma|firmenname|unternehmen|\
         entreprise|societe|empresa|azienda|societa|bedrijf|bedrijfsnaam|selskap|foretag|\
         virksomhed|bedrift|yritys|компания|організація|会社|会社名|公司|회사|employer|account1 name|org",
    ),
    (
        "company:domain",
        "company domain|company domain name|domain|email domain|website domain",
    ),
    (
        "company:website",
        "website|website url|web page|webpage|url|homepage|website 1 value|web|site web|sitio web|\
         webseite|account1 website",
    ),
    (
        "company:industry",
        "industry|branche|sector|industrie|settore",
    ),
    ("company:phone", "company phone|account1 phone"),
    (
        "company:role",
        "role|rolle|role at company|organization department|department|abteilung",
    ),
    (
        "fact:street",
        "street|street address|address|address 1|address line 1|mailing street|mailingstreet|\
         business street|home street|strasse|anschrift|adresse|rue|direccion|calle|indirizzo|via|\
         endereco|rua|adres|straat|gate|gata|ulica|улица|адрес|住所|地址|주소|address 1 formatted|\
         person postal address|postal address|business address|home address|address 1 street",
    ),
    (
        "fact:postal_code",
        "postal code|zip|zip code|zip postal code|postcode|plz|postleitzahl|code postal|\
         codigo postal|cap|cep|postnummer|postnr|mailing postal code|business postal code|\
         home zip postal code|kod pocztowy|psc|индекс|郵便番号|邮编|우편번호|mailing zip postal code|\
         address 1 postal code",
    ),
    (
        "fact:city",
        "city|town|mailing city|business city|home city|ort|stadt|ville|ciudad|citta|cidade|plaats|\
         stad|by|poststed|miasto|mesto|город|місто|市区町村|城市|도시|address 1 city|市町村",
    ),
    (
        "fact:region",
        "state|region|state region|province|county|mailing state|business state|\
         home state province|bundesland|estado|provincia|regione|都道府県|省|state province|\
         mailing state province|address 1 region",
    ),
    (
        "fact:country",
        "country|country region|mailing country|business country region|business country|\
         home country|land|pays|pais|paese|kraj|zeme|страна|країна|国|国家|국가|country code|\
         address 1 country",
    ),
    (
        "fact:language",
        "language|preferred language|sprache|langue|idioma|lingua|locale|sprak",
    ),
    (
        "fact:time_zone",
        "time zone|timezone|zeitzone|fuseau horaire",
    ),
    (
        "stage",
        "lifecycle stage|lifecyclestage|stage|contact stage|customer stage",
    ),
    (
        "owner",
        "owner|contact owner|record owner|person owner|account owner|assigned to|besitzer|\
         zustandig|owner email",
    ),
    (
        "tags",
        "tags|tag|labels|label|categories|category|person label|group membership|groups|\
         schlagworter|kategorien|kategorie|etiquettes|etiquetas|stichworte",
    ),
    (
        "note",
        "notes|note|description|comments|comment|message|remarks|notizen|notiz|bemerkung|\
         bemerkungen|kommentar|remarques|notas|observaciones|opmerkingen|merknad|anteckningar|\
         notatki|uwagi|примечание|備考|备注|메모|person notes",
    ),
    (
        "user_id",
        "user id|userid|customer id|kundennummer|customer number",
    ),
    ("external:hubspot", "record id|contact id|hubspot id"),
    ("external:pipedrive", "person id"),
    ("external:mailchimp", "leid"),
    ("external:other", "id|external id|externalid"),
    (
        "deal:name",
        "deal|deal name|opportunity|opportunity name|donation name",
    ),
    (
        "deal:amount",
        "deal amount|deal value|opportunity amount|amount|donation amount",
    ),
    (
        "deal:stage",
        "deal stage|opportunity stage|pipeline stage|donation stage",
    ),
];

/// A name as it is compared: lower case, accents off, words apart, `FirstName` as "first name".
pub fn plain(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    let folded = crate::base::text::fold(&spaced).replace('ß', "ss");
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words of targets by the names as they are compared.
static PLACES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let all = NAMES
        .iter()
        .flat_map(|(word, names)| names.split('|').map(move |name| (plain(name), *word)));
    all.collect()
});

/// Where a column of this name goes, if the name says so.
pub fn target(name: &str) -> Option<Target> {
    let plain = plain(name);
    let short = plain.strip_prefix("person ").unwrap_or(&plain);
    let found = PLACES.get(&plain).or_else(|| PLACES.get(short));
    found.map(|word| Target::from_word(word))
}

/// How many cells of a row are known names of columns.
pub fn known(row: &[String]) -> usize {
    row.iter().filter(|cell| target(cell).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_systems_lead_to_one_place() {
        for (name, word) in [
            ("First Name", "fact:given_name"),
            ("FirstName", "fact:given_name"),
            ("Vorname", "fact:given_name"),
            ("Person - Email - Work", "email:Work"),
            ("Person - Name", "fact:name"),
            ("E-mail 1 - Value", "email"),
            ("Account.Name", "company:name"),
            ("MailingPostalCode", "fact:postal_code"),
            ("Telefon geschäftlich", "phone:Work"),
            ("Straße", "fact:street"),
            ("Country/Region", "fact:country"),
            ("電話番号", "phone"),
            ("メールアドレス", "email"),
            ("이름", "fact:given_name"),
            ("Prénom", "fact:given_name"),
        ] {
            assert_eq!(target(name), Some(Target::from_word(word)), "{name}");
        }
        assert_eq!(target("MEMBER_RATING"), None);
    }

    #[test]
    fn every_name_leads_to_one_target() {
        let mut seen = std::collections::HashSet::new();
        for (word, names) in NAMES {
            assert_eq!(Target::from_word(word).word(), *word);
            for name in names.split('|') {
                assert!(seen.insert(plain(name)), "{name} twice");
                assert_eq!(target(name), Some(Target::from_word(word)), "{name}");
            }
        }
    }
}
