//! Domains of mail providers: an address there says nothing about where somebody works.

/// The well-known ones, by name.
const FREE_MAIL: &[&str] = &[
    "126.com", "139.com", "163.com", "188.com", "189.cn", "21cn.com", "aim.com", "aliyun.com", "aol.co.uk", "aol.com",
    "arcor.de", "att.net", "bellsouth.net", "bigpond.com", "bk.ru", "bluewin.ch", "bol.com.br", "btinternet.com",
    "centrum.cz", "charter.net", "comcast.net", "cox.net", "daum.net", "duck.com", "earthlink.net", "email.com",
    "email.cz", "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freemail.hu", "freenet.de", "gmail.com",
    "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hanmail.net", "hey.com", "home.nl",
    "hotmail.be", "hotmail.ca", "hotmail.co.jp", "hotmail.co.uk", "hotmail.com", "hotmail.com.br", "hotmail.de",
    "hotmail.es", "hotmail.fr", "hotmail.it", "hotmail.nl", "hotmail.no", "hotmail.se", "hushmail.com", "icloud.com",
    "ig.com.br", "inbox.lv", "inbox.ru", "interia.pl", "juno.com", "kakao.com", "kolumbus.fi", "kpnmail.nl",
    "laposte.net", "libero.it", "list.ru", "live.ca", "live.cn", "live.co.uk", "live.com", "live.com.au", "live.de",
    "live.dk", "live.fr", "live.it", "live.nl", "live.no", "live.se", "lycos.com", "mac.com", "mail.bg", "mail.com",
    "mail.de", "mail.ee", "mail.ru", "mailbox.org", "me.com", "msn.com", "nate.com", "naver.com", "netscape.net",
    "nifty.com", "ntlworld.com", "o2.pl", "online.de", "online.no", "op.pl", "optonline.net", "optusnet.com.au",
    "orange.fr", "outlook.be", "outlook.com", "outlook.com.br", "outlook.cz", "outlook.de", "outlook.es", "outlook.fr",
    "outlook.it", "outlook.jp", "outlook.pt", "passport.com", "pm.me", "posteo.de", "proton.me", "protonmail.ch",
    "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com", "rogers.com", "sapo.pt",
    "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.cn", "sina.com", "sky.com", "skynet.be", "sohu.com",
    "softbank.jp", "sympatico.ca", "t-online.de", "talktalk.net", "telenet.be", "telia.com", "telus.net",
    "terra.com.br", "tin.it", "tiscali.it", "tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "ukr.net",
    "uol.com.br", "ut.ee", "verizon.net", "videotron.ca", "virgilio.it", "virginmedia.com", "vivaldi.net", "wanadoo.fr",
    "web.de", "windowslive.com", "wp.pl", "xs4all.nl", "xtra.co.nz", "ya.ru", "yahoo.ca", "yahoo.co.id", "yahoo.co.in",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.mx",
    "yahoo.com.tw", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.in", "yahoo.it", "yandex.com", "yandex.ru", "yeah.net",
    "ymail.com", "zoho.com", "zohomail.com",
];

/// Whether addresses at this domain belong to people of many companies.
pub fn is_free_mail(domain: &str) -> bool {
    FREE_MAIL.contains(&domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_told_from_companies() {
        assert!(is_free_mail("gmail.com"));
        assert!(is_free_mail("qq.com"));
        assert!(!is_free_mail("nordfjord.example"));
        assert!(FREE_MAIL.iter().all(|domain| domain.contains('.')));
    }
}
