// A change of a choice shows the new page at once; the button is only needed without JavaScript.
// Empty fields are left out of the address, so that it stays short enough to read out.

export function enhanceForms(): void {
	for (const form of document.querySelectorAll<HTMLFormElement>("form[data-lean]")) {
		form.addEventListener("submit", () => leaveOutEmpty(form));
	}
	for (const form of document.querySelectorAll<HTMLFormElement>("form[data-instant]")) {
		for (const button of form.querySelectorAll<HTMLElement>("[data-hide-with-script]")) button.hidden = true;
		form.addEventListener("submit", () => leaveOutEmpty(form));
		let byKeyboard = false;
		form.addEventListener("keydown", (event) => {
			byKeyboard = event.key.startsWith("Arrow") || event.key.length === 1;
		});
		form.addEventListener("pointerdown", () => {
			byKeyboard = false;
		});
		form.addEventListener("change", (event) => {
			const field = event.target;
			if (!(field instanceof HTMLSelectElement)) return;
			// Arrow keys change a closed select step by step: wait until the reader leaves it or presses Enter.
			if (byKeyboard) {
				field.addEventListener("blur", () => form.requestSubmit(), { once: true });
				field.addEventListener("keydown", (key) => {
					if (key.key === "Enter") form.requestSubmit();
				});
				return;
			}
			// Another way of making classes needs its limits first.
			if (field.name === "methode" && field.value === "eigene") {
				form.querySelector<HTMLInputElement>("[name=grenzen]")?.focus();
				return;
			}
			form.requestSubmit();
		});
	}
}

function leaveOutEmpty(form: HTMLFormElement): void {
	const method = form.querySelector<HTMLSelectElement>("[name=methode]");
	const limits = form.querySelector<HTMLInputElement>("[name=grenzen]");
	if (method && limits && method.value !== "eigene") limits.value = "";
	const fields = form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("select, input");
	const off: (HTMLInputElement | HTMLSelectElement)[] = [];
	for (const field of fields) {
		if (field.value === "" && !field.disabled) {
			field.disabled = true;
			off.push(field);
		}
	}
	// A reader who comes back finds the form usable again.
	setTimeout(() => {
		for (const field of off) field.disabled = false;
	}, 0);
}
