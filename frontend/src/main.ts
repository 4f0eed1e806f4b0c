// What JavaScript adds to pages that work without it. Each island looks for its own mark and is small;
// the movable map is loaded only when a reader asks for it.
import "./main.css";
import { keepBookmarks, offerNativeShare } from "./bookmarks";
import { enhanceForms } from "./forms";
import { linkHighlights } from "./linked";
import { offerMovableMap } from "./map-offer";
import { suggest } from "./suggest";
import { offerPrint, offerShare } from "./take-away";

for (const field of document.querySelectorAll<HTMLInputElement>("input[data-suggest]")) suggest(field);
enhanceForms();
keepBookmarks();
linkHighlights();
offerMovableMap();
offerPrint();
offerShare();
offerNativeShare();
