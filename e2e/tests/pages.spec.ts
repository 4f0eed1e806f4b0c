// Every kind of page, with and without JavaScript, narrow and wide: nothing breaks, nothing leaves the host,
// nothing scrolls sideways, and axe finds nothing against WCAG 2.2 AA.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { GROUPS, store, watch } from "./site";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds, as rule and elements. */
async function faults(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
}

for (const javaScriptEnabled of [true, false]) {
	for (const width of [320, 1280]) {
		test.describe(`${javaScriptEnabled ? "with" : "without"} JavaScript, ${width} px`, () => {
			test.use({ javaScriptEnabled, viewport: { width, height: 900 } });

			for (const [group, pages] of Object.entries(GROUPS)) {
				test(`every page holds: ${group}`, async ({ page, request, baseURL }) => {
					test.setTimeout(180_000);
					const { problems } = watch(page, baseURL ?? "");
					for (const path of pages(await store(request))) {
						await test.step(path, async () => {
							await page.goto(path);
							await expect(page.locator("h1")).toHaveCount(1);
							await expect(page.locator("main")).toHaveCount(1);
							await expect(page.locator("html")).toHaveAttribute("lang", "de");
							if (!javaScriptEnabled) return;
							const [content, window] = await page.evaluate(() => [
								document.documentElement.scrollWidth,
								document.documentElement.clientWidth,
							]);
							expect(content, `${path} scrolls sideways`).toBeLessThanOrEqual(window ?? 0);
							expect(await faults(page), path).toEqual([]);
						});
					}
					expect(problems).toEqual([]);
				});
			}
		});
	}
}

test("dark mode has enough contrast", async ({ browser, request, baseURL }) => {
	test.setTimeout(180_000);
	const context = await browser.newContext({ baseURL, colorScheme: "dark" });
	const page = await context.newPage();
	const found = await store(request);
	for (const path of ["/", "/atlas", found.indicators[0] ?? "", found.area, "/daten"]) {
		await page.goto(path);
		expect(await faults(page), path).toEqual([]);
	}
	await context.close();
});

test("print shows the map and the table, not the menus", async ({ page, request }) => {
	const found = await store(request);
	await page.goto(found.indicators[0] ?? "");
	await page.emulateMedia({ media: "print" });
	await expect(page.locator(".k-nav")).toBeHidden();
	await expect(page.locator("form.k-controls")).toBeHidden();
	await expect(page.locator(".k-map__canvas svg")).toBeVisible();
	await expect(page.locator("table.k-table").first()).toBeVisible();
	await expect(page.locator(".k-map__source").first()).toBeVisible();
});

test("a map page stays under 300 kB without the movable map", async ({ page, request }) => {
	const found = await store(request);
	let bytes = 0;
	const client = await page.context().newCDPSession(page);
	await client.send("Network.enable");
	client.on("Network.loadingFinished", (event) => {
		bytes += event.encodedDataLength;
	});
	await page.goto(found.indicators[0] ?? "", { waitUntil: "networkidle" });
	expect(bytes).toBeGreaterThan(10_000);
	expect(bytes).toBeLessThan(300_000);
});
