/** Longer than the slowest payment. */
const TIMEOUT_MS = 45_000;

/** An answer that says that the request did not succeed. */
export class HttpError extends Error {
    override readonly name = "HttpError";

    constructor(readonly status: number) {
        super(`HTTP ${status}`);
    }
}

/** Calls another service with JSON or none, and returns the JSON of its answer; fails unless that is a success. */
export async function callService(method: "GET" | "POST", url: string, body?: unknown): Promise<unknown> {
    const response = await fetch(url, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // Read in any case, so that the connection can serve again.
    const answer = await response.text();
    if (!response.ok) {
        throw new HttpError(response.status);
    }
    return JSON.parse(answer) as unknown;
}
