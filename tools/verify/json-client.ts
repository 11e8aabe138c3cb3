import type { ReadResult } from "./types";
import type { Connection } from "./connection";

const REQUEST_TIMEOUT_MS = 5_000;

export interface JsonResponse {
    readonly status: number;
    readonly body: unknown;
}

/**
 * Fetches JSON.
 *
 * @throws when no response arrives within 5 s, or when the body is not JSON.
 */
export async function getJson(url: string, headers: Readonly<Record<string, string>> = {}): Promise<JsonResponse> {
    const { status, text } = await getText(url, headers);
    return { status, body: parseBody(text, status, url) };
}

/**
 * Fetches JSON lines.
 *
 * @throws when `getJson` throws, and when the status is not HTTP 200.
 */
export async function getJsonLines(url: string): Promise<readonly unknown[]> {
    const { status, text } = await getText(url);
    if (status !== 200) {
        throw new Error(`HTTP ${status} from ${new URL(url).pathname}: ${text.slice(0, 200)}`);
    }
    return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => parseBody(line, status, url));
}

async function getText(url: string, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    return { status: response.status, text: await response.text() };
}

function parseBody(text: string, status: number, url: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        throw new Error(`HTTP ${status} without JSON from ${new URL(url).pathname}: ${text.slice(0, 200)}`);
    }
}

/** Reads through a connection. Converts errors to `unreachable`, and renews the connection after an error. */
export async function readVia(connection: Connection, read: (url: string) => Promise<ReadResult>): Promise<ReadResult> {
    let url: string;
    try {
        url = await connection.url();
    } catch (error) {
        return { state: "unreachable", why: describeError(error) };
    }
    try {
        return await read(url);
    } catch (error) {
        await connection.renew(url);
        return { state: "unreachable", why: describeError(error) };
    }
}

/** Returns the message of an error. Prefers the cause, in which fetch reports the reason. */
export function describeError(error: unknown): string {
    if (!(error instanceof Error)) {
        return String(error);
    }
    return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
