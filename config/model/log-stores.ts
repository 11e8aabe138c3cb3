import type { StackSettings } from "../schema/schema";
import { parseBytes, parseSeconds } from "../types/units";

/** The backends for logs, by the keys of their settings. */
export const LOG_STORES = ["loki", "victoriaLogs"] as const;
export type LogStore = (typeof LOG_STORES)[number];

/** The name of each backend in routes, exporters and hops of `make verify`. */
export const LOG_ROUTES = { loki: "loki", victoriaLogs: "victorialogs" } as const satisfies Record<LogStore, string>;
export type LogRoute = (typeof LOG_ROUTES)[LogStore];

export const LOG_STORE_KEYS = [
    "loki.enabled",
    "victoriaLogs.enabled",
] as const satisfies readonly `${LogStore}.enabled`[];

export type LogStoreSettings = Pick<StackSettings, LogStore>;

/** The enabled backends for logs. */
export function findLogStores(settings: LogStoreSettings): readonly LogStore[] {
    return LOG_STORES.filter((store) => settings[store].enabled);
}

/** Whether a backend for logs is enabled. */
export function hasLogStore(settings: LogStoreSettings): boolean {
    return findLogStores(settings).length > 0;
}

/** How far in the future a log record may be. Loki and VictoriaLogs drop later ones. */
export const MAX_CLOCK_SKEW_SECONDS = 600;

/** What the log stores accept. */
export interface LogLimits {
    /** The age at which the first backend drops a log record when it arrives. Undefined without a backend. */
    readonly maxAgeSeconds: number | undefined;
    readonly maxLineBytes: number;
    readonly maxFields: number;
}

export function resolveLogLimits(settings: LogStoreSettings): LogLimits {
    const retentions = findLogStores(settings).map((store) => parseSeconds(settings[store].retention));
    return {
        maxAgeSeconds: retentions.length === 0 ? undefined : Math.min(...retentions),
        maxLineBytes: parseBytes(settings.loki.ingestion.maxLineSize),
        maxFields: settings.victoriaLogs.ingestion.maxFields,
    };
}
