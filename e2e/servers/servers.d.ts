declare module "*.mjs" {
	type Server = { close(done: () => void): void; closeAllConnections?(): void };
	export function startMail(port: number, folder: string): Promise<Server>;
	export function startLogin(port: number, back: string): Promise<Server>;
}
