//! Content as pure text: what a template may do, and what it may not.

use rapport::accounts::keyring::Keyring;
use rapport::base::ids::RecipientId;
use rapport::campaigns::links::Links;
use rapport::campaigns::model::{Content, Format};
use rapport::campaigns::people;
use rapport::campaigns::render::{Fault, Rendered, compile};

fn rendered(format: Format, subject: &str, body: &str) -> Result<Rendered, Fault> {
    let content = Content {
        subject: subject.to_owned(),
        preheader: String::new(),
        from_name: String::new(),
        from_email: "a@b.example".to_owned(),
        format,
        body: body.to_owned(),
    };
    let links = Links::new(&Keyring::new([1; 32]), "https://crm.example");
    compile(&content, &links)?.render(&people::nobody(), RecipientId(7))
}

#[test]
fn what_goes_on_for_ever_or_grows_too_large_is_stopped() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
    let fault = rendered(Format::Html, "S", endless).expect_err("too long");
    assert!(fault.message.contains("too long"), "{fault}");
    let large = "{% set big = 'x' * 200000 %}{% for a in range(200) %}{{ big }}{% endfor %}";
    let fault = rendered(Format::Html, "S", large).expect_err("too large");
    assert!(
        fault.message.contains("megabyte") || fault.message.contains("too long"),
        "{fault}"
    );
}

#[test]
fn a_subject_is_one_line_whatever_stands_in_it() {
    let mail = rendered(
        Format::Html,
        "A{{ '\\r\\nBcc: x@y.example' }}\n B",
        "<p>x</p>",
    )
    .expect("a mail");
    assert_eq!(mail.subject, "A Bcc: x@y.example B");
}

#[test]
fn values_are_escaped_in_html_and_not_in_text() {
    let mail = rendered(Format::Html, "S", "<p>{{ '<b>&' }}</p>").expect("a mail");
    assert!(mail.html.contains("&lt;b&gt;&amp;"), "{}", mail.html);
    assert!(mail.text.starts_with("<b>&"), "{}", mail.text);
}

#[test]
fn mjml_becomes_html_with_links_of_ours_and_a_way_out() {
    let body = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ contact.name | fallback('there') }}</mj-text>\
        <mj-button href=\"https://shop.example/\">Go</mj-button></mj-column></mj-section></mj-body></mjml>";
    let mail = rendered(Format::Mjml, "S", body).expect("a mail");
    assert!(mail.html.contains("Hello there"), "{}", mail.html);
    assert!(mail.html.contains("https://crm.example/mail/c/"));
    assert!(mail.html.contains("https://crm.example/mail/o/"));
    assert!(mail.html.contains("https://crm.example/mail/u/"));
    assert!(!mail.html.contains("href=\"https://shop.example"));
    assert!(
        mail.text.contains("Go (https://crm.example/mail/c/"),
        "{}",
        mail.text
    );
}

#[test]
fn a_link_that_leads_nowhere_is_a_fault() {
    for href in ["https://", "http://exa mple.example/", "https://[x"] {
        let body = format!("<a href=\"{href}\">x</a>");
        let fault = rendered(Format::Html, "S", &body).expect_err(href);
        assert!(fault.message.contains("leads nowhere"), "{fault}");
    }
}
