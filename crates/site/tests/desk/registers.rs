//! The forms of the Leitbild and the network.

use super::*;

/// Somebody who coordinates, at the forms.
struct Writer {
    desk: Desk,
    cookie: String,
    token: String,
}

impl Writer {
    async fn new() -> Self {
        let desk = desk().await;
        let grant = Grant { role: Role::Coordination, scope: Scope::Everywhere };
        let cookie = desk.somebody("koordination", Some(grant)).await;
        let token = desk.get("/koordination/leitbild", Some(&cookie)).await.token();
        Self { desk, cookie, token }
    }

    async fn read(&self, path: &str) -> String {
        let answer = self.desk.get(path, Some(&self.cookie)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.text
    }

    async fn save(&self, kind: &str, id: &str, base: u64, fields: &str) -> Answer {
        let form = format!("schutz={}&id={id}&fassung={base}&{fields}", self.token);
        self.desk.send("POST", &format!("/koordination/eintrag/{kind}"), Some(&self.cookie), &form).await
    }

    /// Saves and expects it to be kept.
    async fn keep(&self, kind: &str, id: &str, base: u64, fields: &str) {
        let answer = self.save(kind, id, base, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{kind}: {}", answer.text);
    }

    /// The id of the first entry of a kind on a page, as it stands in addresses.
    async fn id_of(&self, page: &str, kind: &str) -> String {
        after(&self.read(page).await, &format!("/koordination/eintrag/{kind}?id=")).to_string()
    }
}

const MISSION: &str = "/koordination/leitbild";
const NETWORK: &str = "/koordination/netzwerk";

/// A goal from its first line to the public page, changed by two people at once, taken off the list.
#[tokio::test]
async fn a_goal_is_written_shown_and_never_overwritten() {
    let at = Writer::new().await;
    at.keep("leitsatz", "", 0, "satz=Kein+Kind+zur%C3%BCcklassen").await;
    let sentence = at.id_of(MISSION, "leitsatz").await;
    assert!(sentence.starts_with("kein-kind-zuruecklassen-"), "{sentence}");
    let wrong = at.save("ziel", "", 0, "titel=Weniger+Armut&leitsatz=unbekannt").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Bitte einen Leitsatz wählen"), "{}", wrong.text);
    let form = at.read("/koordination/eintrag/ziel").await;
    let (_, choices) = form.split_once("name=\"mass_0_kennzahl\"").unwrap();
    let indicator = choices.split("<option value=\"").nth(2).unwrap().split('"').next().unwrap();
    let target = format!("mass_0_kennzahl={indicator}&mass_0_von=2020&mass_0_jahr=2030&mass_0_wert=12%2C5");
    let goal = format!("titel=Weniger+Armut&leitsatz={sentence}&stufe=6&{target}");
    let wrong = at.save("ziel", "", 0, &goal.replace("12%2C5", "viel")).await;
    assert!(wrong.text.contains("Der Zielwert ist keine Zahl"), "{}", wrong.text);
    assert!(wrong.text.contains("value=\"viel\"") && wrong.text.contains("aria-invalid"), "{}", wrong.text);
    at.keep("ziel", "", 0, &goal).await;
    let id = at.id_of(MISSION, "ziel").await;
    let public_page = format!("/leitbild/{id}");
    let hidden_still = at.desk.get(&public_page, None).await;
    assert_eq!(hidden_still.status, StatusCode::NOT_FOUND, "a draft is not public");
    let public = format!("{goal}&oeffentlich=ja&anlass=Beschluss+des+Rates");
    at.keep("ziel", &id, 1, &public).await;
    assert!(at.desk.get(&public_page, None).await.text.contains("Weniger Armut"));

    // Two people at once: different fields are joined, the same one is shown twice.
    at.keep("ziel", &id, 2, &format!("{public}&geschichte=Ihre+Geschichte&massnahmen=Beratung")).await;
    let mine = format!("{public}&geschichte=Meine+Geschichte&fuer_wen=Kinder");
    let stale = at.save("ziel", &id, 2, &mine).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let joined = [
        "Meine Geschichte",
        "Ihre Geschichte",
        ">Beratung</textarea>",
        "value=\"Kinder\"",
        "name=\"fassung\" value=\"3\"",
    ];
    for part in joined {
        assert!(stale.text.contains(part), "{part}: {}", stale.text);
    }
    let address = format!("/koordination/eintrag/ziel?id={id}");
    let form = at.read(&address).await;
    assert!(
        form.contains("Ihre Geschichte") && !form.contains("Meine Geschichte"),
        "nothing was overwritten"
    );
    assert!(form.contains("Beschluss des Rates"), "the reason stands with its version");
    // Taking the indicator out takes the target away.
    let without = public.replace(&format!("mass_0_kennzahl={indicator}"), "mass_0_kennzahl=");
    at.keep("ziel", &id, 3, &without).await;
    assert!(!at.read(&address).await.contains("mass_1_kennzahl"));
    let off = at.save("ziel", &id, 4, "wie=entfernen").await;
    assert_eq!(off.to(), "/koordination/leitbild?neu=entfernt", "{}", off.text);
    assert_eq!(at.desk.get(&public_page, None).await.status, StatusCode::NOT_FOUND);
    let kept = kekiz_portal::store::audit::verify(at.desk.portal.db()).await.unwrap();
    assert!(kept.entries >= 6);
}

#[tokio::test]
async fn the_network_is_written_and_shown() {
    let at = Writer::new().await;
    at.keep("stelle", "", 0, "name=Jugendamt&sektor=").await;
    at.keep("stelle", "", 0, "name=Klinik").await;
    let list = at.read(NETWORK).await;
    let link = "/koordination/eintrag/stelle?id=";
    let ids: Vec<&str> = list.split(link).skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    let one = at.save("vereinbarung", "", 0, &format!("titel=Lotsen&partner={}", ids[0])).await;
    assert!(one.text.contains("mindestens zwei Stellen"), "{}", one.text);
    let both = format!("titel=Lotsen&partner={}&partner={}&von=2026-01-01", ids[0], ids[1]);
    at.keep("vereinbarung", "", 0, &both).await;
    at.keep("arbeitsgruppe", "", 0, &format!("name=AG+Geburt&mitglieder={}", ids[0])).await;
    let group = at.id_of(NETWORK, "arbeitsgruppe").await;
    at.keep("beschluss", "", 0, &format!("text=Lotsen+ausbauen&gruppe={group}&tag=2026-04-01")).await;
    at.keep("aufgabe", "", 0, &format!("titel=Flyer&gruppe={group}&bis=2026-01-31&stand=doing")).await;
    assert!(at.read(NETWORK).await.contains("überfällig seit 31.1.2026"));
    let public = at.desk.get("/netzwerk", None).await;
    assert!(public.text.contains("Jugendamt") && public.text.contains("AG Geburt"));

    let code = at.id_of("/koordination/planung", "uebergang").await;
    let more = at.save("uebergang", &code, 0, "abgehen=10&ankommen=12").await;
    assert!(more.text.contains("nicht mehr Kinder ankommen"), "{}", more.text);
    let numbers = "abgehen=100&ankommen=90&uebergeben=40&verloren=Sp%C3%A4t+Zugezogene";
    at.keep("uebergang", &code, 0, &format!("zustaendig={}&{numbers}", ids[0])).await;
    let public = at.desk.get("/kette/uebergaenge", None).await;
    assert!(public.text.contains("Spät Zugezogene"), "{}", public.text);
}

#[tokio::test]
async fn guiding_questions_are_answered_in_any_order() {
    let at = Writer::new().await;
    let empty = at.save("leitfrage", "2026%2Fbedarf", 0, "stand=answered").await;
    assert!(empty.text.contains("Die Antwort fehlt"), "{}", empty.text);
    at.keep("leitfrage", "2026%2Fbedarf", 0, "text=Elternbefragung&stand=answered").await;
    at.keep("leitfrage", "2026%2Fmonitoring", 0, "text=Atlas&stand=doing&bis=2026-05-01").await;
    let list = at.read("/koordination/planung").await;
    assert!(list.contains("beantwortet") && list.contains("überfällig seit 1.5.2026"), "{list}");
    let unknown = at.save("leitfrage", "2026%2Funsinn", 0, "text=x").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

/// Figures of few people are for planning: no public page, and not for the Land either.
#[tokio::test]
async fn take_up_is_compared_and_stays_inside() {
    let at = Writer::new().await;
    let what = "angebot=U9&gruppe=Familien+mit+B%C3%BCrgergeld&quelle=Gesundheitsamt";
    let counts = "gruppe_dabei=40&gruppe_alle=100&andere_dabei=90&andere_alle=100";
    let wrong = counts.replace("gruppe_alle=100", "gruppe_alle=10");
    let wrong = at.save("teilnahme", "", 0, &format!("{what}&{wrong}")).await;
    assert!(wrong.text.contains("als zur Gruppe gehören"), "{}", wrong.text);
    at.keep("teilnahme", "", 0, &format!("{what}&{counts}")).await;
    let page = at.read("/koordination/teilnahme").await;
    assert!(page.contains("Die Gruppe wird seltener erreicht"), "{page}");
    let land = Grant { role: Role::Land, scope: Scope::Everywhere };
    let land = at.desk.somebody("land", Some(land)).await;
    let refused = at.desk.get("/koordination/teilnahme", Some(&land)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
