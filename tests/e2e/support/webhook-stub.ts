/** Records the notifications of Alertmanager. It runs bundled in a separate pod. */
import * as http from "node:http";

const PORT = 8080;

const notifications: object[] = [];

http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
        if (request.method === "POST") {
            const { authorization = "" } = request.headers;
            notifications.push({
                authorization,
                ...(JSON.parse(Buffer.concat(chunks).toString()) as object),
            });
        }
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(notifications));
    });
}).listen(PORT);
