import * as http from "node:http";
import { context } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";
import { log, describeError } from "./log";
import { LIVE, READY } from "./probes";

const MAX_BODY_BYTES = 16_384;
/** Time for requests in flight to complete when the service stops. */
const STOP_TIMEOUT_MS = 8_000;

export interface RouteResponse {
    readonly status: number;
    readonly body: unknown;
}

/** Handles one method of a path. `body` is the parsed JSON of the request, or undefined without a body. */
export interface Route {
    readonly method: "GET" | "POST";
    readonly path: string;
    readonly handle: (body: unknown) => Promise<RouteResponse>;
}

/** A started component. */
export interface Running {
    /** Stops accepting requests, and waits up to 8 s for requests in flight. */
    stop(): Promise<void>;
}

/**
 * Serves the routes and the probes.
 *
 * @throws when the port is not available.
 */
export async function serve(port: number, routes: readonly Route[]): Promise<Running & { readonly port: number }> {
    const state = { stopping: false };
    const server = http.createServer((request, response) => {
        respond(request, response, routes, state).catch((error: unknown) => {
            log("ERROR", "response could not be sent", { "exception.message": describeError(error) });
            response.destroy();
        });
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(port, resolve);
    });
    const address = server.address();
    return {
        port: typeof address === "object" && address !== null ? address.port : port,
        async stop() {
            state.stopping = true;
            const closed = new Promise<void>((resolve) => {
                server.close(() => {
                    resolve();
                });
            });
            const cut = setTimeout(() => {
                server.closeAllConnections();
            }, STOP_TIMEOUT_MS);
            await closed;
            clearTimeout(cut);
        },
    };
}

interface State {
    readonly stopping: boolean;
}

async function respond(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    routes: readonly Route[],
    state: State,
): Promise<void> {
    const { status, body, headers = {} } = await handleRequest(request, routes);
    // Open keep-alive connections would delay the stop.
    const last = state.stopping ? { connection: "close" } : {};
    response.writeHead(status, { "content-type": "application/json", ...headers, ...last });
    response.end(`${JSON.stringify(body)}\n`);
}

interface FullResponse extends RouteResponse {
    readonly headers?: http.OutgoingHttpHeaders;
}

async function handleRequest(request: http.IncomingMessage, routes: readonly Route[]): Promise<FullResponse> {
    const path = request.url?.split("?")[0];
    if (path === LIVE || path === READY) {
        return { status: 200, body: { status: "ok" } };
    }
    const methods = routes.filter((route) => route.path === path);
    const route = methods.find(({ method }) => method === request.method);
    if (route === undefined) {
        return methods.length === 0
            ? errorResponse(404, "no such path")
            : {
                  ...errorResponse(405, "no such method"),
                  headers: { allow: methods.map(({ method }) => method).join(", ") },
              };
    }
    nameSpan(route);
    try {
        return await route.handle(await readBody(request));
    } catch (error) {
        if (error instanceof BadRequest) {
            return errorResponse(400, error.message);
        }
        log("ERROR", "request failed", { "exception.message": describeError(error) });
        return errorResponse(500, "internal error");
    }
}

/** Names the span and the metrics by route. URLs with parameters would have unlimited names. */
function nameSpan({ path }: Route): void {
    const metadata = getRPCMetadata(context.active());
    if (metadata !== undefined) {
        metadata.route = path;
    }
}

/** The request is not valid. The message describes the valid values. */
export class BadRequest extends Error {}

export function errorResponse(status: number, error: string): RouteResponse {
    return { status, body: { error } };
}

async function readBody(request: http.IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) {
            throw new BadRequest(`expected at most ${MAX_BODY_BYTES} bytes`);
        }
        chunks.push(chunk);
    }
    if (bytes === 0) {
        return undefined;
    }
    try {
        return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
    } catch {
        throw new BadRequest("expected JSON");
    }
}
