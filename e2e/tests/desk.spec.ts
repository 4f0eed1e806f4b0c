// Providers and the coordination at work, without JavaScript: invitations by real mails, offers, proposals, claims,
// imports, duplicates, the Leitbild, and the login of the town hall at a real OpenID Connect provider.
import { execFileSync } from "node:child_process";
import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { linkFrom } from "./post";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PASSWORD = "vier Worte ohne Sinn";
const started = process.env.KEKIZ_INVITATION ?? "";

test.skip(started === "", "needs the servers of `cargo xtask test`");
test.describe.configure({ mode: "serial", timeout: 120_000 });
test.use({ javaScriptEnabled: false, actionTimeout: 15_000 });

/** No page is wider than a phone, and none has a fault axe can see. Looked at with JavaScript, which axe needs. */
async function sound(browser: Browser, page: Page): Promise<void> {
	const state = await page.context().storageState();
	const context = await browser.newContext({
		storageState: state,
		javaScriptEnabled: true,
		viewport: { width: 320, height: 640 },
	});
	const looking = await context.newPage();
	await looking.goto(page.url());
	const wide = await looking.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	expect(wide, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
	const { violations } = await new AxeBuilder({ page: looking }).withTags(TAGS).analyze();
	const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
	expect(faults, page.url()).toEqual([]);
	await context.close();
}

async function choosePassword(page: Page): Promise<void> {
	await page.getByLabel("Passwort", { exact: true }).fill(PASSWORD);
	await page.getByLabel("Passwort noch einmal").fill(PASSWORD);
	await page.getByRole("button", { name: "Passwort speichern" }).click();
	await expect(page.getByRole("status")).toContainText("Ihr Zugang ist eingerichtet");
}

async function logIn(page: Page, email: string): Promise<void> {
	await page.goto("/anmelden");
	await page.getByLabel("E-Mail-Adresse").fill(email);
	await page.getByLabel("Passwort", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Anmelden", exact: true }).click();
	await expect(page.getByRole("button", { name: "Abmelden" })).toBeVisible();
}

const COORDINATION = "koordination@stadt.example";
const PROVIDER = "traeger@verein.example";
const PERSON = "eva@kita.example";
let offer = "";

test("the coordination comes in and invites a provider by mail", async ({ page, browser }) => {
	await page.goto(started);
	await sound(browser, page);
	await choosePassword(page);
	await logIn(page, COORDINATION);
	await expect(page).toHaveURL(/\/koordination$/);
	await sound(browser, page);
	await page.getByLabel("Name", { exact: true }).fill("Tina Träger");
	await page.getByLabel("E-Mail-Adresse").fill(PROVIDER);
	await page.getByLabel("Träger", { exact: true }).selectOption({ index: 0 });
	await page.getByRole("button", { name: "Einladung schicken" }).click();
	await expect(page.getByRole("status")).toContainText("Die Einladung ist unterwegs");
});

test("the provider takes the link from the mail, writes an offer and publishes it", async ({ page, browser }) => {
	await page.goto(await linkFrom(PROVIDER, "Einladung", "/einladung/"));
	await choosePassword(page);
	await logIn(page, PROVIDER);
	await page.getByLabel("Name des Angebots").fill("Krabbelgruppe Testwiese");
	await page.getByRole("button", { name: "Entwurf anlegen" }).click();
	await expect(page.getByText("Vor dem Veröffentlichen fehlt noch")).toBeVisible();
	await sound(browser, page);
	await page.getByLabel("Beschreibung").fill("Spielen, singen und reden mit Babys.");
	await page.getByLabel("Telefon").fill("02151 123456");
	await page.getByLabel("Straße und Hausnummer").fill("Marktplatz 1");
	await page.getByLabel("Postleitzahl").fill("47798");
	await page.getByLabel("Ort", { exact: true }).fill("Krefeld");
	await page.getByLabel("Öffnungszeiten").fill("Mo-Fr 09:00-12:00");
	await page.getByLabel("Was kostet es?").fill("kostenlos");
	await page.getByLabel("Alter der Kinder ab (Monate)").fill("0");
	await page.getByLabel("Alter der Kinder bis (Monate)").fill("35");
	await page.locator('[name="lebensphasen"][value="kleinkind_u3"]').check();
	await page.getByRole("group", { name: "Handlungsfelder" }).getByRole("checkbox").first().check();
	await page.getByLabel("Wer kommt zu wem?").selectOption({ index: 1 });
	await page.locator('[name="sprachen"][value="tr"]').check();
	await page.getByRole("button", { name: "Speichern" }).click();
	await expect(page.getByRole("status")).toContainText("Gespeichert");
	await page.getByRole("button", { name: "Veröffentlichen" }).click();
	await expect(page.getByRole("status")).toContainText("Familien finden das Angebot");
	offer = page.url().replace(/^.*\/traeger\/angebot\/([^?]+).*$/, "$1");
	await page.goto("/hilfe?q=Krabbelgruppe+Testwiese");
	await expect(page.getByRole("link", { name: "Krabbelgruppe Testwiese", exact: true })).toBeVisible();
});

test("a person registers, proposes a change and asks for the provider's offers", async ({ page, browser }) => {
	await page.goto("/anmelden");
	await page.getByRole("link", { name: "Zugang selbst beantragen" }).click();
	await sound(browser, page);
	await page.getByLabel("Name").fill("Eva Kita");
	await page.getByLabel("E-Mail-Adresse").fill(PERSON);
	await page.getByRole("button", { name: "Zugang beantragen" }).click();
	await page.goto(await linkFrom(PERSON, "bestätigen", "/einladung/"));
	await choosePassword(page);
	await logIn(page, PERSON);
	await page.goto(`/hilfe/${offer}/fehler`);
	await page.getByRole("link", { name: "Änderung vorschlagen" }).click();
	await page.getByLabel("Was kostet es?").fill("2 Euro");
	await page.getByLabel("Woher wissen Sie das?").fill("War gestern da");
	await page.getByRole("button", { name: "Vorschlagen" }).click();
	await expect(page.getByRole("status")).toContainText("Ihr Vorschlag ist angekommen");
	await page.goto("/konto/traeger");
	await sound(browser, page);
	await page.getByLabel("Träger", { exact: true }).selectOption({ index: 1 });
	await page.getByLabel("Was haben Sie mit dem Träger zu tun?").fill("Ich leite die Krabbelgruppe.");
	await page.getByRole("button", { name: "Anfrage schicken" }).click();
	await expect(page.getByRole("status")).toContainText("Ihre Anfrage ist angekommen");
});

test("the provider decides the proposal with both values in view", async ({ page, browser }) => {
	await logIn(page, PROVIDER);
	await page.goto("/traeger/vorschlaege");
	await expect(page.locator("del")).toHaveText("kostenlos");
	await expect(page.locator("ins")).toHaveText("2 Euro");
	await sound(browser, page);
	await page.getByRole("button", { name: /^Übernehmen/ }).click();
	await expect(page.getByRole("status")).toContainText("Übernommen");
	await page.goto(`/hilfe/${offer}`);
	await expect(page.locator("main")).toContainText("2 Euro");
});

test("the coordination grants the claim, and the person keeps the offers", async ({ page, browser }) => {
	await logIn(page, COORDINATION);
	await page.getByRole("link", { name: "Anfragen von Trägern" }).click();
	await sound(browser, page);
	await page.getByRole("button", { name: /^Annehmen/ }).first().click();
	await expect(page.getByRole("status")).toContainText("Angenommen");
	await linkFrom(PERSON, "Sie pflegen ab jetzt", "/traeger").catch(() => "");
	const context = await browser.newContext({ javaScriptEnabled: false });
	const theirs = await context.newPage();
	await logIn(theirs, PERSON);
	await theirs.goto("/traeger");
	await expect(theirs.getByRole("button", { name: "Entwurf anlegen" })).toBeVisible();
	await context.close();
});

test("a file is shown before it is read in, and an old offer is asked about by mail", async ({ page, browser }) => {
	await logIn(page, COORDINATION);
	await page.goto("/traeger");
	const owner = await page.getByLabel("Träger", { exact: true }).locator("option").first().textContent();
	const list = [
		"Name;Träger;Beschreibung;Straße;PLZ;Ort;Telefon;Öffnungszeiten;Kosten;Alter von (Monate);Alter bis (Monate);Lebensphase;Handlungsfeld",
		`Alter Babytreff;${owner};Reden und spielen;Marktplatz 2;47798;Krefeld;02151 654321;Mo 09:00-12:00;kostenlos;0;35;kleinkind_u3;familienbildung`,
	].join("\n");
	await page.goto("/koordination/import");
	await sound(browser, page);
	await page.getByLabel("Neue Angebote gleich veröffentlichen").check();
	await page.getByLabel("Datei").setInputFiles({ name: "treff.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
	await page.getByRole("button", { name: "Vorschau zeigen" }).click();
	await expect(page.locator("main")).toContainText("Alter Babytreff");
	await expect(page.locator("main")).toContainText("Noch ist nichts gespeichert");
	await page.getByRole("button", { name: "Alles übernehmen" }).click();
	await expect(page.getByRole("status")).toContainText("1 neu");
	// Nobody has ever checked what came from a file, so its provider is asked at once.
	execFileSync(process.env.KEKIZ_PROGRAM ?? "kekiz", ["portal", "remind", "--store", process.env.KEKIZ_STORE ?? "."]);
	await page.goto(await linkFrom(PROVIDER, "Alter Babytreff", "/pruefen/"));
	await sound(browser, page);
	await expect(page.locator("main")).toContainText("Marktplatz 2");
	await page.getByRole("button", { name: "Stimmt noch" }).click();
	await expect(page.getByRole("status")).toContainText("gilt als heute geprüft");
});

test("two entries of the same offer become one and two again", async ({ page, browser }) => {
	await logIn(page, COORDINATION);
	await page.goto("/koordination/doppelte");
	await sound(browser, page);
	const pair = page.locator(".k-rows > li > a").first();
	await expect(pair).toBeVisible();
	await pair.click();
	await sound(browser, page);
	await page.getByRole("button", { name: "Zusammenführen" }).click();
	await expect(page.getByRole("status")).toContainText("Zusammengeführt");
	await page.getByRole("button", { name: /^Wieder trennen/ }).first().click();
	await expect(page.getByRole("status")).toContainText("Wieder getrennt");
});

test("a goal is written, shown, and its versions can be read", async ({ page, browser }) => {
	await logIn(page, COORDINATION);
	await page.goto("/koordination/leitbild");
	await sound(browser, page);
	await page.getByRole("link", { name: "Neues Ziel" }).click();
	await sound(browser, page);
	await page.getByLabel("Ziel", { exact: true }).fill("Mehr Kinder können mit sechs schwimmen");
	await page.getByLabel("Dient dem Leitsatz").selectOption({ index: 1 });
	await page.getByLabel("Ziel öffentlich zeigen").check();
	await page.getByRole("button", { name: "Speichern" }).click();
	await expect(page.getByRole("status")).toContainText("Gespeichert");
	await page.getByRole("link", { name: "Mehr Kinder können mit sechs schwimmen" }).click();
	await page.getByLabel("Für wen").fill("Kinder im Vorschulalter");
	await page.getByLabel("Warum ändern Sie das?").fill("Beschluss im Ausschuss");
	await page.getByRole("button", { name: "Speichern" }).click();
	await page.getByRole("link", { name: "Mehr Kinder können mit sechs schwimmen" }).click();
	await expect(page.locator(".k-versions")).toContainText("Beschluss im Ausschuss");
	await page.goto("/leitbild");
	await expect(page.locator("main")).toContainText("Mehr Kinder können mit sechs schwimmen");
});

test("the network, the guiding questions and take-up are kept", async ({ page, browser }) => {
	await logIn(page, COORDINATION);
	for (const path of ["/koordination/netzwerk", "/koordination/planung", "/koordination/teilnahme", "/koordination/mails"]) {
		await page.goto(path);
		await sound(browser, page);
	}
	await page.goto("/koordination/planung");
	await page.getByRole("link", { name: /^Bedarf:/ }).click();
	await page.getByLabel("Antwort").fill("Elternbefragung im Herbst");
	await page.getByLabel("Stand").selectOption({ label: "beantwortet" });
	await page.getByRole("button", { name: "Speichern" }).click();
	await expect(page.getByRole("listitem").filter({ hasText: "Bedarf:" })).toContainText("beantwortet");
	await page.goto("/koordination/netzwerk");
	await page.getByRole("link", { name: "Neue Aufgabe" }).click();
	await page.getByLabel("Was zu tun ist").fill("Faltblatt drucken");
	await page.getByLabel("Bis wann").fill("2026-01-31");
	await page.getByRole("button", { name: "Speichern" }).click();
	await expect(page.getByRole("listitem").filter({ hasText: "Faltblatt drucken" })).toContainText("überfällig");
	await page.goto("/koordination/teilnahme");
	await page.getByRole("link", { name: "Zahlen eintragen" }).click();
	await page.getByLabel("Angebot oder Art von Angebot").fill("U9");
	await page.getByLabel("Gruppe", { exact: true }).fill("Familien mit Bürgergeld");
	await page.getByLabel("Quelle").fill("Gesundheitsamt");
	const group = page.getByRole("group", { name: "Die Gruppe" });
	await group.getByLabel("nehmen teil").fill("40");
	await group.getByLabel("gehören zur Gruppe").fill("100");
	const others = page.getByRole("group", { name: "Alle anderen im selben Alter" });
	await others.getByLabel("nehmen teil").fill("90");
	await others.getByLabel("sind es insgesamt").fill("100");
	await page.getByRole("button", { name: "Speichern" }).click();
	await expect(page.locator("main")).toContainText("Die Gruppe wird seltener erreicht");
});

/** The pages of the provider are not ours: a name, any password, and the consent. */
async function logInThere(page: Page, name: string): Promise<void> {
	await page.locator('input[name="login"]').fill(name);
	await page.locator('input[name="password"]').fill("irgendeins");
	await page.locator('button[type="submit"]').click();
	await page.locator('button[type="submit"]').click();
}

test("somebody of the town hall comes in with the login of the town hall", async ({ page }) => {
	await page.goto("/anmelden?weiter=/koordination/leitbild");
	await page.getByRole("link", { name: "Anmeldung der Stadtverwaltung" }).click();
	await logInThere(page, "rita");
	await expect(page).toHaveURL(/\/koordination\/leitbild$/);
	await page.goto("/konto");
	await expect(page.locator("main")).toContainText("Rita Rathaus");
	await expect(page.locator("main")).toContainText("Netzwerkkoordination");
	await expect(page.locator("main")).toContainText("Diese Anmeldung führt in Ihr Konto");
});

test("somebody without a fitting group stays outside", async ({ page }) => {
	await page.goto("/oidc/anmelden");
	await logInThere(page, "gero");
	await expect(page.getByRole("alert")).toContainText("gehört kein Konto");
	await page.goto("/oidc/zurueck?state=fremd&code=fremd");
	await expect(page.getByRole("alert")).toContainText("gehört nicht zu diesem Browser");
});

test("an account is linked to the login of the town hall", async ({ page }) => {
	await logIn(page, PROVIDER);
	await page.goto("/konto");
	await page.getByRole("button", { name: "Anmeldung verknüpfen" }).click();
	// Whoever changes their mind is still logged in.
	await page.getByRole("link", { name: "Doch nicht" }).click();
	await expect(page).toHaveURL(/\/konto$/);
	await page.getByRole("button", { name: "Anmeldung verknüpfen" }).click();
	await page.getByRole("link", { name: /^Weiter/ }).click();
	await logInThere(page, "gero");
	await expect(page.getByRole("status")).toContainText("auch mit der Anmeldung der Verwaltung");
	await page.getByRole("button", { name: "Abmelden" }).click();
	await page.goto("/oidc/anmelden");
	await expect(page).toHaveURL(/\/traeger$/);
});
