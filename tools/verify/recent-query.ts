/** Seconds before and after now that a query covers, because data has the time of its sender and clocks differ. */
const RANGE_SECONDS = 600;

/** Returns query parameters for recent data, for the APIs of Loki, VictoriaLogs and Prometheus. */
export function renderRecentQuery(query: string): {
    readonly query: string;
    readonly start: string;
    readonly end: string;
} {
    const now = Math.floor(Date.now() / 1000);
    return { query, start: String(now - RANGE_SECONDS), end: String(now + RANGE_SECONDS) };
}
