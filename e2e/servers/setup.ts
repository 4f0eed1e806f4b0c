// Starts what the portal talks to: a mail server and the login of a town hall, at the ports `cargo xtask test` chose.
import { startLogin } from "./login.mjs";
import { startMail } from "./mail.mjs";

export default async function setup(): Promise<() => Promise<void>> {
	const { KEKIZ_URL, KEKIZ_MAIL_PORT, KEKIZ_LOGIN_PORT, KEKIZ_MAILS } = process.env;
	if (!KEKIZ_URL || !KEKIZ_MAIL_PORT || !KEKIZ_LOGIN_PORT || !KEKIZ_MAILS) return async () => {};
	const servers = [
		await startMail(Number(KEKIZ_MAIL_PORT), KEKIZ_MAILS),
		await startLogin(Number(KEKIZ_LOGIN_PORT), KEKIZ_URL),
	];
	return async () => {
		for (const server of servers) {
			server.closeAllConnections?.();
			await new Promise((done) => server.close(done));
		}
	};
}
