//! Mailings for programs, and by their words.

use super::*;

#[actix_web::test]
async fn a_program_reads_campaigns_and_their_figures() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    let topic = topic(&ada).await;
    customers(&ada).await;
    let grace = customer(&ada, "Grace Hopper", "grace@navy.example").await;
    allows(&ada, grace, topic).await;
    customer(&ada, "Hedy Lamarr", "hedy@radio.example").await;
    let id = draft(&ada, topic, BODY).await;
    ada.post(&format!("/campaigns/{id}/launch"), &[])
        .await
        .is(303);
    send(&app).await;
    ada.post("/campaigns", &[("name", "Autumn fair")])
        .await
        .is(303);
    let program = app.browser();
    let key = app.key("campaigns:read").await;
    program.sends("authorization", &format!("Bearer {key}"));
    let first = program
        .get("/api/v1/campaigns?limit=1")
        .await
        .is(200)
        .json();
    assert_eq!(first["campaigns"][0]["name"], "Autumn fair");
    assert_eq!(first["campaigns"][0]["state"], "draft");
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let path = format!("/api/v1/campaigns?limit=1&cursor={cursor}");
    let second = program.get(&path).await.is(200).json();
    assert_eq!(second["campaigns"][0]["name"], "Spring news");
    assert!(second["next_cursor"].is_null());
    let one = program
        .get(&format!("/api/v1/campaigns/{id}"))
        .await
        .is(200);
    let figures = one.json()["figures"].clone();
    assert_eq!(
        (&figures["recipients"], &figures["held_back"]),
        (&2.into(), &1.into())
    );
    assert_eq!(
        (&figures["sent"], &figures["waiting"]),
        (&1.into(), &0.into())
    );
    let sent = program.get("/api/v1/campaigns?state=draft").await.json();
    assert_eq!(sent["campaigns"].as_array().map(Vec::len), Some(1));
    for wrong in ["limit=0", "cursor=x", "state=burning"] {
        program
            .get(&format!("/api/v1/campaigns?{wrong}"))
            .await
            .is(422);
    }
    program.get("/api/v1/campaigns/4711").await.is(404);
    let key = app.key("tickets:read").await;
    program.sends("authorization", &format!("Bearer {key}"));
    program.get("/api/v1/campaigns").await.is(403);
}

#[actix_web::test]
async fn campaigns_are_found_by_the_words_of_name_and_subject() {
    let app = TestApp::new().await;
    let ada = app.admin().await;
    ada.post("/campaigns", &[("name", "Autumn fair")])
        .await
        .is(303);
    ada.post("/campaigns", &[("name", "Før vinteren")])
        .await
        .is(303);
    ada.get("/campaigns?q=vint")
        .await
        .says("Før vinteren")
        .never_says("Autumn fair");
    write(&ada, "1", "1", BODY).await.is(303);
    ada.get("/campaigns?q=spring").await.says("Spring news");
    ada.get("/campaigns?q=autumn")
        .await
        .says("No campaign has these words");
    ada.post("/campaigns/1/delete", &[]).await.is(303);
    // The next page still says what was deleted.
    ada.get("/campaigns").await.is(200);
    ada.get("/campaigns?q=spring")
        .await
        .says("No campaign has these words");
}
