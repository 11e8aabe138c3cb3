import type { ReadResult } from "./types";
import type { Connection } from "./connection";

const REQUEST_TIMEOUT_MS = 5_000;

export interface JsonResponse {
    readonly status: number;
    readonly body: unknown;
}

/** Fetches JSON; fails when there is no answer in time or none that reads. */
export async function getJson(url: string, headers: Readonly<Record<string, string>> = {}): Promise<JsonResponse> {
    const { status, text } = await getText(url, headers);
    return { status, body: parseBody(text, status, url) };
}

/** Fetches lines of JSON, one value each; fails as `getJson` does, and when the answer is not HTTP 200. */
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

/** One look through a target: what goes wrong on the way becomes `unreachable`, and the next look takes a new way. */
export async function readVia(connection: Connection, read: (url: string) => Promise<ReadResult>): Promise<ReadResult> {
    let url: string;
    try {
        url = await connection.url();
    } catch (error) {
        return { state: "unreachable", why: messageOf(error) };
    }
    try {
        return await read(url);
    } catch (error) {
        await connection.renew(url);
        return { state: "unreachable", why: messageOf(error) };
    }
}

/** The message of an error; fetch hides what happened in its cause. */
export function messageOf(error: unknown): string {
    if (!(error instanceof Error)) {
        return String(error);
    }
    return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
