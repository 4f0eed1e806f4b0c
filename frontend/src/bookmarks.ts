// The list of bookmarks stays on the device. The page shows what its address names, so this only keeps the list,
// turns the marks into buttons, and lets the links lead to the list.

const KEY = "kekiz.merkliste";
const MOST = 100;

function read(): string[] {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
		return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string").slice(0, MOST) : [];
	} catch {
		return [];
	}
}

function write(ids: string[]): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(ids.slice(0, MOST)));
	} catch {
		// Private windows may refuse; the list in the address still works.
	}
}

function listUrl(base: string, ids: string[]): string {
	const url = new URL(base, location.href);
	url.searchParams.delete("id");
	for (const id of ids) url.searchParams.append("id", id);
	return url.pathname + url.search;
}

export function keepBookmarks(): void {
	const page = document.querySelector("[data-bookmarks]");
	const named = new URLSearchParams(location.search).getAll("id");
	if (page) {
		if (named.length === 0 && read().length > 0) {
			location.replace(listUrl(location.href, read()));
			return;
		}
		// A list somebody sent is looked at, not taken over.
		for (const link of page.querySelectorAll<HTMLAnchorElement>("a[data-forget]")) {
			link.addEventListener("click", () => write(read().filter((id) => id !== link.dataset.forget)));
		}
	}
	offerMarks();
	pointToList();
}

function pointToList(): void {
	const ids = read();
	for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-bookmarks-link]")) {
		link.href = listUrl(link.href, ids);
		let count = link.querySelector<HTMLElement>(".k-count");
		if (!count) {
			count = document.createElement("span");
			count.className = "k-count";
			link.append(" ", count);
		}
		count.textContent = ids.length > 0 ? String(ids.length) : "";
	}
}

function offerMarks(): void {
	for (const mark of document.querySelectorAll<HTMLElement>("[data-remember]")) {
		const id = mark.dataset.remember ?? "";
		const button = document.createElement("button");
		button.type = "button";
		button.className = mark instanceof HTMLAnchorElement ? "k-link-button" : mark.className;
		const texts = { off: mark.textContent, on: mark.dataset.forgetText ?? "" };
		const show = () => {
			const on = read().includes(id);
			button.textContent = on ? texts.on : texts.off;
			button.setAttribute("aria-pressed", String(on));
		};
		button.addEventListener("click", () => {
			const ids = read();
			write(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
			show();
			pointToList();
		});
		show();
		mark.replaceWith(button);
	}
}

export function offerNativeShare(): void {
	for (const button of document.querySelectorAll<HTMLButtonElement>("[data-share-native]")) {
		const url = button.dataset.shareNative ?? location.href;
		// Both are missing on unencrypted pages, whatever the types say.
		const { clipboard, share } = navigator as Partial<Pick<Navigator, "clipboard" | "share">>;
		if (!share && !clipboard) continue;
		button.hidden = false;
		button.addEventListener("click", async () => {
			try {
				if (share) await navigator.share({ title: document.title, url });
				else await clipboard?.writeText(url);
				if (!button.textContent.endsWith("✓")) button.append(" ✓");
			} catch (error) {
				console.warn(error);
			}
		});
	}
}
