// What the mail server of the tests received.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";

const folder = process.env.KEKIZ_MAILS ?? "";

/** Text of a mail without the marks of its encoding. */
function plain(raw: string): string {
	const joined = raw.replace(/=\r?\n/g, "");
	const bytes = joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(bytes, "latin1").toString("utf8");
}

/** All mails to an address so far, the oldest first. */
export function mails(address: string): string[] {
	return readdirSync(folder)
		.sort()
		.map((name) => readFileSync(join(folder, name), "latin1"))
		.filter((raw) => new RegExp(`^To: ${address}`, "m").test(raw))
		.map(plain);
}

/** Waits for a mail with a text, and gives the path of the link in it that begins so. */
export async function linkFrom(address: string, text: string, path: string): Promise<string> {
	const found = () => mails(address).findLast((mail) => mail.includes(text));
	await expect.poll(() => found() !== undefined, { timeout: 45_000, message: `mail to ${address}` }).toBe(true);
	const link = new RegExp(`https?://[^/\\s]+(${path}[a-z0-9]+)`).exec(found() ?? "");
	expect(link, "a link in the mail").not.toBeNull();
	return link?.[1] ?? "";
}
