import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { type Json, type JsonObject, objectAt, objectsAt, parseJson, textAt } from "../shared/json";
import type { Connection } from "./kubeconfig";

export interface ApiRequest {
    readonly method: "GET" | "PATCH" | "DELETE";
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: JsonObject;
    readonly signal?: AbortSignal;
    /** Takes each warning that the API server sends along. */
    readonly onWarning?: (message: string) => void;
}

export interface Cause {
    /** As the API server writes it: `spec.template`, `data`. */
    readonly field: string;
    readonly message: string;
}

/** An answer of the API server that is an error; its message is the server's. */
export class ApiError extends Error {
    readonly reason: string;
    readonly causes: readonly Cause[];
    /** What the error is about: `namespaces` when an object's namespace is missing. */
    readonly subject: string;

    constructor(
        readonly code: number,
        body: Json,
    ) {
        super(textAt(body, "message") ?? (typeof body === "string" && body !== "" ? body : `HTTP status ${code}`));
        this.name = "ApiError";
        this.reason = textAt(body, "reason") ?? "";
        this.subject = textAt(objectAt(body, "details"), "kind") ?? "";
        this.causes = objectsAt(body, "details", "causes").map((cause) => ({
            field: textAt(cause, "field") ?? "",
            message: textAt(cause, "message") ?? "",
        }));
    }
}

/** No answer came. */
export class UnreachableError extends Error {
    constructor(server: string, cause: Error) {
        super(`configured Kubernetes cluster is unreachable: ${server}: ${cause.message}`, { cause });
        this.name = "UnreachableError";
    }
}

const RETRY_DELAYS_MS = [200, 1000, 3000];
const REQUEST_TIMEOUT_MS = 60_000;

/** Speaks JSON with the API server over connections that stay open. */
export class KubeClient {
    private readonly agent: http.Agent;

    constructor(readonly connection: Connection) {
        const options = { keepAlive: true, maxSockets: 16 };
        this.agent = connection.server.startsWith("https:")
            ? new https.Agent({ ...options, ...connection.tls })
            : new http.Agent(options);
    }

    close(): void {
        this.agent.destroy();
    }

    get(path: string, query?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<JsonObject> {
        return this.request({ method: "GET", path, ...(query && { query }), ...(signal && { signal }) });
    }

    /** Asks again when the server is busy or the connection broke: every request here may be repeated. */
    async request(request: ApiRequest): Promise<JsonObject> {
        return objectAt(parseJson((await this.text(request)) || "{}"));
    }

    async text(request: ApiRequest): Promise<string> {
        for (const delay of [...RETRY_DELAYS_MS, undefined]) {
            try {
                return await this.send(request);
            } catch (error) {
                if (delay === undefined || request.signal?.aborted || !isTransient(error)) {
                    throw error;
                }
                await sleep(delay, undefined, request.signal && { signal: request.signal });
            }
        }
        throw new Error("unreachable");
    }

    private send({ method, path, query = {}, body, signal, onWarning }: ApiRequest): Promise<string> {
        const url = `${this.connection.server}${path}?${new URLSearchParams(query).toString()}`;
        const payload = body === undefined ? undefined : JSON.stringify(body);
        const { authorization } = this.connection;
        const headers = {
            accept: path.endsWith("/log") ? "*/*" : "application/json",
            ...(authorization !== undefined && { authorization }),
            ...(payload !== undefined && {
                "content-type": "application/apply-patch+yaml",
                "content-length": Buffer.byteLength(payload),
            }),
        };
        return new Promise((resolve, reject) => {
            const start = url.startsWith("https:") ? https.request : http.request;
            const call = start(url, {
                method,
                headers,
                agent: this.agent,
                timeout: REQUEST_TIMEOUT_MS,
                ...(signal && { signal }),
            });
            call.on("timeout", () => call.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`)));
            call.on("error", (error) => {
                reject(signal?.aborted ? error : new UnreachableError(this.connection.server, error));
            });
            call.on("response", (response) => {
                for (const warning of warningsOf(response.headers.warning)) {
                    onWarning?.(warning);
                }
                readAll(response).then((text) => {
                    const code = response.statusCode ?? 0;
                    if (code < 400) {
                        resolve(text);
                    } else {
                        reject(new ApiError(code, bodyOf(text)));
                    }
                }, reject);
            });
            call.end(payload);
        });
    }
}

async function readAll(response: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve, reject) => {
        response.on("end", resolve);
        response.on("error", reject);
    });
    return Buffer.concat(chunks).toString("utf8");
}

function bodyOf(text: string): Json {
    try {
        return parseJson(text);
    } catch {
        return text.trim();
    }
}

/** `299 - "text", 299 - "text"` to the texts. */
export function warningsOf(header: string | string[] | undefined): readonly string[] {
    const text = Array.isArray(header) ? header.join(", ") : (header ?? "");
    return [...text.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, message = ""]) =>
        message.replace(/\\(.)/g, "$1"),
    );
}

export function isNotFound(error: unknown): error is ApiError {
    return error instanceof ApiError && error.code === 404;
}

function isTransient(error: unknown): boolean {
    if (error instanceof ApiError) {
        return [429, 503, 504].includes(error.code);
    }
    return error instanceof UnreachableError;
}
