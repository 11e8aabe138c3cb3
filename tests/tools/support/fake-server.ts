import * as http from "node:http";
import type { AddressInfo } from "node:net";

export interface Reply {
    readonly status?: number;
    readonly body: unknown;
}

export interface FakeServer {
    readonly url: string;
    readonly port: number;
    close(): Promise<void>;
}

/** An HTTP server on a free loopback port that answers every request with what `answer` makes of its path and body. */
export async function startHttpServer(answer: (path: string, body: Buffer) => Reply): Promise<FakeServer> {
    const server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            const { status = 200, body } = answer(decodeURIComponent(request.url ?? ""), Buffer.concat(chunks));
            response.writeHead(status, { "content-type": "application/json", connection: "close" });
            response.end(typeof body === "string" ? body : JSON.stringify(body));
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const close = (): Promise<void> =>
        new Promise((resolve) => {
            server.close(() => {
                resolve();
            });
            server.closeAllConnections();
        });
    return { url: `http://127.0.0.1:${port}`, port, close };
}

/** A URL at which nothing listens. */
export async function getUnusedUrl(): Promise<string> {
    const server = await startHttpServer(() => ({ body: "" }));
    await server.close();
    return server.url;
}
