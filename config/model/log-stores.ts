import type { StackSettings } from "../schema/schema";

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
