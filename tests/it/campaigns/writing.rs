//! Writing: what is typed stays, faults stand beside the editor, two writers, the dry run.

use super::*;

#[actix_web::test]
async fn a_fault_is_named_with_its_line_and_what_was_typed_stays() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.get("/campaigns")
        .await
        .is(200)
        .says("Write to those who want to hear from you");
    ada.post("/campaigns", &[("name", " ")])
        .await
        .is(422)
        .says("Give it a name");
    let answer = ada.post("/campaigns", &[("name", "Spring")]).await.is(303);
    let id = between(answer.location(), "/campaigns/", "/");
    ada.get(&format!("/campaigns/{id}/content"))
        .await
        .is(200)
        .says("Say what it is about");
    for (body, words) in [
        ("one\ntwo {{ contact.name \nthree", "Line"),
        ("<p>{% if %}</p>", "Line 1"),
        ("<a href=\"{{ nothing() \">", "Line 1"),
    ] {
        let page = write(&ada, &id, "1", body).await.is(422);
        let page = page.says(words);
        assert!(page.body().contains("News for {{ contact.name | fallback("));
    }
    let form = [
        ("name", "Spring"),
        ("subject", "S"),
        ("from_email", "no address"),
        ("format", "mjml"),
        (
            "body",
            "<mjml><mj-body>\n<mj-nothing></mj-nothing></mj-body></mjml>",
        ),
        ("seen", "1"),
    ];
    ada.post(&format!("/campaigns/{id}/content"), &form)
        .await
        .is(422)
        .says("Write an address such as");
    let form = form.map(|(k, v)| match k {
        "from_email" => (k, "a@b.example"),
        _ => (k, v),
    });
    ada.post(&format!("/campaigns/{id}/content"), &form)
        .await
        .is(422)
        .says("Line 2: MJML");
}

#[actix_web::test]
async fn two_writers_do_not_overwrite_each_other_unseen() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let answer = ada.post("/campaigns", &[("name", "Spring")]).await.is(303);
    let id = between(answer.location(), "/campaigns/", "/");
    write(&ada, &id, "1", BODY).await.is(303);
    write(&ada, &id, "1", "<p>mine</p>")
        .await
        .is(422)
        .says("Somebody saved this campaign while you were writing")
        .says("mine");
    write(&ada, &id, "2", "<p>mine</p>").await.is(303);
}

#[actix_web::test]
async fn a_mail_is_looked_at_as_somebody_tried_on_all_and_sent_to_an_address() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
    let nameless = customer(&ada, "", "nameless@x.example").await;
    for who in [grace, nameless] {
        allows(&ada, who, topic).await;
    }
    let body = "<p>Dear {{ contact.first_name }},</p>\n<p>{{ contact.city | fallback('your town') }} <b>&amp; {{ contact.name }}</b></p>";
    let id = draft(&ada, topic, body).await;
    let seen = ada
        .get(&format!("/campaigns/{id}/preview?as={grace}"))
        .await
        .is(200);
    assert!(seen.header("content-security-policy").contains("sandbox"));
    seen.says("Dear Grace,").says("your town");
    ada.get(&format!("/campaigns/{id}/preview?as={nameless}"))
        .await
        .says("line 1: contact.first_name is empty here");
    ada.post(&format!("/campaigns/{id}/try"), &[])
        .await
        .is(200)
        .says("It fails for 1 of 2")
        .says("nameless@x.example");
    ada.get(&format!("/campaigns/{id}/review"))
        .await
        .says("It has no unsubscribe link; one is added");
    let form = [("to", "me@rapport.example"), ("as", &*grace.to_string())];
    ada.post(&format!("/campaigns/{id}/test"), &form)
        .await
        .is(303);
    let mails = app.mails().await;
    assert_eq!(mails[0].to, "me@rapport.example");
    let mail = readable(&mails[0].text);
    assert!(
        mail.contains("Subject: [Test] News for Grace Hopper"),
        "{mail}"
    );
    assert!(mail.contains("Dear Grace,"), "{mail}");
    assert!(!mail.contains("/mail/o/"), "a test counts nothing: {mail}");
    assert!(
        mail.contains("/mail/u/") && !mail.contains("/preferences/"),
        "whoever gets a test does not change what Grace allows: {mail}"
    );
}

#[actix_web::test]
async fn templates_are_copied_and_filters_in_use_stay() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let form = [
        ("name", "House style"),
        ("subject", "Hello"),
        ("from_email", "a@b.example"),
        ("format", "html"),
        ("body", "<p>From the template</p>"),
    ];
    ada.post("/campaigns/templates", &form).await.is(303);
    ada.get("/campaigns/templates").await.says("House style");
    let form = [("name", "From it"), ("template", "1")];
    let answer = ada.post("/campaigns", &form).await.is(303);
    ada.get(answer.location()).await.says("From the template");
    let id = draft(&ada, topic, BODY).await;
    ada.get("/contacts").await.says("Customers");
    let answer = ada.post("/contacts/views/1/remove", &[]).await;
    answer.leads_to("/contacts");
    ada.get("/contacts").await.says("A campaign uses this view");
    ada.post(&format!("/campaigns/{id}/delete"), &[])
        .await
        .leads_to("/campaigns");
    ada.post("/contacts/views", &[("name", "Customers"), ("query", "")])
        .await
        .is(422)
        .says("There is a view of this name already");
}
