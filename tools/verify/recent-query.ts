/** How far back and ahead a look goes, in seconds: what is read keeps its sender's time, and clocks differ. */
const RANGE_SECONDS = 600;

/** Parameters of a query for what was sent just now, as the APIs of Loki, VictoriaLogs and Prometheus take them. */
export function renderRecentQuery(query: string): {
    readonly query: string;
    readonly start: string;
    readonly end: string;
} {
    const now = Math.floor(Date.now() / 1000);
    return { query, start: String(now - RANGE_SECONDS), end: String(now + RANGE_SECONDS) };
}
