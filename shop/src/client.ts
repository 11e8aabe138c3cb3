/** Longer than the slowest payment: 30 s of delay at most. */
const TIMEOUT_MS = 45_000;

/** The response has an error status. */
class HttpError extends Error {
    override readonly name = "HttpError";

    constructor(readonly status: number) {
        super(`HTTP ${status}`);
    }
}

/**
 * Calls another service with an optional JSON body, and returns the JSON of the response.
 *
 * @throws HttpError when the status is not 2xx.
 */
export async function callService(method: "GET" | "POST", url: string, body?: unknown): Promise<unknown> {
    const response = await fetch(url, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // Always reads the body, so that the connection can be reused.
    const answer = await response.text();
    if (!response.ok) {
        throw new HttpError(response.status);
    }
    return JSON.parse(answer) as unknown;
}
