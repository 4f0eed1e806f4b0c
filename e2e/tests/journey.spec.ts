// What a reader does, by keyboard alone and by pointer.
import { expect, test } from "@playwright/test";
import { store, watch } from "./site";

test("a reader finds a place by keyboard alone", async ({ page, request, baseURL }) => {
	const { problems } = watch(page, baseURL ?? "");
	const found = await store(request);
	await page.goto(found.area);
	const name = (await page.locator("h1").textContent())?.trim() ?? "";

	await page.goto("/");
	await page.keyboard.press("Tab");
	await expect(page.locator(".k-skip")).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(page.locator("main")).toBeFocused();
	await page.keyboard.press("Tab");
	const field = page.locator("#startsuche");
	await expect(field).toBeFocused();
	await page.keyboard.type(name);
	const list = page.locator(".k-hero .k-search__list");
	await expect(list.getByRole("option").first()).toBeVisible();
	await expect(field).toHaveAttribute("aria-expanded", "true");
	await page.keyboard.press("ArrowDown");
	await expect(list.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
	await page.keyboard.press("Enter");
	await expect(page.locator("h1")).toContainText(name);
	expect(problems).toEqual([]);
});

test("a choice of a level shows the new page at once", async ({ page, request }) => {
	const found = await store(request);
	for (const path of found.indicators) {
		await page.goto(path);
		const select = page.locator("#w-jahr");
		const options = await select.locator("option").count();
		if (options < 2) continue;
		const value = (await select.locator("option").nth(1).getAttribute("value")) ?? "";
		await select.selectOption(value);
		await page.waitForURL((url) => url.searchParams.get("jahr") === value);
		await expect(page.locator("#w-jahr")).toHaveValue(value);
		expect(page.url()).not.toContain("grenzen=&");
		return;
	}
	throw new Error("no indicator with two periods");
});

test("the form works without JavaScript", async ({ browser, request, baseURL }) => {
	const found = await store(request);
	const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
	const page = await context.newPage();
	await page.goto(found.indicators[0] ?? "");
	await page.locator(".k-more summary").click();
	await page.locator("#w-klassen").selectOption("3");
	await page.getByRole("button", { name: "Übernehmen" }).click();
	await expect(page).toHaveURL(/klassen=3/);
	await expect(page.locator("h1")).toHaveCount(1);
	await context.close();
});

test("the movable map opens, works by keyboard and asks nobody else", async ({ page, request, baseURL }) => {
	const { problems } = watch(page, baseURL ?? "");
	const found = await store(request);
	await page.goto(found.indicators[0] ?? "");
	await page.getByRole("button", { name: "Karte bewegen" }).click();
	const figure = page.locator("[data-map]");
	await expect(figure).toHaveAttribute("data-moving", "ready", { timeout: 30_000 });
	await expect(page.locator(".k-map__live canvas")).toBeFocused();
	await page.keyboard.press("+");
	await page.keyboard.press("ArrowLeft");
	await expect(page.getByRole("button", { name: "Vergrößern" })).toBeVisible();
	expect(problems).toEqual([]);
});

test("an area under the pointer lights up in the table too", async ({ page, request }) => {
	const found = await store(request);
	await page.goto(found.indicators[0] ?? "");
	const row = page.locator("table.k-table tbody tr[data-key]").first();
	const key = await row.getAttribute("data-key");
	await row.hover();
	await expect(page.locator(`.kk-areas [data-key="${key}"]`).first()).toHaveClass(/k-on/);
	await expect(page.locator("[data-readout]")).not.toHaveText(/Zeigen Sie auf/);
});
