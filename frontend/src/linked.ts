// An area under the pointer or focus lights up in map, ranking and table at once, and its value is read out.

const MARK = "k-on";

export function linkHighlights(): void {
	const frames = [...document.querySelectorAll<HTMLElement>("[data-linked]")];
	if (frames.length === 0) return;
	const byKey = new Map<string, Element[]>();
	for (const frame of frames) {
		for (const element of frame.querySelectorAll("[data-key]")) {
			const key = element.getAttribute("data-key") ?? "";
			byKey.set(key, [...(byKey.get(key) ?? []), element]);
		}
	}
	let current: string | null = null;
	const show = (key: string | null): void => {
		if (key === current) return;
		for (const element of byKey.get(current ?? "") ?? []) element.classList.remove(MARK);
		for (const element of byKey.get(key ?? "") ?? []) element.classList.add(MARK);
		current = key;
		const label = (byKey.get(key ?? "") ?? [])
			.map((element) => element.getAttribute("aria-label"))
			.find((text) => text !== null);
		for (const out of document.querySelectorAll<HTMLElement>("[data-readout]")) {
			out.textContent = label ?? out.dataset.readout ?? "";
		}
	};
	const keyAt = (event: Event): string | null => {
		const target = event.target;
		return target instanceof Element
			? (target.closest("[data-key]")?.getAttribute("data-key") ?? null)
			: null;
	};
	for (const frame of frames) {
		frame.addEventListener("pointerover", (event) => show(keyAt(event)));
		frame.addEventListener("pointerleave", () => show(null));
		frame.addEventListener("focusin", (event) => show(keyAt(event)));
		frame.addEventListener("focusout", () => show(null));
	}
}
