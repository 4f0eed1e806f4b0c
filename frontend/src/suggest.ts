// Suggestions below a search field: a combobox with a list, after the ARIA Authoring Practices Guide
// ("Editable combobox with list autocomplete"). Enter without a choice searches as the form does.

type Hit = { title: string; context: string; url: string };

let count = 0;

export function suggest(field: HTMLInputElement): void {
	const form = field.form;
	if (!form) return;
	const id = `vorschlaege-${count++}`;
	const list = document.createElement("ul");
	list.id = id;
	list.className = "k-search__list";
	list.setAttribute("role", "listbox");
	list.setAttribute("aria-label", "Vorschläge");
	list.hidden = true;
	const status = document.createElement("p");
	status.className = "kern-sr-only";
	status.setAttribute("role", "status");
	form.append(list, status);
	field.setAttribute("role", "combobox");
	field.setAttribute("aria-autocomplete", "list");
	field.setAttribute("aria-expanded", "false");
	field.setAttribute("aria-controls", id);

	let hits: Hit[] = [];
	let chosen = -1;
	let asked = 0;
	let timer = 0;

	const close = (): void => {
		list.hidden = true;
		chosen = -1;
		field.setAttribute("aria-expanded", "false");
		field.removeAttribute("aria-activedescendant");
	};
	const choose = (index: number): void => {
		chosen = index;
		for (const [i, option] of [...list.children].entries()) {
			option.setAttribute("aria-selected", String(i === chosen));
		}
		const option = list.children[chosen];
		if (option) {
			field.setAttribute("aria-activedescendant", option.id);
			option.scrollIntoView({ block: "nearest" });
		} else {
			field.removeAttribute("aria-activedescendant");
		}
	};
	const go = (hit: Hit | undefined): void => {
		if (hit) location.assign(hit.url);
	};
	const show = (): void => {
		list.replaceChildren(
			...hits.map((hit, i) => {
				const option = document.createElement("li");
				option.id = `${id}-${i}`;
				option.className = "k-search__option";
				option.setAttribute("role", "option");
				option.setAttribute("aria-selected", "false");
				const title = document.createElement("span");
				title.textContent = hit.title;
				const context = document.createElement("span");
				context.className = "k-search__context";
				context.textContent = hit.context;
				option.append(title, context);
				option.addEventListener("pointerdown", (event) => event.preventDefault());
				option.addEventListener("click", () => go(hit));
				return option;
			}),
		);
		chosen = -1;
		list.hidden = hits.length === 0;
		field.setAttribute("aria-expanded", String(hits.length > 0));
		status.textContent = hits.length === 0 ? "Keine Vorschläge" : `${hits.length} Vorschläge`;
	};
	const load = async (): Promise<void> => {
		const text = field.value.trim();
		const turn = ++asked;
		if (text.length < 2) {
			hits = [];
			close();
			return;
		}
		try {
			const answer = await fetch(`/suche/vorschlaege?q=${encodeURIComponent(text)}`);
			const found = (await answer.json()) as { hits: Hit[] };
			if (turn !== asked || document.activeElement !== field) return;
			hits = found.hits;
			show();
		} catch {
			close();
		}
	};

	field.addEventListener("input", () => {
		clearTimeout(timer);
		timer = window.setTimeout(load, 120);
	});
	field.addEventListener("blur", close);
	field.addEventListener("keydown", (event) => {
		if (event.key === "Escape") {
			close();
		} else if (event.key === "Enter" && chosen >= 0) {
			event.preventDefault();
			go(hits[chosen]);
		} else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && hits.length > 0) {
			event.preventDefault();
			if (list.hidden) show();
			const step = event.key === "ArrowDown" ? 1 : -1;
			const next = chosen + step;
			choose(next < 0 ? hits.length - 1 : next >= hits.length ? 0 : next);
		}
	});
}
