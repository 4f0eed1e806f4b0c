// A family finds help: on a small phone without JavaScript, in every language, with bookmarks kept on the device.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { watch } from "./site";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const LANGUAGES = [
	["de", "de", "ltr"],
	["leicht", "de", "ltr"],
	["en", "en", "ltr"],
	["tr", "tr", "ltr"],
	["uk", "uk", "ltr"],
	["ar", "ar", "rtl"],
] as const;

async function faults(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
}

async function scrollsSideways(page: Page): Promise<boolean> {
	return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

test.describe("a family on a phone without JavaScript", () => {
	test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

	test("finds a Kita, opens it, takes the calendar along and reports an error", async ({ page, baseURL }) => {
		const { problems } = watch(page, baseURL ?? "");
		await page.goto("/");
		await page.getByRole("navigation", { name: "Hauptmenü" }).getByRole("link", { name: "Hilfe finden" }).click();
		await page.getByLabel("Was suchen Sie?").fill("Kita");
		await page.getByLabel("Wo?").fill("47805 Krefeld");
		await page.getByLabel("Alter des Kindes").selectOption({ label: "2 Jahre" });
		await page.getByRole("button", { name: "Suchen" }).click();
		await expect(page.getByRole("heading", { level: 2, name: /Angebote? gefunden/ })).toBeVisible();
		const card = page.locator(".k-offer").first();
		await expect(card).toContainText("Alter");
		await expect(card.locator(".k-fact--way")).toContainText("entfernt");
		await card.getByRole("heading").getByRole("link").click();
		await expect(page.getByRole("heading", { level: 2, name: "Nächster Schritt" })).toBeVisible();
		const download = page.waitForEvent("download");
		await page.getByRole("link", { name: "In den Kalender" }).click();
		expect((await download).suggestedFilename()).toBe("termin.ics");
		await page.getByRole("link", { name: "Angaben veraltet?" }).click();
		await page.getByLabel("Was stimmt nicht?").fill("Die Öffnungszeiten haben sich geändert.");
		await page.getByRole("button", { name: "Meldung abschicken" }).click();
		await expect(page.getByRole("heading", { name: "Vielen Dank!" })).toBeVisible();
		expect(problems).toEqual([]);
	});

	test("finds its way out of an empty page", async ({ page }) => {
		await page.goto("/hilfe?q=kita&rollstuhl=1");
		await expect(page.getByRole("status")).toContainText("noch kein Angebot");
		await page.getByRole("link", { name: /Ohne „Rollstuhl“/ }).click();
		await expect(page.getByRole("status")).toContainText("gefunden");
	});
});

for (const [code, lang, dir] of LANGUAGES) {
	for (const width of [320, 1280]) {
		test(`family pages hold in ${code} at ${width} px`, async ({ page, baseURL, request }) => {
			test.setTimeout(120_000);
			const { problems } = watch(page, baseURL ?? "");
			await page.setViewportSize({ width, height: 900 });
			const found = await (await request.get("/hilfe?q=kita&ort=Krefeld")).text();
			const offer = /href="(\/hilfe\/[0-9a-f-]{36})"/.exec(found)?.[1] ?? "";
			expect(offer).not.toBe("");
			const id = offer.replace("/hilfe/", "");
			for (const path of [
				`/hilfe?sprache=${code}`,
				`/hilfe?q=kita&ort=Krefeld&kostenlos=&thema=kinderbetreuung&sprache=${code}`,
				`/hilfe?q=kita&rollstuhl=1&sprache=${code}`,
				`${offer}?sprache=${code}`,
				`${offer}/fehler?sprache=${code}`,
				`/merkliste?id=${id}&sprache=${code}`,
				`/hilfe/gibt-es-nicht?sprache=${code}`,
			]) {
				await test.step(path, async () => {
					await page.goto(path);
					await expect(page.locator("html")).toHaveAttribute("lang", lang);
					await expect(page.locator("html")).toHaveAttribute("dir", dir);
					await expect(page.locator("h1")).toHaveCount(1);
					expect(await scrollsSideways(page), path).toBe(false);
					expect(await faults(page), path).toEqual([]);
				});
			}
			expect(problems).toEqual([]);
		});
	}
}

test("Arabic pages are mirrored", async ({ page }) => {
	await page.setViewportSize({ width: 1280, height: 900 });
	const left = async (path: string) => {
		await page.goto(path);
		return (await page.locator(".k-brand").boundingBox())?.x ?? 0;
	};
	const german = await left("/hilfe");
	const arabic = await left("/hilfe?sprache=ar");
	expect(german).toBeLessThan(400);
	expect(arabic).toBeGreaterThan(700);
});

test("bookmarks stay on the device", async ({ page, request }) => {
	const found = await (await request.get("/hilfe?q=kita&ort=Krefeld")).text();
	const offers = [...found.matchAll(/href="(\/hilfe\/[0-9a-f-]{36})"/g)].map((match) => match[1] ?? "");
	for (const offer of [...new Set(offers)].slice(0, 2)) {
		await page.goto(offer);
		await page.getByRole("button", { name: "Merken", exact: true }).click();
		await expect(page.getByRole("button", { name: "Nicht mehr merken" })).toBeVisible();
	}
	await page.getByRole("link", { name: /Merkliste/ }).click();
	await expect(page.locator(".k-offer")).toHaveCount(2);
	expect(await page.context().cookies()).toEqual([]);
	await page.locator(".k-offer").first().getByRole("link", { name: /Nicht mehr merken/ }).click();
	await expect(page.locator(".k-offer")).toHaveCount(1);
	await page.goto("/merkliste");
	await expect(page.locator(".k-offer")).toHaveCount(1);
});

test("dark mode has enough contrast on family pages", async ({ browser, baseURL }) => {
	const context = await browser.newContext({ baseURL, colorScheme: "dark" });
	const page = await context.newPage();
	for (const path of ["/hilfe", "/hilfe?q=kita&ort=Krefeld"]) {
		await page.goto(path);
		expect(await faults(page), path).toEqual([]);
	}
	await context.close();
});
