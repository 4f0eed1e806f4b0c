// What the tests share: the pages of the store under test, and a watch over what a page does.
import { type APIRequestContext, expect, type Page } from "@playwright/test";

export type Store = { indicators: string[]; area: string; other: string; facility: string | null };

/** Finds pages by following links, so that the tests run on any store. */
export async function store(request: APIRequestContext): Promise<Store> {
	const links = async (path: string, pattern: RegExp): Promise<string[]> => {
		const answer = await request.get(path);
		expect(answer.status(), path).toBe(200);
		const html = await answer.text();
		return [...new Set([...html.matchAll(/href="([^"]+)"/g)].map((match) => match[1] ?? ""))].filter((url) =>
			pattern.test(url),
		);
	};
	const indicators = await links("/atlas", /^\/atlas\/[a-z0-9_-]+$/);
	const areas = await links("/orte", /^\/gebiet\//);
	const facilities = await links("/einrichtungen", /^\/einrichtungen\/[^?]+\/[^?]+$/);
	expect(indicators.length, "indicators on /atlas").toBeGreaterThan(1);
	expect(areas.length, "areas on /orte").toBeGreaterThan(1);
	return {
		indicators,
		area: areas[0] ?? "",
		other: areas[1] ?? "",
		facility: facilities[0] ?? null,
	};
}

/** Every kind of page. */
export function pages(found: Store): string[] {
	const key = (url: string) => url.replace("/gebiet/", "");
	const [first, second] = found.indicators as [string, string];
	const list = [
		"/",
		"/atlas",
		first,
		`${first}?klassen=7&methode=natuerlich&sortierung=wert-absteigend&ort=${key(found.area)}`,
		`${first}/streuung`,
		`${first}/streuung?mit=${second.replace("/atlas/", "")}`,
		"/orte",
		found.area,
		"/vergleich",
		`/vergleich?a=${key(found.area)}&b=${key(found.other)}`,
		"/einrichtungen",
		"/daten",
		"/suche",
		"/suche?q=armut",
		"/suche?q=xyzxyz",
		"/methodik",
		"/barrierefreiheit",
		"/datenschutz",
		"/impressum",
		"/gibt-es-nicht",
		`${first}?jahr=gestern`,
	];
	if (found.facility) list.push(found.facility);
	return list;
}

/** Notes every request to another host and every message of the console. */
export function watch(page: Page, baseURL: string): { problems: string[] } {
	const problems: string[] = [];
	const host = new URL(baseURL).host;
	page.on("request", (request) => {
		const url = new URL(request.url());
		if (url.protocol.startsWith("http") && url.host !== host) problems.push(`request to ${url.host}`);
	});
	page.on("console", (message) => {
		// The browser itself reports the status of pages that are meant to be 400 or 404.
		const status = /Failed to load resource.*status of (400|404)/.test(message.text());
		if (message.type() === "error" && !status) problems.push(`console: ${message.text()}`);
	});
	page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
	return { problems };
}
