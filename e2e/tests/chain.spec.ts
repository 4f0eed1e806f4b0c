// The prevention chain: every page narrow and wide, with and without JavaScript, and the way from the matrix to an offer.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { watch } from "./site";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PAGES = [
	"/kette",
	"/kette?feld=kinderbetreuung&phase=kita",
	"/kette/luecken",
	"/kette/standort",
	"/kette/uebergaenge",
	"/netzwerk",
];

test.beforeEach(async ({ request }) => {
	test.skip((await request.get("/kette")).status() === 404, "this store has no portal");
});

for (const javaScriptEnabled of [true, false]) {
	for (const width of [320, 1280]) {
		test.describe(`${javaScriptEnabled ? "with" : "without"} JavaScript, ${width} px`, () => {
			test.use({ javaScriptEnabled, viewport: { width, height: 900 } });
			test("the chain holds", async ({ page, baseURL }) => {
				test.setTimeout(120_000);
				const { problems } = watch(page, baseURL ?? "");
				for (const path of PAGES) {
					await page.goto(path);
					await expect(page.locator("h1")).toHaveCount(1);
					if (!javaScriptEnabled) continue;
					const over = await page.evaluate(
						() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
					);
					expect(over, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
					const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
					expect(
						violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`),
						path,
					).toEqual([]);
				}
				expect(problems).toEqual([]);
			});
		});
	}
}

test("dark colours have enough contrast", async ({ browser, baseURL }) => {
	test.setTimeout(180_000);
	const context = await browser.newContext({ baseURL, colorScheme: "dark" });
	const page = await context.newPage();
	for (const path of PAGES) {
		await page.goto(path);
		const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
		expect(
			violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`),
			path,
		).toEqual([]);
	}
	await context.close();
});

test("from the matrix over a cell to an offer", async ({ page }) => {
	await page.goto("/kette");
	await page.locator(".k-chain td a").first().click();
	await expect(page.locator("#zelle")).toBeVisible();
	await expect(page.locator(".k-cellfacts")).toContainText("Kinder mit Bedarf");
	await page.goto("/kette?feld=kinderbetreuung&phase=kita");
	await page.locator(".k-linklist a[href^='/hilfe/']").first().click();
	await expect(page.locator("h1")).toHaveCount(1);
});
