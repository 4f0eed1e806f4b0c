import { defineConfig } from "vite";

export default defineConfig({
	// Every path the server knows the assets by; see crates/site/src/assets.rs.
	base: "/",
	publicDir: false,
	build: {
		outDir: "dist",
		assetsDir: "assets",
		manifest: true,
		modulePreload: { polyfill: false },
		assetsInlineLimit: 0,
		cssCodeSplit: true,
		target: "es2022",
		reportCompressedSize: false,
		chunkSizeWarningLimit: 1500,
		rollupOptions: { input: "src/main.ts" },
	},
});
