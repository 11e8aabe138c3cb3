import { parse } from "yaml";
import * as z from "zod";
import { SILENT_RECEIVER } from "../../config/model/alertmanager";
import { parseSeconds } from "../../config/types/units";
import { getJson } from "../verify/json-client";

const REQUEST_TIMEOUT_MS = 5_000;

const statusSchema = z.object({
    cluster: z.object({ peers: z.array(z.unknown()).optional() }),
    config: z.object({ original: z.string() }),
    uptime: z.string(),
});
const configSchema = z.object({
    route: z.object({ group_by: z.array(z.string()).default([]), group_wait: z.string() }),
});
const alertsSchema = z.array(
    z.object({
        receivers: z.array(z.object({ name: z.string() })),
        status: z.object({ inhibitedBy: z.array(z.string()), silencedBy: z.array(z.string()), state: z.string() }),
        updatedAt: z.string(),
    }),
);

/** What decides when a notification is sent. */
export interface Grouping {
    readonly labels: readonly string[];
    readonly waitSeconds: number;
    /** Number of pods. Each waits for the ones before it. */
    readonly pods: number;
    readonly startedAt: Date;
}

/** An alert as Alertmanager sees it. */
export interface AlertState {
    readonly receivers: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly silencedBy: readonly string[];
    readonly updatedAt: Date;
}

/** Requests to one receiver by one integration. */
export interface Deliveries {
    readonly sent: number;
    readonly failed: number;
}

export type Labels = Readonly<Record<string, string>>;

/** The API of Alertmanager: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
export class AlertmanagerClient {
    constructor(private readonly url: string) {}

    async readGrouping(): Promise<Grouping> {
        const { body } = await getJson(`${this.url}/api/v2/status`);
        const { cluster, config, uptime } = statusSchema.parse(body);
        const { route } = configSchema.parse(parse(config.original));
        return {
            labels: route.group_by,
            waitSeconds: parseSeconds(route.group_wait),
            pods: Math.max(1, cluster.peers?.length ?? 0),
            // The API calls the time of the start `uptime`.
            startedAt: new Date(uptime),
        };
    }

    async sendAlert(labels: Labels, annotations: Labels, endsAt: Date): Promise<void> {
        const response = await fetch(`${this.url}/api/v2/alerts`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify([{ labels, annotations, endsAt: endsAt.toISOString() }]),
            signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        });
        if (!response.ok) {
            throw new Error(`Alertmanager rejects the alert: HTTP ${response.status}: ${await response.text()}`);
        }
    }

    /** Undefined if Alertmanager has no such alert. */
    async findAlert(labels: Labels): Promise<AlertState | undefined> {
        const query = Object.entries(labels).map(
            ([name, value]) => `filter=${encodeURIComponent(`${name}=${JSON.stringify(value)}`)}`,
        );
        const { body } = await getJson(`${this.url}/api/v2/alerts?${query.join("&")}`);
        // One that it has not processed yet has no receivers.
        const alert = alertsSchema.parse(body).find(({ status }) => status.state !== "unprocessed");
        return alert === undefined
            ? undefined
            : {
                  receivers: alert.receivers.map(({ name }) => name).filter((name) => name !== SILENT_RECEIVER),
                  inhibitedBy: alert.status.inhibitedBy,
                  silencedBy: alert.status.silencedBy,
                  updatedAt: new Date(alert.updatedAt),
              };
    }

    /** The requests since the start of the pod, by receiver and integration. */
    async readDeliveries(): Promise<ReadonlyMap<string, Deliveries>> {
        const response = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
        return parseDeliveries(await response.text());
    }
}

const SAMPLE =
    /^alertmanager_notification_requests_(failed_)?total\{(?=[^}]*integration="([^"]*)")(?=[^}]*receiver_name="([^"]*)")[^}]*\} (\S+)$/gm;

export function parseDeliveries(metrics: string): ReadonlyMap<string, Deliveries> {
    const all = new Map<string, { total: number; failed: number }>();
    for (const [, isFailed, integration = "", receiver = "", value] of metrics.matchAll(SAMPLE)) {
        const key = `${receiver} by ${integration}`;
        const counts = all.get(key) ?? { total: 0, failed: 0 };
        counts[isFailed === undefined ? "total" : "failed"] += Number(value);
        all.set(key, counts);
    }
    return new Map([...all].map(([key, { failed, total }]) => [key, { sent: total - failed, failed }]));
}
