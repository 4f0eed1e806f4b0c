// The movable map: the same areas, classes and colours as the drawing, without any tiles from elsewhere.
import "maplibre-gl/dist/maplibre-gl.css";
import { LngLatBounds, Map as MovableMap, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";

type Properties = {
	key: string;
	name: string;
	text: string;
	kind: "shown" | "suppressed" | "missing";
	colour: string | null;
	member: boolean;
	url: string;
};
type Areas = GeoJSON.FeatureCollection<GeoJSON.MultiPolygon, Properties> & {
	points: GeoJSON.FeatureCollection<GeoJSON.Point, { name: string; text: string; url: string }>;
};

const TEXTS = {
	"NavigationControl.ZoomIn": "Vergrößern",
	"NavigationControl.ZoomOut": "Verkleinern",
	"NavigationControl.ResetBearing": "Nach Norden ausrichten",
	"Map.Title": "Bewegliche Karte: Pfeiltasten verschieben, Plus und Minus vergrößern und verkleinern",
	"CooperativeGesturesHandler.WindowsHelpText": "Mit Strg und Mausrad vergrößern",
	"CooperativeGesturesHandler.MacHelpText": "Mit ⌘ und Mausrad vergrößern",
	"CooperativeGesturesHandler.MobileHelpText": "Mit zwei Fingern verschieben",
};

export async function openMap(
	figure: HTMLElement,
	drawing: HTMLElement,
	button: HTMLButtonElement,
	readout: HTMLElement,
): Promise<void> {
	const answer = await fetch(figure.dataset.map ?? "");
	if (!answer.ok) throw new Error(`Antwort ${answer.status}`);
	const areas = (await answer.json()) as Areas;
	setWorkerUrl(new URL(workerUrl, location.href).href);

	const live = document.createElement("div");
	live.className = "k-map__live";
	drawing.after(live);
	drawing.hidden = true;
	const bounds = new LngLatBounds();
	for (const feature of areas.features) {
		for (const polygon of feature.geometry.coordinates) {
			for (const at of polygon[0] ?? []) bounds.extend([at[0] ?? 0, at[1] ?? 0]);
		}
	}
	const map = new MovableMap({
		container: live,
		style: { version: 8, sources: {}, layers: [] },
		bounds,
		fitBoundsOptions: { padding: 16 },
		attributionControl: false,
		cooperativeGestures: true,
		dragRotate: false,
		touchPitch: false,
		pitchWithRotate: false,
		renderWorldCopies: false,
		locale: TEXTS,
		reduceMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
	});
	map.addControl(new NavigationControl({ showCompass: false }), "top-right");
	map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
	await new Promise<void>((resolve, reject) => {
		map.once("load", () => resolve());
		map.once("error", (event) => reject(event.error instanceof Error ? event.error : new Error("map")));
	});
	map.addImage("geschuetzt", pattern("hatch"), { pixelRatio: 2 });
	map.addImage("fehlt", pattern("dots"), { pixelRatio: 2 });
	map.addSource("areas", { type: "geojson", data: areas, promoteId: "key" });
	map.addSource("points", { type: "geojson", data: areas.points });
	map.addLayer({
		id: "shown",
		type: "fill",
		source: "areas",
		filter: ["==", ["get", "kind"], "shown"],
		paint: { "fill-color": ["coalesce", ["get", "colour"], "#d1d5db"] },
	});
	for (const [kind, image] of [
		["suppressed", "geschuetzt"],
		["missing", "fehlt"],
	] as const) {
		map.addLayer({
			id: kind,
			type: "fill",
			source: "areas",
			filter: ["==", ["get", "kind"], kind],
			paint: { "fill-pattern": image },
		});
	}
	const on = ["boolean", ["feature-state", "on"], false] as const;
	map.addLayer({
		id: "borders",
		type: "line",
		source: "areas",
		paint: {
			"line-color": ["case", [...on], "#111111", "#ffffff"],
			"line-width": ["case", [...on], 3, 0.8],
		},
	});
	map.addLayer({
		id: "points",
		type: "circle",
		source: "points",
		paint: {
			"circle-radius": ["interpolate", ["linear"], ["zoom"], 7, 2.5, 12, 7],
			"circle-color": "#b3400a",
			"circle-stroke-color": "#ffffff",
			"circle-stroke-width": 1,
		},
	});

	let current: string | null = null;
	const mark = (key: string | null, text: string): void => {
		if (current !== null) map.setFeatureState({ source: "areas", id: current }, { on: false });
		if (key !== null) map.setFeatureState({ source: "areas", id: key }, { on: true });
		current = key;
		readout.textContent = text || (readout.dataset.readout ?? "");
		map.getCanvas().style.cursor = key === null ? "" : "pointer";
	};
	map.on("mousemove", (event) => {
		const [point] = map.queryRenderedFeatures(event.point, { layers: ["points"] });
		const [found] = map.queryRenderedFeatures(event.point, { layers: ["shown", "suppressed", "missing"] });
		const area = found?.properties;
		const text = area ? `${area.name}: ${area.text}` : "";
		mark(area ? String(area.key) : null, point ? `${point.properties.name}, ${text}` : text);
	});
	map.on("mouseout", () => mark(null, ""));
	map.on("click", (event) => {
		const [point] = map.queryRenderedFeatures(event.point, { layers: ["points"] });
		const [area] = map.queryRenderedFeatures(event.point, { layers: ["shown", "suppressed", "missing"] });
		const url: unknown = point?.properties.url ?? area?.properties.url;
		if (typeof url === "string") location.assign(url);
	});
	// What the page lights up elsewhere lights up here too.
	document.addEventListener("focusin", (event) => {
		const row = event.target instanceof Element ? event.target.closest("[data-key]") : null;
		const key = row?.getAttribute("data-key");
		const feature = areas.features.find((area) => area.properties.key === key);
		if (feature) mark(feature.properties.key, `${feature.properties.name}: ${feature.properties.text}`);
	});
	map.getCanvas().focus();

	button.disabled = false;
	button.textContent = "Ganze Karte zeigen";
	button.replaceWith(button.cloneNode(true));
	figure.querySelector<HTMLButtonElement>(".k-map__bar button")?.addEventListener("click", () => {
		map.fitBounds(bounds, { padding: 16 });
	});
	figure.dataset.moving = "ready";
}

/** The patterns of protected and missing areas as images of 16 × 16 pixels. */
function pattern(kind: "hatch" | "dots"): { width: number; height: number; data: Uint8ClampedArray } {
	const size = 16;
	const data = new Uint8ClampedArray(size * size * 4);
	for (let y = 0; y < size; y++) {
		for (let x = 0; x < size; x++) {
			const line = (x + y) % size < 3;
			const dot = ((x % 8) - 4) ** 2 + ((y % 8) - 4) ** 2 <= 2.5;
			const dark = kind === "hatch" ? line : dot;
			data.set(dark ? [107, 114, 128, 255] : [255, 255, 255, 255], (y * size + x) * 4);
		}
	}
	return { width: size, height: size, data };
}
