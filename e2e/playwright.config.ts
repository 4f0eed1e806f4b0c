import { defineConfig } from "@playwright/test";

// The address of a running server; `cargo xtask test` starts one on the demo store and sets it.
const baseURL = process.env.KEKIZ_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
	testDir: "tests",
	globalSetup: "./servers/setup.ts",
	timeout: 60_000,
	workers: 2,
	fullyParallel: true,
	forbidOnly: true,
	retries: 0,
	reporter: "list",
	outputDir: process.env.KEKIZ_E2E_OUT ?? "test-results",
	use: {
		baseURL,
		locale: "de-DE",
		trace: "off",
		launchOptions: {
			executablePath: process.env.KEKIZ_CHROMIUM ?? "/usr/bin/chromium",
			args: [
				"--no-sandbox",
				"--disable-gpu",
				"--enable-unsafe-swiftshader",
				"--disable-quic",
				"--no-first-run",
				"--disable-background-networking",
				"--disable-component-update",
				"--disable-sync",
			],
		},
	},
});
