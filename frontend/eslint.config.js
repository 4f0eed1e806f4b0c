import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
	{ ignores: ["dist/", "node_modules/"] },
	js.configs.recommended,
	tseslint.configs.strictTypeChecked,
	{
		languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
		rules: {
			// No text of the data may become markup.
			"no-console": ["error", { allow: ["warn"] }],
			"no-restricted-properties": [
				"error",
				...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
					property,
					message: "Text mit textContent setzen: Daten werden nie zu Auszeichnung.",
				})),
			],
			eqeqeq: "error",
			"@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
			// Handlers of events catch their own errors.
			"@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false } }],
			"@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
		},
	},
);
