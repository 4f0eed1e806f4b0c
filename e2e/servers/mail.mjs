// A mail server that keeps every mail as a file: the least of RFC 5321 a client needs.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

/** Starts it; every mail becomes `NUMBER.eml` in the folder. */
export function startMail(port, folder) {
	mkdirSync(folder, { recursive: true });
	let count = 0;
	const server = createServer((socket) => {
		let text = "";
		let data = null;
		socket.on("error", () => {});
		socket.write("220 sink\r\n");
		socket.on("data", (bytes) => {
			text += bytes.toString("latin1");
			for (;;) {
				const end = text.indexOf("\r\n");
				if (end < 0) return;
				const line = text.slice(0, end);
				text = text.slice(end + 2);
				if (data !== null) {
					if (line === ".") {
						count += 1;
						writeFileSync(join(folder, `${String(count).padStart(4, "0")}.eml`), data, "latin1");
						data = null;
						socket.write("250 kept\r\n");
					} else {
						data += `${line.startsWith("..") ? line.slice(1) : line}\r\n`;
					}
					continue;
				}
				const verb = line.slice(0, 4).toUpperCase();
				if (verb === "EHLO") socket.write("250-sink\r\n250 8BITMIME\r\n");
				else if (verb === "DATA") {
					data = "";
					socket.write("354 go on\r\n");
				} else if (verb === "QUIT") socket.end("221 bye\r\n");
				else socket.write("250 ok\r\n");
			}
		});
	});
	return new Promise((resolve, reject) => {
		server.on("error", reject);
		server.listen(port, "127.0.0.1", () => resolve(server));
	});
}
