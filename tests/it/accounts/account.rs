//! One's own account.

use rapport::accounts::Role;

use crate::support::{Answer, TestApp};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[actix_web::test]
async fn names_in_every_script_are_kept_as_written() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for name in [
        "Ingrid Sæther Løvås",
        "山田 由紀",
        "عمر الفاروق",
        "Zoë 👩‍🚀",
        "O'Neill <b>\"&\"</b>",
    ] {
        let form = [
            ("name", name),
            ("language", "en"),
            ("time_zone", "Asia/Tokyo"),
            ("theme", "dark"),
        ];
        ada.post("/settings/account", &form)
            .await
            .leads_to("/settings/account");
        let page = ada.get("/settings/account").await.is(200).says(name);
        assert!(!page.body().contains("<b>"), "nothing typed becomes markup");
        assert!(page.body().contains("data-theme=\"dark\""));
        assert!(
            page.body()
                .contains("<option value=\"Asia/Tokyo\" selected")
        );
    }
}

#[actix_web::test]
async fn what_is_not_on_the_list_is_refused_beside_its_field() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let save = async |name: &str, language: &str, zone: &str, theme: &str| -> Answer {
        let form = [
            ("name", name),
            ("language", language),
            ("time_zone", zone),
            ("theme", theme),
        ];
        ada.post("/settings/account", &form).await
    };
    save("  ", "en", "UTC", "dark")
        .await
        .is(422)
        .says("Write a name");
    save("Ada", "tlh", "UTC", "dark")
        .await
        .is(422)
        .says("Choose a language");
    save("Ada", "en", "Moon/Crater", "dark")
        .await
        .is(422)
        .says("Choose a time zone");
    save("Ada", "en", "UTC", "plaid")
        .await
        .is(422)
        .says("Choose a theme");
    ada.post("/settings/account", &[]).await.is(422);
}

#[actix_web::test]
async fn a_picture_is_known_by_its_bytes_and_shown_to_colleagues_only() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let path = "/settings/account/picture";
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    ada.post_file(path, "picture", "me.png", svg)
        .await
        .is(422)
        .says("no PNG, JPEG or WebP");
    ada.post_file(path, "picture", "", b"")
        .await
        .is(422)
        .says("Choose a picture first");
    let mut large = PNG.to_vec();
    large.resize(2 << 20, 0);
    ada.post_file(path, "picture", "me.png", &large)
        .await
        .is(303);
    large.resize((2 << 20) + 1, 0);
    ada.post_file(path, "picture", "me.png", &large)
        .await
        .is(422)
        .says("larger than 2 MB");
    large.resize(3 << 20, 0);
    ada.post_file(path, "picture", "me.png", &large)
        .await
        .is(422)
        .says("larger than 2 MB");
    ada.post_body(path, "multipart/form-data; boundary=x", "--x nonsense")
        .await
        .is(400);

    ada.post_file(path, "picture", "böser \"name\".html", PNG)
        .await
        .leads_to("/settings/account");
    let picture = ada.get("/files/2").await.is(200);
    assert_eq!(picture.bytes, PNG);
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert!(
        picture
            .header("content-security-policy")
            .contains("sandbox")
    );
    assert!(!picture.header("content-disposition").contains("name\""));
    ada.sends("if-none-match", picture.header("etag"));
    ada.get("/files/2").await.is(304);
    ada.sends("if-none-match", "");
    ada.get("/files/1").await.is(404);
    app.browser().get("/files/2").await.is(303);
    ada.get("/files/x").await.is(404);

    ada.post("/settings/account/picture/remove", &[])
        .await
        .is(303);
    ada.get("/files/2").await.is(404);
}

#[actix_web::test]
async fn sessions_are_listed_and_ended() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let laptop = app.browser();
    laptop.sends(
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    );
    laptop.moves_to([192, 0, 2, 7]);
    laptop
        .sign_in("ada@rapport.example", crate::support::PASSWORD)
        .await;
    ada.get("/settings/account")
        .await
        .says("This browser")
        .says("Firefox on Linux")
        .says("192.0.2.7");
    ada.post("/settings/account/sessions/2/end", &[])
        .await
        .is(303);
    laptop.get("/").await.is(303);

    let phone = app.agent("ada", Role::Admin).await;
    ada.post("/settings/account/sessions/end-others", &[])
        .await
        .is(303);
    ada.get("/settings/account")
        .await
        .says("One other session ended");
    phone.get("/").await.is(303);

    // Nobody ends a stranger's session.
    let grace = app.agent("grace", Role::Admin).await;
    grace
        .post("/settings/account/sessions/1/end", &[])
        .await
        .is(404);
    ada.get("/").await.is(200);
}

#[actix_web::test]
async fn every_page_of_accounts_works_and_its_forms_carry_the_token() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    for path in [
        "/",
        "/settings/account",
        "/settings/account/second-factor",
        "/settings/keys",
        "/settings/people",
        "/settings/people/invite",
        "/settings/workspace",
        "/settings/audit",
    ] {
        let page = ada.get(path).await.is(200);
        let body = page.body();
        assert!(body.starts_with("<!doctype html>"), "{path}");
        assert!(
            !body.contains("style=\"") && !body.contains("onclick"),
            "{path}"
        );
        for form in body.split("method=\"post\"").skip(1) {
            assert!(
                form.split("</form>")
                    .next()
                    .is_some_and(|form| form.contains("name=\"_csrf\"")),
                "{path}"
            );
        }
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
}
