// Printing, and copying the address of exactly this view.

export function offerPrint(): void {
	for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
		button.hidden = false;
		button.addEventListener("click", () => window.print());
	}
}

export function offerShare(): void {
	for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-share]")) {
		// Missing on unencrypted pages, whatever the types say.
		const { clipboard } = navigator as Partial<Pick<Navigator, "clipboard">>;
		if (!clipboard) continue;
		const button = document.createElement("button");
		button.type = "button";
		button.className = "k-link-button";
		button.textContent = "Link kopieren";
		const status = document.createElement("span");
		status.setAttribute("role", "status");
		button.addEventListener("click", async () => {
			try {
				await clipboard.writeText(link.href);
				status.textContent = "Der Link ist kopiert.";
			} catch {
				status.textContent = `Bitte von Hand kopieren: ${link.href}`;
			}
		});
		link.after(" ", button, " ", status);
	}
}
