//! Claims, proposals and duplicates: several people and one offer.

use super::*;

fn everywhere(role: Role) -> Option<Grant> {
    Some(Grant { role, scope: Scope::Everywhere })
}

/// From a registration without an invitation to an offer of one's own: asked for, granted, told by mail.
#[tokio::test]
async fn a_person_registers_and_asks_for_a_provider() {
    let desk = desk().await;
    with_provider(&desk).await;
    let page = desk.get("/registrieren", None).await;
    let cookie = page.cookie().unwrap();
    let form = format!("schutz={}&name=Eva&email=eva%40kita.example", page.token());
    let sent = desk.send("POST", "/registrieren", Some(&cookie), &form).await;
    assert_eq!(sent.to(), "/registrieren?gesendet=1", "{}", sent.text);
    let wrong = form.replace("%40", "");
    let wrong = desk.send("POST", "/registrieren", Some(&cookie), &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let eva = desk.somebody("eva", None).await;
    let page = desk.get("/konto/traeger", Some(&eva)).await;
    assert!(page.text.contains("Familienbund"), "{}", page.text);
    let ask = |grounds: &str| format!("schutz={}&traeger=org&grund={grounds}", page.token());
    let empty = desk.send("POST", "/konto/traeger", Some(&eva), &ask("")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let claim = ask("Ich+leite+%3Cb%3Edie+Kita");
    assert_eq!(
        desk.send("POST", "/konto/traeger", Some(&eva), &claim).await.to(),
        "/konto/traeger?gesendet=1"
    );
    let twice = desk.send("POST", "/konto/traeger", Some(&eva), &claim).await;
    assert!(twice.text.contains("schon gebeten"), "{}", twice.text);

    let coordinator = desk.somebody("koordination", everywhere(Role::Coordination)).await;
    let list = desk.get("/koordination/anfragen", Some(&coordinator)).await;
    assert!(list.text.contains("Ich leite &#60;b&#62;die Kita"), "{}", list.text);
    assert!(list.text.contains("Bisher pflegen sie: traeger"), "{}", list.text);
    let path = format!("/koordination/anfragen/{}", after(&list.text, "action=\"/koordination/anfragen/"));
    let form = format!("schutz={}&wie=annehmen", page.token());
    let own = desk.send("POST", &path, Some(&eva), &form).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "nobody grants their own claim");
    let form = format!("schutz={}&wie=annehmen", list.token());
    let granted = desk.send("POST", &path, Some(&coordinator), &form).await;
    assert_eq!(granted.to(), "/koordination/anfragen?neu=ja", "{}", granted.text);
    let again = desk.send("POST", &path, Some(&coordinator), &form).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let mine = desk.get("/traeger", Some(&eva)).await;
    assert!(mine.text.contains("Entwurf anlegen"), "{}", mine.text);
    let mails = outbox::due(desk.portal.db(), desk.portal.now().at, 10).await.unwrap();
    let told =
        |mail: &outbox::Mail| mail.recipient == "eva@stadt.example" && mail.plain.contains("Familienbund");
    assert!(mails.iter().any(told));
    kekiz_portal::store::audit::verify(desk.portal.db()).await.unwrap();
}

/// Two proposals for one offer are decided one by one; one whose field moved on is not taken over blindly.
#[tokio::test]
async fn changes_are_proposed_and_decided_field_by_field() {
    let desk = desk().await;
    let provider = with_provider(&desk).await;
    with_old_offer(&desk).await;
    let eva = desk.somebody("eva", None).await;
    let page = desk.get("/konto/vorschlag/1", Some(&eva)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let revision = hidden(&page.text, "fassung").to_string();
    let form = |rest: &str| {
        let name = "name=Babytreff+%3Cb%3Eam+Markt%3C%2Fb%3E";
        format!("schutz={}&fassung={revision}&{name}&{rest}", page.token())
    };
    let nothing = desk.send("POST", "/konto/vorschlag/1", Some(&eva), &form("kosten=kostenlos")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let both = form("kosten=2+Euro&anmeldung=Vorher+anrufen&begruendung=War+gestern+da");
    let sent = desk.send("POST", "/konto/vorschlag/1", Some(&eva), &both).await;
    assert_eq!(sent.to(), "/konto/vorschlag/1?gesendet=2", "{}", sent.text);
    assert!(desk.get("/hilfe/1", None).await.text.contains("kostenlos"), "nothing changed yet");

    let list = desk.get("/traeger/vorschlaege", Some(&provider)).await;
    assert!(
        list.text.contains("<del>kostenlos</del>") && list.text.contains("<ins>2 Euro</ins>"),
        "{}",
        list.text
    );
    assert!(list.text.contains("War gestern da"));
    let theirs = desk.get("/traeger/vorschlaege", Some(&eva)).await;
    assert!(!theirs.text.contains("2 Euro"), "not the proposer's to decide");
    let action = "action=\"/traeger/vorschlaege/";
    let (_, behind) = list.text.split_once("<ins>2 Euro</ins>").unwrap();
    let fee = format!("/traeger/vorschlaege/{}", after(behind, action));
    let (_, behind) = list.text.split_once("<ins>Vorher anrufen</ins>").unwrap();
    let way = format!("/traeger/vorschlaege/{}", after(behind, action));
    let token = list.token();
    let decide = |how: &str| format!("schutz={token}&wie={how}");
    let refused = desk.send("POST", &way, Some(&provider), &decide("ablehnen")).await;
    assert_eq!(refused.to(), "/traeger/vorschlaege?neu=nein", "{}", refused.text);

    // The provider writes the fee itself meanwhile.
    let path = "/traeger/angebot/1";
    let now = desk.get(path, Some(&provider)).await;
    let own = WHOLE.replace("kostenlos", "3+Euro");
    let own = format!("schutz={token}&fassung={}&{own}", hidden(&now.text, "fassung"));
    let saved = desk.send("POST", path, Some(&provider), &own).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let blind = desk.send("POST", &fee, Some(&provider), &decide("uebernehmen")).await;
    assert_eq!(blind.status, StatusCode::CONFLICT, "{}", blind.text);
    assert!(blind.text.contains("inzwischen geändert in") && blind.text.contains("3 Euro"));
    let seen = format!("{}&gesehen=ja", decide("uebernehmen"));
    let taken = desk.send("POST", &fee, Some(&provider), &seen).await;
    assert_eq!(taken.to(), "/traeger/vorschlaege?neu=ja", "{}", taken.text);
    assert!(desk.get("/hilfe/1", None).await.text.contains("2 Euro"));
    assert_eq!(desk.send("POST", &fee, Some(&provider), &seen).await.status, StatusCode::NOT_FOUND);
}

/// Suggested, compared, merged with one value chosen, and taken apart again with both as they were.
#[tokio::test]
async fn duplicates_are_merged_and_taken_apart() {
    let desk = desk().await;
    with_provider(&desk).await;
    for (id, fee) in [("1", "kostenlos"), ("2", "2 Euro")] {
        let mut one = kekiz_portal::offers::Offer::draft(id.into(), "org".into());
        one.state = kekiz_portal::offers::OfferState::Published;
        one.service.name = "Krabbelgruppe am Markt".into();
        one.service.email = "krabbel@verein.example".into();
        one.service.fees_description = fee.into();
        if id == "2" {
            one.service.application_process = "Vorher anrufen".into();
        }
        let mut writing = desk.portal.begin(&kekiz_portal::Actor::System, "").await.unwrap();
        kekiz_portal::store::offers::save(&writing.tx, &one, &writing.edit).await.unwrap();
        writing.note("offer.saved", "offer", id, serde_json::json!({}));
        writing.finish().await.unwrap();
    }
    let cookie = desk.somebody("koordination", everywhere(Role::Coordination)).await;
    let list = desk.get("/koordination/doppelte", Some(&cookie)).await;
    assert!(list.text.contains("/koordination/doppelte/1/2"), "{}", list.text);
    let pair = desk.get("/koordination/doppelte/1/2", Some(&cookie)).await;
    assert!(pair.text.contains("<td>kostenlos</td>") && pair.text.contains("2 Euro"), "{}", pair.text);
    let (token, path) = (pair.token(), "/koordination/doppelte/1/2");
    let merge = |revision: &str| {
        let take = "nehmen=service%2Ffees_description";
        format!("schutz={token}&fassung={revision}&andere_fassung=1&wie=zusammen&{take}")
    };
    let stale = desk.send("POST", path, Some(&cookie), &merge("7")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let done = desk.send("POST", path, Some(&cookie), &merge("1")).await;
    assert_eq!(done.to(), "/koordination/doppelte?neu=zusammen", "{}", done.text);
    let kept = desk.get("/hilfe/1", None).await;
    assert!(kept.text.contains("2 Euro") && kept.text.contains("Vorher anrufen"), "{}", kept.text);
    assert_eq!(desk.get("/hilfe/2", None).await.to(), "/hilfe/1", "old links lead on");

    let list = desk.get("/koordination/doppelte", Some(&cookie)).await;
    let undo = format!("/koordination/getrennt/{}", after(&list.text, "action=\"/koordination/getrennt/"));
    let form = format!("schutz={token}");
    let undone = desk.send("POST", &undo, Some(&cookie), &form).await;
    assert_eq!(undone.to(), "/koordination/doppelte?neu=getrennt", "{}", undone.text);
    let (one, two) = (desk.get("/hilfe/1", None).await, desk.get("/hilfe/2", None).await);
    assert!(one.text.contains("kostenlos") && !one.text.contains("Vorher anrufen"), "{}", one.text);
    assert!(two.text.contains("2 Euro"));
    let apart = format!("schutz={token}&wie=verschieden");
    let apart = desk.send("POST", path, Some(&cookie), &apart).await;
    assert_eq!(apart.to(), "/koordination/doppelte?neu=verschieden");
    let list = desk.get("/koordination/doppelte", Some(&cookie)).await;
    assert!(!list.text.contains("/koordination/doppelte/1/2"));
    kekiz_portal::store::audit::verify(desk.portal.db()).await.unwrap();
}
