// Puts a bar above the map: what is under the pointer, and a button that loads the movable map.

export function offerMovableMap(): void {
	const figure = document.querySelector<HTMLElement>("[data-map]");
	const canvas = figure?.querySelector<HTMLElement>(".k-map__canvas");
	if (!figure || !canvas) return;
	const bar = document.createElement("div");
	bar.className = "k-map__bar";
	const readout = document.createElement("p");
	readout.className = "k-map__readout";
	readout.dataset.readout = "Zeigen Sie auf ein Gebiet, um seinen Wert zu sehen.";
	readout.textContent = readout.dataset.readout;
	const button = document.createElement("button");
	button.type = "button";
	button.className = "k-button k-button--quiet";
	button.textContent = "Karte bewegen";
	bar.append(readout, button);
	canvas.before(bar);

	button.addEventListener("click", async () => {
		button.disabled = true;
		button.textContent = "Karte wird geladen …";
		try {
			const { openMap } = await import("./map");
			await openMap(figure, canvas, button, readout);
		} catch (error) {
			console.warn(error);
			button.remove();
			readout.textContent =
				"Die bewegliche Karte lässt sich auf diesem Gerät nicht zeigen. Die Karte darunter zeigt dieselben Werte.";
		}
	});
}
