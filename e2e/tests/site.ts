// What the tests share: the pages of the store under test, and a watch over what a page does.
import { type APIRequestContext, expect, type Page } from "@playwright/test";

export type Store = { indicators: string[]; area: string; other: string; inner: string; facility: string | null };

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
	const levels = await links("/orte", /^\/orte\?ebene=/);
	const inner = await links(levels.at(-1) ?? "/orte", /^\/gebiet\//);
	const facilities = await links("/einrichtungen", /^\/einrichtungen\/[^?]+\/[^?]+$/);
	expect(indicators.length, "indicators on /atlas").toBeGreaterThan(1);
	expect(areas.length, "areas on /orte").toBeGreaterThan(1);
	return {
		indicators,
		area: areas[0] ?? "",
		other: areas[1] ?? "",
		inner: inner[0] ?? "",
		facility: facilities[0] ?? null,
	};
}

const key = (url: string) => url.replace("/gebiet/", "");
const name = (url: string) => url.replace("/atlas/", "");

/** Every kind of page, in groups of about the same weight. */
export const GROUPS: Record<string, (found: Store) => string[]> = {
	maps: ({ indicators: [first, , third], area }) => [
		first ?? "",
		`${first}?klassen=7&methode=natuerlich&sortierung=wert-absteigend&ort=${key(area)}`,
		third ?? "",
		`${first}?jahr=gestern`,
	],
	views: ({ indicators: [first, second] }) => [
		`${first}/streuung`,
		`${first}/streuung?mit=${name(second ?? "")}`,
		`${first}/bivariat?mit=${name(second ?? "")}`,
		`${first}/trichter`,
	],
	analyses: ({ indicators }) => [
		...indicators.slice(0, 3).flatMap((one) => [`${one}/haeufungen`, `${one}/trennung`]),
		"/erreichbarkeit",
		"/erreichbarkeit?minuten=999",
		"/index-bauen",
		`/index-bauen?k1=${name(indicators[0] ?? "")}&k2=${name(indicators[2] ?? "")}&r1=mehr&r2=weniger`,
		"/index-bauen?k1=arbeitslosigkeit&k2=haushaltseinkommen&k3=schulabgang-ohne-abschluss",
	],
	places: ({ area, other, inner }) => [
		"/orte",
		area,
		inner,
		"/vergleich",
		`/vergleich?a=${key(area)}&b=${key(other)}`,
	],
	facilities: ({ facility, area }) => [
		"/einrichtungen",
		`/einrichtungen?gebiet=${key(area)}`,
		...(facility ? [facility] : []),
	],
	entrances: () => ["/", "/atlas", "/daten", "/suche", "/suche?q=armut", "/suche?q=xyzxyz"],
	texts: () => ["/methodik", "/barrierefreiheit", "/datenschutz", "/impressum", "/gibt-es-nicht"],
	interfaces: () => ["/api", "/ogc/?f=html", "/ogc/collections?f=html", "/ogc/conformance?f=html", "/ogc/api?f=html"],
};

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
