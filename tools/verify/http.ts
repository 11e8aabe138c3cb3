import type { Look } from "./model";
import type { Target } from "./target";

const REQUEST_TIMEOUT_MS = 5_000;

export interface Answer {
    readonly status: number;
    readonly body: unknown;
}

/** Fetches JSON; fails when there is no answer in time or none that reads. */
export async function getJson(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const text = await response.text();
    try {
        return { status: response.status, body: JSON.parse(text) as unknown };
    } catch {
        throw new Error(`HTTP ${response.status} without JSON from ${new URL(url).pathname}: ${text.slice(0, 200)}`);
    }
}

/** One look through a target: what goes wrong on the way becomes `unreachable`, and the next look takes a new way. */
export async function lookThrough(target: Target, look: (url: string) => Promise<Look>): Promise<Look> {
    let url: string;
    try {
        url = await target.url();
    } catch (error) {
        return { state: "unreachable", why: messageOf(error) };
    }
    try {
        return await look(url);
    } catch (error) {
        await target.renew(url);
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
