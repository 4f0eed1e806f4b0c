// The login of a town hall: an OpenID Connect provider with two people.
import Provider from "oidc-provider";

const PEOPLE = {
	rita: { email: "rita@rathaus.example", email_verified: true, name: "Rita Rathaus", groups: ["kekiz-koordination"] },
	gero: { email: "gero@rathaus.example", email_verified: true, name: "Gero Gast", groups: ["poststelle"] },
};

/** Starts it for the portal at `back`. */
export async function startLogin(port, back) {
	const provider = new Provider(`http://127.0.0.1:${port}`, {
		clients: [
			{
				client_id: "kekiz",
				client_secret: "nur-fuer-tests",
				redirect_uris: [`${back}/oidc/zurueck`],
				grant_types: ["authorization_code"],
				response_types: ["code"],
			},
		],
		pkce: { required: () => true },
		scopes: ["openid", "email", "profile"],
		claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
		cookies: { keys: ["nur-fuer-tests"] },
		findAccount: (_, id) =>
			PEOPLE[id] && { accountId: id, claims: async () => ({ sub: `person-${id}`, ...PEOPLE[id] }) },
	});
	const server = await new Promise((resolve, reject) => {
		const listening = provider.listen(port, "127.0.0.1", () => resolve(listening));
		listening.on("error", reject);
	});
	return server;
}
